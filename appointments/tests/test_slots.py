"""Free times against a brute-force oracle, and daylight saving by a table."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appointments import when
from appointments.slots import (
    Timetable,
    bookable_days,
    day_bounds,
    first_instant,
    free_starts,
    instants,
)

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
MINUTE = timedelta(minutes=1)


def wall(day: date, text: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(text))


def hours(*blocks: str) -> list[tuple[time, time]]:
    ends = (block.split("-") for block in blocks)
    return [(time.fromisoformat(a), time.fromisoformat(b)) for a, b in ends]


def starts(zone: str, day: date, block: str, minutes: int = 30) -> list[str]:
    """The steps of one block, as the clinic's clock shows them."""
    place = ZoneInfo(zone)
    table = Timetable(place, weekly={day.weekday(): hours(block)})
    return [when.wall_time(each, place) for each in table.starts_on(day, minutes)]


def worked(zone: str, day: date, block: str) -> timedelta:
    table = Timetable(ZoneInfo(zone), weekly={day.weekday(): hours(block)})
    return sum((end - start for start, end in table.periods_on(day)), start=timedelta())


class TestDaylightSaving:
    @pytest.mark.parametrize(
        ("zone", "day", "clock", "expected"),
        [
            ("America/New_York", "2026-03-08", "09:00", ["2026-03-08 13:00"]),
            ("Europe/Berlin", "2027-03-28", "02:30", []),
            (
                "Europe/Berlin",
                "2026-10-25",
                "02:30",
                ["2026-10-25 00:30", "2026-10-25 01:30"],
            ),
            ("Australia/Lord_Howe", "2026-10-04", "02:15", []),
            (
                "Australia/Lord_Howe",
                "2027-04-04",
                "01:45",
                ["2027-04-03 14:45", "2027-04-03 15:15"],
            ),
            ("Asia/Kathmandu", "2026-09-24", "09:00", ["2026-09-24 03:15"]),
            ("America/Vancouver", "2026-11-02", "09:00", ["2026-11-02 16:00"]),
        ],
    )
    def test_what_a_wall_time_means(self, zone, day, clock, expected):
        found = instants(wall(date.fromisoformat(day), clock), ZoneInfo(zone))
        assert [f"{each:%Y-%m-%d %H:%M}" for each in found] == expected

    def test_a_morning_without_two_oclock(self):
        found = starts("America/New_York", date(2026, 3, 8), "01:00-04:00")
        assert found == ["01:00", "01:30", "03:00", "03:30"]

    def test_a_night_with_one_oclock_twice(self):
        found = starts("America/New_York", date(2026, 11, 1), "00:30-03:00")
        assert found == [
            "00:30",
            "01:00 EDT",
            "01:30 EDT",
            "01:00 EST",
            "01:30 EST",
            "02:00",
            "02:30",
        ]

    def test_a_night_shift_in_spring_and_in_autumn(self):
        zone = "America/New_York"
        assert worked(zone, date(2026, 3, 7), "22:00-06:00") == timedelta(hours=7)
        assert worked(zone, date(2026, 10, 31), "22:00-06:00") == timedelta(hours=9)

    @pytest.mark.parametrize(
        ("zone", "day"),
        [("Africa/Cairo", date(2027, 4, 30)), ("Asia/Beirut", date(2027, 3, 28))],
    )
    def test_a_day_that_begins_at_one(self, zone, day):
        eve = datetime.combine(day - timedelta(days=1), time(22), tzinfo=UTC)
        assert day_bounds(day, ZoneInfo(zone))[0] == eve

    def test_hours_that_begin_in_the_gap_begin_after_it(self):
        found = starts("Europe/Berlin", date(2027, 3, 28), "02:30-05:00", 60)
        assert found == ["03:00", "04:00"]

    def test_the_end_of_a_gap_is_exact(self):
        found = first_instant(
            wall(date(2026, 10, 4), "02:10"), ZoneInfo("Australia/Lord_Howe")
        )
        assert found == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)

    def test_hours_inside_the_gap_are_none(self):
        assert starts("Europe/Berlin", date(2027, 3, 28), "02:10-02:50", 10) == []

    def test_hours_that_the_gap_joins_are_one_period(self):
        day, zone = date(2026, 3, 8), ZoneInfo("America/New_York")
        blocks = hours("01:00-02:00", "03:00-04:00")
        table = Timetable(zone, weekly={day.weekday(): blocks})
        found = [when.wall_time(each, zone) for each in table.starts_on(day, 45)]
        assert found == ["01:00", "01:45"]

    def test_the_window_follows_the_clinics_calendar(self):
        now = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
        window = bookable_days(now, ZoneInfo("America/New_York"))
        assert window == (date(2026, 11, 20), date(2026, 12, 20))


