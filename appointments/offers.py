"""What the booking pages offer: departments and doctors, and each one's first free
time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from appointments import when
from appointments.kinds import (
    KindLink,
    chosen_among,
    described,
    kind_link,
    query_of,
    services_of,
)
from appointments.models import Service
from appointments.search import first_free
from appointments.ways import Way
from clinics.models import CareTeamMember, Clinic, Department, Membership
from healthcare import clock, dates

BESIDE = 2
FAR = timedelta(days=400)


@dataclass(frozen=True)
class Card:
    url: str
    title: str
    sub: str
    note: str
    icon: str = ""
    initials: str = ""
    photo_url: str = ""
    facts: Sequence[tuple[str, str]] = ()
    current: bool = False


@dataclass(frozen=True)
class NextFree:
    """The soonest time there is, one click away."""

    url: str
    label: str


@dataclass(frozen=True)
class Doctors:
    """Doctors who can be booked, the soonest first free time first."""

    way: Way
    clinic: Clinic
    rows: Sequence[Membership]
    services: Mapping[int, Sequence[Service]]
    free: Mapping[int, datetime | None]

    @property
    def next_free(self) -> NextFree | None:
        for doctor in self.rows[:1]:
            if start := self.free[doctor.pk]:
                query = query_of(self.services[doctor.pk][0])
                time = when.format_instant(start)
                label = _("%(when)s with %(doctor)s") % {
                    "when": when.day_and_time(start, self.clinic.zone),
                    "doctor": doctor.person.formal_name,
                }
                url = self.way.time_url(doctor, time=time, **query)
                return NextFree(url, label)
        return None


def _doctors(
    way: Way, clinic: Clinic, rows: Sequence[Membership], now: datetime
) -> Doctors:
    """Without those whose visits only the clinic books."""
    services = services_of(rows)
    open_to_all = [doctor for doctor in rows if services[doctor.pk]]
    first = {doctor.pk: services[doctor.pk][0] for doctor in open_to_all}
    free = first_free(open_to_all, now=now, services=first)
    far = now + FAR
    open_to_all.sort(key=lambda each: (free[each.pk] or far, each.person.family_name))
    return Doctors(way, clinic, open_to_all, services, free)


@dataclass(frozen=True)
class ClinicOffer:
    """A clinic's departments, each with its first free time."""

    clinic: Clinic
    cards: Sequence[Card]
    next_free: NextFree | None


def clinic_offer(clinic: Clinic, now: datetime, way: Way) -> ClinicOffer:
    """Departments with a doctor who can be booked."""
    every = list(Membership.objects.doctors().filter(clinic=clinic))
    doctors = _doctors(way, clinic, every, now)
    by_department: dict[int, list[Membership]] = defaultdict(list)
    for doctor in doctors.rows:
        if doctor.department_id:
            by_department[doctor.department_id].append(doctor)
    cards = [
        _department_card(doctors, department, by_department[department.pk])
        for department in Department.objects.bookable(clinic)
        if by_department[department.pk]
    ]
    return ClinicOffer(clinic, cards, doctors.next_free if cards else None)


def _department_card(
    offered: Doctors, department: Department, rows: Sequence[Membership]
) -> Card:
    count = len(rows)
    starts = [start for doctor in rows if (start := offered.free[doctor.pk])]
    people = ngettext("%(count)d doctor", "%(count)d doctors", count)
    first = min(starts, default=None)
    return Card(
        url=offered.way.department_url(offered.clinic, department),
        title=department.name,
        sub=department.description or people % {"count": count},
        note=_first_free_note(first, offered.clinic, with_time=False),
        icon=department.icon,
    )


