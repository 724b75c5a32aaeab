"""An owner's numbers, and the choice between clinics, as values to print."""

from dataclasses import dataclass

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _

from clinics.models import (
    Clinic,
    Department,
    Invitation,
    Membership,
    Registration,
    Role,
)
from clinics.standing import Standing
from healthcare import clock

MINUTES_KEPT = 5


@dataclass(frozen=True)
class Stat:
    label: str
    value: int
    icon: str
    url: str


def stats(clinic: Clinic) -> list[Stat]:
    roles = Membership.objects.role_counts(clinic)
    departments = Department.objects.at(clinic).active().count()
    waiting = Invitation.objects.at(clinic).open(clock.now()).count()
    return [
        _stat(clinic, _("Patients"), _patients(clinic), "people", "patients"),
        _stat(
            clinic,
            _("Doctors"),
            roles.get(Role.DOCTOR, 0),
            "person-badge",
            "members",
            "?role=doctor",
        ),
        _stat(clinic, _("Departments"), departments, "hospital", "departments"),
        _stat(clinic, _("Open invitations"), waiting, "envelope-paper", "invitations"),
    ]


def _patients(clinic: Clinic) -> int:
    """Counting many rows is slow, so the number may be a few minutes old."""
    key = f"clinic-patients-{clinic.uid}"
    counted: int | None = cache.get(key)
    if counted is None:
        counted = Registration.objects.at(clinic).count()
        cache.set(key, counted, MINUTES_KEPT * 60)
    return counted


def _stat(
    clinic: Clinic, label: str, value: int, icon: str, page: str, query: str = ""
) -> Stat:
    url = reverse(f"clinics:{page}", args=[clinic.slug]) + query
    return Stat(label, value, icon, url)


@dataclass(frozen=True)
class Choice:
    slug: str
    name: str
    roles: str
    url: str
    logo_url: str
    brand_url: str


def choices(own: Standing) -> list[Choice]:
    """The clinics somebody works at, with their roles there."""
    return [_choice(own, clinic) for clinic in own.clinics]


def _choice(own: Standing, clinic: Clinic) -> Choice:
    roles = [m.get_role_display() for m in own.memberships if m.clinic_id == clinic.pk]
    return Choice(
        slug=clinic.slug,
        name=clinic.name,
        roles=", ".join(roles),
        url=reverse("clinics:overview", args=[clinic.slug]),
        logo_url=clinic.logo_url,
        brand_url=clinic.brand_url,
    )
