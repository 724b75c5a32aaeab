"""Writing a visit's note: open, save as often as you like, sign once."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import Person, User
from appointments.actions import start
from appointments.models import Appointment, Status
from clinics.actions import join_care_team
from clinics.models import CareTeamMember, Clinic, Membership
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action
from records.charting.errors import Locked, NotYours, StaleDraft
from records.charting.models import Encounter, EncounterDraft
from records.charting.note import shaped
from records.charting.signing import sign

__all__ = ["note_read", "open_chart", "open_encounter", "save_draft", "sign"]


@transaction.atomic
def open_encounter(
    *, appointment: Appointment, member: Membership, by: Actor
) -> Encounter:
    """Begin the visit, or go back to it: one encounter per appointment.

    Moves the appointment to in progress and makes the doctor part of the care team.
    Raises NotYours, and BookingError when the appointment cannot begin.
    """
    if appointment.doctor_id != member.pk:
        raise NotYours
    Appointment.objects.select_for_update().get(pk=appointment.pk)
    found = Encounter.objects.filter(appointment=appointment).first()
    if found and found.is_signed:
        return found
    appointment.refresh_from_db(fields=["status"])
    if appointment.status != Status.IN_PROGRESS:
        start(appointment=appointment, by=by)
    if found:
        return found
    join_care_team(
        clinic=appointment.clinic,
        patient=appointment.patient,
        member=member,
        source=CareTeamMember.Source.APPOINTMENT,
        by=by,
    )
    return _begun(appointment, member, by)


def _begun(appointment: Appointment, member: Membership, by: Actor) -> Encounter:
    now = clock.now()
    encounter = Encounter.objects.create(
        clinic=appointment.clinic,
        patient=appointment.patient,
        doctor=member,
        appointment=appointment,
        started_at=now,
    )
    EncounterDraft.objects.create(
        clinic=appointment.clinic,
        encounter=encounter,
        body=shaped({"visit_type": appointment.visit_type}),
        saved_at=now,
        saved_by=member.user,
    )
    return encounter


@transaction.atomic
def save_draft(
    *,
    encounter: Encounter,
    body: Mapping[str, Any],
    revision: int,
    by_user: User,
    by: Actor,
) -> EncounterDraft:
    """Keep what the doctor has written so far; `revision` is the one they began from.

    Raises StaleDraft, which carries the other text, when somebody saved in between;
    Locked and NotYours. The same text again changes nothing.
    """
    locked = Encounter.objects.select_for_update().get(pk=encounter.pk)
    if locked.is_signed:
        raise Locked
    if encounter.doctor.user_id != by_user.pk:
        raise NotYours
    draft = EncounterDraft.objects.select_related("saved_by__person").get(
        encounter=locked
    )
    note = shaped(body)
    if note == draft.body:
        return draft
    if revision != draft.revision:
        raise StaleDraft(draft)
    draft.body, draft.revision = note, revision + 1
    draft.saved_at, draft.saved_by = clock.now(), by_user
    draft.save(update_fields=["body", "revision", "saved_at", "saved_by"])
    record(
        Action.ENCOUNTER_SAVED,
        by=by,
        clinic=encounter.clinic,
        patient=encounter.patient,
        target=encounter,
    )
    return draft


def open_chart(*, patient: Person, clinic: Clinic, part: str, by: Actor) -> None:
    """Somebody looks at a chart. If that cannot be logged, the page must fail."""
    record(
        Action.CHART_OPENED,
        by=by,
        clinic=clinic,
        patient=patient,
        target=patient,
        reason=part,
    )


def note_read(*, encounter: Encounter, by: Actor) -> None:
    """Somebody looks at a visit's note, the patient too."""
    record(
        Action.ENCOUNTER_OPENED,
        by=by,
        clinic=encounter.clinic,
        patient=encounter.patient,
        target=encounter,
    )
