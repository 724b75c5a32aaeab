"""Appointments to measure with, as they would be after so many visits."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count, islice

from allauth.account.models import EmailAddress

from accounts.models import DoctorProfile, Person, User
from appointments.models import (
    Appointment,
    Claim,
    Resource,
    Status,
    StatusChange,
    WeeklyRule,
)
from clinics.models import (
    CareTeamMember,
    Clinic,
    Department,
    Membership,
    Registration,
    Role,
)
from healthcare import clock
from healthcare.audit.actions import Named
from healthcare.audit.actors import Actor
from healthcare.audit.hmacs import event_hmac
from healthcare.audit.models import Action, AuditEvent, Outcome
from records.bench.loading import Shelf
from records.bench.scale import DOCTORS, MAIN, ONE, THREE, Scale
from records.bench.town import WALK_INS, Builder, House, at, today
from records.charting.models import (
    Diagnosis,
    Encounter,
    EncounterVersion,
    Signature,
)
from records.prescribing.models import Prescription, PrescriptionLine

MODELS = (
    User,
    EmailAddress,
    Person,
    DoctorProfile,
    Clinic,
    Department,
    Membership,
    Registration,
    CareTeamMember,
    WeeklyRule,
    Resource,
    Appointment,
    Claim,
    StatusChange,
    Encounter,
    EncounterVersion,
    Diagnosis,
    Signature,
    Prescription,
    PrescriptionLine,
    AuditEvent,
)
MINUTES = 30
STEPS = [*range(9 * 60, 13 * 60, MINUTES), *range(15 * 60, 19 * 60, MINUTES)]
LUNCH = 13 * 60
AHEAD_DAYS = 30
CHARTED_ONE_IN = 4
OWN_PAST, OWN_AHEAD = 10, 2


@dataclass(frozen=True)
class Visit:
    house: House
    doctor: Membership
    patient: Person
    starts_at: datetime
    status: Status
    charted: bool

    @property
    def booked_at(self) -> datetime:
        return min(self.starts_at - timedelta(days=9), clock.now())


def load(scale: Scale) -> None:
    """Fill the database that is `default` now."""
    shelf = Shelf(MODELS)
    builder, writer = Builder(shelf), Writer(shelf)
    for slug, appointments in scale.clinics.items():
        patients = scale.patients(appointments)
        walk_ins = WALK_INS if slug == MAIN else 0
        house = builder.house(
            slug, doctors=DOCTORS, patients=patients, walk_ins=walk_ins
        )
        if slug == MAIN:
            for visit in _own(house, past=OWN_PAST, ahead=OWN_AHEAD):
                writer.write(visit)
        for visit in islice(_visits(house), appointments):
            writer.write(visit)
    for slug, rows in ((ONE, 1), (THREE, 3)):
        house = builder.house(slug, doctors=1, patients=rows - 1, walk_ins=0)
        for visit in _few(house, rows):
            writer.write(visit)
    shelf.finish()


def _days() -> Iterator[date]:
    """Today, then yesterday, tomorrow and so on; the future ends after a month."""
    yield today()
    for distance in count(1):
        yield today() - timedelta(days=distance)
        if distance <= AHEAD_DAYS:
            yield today() + timedelta(days=distance)


def _visits(house: House) -> Iterator[Visit]:
    """Half full days: every other step, shifted day by day. From today on, some doctors
    are full for up to five days."""
    turns = [count() for _ in house.doctors]
    for day in _days():
        for step, minutes in enumerate(STEPS):
            for number, doctor in enumerate(house.doctors):
                is_full = 0 <= (day - today()).days < number % 6
                if not is_full and (step + number + day.toordinal()) % 2:
                    continue
                turn = next(turns[number])
                patients = house.patients[number]
                yield Visit(
                    house=house,
                    doctor=doctor,
                    patient=patients[turn % len(patients)],
                    starts_at=at(day, minutes),
                    status=_status(day, step, turn),
                    charted=turn % CHARTED_ONE_IN == 0,
                )


def _status(day: date, step: int, turn: int) -> Status:
    """Today stands still a little before noon, whenever the bench is run."""
    if day > today():
        return Status.BOOKED
    if day == today() and step > 5:
        return Status.ARRIVED if step < 8 else Status.BOOKED
    if turn % 20 == 7:
        return Status.CANCELLED
    return Status.NO_SHOW if turn % 20 == 11 else Status.COMPLETED


def _own(house: House, *, past: int, ahead: int) -> Iterator[Visit]:
    """At lunch time, when nobody else has a visit."""
    for offset in [*range(-past, 0), *range(1, ahead + 1)]:
        yield Visit(
            house=house,
            doctor=house.doctors[abs(offset) % len(house.doctors)],
            patient=house.me,
            starts_at=at(today() + timedelta(days=offset), LUNCH),
            status=Status.COMPLETED if offset < 0 else Status.BOOKED,
            charted=offset < 0,
        )


def _few(house: House, rows: int) -> Iterator[Visit]:
    """So many of everything that a page lists: before, today and ahead."""
    yield from _own(house, past=rows, ahead=rows)
    for minutes in STEPS[:rows]:
        yield Visit(
            house=house,
            doctor=house.doctors[0],
            patient=house.me,
            starts_at=at(today(), minutes),
            status=Status.BOOKED,
            charted=False,
        )


class Writer:
    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.numbers = count(1)

    def write(self, visit: Visit) -> None:
        appointment = self._appointment(visit)
        self._claims(visit, appointment)
        self._told(visit, appointment)
        if visit.charted and visit.status == Status.COMPLETED:
            self._chart(visit, appointment)

    def _appointment(self, visit: Visit) -> Appointment:
        status, starts_at = visit.status, visit.starts_at
        done = status == Status.COMPLETED
        cancelled = status == Status.CANCELLED
        return self.shelf.put(
            Appointment(
                clinic=visit.house.clinic,
                patient=visit.patient,
                doctor=visit.doctor,
                department=visit.doctor.department,
                reference=f"HX-{next(self.numbers):08X}",
                reason="Blood pressure review",
                status=status,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(minutes=MINUTES),
                wall_start=f"{starts_at:%Y-%m-%dT%H:%M}",
                time_zone="UTC",
                fee=visit.doctor.fee,
                booked_by_id=visit.patient.user_id,
                created_at=visit.booked_at,
                arrived_at=starts_at if done or status == Status.ARRIVED else None,
                started_at=starts_at if done else None,
                completed_at=starts_at + timedelta(minutes=25) if done else None,
                cancelled_at=visit.booked_at if cancelled else None,
                cancel_reason="Not needed any more" if cancelled else "",
            )
        )

    def _claims(self, visit: Visit, appointment: Appointment) -> None:
        for person in (visit.doctor.user.person, visit.patient):
            self.shelf.put(
                Claim(
                    appointment=appointment,
                    resource=visit.house.resources[person.pk],
                    busy_start=appointment.starts_at,
                    busy_end=appointment.ends_at,
                    active=visit.status != Status.CANCELLED,
                )
            )

    def _told(self, visit: Visit, appointment: Appointment) -> None:
        assert visit.patient.user is not None
        by = visit.patient.user.as_actor(role="patient")
        self.shelf.put(
            StatusChange(
                clinic=visit.house.clinic,
                appointment=appointment,
                after=Status.BOOKED,
                at=visit.booked_at,
                by_label=by.label,
                by_uid=by.id,
            )
        )
        self._event(visit, Action.BOOKED, by, visit.booked_at, appointment)

    def _event(
        self, visit: Visit, action: Action, by: Actor, moment: datetime, about: Named
    ) -> None:
        event = AuditEvent(
            at=moment,
            action=action,
            outcome=Outcome.DONE,
            actor_kind=by.kind,
            actor_uid=by.id,
            actor_label=by.label,
            actor_role=by.role,
            clinic_uid=visit.house.clinic.uid,
            patient_uid=visit.patient.uid,
            patient_label=str(visit.patient),
            target_type=about.__class__.__name__,
            target_uid=str(about.uid),
            target_label=str(about),
            channel="page",
        )
        event.hmac = event_hmac(event)
        self.shelf.put(event)

    def _chart(self, visit: Visit, appointment: Appointment) -> None:
        shelf, clinic, patient = self.shelf, visit.house.clinic, visit.patient
        signed_at = appointment.completed_at
        assert signed_at is not None
        encounter = shelf.put(
            Encounter(
                clinic=clinic,
                patient=patient,
                doctor=visit.doctor,
                appointment=appointment,
                started_at=appointment.starts_at,
                signed_at=signed_at,
            )
        )
        signer = "Dr Bench"
        version = shelf.put(
            EncounterVersion(
                clinic=clinic,
                encounter=encounter,
                visit_type=appointment.visit_type,
                notes="Feels well. Home readings in target. " * 4,
                plan="Carry on with the tablets.",
                author_label=signer,
                content_hash="0" * 64,
                created_at=signed_at,
            )
        )
        shelf.put(
            Diagnosis(
                clinic=clinic,
                patient=patient,
                version=version,
                rank=1,
                code="I10",
                text="Essential hypertension",
            )
        )
        shelf.put(
            Signature(
                clinic=clinic,
                version=version,
                signer=visit.doctor,
                signer_label=signer,
                signed_at=signed_at,
                content_hash=version.content_hash,
            )
        )
        by = visit.doctor.user.as_actor(role=Role.DOCTOR)
        self._event(visit, Action.CHART_OPENED, by, signed_at, visit.patient)
        self._prescription(visit, version, signed_at)

    def _prescription(
        self, visit: Visit, version: EncounterVersion, signed_at: datetime
    ) -> None:
        clinic = visit.house.clinic
        prescription = self.shelf.put(
            Prescription(
                clinic=clinic,
                patient=visit.patient,
                doctor=visit.doctor,
                version=version,
                number=f"RX-{next(self.numbers):08X}",
                written_at=signed_at,
            )
        )
        for rank, medicine in enumerate(("Ramipril", "Amlodipine"), 1):
            self.shelf.put(
                PrescriptionLine(
                    clinic=clinic,
                    prescription=prescription,
                    rank=rank,
                    medicine=medicine,
                    strength="5 mg",
                    dose="1 tablet",
                    frequency="once daily, morning",
                    duration_days=90,
                    starts_on=signed_at.date(),
                    ends_on=signed_at.date() + timedelta(days=89),
                )
            )
