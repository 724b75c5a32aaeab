"""One day as rows of half an hour: visits, free times, breaks and the line of now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import Person
from appointments import when
from appointments.models import Appointment, Status
from appointments.pills import Pill, for_staff
from appointments.slots import Period

ROW = timedelta(minutes=30)
KINDS = {Status.COMPLETED: "done", Status.IN_PROGRESS: "here"}
HERE = (Status.ARRIVED, Status.IN_PROGRESS)


@dataclass(frozen=True)
class Entry:
    """Something at a time: a visit, a free time or a break."""

    start: datetime
    end: datetime
    kind: str
    time: str
    name: str = ""
    meta: str = ""
    about: str = ""
    icon: str = ""
    pill: Pill | None = None
    uid: UUID | None = None
    can_open: bool = False
    can_miss: bool = False
    overbooked: bool = False


@dataclass
class Row:
    """A half hour. Its cell spans `span` rows and may hold several short visits."""

    time: str
    now: bool
    entries: list[Entry] = field(default_factory=list)
    span: int = 1
    covered: bool = False


def schedule(
    periods: Sequence[Period],
    visits: Sequence[Appointment],
    free: Sequence[Period],
    *,
    zone: ZoneInfo,
    now: datetime,
) -> list[Row]:
    """From the first to the last thing of the day; no rows for an empty day."""
    entries = [_visit(each, zone, now) for each in visits]
    entries += [_free(start, end, zone) for start, end in free]
    entries += _breaks(periods, entries, zone)
    spans = [*periods, *((each.start, each.end) for each in entries)]
    if not spans:
        return []
    first = _half_hour_before(min(start for start, _end in spans), zone)
    rows = list(_rows(first, max(end for _start, end in spans), zone, now))
    for begins, ends, group in _grouped(entries, first):
        rows[begins].entries, rows[begins].span = _free_joined(group), ends - begins
        for row in rows[begins + 1 : ends]:
            row.covered = True
    return rows


def _rows(
    first: datetime, end: datetime, zone: ZoneInfo, now: datetime
) -> Iterator[Row]:
    at = first
    while at < end:
        yield Row(when.wall_time(at, zone), now=at <= now < at + ROW)
        at += ROW


def _grouped(
    entries: Sequence[Entry], first: datetime
) -> list[tuple[int, int, list[Entry]]]:
    """Entries that share a row are shown in one cell: (first row, end row, entries)."""
    groups: list[tuple[int, int, list[Entry]]] = []
    for entry in sorted(entries, key=lambda each: (each.start, each.end)):
        begins, ends = (entry.start - first) // ROW, -((first - entry.end) // ROW)
        if groups and begins < groups[-1][1]:
            start, end, group = groups[-1]
            groups[-1] = (start, max(end, ends), [*group, entry])
        else:
            groups.append((begins, ends, [entry]))
    return groups


def _free_joined(group: Sequence[Entry]) -> list[Entry]:
    """Free times one after the other are one line: 'Free at 13:00, 13:20, 13:40'."""
    joined: list[Entry] = []
    for is_free, entries in groupby(group, lambda each: each.kind == "free"):
        found = list(entries)
        if is_free and len(found) > 1:
            times = ", ".join(each.time for each in found)
            told = _("Free at %(times)s") % {"times": times}
            found = [replace(found[0], about=told)]
        joined += found
    return joined


def _half_hour_before(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment - timedelta(minutes=moment.astimezone(zone).minute % 30)


def _visit(visit: Appointment, zone: ZoneInfo, now: datetime) -> Entry:
    status = Status(visit.status)
    return Entry(
        start=visit.starts_at,
        end=visit.ends_at,
        kind=KINDS.get(status, ""),
        time=when.wall_time(visit.starts_at, zone),
        name=visit.patient.clinical_name,
        meta=age_and_sex(visit.patient, visit.starts_at.astimezone(zone).date()),
        about=visit.reason or str(visit.get_visit_type_display()),
        pill=for_staff(visit, now),
        uid=visit.uid,
        can_open=status in HERE or (status == Status.BOOKED and visit.starts_at <= now),
        can_miss=status == Status.BOOKED and visit.starts_at <= now,
        overbooked=visit.overbooked,
    )


def age_and_sex(person: Person, day: date) -> str:
    """'58y M'; the letter only where the record has one."""
    years = person.age_on(day)
    letter = {Person.Sex.FEMALE: "F", Person.Sex.MALE: "M"}.get(Person.Sex(person.sex))
    parts = (f"{years}y" if years is not None else "", letter or "")
    return " ".join(part for part in parts if part)


def _free(start: datetime, end: datetime, zone: ZoneInfo) -> Entry:
    time = when.wall_time(start, zone)
    return Entry(start, end, "free", time, about=_("Free"), icon="calendar2-plus")


def _breaks(
    periods: Sequence[Period], entries: Sequence[Entry], zone: ZoneInfo
) -> list[Entry]:
    """Between two periods, unless a visit was booked there before the hours changed."""
    return [
        Entry(
            *(end, start, "block", when.wall_time(end, zone)),
            about=_("Break"),
            icon="cup-hot",
        )
        for (_s, end), (start, _e) in pairwise(periods)
        if not any(each.start < start and each.end > end for each in entries)
    ]
