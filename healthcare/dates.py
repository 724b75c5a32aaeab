"""How dates read to people: 01-Jan-2026, 24-hour, in a given zone.

Month names are written out here because clinical dates must not follow a locale.
"""

import re
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


def parse_day(text: str) -> date | None:
    """'01-Jan-2026', '2026-01-01', '1.1.2026' or '01/01/2026': day before month."""
    parts = [part for part in re.split(r"[-./ ]", text.strip()) if part]
    if len(parts) != 3:
        return None
    first, middle, last = parts
    names = [name.lower() for name in MONTHS]
    if middle[:3].lower() in names:
        middle = str(names.index(middle[:3].lower()) + 1)
    if len(first) == 4:
        first, last = last, first
    numbers = (last, middle, first)
    if not all(each.isascii() and each.isdigit() for each in numbers):
        return None
    try:
        return date(*map(int, numbers)) if len(last) == 4 else None
    except (ValueError, OverflowError):
        return None
