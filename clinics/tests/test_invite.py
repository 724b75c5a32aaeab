"""Invitations as verbs: what opens them, for whom, how often and how long."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from accounts.factories import UserFactory
from accounts.models import User
from clinics import tokens
from clinics.actions import (
    AlreadyMember,
    CodeNotAllowed,
    InvitationError,
    InvitationExpired,
    InvitationRevoked,
    InvitationUnknown,
    InvitationUsed,
    WrongAccount,
    WrongDepartment,
    accept_invitation,
    invite,
    resend_invitation,
    revoke_invitation,
    token_for_code,
)
from clinics.models import Invitation, Membership
from clinics.tests.conftest import BY
from clinics.tests.racing import at_once
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent
from healthcare.outbox.models import Message
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

EMAIL = "new.doctor@healix.test"


def sent(cast: Cast, **changes: object) -> tuple[Invitation, str]:
    values = {
        "clinic": cast.clinic,
        "role": "doctor",
        "email": EMAIL,
        "department": cast.department,
        "by_user": cast.owner.user,
        "by": BY,
    }
    return invite(**(values | changes))


@pytest.fixture
def doctor() -> User:
    return UserFactory.create(email=EMAIL)


def accept(token: str, user: User) -> Membership:
    return accept_invitation(token=token, user=user, by=user.as_actor(role=""))


def test_the_link_makes_its_address_a_member(riverside: Cast, doctor: User) -> None:
    _invitation, token = sent(riverside)
    membership = accept(token, doctor)
    assert membership.clinic == riverside.clinic
    assert (membership.role, membership.is_active) == ("doctor", True)
    assert membership.department == riverside.department


def test_accepting_is_in_the_log(riverside: Cast, doctor: User) -> None:
    accept(sent(riverside)[1], doctor)
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {Action.INVITED, Action.INVITATION_ACCEPTED, Action.MEMBER_ADDED} <= actions


def test_only_a_hash_is_kept(riverside: Cast) -> None:
    invitation, token = sent(riverside)
    secret = tokens.unsigned(token)
    assert secret is not None
    assert len(secret) >= 43
    stored = str(Invitation.objects.values())
    assert secret not in stored
    assert token not in stored
    assert invitation.token_hash == tokens.hashed(secret)
    assert secret not in str(AuditEvent.objects.values())


def test_the_link_is_mailed_and_forgotten_by_the_outbox(riverside: Cast) -> None:
    invitation, token = sent(riverside, email=" New.Doctor@Healix.test ")
    message = Message.objects.get(kind="clinics/invitation")
    assert message.to == EMAIL
    assert f"http://testserver/join/{token}/" in message.text
    assert f"http://testserver/join/{token}/" in message.html
    assert riverside.clinic.name in message.subject
    assert message.sensitive
    assert message.not_after == invitation.expires_at


def test_it_works_once(riverside: Cast, doctor: User) -> None:
    _invitation, token = sent(riverside)
    accept(token, doctor)
    with pytest.raises(InvitationUsed):
        accept(token, doctor)


def test_another_account_cannot_use_it(riverside: Cast) -> None:
    _invitation, token = sent(riverside)
    with pytest.raises(WrongAccount):
        accept(token, UserFactory.create())
    assert not Invitation.objects.filter(used_at__isnull=False).exists()


@pytest.mark.parametrize(
    "email", ["new.doctor@healix.test", "new.docto\u0131r@healix.test"]
)
def test_an_unproven_or_lookalike_address_is_not_enough(
    riverside: Cast, email: str
) -> None:
    _invitation, token = sent(riverside)
    user = UserFactory.create(email="somebody@healix.test")
    user.emailaddress_set.create(email=email, verified=email != EMAIL)
    with pytest.raises(WrongAccount):
        accept(token, user)


def test_a_second_proven_address_is_enough(riverside: Cast) -> None:
    _invitation, token = sent(riverside)
    user = UserFactory.create(email="private@healix.test")
    user.emailaddress_set.create(email=EMAIL, verified=True)
    assert accept(token, user).user == user


def test_it_expires_after_seven_days(riverside: Cast, doctor: User) -> None:
    _invitation, token = sent(riverside)
    late = clock.now() + timedelta(days=7, seconds=1)
    with clock.at(late), pytest.raises(InvitationExpired):
        accept(token, doctor)
    with clock.at(late - timedelta(hours=1)):
        assert accept(token, doctor)


def test_what_was_taken_back_no_longer_works(riverside: Cast, doctor: User) -> None:
    invitation, token = sent(riverside)
    revoke_invitation(invitation=invitation, by=BY)
    with pytest.raises(InvitationRevoked):
        accept(token, doctor)
    with pytest.raises(InvitationRevoked):
        revoke_invitation(invitation=invitation, by=BY)


def test_what_was_used_cannot_be_taken_back(riverside: Cast, doctor: User) -> None:
    invitation, token = sent(riverside)
    accept(token, doctor)
    with pytest.raises(InvitationUsed):
        revoke_invitation(invitation=invitation, by=BY)
    with pytest.raises(InvitationUsed):
        resend_invitation(invitation=invitation, by=BY)


def test_sending_again_makes_the_old_link_useless(
    riverside: Cast, doctor: User
) -> None:
    invitation, old = sent(riverside)
    with clock.at(clock.now() + timedelta(days=10)):
        new = resend_invitation(invitation=invitation, by=BY)
        with pytest.raises(InvitationUnknown):
            accept(old, doctor)
        assert accept(new, doctor)
    assert Message.objects.filter(kind="clinics/invitation").count() == 2


@pytest.mark.parametrize("change", ["", "x", ".", "\x00", "🙂" * 300])
def test_a_tampered_link_is_unknown(riverside: Cast, doctor: User, change: str) -> None:
    _invitation, token = sent(riverside)
    changed = f"{change}{token[1:]}"
    with pytest.raises(InvitationUnknown):
        accept(changed, doctor)


def test_an_unsigned_secret_opens_nothing(riverside: Cast, doctor: User) -> None:
    _invitation, token = sent(riverside)
    with pytest.raises(InvitationUnknown):
        accept(str(tokens.unsigned(token)), doctor)


def test_a_code_is_short_and_taken_however_it_is_typed(riverside: Cast) -> None:
    _invitation, code = sent(riverside, email="")
    assert code.startswith("RIV-")
    assert len(code) == len("RIV-7K3M-9QXD")
    typed = code.lower().replace("-", " ")
    assert accept(token_for_code(code=typed), UserFactory.create()).role == "doctor"
    assert not Message.objects.exists()


def test_a_code_in_a_link_opens_nothing(riverside: Cast) -> None:
    _invitation, code = sent(riverside, email="")
    with pytest.raises(InvitationUnknown):
        accept(code, UserFactory.create())


def test_codes_are_only_for_doctors(riverside: Cast) -> None:
    for role in ("owner", "staff", "auditor"):
        with pytest.raises(CodeNotAllowed):
            sent(riverside, role=role, email="")


def test_the_department_must_be_the_clinics(riverside: Cast, hillcrest: Cast) -> None:
    with pytest.raises(WrongDepartment):
        sent(riverside, department=hillcrest.department)


def test_an_address_must_be_one(riverside: Cast) -> None:
    with pytest.raises(ValidationError):
        sent(riverside, email="not an address")


def test_a_member_leaves_the_invitation_open(riverside: Cast) -> None:
    doctor = riverside.doctor.user
    invitation, token = sent(riverside, email=doctor.email)
    with pytest.raises(AlreadyMember):
        accept(token, doctor)
    invitation.refresh_from_db()
    assert invitation.used_at is None


def test_a_membership_that_ended_is_taken_up_again(
    riverside: Cast, doctor: User
) -> None:
    first = accept(sent(riverside)[1], doctor)
    Membership.objects.filter(pk=first.pk).update(is_active=False)
    again = accept(sent(riverside)[1], doctor)
    assert (again.pk, again.is_active) == (first.pk, True)


def test_a_clinic_that_is_no_more_invites_nobody(riverside: Cast, doctor: User) -> None:
    _invitation, token = sent(riverside)
    riverside.clinic.is_active = False
    riverside.clinic.save()
    with pytest.raises(InvitationUnknown):
        accept(token, doctor)


def test_time_is_read_from_the_clock(riverside: Cast, doctor: User) -> None:
    _invitation, token = sent(riverside)
    later = clock.now() + timedelta(days=8)
    with time_machine.travel(later), pytest.raises(InvitationExpired):
        accept(token, doctor)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_of_many_accounts_with_one_code_one_joins(self, riverside: Cast) -> None:
        _invitation, code = sent(riverside, email="")
        token = token_for_code(code=code)
        users = [UserFactory.create() for _user in range(8)]
        results = at_once([lambda user=user: accept(token, user) for user in users])
        joined = [each for each in results if isinstance(each, Membership)]
        refused = [each for each in results if isinstance(each, InvitationError)]
        assert (len(joined), len(refused)) == (1, 7), results
        assert Membership.objects.filter(user__in=users).count() == 1

    def test_taking_back_and_accepting_at_once_is_one_of_both(
        self, riverside: Cast
    ) -> None:
        user = UserFactory.create(email=EMAIL)
        invitation, token = sent(riverside)
        at_once(
            [
                lambda: accept(token, user),
                lambda: revoke_invitation(invitation=invitation, by=BY),
            ]
        )
        invitation.refresh_from_db()
        joined = Membership.objects.filter(user=user).exists()
        assert joined is bool(invitation.used_at)
        assert bool(invitation.used_at) is not bool(invitation.revoked_at)
