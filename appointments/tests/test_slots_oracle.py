"""Free times against a brute-force oracle that walks days minute by minute."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import accumulate, groupby, pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appointments.slots import (
    Change,
    Timetable,
    WallHours,
    day_bounds,
    first_instant,
    free_starts,
    instants,
)

# A busy machine draws slowly; that is no fault of the times.
PATIENT = [HealthCheck.too_slow]
ZONES = [
    "America/New_York",
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Beirut",
    "America/Vancouver",
    "UTC",
]
# Days on and around changes of the clocks, and a plain one.
DAYS = [
    date(2026, 3, 8),
    date(2026, 11, 1),
    date(2027, 3, 28),
    date(2026, 10, 25),
    date(2026, 10, 4),
    date(2027, 4, 4),
    date(2027, 4, 30),
    date(2026, 9, 24),
]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
AROUND = range(-2, 3)

# A time of the day, in steps of five minutes.
clock_times = st.integers(0, 287).map(lambda n: time(n // 12, n % 12 * 5))
blocks = st.tuples(clock_times, clock_times).filter(lambda pair: pair[0] != pair[1])


@st.composite
def rules(draw, day: date):
    """Hours of a weekday, by night as well, that may begin or end to hold."""
    edges = st.none() | st.sampled_from(AROUND).map(lambda n: day + n * DAY)
    return WallHours(*draw(blocks), draw(edges), draw(edges))


@st.composite
def changes(draw, day: date):
    """Hours or days away, or a session of at most a day."""
    adds = draw(st.booleans())
    begins = datetime.combine(
        day + draw(st.sampled_from(AROUND)) * DAY, draw(clock_times)
    )
    longest = 288 if adds else 3 * 288
    return Change(adds, begins, begins + draw(st.integers(1, longest)) * 5 * MINUTE)


@st.composite
def timetables(draw):
    day = draw(st.sampled_from(DAYS))
    table = Timetable(
        ZoneInfo(draw(st.sampled_from(ZONES))),
        weekly={
            (day + n * DAY).weekday(): draw(st.lists(rules(day), max_size=2))
            for n in (-1, 0, 1)
        },
        holidays=draw(
            st.sets(st.sampled_from([day - DAY, day, day + DAY]), max_size=1)
        ),
        changes=draw(st.lists(changes(day), max_size=3)),
    )
    return table, day


@st.composite
def busy_periods(draw, day: date):
    midnight = datetime.combine(day, time.min, tzinfo=UTC) - timedelta(hours=14)
    pairs = st.tuples(st.integers(0, 3100), st.integers(1, 240))
    found = draw(st.lists(pairs, max_size=12))
    return sorted(
        (midnight + start * MINUTE, midnight + (start + length) * MINUTE)
        for start, length in found
    )


@cache
def every_minute(zone: ZoneInfo, day: date) -> tuple[list, list, list]:
    """The minutes around a day, what the clinic's clock shows at each, and the latest
    that it has shown until then."""
    begin = datetime.combine(day, time.min, tzinfo=UTC) - 4 * DAY
    minutes = [begin + n * MINUTE for n in range(9 * 24 * 60)]
    walls = [each.astimezone(zone).replace(tzinfo=None, fold=0) for each in minutes]
    return minutes, walls, list(accumulate(walls, max))


class Oracle:
    """Every minute of nine days: the date whose hours it is in, if any."""

    def __init__(self, table: Timetable, day: date) -> None:
        self.minutes, self.walls, self.shown = every_minute(table.zone, day)
        self.owner: list[date | None] = [None] * len(self.minutes)
        self.day = day
        for n in AROUND:
            self._weekly(table, day + n * DAY)
        for n, wall in enumerate(self.walls):
            if wall.date() in table.holidays:
                self.owner[n] = None
        for change in table.changes:
            owner = change.starts.date() if change.adds else None
            for n in self._between(change.starts, change.ends):
                self.owner[n] = owner

    def _weekly(self, table: Timetable, day: date) -> None:
        """The night of the date before goes before a date's own hours."""
        for starts, ends, since, until in table.weekly.get(day.weekday(), ()):
            if (since and day < since) or (until and day > until):
                continue
            last = day if ends > starts else day + DAY
            begins, stops = datetime.combine(day, starts), datetime.combine(last, ends)
            for n in self._between(begins, stops):
                self.owner[n] = self.owner[n] or day

    def _between(self, begins: datetime, ends: datetime) -> range:
        """From the first minute that shows `begins` or later to that of `ends`."""
        return range(bisect_left(self.shown, begins), bisect_left(self.shown, ends))

    def free(self, busy, minutes: int, after: datetime) -> list[datetime]:
        taken = {
            start + n * MINUTE
            for start, end in busy
            for n in range((end - start) // MINUTE)
        }
        found = []
        for owner, run in groupby(range(len(self.minutes)), lambda n: self.owner[n]):
            positions = list(run)
            steps = range(0, len(positions) - minutes + 1, minutes) if owner else ()
            for step in steps:
                visit = positions[step : step + minutes]
                times = {self.minutes[n] for n in visit}
                at, wall = self.minutes[visit[0]], self.walls[visit[0]]
                if wall.date() == self.day and at > after and not times & taken:
                    found.append(at)
        return found


@settings(max_examples=120, deadline=None, suppress_health_check=PATIENT)
@given(data=st.data(), minutes=st.sampled_from([5, 15, 20, 30, 45, 60]))
def test_free_times_are_those_of_every_minute(data, minutes):
    table, day = data.draw(timetables())
    busy = data.draw(busy_periods(day))
    midnight = datetime.combine(day, time.min, tzinfo=UTC)
    after = midnight + data.draw(st.integers(-720, 1440)) * MINUTE
    begin, end = day_bounds(day, table.zone)
    periods = table.open_between(day, day)
    starts = free_starts(periods, busy, minutes=minutes, after=after)
    found = [start for start in starts if begin <= start < end]
    assert found == Oracle(table, day).free(busy, minutes, after)


@settings(max_examples=60, deadline=None, suppress_health_check=PATIENT)
@given(found=timetables())
def test_periods_come_in_order_and_never_overlap(found):
    table, day = found
    periods = list(table.open_between(day - DAY, day + DAY))
    assert all(start < end for start, end in periods)
    assert all(before[1] <= after[0] for before, after in pairwise(periods))


@settings(max_examples=200, deadline=None, suppress_health_check=PATIENT)
@given(zone=st.sampled_from(ZONES), day=st.sampled_from(DAYS), clock=clock_times)
def test_the_first_instant_is_the_first(zone, day, clock):
    place, asked = ZoneInfo(zone), datetime.combine(day, clock)
    found = first_instant(asked, place)
    shown = found.astimezone(place).replace(tzinfo=None)
    before = (found - MINUTE).astimezone(place).replace(tzinfo=None)
    assert shown >= asked
    assert before < asked or instants(asked, place)[0] == found
