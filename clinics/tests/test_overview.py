"""Where people arrive after signing in, and the owner's overview."""

from datetime import time
from typing import Any

import pytest
from django.test import Client

from accounts.factories import UserFactory
from clinics.actions import change_clinic, set_opening_hours
from clinics.factories import MembershipFactory
from clinics.models import Clinic
from clinics.tests.conftest import BY, person_with
from healthcare.audit.models import Action, AuditEvent
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

OPEN, CLOSE = "/c/riverside/open/", "/c/riverside/close/"


class TestHome:
    def test_nobody_gets_in_without_signing_in(self, client: Client) -> None:
        assert client.get("/home/").headers["Location"].startswith("/accounts/login/")

    def test_a_patient_goes_to_the_record(self, client: Client) -> None:
        client.force_login(person_with())
        assert client.get("/home/").headers["Location"] == "/me/"

    def test_a_member_goes_to_the_clinic(self, staff: Client) -> None:
        assert staff.get("/home/").headers["Location"] == "/c/riverside/"

    def test_two_roles_at_one_clinic_are_one_clinic(
        self, client: Client, riverside: Cast
    ) -> None:
        user = riverside.owner.user
        MembershipFactory.create(user=user, clinic=riverside.clinic, role="doctor")
        client.force_login(user)
        assert client.get("/home/").headers["Location"] == "/c/riverside/"

    def test_with_two_clinics_one_chooses(
        self, staff: Client, riverside: Cast, hillcrest: Cast
    ) -> None:
        user = riverside.staff.user
        MembershipFactory.create(user=user, clinic=hillcrest.clinic, role="doctor")
        response = staff.get("/home/")
        assert response.status_code == 200
        shown = [(each.name, each.roles) for each in response.context["choices"]]
        assert shown == [("Hillcrest", "Doctor"), ("Riverside", "Staff")]

    def test_an_ended_membership_no_longer_counts(
        self, staff: Client, riverside: Cast
    ) -> None:
        riverside.staff.is_active = False
        riverside.staff.save()
        assert staff.get("/home/").headers["Location"] == "/me/"

    def test_somebody_without_a_person_gets_on(self, client: Client) -> None:
        client.force_login(UserFactory.create())
        assert client.get("/home/").headers["Location"] == "/me/"


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("doctor", "/c/riverside/day/"),
        ("staff", "/c/riverside/desk/"),
        ("auditor", "/c/riverside/audit/"),
    ],
)
def test_each_role_goes_to_its_page(
    client: Client, riverside: Cast, role: str, page: str
) -> None:
    client.force_login(riverside.users[role])
    assert client.get("/c/riverside/").headers["Location"] == page


def test_an_owner_who_is_a_doctor_too_sees_the_overview(
    owner: Client, riverside: Cast
) -> None:
    MembershipFactory.create(
        user=riverside.owner.user, clinic=riverside.clinic, role="doctor"
    )
    assert owner.get("/c/riverside/").status_code == 200


def test_the_owner_sees_numbers_and_steps(owner: Client, riverside: Cast) -> None:
    response = owner.get("/c/riverside/")
    numbers = {stat.label: stat.value for stat in response.context["stats"]}
    assert numbers == {
        "Patients": 2,
        "Doctors": 1,
        "Departments": 1,
        "Open invitations": 0,
    }
    assert "4 of 7 done" in response.content.decode()


def test_the_number_of_queries_is_small(
    owner: Client, riverside: Cast, django_assert_max_num_queries: Any
) -> None:
    owner.get("/c/riverside/")
    with django_assert_max_num_queries(16):
        owner.get("/c/riverside/")


class TestOpening:
    @pytest.fixture
    def ready(self, owner: Client, riverside: Cast) -> Clinic:
        clinic = riverside.clinic
        Clinic.objects.update(is_listed=False)
        clinic.refresh_from_db()
        contact = {"address_line": "Weg 1", "city": "Berlin", "email": "a@b.test"}
        change_clinic(clinic=clinic, by=BY, **contact)
        set_opening_hours(clinic=clinic, periods=[(0, time(8), time(12))], by=BY)
        return clinic

    def test_it_asks_first(self, owner: Client, ready: Clinic) -> None:
        text = owner.get(OPEN).content.decode()
        assert "Open the clinic for booking?" in text
        assert not Clinic.objects.listed().exists()

    def test_then_patients_find_it(self, owner: Client, ready: Clinic) -> None:
        assert owner.post(OPEN).headers["Location"] == "/c/riverside/"
        assert owner.get("/clinics/riverside/").status_code == 200
        event = AuditEvent.objects.filter(action=Action.CLINIC_CHANGED).latest("id")
        assert event.reason == "open for booking"

    def test_an_unready_clinic_is_told_what_is_missing(
        self, owner: Client, ready: Clinic
    ) -> None:
        ready.opening_hours.all().delete()
        text = owner.get(OPEN).content.decode()
        assert "Not ready to open yet" in text
        assert "Opening hours" in text
        assert "Contact data" not in text.partition("Missing steps")[2]
        owner.post(OPEN)
        assert not Clinic.objects.listed().exists()

    def test_it_closes_after_a_question(self, owner: Client, riverside: Cast) -> None:
        assert "Close the clinic for booking?" in owner.get(CLOSE).content.decode()
        owner.post(CLOSE)
        assert not Clinic.objects.listed().exists()
