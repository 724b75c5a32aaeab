"""A doctor is away: where each visit could go instead.

All proposals are made from a handful of queries, whatever the number of visits; no
proposal is made twice. The verb decides, one visit after the other.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import QueryDict
from django.utils.translation import gettext as _

from appointments import when
from appointments.actions import Done, Move
from appointments.board import detail_url
from appointments.models import USUAL_KINDS, Appointment, Service, usual_service
from appointments.search import busy_times, free_within, timetables
from appointments.slots import Period, day_bounds
from clinics.models import Clinic, Membership
from healthcare import dates

DAYS_AFTER = 21
PROPOSALS = 3
CANCEL, LEAVE = "cancel", "leave"


@dataclass(frozen=True)
class Slot:
    """A time of a doctor's that a visit could have."""

    doctor: Membership
    start: datetime
    end: datetime

    @property
    def value(self) -> str:
        return f"{self.doctor.uid} {when.format_instant(self.start)}"

    def meets(self, start: datetime, end: datetime) -> bool:
        return self.start < end and start < self.end


@dataclass(frozen=True)
class Proposal:
    value: str
    label: str


@dataclass(frozen=True)
class AwayRow:
    uid: str
    url: str
    patient: str
    moment: str
    proposals: Sequence[Proposal]
    fits: bool


@dataclass(frozen=True)
class AwayPage:
    heading: str
    rows: Sequence[AwayRow]
    fitting: int


def away_page(
    clinic: Clinic,
    asked: Mapping[str, Any],
    visits: Sequence[Appointment],
    *,
    now: datetime,
) -> AwayPage:
    first, last = asked["since"], asked["until"]
    words = {"doctor": asked["doctor"].label, "dates": dates.day(first)}
    if first != last:
        words["dates"] = when.day_range(first, last)
    found = proposals(clinic, asked["doctor"], (first, last), visits, now=now)
    rows = [_row(visit, found[visit.pk]) for visit in visits]
    return AwayPage(
        heading=_("Visits of %(doctor)s, %(dates)s") % words,
        rows=rows,
        fitting=sum(row.fits for row in rows),
    )


def _row(visit: Appointment, slots: Sequence[Slot]) -> AwayRow:
    return AwayRow(
        uid=str(visit.uid),
        url=detail_url(visit),
        patient=visit.patient.clinical_name,
        moment=dates.moment(visit.starts_at, visit.clinic.zone),
        proposals=[Proposal(slot.value, _label(slot)) for slot in slots],
        fits=bool(slots),
    )


def _label(slot: Slot) -> str:
    zone = slot.doctor.clinic.zone
    day = slot.start.astimezone(zone).date()
    time = when.wall_time(slot.start, zone)
    return f"{day:%a} {dates.day(day)} {time}, {slot.doctor.label}"


def proposals(
    clinic: Clinic,
    away: Membership,
    absence: tuple[date, date],
    visits: Sequence[Appointment],
    *,
    now: datetime,
) -> dict[int, list[Slot]]:
    """By visit, the nearest in time that nobody has, the first one the best."""
    doctors = list(Membership.objects.doctors().filter(clinic=clinic))
    gone = (
        day_bounds(absence[0], clinic.zone)[0],
        day_bounds(absence[1], clinic.zone)[1],
    )
    today = now.astimezone(clinic.zone).date()
    first = max(today, absence[0] - timedelta(days=DAYS_AFTER))
    last = max(today, absence[1]) + timedelta(days=DAYS_AFTER)
    ends = day_bounds(last, clinic.zone)[1]
    people = {each.person.pk for each in doctors} | {each.patient_id for each in visits}
    busy = busy_times(people, start=now, end=ends) if visits else {}
    hours = timetables(doctors, first=first, last=last) if visits else {}
    offered = _offered(doctors)
    free: dict[tuple[int, str], list[Slot]] = {}
    for doctor in doctors if visits else ():
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        periods = [each for day in days for each in hours[doctor.pk].periods_on(day)]
        if doctor == away:
            periods = [each for each in periods if not _meets(each, gone)]
        for kind, service in offered[doctor.pk].items():
            starts = free_within(periods, doctor, service, busy, now)
            length = timedelta(minutes=service.minutes)
            free[doctor.pk, kind] = [
                Slot(doctor, start, start + length) for start in starts
            ]
    return _dealt(visits, free, busy)


