"""Verbs about people: who they are, and what patients may know of doctors."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import models, transaction

from accounts.models import DoctorProfile, Person, User
from healthcare.audit.actions import Named, record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action

PERSON_FIELDS = (
    "title",
    "given_name",
    "family_name",
    "date_of_birth",
    "sex",
    "gender",
    "phone",
    "contact_email",
    "address_line",
    "city",
    "postal_code",
    "country",
    "language",
)
DOCTOR_FIELDS = (
    "specialization",
    "qualifications",
    "practising_since",
    "registration_number",
    "biography",
)


@transaction.atomic
def create_person(
    *,
    values: Mapping[str, Any],
    by: Actor,
    user: User | None = None,
    clinic: Named | None = None,
) -> Person:
    """Write down a person, with or without an account.

    A user who is a person already stays the same one, changed to `values`. Raises
    ValidationError when a value does not fit.
    """
    if user is not None:
        User.objects.select_for_update().get(pk=user.pk)
        if person := Person.objects.filter(user=user).first():
            save_profile(person=person, values=values, by=by, clinic=clinic)
            return person
    person = Person(user=user, **_known(values, PERSON_FIELDS))
    person.full_clean()
    person.save()
    record(
        Action.PROFILE_CHANGED,
        by=by,
        clinic=clinic,
        patient=person,
        target=person,
        reason="Written down",
    )
    return person


@transaction.atomic
def save_profile(
    *,
    person: Person,
    values: Mapping[str, Any],
    by: Actor,
    clinic: Named | None = None,
) -> list[str]:
    """Change what differs; returns the changed fields' names. No change, no event."""
    changed = _assign(person, _known(values, PERSON_FIELDS))
    if not changed:
        return []
    person.full_clean()
    person.save(update_fields=[*changed, "updated_at"])
    record(
        Action.PROFILE_CHANGED,
        by=by,
        clinic=clinic,
        patient=person,
        target=person,
        reason=_told(person, changed),
    )
    return changed


@transaction.atomic
def create_doctor_profile(
    *, person: Person, by: Actor, values: Mapping[str, Any] | None = None
) -> DoctorProfile:
    """A person begins to be known as a doctor. Idempotent."""
    known = _known(values or {}, DOCTOR_FIELDS)
    profile, created = DoctorProfile.objects.get_or_create(
        person=person, defaults=known
    )
    if created:
        record(
            Action.PROFILE_CHANGED, by=by, target=person, reason="Became a doctor here"
        )
    return profile


@transaction.atomic
def save_doctor_profile(
    *, profile: DoctorProfile, values: Mapping[str, Any], by: Actor
) -> list[str]:
    changed = _assign(profile, _known(values, DOCTOR_FIELDS))
    if not changed:
        return []
    profile.full_clean()
    profile.save(update_fields=changed)
    reason = _told(profile, changed)
    record(Action.PROFILE_CHANGED, by=by, target=profile.person, reason=reason)
    return changed


@transaction.atomic
def set_photo(*, person: Person, jpeg: bytes, by: Actor) -> None:
    """Keep `jpeg`, which photos.read_photo made, under a random name."""
    before = person.photo.name
    person.photo.save(f"{uuid4().hex}.jpg", ContentFile(jpeg), save=False)
    person.save(update_fields=["photo", "updated_at"])
    record(Action.PROFILE_CHANGED, by=by, target=person, reason="Changed: photo")
    _forget_file(person, before)


@transaction.atomic
def remove_photo(*, person: Person, by: Actor) -> None:
    before = person.photo.name
    if not before:
        return
    person.photo = ""
    person.save(update_fields=["photo", "updated_at"])
    record(Action.PROFILE_CHANGED, by=by, target=person, reason="Removed: photo")
    _forget_file(person, before)


def _forget_file(person: Person, name: str | None) -> None:
    if name:
        transaction.on_commit(partial(person.photo.storage.delete, name))


def _known(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _assign(row: models.Model, values: Mapping[str, Any]) -> list[str]:
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _told(row: models.Model, changed: list[str]) -> str:
    """What changed, without saying from what to what."""
    fields = (row._meta.get_field(name) for name in changed)
    labels = [str(getattr(field, "verbose_name", field.name)) for field in fields]
    return f"Changed: {', '.join(labels)}"
