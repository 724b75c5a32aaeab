"""When a reminder is due and when it leaves, over clock changes and quiet hours."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from appointments.models import Quiet, ReminderRule
from appointments.reminders import times

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
NIGHT = Quiet(time(21), time(8))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def eve(days: int = 1, at: time = time(18)) -> ReminderRule:
    return ReminderRule(days_before=days, at_time=at)


def before(minutes: int) -> ReminderRule:
    return ReminderRule(minutes_before=minutes)


@pytest.mark.parametrize(
    ("rule", "zone", "visit", "due"),
    [
        # The day before at 18:00, over a night that is an hour shorter or longer.
        (eve(), NEW_YORK, "2026-03-08T13:00", "2026-03-07T23:00"),
        (eve(), NEW_YORK, "2026-03-09T13:00", "2026-03-08T22:00"),
        (eve(), NEW_YORK, "2026-11-01T14:00", "2026-10-31T22:00"),
        (eve(), BERLIN, "2026-09-22T07:00", "2026-09-21T16:00"),
        # A visit just after local midnight belongs to its local date.
        (eve(), BERLIN, "2026-09-21T22:30", "2026-09-21T16:00"),
        # A wall time that does not exist is the first moment after it.
        (eve(0, time(2, 30)), BERLIN, "2027-03-28T08:00", "2027-03-28T01:00"),
        # One that comes twice is the first of the two.
        (eve(0, time(2, 30)), BERLIN, "2026-10-25T08:00", "2026-10-25T00:30"),
        (eve(3, time(9)), BERLIN, "2026-10-26T08:00", "2026-10-23T07:00"),
        # So long before is counted in real hours.
        (before(1440), NEW_YORK, "2026-03-08T13:00", "2026-03-07T13:00"),
        (before(120), BERLIN, "2026-09-22T07:00", "2026-09-22T05:00"),
    ],
)
def test_it_is_due(rule: ReminderRule, zone: ZoneInfo, visit: str, due: str) -> None:
    assert times.due_at(rule, utc(visit), zone) == utc(due)


@pytest.mark.parametrize(
    ("due", "visit", "leaves"),
    [
        # In Berlin's summer quiet hours are 19:00Z to 06:00Z.
        ("2026-09-22T10:00", "2026-09-22T12:00", "2026-09-22T10:00"),
        ("2026-09-22T18:59", "2026-09-23T12:00", "2026-09-22T18:59"),
        ("2026-09-22T19:00", "2026-09-23T12:00", "2026-09-23T06:00"),
        ("2026-09-23T05:30", "2026-09-23T07:30", "2026-09-23T06:00"),
        ("2026-09-23T06:00", "2026-09-23T08:00", "2026-09-23T06:00"),
        # Before a visit that comes first, it leaves before the night.
        ("2026-09-23T03:00", "2026-09-23T05:00", "2026-09-22T18:45"),
        ("2026-09-23T04:00", "2026-09-23T06:00", "2026-09-22T18:45"),
        # The night in which the clocks go back ends an hour later.
        ("2026-10-25T04:00", "2026-10-25T09:00", "2026-10-25T07:00"),
    ],
)
def test_quiet_hours_move_it(due: str, visit: str, leaves: str) -> None:
    assert times.leaves_at(utc(due), utc(visit), NIGHT, BERLIN) == utc(leaves)


def test_quiet_hours_can_be_within_a_day() -> None:
    siesta = Quiet(time(13), time(15))
    noon, visit = utc("2026-09-22T12:00"), utc("2026-09-22T16:00")
    assert times.leaves_at(noon, visit, siesta, BERLIN) == utc("2026-09-22T13:00")


def test_without_quiet_hours_nothing_moves() -> None:
    midnight, visit = utc("2026-09-22T22:00"), utc("2026-09-23T08:00")
    assert times.leaves_at(midnight, visit, None, BERLIN) == midnight


@pytest.mark.parametrize("rule", [eve(), eve(0, time(7)), eve(3, time(2, 30))])
@pytest.mark.parametrize("visit", ["2027-03-28T08:00", "2026-10-25T09:00"])
def test_the_spans_looked_at_hold_every_due_visit(
    rule: ReminderRule, visit: str
) -> None:
    starts_at = utc(visit)
    due = times.due_at(rule, starts_at, BERLIN)
    for dues in ((due - times.ROOM, due), (due - times.ROOM, due + 40 * times.DAY)):
        spans = times.visits_for(rule, dues, BERLIN)
        assert sum(after < starts_at <= until for after, until in spans) == 1
    for dues in ((due, due + times.ROOM), (due - 40 * times.DAY, due - times.ROOM)):
        spans = times.visits_for(rule, dues, BERLIN)
        assert not any(after < starts_at <= until for after, until in spans)
