"""What may be booked, apart from whether the time is still free: the database says
that."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import Person
from appointments.actions.errors import Blocked, NotBookable
from appointments.models import VisitType
from appointments.search import timetables
from appointments.slots import bookable_days, day_bounds
from clinics.models import Clinic, Department, Membership, Registration
from healthcare import clock

REASON_LENGTH = 300


def bookable_doctor(
    clinic: Clinic, doctor: Membership
) -> tuple[Membership, Department]:
    """Doctor and department as the database has them now. Raises NotBookable."""
    found = Membership.objects.doctors().filter(pk=doctor.pk, clinic=clinic).first()
    department = found.department if found else None
    if found is None or department is None or not department.is_active:
        raise NotBookable(_("This doctor cannot be booked at the moment."))
    return found, department


def check_patient(patient: Person, doctor: Membership) -> None:
    """Raises NotBookable."""
    if not patient.is_complete:
        raise NotBookable(
            _("Complete your profile first: the clinic must know whom to expect.")
        )
    if doctor.person == patient:
        raise NotBookable(_("You cannot book a visit with yourself."))


def check_registration(clinic: Clinic, registration: Registration | None) -> None:
    """Raises Blocked and NotBookable."""
    if registration is None and not clinic.is_listed:
        raise NotBookable(_("This clinic takes bookings from its patients only."))
    if registration is not None and registration.is_blocked:
        raise Blocked


def check_details(visit_type: str, reason: str) -> None:
    """Raises NotBookable."""
    if visit_type not in VisitType.values:
        raise NotBookable(_("Choose what kind of visit you need."))
    if len(reason) > REASON_LENGTH or "\x00" in reason:
        raise NotBookable(_("Shorten the reason to 300 characters."))


def check_start(doctor: Membership, starts_at: datetime, zone: ZoneInfo) -> None:
    """A future step of the doctor's hours within the next 30 days, or NotBookable."""
    now = clock.now()
    if starts_at <= now:
        raise NotBookable(_("That time has passed. Choose a later one."))
    last = bookable_days(now, zone)[1]
    if starts_at >= day_bounds(last, zone)[1]:
        raise NotBookable(_("Visits can be booked up to 30 days ahead."))
    day = starts_at.astimezone(zone).date()
    hours = timetables([doctor], first=day, last=day)[doctor.pk]
    if starts_at not in hours.starts_on(day, doctor.visit_minutes):
        raise NotBookable(_("The doctor does not offer that time. Choose another one."))
