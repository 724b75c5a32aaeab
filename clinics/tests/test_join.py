"""The pages of an invitation: what they say, to whom, and what they never say."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.factories import UserFactory
from accounts.models import DoctorProfile
from clinics.actions import accept_invitation, revoke_invitation
from clinics.models import Invitation, Membership
from clinics.tests.conftest import BY, person_with
from clinics.tests.test_invite import EMAIL, sent
from healthcare import clock
from healthcare.outbox.models import Message
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db


def page(token: str) -> str:
    return reverse("clinics:join_with", args=[token])


@pytest.fixture
def token(riverside: Cast) -> str:
    return sent(riverside)[1]


def test_anybody_sees_clinic_and_role_and_no_more(
    client: Client, riverside: Cast, token: str
) -> None:
    text = client.get(page(token)).content.decode()
    assert "Join Riverside" in text
    assert "as Doctor" in text
    assert f"/accounts/signup/?next={page(token)}" in text
    for secret in (EMAIL, riverside.owner.user.email, "Cardiology"):
        assert secret not in text


def test_looking_does_not_use_it_up(client: Client, token: str) -> None:
    client.get(page(token))
    client.post(page(token))
    assert Invitation.objects.get().used_at is None


def test_the_right_account_joins_by_a_post(client: Client, token: str) -> None:
    user = person_with(EMAIL)
    client.force_login(user)
    assert "You are signed in as" in client.get(page(token)).content.decode()
    assert not Membership.objects.filter(user=user).exists()
    assert client.post(page(token)).headers["Location"] == "/join/doctor/"
    assert Membership.objects.get(user=user).role == "doctor"


def test_staff_go_to_their_clinic(client: Client, riverside: Cast) -> None:
    user = person_with(EMAIL)
    client.force_login(user)
    _invitation, token = sent(riverside, role="staff")
    assert client.post(page(token)).headers["Location"] == "/c/riverside/"


def test_somebody_new_says_first_who_they_are(client: Client, riverside: Cast) -> None:
    client.force_login(UserFactory.create(email=EMAIL))
    _invitation, token = sent(riverside, role="staff")
    after = client.post(page(token)).headers["Location"]
    assert after == "/accounts/profile/?next=%2Fc%2Friverside%2F"


def test_another_account_is_told_so_without_the_address(
    client: Client, token: str
) -> None:
    client.force_login(UserFactory.create())
    for response in (client.get(page(token)), client.post(page(token))):
        assert response.status_code == 403
        text = response.content.decode()
        assert "different account" in text
        assert EMAIL not in text


def test_an_expired_one_says_so(client: Client, token: str) -> None:
    with clock.at(clock.now() + timedelta(days=8)):
        response = client.get(page(token))
    assert response.status_code == 410
    assert "has expired" in response.content.decode()


def test_a_used_one_says_so(client: Client, token: str) -> None:
    user = UserFactory.create(email=EMAIL)
    accept_invitation(token=token, user=user, by=BY)
    client.force_login(user)
    for response in (client.get(page(token)), client.post(page(token))):
        assert response.status_code == 410
        assert "has been used" in response.content.decode()


def test_one_that_was_taken_back_says_so(client: Client, token: str) -> None:
    revoke_invitation(invitation=Invitation.objects.get(), by=BY)
    response = client.get(page(token))
    assert response.status_code == 410
    assert "taken back" in response.content.decode()


@pytest.mark.parametrize("tampered", ["x", "../../etc", "a.b", "%00", "🙂", "9" * 2000])
def test_a_tampered_one_is_unknown(client: Client, token: str, tampered: str) -> None:
    response = client.get(f"/join/{tampered}/")
    assert response.status_code == 404
    response = client.get(page(token + tampered[:1]))
    assert response.status_code == 404
    assert "do not know this invitation" in response.content.decode()


def test_a_member_is_sent_to_the_clinic(client: Client, riverside: Cast) -> None:
    staff = riverside.staff.user
    _invitation, token = sent(riverside, role="staff", email=staff.email)
    client.force_login(staff)
    assert client.post(page(token)).headers["Location"] == "/c/riverside/"
    assert Invitation.objects.get().used_at is None


def test_signing_up_leads_back_to_the_invitation(client: Client, token: str) -> None:
    client.get(page(token))
    values = {"email": EMAIL, "password1": "a quiet blue kettle", "terms": "on"}
    client.post(f"/accounts/signup/?next={page(token)}", values)
    mail = Message.objects.filter(kind__startswith="account").latest("id")
    link = re.findall(r"http://testserver(/accounts/\S+)", mail.text)[0]
    assert client.post(link).headers["Location"] == page(token)
    client.post(page(token))
    assert Membership.objects.filter(user__email=EMAIL, role="doctor").exists()


def test_without_next_the_way_home_leads_back_too(client: Client, token: str) -> None:
    client.get(page(token))
    client.force_login(UserFactory.create(email=EMAIL))
    assert client.get("/home/").headers["Location"] == page(token)


class TestCode:
    def test_the_page_explains(self, client: Client) -> None:
        text = client.get("/join/").content.decode()
        assert "code that your clinic gave you" in text

    def test_a_code_leads_to_the_invitation(
        self, client: Client, riverside: Cast
    ) -> None:
        _invitation, code = sent(riverside, email="")
        response = client.post("/join/", {"code": f" {code.lower()} "})
        assert response.status_code == 302
        assert code not in response.headers["Location"]
        followed = client.get(response.headers["Location"]).content.decode()
        assert "Join Riverside" in followed

    def test_any_account_may_use_it_once(self, client: Client, riverside: Cast) -> None:
        _invitation, code = sent(riverside, email="")
        client.force_login(person_with())
        there = client.post("/join/", {"code": code}).headers["Location"]
        assert client.post(there).headers["Location"] == "/join/doctor/"
        again = client.post("/join/", {"code": code})
        assert "has been used" in again.content.decode()

    def test_an_unknown_code_is_an_error_at_the_field(self, client: Client) -> None:
        response = client.post("/join/", {"code": "RIV-AAAA-AAAA"})
        assert response.status_code == 200
        assert response.context["form"].errors["code"]
        assert "RIV-AAAA-AAAA" in response.content.decode()

    def test_guessing_is_limited(self, client: Client) -> None:
        codes = [client.post("/join/", {"code": f"RIV-{n}"}) for n in range(11)]
        assert [response.status_code for response in codes] == [200] * 10 + [429]

    def test_the_limit_is_the_addresss_own(self, client: Client) -> None:
        for n in range(11):
            client.post("/join/", {"code": f"RIV-{n}"}, REMOTE_ADDR="10.0.0.1")
        other = client.post("/join/", {"code": "RIV-1"}, REMOTE_ADDR="10.9.0.1")
        assert other.status_code == 200


class TestDoctor:
    @pytest.fixture
    def doctor(self, client: Client, riverside: Cast) -> Client:
        user = person_with(EMAIL)
        accept_invitation(token=sent(riverside)[1], user=user, by=BY)
        client.force_login(user)
        return client

    def test_a_new_doctor_says_what_patients_may_know(self, doctor: Client) -> None:
        assert doctor.get("/join/doctor/").status_code == 200
        values = {"specialization": "Cardiology", "practising_since": "2009"}
        response = doctor.post("/join/doctor/", values)
        assert response.headers["Location"] == "/home/"
        profile = DoctorProfile.objects.get(person__user__email=EMAIL)
        assert profile.specialization == "Cardiology"

    def test_it_is_asked_once(self, doctor: Client) -> None:
        doctor.post("/join/doctor/", {"specialization": "Cardiology"})
        assert doctor.get("/join/doctor/").headers["Location"] == "/home/"

    def test_errors_are_kept_at_the_fields(self, doctor: Client) -> None:
        response = doctor.post("/join/doctor/", {"specialization": ""})
        assert response.context["form"].errors["specialization"]

    def test_it_is_for_doctors(self, staff: Client) -> None:
        assert staff.get("/join/doctor/").status_code == 404


class TestAdminSecret:
    PATH = "/join/admin/"
    RIGHT = {"clinic": " Riverside ", "secret": "test-admin-secret"}

    @pytest.fixture
    def somebody(self, client: Client, riverside: Cast) -> Client:
        client.force_login(person_with())
        return client

    def test_it_is_for_signed_in_people(self, client: Client) -> None:
        response = client.get(self.PATH)
        assert response.headers["Location"].startswith("/accounts/login/")

    def test_the_secret_makes_an_owner(self, somebody: Client) -> None:
        response = somebody.post(self.PATH, self.RIGHT)
        assert response.headers["Location"] == "/c/riverside/"
        assert somebody.get("/c/riverside/").status_code == 200

    @pytest.mark.parametrize("wrong", [{"secret": "wrong"}, {"clinic": "nowhere"}])
    def test_wrong_values_are_refused_alike(
        self, somebody: Client, wrong: dict[str, str]
    ) -> None:
        response = somebody.post(self.PATH, self.RIGHT | wrong)
        assert response.status_code == 200
        errors = response.context["form"].non_field_errors()
        assert errors == ["The clinic and the secret do not fit together."]
        assert "test-admin-secret" not in response.content.decode()

    def test_guessing_is_limited(self, somebody: Client) -> None:
        wrong = self.RIGHT | {"secret": "x"}
        tries = [somebody.post(self.PATH, wrong) for _try in range(6)]
        assert [each.status_code for each in tries] == [200] * 5 + [429]

    def test_without_a_secret_the_page_says_so(
        self, somebody: Client, settings: Any
    ) -> None:
        settings.ADMIN_SECRET = ""
        for response in (
            somebody.get(self.PATH),
            somebody.post(self.PATH, self.RIGHT | {"secret": ""}),
        ):
            assert response.status_code == 403
            assert "no admin secret" in response.content.decode()
        assert Membership.objects.filter(role="owner").count() == 1
