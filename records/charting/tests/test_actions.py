from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from appointments.actions import WrongStatus
from appointments.models import Status
from clinics.factories import MembershipFactory
from clinics.models import CareTeamMember
from healthcare.audit.models import Action, AuditEvent
from healthcare.outbox.models import Message
from records.charting.actions import open_encounter, save_draft, sign
from records.charting.content import is_untouched
from records.charting.errors import Locked, NotYours, StaleDraft, Unsignable
from records.charting.models import (
    Diagnosis,
    Encounter,
    EncounterDraft,
    EncounterVersion,
    Signature,
)
from records.conftest import BODY
from records.prescribing.models import Prescription, PrescriptionLine


@pytest.fixture
def actor(riverside):
    return riverside.doctor.user.as_actor(role="doctor")


def save(encounter, actor, revision, by_user=None, **changes):
    return save_draft(
        encounter=encounter,
        body=BODY | changes,
        revision=revision,
        by_user=by_user or encounter.doctor.user,
        by=actor,
    )


def signed(encounter, actor, body=None, **more: Any):
    return sign(
        encounter=encounter,
        body=body or BODY,
        signer=encounter.doctor,
        by=actor,
        **more,
    )


@pytest.mark.parametrize("status", [Status.BOOKED, Status.ARRIVED, Status.IN_PROGRESS])
def test_opening_begins_the_visit(riverside, book_visit, actor, status):
    appointment = book_visit(riverside, status=status, visit_type="follow-up")
    encounter = open_encounter(
        appointment=appointment, member=riverside.doctor, by=actor
    )
    appointment.refresh_from_db()
    assert appointment.status == Status.IN_PROGRESS
    assert encounter.draft.body["visit_type"] == "follow-up"
    assert encounter.doctor == riverside.doctor


def test_opening_twice_is_one_encounter(riverside, book_visit, actor):
    appointment = book_visit(riverside)
    both = {
        open_encounter(appointment=appointment, member=riverside.doctor, by=actor).pk
        for _ in range(2)
    }
    assert len(both) == Encounter.objects.count() == EncounterDraft.objects.count() == 1
    assert AuditEvent.objects.filter(action=Action.STARTED).count() == 1


def test_opening_makes_the_doctor_part_of_the_care_team(riverside, book_visit, actor):
    appointment = book_visit(riverside)
    CareTeamMember.objects.all().delete()
    open_encounter(appointment=appointment, member=riverside.doctor, by=actor)
    member = CareTeamMember.objects.get()
    assert (member.patient, member.member) == (
        appointment.patient,
        riverside.doctor,
    )


def test_another_doctor_cannot_open(riverside, book_visit, actor):
    other = MembershipFactory.create(clinic=riverside.clinic, role="doctor")
    with pytest.raises(NotYours):
        open_encounter(appointment=book_visit(riverside), member=other, by=actor)
    assert not Encounter.objects.exists()


def test_a_finished_appointment_cannot_be_opened(riverside, book_visit, actor):
    appointment = book_visit(riverside, status=Status.NO_SHOW)
    with pytest.raises(WrongStatus):
        open_encounter(appointment=appointment, member=riverside.doctor, by=actor)
    assert not Encounter.objects.exists()


def test_every_save_is_kept_and_logged(riverside, open_visit, actor):
    encounter = open_visit(riverside)
    assert save(encounter, actor, 0).revision == 1
    draft = save(encounter, actor, 1, notes="Second")
    assert (draft.revision, draft.body["notes"]) == (2, "Second")
    assert AuditEvent.objects.filter(action=Action.ENCOUNTER_SAVED).count() == 2


def test_the_same_text_again_changes_nothing(riverside, open_visit, actor):
    encounter = open_visit(riverside)
    save(encounter, actor, 0)
    assert save(encounter, actor, 0).revision == 1
    assert AuditEvent.objects.filter(action=Action.ENCOUNTER_SAVED).count() == 1


