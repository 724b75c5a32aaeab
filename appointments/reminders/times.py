"""When a reminder is due, and when it may leave: plain functions of moments."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from appointments.models import Quiet, ReminderRule
from appointments.slots import Period, day_bounds, first_instant

# What must leave before quiet hours is written early enough to be sent by then.
ROOM = timedelta(minutes=15)
DAY = timedelta(days=1)


def due_at(rule: ReminderRule, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """The moment a rule names for a visit, before quiet hours are looked at."""
    if rule.minutes_before is not None:
        return starts_at - timedelta(minutes=rule.minutes_before)
    day = starts_at.astimezone(zone).date() - timedelta(days=rule.days_before or 0)
    return first_instant(datetime.combine(day, rule.at_time or time()), zone)


def leaves_at(
    due: datetime, starts_at: datetime, quiet: Quiet | None, zone: ZoneInfo
) -> datetime:
    """When it may disturb somebody: as due; from quiet hours moved to their end if
    that is still before the visit, else to just before they begin."""
    night = quiet_around(due, quiet, zone)
    if night is None:
        return due
    begins, ends = night
    return ends if ends < starts_at else begins - ROOM


def quiet_around(
    moment: datetime, quiet: Quiet | None, zone: ZoneInfo
) -> Period | None:
    """The quiet hours [begin, end) that `moment` lies in."""
    if quiet is None:
        return None
    today = moment.astimezone(zone).date()
    for day in (today - DAY, today):
        begins, ends = _night(day, quiet, zone)
        if begins <= moment < ends:
            return begins, ends
    return None


def _night(day: date, quiet: Quiet, zone: ZoneInfo) -> Period:
    """Those that begin on that local date."""
    ends_on = day if quiet.ends > quiet.starts else day + DAY
    return (
        first_instant(datetime.combine(day, quiet.starts), zone),
        first_instant(datetime.combine(ends_on, quiet.ends), zone),
    )


def looked_at(
    since: datetime, now: datetime, quiet: Quiet | None, zone: ZoneInfo
) -> Period:
    """Which due moments (after the first, up to the second) may have to leave by now:
    also those of the coming night that have to leave before it begins."""
    night = quiet_around(now + ROOM, quiet, zone)
    return since, max(now, night[1]) if night else now


def visits_for(rule: ReminderRule, dues: Period, zone: ZoneInfo) -> list[Period]:
    """Spans of starting times (after the first, up to the second) whose visits this
    rule reminds of within `dues`."""
    after, until = dues
    if rule.minutes_before is not None:
        lead = timedelta(minutes=rule.minutes_before)
        return [(after + lead, until + lead)]
    at, ahead = rule.at_time or time(), timedelta(days=rule.days_before or 0)
    day, last = after.astimezone(zone).date(), until.astimezone(zone).date()
    found = []
    while day <= last:
        if after < first_instant(datetime.combine(day, at), zone) <= until:
            begins, ends = day_bounds(day + ahead, zone)
            tick = timedelta(microseconds=1)
            found.append((begins - tick, ends - tick))
        day += DAY
    return found
