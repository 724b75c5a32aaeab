"""A doctor's week to choose from: the day strip, and one day's times in groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from appointments import when
from appointments.offers import time_url
from appointments.search import FreeDay, first_free, free_days
from appointments.slots import bookable_days
from clinics.models import Membership

DAYS = 7
NOON, EVENING = 12, 17


@dataclass(frozen=True)
class DayLink:
    url: str | None
    weekday: str
    day: int
    free_label: str
    name: str
    current: bool


@dataclass(frozen=True)
class Time:
    value: str
    label: str
    checked: bool


@dataclass(frozen=True)
class Group:
    label: str
    icon: str
    slots: Sequence[Time]


@dataclass(frozen=True)
class Week:
    title: str
    days: Sequence[DayLink]
    earlier_url: str
    later_url: str
    chosen: FreeDay | None
    groups: Sequence[Group]
    note: str

    @property
    def day(self) -> str:
        return self.chosen.date.isoformat() if self.chosen else ""

    @property
    def picked(self) -> str:
        times = (time for group in self.groups for time in group.slots)
        return next((time.label for time in times if time.checked), "")

    @property
    def legend(self) -> str:
        if self.chosen is None:
            return ""
        day = self.chosen.date
        return _("Free times on %(day)s") % {"day": f"{day:%A} {day.day} {day:%B}"}


@dataclass(frozen=True)
class Asked:
    """What the address asks for: a day, a week, a time; as it was typed."""

    day: str = ""
    week: str = ""
    time: str = ""


def week_of(
    doctor: Membership, asked: Asked, *, now: datetime, patient: Person
) -> Week:
    """The seven days that hold the day asked for, else those of the first free time."""
    first, last = bookable_days(now, doctor.clinic.zone)
    instant = when.parse_instant(asked.time)
    day, note = _day_asked(doctor, asked, instant, first, last)
    if day is None:
        start = first_free([doctor], now=now)[doctor.pk]
        day = start.astimezone(doctor.clinic.zone).date() if start else first
    begins = first + timedelta(days=(day - first).days // DAYS * DAYS)
    free = free_days(doctor, first=begins, days=DAYS, now=now, patient=patient)
    whole_week = bool(asked.week) and not asked.day
    chosen = _chosen(free, day, whole_week=whole_week)
    return Week(
        title=when.day_range(free[0].date, free[-1].date),
        days=[_link(doctor, each, chosen) for each in free],
        earlier_url=_week_url(doctor, begins - timedelta(days=DAYS), first, last),
        later_url=_week_url(doctor, begins + timedelta(days=DAYS), first, last),
        chosen=chosen,
        groups=_groups(chosen, doctor, instant),
        note=note,
    )


def _day_asked(
    doctor: Membership,
    asked: Asked,
    instant: datetime | None,
    first: date,
    last: date,
) -> tuple[date | None, str]:
    """The date asked for if it can be booked, and what to say if it cannot."""
    text = asked.day or asked.week
    if not text and instant is None:
        return None, ""
    day = when.parse_day(text)
    if not text and instant:
        day = instant.astimezone(doctor.clinic.zone).date()
    if day is None:
        return None, _("We could not read that date. Choose a day below.")
    if first <= day <= last:
        return day, ""
    until = when.weekday_date(last)
    return None, _("Choose a day between today and %(day)s.") % {"day": until}


def _chosen(free: Sequence[FreeDay], day: date, *, whole_week: bool) -> FreeDay | None:
    """The day itself, or with `whole_week` the first that has a free time."""
    if not whole_week:
        return next((each for each in free if each.date == day), None)
    return next((each for each in free if each.starts), None)


def _week_url(doctor: Membership, begins: date, first: date, last: date) -> str:
    if not first <= begins <= last:
        return ""
    return time_url(doctor, week=begins.isoformat())


def _link(doctor: Membership, free: FreeDay, chosen: FreeDay | None) -> DayLink:
    day, count = free.date, len(free.starts)
    current = chosen is not None and chosen.date == day
    name = f"{day:%a} {day.day} {day:%B}"
    times = ngettext("%(count)d free time", "%(count)d free times", count)
    told = times % {"count": count} if count else _("no free times")
    return DayLink(
        url=time_url(doctor, day=day.isoformat()) if count or current else None,
        weekday=f"{day:%a}",
        day=day.day,
        free_label=_("%(count)d free") % {"count": count} if count else _("None"),
        name=f"{name}, {told}",
        current=current,
    )


def _groups(
    chosen: FreeDay | None, doctor: Membership, picked: datetime | None
) -> list[Group]:
    if chosen is None:
        return []
    zone = doctor.clinic.zone
    parts = groupby(chosen.starts, lambda start: _part(start.astimezone(zone).hour))
    return [
        Group(
            label=label,
            icon=icon,
            slots=[
                Time(
                    value=when.format_instant(start),
                    label=when.wall_time(start, zone),
                    checked=start == picked,
                )
                for start in starts
            ],
        )
        for (label, icon), starts in parts
    ]


def _part(hour: int) -> tuple[str, str]:
    if hour < NOON:
        return _("Morning"), "sunrise"
    return (_("Afternoon"), "sun") if hour < EVENING else (_("Evening"), "sunset")
