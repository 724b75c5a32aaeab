"""A clinic's last owner cannot close their account."""

import pytest
from django.urls import reverse

from accounts.actions import StillNeeded, deactivate_account
from accounts.factories import PASSWORD
from clinics.factories import MembershipFactory
from clinics.models import Role
from clinics.tests.conftest import BY

pytestmark = pytest.mark.django_db

CLOSE = "/accounts/close/"


@pytest.fixture
def second_owner(riverside):
    return MembershipFactory(clinic=riverside.clinic, role=Role.OWNER)


def with_password(user):
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])


def test_the_page_says_why_and_leads_to_the_way_out(owner, riverside):
    page = owner.get(CLOSE)
    assert "Riverside has no other owner." in page.text
    assert reverse("clinics:invite", args=["riverside"]) in page.text
    assert 'type="password"' not in page.text


def test_sending_the_form_anyway_changes_nothing(owner, riverside):
    with_password(riverside.owner.user)
    owner.force_login(riverside.owner.user)
    page = owner.post(CLOSE, {"password": PASSWORD})
    assert "Your account is still needed" in page.text
    riverside.owner.user.refresh_from_db()
    assert riverside.owner.user.is_active


def test_the_verb_refuses_too(riverside):
    with pytest.raises(StillNeeded) as refusal:
        deactivate_account(user=riverside.owner.user, by=BY)
    assert [reason.url for reason in refusal.value.reasons] == [
        "/c/riverside/invitations/new/"
    ]


def test_with_another_owner_one_may_leave_and_the_other_must_stay(
    riverside, second_owner
):
    deactivate_account(user=riverside.owner.user, by=BY)
    with pytest.raises(StillNeeded):
        deactivate_account(user=second_owner.user, by=BY)


@pytest.mark.parametrize("gone", ["membership", "account"])
def test_an_owner_who_is_gone_does_not_count(riverside, second_owner, gone):
    row = second_owner if gone == "membership" else second_owner.user
    row.is_active = False
    row.save(update_fields=["is_active"])
    with pytest.raises(StillNeeded):
        deactivate_account(user=riverside.owner.user, by=BY)


@pytest.mark.parametrize("role", ["staff", "auditor"])
def test_other_members_may_leave(riverside, role):
    user = getattr(riverside, role).user
    deactivate_account(user=user, by=BY)
    user.refresh_from_db()
    assert not user.is_active
