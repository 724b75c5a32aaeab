"""What was chosen, in words: the summary beside the times, and the check."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Person
from appointments import when
from appointments.actions import SlotTaken
from appointments.models import VisitType
from appointments.offers import Offer, money, time_url
from appointments.search import nearest_free
from appointments.week import Week
from clinics.models import Clinic, Membership
from healthcare import clock


@dataclass(frozen=True)
class Answer:
    term: str
    value: str
    change_url: str = ""


@dataclass(frozen=True)
class Choice:
    """`echo` names the radio whose label the page shows here."""

    term: str
    value: str
    echo: str = ""


@dataclass(frozen=True)
class Alternative:
    value: str
    label: str


def choice_so_far(doctor: Membership, week: Week) -> list[Choice]:
    rows = [Choice(_("Doctor"), doctor.person.formal_name)]
    if week.chosen and week.chosen.starts:
        picked = week.picked or _("Choose one")
        rows.append(Choice(_("Day"), when.weekday_date(week.chosen.date)))
        rows.append(Choice(_("Time"), picked, echo="time"))
    rows.append(Choice(_("Length"), _length(doctor)))
    rows.append(Choice(_("Place"), place(doctor.clinic, doctor.room)))
    if doctor.fee is not None:
        rows.append(Choice(_("Fee"), money(doctor.fee, doctor.clinic)))
    return rows


def lead(doctor: Membership) -> str:
    return _("%(length)s. Times are for %(clinic)s (%(zone)s).") % {
        "length": _length(doctor),
        "clinic": doctor.clinic.name,
        "zone": when.zone_label(doctor.clinic.zone),
    }


def place(clinic: Clinic, room: str) -> str:
    where = _("room %(room)s") % {"room": room} if room else ""
    return ", ".join(part for part in (clinic.name, where) if part)


def answers(
    offer: Offer, doctor: Membership, values: Mapping[str, Any]
) -> list[Answer]:
    zone, start = doctor.clinic.zone, values["time"]
    end = start + timedelta(minutes=doctor.visit_minutes)
    change = time_url(doctor, time=when.format_instant(start))
    time = f"{when.span(start, end, zone)} ({when.zone_label(zone)})"
    rows = [
        Answer(_("Department"), offer.department.name, offer.clinic_url),
        Answer(_("Doctor"), doctor.person.formal_name, offer.url),
        Answer(_("Day"), when.weekday_date(start.astimezone(zone).date()), change),
        Answer(_("Time"), time, change),
        Answer(_("Place"), place(doctor.clinic, doctor.room)),
        Answer(_("Visit type"), str(VisitType(values["visit_type"]).label), change),
        Answer(_("Reason"), values["reason"] or _("None given"), change),
    ]
    if doctor.fee is not None:
        rows.append(Answer(_("Fee"), money(doctor.fee, doctor.clinic)))
    return rows


def alternatives(
    doctor: Membership, patient: Person, taken: SlotTaken | None
) -> Sequence[Alternative]:
    """The nearest free times instead of one that is gone."""
    if taken is None:
        return []
    found = nearest_free(
        doctor, around=taken.starts_at, now=clock.now(), patient=patient
    )
    return [
        Alternative(when.format_instant(start), _label(start, doctor))
        for start in found
    ]


def _label(start: datetime, doctor: Membership) -> str:
    zone = doctor.clinic.zone
    day = when.weekday_date(start.astimezone(zone).date())
    return f"{day}, {when.wall_time(start, zone)}"


def _length(doctor: Membership) -> str:
    return _("%(minutes)d minutes") % {"minutes": doctor.visit_minutes}
