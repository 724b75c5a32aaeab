"""How dates read to people: 01-Jan-2026, 24-hour, in a given zone.

Month names are written out here because clinical dates must not follow a locale.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

MONTHS = [
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
]


def day(value: date) -> str:
    return f"{value.day:02d}-{MONTHS[value.month - 1]}-{value.year}"


def clock_time(value: datetime, zone: ZoneInfo) -> str:
    return value.astimezone(zone).strftime("%H:%M")


def moment(value: datetime, zone: ZoneInfo) -> str:
    local = value.astimezone(zone)
    return f"{day(local)} {local:%H:%M}"


def second(value: datetime, zone: ZoneInfo) -> str:
    local = value.astimezone(zone)
    return f"{day(local)} {local:%H:%M:%S}"


def long_day(value: date) -> str:
    """'Thursday 24 September 2026', for headings a patient reads."""
    return f"{value:%A} {value.day} {value:%B} {value.year}"


def age(born: date, today: date) -> int:
    """Completed years."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
