"""Free times of doctors: what the database knows, put through slots.py.

The number of queries does not grow with the number of doctors.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q

from accounts.models import Person
from appointments.models import (
    Asset,
    Claim,
    DayBlock,
    GroupSession,
    Holiday,
    ScheduleException,
    Service,
    VisitType,
    WeeklyRule,
    usual_service,
)
from appointments.slots import (
    HORIZON_DAYS,
    Change,
    Period,
    Timetable,
    WallHours,
    bookable_days,
    day_bounds,
    starts_of,
)
from clinics.models import Membership
from healthcare import clock

CHUNKS = (3, 7, 21)


@dataclass(frozen=True)
class FreeDay:
    date: date
    starts: Sequence[datetime]


@dataclass(frozen=True)
class Shared:
    """What services share with others: begun groups that have places (by service id)
    and the taken times of rooms and devices (by asset id)."""

    begun: Mapping[int, Sequence[datetime]]
    rooms: Mapping[int, Sequence[Period]]


def timetables(
    doctors: Sequence[Membership], *, first: date, last: date
) -> Mapping[int, Timetable]:
    """By membership id; the doctors' clinics must be loaded. Four queries."""
    weekly: dict[int, dict[int, list[WallHours]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for rule in WeeklyRule.objects.filter(doctor__in=doctors):
        weekly[rule.doctor_id][rule.weekday].append(rule.hours)
    closed: dict[int, set[date]] = defaultdict(set)
    clinics = {doctor.clinic_id for doctor in doctors}
    for holiday in Holiday.objects.filter(clinic__in=clinics).between(first, last):
        closed[holiday.clinic_id].add(holiday.date)
    changes = _changes(doctors, first, last)
    return {
        doctor.pk: Timetable(
            zone=doctor.clinic.zone,
            weekly=weekly[doctor.pk],
            holidays=closed[doctor.clinic_id],
            changes=changes[doctor.pk],
        )
        for doctor in doctors
    }


def _changes(
    doctors: Sequence[Membership], first: date, last: date
) -> Mapping[int, Sequence[Change]]:
    """What was said about those dates, the latest word last."""
    said: list[DayBlock | ScheduleException] = [
        *DayBlock.objects.filter(doctor__in=doctors).between(first, last),
        *ScheduleException.objects.filter(doctor__in=doctors).between(first, last),
    ]
    found: dict[int, list[Change]] = defaultdict(list)
    for each in sorted(said, key=lambda one: (one.changed_at, one.change.adds)):
        found[each.doctor_id].append(each.change)
    return found


def busy_times(
    people: Collection[int],
    *,
    start: datetime,
    end: datetime,
    holder: Person | None = None,
) -> Mapping[int, Sequence[Period]]:
    """By person id, wherever they are busy, in order. One query.

    What `holder` keeps while filling a form does not stand in their own way.
    """
    busy: dict[int, list[Period]] = defaultdict(list)
    claims = Claim.objects.besides_form_of(holder) if holder else Claim.objects.all()
    found = claims.busy(people, start=start, end=end, now=clock.now())
    for person, begins, ends in found:
        busy[person].append((begins, ends))
    return busy


def free_days(
    doctor: Membership,
    *,
    first: date,
    days: int,
    now: datetime,
    patient: Person | None = None,
    service: Service | None = None,
    window_days: int | None = None,
) -> list[FreeDay]:
    """The doctor's free times on those of `days` dates that can be booked.

    With `patient`, only times at which the patient is free as well. `window_days`
    is for staff, who may book further ahead than the service's patients.
    """
    wanted = service or usual_service(doctor, VisitType.CONSULTATION)
    zone = doctor.clinic.zone
    earliest, latest = bookable_days(now, zone, days=window_days or wanted.window_days)
    dates = [
        day
        for n in range(days)
        if earliest <= (day := first + timedelta(days=n)) <= latest
    ]
    if not dates:
        return []
    hours = timetables([doctor], first=dates[0], last=dates[-1])[doctor.pk]
    people = {doctor.person.pk, patient.pk} if patient else {doctor.person.pk}
    busy = busy_on(people, dates, zone, [wanted], holder=patient)
    after = now if window_days else now + timedelta(minutes=wanted.lead_minutes)
    periods = list(hours.open_between(dates[0], dates[-1]))
    starts = list(free_within(periods, doctor, wanted, busy, after, patient))
    return [
        FreeDay(day, [each for each in starts if begins <= each < ends])
        for day in dates
        for begins, ends in [day_bounds(day, zone)]
    ]


def free_within(
    periods: Sequence[Period],
    doctor: Membership,
    service: Service,
    busy: Mapping[int, Sequence[Period]],
    after: datetime,
    patient: Person | None = None,
    shared: Shared | None = None,
) -> Iterator[datetime]:
    """Free starts in order; in a group also those begun that have places.

    No query, but without `shared` one for a service that needs rooms and one for a
    group.
    """
    if not periods:
        return iter(())
    shared = shared or shared_by([service], periods[0][0], periods[-1][1])
    taken = busy.get(doctor.person.pk, ())
    starts: Iterable[datetime] = starts_of(service, periods, taken, after=after)
    if service.pk is not None and (assets := service.assets_needed()):
        starts = (
            each for each in starts if has_rooms(each, service, assets, shared.rooms)
        )
    if service.is_group:
        begun = shared.begun.get(service.pk, ())
        within = (
            each
            for each in begun
            if each > after and any(one <= each < two for one, two in periods)
        )
        starts = sorted({*starts, *within})
    if patient is not None:
        starts = free_for_patient(starts, service, busy.get(patient.pk, ()))
    return iter(starts)


def first_free(
    doctors: Sequence[Membership],
    *,
    now: datetime,
    services: Mapping[int, Service] | None = None,
) -> dict[int, datetime | None]:
    """Each doctor's first free time, by membership id, looked for in growing chunks.

    All doctors are of one clinic. `services` says which of a doctor's is meant.
    """
    found: dict[int, datetime | None] = {doctor.pk: None for doctor in doctors}
    if not doctors:
        return found
    wanted = {
        doctor.pk: (services or {}).get(doctor.pk)
        or usual_service(doctor, VisitType.CONSULTATION)
        for doctor in doctors
    }
    zone = doctors[0].clinic.zone
    window = max(service.window_days for service in wanted.values())
    earliest, latest = bookable_days(now, zone, days=window)
    hours = timetables(doctors, first=earliest, last=latest)
    waiting, begins = list(doctors), earliest
    for size in (*CHUNKS, *[CHUNKS[-1]] * 17):
        dates = [begins + timedelta(days=n) for n in range(size)]
        people = {doctor.person.pk for doctor in waiting}
        busy = busy_on(people, dates, zone, wanted.values())
        asked = [wanted[doctor.pk] for doctor in waiting]
        shared = shared_on(asked, dates, zone)
        for doctor in waiting:
            found[doctor.pk] = _first(
                doctor, wanted[doctor.pk], dates, hours, busy, now, shared
            )
        waiting = [doctor for doctor in waiting if found[doctor.pk] is None]
        begins = dates[-1] + timedelta(days=1)
        if not waiting or begins > latest:
            break
    return found


def _first(
    doctor: Membership,
    service: Service,
    dates: Sequence[date],
    hours: Mapping[int, Timetable],
    busy: Mapping[int, Sequence[Period]],
    now: datetime,
    shared: Shared,
) -> datetime | None:
    last = bookable_days(now, doctor.clinic.zone, days=service.window_days)[1]
    after = now + timedelta(minutes=service.lead_minutes)
    if dates[0] > last:
        return None
    last = min(last, dates[-1])
    periods = list(hours[doctor.pk].open_between(dates[0], last))
    zone = doctor.clinic.zone
    begins, ends = day_bounds(dates[0], zone)[0], day_bounds(last, zone)[1]
    starts = free_within(periods, doctor, service, busy, after, shared=shared)
    found = next((start for start in starts if start >= begins), None)
    return found if found and found < ends else None


def nearest_free(
    doctor: Membership,
    *,
    around: datetime,
    now: datetime,
    patient: Person | None = None,
    count: int = 3,
    service: Service | None = None,
    window_days: int | None = None,
) -> list[datetime]:
    """The free times nearest to a moment, in order of time."""
    wanted = service or usual_service(doctor, VisitType.CONSULTATION)
    days = window_days or wanted.window_days
    today, last = bookable_days(now, doctor.clinic.zone, days=days)
    middle = around.astimezone(doctor.clinic.zone).date()
    first = max(today, min(middle, last) - timedelta(days=HORIZON_DAYS))
    every = free_days(
        doctor,
        first=first,
        days=2 * HORIZON_DAYS + 1,
        now=now,
        patient=patient,
        service=service,
        window_days=window_days,
    )
    starts = [start for each in every for start in each.starts]
    return sorted(sorted(starts, key=lambda start: abs(start - around))[:count])


def free_for_patient(
    starts: Iterable[datetime], service: Service, taken: Sequence[Period]
) -> Iterator[datetime]:
    """Without those at which the patient is somewhere else."""
    length = timedelta(minutes=service.minutes)
    for start in starts:
        if not any(begins < start + length and start < ends for begins, ends in taken):
            yield start


def shared_by(services: Iterable[Service], start: datetime, end: datetime) -> Shared:
    """One query for all groups among the services, one for all their rooms."""
    saved = [each for each in services if each.pk is not None]
    groups = [each.pk for each in saved if each.is_group]
    longest = timedelta(minutes=max((each.block_minutes for each in saved), default=0))
    assets = {asset.pk for each in saved for asset in each.assets_needed()}
    return Shared(
        begun=groups_with_places(groups, start, end) if groups else {},
        rooms=_rooms_busy(assets, start - longest, end + longest) if assets else {},
    )


def groups_with_places(
    services: Collection[int], start: datetime, end: datetime
) -> Mapping[int, Sequence[datetime]]:
    """Starts of the services' sessions that have begun to fill, and are not full."""
    sessions = GroupSession.objects.filter(
        service__in=services, starts_at__gte=start, starts_at__lt=end
    )
    seated = Count("appointments", filter=Q(appointments__seat__isnull=False))
    open_still = sessions.annotate(seated=seated).filter(
        seated__gt=0, seated__lt=F("capacity")
    )
    found: dict[int, list[datetime]] = defaultdict(list)
    for service, begins in open_still.values_list("service_id", "starts_at"):
        found[service].append(begins)
    return found


def places_taken(
    service: Service, first: datetime, last: datetime
) -> Mapping[datetime, int]:
    """How many seats of the service's sessions are taken, by their start."""
    sessions = GroupSession.objects.filter(
        service=service, starts_at__gte=first, starts_at__lte=last
    )
    seated = Count("appointments", filter=Q(appointments__seat__isnull=False))
    return dict(sessions.annotate(seated=seated).values_list("starts_at", "seated"))


def _rooms_busy(
    assets: Collection[int], start: datetime, end: datetime
) -> Mapping[int, Sequence[Period]]:
    busy: dict[int, list[Period]] = defaultdict(list)
    found = Claim.objects.busy_assets(assets, start=start, end=end, now=clock.now())
    for asset, begins, ends in found:
        busy[asset].append((begins, ends))
    return busy


def has_rooms(
    start: datetime,
    service: Service,
    assets: Sequence[Asset],
    busy: Mapping[int, Sequence[Period]],
) -> bool:
    """Whether of each kind that is needed one room or device is free then."""
    begins = start - timedelta(minutes=service.before_minutes)
    ends = begins + timedelta(minutes=service.block_minutes)
    free = {
        asset.kind
        for asset in assets
        if not any(one < ends and begins < two for one, two in busy.get(asset.pk, ()))
    }
    return free == {asset.kind for asset in assets}


def shared_on(
    services: Iterable[Service], dates: Sequence[date], zone: ZoneInfo
) -> Shared:
    start, end = day_bounds(dates[0], zone)[0], day_bounds(dates[-1], zone)[1]
    return shared_by(services, start, end)


def busy_on(
    people: Collection[int],
    dates: Sequence[date],
    zone: ZoneInfo,
    services: Iterable[Service],
    holder: Person | None = None,
) -> Mapping[int, Sequence[Period]]:
    """Also after the last midnight, which a visit at night may reach beyond."""
    longest = timedelta(minutes=max(each.block_minutes for each in services))
    start, end = day_bounds(dates[0], zone)[0], day_bounds(dates[-1], zone)[1]
    return busy_times(people, start=start - longest, end=end + longest, holder=holder)
