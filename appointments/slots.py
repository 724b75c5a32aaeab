"""Free times, computed from values: no queries here.

Hours are in the clinic's wall time; they become instants, and visits are stepped in
UTC. A wall time means the first instant at which the clinic's clock shows it or a
later one: a time that daylight saving skips is the end of the gap, a time that
occurs twice is the first of the two.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Protocol
from zoneinfo import ZoneInfo

WallHours = tuple[time, time]
Period = tuple[datetime, datetime]

HORIZON_DAYS = 30
DAY_MINUTES = 24 * 60


def bookable_days(
    now: datetime, zone: ZoneInfo, *, days: int = HORIZON_DAYS
) -> tuple[date, date]:
    """The first and the last date that can be booked, as the clinic's calendar goes."""
    today = now.astimezone(zone).date()
    return today, today + timedelta(days=days)


@lru_cache(maxsize=8192)
def first_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first moment, in UTC, at which the clock shows `wall` (naive) or later."""
    found = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
        return found
    offset = wall.replace(tzinfo=zone, fold=0).utcoffset()
    late, early = (wall.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    before, after = int(early), int(late)
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return datetime.fromtimestamp(after, UTC)


def instants(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """Every moment at which the clock shows exactly `wall`: none, one or two."""
    candidates = {
        wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)
    }
    return sorted(
        moment
        for moment in candidates
        if moment.astimezone(zone).replace(tzinfo=None, fold=0) == wall
    )


def day_bounds(day: date, zone: ZoneInfo) -> Period:
    """[start, end) of a local date."""
    midnight = datetime.combine(day, time.min)
    return (
        first_instant(midnight, zone),
        first_instant(midnight + timedelta(days=1), zone),
    )


@dataclass(frozen=True)
class Timetable:
    """A doctor's weekly hours, and the blocks of single dates laid over them."""

    zone: ZoneInfo
    weekly: Mapping[int, Sequence[WallHours]] = field(default_factory=dict)
    switched_on: Mapping[date, Sequence[WallHours]] = field(default_factory=dict)
    switched_off: Mapping[date, Sequence[WallHours]] = field(default_factory=dict)

    def periods_on(self, day: date) -> list[Period]:
        """When the doctor sees patients on that local date, in UTC and in order."""
        added = self.switched_on.get(day, ())
        open_hours = [*self.weekly.get(day.weekday(), ()), *added]
        if not open_hours:
            return []
        midnight = datetime.combine(day, time.min)
        hours = _without(open_hours, self.switched_off.get(day, ()))
        merged: list[Period] = []
        for first, last in hours:
            start = first_instant(midnight + timedelta(minutes=first), self.zone)
            end = first_instant(midnight + timedelta(minutes=last), self.zone)
            if merged and merged[-1][1] == start:
                merged[-1] = (merged[-1][0], end)
            elif start < end:
                merged.append((start, end))
        return merged

    def starts_on(self, day: date, minutes: int) -> list[datetime]:
        """Every start of a visit that the hours offer, taken or not."""
        return list(free_starts(self.periods_on(day), (), minutes=minutes))


def free_starts(
    periods: Iterable[Period],
    busy: Sequence[Period],
    *,
    minutes: int,
    after: datetime | None = None,
) -> Iterator[datetime]:
    """Starts of visits of `minutes`, stepped from each period's start, not taken.

    `periods` and `busy` are sorted by start; one pass over both.
    """
    length = timedelta(minutes=minutes)
    reached, last = 0, len(busy)
    for opens, closes in periods:
        at = opens
        while (until := at + length) <= closes:
            while reached < last and busy[reached][1] <= at:
                reached += 1
            taken = reached < last and busy[reached][0] < until
            if not taken and (after is None or at > after):
                yield at
            at = until


class Lengths(Protocol):
    """A visit's minutes, and those around it in which the doctor is taken."""

    @property
    def before_minutes(self) -> int: ...

    @property
    def block_minutes(self) -> int: ...


def starts_of(
    service: Lengths,
    periods: Iterable[Period],
    busy: Sequence[Period] = (),
    *,
    after: datetime | None = None,
) -> Iterator[datetime]:
    """Starts of visits whose time, buffers included, lies in a period and is free.

    Visits start after the moment `after`; block follows block.
    """
    before = timedelta(minutes=service.before_minutes)
    blocks = free_starts(periods, busy, minutes=service.block_minutes)
    for block in blocks:
        if after is None or block + before > after:
            yield block + before


def _without(
    added: Sequence[WallHours], removed: Sequence[WallHours]
) -> list[tuple[int, int]]:
    """Minutes of the day covered by `added` and not by `removed`, merged, in order."""
    plus, minus = [_span(each) for each in added], [_span(each) for each in removed]
    edges = sorted({edge for span in (*plus, *minus) for edge in span})
    merged: list[tuple[int, int]] = []
    for start, end in pairwise(edges):
        if not _covers(plus, start) or _covers(minus, start):
            continue
        if merged and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def _covers(spans: Sequence[tuple[int, int]], minute: int) -> bool:
    return any(start <= minute < end for start, end in spans)


def _span(hours: WallHours) -> tuple[int, int]:
    """Minutes after midnight; hours that end at or before their start run overnight."""
    start, end = (each.hour * 60 + each.minute for each in hours)
    return start, end if end > start else end + DAY_MINUTES
