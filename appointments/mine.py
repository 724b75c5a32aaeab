"""A patient's own appointments, in words ready for the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from appointments import when
from appointments.actions import is_late_to_cancel
from appointments.actions.rescheduling import MOVABLE
from appointments.answers import place
from appointments.kinds import money
from appointments.models import Appointment, BookingPolicy, Status
from appointments.pills import Pill, for_patient
from healthcare import dates


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
    can_move: bool
    is_request: bool
    in_series: str

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
            (_("Visit type"), kind_of(seen)),
            (_("Series"), self.in_series),
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
        sub=f"{kind_of(appointment)}. {where}.",
        pill=for_patient(appointment),
        until=when.until(day, now.astimezone(zone).date()) if ahead else "",
        url=appointment.get_absolute_url(),
        can_cancel=appointment.starts_at > now
        and appointment.can_become(Status.CANCELLED),
        can_move=appointment.starts_at > now and appointment.status in MOVABLE,
        is_request=appointment.status == Status.REQUESTED,
        in_series=_in_series(appointment),
    )


def kind_of(appointment: Appointment) -> str:
    """As the doctor calls it, else what type of visit it is."""
    if appointment.service is not None:
        return appointment.service.name
    return str(appointment.get_visit_type_display())


def _in_series(appointment: Appointment) -> str:
    """'Visit 3 of 8', where the page asked for it (placed_in_series)."""
    if not getattr(appointment, "nth", None):
        return ""
    words = {"nth": appointment.nth, "count": appointment.of_many}
    return _("Visit %(nth)d of %(count)d") % words


def own_visit(person: Person, uid: UUID) -> Appointment:
    """Raises Http404 for those of others."""
    own = Appointment.objects.of_person(person).with_people().placed_in_series()
    return get_object_or_404(own, uid=uid)


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
    words = {
        "when": when.day_and_time(appointment.starts_at, zone),
        "doctor": appointment.doctor.label,
    }
    return " ".join(
        [
            _("%(when)s with %(doctor)s.") % words,
            _("The time goes back to other patients at once."),
            cancel_policy(appointment),
        ]
    ).strip()


def cancel_policy(appointment: Appointment) -> str:
    """Until when cancelling is free; a request can always be withdrawn."""
    policy = BookingPolicy.objects.of(appointment.clinic)
    if not policy.free_until_hours or appointment.status == Status.REQUESTED:
        return ""
    until = appointment.starts_at - timedelta(hours=policy.free_until_hours)
    words = {"moment": dates.moment(until, appointment.zone)}
    if is_late_to_cancel(appointment, policy):
        text = _("It was free until %(moment)s. Now it counts as a late cancellation.")
    else:
        text = _("Free until %(moment)s. After that it counts as a late cancellation.")
    return text % words


def trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Home"), reverse("home")),
        (_("Appointments"), reverse("appointments:mine")),
        *more,
    ]
