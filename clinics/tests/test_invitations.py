import re
from typing import Any

import pytest
from django.test import Client

from clinics.factories import DepartmentFactory
from clinics.models import Invitation
from clinics.tests.test_invite import EMAIL, sent
from clinics.tests.test_settings import NAUGHTY
from healthcare.outbox.models import Message
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

LIST = "/c/riverside/invitations/"
NEW = LIST + "new/"
STAFF = {"role": "staff", "email": EMAIL, "department": ""}
CODE = {"role": "doctor", "email": "", "department": ""}


def page(invitation: Invitation, verb: str) -> str:
    return f"{LIST}{invitation.uid}/{verb}/"


class TestList:
    def test_an_empty_list_says_what_to_do(self, owner: Client) -> None:
        assert "Nobody has been invited yet" in owner.get(LIST).content.decode()

    def test_it_shows_own_invitations_and_their_state(
        self, owner: Client, riverside: Cast, hillcrest: Cast
    ) -> None:
        sent(riverside)
        sent(hillcrest, email="foreign@healix.test")
        text = owner.get(LIST).content.decode()
        assert EMAIL in text
        assert "Open until" in text
        assert "by Ada Owner" in text
        assert "foreign@healix.test" not in text

    def test_the_number_of_queries_does_not_grow(
        self, owner: Client, riverside: Cast, django_assert_num_queries: Any
    ) -> None:
        sent(riverside)
        owner.get(LIST)
        with django_assert_num_queries(8):
            owner.get(LIST)
        for email in ("a@healix.test", ""):
            department = DepartmentFactory.create(clinic=riverside.clinic)
            sent(riverside, email=email, department=department)
        with django_assert_num_queries(8):
            owner.get(LIST)


class TestInvite:
    def test_by_address_it_is_mailed_and_shown_once(
        self, owner: Client, riverside: Cast
    ) -> None:
        text = owner.post(NEW, STAFF).content.decode()
        link = re.findall(r"http://testserver/join/\S+?/", text)[0]
        assert link in Message.objects.get().text
        assert "shown only now" in text
        assert link not in owner.get(LIST).content.decode()
        assert Invitation.objects.get().created_by == riverside.owner.user

    def test_without_an_address_there_is_a_code(self, owner: Client) -> None:
        text = owner.post(NEW, CODE).content.decode()
        assert re.search(r"RIV-[2-9A-Z]{4}-[2-9A-Z]{4}", text)
        assert not Message.objects.exists()

    @pytest.mark.parametrize("role", ["owner", "staff", "auditor"])
    def test_only_a_doctor_gets_a_code(self, owner: Client, role: str) -> None:
        response = owner.post(NEW, CODE | {"role": role})
        assert response.context["form"].errors["email"]
        assert not Invitation.objects.exists()

    def test_the_checklist_chooses_the_role(self, owner: Client) -> None:
        text = owner.get(NEW, {"role": "staff"}).content.decode()
        assert re.search(r'value="staff" checked', text)
        assert owner.get(NEW, {"role": "<script>"}).status_code == 200

    @pytest.mark.parametrize(
        "wrong", [{"role": "king"}, {"role": ""}, {"email": "nobody"}]
    )
    def test_what_does_not_fit_is_told(
        self, owner: Client, wrong: dict[str, str]
    ) -> None:
        response = owner.post(NEW, STAFF | wrong)
        assert response.context["form"].errors
        assert not Invitation.objects.exists()

    def test_foreign_departments_cannot_be_chosen(
        self, owner: Client, hillcrest: Cast
    ) -> None:
        values = STAFF | {"department": str(hillcrest.department.uid)}
        assert owner.post(NEW, values).context["form"].errors["department"]

    def test_inviting_is_limited(self, owner: Client, settings: Any) -> None:
        settings.ACCOUNT_RATE_LIMITS = {"invite": "2/h/user"}
        statuses = [owner.post(NEW, STAFF).status_code for _try in range(3)]
        assert statuses == [200, 200, 429]
        assert Invitation.objects.count() == 2

    def test_naughty_strings(self, owner: Client, settings: Any) -> None:
        settings.ACCOUNT_RATE_LIMITS = {}
        for text in [*NAUGHTY, "\x00", "x" * 500]:
            response = owner.post(NEW, dict.fromkeys(STAFF, text))
            assert response.context["form"].errors, repr(text)


class TestAfterwards:
    @pytest.fixture
    def invitation(self, riverside: Cast) -> Invitation:
        return sent(riverside)[0]

    def test_taking_back_asks_first(
        self, owner: Client, invitation: Invitation
    ) -> None:
        text = owner.get(page(invitation, "revoke")).content.decode()
        assert "Take this invitation back?" in text
        invitation.refresh_from_db()
        assert invitation.revoked_at is None

    def test_what_was_taken_back_is_shown_so(
        self, owner: Client, invitation: Invitation
    ) -> None:
        owner.post(page(invitation, "revoke"))
        text = owner.get(LIST).content.decode()
        assert "Taken back" in text
        assert "revoke/" not in text

    @pytest.mark.parametrize("verb", ["revoke", "resend"])
    def test_too_late_is_told(
        self, owner: Client, invitation: Invitation, verb: str
    ) -> None:
        owner.post(page(invitation, "revoke"))
        response = owner.post(page(invitation, verb), follow=True)
        assert "taken this invitation back" in response.content.decode()

    def test_sending_again_shows_and_mails_a_new_link(
        self, owner: Client, invitation: Invitation
    ) -> None:
        before = invitation.token_hash
        assert (
            "Send this invitation again?"
            in owner.get(page(invitation, "resend")).content.decode()
        )
        text = owner.post(page(invitation, "resend")).content.decode()
        assert "/join/" in text
        invitation.refresh_from_db()
        assert invitation.token_hash != before
        assert Message.objects.count() == 2
