"""Changing a password, and getting back in after forgetting it."""

import re

import pytest
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import User
from accounts.tests.conftest import SignIn
from healthcare.audit.models import Action, AuditEvent
from healthcare.outbox.models import Message

pytestmark = pytest.mark.django_db

NEW = "nine green umbrellas"


def ask_for_link(email: str) -> Message:
    Client().post("/accounts/password/reset/", {"email": email})
    return Message.objects.latest("id")


def link_in(message: Message) -> str:
    found = re.search(r"http://testserver(/accounts/\S+)", message.text)
    assert found
    return found[1]


def reset(client: Client, message: Message, password: str = NEW):
    page = client.get(link_in(message), follow=True)
    form = {"password1": password, "password2": password}
    return (
        client.post(page.redirect_chain[-1][0], form) if page.redirect_chain else page
    )


def change(client: Client, old: str = PASSWORD, new: str = NEW):
    form = {"oldpassword": old, "password1": new, "password2": new}
    return client.post("/accounts/password/change/", form)


class TestChange:
    def test_keeps_this_session_and_ends_the_others(
        self, user: User, sign_in: SignIn
    ) -> None:
        here, elsewhere = sign_in(user), sign_in(user)
        assert change(here).headers["Location"] == "/accounts/security/"
        assert here.get("/accounts/profile/").status_code == 200
        assert elsewhere.get("/accounts/profile/").status_code == 302
        user.refresh_from_db()
        assert user.check_password(NEW)

    def test_is_logged_and_told_by_mail(self, user: User, sign_in: SignIn) -> None:
        change(sign_in(user))
        event = AuditEvent.objects.get(action=Action.ACCOUNT_CHANGED)
        assert event.reason == "Password changed"
        assert Message.objects.get().kind == "account/email/password_changed"
        assert NEW not in str(AuditEvent.objects.values())

    def test_needs_the_old_one(self, user: User, sign_in: SignIn) -> None:
        client = sign_in(user)
        assert change(client, old="wrong").context["form"].errors["oldpassword"]
        user.refresh_from_db()
        assert user.check_password(PASSWORD)

    def test_stands_or_falls_with_its_event(
        self, user: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*args: object, **kwargs: object) -> None:
            raise RuntimeError

        client = sign_in(user)
        client.raise_request_exception = False
        monkeypatch.setattr("accounts.actions.users.record", broken)
        assert change(client).status_code == 500
        user.refresh_from_db()
        assert user.check_password(PASSWORD)


class TestReset:
    def test_by_the_mailed_link(self, user: User, client: Client) -> None:
        assert reset(client, ask_for_link(user.email)).status_code == 302
        user.refresh_from_db()
        assert user.check_password(NEW)
        reasons = AuditEvent.objects.values_list("reason", flat=True)
        assert "Password set through a mailed link" in reasons

    def test_does_not_sign_in(self, user: User, client: Client) -> None:
        reset(client, ask_for_link(user.email))
        assert client.get("/accounts/profile/").status_code == 302

    def test_ends_every_session(
        self, user: User, sign_in: SignIn, client: Client
    ) -> None:
        elsewhere = sign_in(user)
        reset(client, ask_for_link(user.email))
        assert elsewhere.get("/accounts/profile/").status_code == 302

    def test_works_once(self, user: User) -> None:
        message = ask_for_link(user.email)
        reset(Client(), message)
        again = reset(Client(), message, "another long password")
        assert again.context["token_fail"]
        user.refresh_from_db()
        assert user.check_password(NEW)

    def test_is_over_when_the_address_changes(self, user: User) -> None:
        message = ask_for_link(user.email)
        user.emailaddress_set.update(email="other@healix.test")
        User.objects.filter(pk=user.pk).update(email="other@healix.test")
        assert reset(Client(), message).context["token_fail"]

    def test_refuses_weak_passwords(self, user: User, client: Client) -> None:
        response = reset(client, ask_for_link(user.email), "password1234")
        assert response.context["form"].errors["password1"]

    def test_an_unknown_address_is_answered_alike(self, user: User) -> None:
        def answer(email: str) -> tuple[int, str, bytes]:
            client = Client()
            first = client.post("/accounts/password/reset/", {"email": email})
            page = client.get(first.headers["Location"])
            body = re.sub(rb'value="\w{64}"', b"", page.content)
            return first.status_code, first.headers["Location"], body

        assert answer(user.email) == answer("nobody@healix.test")

    def test_a_lookalike_gets_no_link(self, user: User) -> None:
        User.objects.filter(pk=user.pk).update(email="kim@healix.test")
        user.emailaddress_set.update(email="kim@healix.test")
        Client().post("/accounts/password/reset/", {"email": "kım@healix.test"})
        assert not Message.objects.exists()
        assert ask_for_link("\N{KELVIN SIGN}im@healix.test").to == "kim@healix.test"

    def test_a_sleeping_account_gets_no_link(self, user: User) -> None:
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert ask_for_link(user.email).kind == "account/email/unknown_account"
