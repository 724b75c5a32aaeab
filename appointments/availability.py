"""The next seven days of a doctor as mornings and evenings, switched on or off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import when
from appointments.actions import clear_day_block, set_day_block
from appointments.models import Appointment, Block, DayBlock, Status, WeeklyRule
from appointments.slots import first_instant
from clinics.models import Membership
from healthcare.audit.actors import Actor

DAYS = 7
HELD = (Status.BOOKED, Status.ARRIVED, Status.IN_PROGRESS)


@dataclass(frozen=True)
class Switch:
    """One block of one date: what it is now, and what the weekly hours alone say."""

    day: date
    block: Block
    is_on: bool
    by_rule: bool
    hours: str
    visits: Sequence[str]

    @property
    def name(self) -> str:
        return f"{self.day.isoformat()}.{self.block}"

    @property
    def told(self) -> str:
        count = len(self.visits)
        text = ngettext(
            "%(count)d booked visit stays booked",
            "%(count)d booked visits stay booked",
            count,
        )
        return text % {"count": count}


@dataclass(frozen=True)
class Day:
    name: str
    switches: Sequence[Switch]


def week_ahead(doctor: Membership, *, now: datetime) -> list[Day]:
    """Three queries."""
    zone = doctor.clinic.zone
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=n) for n in range(DAYS)]
    rules = list(WeeklyRule.objects.filter(doctor=doctor))
    ahead = DayBlock.objects.filter(doctor=doctor, date__range=(days[0], days[-1]))
    switched = {(each.date, each.block): each.is_on for each in ahead}
    booked = Appointment.objects.filter(doctor=doctor, status__in=HELD)
    visits = list(
        booked.between(days[0], days[-1], zone).select_related("patient").in_order()
    )
    return [
        Day(
            when.weekday_date(day),
            [_switch(doctor, day, block, rules, switched, visits) for block in Block],
        )
        for day in days
    ]


def _switch(
    doctor: Membership,
    day: date,
    block: Block,
    rules: Sequence[WeeklyRule],
    switched: dict[tuple[date, str], bool],
    visits: Sequence[Appointment],
) -> Switch:
    zone, (opens, closes) = doctor.clinic.zone, block.hours
    start = first_instant(datetime.combine(day, opens), zone)
    end = first_instant(datetime.combine(day, closes), zone)
    inside = [
        f"{when.wall_time(each.starts_at, zone)} {each.patient.clinical_name}"
        for each in visits
        if each.starts_at < end and each.ends_at > start
    ]
    own = [
        rule
        for rule in rules
        if rule.weekday == day.weekday() and rule.starts < closes and rule.ends > opens
    ]
    is_on = switched.get((day, block), bool(own))
    is_set = (day, block) in switched
    return Switch(day, block, is_on, bool(own), _hours(block, own, is_set), inside)


def _hours(block: Block, rules: Sequence[WeeklyRule], is_set: bool) -> str:
    """What the switch stands for: the block's hours, or those of the weekly rules."""
    if is_set or not rules:
        return _span(*block.hours)
    return ", ".join(_span(rule.starts, rule.ends) for rule in rules)


def _span(start: time, end: time) -> str:
    return _("%(start)s to %(end)s") % {
        "start": f"{start:%H:%M}",
        "end": f"{end:%H:%M}",
    }


@transaction.atomic
def switch(
    doctor: Membership, wanted: set[str], *, by: Actor, now: datetime
) -> list[str]:
    """Make the week as `wanted` (the names of the switches that are on).

    Answers the booked visits in blocks that went off: they stay booked.
    """
    kept: list[str] = []
    for each in (
        found for day in week_ahead(doctor, now=now) for found in day.switches
    ):
        is_on = each.name in wanted
        if is_on == each.is_on:
            continue
        if is_on == each.by_rule:
            clear_day_block(doctor=doctor, date=each.day, block=each.block, by=by)
        else:
            set_day_block(
                doctor=doctor, date=each.day, block=each.block, is_on=is_on, by=by
            )
        if not is_on:
            kept += [f"{when.weekday_date(each.day)} {visit}" for visit in each.visits]
    return kept