def _offered(doctors: Sequence[Membership]) -> dict[int, dict[str, Service]]:
    """Each doctor's first service of every kind: what the verb would take. Two
    queries."""
    known: dict[int, dict[str, Service]] = defaultdict(dict)
    services = Service.objects.filter(doctor__in=doctors).in_use()
    for each in services.with_needs().in_order():
        known[each.doctor_id].setdefault(each.kind, each)
    for doctor in doctors:
        if doctor.pk not in known:
            known[doctor.pk] = {
                str(kind): usual_service(doctor, kind) for kind in USUAL_KINDS
            }
    return known


def _meets(period: Period, gone: Period) -> bool:
    return period[0] < gone[1] and gone[0] < period[1]


def _dealt(
    visits: Sequence[Appointment],
    free: Mapping[tuple[int, str], Sequence[Slot]],
    busy: Mapping[int, Sequence[Period]],
) -> dict[int, list[Slot]]:
    """The best to everybody first, then the second best."""
    used: list[Slot] = []
    mine: dict[int, list[Slot]] = defaultdict(list)
    found: dict[int, list[Slot]] = {visit.pk: [] for visit in visits}
    nearest = {visit.pk: iter(_nearest(visit, free)) for visit in visits}
    for _round in range(PROPOSALS):
        for visit in visits:
            taken = [
                each for each in busy.get(visit.patient_id, ()) if not _own(visit, each)
            ]
            taken += [
                (each.start, each.end)
                for each in mine[visit.patient_id]
                if each not in found[visit.pk]
            ]
            slot = next(_fitting(nearest[visit.pk], used, taken), None)
            if slot is None:
                continue
            found[visit.pk].append(slot)
            used.append(slot)
            mine[visit.patient_id].append(slot)
    return found


def _nearest(
    visit: Appointment, free: Mapping[tuple[int, str], Sequence[Slot]]
) -> list[Slot]:
    every = [
        slot
        for (_doctor, kind), slots in free.items()
        if kind == visit.visit_type
        for slot in slots
    ]
    return sorted(
        every, key=lambda each: (abs(each.start - visit.starts_at), each.start)
    )


def _own(visit: Appointment, busy: Period) -> bool:
    return busy == (visit.starts_at, visit.ends_at)


def _fitting(
    every: Iterator[Slot], used: Sequence[Slot], elsewhere: Sequence[Period]
) -> Iterator[Slot]:
    for slot in every:
        taken = any(
            slot.doctor == each.doctor and slot.meets(each.start, each.end)
            for each in used
        )
        if not taken and not any(slot.meets(*each) for each in elsewhere):
            yield slot


def chosen_moves(
    visits: Sequence[Appointment], doctors: Sequence[Membership], posted: QueryDict
) -> list[Move]:
    """Those that are ticked, with what was chosen for them; what cannot be read stays
    as it is."""
    by_uid = {str(each.uid): each for each in doctors}
    ticked = set(posted.getlist("pick"))
    moves = []
    for visit in visits:
        wanted = posted.get(f"to-{visit.uid}", LEAVE)
        if str(visit.uid) not in ticked or wanted == LEAVE:
            continue
        if wanted == CANCEL:
            moves.append(Move(visit))
            continue
        uid, _space, text = wanted.partition(" ")
        doctor, start = by_uid.get(uid), when.parse_instant(text)
        if doctor and start:
            moves.append(Move(visit, doctor, start))
    return moves


def told_done(done: Done) -> list[tuple[int, str]]:
    """What happened, for the page that comes next."""
    told = []
    if done.moved or done.cancelled:
        words = {"moved": len(done.moved), "cancelled": len(done.cancelled)}
        text = _("Moved: %(moved)d. Cancelled: %(cancelled)d. The patients are told.")
        told.append((messages.SUCCESS, text % words))
    if done.failed:
        lines = [
            f"{each.appointment.patient.clinical_name}: {each.why}"
            for each in done.failed
        ]
        text = _("These did not fit and are as they were. Choose again: %(visits)s")
        told.append((messages.WARNING, text % {"visits": " ".join(lines)}))
    if not told:
        told.append((messages.INFO, _("Nothing was chosen, nothing was changed.")))
    return told
