from uuid import uuid4

import pytest
from django.urls import reverse

from healthcare.audit.models import Action, AuditEvent

pytestmark = pytest.mark.django_db


def refusal() -> AuditEvent:
    return AuditEvent.objects.get(action=Action.ACCESS_REFUSED)


def test_a_member_without_the_permission(client, riverside):
    client.force_login(riverside.doctor.user)
    assert client.get(reverse("audit:log", args=["riverside"])).status_code == 403
    assert refusal().clinic_uid == riverside.clinic.uid
    assert refusal().actor_uid == str(riverside.doctor.user.uid)


def test_somebody_from_outside(client, riverside, hillcrest):
    client.force_login(hillcrest.doctor.user)
    assert client.get(reverse("audit:log", args=["riverside"])).status_code == 404
    assert refusal().clinic_uid == riverside.clinic.uid
    assert refusal().reason == "Not theirs, or not there: audit:log"


def test_a_clinic_that_is_not_there(client, riverside):
    client.force_login(riverside.doctor.user)
    assert client.get(reverse("audit:log", args=["nowhere"])).status_code == 404
    assert refusal().clinic_uid is None


def test_a_row_of_another_clinic(client, riverside):
    client.force_login(riverside.auditor.user)
    address = reverse("audit:event", args=["riverside", uuid4()])
    assert client.get(address).status_code == 404
    assert refusal().clinic_uid == riverside.clinic.uid
    assert refusal().actor_role == "auditor"


def test_what_is_allowed_is_no_refusal(client, riverside):
    client.force_login(riverside.auditor.user)
    assert client.get(reverse("audit:log", args=["riverside"])).status_code == 200
    assert not AuditEvent.objects.filter(action=Action.ACCESS_REFUSED).exists()
