"""Appointments as iCalendar. No health details: calendars are shared and synced."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress, vText, vUri

from appointments.models import Appointment, Status
from healthcare import clock
from healthcare.outbox.actions import Attachment

PRODUCT = "-//Healix//Appointments//EN"
REMIND = (timedelta(days=1), timedelta(hours=2))
REFRESH = timedelta(hours=1)
STATUS: dict[str, str] = {Status.CANCELLED: "CANCELLED", Status.REQUESTED: "TENTATIVE"}

Entry = Callable[[Appointment], Event]


class Method(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


def calendar_file(appointment: Appointment, method: Method) -> bytes:
    """One event under a UID that stays, with a SEQUENCE that rises on every change."""
    event = _event(appointment, invites=method != Method.PUBLISH)
    event.add("dtstamp", clock.now())
    return _calendar([appointment], [event], method).to_ical()


def feed_file(name: str, appointments: Sequence[Appointment]) -> bytes:
    """A patient's visits, for a calendar that comes back for more."""
    return _feed(name, appointments, lambda each: _event(each, invites=False))


def schedule_file(name: str, appointments: Sequence[Appointment]) -> bytes:
    """A doctor's visits: when and in which room, nothing of the patient."""
    return _feed(name, appointments, _busy)


def _feed(name: str, appointments: Sequence[Appointment], entry: Entry) -> bytes:
    """The same visits give the same bytes, so that a reader can ask for changes."""
    events = []
    for each in appointments:
        event = entry(each)
        event.add("dtstamp", each.cancelled_at or each.created_at)
        events.append(event)
    calendar = _calendar(appointments, events, Method.PUBLISH)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    return calendar.to_ical()


def _calendar(
    appointments: Iterable[Appointment], events: Iterable[Event], method: Method
) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    years: dict[str, set[int]] = {}
    for each in appointments:
        years.setdefault(each.time_zone, set()).add(each.starts_at.year)
    for zone, seen in sorted(years.items()):
        calendar.add_component(_zone(zone, min(seen), max(seen)))
    for event in events:
        calendar.add_component(event)
    return calendar


@lru_cache(maxsize=64)
def _zone(name: str, first: int, last: int) -> Timezone:
    """The zone's rules around those years; building them is slow, so they are kept."""
    return Timezone.from_tzid(
        name, first_date=date(first - 1, 1, 1), last_date=date(last + 2, 1, 1)
    )


def attachment(appointment: Appointment, method: Method) -> Attachment:
    return Attachment(
        name="appointment.ics",
        content_type=f"text/calendar; method={method}; charset=utf-8",
        content=calendar_file(appointment, method),
    )


def _event(appointment: Appointment, *, invites: bool) -> Event:
    clinic = appointment.clinic
    event = _time(appointment, f"{appointment.uid}@healix")
    event.add("summary", _("Appointment at %(clinic)s") % {"clinic": clinic.name})
    if clinic.address:
        event.add("location", f"{clinic.name}, {clinic.address}")
    address = settings.SITE_URL + appointment.get_absolute_url()
    text = _("Reference %(reference)s. See or change it: %(url)s")
    event.add(
        "description", text % {"reference": appointment.reference, "url": address}
    )
    event.add("url", vUri(address))
    event.add("organizer", _organizer(appointment))
    user = appointment.patient.user
    if invites and user:
        event.add("attendee", _attendee(appointment, user.email))
    if appointment.status != Status.CANCELLED:
        for before in REMIND:
            event.add_component(_alarm(before, str(event["summary"])))
    return event


def _busy(appointment: Appointment) -> Event:
    """Another UID than the patient's: both may end up in one calendar."""
    event = _time(appointment, f"{appointment.uid}.schedule@healix")
    event.add("summary", _("Visit"))
    where, room = appointment.clinic.name, appointment.doctor.room
    event.add("location", f"{where}, {_('room')} {room}" if room else where)
    event.add("class", "PRIVATE")
    return event


def _time(appointment: Appointment, uid: str) -> Event:
    status = STATUS.get(appointment.status, "CONFIRMED")
    event = Event()
    event.add("uid", uid)
    event.add("sequence", appointment.sequence)
    starts_at, ends_at = _moments(appointment)
    event.add("dtstart", starts_at)
    event.add("dtend", ends_at)
    event.add("status", status)
    event.add("transp", "TRANSPARENT" if status == "CANCELLED" else "OPAQUE")
    return event


def _moments(appointment: Appointment) -> tuple[datetime, datetime]:
    """In wall time; in UTC when one of the two is a wall time that occurs twice, as a
    reader takes that for the first of them, before the visit even starts."""
    zone = appointment.zone
    starts_at = appointment.starts_at.astimezone(zone)
    ends_at = appointment.ends_at.astimezone(zone)
    if _occurs_twice(starts_at) or _occurs_twice(ends_at):
        return starts_at.astimezone(UTC), ends_at.astimezone(UTC)
    return starts_at, ends_at


def _occurs_twice(local: datetime) -> bool:
    return local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()


def _alarm(before: timedelta, text: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", -before)
    alarm.add("description", text)
    return alarm


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
