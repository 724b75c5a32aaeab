from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.actions import create_person
from accounts.models import Person, User
from clinics.actions.errors import AlreadyBlocked, ClinicError, NotBlocked
from clinics.models import Clinic, Registration
from clinics.slugs import prefix_of
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action

ATTEMPTS = 20


@transaction.atomic
def register_patient(*, clinic: Clinic, person: Person, by: Actor) -> Registration:
    """The person as a patient of the clinic, under a record number; idempotent.

    Counting up locks the clinic's row, so numbers are given one after the other. A
    number that somebody brought along is stepped over.
    """
    known = Registration.objects.filter(clinic=clinic, patient=person)
    if found := known.first():
        return found
    for _attempt in range(ATTEMPTS):
        number = _next_number(clinic)
        if found := known.first():
            return found
        try:
            with transaction.atomic():
                registration = Registration.objects.create(
                    clinic=clinic,
                    patient=person,
                    record_number=number,
                    registered_at=clock.now(),
                )
        except IntegrityError:
            continue
        record(
            Action.PATIENT_REGISTERED,
            by=by,
            clinic=clinic,
            patient=person,
            target=registration,
        )
        return registration
    raise ClinicError


@transaction.atomic
def register_person(
    *, clinic: Clinic, values: Mapping[str, Any], by: Actor
) -> Registration:
    """Somebody without an account, written down at the desk, as a patient.

    Raises ValidationError when a value does not fit.
    """
    person = create_person(values=values, by=by, clinic=clinic)
    return register_patient(clinic=clinic, person=person, by=by)


def _next_number(clinic: Clinic) -> str:
    row = Clinic.objects.filter(pk=clinic.pk)
    row.update(last_record=F("last_record") + 1)
    return f"{prefix_of(clinic.slug)}-{row.values_list('last_record').get()[0]:07d}"


@transaction.atomic
def block_patient(
    *, registration: Registration, reason: str, by_user: User, by: Actor
) -> Registration:
    """The patient can no longer book here. Raises AlreadyBlocked."""
    if not (reason := reason.strip()):
        raise ValueError("A block needs a reason.")
    open_rows = Registration.objects.filter(pk=registration.pk, blocked_at__isnull=True)
    blocked = open_rows.update(
        blocked_at=clock.now(), blocked_by=by_user, blocked_reason=reason
    )
    if not blocked:
        raise AlreadyBlocked
    return _told(Action.PATIENT_BLOCKED, registration, by)


@transaction.atomic
def unblock_patient(*, registration: Registration, by: Actor) -> Registration:
    """Raises NotBlocked."""
    blocked_rows = Registration.objects.filter(
        pk=registration.pk, blocked_at__isnull=False
    )
    if not blocked_rows.update(blocked_at=None, blocked_by=None, blocked_reason=""):
        raise NotBlocked
    return _told(Action.PATIENT_UNBLOCKED, registration, by)


def _told(action: Action, registration: Registration, by: Actor) -> Registration:
    registration.refresh_from_db(fields=["blocked_at", "blocked_by", "blocked_reason"])
    record(
        action,
        by=by,
        clinic=registration.clinic,
        patient=registration.patient,
        target=registration,
    )
    return registration
