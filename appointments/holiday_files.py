"""Holidays out of a calendar file that somebody found: only what is sure to be one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from warnings import catch_warnings, simplefilter

from django.utils.translation import gettext as _
from icalendar import Calendar, Component
from icalendar.prop import vBroken

LARGEST = 512 * 1024
MOST_EVENTS, MOST_HOLIDAYS = 2000, 500
LONGEST_DAYS = 31
AHEAD = timedelta(days=2 * 366)
DAY = timedelta(days=1)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
YEARLY = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY"}
YEARLY |= {"WKST"}


class NotACalendar(Exception):
    """Says to the person who chose the file what is wrong with it."""


class Skipped(Exception):
    """Why an event is no holiday of the clinic's."""


@dataclass
class HolidayFile:
    """What was read: names by date, and for each reason the events left out."""

    found: dict[date, str] = field(default_factory=dict)
    skipped: dict[str, list[str]] = field(default_factory=dict)

    def skip(self, name: str, why: str) -> None:
        self.skipped.setdefault(why, []).append(name)


def read_holidays(content: bytes, *, today: date) -> HolidayFile:
    """All-day events from today on; yearly ones for two years. Raises NotACalendar."""
    read = HolidayFile()
    for event in _events(content):
        name = _name(event)
        try:
            days = [day for day in _days(event, today) if day >= today]
            if not days:
                raise Skipped(_("over"))
            if len(read.found.keys() | set(days)) > MOST_HOLIDAYS:
                raise Skipped(_("too many holidays in one file"))
        except Skipped as reason:
            read.skip(name, str(reason))
        else:
            for day in days:
                read.found.setdefault(day, name)
    return read


def _events(content: bytes) -> Sequence[Component]:
    if len(content) > LARGEST:
        raise NotACalendar(_("Choose a file of at most 512 KB."))
    if (
        not content.lstrip(b"\xef\xbb\xbf \t\r\n")
        .upper()
        .startswith(b"BEGIN:VCALENDAR")
    ):
        raise NotACalendar(_("Choose a calendar file. Its name ends with .ics."))
    try:
        text = content.decode("utf-8-sig")
        with catch_warnings():
            simplefilter("ignore")
            calendars = Calendar.from_ical(text, multiple=True)
        events = [event for each in calendars for event in each.walk("VEVENT")]
    except (ValueError, IndexError, KeyError, TypeError, AttributeError) as error:
        told = _(
            "We could not read this calendar file. Export it again and try once more."
        )
        raise NotACalendar(told) from error
    if not events:
        raise NotACalendar(_("There are no events in this calendar file."))
    if len(events) > MOST_EVENTS:
        raise NotACalendar(_("Choose a file with at most 2,000 events."))
    return events


def _name(event: Component) -> str:
    words = str(event.get("summary") or "")
    plain = "".join(each if each.isprintable() else " " for each in words)
    return " ".join(plain.split())[:120] or _("Holiday")


def _days(event: Component, today: date) -> list[date]:
    """The dates of an event, each of its repetitions included. Raises Skipped."""
    start = _moment(event.get("dtstart"))
    if isinstance(start, datetime):
        raise Skipped(_("not all day"))
    if not isinstance(start, date) or not 1900 <= start.year <= 2199:
        raise Skipped(_("without a date"))
    if str(event.get("status", "")).upper() == "CANCELLED":
        raise Skipped(_("cancelled"))
    if start > today + AHEAD and "rrule" not in event:
        raise Skipped(_("more than two years ahead"))
    length = _length(event, start)
    left_out = set(_excluded(event))
    begins = [each for each in _repeated(event, start, today) if each not in left_out]
    return [each + n * DAY for each in begins for n in range(length)]


def _moment(found: Any) -> Any:
    """What a property says, or nothing where that cannot be read."""
    if isinstance(found, vBroken):
        return None
    return getattr(found, "dt", None)


def _length(event: Component, start: date) -> int:
    """Days; the end of an all-day event is the day after its last."""
    end = _moment(event.get("dtend"))
    duration = _moment(event.get("duration"))
    days = 1
    if isinstance(end, date) and not isinstance(end, datetime):
        days = (end - start).days
    elif isinstance(duration, timedelta):
        days = duration.days
    if days > LONGEST_DAYS:
        raise Skipped(_("longer than a month"))
    return max(days, 1)


def _excluded(event: Component) -> Iterator[date]:
    lists = event.get("exdate", [])
    for each in lists if isinstance(lists, list) else [lists]:
        if isinstance(each, vBroken):
            raise Skipped(_("repeated in a way we do not read"))
        for moment in getattr(each, "dts", ()):
            found = _moment(moment)
            if isinstance(found, date):
                yield found.date() if isinstance(found, datetime) else found


def _repeated(event: Component, start: date, today: date) -> list[date]:
    """The first day of each repetition until two years from now."""
    rule = event.get("rrule")
    if rule is None:
        return [start]
    if not isinstance(rule, dict):
        raise Skipped(_("repeated in a way we do not read"))
    parts = {str(name).upper(): value for name, value in rule.items()}
    if parts.get("FREQ") != ["YEARLY"] or set(parts) - YEARLY:
        raise Skipped(_("repeated in a way we do not read"))
    step = _number(parts, "INTERVAL", 1)
    last = min(today + AHEAD, _until(parts) or date.max)
    years = range(start.year, last.year + 1, max(step, 1))
    every = (_in_year(parts, start, year) for year in years)
    found = [each for each in every if each and start <= each]
    return [each for each in found[: _number(parts, "COUNT", 1000)] if each <= last]


def _number(parts: dict[str, Any], name: str, usual: int) -> int:
    value = parts.get(name, [usual])[0]
    if not isinstance(value, int):
        raise Skipped(_("repeated in a way we do not read"))
    return value


def _until(parts: dict[str, Any]) -> date | None:
    until = parts.get("UNTIL", [None])[0]
    return until.date() if isinstance(until, datetime) else until


def _in_year(parts: dict[str, Any], start: date, year: int) -> date | None:
    """The date of that year; 29 February and a fifth Monday are not in every one."""
    month = _number(parts, "BYMONTH", start.month)
    try:
        if "BYDAY" not in parts:
            return date(year, month, _number(parts, "BYMONTHDAY", start.day))
        return _nth_weekday(str(parts["BYDAY"][0]), year, month)
    except ValueError:
        return None


def _nth_weekday(text: str, year: int, month: int) -> date | None:
    """'4TH' is the fourth Thursday of the month, '-1MO' the last Monday."""
    nth, weekday = text[:-2], text[-2:]
    if weekday not in WEEKDAYS or not nth.lstrip("+-").isdigit() or not int(nth):
        raise Skipped(_("repeated in a way we do not read"))
    first = date(year, month, 1)
    first += ((WEEKDAYS.index(weekday) - first.weekday()) % 7) * DAY
    every = [each for n in range(5) if (each := first + 7 * n * DAY).month == month]
    n = int(nth)
    index = n - 1 if n > 0 else n
    return every[index] if -len(every) <= index < len(every) else None
