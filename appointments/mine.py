"""A patient's own appointments, in words ready for the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from appointments import when
from appointments.answers import place
from appointments.models import Appointment, Status
from appointments.offers import money
from appointments.pills import Pill, for_patient


@dataclass(frozen=True)
class Leaf:
    weekday: str
    day: str
    month: str


@dataclass(frozen=True)
class Visit:
    """One appointment as its patient sees it."""

    appointment: Appointment
    leaf: Leaf
    title: str
    day: str
    sub: str
    pill: Pill
    until: str
    url: str
    can_cancel: bool

    @property
    def facts(self) -> Sequence[tuple[str, str]]:
        seen = self.appointment
        zone = seen.zone
        day = when.weekday_date(seen.starts_at.astimezone(zone).date())
        time = when.span(seen.starts_at, seen.ends_at, zone)
        rows = [
            (_("Reference"), seen.reference),
            (_("Doctor"), seen.doctor.label),
            (_("Department"), seen.department.name),
            (_("Day"), day),
            (_("Time"), f"{time} ({when.zone_label(zone)})"),
            (_("Place"), place(seen.clinic, seen.doctor.room)),
            (_("Address"), seen.clinic.address),
            (_("Visit type"), seen.get_visit_type_display()),
            (_("Reason"), seen.reason),
            (_("Fee"), money(seen.fee, seen.clinic) if seen.fee is not None else ""),
            (_("Cancelled because"), seen.cancel_reason),
        ]
        return [(term, value) for term, value in rows if value]


def visit(appointment: Appointment, now: datetime) -> Visit:
    zone = appointment.zone
    local = appointment.starts_at.astimezone(zone)
    day = local.date()
    words = {
        "time": when.wall_time(appointment.starts_at, zone),
        "doctor": appointment.doctor.label,
    }
    where = place(appointment.clinic, appointment.doctor.room)
    ahead = appointment.starts_at > now and appointment.status == Status.BOOKED
    return Visit(
        appointment=appointment,
        leaf=Leaf(f"{day:%a}", f"{day.day}", f"{day:%b} {day.year}"),
        title=_("%(time)s, with %(doctor)s") % words,
        day=when.weekday_date(day),
        sub=f"{appointment.get_visit_type_display()}. {where}.",
        pill=for_patient(appointment),
        until=when.until(day, now.astimezone(zone).date()) if ahead else "",
        url=appointment.get_absolute_url(),
        can_cancel=appointment.starts_at > now
        and appointment.can_become(Status.CANCELLED),
    )


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool


def tabs(*, is_past: bool) -> list[Tab]:
    url = reverse("appointments:mine")
    return [
        Tab(_("Upcoming"), url, current=not is_past),
        Tab(_("Past and cancelled"), f"{url}?show=past", current=is_past),
    ]


def cancel_question(appointment: Appointment) -> str:
    zone = appointment.zone
    return _("%(day)s at %(time)s with %(doctor)s. ") % {
        "day": when.weekday_date(appointment.starts_at.astimezone(zone).date()),
        "time": when.wall_time(appointment.starts_at, zone),
        "doctor": appointment.doctor.label,
    } + _("The time goes back to other patients at once.")


def trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Home"), reverse("home")),
        (_("Appointments"), reverse("appointments:mine")),
        *more,
    ]
