"""What was chosen, in words: the summary beside the times, and the check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Person
from appointments import when
from appointments.actions import SlotTaken
from appointments.kinds import length, money
from appointments.models import Appointment, Hold, Service
from appointments.offers import Choice
from appointments.search import free_days, nearest_free
from appointments.week import Picker
from clinics.models import Clinic, Membership
from healthcare import clock


@dataclass(frozen=True)
class Answer:
    term: str
    value: str
    change_url: str = ""


@dataclass(frozen=True)
class Line:
    """`echo` names the radio whose label the page shows here."""

    term: str
    value: str
    echo: str = ""


@dataclass(frozen=True)
class Alternative:
    value: str
    label: str


@dataclass(frozen=True)
class Clash:
    """The visit that is in the way of another."""

    label: str
    url: str


def choice_so_far(choice: Choice, picker: Picker) -> list[Line]:
    doctor, service = choice.doctor, choice.service
    rows = [
        Line(_("Doctor"), doctor.person.formal_name),
        Line(_("Visit"), service.name),
    ]
    if picker.chosen and picker.chosen.starts:
        picked = picker.picked or _("Choose one")
        rows.append(Line(_("Day"), when.weekday_date(picker.chosen.date)))
        rows.append(Line(_("Time"), picked, echo="time"))
    rows.append(Line(_("Length"), length(service)))
    rows.append(Line(_("Place"), place(doctor.clinic, doctor.room)))
    if service.price is not None:
        rows.append(Line(_("Fee"), money(service.price, doctor.clinic)))
    return rows


def lead(doctor: Membership, service: Service) -> str:
    words = {
        "service": service.name,
        "length": length(service),
        "clinic": doctor.clinic.name,
        "zone": when.zone_label(doctor.clinic.zone),
    }
    return _("%(service)s, %(length)s. Times are for %(clinic)s (%(zone)s).") % words


def place(clinic: Clinic, room: str) -> str:
    where = _("room %(room)s") % {"room": room} if room else ""
    return ", ".join(part for part in (clinic.name, where) if part)


def answers(choice: Choice, values: Mapping[str, Any]) -> list[Answer]:
    doctor, service, offer = choice.doctor, choice.service, choice.offer
    zone, start = doctor.clinic.zone, values["time"]
    change = choice.time_url(time=when.format_instant(start))
    time = when.span(start, start + timedelta(minutes=service.minutes), zone)
    day = when.weekday_date(start.astimezone(zone).date())
    rows = [
        Answer(_("Department"), offer.department.name, offer.clinic_url),
        Answer(_("Doctor"), doctor.person.formal_name, offer.url),
        Answer(_("Day"), day, change),
        Answer(_("Time"), f"{time} ({when.zone_label(zone)})", change),
        Answer(_("Place"), place(doctor.clinic, doctor.room)),
        Answer(_("Visit type"), service.name, change),
        Answer(_("Reason"), values["reason"] or _("None given"), change),
    ]
    if service.price is not None:
        rows.append(Answer(_("Fee"), money(service.price, doctor.clinic)))
    return rows


def kept_until(held: Hold | None) -> str:
    """'Kept for you until 10:43', on the clinic's clock."""
    if held is None:
        return ""
    until = when.wall_time(held.expires_at, held.clinic.zone)
    return _("Kept for you until %(time)s.") % {"time": until}


def gone(choice: Choice, patient: Person, start: datetime) -> SlotTaken | None:
    """What to say when a time in an address is no longer free."""
    day = start.astimezone(choice.clinic.zone).date()
    found = free_days(
        choice.doctor,
        first=day - timedelta(days=1),
        days=2,
        now=clock.now(),
        patient=patient,
        service=choice.service,
    )
    if any(start in each.starts for each in found):
        return None
    taken = SlotTaken(of="doctor", starts_at=start)
    if clash(patient, choice.service, start):
        taken = SlotTaken(of="patient", starts_at=start)
    return taken


def alternatives(
    doctor: Membership, service: Service, patient: Person, taken: SlotTaken | None
) -> Sequence[Alternative]:
    """The nearest free times instead of one that is gone."""
    if taken is None:
        return []
    found = nearest_free(
        doctor,
        around=taken.starts_at,
        now=clock.now(),
        patient=patient,
        service=service,
    )
    zone = doctor.clinic.zone
    return [
        Alternative(when.format_instant(start), when.day_and_time(start, zone))
        for start in found
    ]


def clash_with(
    patient: Person, service: Service, taken: SlotTaken | None
) -> Clash | None:
    """The patient's own visit, when that is what is in the way."""
    if taken is None or taken.of != "patient":
        return None
    return clash(patient, service, taken.starts_at)


def clash(patient: Person, service: Service, start: datetime) -> Clash | None:
    end = start + timedelta(minutes=service.minutes)
    own = Appointment.objects.of_person(patient).with_people()
    visit = own.holding_within(start, end).in_order().first()
    if visit is None:
        return None
    words = {
        "when": when.day_and_time(visit.starts_at, visit.zone),
        "doctor": visit.doctor.label,
    }
    return Clash(_("%(when)s with %(doctor)s") % words, visit.get_absolute_url())
