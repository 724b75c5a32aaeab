"""Mail about accounts: through the outbox only, with nothing in it that stays."""

import re

import pytest
from django.core import mail
from django.test import Client

from accounts import actions
from accounts.factories import PASSWORD, UserFactory
from accounts.models import User
from accounts.tests.conftest import SignIn
from accounts.tests.test_password import NEW, ask_for_link, change, link_in, reset
from accounts.tests.test_signup import sign_up
from healthcare.audit.actors import Actor
from healthcare.outbox.models import Message

pytestmark = pytest.mark.django_db

STAFF = Actor.system("staff")


def last() -> Message:
    return Message.objects.latest("id")


def test_nothing_is_sent_past_the_outbox(user: User, sign_in: SignIn) -> None:
    sign_up(Client())
    sign_up(Client(), user.email)
    ask_for_link(user.email)
    ask_for_link("nobody@healix.test")
    change(sign_in(user))
    assert mail.outbox == []
    assert [message.kind for message in Message.objects.order_by("id")] == [
        "account/email/email_confirmation_signup",
        "account/email/account_already_exists",
        "account/email/password_reset_key",
        "account/email/unknown_account",
        "account/email/password_changed",
    ]
    assert all(Message.objects.values_list("sensitive", flat=True))


def test_the_confirmation_has_a_link_and_two_forms(db: None) -> None:
    sign_up(Client())
    message = last()
    assert message.to == "new@healix.test"
    assert "\n" not in message.subject
    assert link_in(message).startswith("/accounts/confirm-email/")
    if message.html:
        assert link_in(message) in message.html
        assert "<style" not in message.html


def test_an_html_template_is_sent_with_its_styles_inlined(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from accounts.adapter import AccountAdapter

    class Rendered:
        subject, body = "Hello", "text"
        alternatives = [("<style>p{color:red}</style><p>hi</p>", "text/html")]

    def rendered(*args: object) -> type[Rendered]:
        return Rendered

    monkeypatch.setattr(AccountAdapter, "render_mail", rendered)
    ask_for_link("nobody@healix.test")
    assert '<p style="color: red;">hi</p>' in last().html


def test_a_mail_that_cannot_be_written_fails_the_request(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**kwargs: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("accounts.adapter.queue_email", broken)
    client = Client(raise_request_exception=False)
    form = {"email": user.email}
    assert client.post("/accounts/password/reset/", form).status_code == 500


class TestAccountForSomebody:
    @pytest.fixture
    def made(self, db: None) -> User:
        values = {"title": "Dr", "given_name": "Amara", "family_name": "O'Sei & Sons"}
        return actions.create_user_with_credentials(
            email="Amara@healix.test", by=STAFF, person=values
        )

    def test_gets_a_link_and_no_password(self, made: User) -> None:
        message = last()
        assert (message.kind, message.to) == (
            "accounts/set_password",
            "amara@healix.test",
        )
        assert message.sensitive
        assert "Hello Dr Amara O'Sei & Sons," in message.text
        assert "Hello Dr Amara O'Sei &amp; Sons," in message.html
        assert "works once, for 3 days" in message.text
        assert not made.has_usable_password()

    def test_the_link_chooses_the_password_and_lets_in(
        self, made: User, sign_in: SignIn
    ) -> None:
        assert reset(Client(), last()).status_code == 302
        client = sign_in(made, NEW)
        assert client.get("/accounts/profile/").status_code == 200

    def test_nobody_gets_in_before(self, made: User) -> None:
        for password in ("", "!", PASSWORD, made.password):
            form = {"login": made.email, "password": password}
            assert Client().post("/accounts/login/", form).status_code == 200

    def test_the_link_in_both_forms_is_the_same(self, made: User) -> None:
        pattern = r"http://testserver/accounts/password/reset/key/[\w-]+/"
        links = re.findall(pattern, last().text + last().html)
        assert len(links) == 4
        assert len(set(links)) == 1

    def test_a_new_link_can_be_sent_and_one_use_ends_both(self, made: User) -> None:
        first = last()
        actions.send_set_password_link(user=made, by=STAFF)
        reset(Client(), last())
        assert reset(Client(), first).context["token_fail"]

    def test_a_taken_address_is_refused(self, made: User) -> None:
        UserFactory(email="main@healix.test").emailaddress_set.create(
            email="second@healix.test", verified=True
        )
        for email in ("amara@healix.test", "AMARA@healix.test", "second@healix.test"):
            with pytest.raises(actions.EmailTaken):
                actions.create_user_with_credentials(email=email, by=STAFF)
        assert User.objects.count() == 2


def test_closing_is_told_by_mail(user: User) -> None:
    actions.deactivate_account(user=user, by=user.as_actor(role=""))
    message = last()
    assert (message.kind, message.to) == ("accounts/closed", user.email)
    assert user.person.formal_name in message.text
