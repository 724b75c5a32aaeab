"""Whom a name typed by an auditor means, among the people of a clinic."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from clinics.models import Registration
from healthcare.audit import people


def find_patients(clinic_uid: UUID, text: str) -> Sequence[UUID]:
    """By name or record number."""
    found = Registration.objects.filter(clinic__uid=clinic_uid).matching(text)
    return list(found.values_list("patient__uid", flat=True)[: people.MOST])


def find_actors(clinic_uid: UUID, text: str) -> Sequence[UUID]:
    """Members, also former ones, and registered patients, by name or e-mail."""
    here = Q(memberships__clinic__uid=clinic_uid)
    here |= Q(person__registrations__clinic__uid=clinic_uid)
    found = User.objects.filter(here)
    for word in text.split()[:6]:
        found = found.filter(
            Q(person__family_name__icontains=word)
            | Q(person__given_name__icontains=word)
            | Q(email__icontains=word)
        )
    return list(found.values_list("uid", flat=True).distinct()[: people.MOST])


def register() -> None:
    people.register(find_actors=find_actors, find_patients=find_patients)
