"""Appointments as iCalendar. No health details: calendars are shared and synced."""

from datetime import date
from email.utils import parseaddr
from enum import StrEnum
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, vCalAddress, vText, vUri

from appointments.models import Appointment, Status
from healthcare import clock
from healthcare.outbox.actions import Attachment

PRODUCT = "-//Healix//Appointments//EN"


class Method(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


def calendar_file(appointment: Appointment, method: Method) -> bytes:
    """One event under a UID that stays, with a SEQUENCE that rises on every change."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(_zone(appointment.time_zone, appointment.starts_at.year))
    calendar.add_component(_event(appointment, method))
    return calendar.to_ical()


@lru_cache(maxsize=64)
def _zone(name: str, year: int) -> Timezone:
    """The zone's rules around that year; building them is slow, so they are kept."""
    return Timezone.from_tzid(
        name, first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1)
    )


def attachment(appointment: Appointment, method: Method) -> Attachment:
    return Attachment(
        name="appointment.ics",
        content_type=f"text/calendar; method={method}; charset=utf-8",
        content=calendar_file(appointment, method),
    )


def _event(appointment: Appointment, method: Method) -> Event:
    clinic = appointment.clinic
    gone = appointment.status == Status.CANCELLED
    event = Event()
    event.add("uid", f"{appointment.uid}@healix")
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", clock.now())
    # A wall time that occurs twice can only be told apart in UTC.
    zone = None if appointment.fold else appointment.zone
    for name, moment in (
        ("dtstart", appointment.starts_at),
        ("dtend", appointment.ends_at),
    ):
        event.add(name, moment.astimezone(zone) if zone else moment)
    event.add("summary", _("Appointment at %(clinic)s") % {"clinic": clinic.name})
    if clinic.address:
        event.add("location", f"{clinic.name}, {clinic.address}")
    address = settings.SITE_URL + appointment.get_absolute_url()
    text = _("Reference %(reference)s. See or change it: %(url)s")
    event.add(
        "description", text % {"reference": appointment.reference, "url": address}
    )
    event.add("url", vUri(address))
    event.add("status", "CANCELLED" if gone else "CONFIRMED")
    event.add("organizer", _organizer(appointment))
    user = appointment.patient.user
    if method != Method.PUBLISH and user:
        event.add("attendee", _attendee(appointment, user.email))
    return event


def _organizer(appointment: Appointment) -> vCalAddress:
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    organizer = vCalAddress(f"mailto:{appointment.clinic.email or sender}")
    organizer.params["CN"] = vText(appointment.clinic.name)
    return organizer


def _attendee(appointment: Appointment, email: str) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{email}")
    attendee.params["CN"] = vText(appointment.patient.full_name)
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    return attendee
