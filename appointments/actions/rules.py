"""What may be booked, apart from whether the time is still free: the database says
that."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import Person
from appointments.actions.errors import (
    Blocked,
    LimitReached,
    NotAllowed,
    NotBookable,
)
from appointments.limits import limits_reached
from appointments.models import (
    USUAL_KINDS,
    Appointment,
    BookingPolicy,
    OnLimit,
    Service,
    VisitType,
    usual_service,
)
from appointments.search import timetables
from appointments.slots import day_bounds, starts_of
from clinics.access import Permission, holds
from clinics.models import Clinic, Department, Membership, Registration
from healthcare import clock
from healthcare.audit.actors import Actor

REASON_LENGTH = 300
STAFF_WINDOW_DAYS = 365


def bookable_doctor(
    clinic: Clinic, doctor: Membership
) -> tuple[Membership, Department]:
    """Doctor and department as the database has them now. Raises NotBookable."""
    found = Membership.objects.doctors().filter(pk=doctor.pk, clinic=clinic).first()
    department = found.department if found else None
    if found is None or department is None or not department.is_active:
        raise NotBookable(_("This doctor cannot be booked at the moment."))
    return found, department


def service_of(doctor: Membership, kind: str, service: Service | None) -> Service:
    """The doctor's service that is meant, as the database has it now.

    A doctor who has described none offers the usual kinds. Raises NotBookable.
    """
    if kind not in VisitType.values:
        raise NotBookable(_("Choose what kind of visit you need."))
    offered = list(Service.objects.of_doctor(doctor).in_use().in_order())
    if service is not None and service.pk is not None:
        found = next((each for each in offered if each.pk == service.pk), None)
    elif offered:
        found = next((each for each in offered if each.kind == kind), None)
    else:
        found = usual_service(doctor, kind) if kind in USUAL_KINDS else None
    if found is None:
        raise NotBookable(_("The doctor does not offer that kind of visit."))
    return found


def acts_for_clinic(by: Actor, doctor: Membership) -> bool:
    """The system, the desk, or the doctor; everybody else acts for themselves."""
    if by.kind == "system":
        return True
    at_clinic = Membership.objects.active().filter(clinic_id=doctor.clinic_id)
    mine = at_clinic.filter(user_id=by.user_id or 0)
    return any(
        holds(member, Permission.APPOINTMENT_MANAGE) or member.pk == doctor.pk
        for member in mine
    )


def at_desk(by: Actor, clinic: Clinic) -> bool:
    """The system, or somebody who manages the clinic's appointments."""
    if by.kind == "system":
        return True
    at_clinic = Membership.objects.active().filter(clinic=clinic)
    mine = at_clinic.filter(user_id=by.user_id or 0)
    return any(holds(member, Permission.APPOINTMENT_MANAGE) for member in mine)


def is_own(by: Actor, patient: Person) -> bool:
    """By their account, or, without one, by a link that only they were sent."""
    if by.user_id is None:
        return by.kind == "user" and by.id == str(patient.uid)
    return by.user_id == patient.user_id


def check_who(by: Actor, patient: Person, doctor: Membership) -> bool:
    """Whether the clinic books for the patient. Raises NotAllowed for strangers."""
    if is_own(by, patient):
        return False
    if not acts_for_clinic(by, doctor):
        raise NotAllowed(_("You cannot book for this person."))
    return True


def check_patient(patient: Person, doctor: Membership) -> None:
    """Raises NotBookable."""
    if not patient.is_complete:
        raise NotBookable(
            _("Complete your profile first: the clinic must know whom to expect.")
        )
    if doctor.person == patient:
        raise NotBookable(_("You cannot book a visit with yourself."))


def check_registration(
    clinic: Clinic, registration: Registration | None, *, by_clinic: bool
) -> None:
    """Raises Blocked and NotBookable."""
    if registration is None and not clinic.is_listed and not by_clinic:
        raise NotBookable(_("This clinic takes bookings from its patients only."))
    if registration is not None and registration.is_blocked:
        raise Blocked


def check_details(reason: str) -> None:
    """Raises NotBookable."""
    if len(reason) > REASON_LENGTH or "\x00" in reason:
        raise NotBookable(_("Shorten the reason to 300 characters."))


def check_audience(service: Service, *, by_clinic: bool) -> None:
    """Raises NotBookable."""
    if service.audience == "staff" and not by_clinic:
        raise NotBookable(_("Only the clinic books this kind of visit. Please call."))


def check_limits(policy: BookingPolicy, patient: Person) -> None:
    """Raises LimitReached where the clinic says that a limit blocks."""
    if policy.on_limit != OnLimit.BLOCK:
        return
    if told := limits_reached(policy, patient, clock.now()):
        raise LimitReached(" ".join(told))


def check_start(
    doctor: Membership, service: Service, starts_at: datetime, *, by_clinic: bool
) -> None:
    """In the future, within the service's notice and window; see also check_hours.

    The clinic's own staff need give no notice and may book a year ahead. Raises
    NotBookable.
    """
    now, zone = clock.now(), doctor.clinic.zone
    if starts_at <= now:
        raise NotBookable(_("That time has passed. Choose a later one."))
    lead = timedelta(minutes=0 if by_clinic else service.lead_minutes)
    if starts_at <= now + lead and lead:
        raise NotBookable(_("That is too soon for this kind of visit."))
    days = STAFF_WINDOW_DAYS if by_clinic else service.window_days
    last = now.astimezone(zone).date() + timedelta(days=days)
    if starts_at >= day_bounds(last, zone)[1]:
        told = _("Visits can be booked up to %(days)d days ahead.")
        raise NotBookable(told % {"days": days})


def check_hours(doctor: Membership, service: Service, starts_at: datetime) -> None:
    """Raises NotBookable unless the doctor's hours offer that start.

    Call it under the locks: whoever takes the doctor's time away holds them too.
    """
    day = starts_at.astimezone(doctor.clinic.zone).date()
    first, last = day - timedelta(days=1), day
    hours = timetables([doctor], first=first, last=last)[doctor.pk]
    offered = (
        start
        for each in (first, last)
        for start in starts_of(service, hours.periods_on(each))
    )
    if starts_at not in offered:
        raise NotBookable(_("The doctor does not offer that time. Choose another one."))


def check_future(starts_at: datetime) -> None:
    """What staff who overbook may still not do. Raises NotBookable."""
    now = clock.now()
    if starts_at <= now:
        raise NotBookable(_("That time has passed. Choose a later one."))
    if starts_at > now + timedelta(days=STAFF_WINDOW_DAYS):
        raise NotBookable(_("Choose a time within a year."))


def check_may_change(appointment: Appointment, by: Actor) -> bool:
    """Whether the clinic changes the visit; its patient may until it begins.

    Raises NotAllowed.
    """
    if is_own(by, appointment.patient):
        if clock.now() >= appointment.starts_at:
            raise NotAllowed(
                _("This visit has begun. Please call the clinic to change it.")
            )
        return False
    if not acts_for_clinic(by, appointment.doctor):
        raise NotAllowed(_("This visit is not yours to change."))
    return True
