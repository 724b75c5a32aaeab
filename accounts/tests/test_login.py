"""Signing in and out, and what the log says of it."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from accounts.factories import PASSWORD, UserFactory
from accounts.models import Person, User
from accounts.tests.conftest import SignIn
from healthcare.audit.models import Action, AuditEvent, Outcome

pytestmark = pytest.mark.django_db


def attempt(email: str, password: str = "wrong password") -> tuple[int, str]:
    response = Client().post("/accounts/login/", {"login": email, "password": password})
    errors = response.context["form"].errors if response.context else {}
    return response.status_code, str(errors)


def test_leads_home(user: User, sign_in: SignIn, client: Client) -> None:
    values = {"login": "ADA@healix.test", "password": PASSWORD}
    response = client.post("/accounts/login/", values)
    assert response.headers["Location"] == "/home/"
    assert client.get("/accounts/profile/").context["user"] == user


def test_leads_back_to_the_page_that_asked(user: User, client: Client) -> None:
    asked = client.get("/accounts/security/").headers["Location"]
    assert asked == "/accounts/login/?next=/accounts/security/"
    values = {"login": user.email, "password": PASSWORD, "next": "/accounts/security/"}
    response = client.post("/accounts/login/", values)
    assert response.headers["Location"] == "/accounts/security/"


@pytest.mark.parametrize(
    "away", ["https://evil.test/", "//evil.test", "javascript:alert(1)", "/\\evil.test"]
)
def test_never_leads_to_another_site(user: User, client: Client, away: str) -> None:
    values = {"login": user.email, "password": PASSWORD, "next": away}
    response = client.post("/accounts/login/", values)
    assert response.headers["Location"] == "/home/"


def test_is_logged_with_how(user: User, person: Person, sign_in: SignIn) -> None:
    sign_in(user)
    event = AuditEvent.objects.get(action=Action.LOGGED_IN)
    assert event.actor_uid == str(user.uid)
    assert event.actor_label == person.full_name
    assert event.reason == "With password"
    assert (event.channel, event.ip) == ("page", "127.0.0.1")


def test_signing_out_is_logged_and_ends_the_session(
    user: User, sign_in: SignIn
) -> None:
    client = sign_in(user)
    client.post("/accounts/logout/")
    assert AuditEvent.objects.get(action=Action.LOGGED_OUT).actor_uid == str(user.uid)
    assert client.get("/accounts/profile/").status_code == 302


def test_a_refusal_is_logged_without_what_was_typed(user: User) -> None:
    attempt(user.email, "my other password")
    event = AuditEvent.objects.get(action=Action.LOGIN_FAILED)
    assert event.outcome == Outcome.REFUSED
    assert event.target_uid == str(user.uid)
    assert (event.actor_uid, event.actor_label) == ("", "Not signed in")
    assert "my other" not in str(AuditEvent.objects.values())


def test_an_unknown_address_is_not_logged(db: None) -> None:
    attempt("my.secret@elsewhere.test")
    event = AuditEvent.objects.get(action=Action.LOGIN_FAILED)
    assert event.reason == "No such account"
    assert "secret" not in str(AuditEvent.objects.values())


class TestUnknownAccounts:
    def test_are_answered_like_known_ones(self, user: User) -> None:
        known, unknown = attempt(user.email), attempt("nobody@healix.test")
        assert known == unknown
        assert "not correct" in known[1]

    def test_cost_as_many_hashes(
        self, user: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hashed = []
        original = MD5PasswordHasher.encode

        def counting(self, password: str, salt: str) -> str:
            hashed.append(password)
            return original(self, password, salt)

        monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
        attempt(user.email)
        known = len(hashed)
        attempt("nobody@healix.test")
        assert (known, len(hashed)) == (1, 2)

    def test_a_sleeping_account_only_shows_with_its_password(self, user: User) -> None:
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert attempt(user.email) == attempt("nobody@healix.test")
        assert attempt(user.email, PASSWORD)[0] == 302


def test_a_sleeping_account_does_not_get_in(user: User, sign_in: SignIn) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    client = sign_in(user)
    assert client.get("/accounts/profile/").status_code == 302
    assert not AuditEvent.objects.filter(action=Action.LOGGED_IN).exists()
    event = AuditEvent.objects.get(action=Action.LOGIN_FAILED)
    assert event.reason == "Account is not active"


def test_an_unconfirmed_address_does_not_get_in(sign_in: SignIn) -> None:
    user = UserFactory(verified=False)
    user.set_password(PASSWORD)
    user.save()
    client = sign_in(user)
    assert client.get("/accounts/profile/").status_code == 302


def test_a_login_that_cannot_be_logged_fails(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("accounts.receivers.record", broken)
    client = Client(raise_request_exception=False)
    values = {"login": user.email, "password": PASSWORD}
    assert client.post("/accounts/login/", values).status_code == 500
    assert client.get("/accounts/profile/").status_code == 302


@pytest.mark.parametrize("email", ["a@b\x00.test", "x" * 300, "'; --", "ä" * 40])
def test_odd_addresses_are_refused_politely(db: None, email: str) -> None:
    assert attempt(email)[0] == 200
