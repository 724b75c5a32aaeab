"""How an appointment's time reads to people."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from healthcare import dates

INSTANT = "%Y-%m-%dT%H:%MZ"
YEARS = (1900, 2199)


def weekday_date(day: date) -> str:
    """'Thursday 24-Sep-2026'."""
    return f"{day:%A} {dates.day(day)}"


def day_range(first: date, last: date) -> str:
    """'21 to 27 September 2026', naming month and year once where they are shared."""
    begin = f"{first.day}"
    if (first.month, first.year) != (last.month, last.year):
        begin = f"{first.day} {first:%B}"
    if first.year != last.year:
        begin = f"{begin} {first.year}"
    return _("%(first)s to %(last)s") % {
        "first": begin,
        "last": f"{last.day} {last:%B} {last.year}",
    }


def until(day: date, today: date) -> str:
    """'Today', 'Tomorrow' or 'In 7 days'."""
    days = (day - today).days
    if days == 0:
        return _("Today")
    return _("Tomorrow") if days == 1 else _("In %(days)d days") % {"days": days}


def zone_label(zone: ZoneInfo) -> str:
    """'Berlin time', or 'UTC'."""
    name = zone.key.rsplit("/", 1)[-1].replace("_", " ")
    return name if "/" not in zone.key else _("%(city)s time") % {"city": name}


def wall_time(moment: datetime, zone: ZoneInfo) -> str:
    """'09:40', and '01:30 EST' on the night when that time occurs twice."""
    local = moment.astimezone(zone)
    twin = local.replace(fold=1 - local.fold)
    if twin.utcoffset() == local.utcoffset():
        return f"{local:%H:%M}"
    return f"{local:%H:%M %Z}"


def day_and_time(moment: datetime, zone: ZoneInfo) -> str:
    """'Thursday 24-Sep-2026, 09:40'."""
    day = weekday_date(moment.astimezone(zone).date())
    return f"{day}, {wall_time(moment, zone)}"


def span(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """'09:40 to 10:00'."""
    return _("%(start)s to %(end)s") % {
        "start": wall_time(starts_at, zone),
        "end": wall_time(ends_at, zone),
    }


def parse_day(text: str) -> date | None:
    """'2026-09-24' as a date, when it is one that a calendar can hold."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if YEARS[0] <= day.year <= YEARS[1] else None


def parse_instant(text: str) -> datetime | None:
    """'2026-09-24T07:40Z' as a moment: how a time is named in forms and addresses."""
    try:
        moment = datetime.strptime(text, INSTANT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if YEARS[0] <= moment.year <= YEARS[1] else None


def format_instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(INSTANT)


def parse_uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
