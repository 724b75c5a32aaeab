"""An appointment's status as icon, word and colour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from appointments.models import Appointment, Status
from appointments.when import wall_time

LATEST = timedelta(hours=1)


@dataclass(frozen=True)
class Pill:
    label: str
    kind: str
    icon: str


def for_patient(appointment: Appointment) -> Pill:
    kind, icon = _looks(appointment.status)
    return Pill(appointment.get_status_display(), kind, icon)


def for_staff(appointment: Appointment, now: datetime) -> Pill:
    """Says how long somebody has waited, and since when the doctor sees them."""
    kind, icon = _looks(appointment.status)
    zone = appointment.clinic.zone
    label = str(appointment.get_status_display())
    if appointment.status == Status.ARRIVED:
        waited = {"minutes": minutes_waited(appointment, now)}
        label = _("Waiting %(minutes)d min") % waited
    elif appointment.status == Status.IN_PROGRESS and appointment.started_at:
        since = {"time": wall_time(appointment.started_at, zone)}
        label = _("With doctor since %(time)s") % since
    elif appointment.status == Status.COMPLETED:
        label = _("Seen")
    elif is_late(appointment, now):
        late = {"minutes": (now - appointment.starts_at) // timedelta(minutes=1)}
        return Pill(_("Late %(minutes)d min") % late, "warn", "alarm")
    return Pill(label, kind, icon)


def is_late(appointment: Appointment, now: datetime) -> bool:
    """Not here although the visit's time is now."""
    due = appointment.starts_at < now < appointment.ends_at + LATEST
    return due and appointment.status == Status.BOOKED


def minutes_waited(appointment: Appointment, now: datetime) -> int:
    if appointment.arrived_at is None:
        return 0
    return max(0, int((now - appointment.arrived_at).total_seconds() // 60))


def _looks(status: str) -> tuple[str, str]:
    return {
        Status.REQUESTED: ("warn", "question-circle"),
        Status.BOOKED: ("", "calendar-check"),
        Status.ARRIVED: ("info", "hourglass-split"),
        Status.IN_PROGRESS: ("warn", "person-check"),
        Status.COMPLETED: ("ok", "check2"),
        Status.CANCELLED: ("", "x-circle"),
        Status.NO_SHOW: ("danger", "person-x"),
    }[Status(status)]
