"""Which free time suits whom: the wishes of those who wait, put over free times."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from appointments.models import (
    USUAL_KINDS,
    Audience,
    Service,
    WaitingEntry,
    WaitingOffer,
    usual_service,
)
from appointments.search import busy_times, free_days
from appointments.slots import Period
from clinics.models import Membership

SHORTEST_NOTICE = timedelta(minutes=10)
MOST_DAYS = 60


@dataclass(frozen=True)
class Match:
    doctor: Membership
    service: Service
    starts_at: datetime

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.service.minutes)


class Times:
    """Free times for one queue; each doctor's are computed once, when first asked."""

    def __init__(self, now: datetime, entries: Sequence[WaitingEntry]) -> None:
        self.now = now
        self.free: dict[tuple[int, int | str], list[datetime]] = {}
        departments = {entry.department_id for entry in entries}
        clinics = {entry.clinic_id for entry in entries}
        doctors = Membership.objects.doctors().filter(clinic__in=clinics)
        bookable = doctors.filter(department__is_active=True).order_by("pk")
        self.doctors = {each.pk: each for each in bookable}
        self.of_department: dict[int, list[Membership]] = defaultdict(list)
        for each in self.doctors.values():
            if each.department_id in departments:
                self.of_department[each.department_id or 0].append(each)
        self.services: dict[int, list[Service]] = defaultdict(list)
        offered = Service.objects.in_use().filter(doctor__in=self.doctors)
        for service in offered.with_needs().in_order():
            self.services[service.doctor_id].append(service)
        self.seen: dict[int, set[tuple[int, datetime]]] = defaultdict(set)
        offers = WaitingOffer.objects.of_entries(entries)
        for entry, doctor, start in offers.values_list(
            "entry_id", "doctor_id", "starts_at"
        ):
            self.seen[entry].add((doctor, start))

    def matches(self, entry: WaitingEntry) -> Iterator[Match]:
        """Times that fit, in order; never one that was offered to them before."""
        found = sorted(
            (
                match
                for doctor in self._doctors(entry)
                for match in self._with(doctor, entry)
            ),
            key=lambda match: (match.starts_at, match.doctor.pk),
        )
        if not found:
            return
        busy = self._busy(entry, found)
        for match in found:
            if not any(a < match.ends_at and match.starts_at < b for a, b in busy):
                yield match

    def forget(self, match: Match) -> None:
        """It is taken now, and so is what overlaps it: look again when asked."""
        for key in [key for key in self.free if key[0] == match.doctor.pk]:
            del self.free[key]

    def _doctors(self, entry: WaitingEntry) -> list[Membership]:
        if entry.doctor_id is None:
            return self.of_department[entry.department_id]
        found = self.doctors.get(entry.doctor_id)
        return [found] if found and found.person != entry.patient else []

    def _with(self, doctor: Membership, entry: WaitingEntry) -> Iterator[Match]:
        service = self._service(doctor, entry)
        if service is None:
            return
        zone, seen = entry.clinic.zone, self.seen[entry.pk]
        visit = entry.appointment
        for start in self._free(doctor, service):
            if visit is not None and start >= visit.starts_at:
                return
            known = (doctor.pk, start) in seen
            if not known and entry.wants(start.astimezone(zone)):
                yield Match(doctor, service, start)

    def _service(self, doctor: Membership, entry: WaitingEntry) -> Service | None:
        """What patients may book of that kind; groups are not waited for."""
        offered = self.services[doctor.pk]
        if entry.service_id is not None:
            fits = [each for each in offered if each.pk == entry.service_id]
        else:
            fits = [each for each in offered if each.kind == entry.visit_type]
        if not offered and entry.visit_type in USUAL_KINDS:
            fits = [usual_service(doctor, entry.visit_type)]
        for each in fits:
            if each.audience != Audience.STAFF and not each.is_group:
                return each
        return None

    def _free(self, doctor: Membership, service: Service) -> list[datetime]:
        key = (doctor.pk, service.pk or service.kind)
        if key not in self.free:
            soonest = self.now + timedelta(minutes=service.lead_minutes)
            days = free_days(
                doctor,
                first=self.now.astimezone(doctor.clinic.zone).date(),
                days=min(service.window_days, MOST_DAYS) + 1,
                now=self.now,
                service=service,
            )
            self.free[key] = [
                start
                for day in days
                for start in day.starts
                if start > soonest + SHORTEST_NOTICE
            ]
        return self.free[key]

    def _busy(self, entry: WaitingEntry, found: Sequence[Match]) -> Sequence[Period]:
        """When the patient is elsewhere, as far as the matches reach."""
        person = entry.patient.pk
        start, end = found[0].starts_at, max(match.ends_at for match in found)
        return busy_times({person}, start=start, end=end).get(person, ())
