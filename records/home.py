"""A patient's first page: what is next, what is open, what was last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from appointments import mine
from appointments.models import Appointment, Status
from clinics.models import Registration
from healthcare import dates
from records.charting.models import Encounter
from records.charting.visits import SignedNote, signed_note
from records.looked import Look, newest_once
from records.prescribing.medicines import SOON_DAYS, runs_out
from records.prescribing.models import PrescriptionLine
from records.todo import Task, tasks

LOOKS = 3


@dataclass(frozen=True)
class Stat:
    label: str
    value: str
    icon: str
    url: str
    note: str = ""
    note_kind: str = ""
    note_icon: str = ""
    text: bool = False


@dataclass(frozen=True)
class Home:
    heading: str
    lead: str
    is_new: bool
    next: mine.Visit | None
    tasks: Sequence[Task]
    stats: Sequence[Stat]
    latest: SignedNote | None
    looks: Sequence[Look]

    @property
    def open_tasks(self) -> str:
        count = len(self.tasks)
        return ngettext("%(count)d open", "%(count)d open", count) % {"count": count}


def home(person: Person, *, now: datetime, zone: ZoneInfo) -> Home:
    upcoming = Appointment.objects.of_person(person).upcoming(now)
    upcoming = upcoming.exclude(status=Status.IN_PROGRESS)
    ahead = upcoming.with_people().first()
    signed = Encounter.objects.of_person(person)
    last = signed.with_people().with_note().newest_first().first()
    todo = tasks(person, today=now.astimezone(zone).date())
    registered = Registration.objects.of_person(person).exists()
    return Home(
        heading=_greeting(person, now.astimezone(zone)),
        lead=_lead(now.astimezone(zone), len(todo)),
        is_new=not registered and ahead is None and last is None,
        next=mine.visit(ahead, now) if ahead else None,
        tasks=todo,
        stats=[
            _upcoming(upcoming.count(), ahead),
            _visits_this_year(person, now.astimezone(zone).year, zone),
            _medicines(person, now, zone),
            _last_visit(last),
        ],
        latest=signed_note(last) if last else None,
        looks=newest_once(person, count=LOOKS, zone=zone),
    )


def _greeting(person: Person, local: datetime) -> str:
    name = {"name": person.given_name}
    if local.hour < 12:
        return _("Good morning, %(name)s") % name
    if local.hour < 18:
        return _("Good afternoon, %(name)s") % name
    return _("Good evening, %(name)s") % name


def _lead(local: datetime, count: int) -> str:
    told = ngettext(
        "%(count)d thing needs your attention.",
        "%(count)d things need your attention.",
        count,
    )
    day = dates.long_day(local.date())
    return f"{day}. {told % {'count': count}}" if count else f"{day}."


def _upcoming(count: int, ahead: Appointment | None) -> Stat:
    day = dates.day(ahead.starts_at.astimezone(ahead.zone).date()) if ahead else ""
    return Stat(
        _("Upcoming visits"),
        str(count),
        "calendar2-week",
        reverse("appointments:mine"),
        note=_("Next on %(day)s") % {"day": day} if ahead else _("Nothing booked"),
    )


def _visits_this_year(person: Person, year: int, zone: ZoneInfo) -> Stat:
    count = Encounter.objects.of_person(person).in_year(year, zone).count()
    return Stat(
        _("Visits this year"),
        str(count),
        "clipboard2-pulse",
        reverse("charting:my_visits"),
        note=_("In %(year)d") % {"year": year},
    )


def _medicines(person: Person, now: datetime, zone: ZoneInfo) -> Stat:
    today = now.astimezone(zone).date()
    lines = PrescriptionLine.objects.of_person(person).current(today)
    ends = sorted(end for end in lines.values_list("ends_on", flat=True) if end)
    left = (ends[0] - today).days if ends else None
    soon = left is not None and left <= SOON_DAYS
    return Stat(
        _("Medicines"),
        str(lines.count()),
        "capsule",
        reverse("prescribing:mine"),
        note=runs_out(left or 0) if soon else _("None runs out this week"),
        note_kind="warn" if soon else "",
        note_icon="hourglass-split" if soon else "",
    )


def _last_visit(last: Encounter | None) -> Stat:
    if last is None:
        url = reverse("charting:my_visits")
        return Stat(_("Last visit"), _("None yet"), "calendar-check", url, text=True)
    day = last.started_at.astimezone(last.clinic.zone).date()
    return Stat(
        _("Last visit"),
        dates.day(day),
        "calendar-check",
        last.get_absolute_url(),
        note=last.clinic.name,
        text=True,
    )