@dataclass(frozen=True)
class Offer:
    """A department and its doctors, soonest first free time first."""

    department: Department
    doctors: Doctors

    @property
    def clinic(self) -> Clinic:
        return self.doctors.clinic

    @property
    def clinic_url(self) -> str:
        return self.doctors.way.clinic_url(self.clinic)

    @property
    def url(self) -> str:
        return self.doctors.way.department_url(self.clinic, self.department)

    @property
    def next_free(self) -> NextFree | None:
        return self.doctors.next_free

    def choice(self, uid: UUID, asked: Mapping[str, str]) -> "Choice":
        """The doctor and the kind of visit that an address means. Raises Http404."""
        for doctor in self.doctors.rows:
            if doctor.uid == uid:
                services = self.doctors.services[doctor.pk]
                return Choice(self, doctor, services, chosen_among(services, asked))
        raise Http404

    def cards(self, person: Person | None) -> list[Card]:
        """One for each doctor, the soonest first."""
        return self._cards(self.doctors.rows, person)

    def cards_beside(self, current: Membership, person: Person | None) -> list[Card]:
        """The chosen doctor, and the soonest others."""
        others = [doctor for doctor in self.doctors.rows if doctor != current]
        return self._cards([current, *others[:BESIDE]], person, current)

    def _cards(
        self,
        doctors: Sequence[Membership],
        person: Person | None,
        current: Membership | None = None,
    ) -> list[Card]:
        known = _doctors_of(person, self.clinic) if person else set()
        return [
            self._card(doctor, known=doctor.pk in known, current=doctor == current)
            for doctor in doctors
        ]

    def _card(self, doctor: Membership, *, known: bool, current: bool) -> Card:
        person = doctor.person
        speciality = specialization(doctor)
        yours = _("your doctor") if known else ""
        may_see_photo = not self.doctors.way.is_public
        return Card(
            url=self.doctors.way.time_url(doctor),
            title=person.formal_name,
            sub=", ".join(part for part in (speciality, yours) if part),
            note=_first_free_note(self.doctors.free[doctor.pk], self.clinic),
            initials=person.initials,
            photo_url=person.photo_url if may_see_photo else "",
            facts=_facts(doctor, self.doctors.services[doctor.pk]),
            current=current,
        )


@dataclass(frozen=True)
class Choice:
    """The doctor and the kind of visit chosen so far."""

    offer: Offer
    doctor: Membership
    services: Sequence[Service]
    service: Service

    @property
    def clinic(self) -> Clinic:
        return self.doctor.clinic

    def time_url(self, **query: str) -> str:
        way = self.offer.doctors.way
        return way.time_url(self.doctor, **query, **query_of(self.service))

    def check_url(self, **query: str) -> str:
        way = self.offer.doctors.way
        return way.check_url(self.doctor, **query, **query_of(self.service))

    def kinds(self, **query: str) -> list[KindLink]:
        """Links to the same page for each kind of visit."""
        way = self.offer.doctors.way
        return [
            kind_link(
                each,
                self.clinic,
                way.time_url(self.doctor, **query, **query_of(each)),
                current=each is self.service,
            )
            for each in self.services
        ]


def offer_of(clinic: Clinic, department: UUID, now: datetime, way: Way) -> Offer:
    """Raises Http404 when nobody can be booked there."""
    found = Department.objects.bookable(clinic).filter(uid=department).first()
    if found is None:
        raise Http404
    every = list(Membership.objects.doctors().filter(department=found))
    return Offer(found, _doctors(way, clinic, every, now))


def _doctors_of(person: Person, clinic: Clinic) -> set[int]:
    caring = CareTeamMember.objects.filter(
        patient=person, clinic=clinic, until__isnull=True
    )
    return set(caring.values_list("member_id", flat=True))


def specialization(doctor: Membership) -> str:
    profile = getattr(doctor.person, "doctor_profile", None)
    return profile.specialization if profile else ""


def _facts(doctor: Membership, services: Sequence[Service]) -> list[tuple[str, str]]:
    """Icon and words, of what the doctor has told."""
    facts = []
    if profile := getattr(doctor.person, "doctor_profile", None):
        if profile.qualifications:
            facts.append(("mortarboard", profile.qualifications))
        years = profile.years_of_experience(clock.now().date())
        if years:
            text = ngettext(
                "%(years)d year of experience", "%(years)d years of experience", years
            )
            facts.append(("award", text % {"years": years}))
    lengths = dict.fromkeys(described(each, doctor.clinic) for each in services)
    if len(lengths) == 1:
        return [*facts, ("clock", next(iter(lengths)))]
    return [
        *facts,
        *(
            ("clock", f"{each.name}: {described(each, doctor.clinic)}")
            for each in services
        ),
    ]


def _first_free_note(
    start: datetime | None, clinic: Clinic, *, with_time: bool = True
) -> str:
    if start is None:
        return _("No free time in the next 30 days")
    local = start.astimezone(clinic.zone)
    moment = dates.moment(start, clinic.zone) if with_time else dates.day(local.date())
    return _("First free %(when)s") % {"when": moment}
