"""Creating an account: open to everybody, and silent about who has one."""

import re

import pytest
from django.db import IntegrityError
from django.test import Client

from accounts.factories import UserFactory
from accounts.models import User
from accounts.tests.test_password import link_in
from healthcare.audit.models import Action, AuditEvent
from healthcare.outbox.models import Message

pytestmark = pytest.mark.django_db

SENT = "/accounts/confirm-email/"


def sign_up(client: Client, email: str = "new@healix.test", **changes: str):
    values = {"email": email, "password1": "a quiet blue kettle", "terms": "on"}
    return client.post("/accounts/signup/", values | changes)


def confirm(client: Client) -> str:
    """Follow the mailed link and press the button; answers where that leads."""
    path = link_in(Message.objects.latest("id"))
    assert client.get(path).status_code == 200
    return client.post(path).headers["Location"]


def test_the_form_asks_for_three_things(client: Client) -> None:
    form = client.get("/accounts/signup/").context["form"]
    assert list(form.fields) == ["email", "password1", "terms"]


def test_a_new_account_waits_for_its_address_to_be_confirmed(client: Client) -> None:
    response = sign_up(client, "New@Healix.Test")
    assert response.headers["Location"] == SENT
    user = User.objects.get()
    assert user.email == "new@healix.test"
    assert user.terms_accepted_at is not None
    assert not user.emailaddress_set.get().verified
    assert client.get("/accounts/profile/").status_code == 302


def test_signing_up_is_logged_without_the_password(client: Client) -> None:
    sign_up(client)
    event = AuditEvent.objects.get(action=Action.ACCOUNT_CREATED)
    assert event.target_uid == event.actor_uid == str(User.objects.get().uid)
    assert event.target_type == "User"
    assert "kettle" not in str(AuditEvent.objects.values())


def test_the_confirmed_address_lets_one_in(client: Client) -> None:
    sign_up(client)
    assert confirm(client) == "/home/"
    assert client.get("/accounts/profile/").status_code == 200


def test_next_survives_the_confirmation(client: Client) -> None:
    sign_up(client, next="/accounts/security/")
    assert confirm(client) == "/accounts/security/"


def test_next_survives_on_another_device(client: Client) -> None:
    sign_up(client, next="/accounts/security/")
    assert confirm(Client()) == "/accounts/security/"


def test_next_never_leads_away(client: Client) -> None:
    sign_up(client, next="https://evil.test/")
    assert "evil" not in Message.objects.get().text
    assert confirm(client) == "/home/"


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012"])
def test_weak_passwords_are_refused(client: Client, password: str) -> None:
    response = sign_up(client, password1=password)
    assert response.status_code == 200
    assert "password1" in response.context["form"].errors
    assert not User.objects.exists()


def test_the_terms_must_be_accepted(client: Client) -> None:
    response = sign_up(client, terms="")
    assert response.context["form"].errors["terms"]
    assert b'value="new@healix.test"' in response.content
    assert not User.objects.exists()


def test_more_fields_change_nothing(client: Client) -> None:
    extra = dict.fromkeys(["is_staff", "is_superuser", "session_generation"], "1")
    sign_up(client, **extra, id="77", uid="9" * 32, person="1")
    user = User.objects.get()
    assert (user.is_staff, user.is_superuser) == (False, False)
    assert user.session_generation == 0


class TestKnownAddress:
    @pytest.fixture
    def known(self) -> User:
        return UserFactory(email="known@healix.test")

    def seen(self, email: str) -> tuple[int, str, str]:
        """Status, address and page, as somebody sees them who signs up."""
        client = Client()
        response = sign_up(client, email)
        page = client.get(response.headers["Location"]).content.decode()
        for changing in (r'name="csrfmiddlewaretoken" value="\w+"', email):
            page = re.sub(changing, "", page)
        return response.status_code, response.headers["Location"], page

    def test_looks_like_a_new_one(self, known: User) -> None:
        assert self.seen(known.email) == self.seen("fresh@healix.test")

    def test_is_told_by_mail(self, known: User) -> None:
        sign_up(Client(), known.email)
        assert Message.objects.get().kind == "account/email/account_already_exists"
        assert User.objects.count() == 1

    def test_takes_as_many_hashes(
        self, known: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from django.contrib.auth.hashers import MD5PasswordHasher

        hashed = []
        original = MD5PasswordHasher.encode

        def counting(self, password: str, salt: str) -> str:
            hashed.append(password)
            return original(self, password, salt)

        monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
        counts = []
        for email in (known.email, "fresh@healix.test"):
            hashed.clear()
            sign_up(Client(), email)
            counts.append(len(hashed))
        assert counts == [1, 1]

    def test_taken_a_moment_before_looks_the_same(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def too_late(**kwargs: object) -> None:
            raise IntegrityError

        monkeypatch.setattr("accounts.adapter.actions.open_account", too_late)
        response = sign_up(client)
        assert (response.status_code, response.headers["Location"]) == (302, SENT)
        assert Message.objects.get().kind == "account/email/account_already_exists"


class TestLookalikes:
    """NFKC and case folding turn these into kim@healix.test, or into each other."""

    ALIKE = (
        "kım@healix.test",
        "ſam@healix.test",
        "kim@ｈealix.test",
        "kim@healiⅹ.test",
    )

    @pytest.mark.parametrize("email", ALIKE)
    def test_are_refused_alike_with_and_without_an_account(self, email: str) -> None:
        before = sign_up(Client(), email).context["form"].errors
        for taken in ("kim@healix.test", "sam@healix.test"):
            UserFactory(email=taken)
        after = sign_up(Client(), email).context["form"].errors
        assert before == after
        assert "email" in after
        assert not Message.objects.exists()

    def test_a_kelvin_sign_is_a_k_and_the_mail_goes_to_the_k(
        self, client: Client
    ) -> None:
        UserFactory(email="kim@healix.test")
        assert sign_up(client, "\N{KELVIN SIGN}im@healix.test").status_code == 302
        assert Message.objects.get().to == "kim@healix.test"
        assert User.objects.count() == 1

    def test_a_name_of_another_script_may_be_a_domain(self, client: Client) -> None:
        assert sign_up(client, "kim@müller.test").status_code == 302
        assert User.objects.get().email == "kim@müller.test"


def test_an_address_written_otherwise_is_the_same_one(client: Client) -> None:
    UserFactory(email="kim@healix.test")
    sign_up(client, "KIM@HEALIX.TEST")
    assert User.objects.count() == 1


def test_a_poisoned_host_gets_no_mail(client: Client) -> None:
    response = client.post(
        "/accounts/signup/",
        {"email": "a@healix.test", "password1": "a quiet blue kettle", "terms": "on"},
        headers={"host": "evil.test"},
    )
    assert response.status_code == 400
    assert not Message.objects.exists()


def test_terms_can_be_read_before(client: Client) -> None:
    response = client.get("/accounts/terms/")
    assert response.status_code == 200
    assert client.get("/accounts/signup/").content.count(b"/accounts/terms/") == 1
