"""A doctor's free times for those who book at the desk: a year ahead, every service,
and any other time for a reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import TypeVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from appointments import when
from appointments.actions.rules import STAFF_WINDOW_DAYS
from appointments.models import USUAL_KINDS, Service, usual_service
from appointments.search import FreeDay, first_free, free_days
from appointments.slots import bookable_days, instants
from clinics.models import Membership, Role
from healthcare import dates

T = TypeVar("T")

WEEK = 7
NOON, EVENING = 12, 17


@dataclass(frozen=True)
class Day:
    """As `_parts/days.html` shows it."""

    url: str | None
    weekday: str
    day: int
    free_label: str
    name: str
    current: bool


@dataclass(frozen=True)
class Time:
    value: str
    label: str
    checked: bool


@dataclass(frozen=True)
class Part:
    """Morning, afternoon or evening."""

    label: str
    icon: str
    slots: Sequence[Time]


@dataclass(frozen=True)
class Option:
    """A doctor or a service, as a link."""

    label: str
    url: str
    current: bool
    note: str = ""


@dataclass(frozen=True)
class Picker:
    title: str
    legend: str
    days: Sequence[Day]
    groups: Sequence[Part]
    earlier_url: str
    later_url: str
    note: str


@dataclass(frozen=True)
class Choice:
    """What the address says. Nothing in it is trusted to be bookable."""

    doctor: Membership | None
    service: Service | None
    day: date | None
    starts_at: datetime | None
    problem: str = ""

    @property
    def query(self) -> dict[str, str]:
        """The same choice in an address."""
        said = {}
        if self.doctor:
            said["doctor"] = str(self.doctor.uid)
        if self.service:
            said["service"] = service_key(self.service)
        if self.starts_at:
            said["time"] = when.format_instant(self.starts_at)
        elif self.day:
            said["day"] = self.day.isoformat()
        return said


def doctors_for(member: Membership) -> list[Membership]:
    """Whom this member may book: a doctor themselves, the desk everybody."""
    doctors = Membership.objects.doctors().filter(clinic=member.clinic_id)
    if member.role == Role.DOCTOR:
        doctors = doctors.filter(pk=member.pk)
    found = [each for each in doctors if each.department_id]
    return sorted(found, key=lambda each: (each.person.family_name, each.pk))


def services_of(doctor: Membership) -> list[Service]:
    """Everything the doctor offers, to patients or not."""
    own = Service.objects.of_doctor(doctor).in_use().with_needs().in_order()
    return list(own) or [usual_service(doctor, kind) for kind in USUAL_KINDS]


def service_key(service: Service) -> str:
    """How an address names a service; one that is in no table, by its kind."""
    return str(service.uid) if service.pk else service.kind


def chosen(
    query: QueryDict,
    doctors: Sequence[Membership],
    services: Callable[[Membership], Sequence[Service]] = services_of,
) -> Choice:
    doctor = _by(query.get("doctor"), doctors, lambda each: str(each.uid))
    if doctor is None:
        return Choice(None, None, None, None)
    offered = services(doctor)
    service = _by(query.get("service"), offered, service_key)
    service = service or next(iter(offered), None)
    starts_at, problem = _moment(query, doctor)
    return Choice(
        doctor,
        service,
        when.parse_day(query.get("day", "")),
        starts_at,
        problem,
    )


def _by(wanted: str | None, found: Sequence[T], key: Callable[[T], str]) -> T | None:
    return next((each for each in found if key(each) == wanted), None)


def _moment(query: QueryDict, doctor: Membership) -> tuple[datetime | None, str]:
    """The instant asked for, or the wall time of a date (`on`, `at`)."""
    if text := query.get("time"):
        return when.parse_instant(text), ""
    if "at" not in query:
        return None, ""
    day, at = when.parse_day(query.get("on", "")), _wall(query.get("at", ""))
    if day is None or at is None:
        return None, _("Enter a date and a time such as 09:30.")
    found = instants(datetime.combine(day, at), doctor.clinic.zone)
    if not found:
        return None, _("The clock skips that time on this day. Choose another one.")
    return found[0], ""


def _wall(text: str) -> time | None:
    try:
        found = time.fromisoformat(text[:5])
    except ValueError:
        return None
    return found.replace(tzinfo=None)


def is_offered(choice: Choice, patient: Person | None, now: datetime) -> bool:
    """Whether the chosen time is free within the doctor's hours, and for `patient`."""
    assert choice.doctor
    assert choice.starts_at
    day = choice.starts_at.astimezone(choice.doctor.clinic.zone).date()
    free = free_days(
        choice.doctor,
        first=day - timedelta(days=1),
        days=2,
        now=now,
        patient=patient,
        service=choice.service,
        window_days=STAFF_WINDOW_DAYS,
    )
    return any(choice.starts_at in each.starts for each in free)