def test_the_second_writer_sees_both_texts(riverside, open_visit, actor):
    encounter = open_visit(riverside)
    save(encounter, actor, 0, notes="First writer")
    with pytest.raises(StaleDraft) as told:
        save(encounter, actor, 0, notes="Second writer")
    assert told.value.draft.body["notes"] == "First writer"
    assert EncounterDraft.objects.get().body["notes"] == "First writer"


def test_only_the_visits_doctor_saves(riverside, open_visit, actor):
    other = MembershipFactory.create(clinic=riverside.clinic, role="doctor")
    with pytest.raises(NotYours):
        save(open_visit(riverside), actor, 0, by_user=other.user)


def test_a_draft_keeps_what_cannot_be_signed(riverside, open_visit, actor):
    rows = [{"text": "x" * 900, "code": "nonsense\0"}, {}]
    draft = save(open_visit(riverside), actor, 0, visit_type="?", diagnoses=rows)
    draft.refresh_from_db()
    assert draft.body["visit_type"] == "?"
    assert draft.body["diagnoses"] == [
        {"text": "x" * 900, "code": "nonsense"},
        {"text": "", "code": ""},
    ]


def test_signing_writes_everything(riverside, open_visit, actor):
    encounter = open_visit(riverside)
    version = signed(encounter, actor)
    encounter.refresh_from_db()
    assert encounter.signed_at == version.created_at
    assert encounter.appointment.status == Status.COMPLETED
    assert Diagnosis.objects.get().code == "I10"
    assert Signature.objects.get().content_hash == version.content_hash
    assert Prescription.objects.get().version == version
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {Action.ENCOUNTER_SIGNED, Action.PRESCRIBED, Action.COMPLETED} <= actions


def test_signing_keeps_the_draft(riverside, open_visit, actor):
    encounter = open_visit(riverside)
    save(encounter, actor, 0, notes="What I typed")
    signed(encounter, actor)
    assert EncounterDraft.objects.get().body["notes"] == "What I typed"


def test_a_visit_without_medicines_has_no_prescription(riverside, open_visit, actor):
    signed(open_visit(riverside), actor, BODY | {"lines": [{"medicine": " "}]})
    assert not Prescription.objects.exists()
    assert not AuditEvent.objects.filter(action=Action.PRESCRIBED).exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"notes": " "}, "Note, notes"),
        ({"visit_type": "chat"}, "Note, visit type"),
        ({"diagnoses": [{"text": "", "code": "I10"}]}, "Diagnosis 1, diagnosis"),
        ({"diagnoses": [{"text": "x", "code": "10I"}]}, "Diagnosis 1, ICD-10-CM code"),
        ({"diagnoses": [{"text": str(n)} for n in range(31)]}, "at most 30"),
        ({"lines": [{"medicine": "Ramipril"}]}, "Medicine 1, dose"),
        ({"lines": [BODY["lines"][0] | {"duration_days": "soon"}]}, "days"),
        ({"lines": [BODY["lines"][0] | {"duration_days": "0"}]}, "days"),
        ({"lines": [BODY["lines"][0]] * 31}, "at most 30"),
    ],
)
def test_what_is_not_whole_is_not_signed(riverside, open_visit, actor, changes, told):
    encounter = open_visit(riverside)
    with pytest.raises(Unsignable, match=told):
        signed(encounter, actor, BODY | changes)
    encounter.refresh_from_db()
    assert not encounter.is_signed
    assert not EncounterVersion.objects.exists()
    assert not Message.objects.filter(kind="charting/summary_ready").exists()


def test_another_doctor_cannot_sign(riverside, open_visit, actor):
    other = MembershipFactory.create(clinic=riverside.clinic, role="doctor")
    with pytest.raises(NotYours):
        sign(encounter=open_visit(riverside), body=BODY, signer=other, by=actor)


def test_signing_needs_the_draft_that_was_read(riverside, open_visit, actor):
    encounter = open_visit(riverside)
    save(encounter, actor, 0, notes="Newer")
    with pytest.raises(StaleDraft):
        signed(encounter, actor, revision=0)
    assert not EncounterVersion.objects.exists()
    signed(encounter, actor, revision=1)


