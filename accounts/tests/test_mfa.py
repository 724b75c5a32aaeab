"""The second factor: setting it up, using it, and no way around it."""

import base64
import hashlib
import hmac
import struct
import time
from collections.abc import Iterator

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import User
from accounts.tests.conftest import SignIn
from accounts.tests.test_password import ask_for_link, link_in, reset
from healthcare.audit.models import Action, AuditEvent
from healthcare.outbox.models import Message

pytestmark = pytest.mark.django_db

# allauth tells of an added factor after the commit.
COMMITTED = pytest.mark.django_db(transaction=True)

ACTIVATE = "/accounts/2fa/totp/activate/"
AUTHENTICATE = "/accounts/2fa/authenticate/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-06-01T10:00:00Z", tick=False) as traveller:
        yield traveller


def code_of(secret: str) -> str:
    """RFC 6238, six digits, thirty seconds."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, hashlib.sha1)
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def confirm_password(client: Client) -> None:
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def set_up(client: Client) -> str:
    """Turn the authenticator app on, and answer its secret."""
    confirm_password(client)
    secret = client.get(ACTIVATE).context["form"].secret
    response = client.post(ACTIVATE, {"code": code_of(secret)})
    assert response.status_code == 302, response.context["form"].errors
    return secret


def recovery_codes(user: User) -> list[str]:
    kept = Authenticator.objects.get(user=user, type="recovery_codes")
    return kept.wrap().get_unused_codes()


def first_step(user: User, password: str = PASSWORD) -> Client:
    """Only the password was given."""
    client = Client()
    values = {"login": user.email, "password": password}
    response = client.post("/accounts/login/", values)
    assert response.headers["Location"] == AUTHENTICATE
    return client


def is_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


class TestSettingUp:
    def test_asks_for_the_password_first(self, user: User, sign_in: SignIn) -> None:
        response = sign_in(user).get(ACTIVATE)
        assert response.headers["Location"].startswith("/accounts/reauthenticate/")

    def test_refuses_a_wrong_code(self, user: User, sign_in: SignIn) -> None:
        client = sign_in(user)
        confirm_password(client)
        client.get(ACTIVATE)
        assert client.post(ACTIVATE, {"code": "000000"}).context["form"].errors
        assert not Authenticator.objects.exists()

    @COMMITTED
    def test_keeps_this_session_and_ends_the_others(
        self, user: User, sign_in: SignIn
    ) -> None:
        here, elsewhere = sign_in(user), sign_in(user)
        set_up(here)
        assert is_in(here)
        assert not is_in(elsewhere)

    @COMMITTED
    def test_is_logged_and_told_by_mail(self, user: User, sign_in: SignIn) -> None:
        secret = set_up(sign_in(user))
        events = AuditEvent.objects.filter(action=Action.FACTOR_CHANGED)
        assert {event.reason for event in events} == {
            "Added: TOTP Authenticator",
            "Added: Recovery codes",
        }
        assert secret not in str(AuditEvent.objects.values())
        assert Message.objects.get().kind == "mfa/email/totp_activated"

    def test_turning_it_off_ends_other_sessions_and_is_logged(
        self, user: User, sign_in: SignIn
    ) -> None:
        here = sign_in(user)
        secret = set_up(here)
        other = first_step(user)
        other.post(AUTHENTICATE, {"code": code_of(secret)})
        confirm_password(here)
        here.post("/accounts/2fa/totp/deactivate/")
        assert (is_in(here), is_in(other)) == (True, False)
        events = AuditEvent.objects.filter(reason__startswith="Removed")
        assert events.count() == 2
        assert not Authenticator.objects.exists()

    def test_passkeys_can_be_set_up(self, user: User, sign_in: SignIn) -> None:
        client = sign_in(user)
        confirm_password(client)
        page = client.get("/accounts/2fa/webauthn/add/")
        assert page.status_code == 200
        assert "creationOptions" in page.content.decode() or "js_data" in page.context

    @COMMITTED
    def test_recovery_codes_can_be_read_and_made_anew(
        self, user: User, sign_in: SignIn
    ) -> None:
        client = sign_in(user)
        set_up(client)
        before = recovery_codes(user)
        page = client.get("/accounts/2fa/recovery-codes/").content.decode()
        assert before[0] in page
        client.post("/accounts/2fa/recovery-codes/generate/")
        assert set(recovery_codes(user)).isdisjoint(before)
        assert AuditEvent.objects.filter(reason="Made anew: Recovery codes").exists()


class TestSigningIn:
    @pytest.fixture
    def secret(self, user: User, sign_in: SignIn, clock: time_machine.Traveller) -> str:
        secret = set_up(sign_in(user))
        clock.shift(60)
        return secret

    def test_needs_the_code(self, user: User, secret: str) -> None:
        client = first_step(user)
        assert not is_in(client)
        response = client.post(AUTHENTICATE, {"code": code_of(secret)})
        assert response.headers["Location"] == "/home/"
        assert is_in(client)
        event = AuditEvent.objects.filter(action=Action.LOGGED_IN).latest("id")
        assert event.reason == "With password, totp"

    def test_takes_a_code_once(self, user: User, secret: str) -> None:
        first_step(user).post(AUTHENTICATE, {"code": code_of(secret)})
        client = first_step(user)
        client.post(AUTHENTICATE, {"code": code_of(secret)})
        assert not is_in(client)

    def test_takes_a_recovery_code_once(self, user: User, secret: str) -> None:
        code = recovery_codes(user)[0]
        client = first_step(user)
        client.post(AUTHENTICATE, {"code": code})
        assert is_in(client)
        client = first_step(user)
        client.post(AUTHENTICATE, {"code": code})
        assert not is_in(client)

    def test_logs_a_wrong_code(self, user: User, secret: str) -> None:
        client = first_step(user)
        assert client.post(AUTHENTICATE, {"code": "123123"}).context["form"].errors
        event = AuditEvent.objects.get(reason="Second factor refused")
        assert event.target_uid == str(user.uid)
        assert "123123" not in str(AuditEvent.objects.values())

    def test_stops_guessing(self, user: User, secret: str) -> None:
        client = first_step(user)
        for guess in range(5):
            client.post(AUTHENTICATE, {"code": f"{guess:06d}"})
        response = client.post(AUTHENTICATE, {"code": code_of(secret)})
        assert "Too many" in response.content.decode()
        assert not is_in(client)

    def test_a_reset_password_is_not_enough(self, user: User, secret: str) -> None:
        client = Client()
        reset(client, ask_for_link(user.email))
        assert not is_in(client)
        assert not is_in(first_step(user, "nine green umbrellas"))

    def test_pages_of_the_factor_do_not_open_half_way(
        self, user: User, secret: str
    ) -> None:
        client = first_step(user)
        for path in (ACTIVATE, "/accounts/2fa/", "/accounts/2fa/recovery-codes/"):
            assert client.get(path).status_code in (302, 403)
        client.post("/accounts/2fa/totp/deactivate/")
        assert Authenticator.objects.filter(user=user, type="totp").exists()

    def test_confirming_a_second_address_is_no_way_in(
        self, user: User, secret: str
    ) -> None:
        user.emailaddress_set.create(email="second@healix.test", verified=False)
        client = Client()
        values = {"login": "second@healix.test", "password": PASSWORD}
        client.post("/accounts/login/", values)
        path = link_in(Message.objects.latest("id"))
        assert client.post(path).headers["Location"] == AUTHENTICATE
        assert not is_in(client)
