"""The next seven days of a doctor as mornings and evenings, switched on or off."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import ngettext

from appointments import when
from appointments.actions import clear_day_block, set_day_block
from appointments.models import Appointment, Block, DayBlock, Holiday, Status
from appointments.search import timetables
from appointments.slots import Period, Timetable, first_instant
from clinics.models import Membership
from healthcare.audit.actors import Actor

DAYS = 7
HELD = (Status.BOOKED, Status.ARRIVED, Status.IN_PROGRESS)


@dataclass(frozen=True)
class Switch:
    """One block of one date: what it is now, and what it is without the switch."""

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
    holiday: str
    switches: Sequence[Switch]


def week_ahead(doctor: Membership, *, now: datetime) -> list[Day]:
    """Seven queries."""
    zone = doctor.clinic.zone
    today = now.astimezone(zone).date()
    days = [today + timedelta(days=n) for n in range(DAYS)]
    hours = timetables([doctor], first=days[0], last=days[-1])[doctor.pk]
    ahead = DayBlock.objects.visible_to(doctor).between(days[0], days[-1])
    switched = {each.change: (each.date, each.block) for each in ahead}
    unswitched = replace(
        hours, changes=[each for each in hours.changes if each not in switched]
    )
    closed = Holiday.objects.visible_to(doctor).between(days[0], days[-1])
    names = {each.date: each.name for each in closed}
    booked = Appointment.objects.filter(doctor=doctor, status__in=HELD)
    visits = list(
        booked.between(days[0], days[-1], zone).select_related("patient").in_order()
    )
    week = Week(zone, hours, unswitched, set(switched.values()), visits)
    return [
        Day(
            when.weekday_date(day),
            names.get(day, ""),
            [week.switch(day, block) for block in Block],
        )
        for day in days
    ]


@dataclass(frozen=True)
class Week:
    """A doctor's hours with and without the switches, and the visits in them."""

    zone: ZoneInfo
    hours: Timetable
    unswitched: Timetable
    switched: Collection[tuple[date, str]]
    visits: Sequence[Appointment]

    def switch(self, day: date, block: Block) -> Switch:
        opens, closes = (datetime.combine(day, each) for each in block.hours)
        inside = (first_instant(opens, self.zone), first_instant(closes, self.zone))
        own = _within(self.unswitched, day, inside)
        is_set = (day, block) in self.switched
        shown = own if own and not is_set else [inside]
        return Switch(
            day,
            block,
            is_on=bool(_within(self.hours, day, inside)),
            by_rule=bool(own),
            hours=", ".join(when.span(*each, self.zone) for each in shown),
            visits=[
                f"{when.wall_time(each.starts_at, self.zone)} "
                f"{each.patient.clinical_name}"
                for each in self.visits
                if each.starts_at < inside[1] and each.ends_at > inside[0]
            ],
        )


def _within(hours: Timetable, day: date, inside: Period) -> list[Period]:
    return [
        period
        for period in hours.open_between(day, day)
        if period[0] < inside[1] and period[1] > inside[0]
    ]


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
