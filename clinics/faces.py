"""What everybody may see of a clinic, as values that a page only prints."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinics.hours import Day, Door, door, week
from clinics.models import Clinic, Department, Membership
from clinics.places import emergency_number
from healthcare import clock

ON_LANDING = 6


@dataclass(frozen=True)
class Card:
    slug: str
    name: str
    what: str
    page_url: str
    brand_url: str
    logo_url: str
    door: Door | None


def card(clinic: Clinic, now: datetime) -> Card:
    return Card(
        slug=clinic.slug,
        name=clinic.name,
        what=", ".join(filter(None, (clinic.tagline, clinic.city))),
        page_url=clinic.page_url,
        brand_url=clinic.brand_url,
        logo_url=clinic.logo_url,
        door=door(clinic.opening_hours.all(), now.astimezone(clinic.zone)),
    )


def landing_cards() -> list[Card]:
    """The first clinics of the list, for the landing page."""
    found = Clinic.objects.listed().with_hours()[:ON_LANDING]
    return [card(clinic, clock.now()) for clinic in found]


@dataclass(frozen=True)
class DepartmentFace:
    url: str
    name: str
    description: str
    icon: str
    note: str


@dataclass(frozen=True)
class DoctorFace:
    url: str
    name: str
    initials: str
    what: str
    note: str


@dataclass(frozen=True)
class ClinicPage:
    clinic: Clinic
    book_url: str
    phone: str
    phone_url: str
    address: str
    country: str
    zone: str
    door: Door | None
    week: list[Day]
    departments: list[DepartmentFace]
    doctors: list[DoctorFace]
    emergency_number: str

    @classmethod
    def of(cls, clinic: Clinic, now: datetime) -> "ClinicPage":
        local = now.astimezone(clinic.zone)
        hours = list(clinic.opening_hours.all())
        doctors = Membership.objects.doctors().at(clinic).sorted_by("name")
        departments = Department.objects.bookable(clinic).with_doctors()
        return cls(
            clinic=clinic,
            book_url=reverse("appointments:visit_departments", args=[clinic.slug]),
            phone=clinic.phone.as_international if clinic.phone else "",
            phone_url=clinic.phone.as_rfc3966 if clinic.phone else "",
            address=clinic.address,
            country=clinic.country_name,
            zone=clinic.time_zone,
            door=door(hours, local),
            week=week(hours, local) if hours else [],
            departments=[_department(each, clinic) for each in departments],
            doctors=[_doctor(each, now) for each in doctors],
            emergency_number=emergency_number(clinic.country),
        )


def _department(department: Department, clinic: Clinic) -> DepartmentFace:
    count = department.doctors
    note = ngettext("%(count)d doctor", "%(count)d doctors", count) % {"count": count}
    return DepartmentFace(
        url=reverse("appointments:visit_doctor", args=[clinic.slug, department.uid]),
        name=department.name,
        description=department.description,
        icon=department.icon,
        note=note,
    )


def _doctor(member: Membership, now: datetime) -> DoctorFace:
    person = member.person
    profile = getattr(person, "doctor_profile", None)
    what = [profile.specialization if profile else "", member.department_name]
    years = profile.years_of_experience(now.date()) if profile else None
    return DoctorFace(
        url=_times_url(member),
        name=person.formal_name,
        initials=person.initials,
        what=", ".join(dict.fromkeys(filter(None, what))) or _("Doctor"),
        note=_years(years) if years else "",
    )


def _times_url(member: Membership) -> str:
    """Where a doctor's free times are seen; nowhere without a department in use."""
    department = member.department
    if department is None or not department.is_active:
        return ""
    arguments = [member.clinic.slug, department.uid, member.uid]
    return reverse("appointments:visit_time", args=arguments)


def _years(count: int) -> str:
    words = ngettext("%(count)d year of practice", "%(count)d years of practice", count)
    return words % {"count": count}
