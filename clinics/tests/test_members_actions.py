from typing import Any

import pytest
from django.test import override_settings

from accounts.factories import UserFactory
from clinics.actions import (
    AlreadyMember,
    LastOwner,
    SecretDisabled,
    SecretError,
    WrongDepartment,
    add_member,
    change_member,
    claim_clinic_with_secret,
    end_member,
    restore_member,
)
from clinics.factories import MembershipFactory
from clinics.models import Membership
from clinics.tests.conftest import BY
from clinics.tests.racing import at_once
from healthcare.audit.models import Action, AuditEvent, Outcome
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db


def test_changing_saves_only_what_differs(riverside: Cast) -> None:
    doctor = riverside.doctor
    change_member(membership=doctor, by=BY, room="B12", visit_minutes=30)
    doctor.refresh_from_db()
    assert doctor.room == "B12"
    event = AuditEvent.objects.get(action=Action.MEMBER_CHANGED)
    assert event.reason == "room"


def test_no_difference_is_no_event(riverside: Cast) -> None:
    change_member(membership=riverside.doctor, by=BY, visit_minutes=30)
    assert not AuditEvent.objects.exists()


def test_role_and_user_cannot_be_changed(riverside: Cast) -> None:
    wrong: Any = {"role": "owner"}
    with pytest.raises(TypeError, match="role"):
        change_member(membership=riverside.staff, by=BY, **wrong)


def test_a_foreign_department_is_refused(riverside: Cast, hillcrest: Cast) -> None:
    with pytest.raises(WrongDepartment):
        change_member(
            membership=riverside.doctor, by=BY, department=hillcrest.department
        )


def test_adding_twice_is_refused(riverside: Cast) -> None:
    with pytest.raises(AlreadyMember):
        add_member(
            clinic=riverside.clinic, user=riverside.staff.user, role="staff", by=BY
        )


def test_ending_and_restoring(riverside: Cast) -> None:
    end_member(membership=riverside.staff, by=BY)
    assert not Membership.objects.active().filter(pk=riverside.staff.pk).exists()
    restore_member(membership=riverside.staff, by=BY)
    assert Membership.objects.active().filter(pk=riverside.staff.pk).exists()


def test_the_last_owner_stays(riverside: Cast) -> None:
    with pytest.raises(LastOwner):
        end_member(membership=riverside.owner, by=BY)


def test_an_owner_whose_account_is_closed_does_not_count(riverside: Cast) -> None:
    other = MembershipFactory.create(clinic=riverside.clinic, role="owner")
    other.user.is_active = False
    other.user.save()
    with pytest.raises(LastOwner):
        end_member(membership=riverside.owner, by=BY)


def test_one_of_two_owners_may_go(riverside: Cast) -> None:
    MembershipFactory.create(clinic=riverside.clinic, role="owner")
    assert not end_member(membership=riverside.owner, by=BY).is_active


def claim(cast: Cast, secret: str, **changes: object) -> Membership:
    values = {"clinic": cast.clinic, "user": UserFactory.create(), "by": BY}
    return claim_clinic_with_secret(secret=secret, **(values | changes))


def test_the_admin_secret_makes_an_owner(riverside: Cast) -> None:
    assert claim(riverside, "test-admin-secret").role == "owner"


@pytest.mark.parametrize("secret", ["", "test-admin-secre", "TEST-ADMIN-SECRET", "ü"])
def test_a_wrong_secret_is_refused_and_logged(riverside: Cast, secret: str) -> None:
    with pytest.raises(SecretError):
        claim(riverside, secret)
    event = AuditEvent.objects.get(action=Action.ACCESS_REFUSED)
    assert event.outcome == Outcome.REFUSED
    assert not secret or secret not in event.reason


def test_an_unknown_clinic_is_refused_alike(riverside: Cast) -> None:
    with pytest.raises(SecretError) as unknown:
        claim(riverside, "test-admin-secret", clinic=None)
    with pytest.raises(SecretError) as wrong:
        claim(riverside, "wrong")
    assert str(unknown.value) == str(wrong.value)


@override_settings(ADMIN_SECRET="")
def test_without_a_configured_secret_nothing_opens(riverside: Cast) -> None:
    with pytest.raises(SecretDisabled):
        claim(riverside, "")


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_owners_who_end_each_other_leave_one(self, riverside: Cast) -> None:
        other = MembershipFactory.create(clinic=riverside.clinic, role="owner")
        pair = (riverside.owner, other)
        results = at_once([lambda m=m: end_member(membership=m, by=BY) for m in pair])
        assert sum(isinstance(each, LastOwner) for each in results) == 1, results
        owners = Membership.objects.active().filter(role="owner")
        assert owners.count() == 1

    def test_adding_the_same_member_at_once_adds_one(self, riverside: Cast) -> None:
        user = UserFactory.create()
        values = {"clinic": riverside.clinic, "user": user, "role": "staff", "by": BY}
        results = at_once([lambda: add_member(**values)] * 6)
        assert sum(isinstance(r, AlreadyMember) for r in results) == 5, results
        assert Membership.objects.filter(user=user).count() == 1
