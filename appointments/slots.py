"""Free times, computed from values: no queries here.

Hours are in the clinic's wall time; they become instants, and visits are stepped in
UTC. A wall time means the first instant at which the clinic's clock shows it or a
later one: a time that daylight saving skips is the end of the gap, a time that
occurs twice is the first of the two.
"""

from bisect import insort
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

Period = tuple[datetime, datetime]

HORIZON_DAYS = 30
DAY = timedelta(days=1)


class WallHours(NamedTuple):
    """Hours of a weekday; those that end at or before their start run overnight."""

    starts: time
    ends: time
    since: date | None = None
    until: date | None = None

    def hold_on(self, day: date) -> bool:
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day <= self.until)


class Change(NamedTuple):
    """Time added to a doctor's hours or taken from them, [starts, ends) on the wall."""

    adds: bool
    starts: datetime
    ends: datetime


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


def days_before(moment: datetime, zone: ZoneInfo, days: int, clock: time) -> datetime:
    """The instant of that wall time, so many local dates earlier."""
    day = moment.astimezone(zone).date() - timedelta(days=days)
    return first_instant(datetime.combine(day, clock), zone)


@dataclass(frozen=True)
class Timetable:
    """A doctor's weekly hours without the holidays, and the changes laid over them.

    Of several changes that speak of a moment, the last one counts.
    """

    zone: ZoneInfo
    weekly: Mapping[int, Sequence[WallHours]] = field(default_factory=dict)
    holidays: Collection[date] = ()
    changes: Sequence[Change] = ()
    _known: dict[date, list[Period]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def periods_on(self, day: date) -> list[Period]:
        """The hours that begin on that local date, in UTC and in order.

        Hours that run past midnight belong to the date on which they begin. Those of
        two dates never overlap: a visit has one date and one grid of times.
        """
        if day not in self._known:
            self._known[day] = self._periods_on(day)
        return self._known[day]

    def open_between(self, first: date, last: date) -> Iterator[Period]:
        """Every period that reaches into those local dates, in order of time."""
        waiting: list[Period] = []
        day = first - DAY
        while day <= last:
            waiting = sorted([*waiting, *self.periods_on(day)])
            end = day_bounds(day, self.zone)[1]
            while waiting and waiting[0][0] < end:
                yield waiting.pop(0)
            day += DAY
        yield from waiting

    def starts_on(self, day: date, minutes: int) -> list[datetime]:
        """Every start of a visit on that local date that the hours offer, taken or
        not."""
        begin, end = day_bounds(day, self.zone)
        periods = self.open_between(day, day)
        every = free_starts(periods, (), minutes=minutes)
        return [start for start in every if begin <= start < end]

    def _periods_on(self, day: date) -> list[Period]:
        found = self._weekly_on(day)
        if found:
            for eve in self._weekly_on(day - DAY):
                found = _without(found, eve)
        for each in (day, day + DAY):
            if each in self.holidays:
                found = _without(found, day_bounds(each, self.zone))
        midnight = datetime.combine(day, time.min)
        for change in self.changes:
            if change.ends <= midnight or change.starts >= midnight + 2 * DAY:
                continue
            begins, ends = (first_instant(each, self.zone) for each in change[1:])
            if change.adds and change.starts.date() == day:
                found = _with(found, (begins, ends))
            else:
                found = _without(found, (begins, ends))
        return found

    def _weekly_on(self, day: date) -> list[Period]:
        midnight = datetime.combine(day, time.min)
        found: list[Period] = []
        for hours in self.weekly.get(day.weekday(), ()):
            if not hours.hold_on(day):
                continue
            begins, ends = (datetime.combine(midnight, each) for each in hours[:2])
            start = first_instant(begins, self.zone)
            end = first_instant(ends if ends > begins else ends + DAY, self.zone)
            found = _with(found, (start, end))
        return found


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


def _with(periods: Sequence[Period], added: Period) -> list[Period]:
    """Those that touch or overlap become one."""
    start, end = added
    if start >= end:
        return list(periods)
    kept = []
    for each in periods:
        if each[1] < start or each[0] > end:
            kept.append(each)
        else:
            start, end = min(start, each[0]), max(end, each[1])
    insort(kept, (start, end))
    return kept


def _without(periods: Sequence[Period], removed: Period) -> list[Period]:
    start, end = removed
    if start >= end:
        return list(periods)
    kept = []
    for each in periods:
        left = (each[0], min(each[1], start))
        right = (max(each[0], end), each[1])
        kept += [part for part in (left, right) if part[0] < part[1]]
    return kept
