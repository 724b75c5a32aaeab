"""Daylight saving by a table: what the clocks of nine places do on given nights."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from appointments import when
from appointments.slots import (
    Timetable,
    WallHours,
    bookable_days,
    day_bounds,
    days_before,
    instants,
)

NEW_YORK = "America/New_York"


def hours(block: str) -> WallHours:
    starts, ends = block.split("-")
    return WallHours(time.fromisoformat(starts), time.fromisoformat(ends))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def one_block(zone: str, day: str, block: str) -> tuple[Timetable, date]:
    """Hours on that date alone."""
    found = date.fromisoformat(day)
    rule = hours(block)._replace(since=found, until=found)
    return Timetable(ZoneInfo(zone), weekly={found.weekday(): [rule]}), found


@pytest.mark.parametrize(
    ("zone", "wall", "expected"),
    [
        (NEW_YORK, "2026-03-08 09:00", ["2026-03-08 13:00"]),
        ("Europe/Berlin", "2027-03-28 02:30", []),
        ("Europe/Berlin", "2026-10-25 02:30", ["2026-10-25 00:30", "2026-10-25 01:30"]),
        ("Australia/Lord_Howe", "2026-10-04 02:15", []),
        (
            "Australia/Lord_Howe",
            "2027-04-04 01:45",
            ["2027-04-03 14:45", "2027-04-03 15:15"],
        ),
        ("Asia/Kathmandu", "2026-09-24 09:00", ["2026-09-24 03:15"]),
        ("America/Vancouver", "2026-11-02 09:00", ["2026-11-02 16:00"]),
    ],
)
def test_a_wall_time_in_utc(zone, wall, expected):
    found = instants(datetime.fromisoformat(wall), ZoneInfo(zone))
    assert found == [utc(each) for each in expected]


@pytest.mark.parametrize(
    ("zone", "day", "block", "minutes", "expected"),
    [
        (NEW_YORK, "2026-03-08", "09:00-09:30", 30, "09:00"),
        (NEW_YORK, "2026-03-08", "01:00-04:00", 30, "01:00, 01:30, 03:00, 03:30"),
        (
            NEW_YORK,
            "2026-11-01",
            "00:30-03:00",
            30,
            "00:30, 01:00 EDT, 01:30 EDT, 01:00 EST, 01:30 EST, 02:00, 02:30",
        ),
        ("Europe/Berlin", "2027-03-28", "02:30-02:45", 15, ""),
        ("Europe/Berlin", "2027-03-28", "02:30-04:00", 30, "03:00, 03:30"),
        (
            "Europe/Berlin",
            "2026-10-25",
            "02:30-03:00",
            30,
            "02:30 CEST, 02:00 CET, 02:30 CET",
        ),
        ("Australia/Lord_Howe", "2026-10-04", "02:15-02:30", 15, ""),
        (
            "Australia/Lord_Howe",
            "2027-04-04",
            "01:45-02:00",
            15,
            "01:45 +11, 01:30 +1030, 01:45 +1030",
        ),
        ("Africa/Cairo", "2027-04-30", "00:00-02:00", 30, "01:00, 01:30"),
        ("Asia/Beirut", "2027-03-28", "00:00-02:00", 30, "01:00, 01:30"),
    ],
)
def test_the_times_that_a_block_offers(zone, day, block, minutes, expected):
    table, on = one_block(zone, day, block)
    shown = [when.wall_time(each, table.zone) for each in table.starts_on(on, minutes)]
    assert ", ".join(shown) == expected


@pytest.mark.parametrize(
    ("day", "expected"), [("2026-03-07", 7), ("2026-06-06", 8), ("2026-10-31", 9)]
)
def test_the_hours_of_a_night_shift(day, expected):
    table, on = one_block(NEW_YORK, day, "22:00-06:00")
    worked = sum((b - a for a, b in table.periods_on(on)), start=timedelta())
    offered = [
        start
        for each in (on, on + timedelta(days=1))
        for start in table.starts_on(each, 60)
    ]
    assert worked == timedelta(hours=expected)
    assert len(offered) == expected


@pytest.mark.parametrize(
    ("zone", "day", "eve"),
    [
        ("Africa/Cairo", "2027-04-30", "2027-04-29 22:00"),
        ("Asia/Beirut", "2027-03-28", "2027-03-27 22:00"),
    ],
)
def test_a_date_that_begins_at_one(zone, day, eve):
    assert day_bounds(date.fromisoformat(day), ZoneInfo(zone))[0] == utc(eve)


def test_a_reminder_at_six_the_day_before():
    visit = utc("2026-03-08 13:00")
    found = days_before(visit, ZoneInfo(NEW_YORK), 1, time(18))
    assert found == utc("2026-03-07 23:00")


def test_a_window_of_thirty_days_follows_the_clinics_calendar():
    window = bookable_days(utc("2026-11-21 04:30"), ZoneInfo(NEW_YORK))
    assert window == (date(2026, 11, 20), date(2026, 12, 20))