class TestBlocks:
    DAY = date(2026, 9, 24)
    MORNING, EVENING = hours("09:00-13:00", "15:00-19:00")

    def periods(self, weekly=(), on=(), off=()):
        table = Timetable(
            ZoneInfo("UTC"),
            weekly={self.DAY.weekday(): weekly},
            switched_on={self.DAY: on},
            switched_off={self.DAY: off},
        )
        return [f"{a:%H:%M}-{b:%H:%M}" for a, b in table.periods_on(self.DAY)]

    def test_on_adds_hours(self):
        assert self.periods(on=[self.EVENING]) == ["15:00-19:00"]

    def test_on_and_the_rule_are_one(self):
        assert self.periods(hours("08:00-12:00"), on=[self.MORNING]) == ["08:00-13:00"]

    def test_off_removes_hours_of_the_rule(self):
        found = self.periods(hours("08:00-17:00"), off=[self.MORNING])
        assert found == ["08:00-09:00", "13:00-17:00"]

    def test_off_without_a_rule_is_nothing(self):
        assert self.periods(off=[self.MORNING]) == []

    def test_another_weekday_is_closed(self):
        table = Timetable(ZoneInfo("UTC"), weekly={0: hours("09:00-10:00")})
        assert table.periods_on(date(2026, 9, 22)) == []


# An hour of the day, in steps of five minutes.
clock_times = st.integers(0, 287).map(lambda n: time(n // 12, n % 12 * 5))
blocks = st.tuples(clock_times, clock_times).filter(lambda pair: pair[0] < pair[1])


@st.composite
def timetables(draw):
    day = draw(st.sampled_from(DAYS))
    table = Timetable(
        ZoneInfo(draw(st.sampled_from(ZONES))),
        weekly={day.weekday(): draw(st.lists(blocks, max_size=3))},
        switched_on={day: draw(st.lists(blocks, max_size=2))},
        switched_off={day: draw(st.lists(blocks, max_size=2))},
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
def every_minute(zone: ZoneInfo, day: date) -> tuple[list[datetime], list[datetime]]:
    """The minutes around a day, and what the clinic's clock shows at each."""
    begin = datetime.combine(day, time.min, tzinfo=UTC) - timedelta(hours=16)
    minutes = [begin + n * MINUTE for n in range(60 * 60)]
    return minutes, [each.astimezone(zone).replace(tzinfo=None) for each in minutes]


class Oracle:
    """Every minute of two days, one after the other, asked for the clinic's clock."""

    def __init__(self, table: Timetable, day: date) -> None:
        self.minutes, self.walls = every_minute(table.zone, day)
        self.open = self._open(table, day)

    def _open(self, table: Timetable, day: date) -> set[datetime]:
        found: set[datetime] = set()
        weekly = table.weekly[day.weekday()]
        for start, end in [*weekly, *table.switched_on[day]]:
            found |= self._between(day, start, end)
        for start, end in table.switched_off[day]:
            found -= self._between(day, start, end)
        return found

    def _between(self, day: date, start: time, end: time) -> set[datetime]:
        """From the first minute that shows `start` or later to that of `end`."""
        begin, stop = (datetime.combine(day, each) for each in (start, end))
        first = next(n for n, seen in enumerate(self.walls) if seen >= begin)
        last = next(n for n, seen in enumerate(self.walls) if seen >= stop)
        return set(self.minutes[first:last])

    def free(self, busy, minutes: int, after: datetime) -> list[datetime]:
        taken = {
            start + n * MINUTE
            for start, end in busy
            for n in range((end - start) // MINUTE)
        }
        found = []
        for minute in self.minutes:
            begins_a_period = minute in self.open and minute - MINUTE not in self.open
            if begins_a_period:
                found += self._steps(minute, minutes, taken, after)
        return found

    def _steps(self, at: datetime, minutes: int, taken: set[datetime], after: datetime):
        while all(at + n * MINUTE in self.open for n in range(minutes)):
            visit = {at + n * MINUTE for n in range(minutes)}
            if at > after and not visit & taken:
                yield at
            at += minutes * MINUTE


class TestAgainstTheOracle:
    @settings(max_examples=150, deadline=None)
    @given(data=st.data(), minutes=st.sampled_from([5, 15, 20, 30, 45, 60]))
    def test_free_times_are_those_of_every_minute(self, data, minutes):
        table, day = data.draw(timetables())
        busy = data.draw(busy_periods(day))
        midnight = datetime.combine(day, time.min, tzinfo=UTC)
        after = midnight + data.draw(st.integers(-720, 1440)) * MINUTE
        found = list(
            free_starts(table.periods_on(day), busy, minutes=minutes, after=after)
        )
        assert found == Oracle(table, day).free(busy, minutes, after)

    @settings(max_examples=200, deadline=None)
    @given(zone=st.sampled_from(ZONES), day=st.sampled_from(DAYS), clock=clock_times)
    def test_the_first_instant_is_the_first(self, zone, day, clock):
        place, asked = ZoneInfo(zone), datetime.combine(day, clock)
        found = first_instant(asked, place)
        shown = found.astimezone(place).replace(tzinfo=None)
        before = (found - MINUTE).astimezone(place).replace(tzinfo=None)
        assert shown >= asked
        assert before < asked or instants(asked, place)[0] == found
