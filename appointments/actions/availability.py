"""When a doctor sees patients. Booked visits are never touched by a change of hours."""

from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.actions.errors import BookingError
from appointments.models import Block, DayBlock, WeeklyRule
from clinics.models import Membership
from healthcare import clock, dates
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action

WEEK = 7 * 24 * 60


class HoursOverlap(BookingError):
    """The doctor has hours at that time already, or they make no sense."""


@transaction.atomic
def add_weekly_rule(
    *,
    doctor: Membership,
    weekday: int,
    starts: time,
    ends: time,
    by: Actor,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> WeeklyRule:
    """Hours on every such weekday, overnight when they end at or before their start.

    Raises HoursOverlap.
    """
    rule = WeeklyRule(
        clinic=doctor.clinic,
        doctor=doctor,
        weekday=weekday,
        starts=starts,
        ends=ends,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    _check(rule)
    rule.save(force_insert=True)
    note_change(doctor, by, f"Added {_told(rule)}")
    return rule


@transaction.atomic
def change_weekly_rule(
    *,
    rule: WeeklyRule,
    weekday: int,
    starts: time,
    ends: time,
    valid_from: date | None,
    valid_until: date | None,
    by: Actor,
) -> WeeklyRule:
    """Other hours, or other dates between which they hold. Raises HoursOverlap."""
    before = _told(rule)
    rule.weekday, rule.starts, rule.ends = weekday, starts, ends
    rule.valid_from, rule.valid_until = valid_from, valid_until
    _check(rule)
    rule.save(update_fields=["weekday", "starts", "ends", "valid_from", "valid_until"])
    note_change(rule.doctor, by, f"{before} is now {_told(rule)}")
    return rule


@transaction.atomic
def remove_weekly_rule(*, rule: WeeklyRule, by: Actor) -> None:
    note_change(rule.doctor, by, f"Removed {_told(rule)}")
    rule.delete()


@transaction.atomic
def set_day_block(
    *, doctor: Membership, date: date, block: Block, is_on: bool, by: Actor
) -> DayBlock:
    """Switch one date's morning or evening on or off, over all that was said before."""
    switched, _made = DayBlock.objects.update_or_create(
        doctor=doctor,
        date=date,
        block=block,
        defaults={
            "clinic": doctor.clinic,
            "is_on": is_on,
            "changed_at": clock.now(),
        },
    )
    note_change(doctor, by, f"{dates.day(date)} {block}: {'on' if is_on else 'off'}")
    return switched


@transaction.atomic
def clear_day_block(*, doctor: Membership, date: date, block: Block, by: Actor) -> None:
    """Let the weekly hours decide again."""
    DayBlock.objects.filter(doctor=doctor, date=date, block=block).delete()
    note_change(doctor, by, f"{dates.day(date)} {block}: weekly hours")


def note_change(doctor: Membership, by: Actor, what: str) -> None:
    record(
        Action.AVAILABILITY_CHANGED,
        by=by,
        clinic=doctor.clinic,
        target=doctor,
        reason=what,
    )


def _check(rule: WeeklyRule) -> None:
    """Raises HoursOverlap; whoever changes the doctor's hours waits for the other."""
    if rule.starts == rule.ends:
        raise HoursOverlap(_("Choose an end that differs from the start."))
    if rule.valid_from and rule.valid_until and rule.valid_until < rule.valid_from:
        raise HoursOverlap(_("Choose a last day on or after the first."))
    Membership.objects.select_for_update().get(pk=rule.doctor_id)
    others = WeeklyRule.objects.filter(doctor=rule.doctor_id).exclude(pk=rule.pk)
    clash = next((each for each in others if _meet(rule, each)), None)
    if clash:
        words = {"hours": _told(clash)}
        raise HoursOverlap(_("You have hours then already: %(hours)s.") % words)


def _meet(one: WeeklyRule, other: WeeklyRule) -> bool:
    """Do both ever hold at the same minute of a week?"""
    both = (one, other)
    since = max(each.valid_from or date.min for each in both)
    if since > min(each.valid_until or date.max for each in both):
        return False
    (start, end), (begins, ends) = _minutes(one), _minutes(other)
    return any(
        start < ends + shift and begins + shift < end for shift in (-WEEK, 0, WEEK)
    )


def _minutes(rule: WeeklyRule) -> tuple[int, int]:
    """From Monday's midnight on; a Sunday's night ends in the next week."""
    start, end = (each.hour * 60 + each.minute for each in (rule.starts, rule.ends))
    midnight = rule.weekday * 24 * 60
    return midnight + start, midnight + end + (24 * 60 if rule.is_overnight else 0)


def _told(rule: WeeklyRule) -> str:
    return f"{rule}, {rule.validity}" if rule.validity else str(rule)
