"""A doctor's day: numbers, schedule, and panels that higher floors register."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from appointments import when
from appointments.models import Appointment, Status
from appointments.pills import Pill, for_staff, minutes_waited
from appointments.schedule import Row, schedule
from appointments.search import busy_times, timetables
from appointments.slots import Period, day_bounds, free_starts
from clinics.models import Membership


@dataclass(frozen=True)
class PanelRow:
    """A row of a panel, as `_parts/row.html` shows it."""

    title: str
    url: str = ""
    sub: str = ""
    icon: str = ""
    kind: str = ""
    initials: str = ""
    time: str = ""
    pill: str = ""
    pill_kind: str = ""
    pill_icon: str = ""
    verb: str = ""
    verb_url: str = ""


@dataclass(frozen=True)
class Panel:
    """A card beside the schedule; `url` and `link` lead to the whole list."""

    id: str
    title: str
    rows: Sequence[PanelRow]
    empty_text: str
    url: str = ""
    link: str = ""


PanelProvider = Callable[[Membership, datetime], Panel | None]

_providers: list[PanelProvider] = []


def register_panel(provider: PanelProvider) -> None:
    """Called from `AppConfig.ready()`: provider(doctor, now) gives a card, or None."""
    if provider not in _providers:
        _providers.append(provider)


def panels(doctor: Membership, now: datetime) -> list[Panel]:
    return [panel for each in _providers if (panel := each(doctor, now))]


@dataclass(frozen=True)
class Stat:
    label: str
    value: int
    icon: str
    unit: str = ""
    note: str = ""
    note_kind: str = ""
    note_icon: str = ""
    url: str = ""


@dataclass(frozen=True)
class Waiting:
    uid: UUID
    name: str
    sub: str
    pill: Pill


@dataclass(frozen=True)
class DayPage:
    heading: str
    lead: str
    caption: str
    place: str
    is_today: bool
    previous: tuple[str, str]
    following: tuple[str, str]
    today_url: str
    stats: Sequence[Stat]
    rows: Sequence[Row]
    waiting: Sequence[Waiting]


def day_page(
    doctor: Membership, day: date, visits: Sequence[Appointment], *, now: datetime
) -> DayPage:
    """`visits` are the doctor's of that date, in order of time."""
    zone = doctor.clinic.zone
    today = now.astimezone(zone).date()
    periods, free = _hours(doctor, day, now)
    shown = [each for each in visits if each.status != Status.CANCELLED]
    name = when.weekday_date(day)
    clock = when.wall_time(now, zone)
    room = _("Room %(room)s. ") % {"room": doctor.room} if doctor.room else ""
    return DayPage(
        heading=name,
        lead=_lead(shown, now),
        caption=_("Schedule for %(day)s, half an hour a row") % {"day": name},
        place=room + (_("Now %(time)s") % {"time": clock} if day == today else ""),
        is_today=day == today,
        previous=_other_day(doctor, day - timedelta(days=1), _("Previous day")),
        following=_other_day(doctor, day + timedelta(days=1), _("Next day")),
        today_url=reverse("appointments:day", args=[doctor.clinic.slug]),
        stats=_stats(shown, free, zone=zone, now=now),
        rows=schedule(periods, shown, free, zone=zone, now=now),
        waiting=[
            Waiting(
                uid=each.uid,
                name=each.patient.clinical_name,
                sub=_("For %(time)s") % {"time": when.wall_time(each.starts_at, zone)},
                pill=for_staff(each, now),
            )
            for each in _waiting(shown)
        ],
    )


def _hours(
    doctor: Membership, day: date, now: datetime
) -> tuple[list[Period], list[Period]]:
    """When the doctor works that day, and the visits that can still be booked.

    Of hours that run past midnight each date has its part.
    """
    hours = timetables([doctor], first=day, last=day)[doctor.pk]
    start, end = day_bounds(day, doctor.clinic.zone)
    length = timedelta(minutes=doctor.visit_minutes)
    busy = busy_times([doctor.person.pk], start=start, end=end + length)
    periods = list(hours.open_between(day, day))
    starts = free_starts(
        periods,
        busy.get(doctor.person.pk, ()),
        minutes=doctor.visit_minutes,
        after=now,
    )
    own = [(max(a, start), min(b, end)) for a, b in periods if a < end and b > start]
    return own, [(at, at + length) for at in starts if start <= at < end]


def _lead(visits: Sequence[Appointment], now: datetime) -> str:
    seen = sum(each.status == Status.COMPLETED for each in visits)
    told = _("%(seen)d of %(all)d patients seen.") % {"seen": seen, "all": len(visits)}
    if late := _minutes_late(visits, now):
        told = f"{told} " + _("You run %(minutes)d minutes late.") % {"minutes": late}
    return told if visits else _("No visits are booked.")


def _minutes_late(visits: Sequence[Appointment], now: datetime) -> int:
    """How long after its time the visit at hand began, or the next one waits."""
    for each in visits:
        if each.status == Status.IN_PROGRESS and each.started_at:
            return _minutes(each.started_at - each.starts_at)
    waiting = [each for each in visits if each.status == Status.ARRIVED]
    return _minutes(now - waiting[0].starts_at) if waiting else 0


def _stats(
    visits: Sequence[Appointment],
    free: Sequence[Period],
    *,
    zone: ZoneInfo,
    now: datetime,
) -> list[Stat]:
    seen = sum(each.status == Status.COMPLETED for each in visits)
    missed = sum(each.status == Status.NO_SHOW for each in visits)
    waits = [minutes_waited(each, now) for each in _waiting(visits)]
    longest = _("Longest %(minutes)d min") % {"minutes": max(waits, default=0)}
    next_free = _("The day is full")
    if free:
        next_free = _("Next at %(time)s") % {"time": when.wall_time(free[0][0], zone)}
    left = {"count": sum(each.status == Status.BOOKED for each in visits)}
    nobody = _("Nobody missed a visit")
    return [
        Stat(
            _("Patients today"),
            len(visits),
            "people",
            note=_("%(count)d still to come") % left,
        ),
        Stat(
            _("Seen"),
            seen,
            "check2-circle",
            note=_("%(count)d did not come") % {"count": missed} if missed else nobody,
        ),
        Stat(
            _("Waiting now"),
            len(waits),
            "hourglass-split",
            note=longest if waits else _("Nobody waits"),
            note_kind="info" if waits else "",
            note_icon="hourglass-split" if waits else "",
        ),
        Stat(_("Free times left"), len(free), "calendar2-plus", note=next_free),
    ]


def _waiting(visits: Sequence[Appointment]) -> list[Appointment]:
    """Who is in the waiting room, longest wait first."""
    here = [each for each in visits if each.status == Status.ARRIVED]
    return sorted(here, key=lambda each: (each.arrived_at or each.starts_at, each.pk))


def _minutes(length: timedelta) -> int:
    return max(0, int(length.total_seconds() // 60))


def _other_day(doctor: Membership, day: date, label: str) -> tuple[str, str]:
    url = reverse("appointments:day", args=[doctor.clinic.slug])
    return f"{url}?date={day.isoformat()}", f"{label}, {when.weekday_date(day)}"
