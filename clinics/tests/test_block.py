"""Blocking a patient: who, when and why, or none of them."""

import pytest
from django.db import IntegrityError

from clinics.actions import AlreadyBlocked, NotBlocked, block_patient, unblock_patient
from clinics.models import Registration
from clinics.tests.conftest import BY
from clinics.tests.racing import at_once
from healthcare.audit.models import Action, AuditEvent
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db


def block(cast: Cast, reason: str = "Missed six visits") -> Registration:
    return block_patient(
        registration=cast.patient, reason=reason, by_user=cast.staff.user, by=BY
    )


def test_blocking_keeps_who_when_and_why(riverside: Cast) -> None:
    blocked = block(riverside)
    assert blocked.is_blocked
    assert blocked.blocked_by == riverside.staff.user
    assert blocked.blocked_reason == "Missed six visits"


def test_the_log_knows_the_patient_but_not_the_reason(riverside: Cast) -> None:
    block(riverside, "a secret reason")
    event = AuditEvent.objects.get(action=Action.PATIENT_BLOCKED)
    assert event.patient_uid == riverside.patient.patient.uid
    assert "secret" not in str(AuditEvent.objects.values())


def test_the_second_block_is_refused_and_changes_nothing(riverside: Cast) -> None:
    block(riverside, "first")
    with pytest.raises(AlreadyBlocked):
        block(riverside, "second")
    riverside.patient.refresh_from_db()
    assert riverside.patient.blocked_reason == "first"


def test_a_block_without_a_reason_is_a_mistake(riverside: Cast) -> None:
    with pytest.raises(ValueError, match="reason"):
        block(riverside, "  ")


def test_lifting_the_block_leaves_nothing_of_it(riverside: Cast) -> None:
    block(riverside)
    free = unblock_patient(registration=riverside.patient, by=BY)
    assert not free.is_blocked
    assert (free.blocked_by, free.blocked_reason) == (None, "")
    assert AuditEvent.objects.filter(action=Action.PATIENT_UNBLOCKED).count() == 1


def test_lifting_no_block_is_refused(riverside: Cast) -> None:
    with pytest.raises(NotBlocked):
        unblock_patient(registration=riverside.patient, by=BY)


def test_the_database_refuses_half_a_block(riverside: Cast) -> None:
    half = Registration.objects.filter(pk=riverside.patient.pk)
    with pytest.raises(IntegrityError):
        half.update(blocked_reason="only a reason")


@pytest.mark.django_db(transaction=True)
def test_of_many_who_block_at_once_one_does(riverside: Cast) -> None:
    results = at_once([lambda: block(riverside)] * 6)
    refused = [each for each in results if isinstance(each, AlreadyBlocked)]
    assert len(refused) == 5, results
    assert AuditEvent.objects.filter(action=Action.PATIENT_BLOCKED).count() == 1
