"""How long one stays signed in, and what ends it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import actions
from accounts.factories import PASSWORD
from accounts.models import User
from accounts.tests.conftest import SignIn
from healthcare.audit.actors import Actor
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

PAGE = "/accounts/security/"
LOGIN = f"/accounts/login/?next={PAGE}"
SYSTEM = Actor.system("test")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-06-01T10:00:00Z", tick=False) as traveller:
        yield traveller


def open_page(client: Client, *, poll: bool = False) -> str:
    """Where the page leads: nowhere while signed in."""
    headers = {"X-Healix-Poll": "1"} if poll else {}
    response = client.get(PAGE, headers=headers)
    return response.headers.get("Location", "")


def at_work(client: Client) -> Client:
    session = client.session
    session["at_work"] = True
    session.save()
    return client


class TestIdle:
    def test_patients_have_half_an_hour(
        self, user: User, sign_in: SignIn, clock: time_machine.Traveller
    ) -> None:
        client = sign_in(user)
        open_page(client)
        clock.shift(timedelta(minutes=29, seconds=59))
        assert open_page(client) == ""
        clock.shift(timedelta(minutes=30, seconds=1))
        assert open_page(client) == LOGIN

    def test_at_work_it_is_a_quarter(
        self, user: User, sign_in: SignIn, clock: time_machine.Traveller
    ) -> None:
        client = at_work(sign_in(user))
        open_page(client)
        clock.shift(timedelta(minutes=14, seconds=59))
        assert open_page(client) == ""
        clock.shift(timedelta(minutes=15, seconds=1))
        assert open_page(client) == LOGIN

    def test_a_poll_does_not_count_as_use(
        self, user: User, sign_in: SignIn, clock: time_machine.Traveller
    ) -> None:
        client = sign_in(user)
        open_page(client)
        for _minute in range(30):
            clock.shift(timedelta(minutes=1))
            assert open_page(client, poll=True) == ""
        clock.shift(timedelta(seconds=1))
        assert open_page(client, poll=True) == LOGIN

    def test_the_person_is_told_why(
        self, user: User, sign_in: SignIn, clock: time_machine.Traveller
    ) -> None:
        client = sign_in(user)
        open_page(client)
        clock.shift(timedelta(hours=1))
        page = client.get(PAGE, follow=True)
        assert "signed out because" in page.content.decode()

    def test_signing_in_again_returns_to_the_page(
        self, user: User, sign_in: SignIn, clock: time_machine.Traveller
    ) -> None:
        client = sign_in(user)
        open_page(client)
        clock.shift(timedelta(hours=1))
        login = open_page(client)
        form = {"login": user.email, "password": PASSWORD, "next": PAGE}
        assert client.post(login, form).headers["Location"] == PAGE
        assert open_page(client) == ""


def test_twelve_hours_are_the_end_however_busy(
    user: User, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    client = sign_in(user)
    open_page(client)
    for _quarter in range(48):
        clock.shift(timedelta(minutes=15))
        assert open_page(client) == ""
    clock.shift(timedelta(seconds=1))
    assert open_page(client) == LOGIN


def test_a_parameter_does_not_extend_it(
    user: User, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    client = sign_in(user)
    open_page(client)
    clock.shift(timedelta(minutes=31))
    form = {"seen_at": "9999999999", "at_work": "", "started_at": "9999999999"}
    assert client.post(PAGE, form).status_code == 302
    assert open_page(client) == LOGIN


def test_the_session_cookie_ends_with_the_browser(user: User, sign_in: SignIn) -> None:
    cookie = sign_in(user).cookies["sessionid"]
    assert cookie["max-age"] == ""
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_signing_in_changes_the_session_key(user: User, client: Client) -> None:
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert client.cookies["sessionid"].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


class TestEnding:
    def test_deactivation_ends_every_session(self, user: User, sign_in: SignIn) -> None:
        client = sign_in(user)
        actions.deactivate_user(user=user, reason="Left the clinic", by=SYSTEM)
        assert open_page(client) == LOGIN
        assert not UserSession.objects.exists()

    def test_reactivation_brings_no_session_back(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        actions.deactivate_user(user=user, reason="By mistake", by=SYSTEM)
        actions.reactivate_user(user=user, by=SYSTEM)
        assert open_page(client) == LOGIN

    def test_a_person_can_sign_out_the_others(
        self, user: User, sign_in: SignIn
    ) -> None:
        here, elsewhere = sign_in(user), sign_in(user)
        here.post("/accounts/sessions/")
        assert (open_page(here), open_page(elsewhere)) == ("", LOGIN)

    def test_a_member_at_work_is_signed_out_too(self, riverside: Cast) -> None:
        client = Client()
        client.force_login(riverside.doctor.user)
        user = riverside.doctor.user
        actions.deactivate_user(user=user, reason="Left", by=SYSTEM)
        assert open_page(client) == LOGIN
