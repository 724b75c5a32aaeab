"""Booking a visit. The database decides who gets the time."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import Person
from appointments import mail
from appointments.actions import rules
from appointments.actions.errors import NotBookable, SlotTaken
from appointments.models import (
    Appointment,
    Claim,
    Resource,
    Status,
    StatusChange,
    VisitType,
)
from clinics.actions import join_care_team, register_patient
from clinics.models import (
    CareTeamMember,
    Clinic,
    Department,
    Membership,
    Registration,
)
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action
from healthcare.db.conflicts import is_overlap, retried

REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 6
ATTEMPTS = 3


@dataclass(frozen=True)
class Wish:
    clinic: Clinic
    patient: Person
    doctor: Membership
    starts_at: datetime
    visit_type: str
    reason: str
    by: Actor
    submission: UUID | None


def book(
    *,
    clinic: Clinic,
    patient: Person,
    doctor: Membership,
    starts_at: datetime,
    visit_type: VisitType | str,
    reason: str,
    by: Actor,
    submission: UUID | None = None,
) -> Appointment:
    """Book a visit, in one transaction; registers the patient if they are new here.

    The same `submission` books once and answers the same appointment again. Raises
    SlotTaken when the doctor or the patient has the time already, Blocked, and
    NotBookable when a rule is against it.
    """
    wish = Wish(
        clinic=clinic,
        patient=patient,
        doctor=doctor,
        starts_at=starts_at.astimezone(UTC),
        visit_type=visit_type,
        reason=reason.strip(),
        by=by,
        submission=submission,
    )
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _already_booked(wish) or _book(wish)
        except IntegrityError as refusal:
            if attempt == ATTEMPTS or not _names_used(refusal):
                raise
    raise AssertionError("unreachable")


def _already_booked(wish: Wish) -> Appointment | None:
    if wish.submission is None:
        return None
    found = Appointment.objects.filter(submission=wish.submission).first()
    if found and found.patient_id != wish.patient.pk:
        raise NotBookable(_("Something went wrong. Please start the booking again."))
    return found


def _names_used(refusal: IntegrityError) -> bool:
    """Somebody else had the reference or the submission a moment earlier."""
    return any(word in str(refusal) for word in ("reference", "submission"))


def _book(wish: Wish) -> Appointment:
    """Check first, and hold the locks only to write."""
    doctor, department = rules.bookable_doctor(wish.clinic, wish.doctor)
    rules.check_patient(wish.patient, doctor)
    registration = Registration.objects.filter(
        clinic=doctor.clinic, patient=wish.patient
    ).first()
    rules.check_registration(doctor.clinic, registration)
    rules.check_details(wish.visit_type, wish.reason)
    rules.check_start(doctor, wish.starts_at, doctor.clinic.zone)
    is_new = registration is None
    return retried(lambda: _write(wish, doctor, department, is_new=is_new))


def _write(
    wish: Wish, doctor: Membership, department: Department, *, is_new: bool
) -> Appointment:
    """The visit and all that comes with it, or, with SlotTaken, nothing."""
    appointment = _take_the_time(wish, doctor, department)
    if is_new:
        register_patient(clinic=doctor.clinic, person=wish.patient, by=wish.by)
    join_care_team(
        clinic=doctor.clinic,
        patient=wish.patient,
        member=doctor,
        source=CareTeamMember.Source.APPOINTMENT,
        by=wish.by,
    )
    StatusChange.objects.create(
        clinic=doctor.clinic,
        appointment=appointment,
        after=Status.BOOKED,
        at=appointment.created_at,
        by_label=wish.by.label[:200],
        by_uid=wish.by.id,
    )
    record(
        Action.BOOKED,
        by=wish.by,
        clinic=doctor.clinic,
        patient=wish.patient,
        target=appointment,
    )
    mail.send_booked(appointment)
    return appointment


def _take_the_time(
    wish: Wish, doctor: Membership, department: Department
) -> Appointment:
    """The appointment and the claims on its people's time. Raises SlotTaken."""
    resources = Resource.objects.locked([doctor.person, wish.patient])
    local = wish.starts_at.astimezone(doctor.clinic.zone)
    appointment = Appointment.objects.create(
        clinic=doctor.clinic,
        patient=wish.patient,
        doctor=doctor,
        department=department,
        reference=new_reference(),
        visit_type=wish.visit_type,
        reason=wish.reason,
        starts_at=wish.starts_at,
        ends_at=wish.starts_at + timedelta(minutes=doctor.visit_minutes),
        wall_start=f"{local:%Y-%m-%dT%H:%M}",
        time_zone=doctor.clinic.time_zone,
        fold=local.fold,
        submission=wish.submission,
        fee=doctor.fee,
        booked_by_id=wish.by.user_id,
        created_at=clock.now(),
    )
    for whose, person in (("doctor", doctor.person), ("patient", wish.patient)):
        _claim(appointment, resources[person.pk], whose)
    return appointment


def _claim(appointment: Appointment, resource: Resource, whose: str) -> None:
    try:
        Claim.objects.create(
            appointment=appointment,
            resource=resource,
            busy_start=appointment.starts_at,
            busy_end=appointment.ends_at,
        )
    except IntegrityError as refusal:
        if not is_overlap(refusal):
            raise
        raise SlotTaken(of=whose, starts_at=appointment.starts_at) from refusal


def new_reference() -> str:
    """Letters and digits that cannot be mistaken for one another on the phone."""
    letters = (secrets.choice(REFERENCE_LETTERS) for _n in range(REFERENCE_LENGTH))
    return "HX-" + "".join(letters)