def test_signing_starts_what_reception_took_back(riverside, open_visit, actor):
    encounter = open_visit(riverside)
    encounter.appointment.status = Status.ARRIVED
    encounter.appointment.save()
    signed(encounter, actor)
    encounter.appointment.refresh_from_db()
    assert encounter.appointment.status == Status.COMPLETED


def test_a_failure_takes_everything_back(riverside, open_visit, actor):
    encounter = open_visit(riverside)
    encounter.appointment.status = Status.NO_SHOW
    encounter.appointment.save()
    with pytest.raises(WrongStatus):
        signed(encounter, actor)
    encounter.refresh_from_db()
    assert not encounter.is_signed
    assert not EncounterVersion.objects.exists()
    assert not PrescriptionLine.objects.exists()


def test_signed_is_locked_for_the_verbs(riverside, sign_visit, actor):
    encounter = sign_visit(riverside)
    with pytest.raises(Locked):
        save(encounter, actor, 0)
    with pytest.raises(Locked):
        signed(encounter, actor)
    appointment = encounter.appointment
    again = open_encounter(appointment=appointment, member=riverside.doctor, by=actor)
    assert again == encounter
    assert EncounterVersion.objects.count() == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE charting_encounter SET signed_at = NULL",
        "DELETE FROM charting_encounter",
        "UPDATE charting_encounterversion SET notes = 'other'",
        "DELETE FROM charting_diagnosis",
        "UPDATE charting_signature SET signer_label = 'other'",
        "UPDATE prescribing_prescriptionline SET dose = '2 tablets'",
        "DELETE FROM prescribing_prescription",
    ],
)
def test_signed_is_locked_in_the_database(riverside, sign_visit, sql):
    sign_visit(riverside)
    with (
        pytest.raises(DatabaseError, match="healix_append_only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


def test_a_draft_is_not_locked_in_the_database(riverside, open_visit):
    """The guard must not be what refuses everything."""
    open_visit(riverside)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE charting_encounter SET started_at = started_at")
        assert cursor.rowcount == 1


def test_the_mail_says_nothing_of_the_visit(riverside, sign_visit):
    sign_visit(riverside)
    message = Message.objects.get(kind="charting/summary_ready")
    assert message.to == riverside.patient.patient.user.email
    told = f"{message.subject} {message.text} {message.html}"
    assert "Riverside" in told
    for secret in ("hypertension", "I10", "Ramipril", "tablets", "readings"):
        assert secret not in told


def test_a_patient_without_account_gets_no_mail(riverside, sign_visit):
    person = riverside.patient.patient
    person.user = None
    person.save()
    assert sign_visit(riverside).is_signed
    assert not Message.objects.filter(kind="charting/summary_ready").exists()


def fetched(encounter):
    return Encounter.objects.with_people().with_note().get(pk=encounter.pk)


def test_the_hash_verifies(riverside, sign_visit):
    encounter = fetched(sign_visit(riverside))
    assert is_untouched(encounter, encounter.latest)


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (EncounterVersion, {"notes": "Feels unwell."}),
        (EncounterVersion, {"plan": ""}),
        (EncounterVersion, {"visit_type": "emergency"}),
        (EncounterVersion, {"author_label": "Dr Other"}),
        (EncounterVersion, {"content_hash": "0" * 64}),
        (Signature, {"content_hash": "0" * 64}),
        (Diagnosis, {"text": "Something else"}),
        (Diagnosis, {"code": ""}),
        (PrescriptionLine, {"dose": "2 tablets"}),
        (PrescriptionLine, {"duration_days": 9}),
    ],
)
def test_the_hash_finds_tampering(riverside, sign_visit, unguarded, model, changes):
    encounter = sign_visit(riverside)
    model.objects.update(**changes)
    encounter = fetched(encounter)
    assert not is_untouched(encounter, encounter.latest)


def test_the_hash_finds_an_added_diagnosis(riverside, sign_visit):
    encounter = sign_visit(riverside)
    Diagnosis.objects.create(
        clinic=encounter.clinic,
        patient=encounter.patient,
        version=encounter.latest,
        rank=2,
        text="Slipped in",
    )
    encounter = fetched(encounter)
    assert not is_untouched(encounter, encounter.latest)
