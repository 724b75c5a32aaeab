"""Booking a visit. The database decides who gets the time."""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import Person
from appointments import mail
from appointments.actions import claiming, groups, rules
from appointments.actions.claiming import Span
from appointments.actions.errors import NotBookable
from appointments.models import (
    Appointment,
    Asset,
    BookingPolicy,
    Hold,
    Series,
    Service,
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
from healthcare.db.conflicts import retried

REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 6
ATTEMPTS = 3


@dataclass(frozen=True)
class Wish:
    """What is asked for; `over` is why staff book although the time is taken."""

    clinic: Clinic
    patient: Person
    doctor: Membership
    starts_at: datetime
    visit_type: str
    reason: str
    by: Actor
    submission: UUID | None = None
    service: Service | None = None
    hold: Hold | None = None
    over: str = ""
    series: Series | None = None


@dataclass(frozen=True)
class Plan:
    """A wish that no rule is against."""

    wish: Wish
    doctor: Membership
    department: Department
    service: Service
    assets: list[Asset]
    is_new: bool
    status: Status

    @property
    def span(self) -> Span:
        return Span.of_service(self.service, self.wish.starts_at)


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
    service: Service | None = None,
    hold: Hold | None = None,
    over: str = "",
    series: Series | None = None,
) -> Appointment:
    """Book a visit, in one transaction; registers the patient if they are new here.

    The same `submission` books once and answers the same appointment again. A service
    on approval becomes a request. With a `hold` of the patient's, its time is theirs.
    Staff who say why (`over`) may book beside another visit and outside of hours.
    Raises SlotTaken when somebody has the time already, Blocked, LimitReached,
    NotAllowed, and NotBookable when a rule is against it.
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
        service=service,
        hold=hold,
        over=over.strip()[:300],
        series=series,
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
    plan = planned(wish)
    return retried(lambda: _write(plan))


def planned(wish: Wish) -> Plan:
    """Everything that can be said before the locks. Raises BookingError."""
    doctor, department = rules.bookable_doctor(wish.clinic, wish.doctor)
    by_clinic = rules.check_who(wish.by, wish.patient, doctor)
    rules.check_patient(wish.patient, doctor)
    registration = Registration.objects.filter(
        clinic=doctor.clinic, patient=wish.patient
    ).first()
    rules.check_registration(doctor.clinic, registration, by_clinic=by_clinic)
    rules.check_details(wish.reason)
    service = rules.service_of(doctor, wish.visit_type, wish.service)
    rules.check_audience(service, by_clinic=by_clinic)
    if not by_clinic:
        rules.check_limits(BookingPolicy.objects.of(doctor.clinic), wish.patient)
    if wish.over and by_clinic:
        rules.check_future(wish.starts_at)
    else:
        wish = replace(wish, over="")
        rules.check_start(doctor, service, wish.starts_at, by_clinic=by_clinic)
    asks = service.is_on_approval and not by_clinic
    return Plan(
        wish=wish,
        doctor=doctor,
        department=department,
        service=service,
        assets=claiming.needed(service),
        is_new=registration is None,
        status=Status.REQUESTED if asks else Status.BOOKED,
    )


def _write(plan: Plan) -> Appointment:
    """The visit and all that comes with it, or, with SlotTaken, nothing."""
    wish, doctor = plan.wish, plan.doctor
    appointment = _take_the_time(plan)
    if plan.is_new:
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
        after=plan.status,
        at=appointment.created_at,
        by_label=wish.by.label[:200],
        by_uid=wish.by.id,
        reason=wish.over,
    )
    record(
        Action.REQUESTED if plan.status == Status.REQUESTED else Action.BOOKED,
        by=wish.by,
        clinic=doctor.clinic,
        patient=wish.patient,
        target=appointment,
        reason=_("Overbooked on purpose") if appointment.overbooked else "",
    )
    if plan.status == Status.REQUESTED:
        mail.send_requested(appointment)
    else:
        mail.send_booked(appointment)
    return appointment


def _take_the_time(plan: Plan) -> Appointment:
    """The appointment and the claims on its people's time. Raises SlotTaken."""
    wish, doctor = plan.wish, plan.doctor
    locked = claiming.lock([doctor.person, wish.patient], plan.assets)
    claiming.drop_form_holds(wish.patient, doctor)
    if wish.hold is not None:
        Hold.objects.of_person(wish.patient).filter(pk=wish.hold.pk).delete()
    resource = locked.of(doctor.person)
    over = bool(wish.over) and claiming.is_taken(resource, plan.span)
    appointment = _appointment(plan, over=over)
    own = claiming.span_of(plan.span)
    claiming.claim_one(appointment, locked.of(wish.patient), own, "patient")
    if plan.service.is_group and not over:
        groups.take_seat(appointment, locked, plan.assets)
    else:
        busy = plan.span.busy
        claiming.claim_one(appointment, resource, busy, "doctor", active=not over)
        claiming.claim_assets(appointment, plan.assets, plan.span, locked)
    if not wish.over:
        rules.check_hours(doctor, plan.service, wish.starts_at)
    return appointment


def _appointment(plan: Plan, *, over: bool) -> Appointment:
    wish, doctor, service = plan.wish, plan.doctor, plan.service
    local = wish.starts_at.astimezone(doctor.clinic.zone)
    return Appointment.objects.create(
        clinic=doctor.clinic,
        patient=wish.patient,
        doctor=doctor,
        department=plan.department,
        reference=new_reference(),
        visit_type=service.kind,
        service=service if service.pk else None,
        series=wish.series,
        reason=wish.reason,
        status=plan.status,
        starts_at=wish.starts_at,
        ends_at=plan.span.ends_at,
        before_minutes=service.before_minutes,
        after_minutes=service.after_minutes,
        overbooked=over,
        wall_start=f"{local:%Y-%m-%dT%H:%M}",
        time_zone=doctor.clinic.time_zone,
        fold=local.fold,
        submission=wish.submission,
        fee=service.price,
        booked_by_id=wish.by.user_id,
        created_at=clock.now(),
    )


def new_reference() -> str:
    """Letters and digits that cannot be mistaken for one another on the phone."""
    letters = (secrets.choice(REFERENCE_LETTERS) for _n in range(REFERENCE_LENGTH))
    return "HX-" + "".join(letters)
