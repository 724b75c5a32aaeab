"""When a doctor sees patients. Booked visits are never touched by a change of hours."""

from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext as _

from appointments.actions.errors import BookingError
from appointments.models import Block, DayBlock, WeeklyRule
from clinics.models import Membership
from healthcare import dates
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action


class HoursOverlap(BookingError):
    """The doctor has hours at that time already, or they end before they start."""


@transaction.atomic
def add_weekly_rule(
    *, doctor: Membership, weekday: int, starts: time, ends: time, by: Actor
) -> WeeklyRule:
    """Hours on every such weekday. Raises HoursOverlap."""
    if ends <= starts:
        raise HoursOverlap(_("Choose an end after the start."))
    Membership.objects.select_for_update().get(pk=doctor.pk)
    same_day = WeeklyRule.objects.filter(doctor=doctor, weekday=weekday)
    if clash := same_day.filter(starts__lt=ends, ends__gt=starts).first():
        raise HoursOverlap(
            _("You have hours then already: %(hours)s.") % {"hours": clash}
        )
    rule = WeeklyRule.objects.create(
        clinic=doctor.clinic, doctor=doctor, weekday=weekday, starts=starts, ends=ends
    )
    _changed(doctor, by, f"Added {rule}")
    return rule


@transaction.atomic
def remove_weekly_rule(*, rule: WeeklyRule, by: Actor) -> None:
    _changed(rule.doctor, by, f"Removed {rule}")
    rule.delete()


@transaction.atomic
def set_day_block(
    *, doctor: Membership, date: date, block: Block, is_on: bool, by: Actor
) -> DayBlock:
    """Switch one date's morning or evening on or off, over the weekly hours."""
    switched, _made = DayBlock.objects.update_or_create(
        doctor=doctor,
        date=date,
        block=block,
        defaults={"clinic": doctor.clinic, "is_on": is_on},
    )
    _changed(doctor, by, f"{dates.day(date)} {block}: {'on' if is_on else 'off'}")
    return switched


@transaction.atomic
def clear_day_block(*, doctor: Membership, date: date, block: Block, by: Actor) -> None:
    """Let the weekly hours decide again."""
    DayBlock.objects.filter(doctor=doctor, date=date, block=block).delete()
    _changed(doctor, by, f"{dates.day(date)} {block}: weekly hours")


def _changed(doctor: Membership, by: Actor, what: str) -> None:
    record(
        Action.AVAILABILITY_CHANGED,
        by=by,
        clinic=doctor.clinic,
        target=doctor,
        reason=what,
    )
