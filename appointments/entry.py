"""Where a person can book, and what a clinic knows that is against it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import Http404

from accounts.models import Person
from appointments.limits import limits_reached
from appointments.models import BookingPolicy, OnLimit
from clinics.models import Clinic, Registration
from healthcare import clock

CLINICS_SHOWN = 24


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
    """A clinic that a person may book at, and what it knows of them.

    `limits` says in words which of the clinic's limits they have reached.
    """

    clinic: Clinic
    registration: Registration | None
    limits: str
    limits_block: bool

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
    policy = BookingPolicy.objects.of(clinic)
    limits = " ".join(limits_reached(policy, person, clock.now()))
    blocks = bool(limits) and policy.on_limit == OnLimit.BLOCK
    return Entry(clinic, registration, limits, blocks)


def open_clinic(slug: str) -> Clinic:
    """A clinic that anybody may look at. Raises Http404."""
    clinic = Clinic.objects.listed().filter(slug=slug).first()
    if clinic is None:
        raise Http404
    return clinic
