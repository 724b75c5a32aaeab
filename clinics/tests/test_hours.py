"""Opening hours in words, in the clinic's own time."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from clinics.hours import door, week
from clinics.models import OpeningHours

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = [
    OpeningHours(weekday=0, opens=time(14), closes=time(18)),
    OpeningHours(weekday=0, opens=time(8), closes=time(12)),
    OpeningHours(weekday=3, opens=time(9), closes=time(12, 30)),
]


@pytest.mark.parametrize(
    ("day", "clock", "words"),
    [
        (23, "07:59", "Closed now, opens today at 08:00"),
        (23, "08:00", "Open now, until 12:00"),
        (23, "11:59", "Open now, until 12:00"),
        (23, "12:00", "Closed now, opens today at 14:00"),
        (23, "17:59", "Open now, until 18:00"),
        (23, "18:00", "Closed now, opens Thursday at 09:00"),
        (25, "23:59", "Closed now, opens tomorrow at 09:00"),
        (26, "12:30", "Closed now, opens Monday at 08:00"),
    ],
)
def test_the_door(day: int, clock: str, words: str) -> None:
    wall = time.fromisoformat(clock)
    moment = datetime(2026, 11, day, wall.hour, wall.minute, tzinfo=BERLIN)
    found = door(HOURS, moment)
    assert found is not None
    assert found.text == words
    assert found.is_open is words.startswith("Open")


def test_open_only_on_this_day_says_next_week() -> None:
    friday = [OpeningHours(weekday=4, opens=time(8), closes=time(9))]
    late = datetime(2026, 11, 27, 10, tzinfo=BERLIN)
    found = door(friday, late)
    assert found is not None
    assert found.text == "Closed now, opens Friday at 08:00"


def test_a_clinic_without_hours_says_nothing() -> None:
    assert door([], datetime(2026, 11, 23, tzinfo=BERLIN)) is None


def test_the_week() -> None:
    days = week(HOURS, datetime(2026, 11, 26, 10, tzinfo=BERLIN))
    assert [day.text for day in days] == [
        "08:00 to 12:00, 14:00 to 18:00",
        *("Closed", "Closed"),
        "09:00 to 12:30",
        *("Closed", "Closed", "Closed"),
    ]
    assert [day.name for day in days if day.is_today] == ["Thursday"]
