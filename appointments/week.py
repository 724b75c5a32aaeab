"""A doctor's days to choose from, as a week's strip or a month's table."""

from calendar import Calendar
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from appointments import when
from appointments.finder import first_times
from appointments.models import Service
from appointments.offers import NextFree
from appointments.search import FreeDay, free_days
from appointments.slots import bookable_days
from appointments.times import Group, groups_of
from clinics.models import Membership

DAYS = 7
WORDS = ("day", "week", "month", "time", "view")


@dataclass(frozen=True)
class DayLink:
    url: str | None
    weekday: str
    day: int
    free_label: str
    name: str
    current: bool


@dataclass(frozen=True)
class View:
    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Picker:
    """Days and times to choose from. `rows` are a month's weeks, empty for a week."""

    title: str
    views: Sequence[View]
    days: Sequence[DayLink]
    rows: Sequence[Sequence[DayLink | None]]
    earlier_url: str
    later_url: str
    chosen: FreeDay | None
    groups: Sequence[Group]
    next_free: NextFree | None
    note: str

    @property
    def day(self) -> str:
        return self.chosen.date.isoformat() if self.chosen else ""

    @property
    def picked(self) -> str:
        times = (time for group in self.groups for time in group.slots)
        return next((time.label for time in times if time.checked), "")

    @property
    def weekdays(self) -> list[tuple[str, str]]:
        """Short and whole names, for the head of the month's table."""
        monday = date(2026, 9, 21)
        names = [monday + timedelta(days=n) for n in range(DAYS)]
        return [(f"{each:%a}", f"{each:%A}") for each in names]

    @property
    def legend(self) -> str:
        if self.chosen is None:
            return ""
        day = self.chosen.date
        return _("Free times on %(day)s") % {"day": f"{day:%A} {day.day} {day:%B}"}


@dataclass(frozen=True)
class Asked:
    """What the address asks for: a day, a week or month, a time; as it was typed."""

    day: str = ""
    week: str = ""
    month: str = ""
    time: str = ""
    view: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        return cls(**{name: query.get(name, "") for name in WORDS})

    @property
    def is_month(self) -> bool:
        return self.view == "month"

    @property
    def instant(self) -> datetime | None:
        return when.parse_instant(self.time)


@dataclass(frozen=True)
class Subject:
    """Whose time is looked for; `link` makes the address of the same page with other
    words in it."""

    doctor: Membership
    service: Service
    patient: Person | None
    link: Callable[..., str]

    def window(self, now: datetime) -> tuple[date, date]:
        zone = self.doctor.clinic.zone
        return bookable_days(now, zone, days=self.service.window_days)

    def free(self, first: date, last: date, now: datetime) -> list[FreeDay]:
        return free_days(
            self.doctor,
            first=first,
            days=(last - first).days + 1,
            now=now,
            patient=self.patient,
            service=self.service,
        )


def picker_of(subject: Subject, asked: Asked, *, now: datetime) -> Picker:
    """The week or month that holds the day asked for, else the first free time's."""
    first, last = subject.window(now)
    zone = subject.doctor.clinic.zone
    pairs = [(subject.doctor, subject.service)]
    soonest = first_times(pairs, now=now, patient=subject.patient, count=1)
    day, note = _day_asked(asked, subject, first, last)
    if day is None:
        day = soonest[0].starts_at.astimezone(zone).date() if soonest else first
    begins, ends = _span(day, first, asked)
    free = subject.free(max(begins, first), ends, now)
    chosen = _chosen(free, day, whole=not (asked.day or asked.instant))
    view = {"view": "month"} if asked.is_month else {}
    links = [_link(subject, each, chosen, view) for each in free]
    return Picker(
        title=_title(free, asked),
        views=_views(subject, day, asked),
        days=links,
        rows=_rows(day, free, links) if asked.is_month else (),
        earlier_url=_step(subject, begins - timedelta(days=1), first, last, asked),
        later_url=_step(subject, ends + timedelta(days=1), first, last, asked),
        chosen=chosen,
        groups=groups_of(subject.doctor, subject.service, chosen, asked.instant),
        next_free=_next_free(subject, [each.starts_at for each in soonest], view),
        note=note,
    )


