"""The first free times over many doctors, in order of time.

The number of queries does not grow with the number of doctors: hours are read once,
what is taken once for each chunk of days, and it stops when enough is found.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import merge
from itertools import islice

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from appointments.models import Service
from appointments.search import CHUNKS, busy_on, free_within, shared_on, timetables
from appointments.slots import Timetable, bookable_days
from clinics.models import Membership

COUNT = 20
NOON, EVENING = 12, 17


class Part(models.TextChoices):
    MORNING = "morning", _("Morning")
    AFTERNOON = "afternoon", _("Afternoon")
    EVENING = "evening", _("Evening")

    @classmethod
    def at(cls, hour: int) -> "Part":
        if hour < NOON:
            return cls.MORNING
        return cls.AFTERNOON if hour < EVENING else cls.EVENING


@dataclass(frozen=True)
class Wanted:
    """Days of the week (Monday is 0) and parts of the day; empty means any."""

    weekdays: frozenset[int] = frozenset()
    parts: frozenset[str] = frozenset()

    def has_day(self, day: date) -> bool:
        return not self.weekdays or day.weekday() in self.weekdays

    def has_hour(self, hour: int) -> bool:
        return not self.parts or Part.at(hour) in self.parts


ANY = Wanted()


@dataclass(frozen=True)
class Found:
    doctor: Membership
    service: Service
    starts_at: datetime


Pairs = Sequence[tuple[Membership, Service]]


def first_times(
    pairs: Pairs,
    *,
    now: datetime,
    patient: Person | None = None,
    wanted: Wanted = ANY,
    count: int = COUNT,
) -> list[Found]:
    """The first `count` free times of these services; all doctors of one clinic.

    With `patient`, only times at which the patient is free as well.
    """
    found: list[Found] = []
    if not pairs:
        return found
    zone = pairs[0][0].clinic.zone
    window = max(service.window_days for _doctor, service in pairs)
    begins, latest = bookable_days(now, zone, days=window)
    doctors = list({doctor.pk: doctor for doctor, _service in pairs}.values())
    hours = timetables(doctors, first=begins, last=latest)
    for size in (*CHUNKS, *[CHUNKS[-1]] * 17):
        every = [begins + timedelta(days=n) for n in range(size)]
        if dates := [day for day in every if day <= latest and wanted.has_day(day)]:
            chunk = _in_chunk(pairs, dates, hours, now, patient, wanted)
            found += islice(chunk, count - len(found))
        begins = every[-1] + timedelta(days=1)
        if len(found) >= count or begins > latest:
            break
    return found


def _in_chunk(
    pairs: Pairs,
    dates: Sequence[date],
    hours: Mapping[int, Timetable],
    now: datetime,
    patient: Person | None,
    wanted: Wanted,
) -> Iterator[Found]:
    zone = pairs[0][0].clinic.zone
    people = {doctor.person.pk for doctor, _service in pairs}
    if patient is not None:
        people.add(patient.pk)
    services = [service for _doctor, service in pairs]
    busy = busy_on(people, dates, zone, services, holder=patient)
    shared = shared_on(services, dates, zone)

    def times(doctor: Membership, service: Service) -> Iterator[Found]:
        last = bookable_days(now, zone, days=service.window_days)[1]
        mine = {day for day in dates if day <= last}
        if not mine:
            return
        periods = list(hours[doctor.pk].open_between(dates[0], max(mine)))
        after = now + timedelta(minutes=service.lead_minutes)
        for start in free_within(
            periods, doctor, service, busy, after, patient, shared
        ):
            local = start.astimezone(zone)
            if local.date() in mine and wanted.has_hour(local.hour):
                yield Found(doctor, service, start)

    every = [times(doctor, service) for doctor, service in pairs]
    return merge(*every, key=lambda each: each.starts_at)
