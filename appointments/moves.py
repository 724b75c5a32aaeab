"""Moving one's own visit, in words ready for the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from appointments import when
from appointments.actions import BookingError
from appointments.actions.rescheduling import MOVABLE
from appointments.actions.rules import service_of
from appointments.models import Appointment, Service
from appointments.week import Asked, Picker, Subject, picker_of
from healthcare import clock


@dataclass(frozen=True)
class Change:
    """One line of what changes, and what stays."""

    term: str
    before: str
    after: str


def can_move(appointment: Appointment) -> bool:
    ahead = appointment.starts_at > clock.now()
    return ahead and appointment.status in MOVABLE


def service_to_move(appointment: Appointment) -> Service | None:
    """What the doctor still offers of it; nothing when only the clinic can move it."""
    try:
        return service_of(
            appointment.doctor, appointment.visit_type, appointment.service
        )
    except BookingError:
        return None


def move_url(appointment: Appointment, **query: str) -> str:
    url = reverse("appointments:my_move", args=[appointment.uid])
    return f"{url}?{urlencode(query)}" if query else url


def picker_for(
    appointment: Appointment, service: Service, query: Mapping[str, str]
) -> Picker:
    link = partial(move_url, appointment)
    subject = Subject(appointment.doctor, service, appointment.patient, link)
    return picker_of(subject, Asked.of(query), now=clock.now())


def changes(
    appointment: Appointment, service: Service, starts_at: datetime
) -> list[Change]:
    zone = appointment.zone
    ends_at = starts_at + timedelta(minutes=service.minutes)
    return [
        Change(_("Day"), _day(appointment.starts_at, zone), _day(starts_at, zone)),
        Change(
            _("Time"),
            when.span(appointment.starts_at, appointment.ends_at, zone),
            when.span(starts_at, ends_at, zone),
        ),
    ]


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return when.weekday_date(moment.astimezone(zone).date())