def _day_asked(
    asked: Asked, subject: Subject, first: date, last: date
) -> tuple[date | None, str]:
    """The date asked for if it can be booked, and what to say if it cannot."""
    month = f"{asked.month}-01" if asked.month else ""
    text = asked.day or asked.week or month
    instant = asked.instant
    if not text and instant is None:
        return None, ""
    day = when.parse_day(text)
    if not text and instant:
        day = instant.astimezone(subject.doctor.clinic.zone).date()
    if day is None:
        return None, _("We could not read that date. Choose a day below.")
    if month and text == month and (day.year, day.month) == (first.year, first.month):
        day = first
    if first <= day <= last:
        return day, ""
    until = when.weekday_date(last)
    return None, _("Choose a day between today and %(day)s.") % {"day": until}


def _span(day: date, first: date, asked: Asked) -> tuple[date, date]:
    if asked.is_month:
        begins = day.replace(day=1)
        following = (begins + timedelta(days=31)).replace(day=1)
        return begins, following - timedelta(days=1)
    begins = first + timedelta(days=(day - first).days // DAYS * DAYS)
    return begins, begins + timedelta(days=DAYS - 1)


def _title(free: Sequence[FreeDay], asked: Asked) -> str:
    if asked.is_month:
        return f"{free[0].date:%B %Y}"
    return when.day_range(free[0].date, free[-1].date)


def _chosen(free: Sequence[FreeDay], day: date, *, whole: bool) -> FreeDay | None:
    """The day itself, or with `whole` the first from there that has a free time."""
    if not whole:
        return next((each for each in free if each.date == day), None)
    later = [each for each in free if each.starts and each.date >= day]
    return next(iter(later), next((each for each in free if each.date == day), None))


def _views(subject: Subject, day: date, asked: Asked) -> list[View]:
    time = {"time": asked.time} if asked.time else {}
    week = subject.link(**time, **({} if time else {"week": day.isoformat()}))
    month = {} if time else {"month": f"{day:%Y-%m}"}
    return [
        View(_("Week"), week, current=not asked.is_month),
        View(
            _("Month"),
            subject.link(**time, **month, view="month"),
            current=asked.is_month,
        ),
    ]


def _step(subject: Subject, day: date, first: date, last: date, asked: Asked) -> str:
    """To the week or month that has that day, if it has any that can be booked."""
    if asked.is_month:
        begins, ends = _span(day, first, asked)
        if ends < first or begins > last:
            return ""
        return subject.link(month=f"{day:%Y-%m}", view="month")
    begins = first + timedelta(days=(day - first).days // DAYS * DAYS)
    return subject.link(week=begins.isoformat()) if first <= begins <= last else ""


def _link(
    subject: Subject, free: FreeDay, chosen: FreeDay | None, view: Mapping[str, str]
) -> DayLink:
    day, count = free.date, len(free.starts)
    current = chosen is not None and chosen.date == day
    name = f"{day:%a} {day.day} {day:%B}"
    times = ngettext("%(count)d free time", "%(count)d free times", count)
    told = times % {"count": count} if count else _("no free times")
    url = subject.link(day=day.isoformat(), **view)
    return DayLink(
        url=url if count or current else None,
        weekday=f"{day:%a}",
        day=day.day,
        free_label=_("%(count)d free") % {"count": count} if count else _("None"),
        name=f"{name}, {told}",
        current=current,
    )


def _rows(
    day: date, free: Sequence[FreeDay], links: Sequence[DayLink]
) -> list[list[DayLink | None]]:
    """The month's weeks; days that cannot be booked yet or any more have no link."""
    known = {each.date: link for each, link in zip(free, links, strict=True)}

    def cell(each: date) -> DayLink | None:
        if each.month != day.month:
            return None
        closed = f"{each:%a} {each.day} {each:%B}, " + _("cannot be booked")
        blank = DayLink(None, f"{each:%a}", each.day, "", closed, current=False)
        return known.get(each, blank)

    weeks = Calendar().monthdatescalendar(day.year, day.month)
    return [[cell(each) for each in week] for week in weeks]


def _next_free(
    subject: Subject, soonest: Sequence[datetime], view: Mapping[str, str]
) -> NextFree | None:
    for start in soonest:
        url = subject.link(time=when.format_instant(start), **view)
        label = when.day_and_time(start, subject.doctor.clinic.zone)
        return NextFree(url, label)
    return None
