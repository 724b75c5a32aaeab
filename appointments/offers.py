"""What the booking pages offer: clinics, departments and doctors."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from appointments.search import first_free
from clinics.models import (
    CareTeamMember,
    Clinic,
    Department,
    Membership,
    Registration,
)
from healthcare import clock, dates

CLINICS_SHOWN = 24
BESIDE = 2


@dataclass(frozen=True)
class ClinicChoice:
    """Where a person can book: where they are registered, and what is listed."""

    own: Sequence[Clinic]
    others: Sequence[Clinic]
    more: bool

    @property
    def only(self) -> Clinic | None:
        return self.own[0] if len(self.own) == 1 else None


def clinics_for(person: Person) -> ClinicChoice:
    registrations = Registration.objects.of_person(person)
    own = [each.clinic for each in registrations if each.clinic.is_active]
    known = [clinic.pk for clinic in own]
    others = Clinic.objects.listed().exclude(pk__in=known)[: CLINICS_SHOWN + 1]
    found = list(others)
    own.sort(key=lambda clinic: clinic.name)
    return ClinicChoice(own, found[:CLINICS_SHOWN], len(found) > CLINICS_SHOWN)


@dataclass(frozen=True)
class Entry:
    """A clinic that a person may book at, and what it knows of them."""

    clinic: Clinic
    registration: Registration | None

    @property
    def is_blocked(self) -> bool:
        return self.registration is not None and self.registration.is_blocked


def entry_for(person: Person, slug: str) -> Entry:
    """Raises Http404 for clinics that are closed, or closed to this person."""
    clinic = Clinic.objects.filter(slug=slug, is_active=True).first()
    if clinic is None:
        raise Http404
    registrations = Registration.objects.of_person(person)
    registration = registrations.filter(clinic=clinic).first()
    if registration is None and not clinic.is_listed:
        raise Http404
    return Entry(clinic, registration)


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


def department_cards(clinic: Clinic, now: datetime) -> list[Card]:
    """Departments with a doctor, and each one's first free time."""
    doctors = list(Membership.objects.doctors().filter(clinic=clinic))
    free = first_free(doctors, now=now)
    by_department: dict[int, list[Membership]] = defaultdict(list)
    for doctor in doctors:
        if doctor.department_id:
            by_department[doctor.department_id].append(doctor)
    return [
        _department_card(clinic, department, by_department[department.pk], free)
        for department in Department.objects.bookable(clinic)
    ]


def _department_card(
    clinic: Clinic,
    department: Department,
    doctors: Sequence[Membership],
    free: dict[int, datetime | None],
) -> Card:
    count = len(doctors)
    starts = [start for doctor in doctors if (start := free[doctor.pk])]
    people = ngettext("%(count)d doctor", "%(count)d doctors", count)
    return Card(
        url=reverse("appointments:book_doctor", args=[clinic.slug, department.uid]),
        title=department.name,
        sub=department.description or people % {"count": count},
        note=_first_free_note(min(starts, default=None), clinic, with_time=False),
        icon=department.icon,
    )


@dataclass(frozen=True)
class Offer:
    """A department and its doctors, soonest first free time first."""

    clinic: Clinic
    department: Department
    doctors: Sequence[Membership]
    free: dict[int, datetime | None]

    @property
    def clinic_url(self) -> str:
        return reverse("appointments:book_departments", args=[self.clinic.slug])

    @property
    def url(self) -> str:
        arguments = [self.clinic.slug, self.department.uid]
        return reverse("appointments:book_doctor", args=arguments)

    def doctor(self, uid: UUID) -> Membership:
        for doctor in self.doctors:
            if doctor.uid == uid:
                return doctor
        raise Http404

    def cards(self, person: Person) -> list[Card]:
        """One for each doctor, the soonest first."""
        return self._cards(self.doctors, person)

    def cards_beside(self, current: Membership, person: Person) -> list[Card]:
        """The chosen doctor, and the soonest others."""
        others = [doctor for doctor in self.doctors if doctor != current]
        return self._cards([current, *others[:BESIDE]], person, current)

    def _cards(
        self,
        doctors: Sequence[Membership],
        person: Person,
        current: Membership | None = None,
    ) -> list[Card]:
        known = _doctors_of(person, self.clinic)
        return [
            self._card(doctor, known=doctor.pk in known, current=doctor == current)
            for doctor in doctors
        ]

    def _card(self, doctor: Membership, *, known: bool, current: bool) -> Card:
        person = doctor.person
        speciality = _specialization(doctor)
        yours = _("your doctor") if known else ""
        return Card(
            url=time_url(doctor),
            title=person.formal_name,
            sub=", ".join(part for part in (speciality, yours) if part),
            note=_first_free_note(self.free[doctor.pk], self.clinic),
            initials=person.initials,
            photo_url=person.photo_url,
            facts=_facts(doctor),
            current=current,
        )


def offer_of(clinic: Clinic, department: UUID, now: datetime) -> Offer:
    """Raises Http404 when nobody can be booked there."""
    found = Department.objects.bookable(clinic).filter(uid=department).first()
    if found is None:
        raise Http404
    doctors = list(Membership.objects.doctors().filter(department=found))
    free = first_free(doctors, now=now)
    far = now + timedelta(days=400)
    doctors.sort(key=lambda each: (free[each.pk] or far, each.person.family_name))
    return Offer(clinic, found, doctors, free)


def time_url(doctor: Membership, **query: str) -> str:
    return _booking_url("book_time", doctor, query)


def check_url(doctor: Membership, **query: str) -> str:
    return _booking_url("book_check", doctor, query)


def _booking_url(name: str, doctor: Membership, query: dict[str, str]) -> str:
    department = doctor.department
    assert department is not None
    url = reverse(
        f"appointments:{name}", args=[doctor.clinic.slug, department.uid, doctor.uid]
    )
    return f"{url}?{urlencode(query)}" if query else url


def money(amount: Decimal, clinic: Clinic) -> str:
    return f"{amount:,.2f} {clinic.currency}"


def _doctors_of(person: Person, clinic: Clinic) -> set[int]:
    caring = CareTeamMember.objects.filter(
        patient=person, clinic=clinic, until__isnull=True
    )
    return set(caring.values_list("member_id", flat=True))


def _specialization(doctor: Membership) -> str:
    profile = getattr(doctor.person, "doctor_profile", None)
    return profile.specialization if profile else ""


def _facts(doctor: Membership) -> list[tuple[str, str]]:
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
    length = _("%(minutes)d minutes") % {"minutes": doctor.visit_minutes}
    if doctor.fee is not None:
        length = f"{length}, {money(doctor.fee, doctor.clinic)}"
    facts.append(("clock", length))
    return facts


def _first_free_note(
    start: datetime | None, clinic: Clinic, *, with_time: bool = True
) -> str:
    if start is None:
        return _("No free time in the next 30 days")
    local = start.astimezone(clinic.zone)
    when = dates.moment(start, clinic.zone) if with_time else dates.day(local.date())
    return _("First free %(when)s") % {"when": when}
