"""Two devices, two clicks: one wins, the other is told, and no text is lost."""

from collections import Counter

import pytest

from appointments.models import Appointment, Status, StatusChange
from clinics.models import CareTeamMember, Membership
from clinics.tests.racing import at_once
from healthcare.audit.models import Action, AuditEvent
from healthcare.outbox.models import Message
from healthcare.testing import make_cast
from records.charting.actions import open_encounter, save_draft, sign
from records.charting.errors import Locked, StaleDraft
from records.charting.models import (
    Diagnosis,
    Encounter,
    EncounterDraft,
    EncounterVersion,
    Signature,
)
from records.conftest import BODY
from records.prescribing.models import Prescription

pytestmark = pytest.mark.django_db(transaction=True)
WRITERS = 6


@pytest.fixture
def appointment(book_visit):
    return book_visit(make_cast("riverside", "Europe/Berlin"))


@pytest.fixture
def encounter(appointment):
    return opened(appointment.pk)


def doctor_of(row):
    """As another process has it: fetched anew."""
    return Membership.objects.select_related("user__person").get(pk=row.doctor_id)


def opened(pk):
    appointment = Appointment.objects.select_related("clinic", "patient").get(pk=pk)
    doctor = doctor_of(appointment)
    by = doctor.user.as_actor(role="doctor")
    return open_encounter(appointment=appointment, member=doctor, by=by)


def saved(pk, notes, revision=0):
    encounter = Encounter.objects.get(pk=pk)
    doctor = doctor_of(encounter)
    return save_draft(
        encounter=encounter,
        body=BODY | {"notes": notes},
        revision=revision,
        by_user=doctor.user,
        by=doctor.user.as_actor(role="doctor"),
    )


def signed(pk, notes="Signed", revision=None):
    encounter = Encounter.objects.get(pk=pk)
    doctor = doctor_of(encounter)
    return sign(
        encounter=encounter,
        body=BODY | {"notes": notes},
        signer=doctor,
        by=doctor.user.as_actor(role="doctor"),
        revision=revision,
    )


def test_opening_at_once_is_one_encounter(appointment):
    CareTeamMember.objects.all().delete()
    found = at_once([lambda: opened(appointment.pk)] * WRITERS)
    assert {type(each) for each in found} == {Encounter}
    assert {each.pk for each in found} == {Encounter.objects.get().pk}
    assert EncounterDraft.objects.count() == CareTeamMember.objects.count() == 1
    assert StatusChange.objects.filter(after=Status.IN_PROGRESS).count() == 1


def test_of_savers_at_once_one_wins_and_each_other_sees_its_text(encounter):
    texts = [f"Writer {n}" for n in range(WRITERS)]
    found = at_once([lambda text=text: saved(encounter.pk, text) for text in texts])
    draft = EncounterDraft.objects.get()
    won = [each for each in found if isinstance(each, EncounterDraft)]
    told = [each for each in found if isinstance(each, StaleDraft)]
    assert (len(won), len(told)) == (1, WRITERS - 1)
    assert draft.revision == 1
    assert draft.body["notes"] == won[0].body["notes"]
    assert {each.draft.body["notes"] for each in told} == {draft.body["notes"]}
    saves = AuditEvent.objects.filter(action=Action.ENCOUNTER_SAVED)
    assert saves.count() == 1


def test_of_signatures_at_once_one_counts(encounter):
    found = at_once([lambda: signed(encounter.pk)] * WRITERS)
    kinds = Counter(type(each) for each in found)
    assert kinds == {EncounterVersion: 1, Locked: WRITERS - 1}
    for model in (EncounterVersion, Signature, Diagnosis, Prescription):
        assert model.objects.count() == 1
    assert Message.objects.filter(kind="charting/summary_ready").count() == 1
    events = AuditEvent.objects.filter(action=Action.ENCOUNTER_SIGNED)
    assert events.count() == 1
    assert Appointment.objects.get().status == Status.COMPLETED


def test_signing_and_saving_at_once_sign_what_was_read(encounter):
    saved(encounter.pk, "Read")
    found = at_once(
        [
            lambda: signed(encounter.pk, "Read", revision=1),
            lambda: saved(encounter.pk, "From the ward", revision=1),
        ]
    )
    signing, saving = found
    if isinstance(signing, EncounterVersion):
        assert signing.notes == "Read"
        assert isinstance(saving, Locked)
    else:
        assert isinstance(signing, StaleDraft)
        assert signing.draft.body["notes"] == "From the ward"
        assert not EncounterVersion.objects.exists()
