"""Free times of doctors: what the database knows, put through slots.py.

The number of queries does not grow with the number of doctors.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from accounts.models import Person
from appointments.models import Claim, DayBlock, WeeklyRule
from appointments.slots import (
    HORIZON_DAYS,
    Period,
    Timetable,
    WallHours,
    bookable_days,
    day_bounds,
    free_starts,
)
from clinics.models import Membership

CHUNKS = (3, 7, 21)


@dataclass(frozen=True)
class FreeDay:
    date: date
    starts: Sequence[datetime]


def timetables(
    doctors: Sequence[Membership], *, first: date, last: date
) -> Mapping[int, Timetable]:
    """By membership id; the doctors' clinics must be loaded. Two queries."""
    weekly: dict[int, dict[int, list[WallHours]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for rule in WeeklyRule.objects.filter(doctor__in=doctors):
        weekly[rule.doctor_id][rule.weekday].append((rule.starts, rule.ends))
    switched: dict[tuple[int, bool], dict[date, list[WallHours]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for each in DayBlock.objects.filter(doctor__in=doctors, date__range=(first, last)):
        switched[each.doctor_id, each.is_on][each.date].append(each.hours)
    return {
        doctor.pk: Timetable(
            zone=doctor.clinic.zone,
            weekly=weekly[doctor.pk],
            switched_on=switched[doctor.pk, True],
            switched_off=switched[doctor.pk, False],
        )
        for doctor in doctors
    }


def busy_times(
    people: Collection[int], *, start: datetime, end: datetime
) -> Mapping[int, Sequence[Period]]:
    """By person id, wherever they are busy, in order. One query."""
    busy: dict[int, list[Period]] = defaultdict(list)
    for person, begins, ends in Claim.objects.busy(people, start=start, end=end):
        busy[person].append((begins, ends))
    return busy


def free_days(
    doctor: Membership,
    *,
    first: date,
    days: int,
    now: datetime,
    patient: Person | None = None,
) -> list[FreeDay]:
    """The doctor's free times on those of `days` dates that can be booked.

    With `patient`, only times at which the patient is free as well.
    """
    earliest, latest = bookable_days(now, doctor.clinic.zone)
    dates = [
        day
        for n in range(days)
        if earliest <= (day := first + timedelta(days=n)) <= latest
    ]
    if not dates:
        return []
    hours = timetables([doctor], first=dates[0], last=dates[-1])[doctor.pk]
    people = {doctor.person.pk, patient.pk} if patient else {doctor.person.pk}
    taken = sorted(chain(*_busy_on(people, dates, doctor.clinic.zone).values()))
    return [
        FreeDay(day, list(_free(doctor, hours, [day], taken, now))) for day in dates
    ]


def first_free(
    doctors: Sequence[Membership], *, now: datetime
) -> dict[int, datetime | None]:
    """Each doctor's first free time, by membership id, looked for in growing chunks.

    All doctors are of one clinic.
    """
    found: dict[int, datetime | None] = {doctor.pk: None for doctor in doctors}
    if not doctors:
        return found
    earliest, latest = bookable_days(now, doctors[0].clinic.zone)
    hours = timetables(doctors, first=earliest, last=latest)
    waiting, begins = list(doctors), earliest
    for size in CHUNKS:
        dates = [begins + timedelta(days=n) for n in range(size)]
        people = {doctor.person.pk for doctor in waiting}
        busy = _busy_on(people, dates, doctors[0].clinic.zone)
        for doctor in waiting:
            taken = busy.get(doctor.person.pk, ())
            free = _free(doctor, hours[doctor.pk], dates, taken, now)
            found[doctor.pk] = next(free, None)
        waiting = [doctor for doctor in waiting if found[doctor.pk] is None]
        begins = dates[-1] + timedelta(days=1)
        if not waiting:
            break
    return found


def nearest_free(
    doctor: Membership,
    *,
    around: datetime,
    now: datetime,
    patient: Person | None = None,
    count: int = 3,
) -> list[datetime]:
    """The free times nearest to a moment, in order of time."""
    today, _last = bookable_days(now, doctor.clinic.zone)
    every = free_days(
        doctor, first=today, days=HORIZON_DAYS + 1, now=now, patient=patient
    )
    starts = [start for each in every for start in each.starts]
    return sorted(sorted(starts, key=lambda start: abs(start - around))[:count])


def _free(
    doctor: Membership,
    hours: Timetable,
    dates: Sequence[date],
    taken: Sequence[Period],
    now: datetime,
) -> Iterator[datetime]:
    periods = (period for day in dates for period in hours.periods_on(day))
    return free_starts(periods, taken, minutes=doctor.visit_minutes, after=now)


def _busy_on(
    people: Collection[int], dates: Sequence[date], zone: ZoneInfo
) -> Mapping[int, Sequence[Period]]:
    start, end = day_bounds(dates[0], zone)[0], day_bounds(dates[-1], zone)[1]
    return busy_times(people, start=start, end=end)