def picker(choice: Choice, *, now: datetime, patient: Person, url: str) -> Picker:
    """The week of the chosen day, else of the doctor's first free time."""
    doctor = choice.doctor
    assert doctor is not None
    assert choice.service is not None
    zone = doctor.clinic.zone
    first, last = bookable_days(now, zone, days=STAFF_WINDOW_DAYS)
    day, note = _day(choice, now, first, last)
    begins = first + timedelta(days=(day - first).days // WEEK * WEEK)
    free = free_days(
        doctor,
        first=begins,
        days=WEEK,
        now=now,
        patient=patient,
        service=choice.service,
        window_days=STAFF_WINDOW_DAYS,
    )
    kept = {"doctor": str(doctor.uid), "service": service_key(choice.service)}

    def to(target: date) -> str:
        return f"{url}?{urlencode({**kept, 'day': target.isoformat()})}"

    week = timedelta(days=WEEK)
    shown = next((each for each in free if each.date == day), None)
    starts = shown.starts if shown else ()
    return Picker(
        title=when.day_range(free[0].date, free[-1].date),
        legend=_("Free times on %(day)s") % {"day": dates.long_day(day)},
        days=[_link(each, to(each.date), current=each.date == day) for each in free],
        groups=_parts(starts, doctor, choice.starts_at),
        earlier_url=to(begins - week) if begins - week >= first else "",
        later_url=to(begins + week) if begins + week <= last else "",
        note=note,
    )


def _day(choice: Choice, now: datetime, first: date, last: date) -> tuple[date, str]:
    doctor, service = choice.doctor, choice.service
    assert doctor is not None
    assert service is not None
    zone = doctor.clinic.zone
    day = choice.day
    if day is None and choice.starts_at:
        day = choice.starts_at.astimezone(zone).date()
    if day is not None and first <= day <= last:
        return day, ""
    start = first_free([doctor], now=now, services={doctor.pk: service})[doctor.pk]
    found = start.astimezone(zone).date() if start else first
    told = _("Choose a day between today and %(day)s.")
    return found, told % {"day": when.weekday_date(last)} if day else ""


def _link(free: FreeDay, url: str, *, current: bool) -> Day:
    day, count = free.date, len(free.starts)
    times = ngettext("%(count)d free time", "%(count)d free times", count)
    told = times % {"count": count} if count else _("no free times")
    return Day(
        url=url,
        weekday=f"{day:%a}",
        day=day.day,
        free_label=_("%(count)d free") % {"count": count} if count else _("None"),
        name=f"{day:%a} {day.day} {day:%B}, {told}",
        current=current,
    )


def _parts(
    starts: Sequence[datetime], doctor: Membership, picked: datetime | None
) -> list[Part]:
    zone = doctor.clinic.zone
    found = groupby(starts, lambda start: _part(start.astimezone(zone).hour))
    return [
        Part(
            label,
            icon,
            [
                Time(
                    when.format_instant(start),
                    when.wall_time(start, zone),
                    checked=start == picked,
                )
                for start in times
            ],
        )
        for (label, icon), times in found
    ]


def _part(hour: int) -> tuple[str, str]:
    if hour < NOON:
        return _("Morning"), "sunrise"
    return (_("Afternoon"), "sun") if hour < EVENING else (_("Evening"), "sunset")


def doctor_options(
    doctors: Sequence[Membership], choice: Choice, *, now: datetime, url: str
) -> list[Option]:
    """The chosen doctor and the others; with none chosen, the soonest first."""
    if choice.doctor:
        return [_doctor(each, choice, url) for each in doctors]
    free = first_free(doctors, now=now)
    far = now + timedelta(days=STAFF_WINDOW_DAYS * 2)
    ordered = sorted(doctors, key=lambda each: free[each.pk] or far)
    return [_doctor(each, choice, url, free) for each in ordered]


def _doctor(
    doctor: Membership,
    choice: Choice,
    url: str,
    free: Mapping[int, datetime | None] | None = None,
) -> Option:
    note = doctor.department_name
    if free is not None:
        start = free[doctor.pk]
        soonest = _("No free time in the next 30 days")
        if start:
            moment = {"when": dates.moment(start, doctor.clinic.zone)}
            soonest = _("First free %(when)s") % moment
        note = f"{note}. {soonest}"
    kept = {"doctor": str(doctor.uid)}
    if choice.day:
        kept["day"] = choice.day.isoformat()
    current = doctor == choice.doctor
    return Option(doctor.label, f"{url}?{urlencode(kept)}", current, note)


def service_options(
    services: Sequence[Service], choice: Choice, url: str
) -> list[Option]:
    found = []
    for each in services:
        query = {**choice.query, "service": service_key(each)}
        label = _("%(name)s, %(minutes)d min") % {
            "name": each.name,
            "minutes": each.minutes,
        }
        current = choice.service is not None and (
            service_key(each) == service_key(choice.service)
        )
        found.append(Option(label, f"{url}?{urlencode(query)}", current))
    return found
