"""Signing a note: one transaction from the doctor's text to the locked record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from appointments.actions import complete, start
from appointments.models import Status
from clinics.models import Membership
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action
from healthcare.outbox.actions import send_email
from records.charting.content import content_hash
from records.charting.errors import Locked, NotYours, StaleDraft, Unsignable
from records.charting.models import (
    Diagnosis,
    Encounter,
    EncounterDraft,
    EncounterVersion,
    Signature,
)
from records.charting.note import MOST_DIAGNOSES, Note, shaped, without_blanks
from records.prescribing.actions import checked_lines, prescribe, problems_of
from records.prescribing.models import PrescriptionLine

MAIL_DAYS = 7


@dataclass(frozen=True)
class Whole:
    """A note that can be signed, as rows that are not saved yet."""

    version: EncounterVersion
    diagnoses: list[Diagnosis]
    lines: list[PrescriptionLine]


@transaction.atomic
def sign(
    *,
    encounter: Encounter,
    body: Mapping[str, Any],
    signer: Membership,
    by: Actor,
    revision: int | None = None,
) -> EncounterVersion:
    """Sign and lock the note, write the prescription, complete the appointment.

    With `revision` only if the draft is still the one the signer read. Raises Locked,
    NotYours, StaleDraft, Unsignable, and BookingError when the appointment cannot be
    completed. Either all of it happens or nothing.
    """
    encounter = _locked(encounter)
    _check_signer(encounter, signer, revision)
    note = without_blanks(shaped(body))
    whole = _whole(encounter, note, signer)
    version = _write(encounter, whole, signer)
    prescribe(version=version, lines=note["lines"], doctor=signer, by=by)
    encounter.signed_at = version.created_at
    encounter.save(update_fields=["signed_at"])
    appointment = encounter.appointment
    if appointment.status != Status.IN_PROGRESS:
        start(appointment=appointment, by=by)
    complete(appointment=appointment, by=by)
    record(
        Action.ENCOUNTER_SIGNED,
        by=by,
        clinic=encounter.clinic,
        patient=encounter.patient,
        target=encounter,
    )
    _tell_the_patient(encounter)
    return version


def _locked(encounter: Encounter) -> Encounter:
    rows = Encounter.objects.select_for_update(of=("self",)).select_related(
        "clinic", "patient__user", "doctor__user__person", "appointment"
    )
    return rows.get(pk=encounter.pk)


def _check_signer(
    encounter: Encounter, signer: Membership, revision: int | None
) -> None:
    if encounter.is_signed:
        raise Locked
    if encounter.doctor_id != signer.pk:
        raise NotYours
    if revision is None:
        return
    draft = EncounterDraft.objects.select_related("saved_by__person").get(
        encounter=encounter
    )
    if draft.revision != revision:
        raise StaleDraft(draft)


def _whole(encounter: Encounter, note: Note, signer: Membership) -> Whole:
    version = EncounterVersion(
        clinic=encounter.clinic,
        encounter=encounter,
        visit_type=note["visit_type"],
        notes=note["notes"],
        plan=note["plan"],
        author_label=signer.label[:200],
        created_at=clock.now(),
    )
    diagnoses = [
        Diagnosis(
            clinic=encounter.clinic,
            patient=encounter.patient,
            rank=rank,
            code=written["code"],
            text=written["text"],
        )
        for rank, written in enumerate(note["diagnoses"], 1)
    ]
    problems = problems_of(version, _("Note"))
    for row in diagnoses:
        problems += problems_of(row, _("Diagnosis %(rank)d") % {"rank": row.rank})
    lines: list[PrescriptionLine] = []
    try:
        lines = checked_lines(note["lines"])
    except ValidationError as refusal:
        problems += refusal.messages
    if len(diagnoses) > MOST_DIAGNOSES:
        told = _("Write at most %(count)d diagnoses.")
        problems.append(told % {"count": MOST_DIAGNOSES})
    if problems:
        raise Unsignable(problems)
    return Whole(version, diagnoses, lines)


def _write(encounter: Encounter, whole: Whole, signer: Membership) -> EncounterVersion:
    version, diagnoses = whole.version, whole.diagnoses
    version.content_hash = content_hash(encounter, version, diagnoses, whole.lines)
    version.save(force_insert=True)
    for row in diagnoses:
        row.version = version
    Diagnosis.objects.bulk_create(diagnoses)
    Signature.objects.create(
        clinic=encounter.clinic,
        version=version,
        signer=signer,
        signer_label=version.author_label,
        signed_at=version.created_at,
        content_hash=version.content_hash,
    )
    return version


def _tell_the_patient(encounter: Encounter) -> None:
    """That there is something to read, and not a word of what."""
    user = encounter.patient.user
    if user is None:
        return
    send_email(
        kind="charting/summary_ready",
        to=user.email,
        context={
            "clinic": encounter.clinic,
            "name": encounter.patient.given_name,
            "path": encounter.get_absolute_url(),
        },
        clinic_uid=encounter.clinic.uid,
        dedup_key=f"summary:{encounter.uid}",
        not_after=clock.now() + timedelta(days=MAIL_DAYS),
    )
