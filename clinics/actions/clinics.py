from collections.abc import Sequence
from datetime import time
from typing import Any, TypedDict, Unpack, get_type_hints

from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from accounts.models import User
from clinics.actions.changes import change
from clinics.actions.errors import NotReady, SlugTaken
from clinics.actions.members import add_member
from clinics.models import Clinic, OpeningHours, Role
from clinics.places import currency_of
from clinics.setup import checklist
from clinics.slugs import is_reserved
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action


class Details(TypedDict, total=False):
    tagline: str
    currency: str
    email: str
    phone: str
    address_line: str
    city: str
    postal_code: str
    colour: str


class AllDetails(Details, total=False):
    name: str
    country: str
    time_zone: str


Period = tuple[int, time, time]


@transaction.atomic
def create_clinic(
    *,
    name: str,
    slug: str,
    country: str,
    time_zone: str,
    owner: User,
    by: Actor,
    **details: Unpack[Details],
) -> Clinic:
    """A clinic with its first owner; not yet open for booking.

    Raises SlugTaken, and ValidationError when the model refuses a value.
    """
    if is_reserved(slug) or Clinic.objects.filter(slug=slug).exists():
        raise SlugTaken
    values: dict[str, Any] = {"currency": currency_of(country), **details}
    clinic = Clinic(
        name=name, slug=slug, country=country, time_zone=time_zone, **values
    )
    clinic.full_clean()
    try:
        with transaction.atomic():
            clinic.save(force_insert=True)
    except IntegrityError as conflict:
        raise SlugTaken from conflict
    record(Action.CLINIC_CREATED, by=by, clinic=clinic, target=clinic)
    add_member(clinic=clinic, user=owner, role=Role.OWNER, by=by)
    return clinic


@transaction.atomic
def change_clinic(
    *, clinic: Clinic, by: Actor, **details: Unpack[AllDetails]
) -> Clinic:
    """Raises ValidationError when the model refuses a value."""
    if unknown := set(details) - set(get_type_hints(AllDetails)):
        raise TypeError(f"Not a clinic's details: {', '.join(sorted(unknown))}")
    if changed := change(clinic, details):
        _changed(clinic, by, ", ".join(changed))
    return clinic


@transaction.atomic
def set_opening_hours(*, clinic: Clinic, periods: Sequence[Period], by: Actor) -> None:
    """Replace the clinic's opening hours by these (weekday, opens, closes)."""
    wanted = sorted(set(periods))
    rows = clinic.opening_hours.all()
    if wanted == sorted((row.weekday, row.opens, row.closes) for row in rows):
        return
    rows.delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(clinic=clinic, weekday=weekday, opens=opens, closes=closes)
        for weekday, opens, closes in wanted
    )
    _changed(clinic, by, "opening hours")


@transaction.atomic
def set_logo(*, clinic: Clinic, image: ContentFile | None, by: Actor) -> None:
    """Take a checked image as the logo, or, with none, take the logo away."""
    if (before := clinic.logo.name) and image is None:
        clinic.logo = ""
    elif image is not None:
        clinic.logo.save(image.name or "logo.png", image, save=False)
    clinic.save(update_fields=["logo"])
    _changed(clinic, by, "logo")
    if before:
        storage = clinic.logo.storage
        transaction.on_commit(lambda: storage.delete(before))


@transaction.atomic
def open_for_booking(*, clinic: Clinic, by: Actor) -> Clinic:
    """List the clinic publicly. Raises NotReady while needed steps are undone."""
    if not checklist(clinic).is_ready:
        raise NotReady
    if change(clinic, {"is_listed": True}):
        _changed(clinic, by, "open for booking")
    return clinic


@transaction.atomic
def close_for_booking(*, clinic: Clinic, by: Actor) -> Clinic:
    if change(clinic, {"is_listed": False}):
        _changed(clinic, by, "closed for booking")
    return clinic


def _changed(clinic: Clinic, by: Actor, what: str) -> None:
    record(Action.CLINIC_CHANGED, by=by, clinic=clinic, target=clinic, reason=what)
