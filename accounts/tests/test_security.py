"""The overview of an account's safeguards, its addresses, and closing it."""

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.factories import PASSWORD, PersonFactory
from accounts.models import Person, User
from accounts.tests.conftest import SignIn
from accounts.tests.test_password import link_in
from healthcare.audit.models import Action, AuditEvent
from healthcare.outbox.models import Message

pytestmark = pytest.mark.django_db

CLOSE = "/accounts/close/"
EMAIL = "/accounts/email/"


def confirm_password(client: Client) -> None:
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def reasons() -> list[str]:
    events = AuditEvent.objects.filter(action=Action.ACCOUNT_CHANGED)
    return list(events.order_by("id").values_list("reason", flat=True))


class TestOverview:
    def test_it_works(self, user: User, sign_in: SignIn) -> None:
        page = sign_in(user).get("/accounts/security/").content.decode()
        for path in (
            "/accounts/password/change/",
            EMAIL,
            "/accounts/2fa/totp/activate/",
            "/accounts/2fa/webauthn/add/",
            "/accounts/sessions/",
            CLOSE,
        ):
            assert f'href="{path}"' in page
        assert "1 device" in page
        assert user.email in page

    def test_strangers_sign_in_first(self, client: Client) -> None:
        for path in ("/accounts/security/", CLOSE):
            assert client.get(path).headers["Location"].startswith("/accounts/login/")

    def test_every_link_leads_somewhere(self, user: User, sign_in: SignIn) -> None:
        client = sign_in(user)
        for each in client.get("/accounts/security/").context["safeguards"]:
            assert client.get(each.url).status_code in (200, 302), each.title


class TestAddresses:
    def test_a_second_one_is_confirmed_made_main_and_the_first_removed(
        self, user: User, sign_in: SignIn
    ) -> None:
        client = sign_in(user)
        confirm_password(client)
        client.post(EMAIL, {"action_add": "", "email": "Second@healix.test"})
        path = link_in(Message.objects.latest("id"))
        client.post(path)
        client.post(EMAIL, {"action_primary": "", "email": "second@healix.test"})
        client.post(EMAIL, {"action_remove": "", "email": "ada@healix.test"})
        user.refresh_from_db()
        assert user.email == "second@healix.test"
        assert EmailAddress.objects.get(user=user).email == "second@healix.test"
        assert reasons() == [
            "E-mail address added",
            "E-mail address confirmed",
            "Main e-mail address changed",
            "E-mail address removed",
        ]

    def test_the_old_address_is_told(self, user: User, sign_in: SignIn) -> None:
        user.emailaddress_set.create(email="second@healix.test", verified=True)
        client = sign_in(user)
        confirm_password(client)
        client.post(EMAIL, {"action_primary": "", "email": "second@healix.test"})
        message = Message.objects.get(kind="account/email/email_changed")
        assert message.to == "ada@healix.test"

    def test_needs_the_password_first(self, user: User, sign_in: SignIn) -> None:
        client = sign_in(user)
        client.post(EMAIL, {"action_add": "", "email": "second@healix.test"})
        assert EmailAddress.objects.count() == 1

    def test_a_lookalike_is_refused(self, user: User, sign_in: SignIn) -> None:
        client = sign_in(user)
        confirm_password(client)
        response = client.post(EMAIL, {"action_add": "", "email": "ıda@healix.test"})
        assert response.context["form"].errors["email"]

    def test_anothers_address_cannot_be_confirmed_away(
        self, user: User, sign_in: SignIn
    ) -> None:
        other = PersonFactory(user__email="other@healix.test").user
        client = sign_in(user)
        confirm_password(client)
        client.post(EMAIL, {"action_add": "", "email": "other@healix.test"})
        client.post(EMAIL, {"action_primary": "", "email": "other@healix.test"})
        user.refresh_from_db()
        assert user.email == "ada@healix.test"
        assert EmailAddress.objects.get(verified=True, user=other)


class TestClosing:
    def test_asks_first_and_explains(self, user: User, sign_in: SignIn) -> None:
        client = sign_in(user)
        page = client.get(CLOSE).content.decode()
        assert "data-confirm-body" in page
        assert "keep your health record" in page
        user.refresh_from_db()
        assert user.is_active

    def test_needs_the_password(self, user: User, sign_in: SignIn) -> None:
        client = sign_in(user)
        for password in ("", "wrong password"):
            response = client.post(CLOSE, {"password": password})
            assert response.context["form"].errors["password"]
        user.refresh_from_db()
        assert user.is_active

    def test_guesses_are_counted(self, user: User, sign_in: SignIn) -> None:
        client = sign_in(user)
        for _guess in range(5):
            client.post(CLOSE, {"password": "wrong password"})
        response = client.post(CLOSE, {"password": PASSWORD})
        assert "Too many" in str(response.context["form"].errors)

    def test_ends_every_session_and_keeps_the_person(
        self, user: User, sign_in: SignIn
    ) -> None:
        here, elsewhere = sign_in(user), sign_in(user)
        response = here.post(CLOSE, {"password": PASSWORD})
        assert response.headers["Location"] == "/accounts/closed/"
        assert here.get("/accounts/closed/").status_code == 200
        for client in (here, elsewhere):
            assert client.get("/accounts/profile/").status_code == 302
        assert Person.objects.get(user=user).is_complete

    def test_is_logged_and_told_by_mail(self, user: User, sign_in: SignIn) -> None:
        sign_in(user).post(CLOSE, {"password": PASSWORD})
        assert reasons() == ["Deactivated: Closed by its owner"]
        assert Message.objects.get().kind == "accounts/closed"

    def test_nobody_gets_in_afterwards(self, user: User, sign_in: SignIn) -> None:
        sign_in(user).post(CLOSE, {"password": PASSWORD})
        assert sign_in(user).get("/accounts/profile/").status_code == 302
        Client().post("/accounts/password/reset/", {"email": user.email})
        last = Message.objects.latest("id")
        assert last.kind == "account/email/unknown_account"
