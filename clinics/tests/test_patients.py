"""The desk's pages about patients: who they are, never what they have."""

from typing import Any

import pytest
from django.test import Client

from accounts.factories import PersonFactory
from clinics.factories import RegistrationFactory
from clinics.models import Registration
from clinics.tests.test_settings import NAUGHTY
from healthcare.audit.models import Action, AuditEvent
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

LIST = "/c/riverside/patients/"


def page(registration: Registration, verb: str = "") -> str:
    return f"{LIST}{registration.uid}/{verb}"


def names(response: Any) -> list[str]:
    return [row[0].text for row in response.context["rows"]]


@pytest.fixture
def zoe(riverside: Cast) -> Registration:
    person = PersonFactory.create(given_name="Zoë", family_name="Ängström", user=None)
    return RegistrationFactory.create(
        clinic=riverside.clinic, patient=person, record_number="RIV-0000042"
    )


class TestList:
    def test_it_shows_the_clinics_own_the_newest_first(
        self, staff: Client, zoe: Registration, hillcrest: Cast
    ) -> None:
        found = names(staff.get(LIST))
        assert found[0] == "ÄNGSTRÖM, Zoë"
        assert len(found) == 3

    @pytest.mark.parametrize("q", ["zoë", "Zo ström", "riv-0000042"])
    def test_search(self, staff: Client, zoe: Registration, q: str) -> None:
        assert names(staff.get(LIST, {"q": q})) == ["ÄNGSTRÖM, Zoë"]

    def test_only_the_blocked(
        self, staff: Client, riverside: Cast, zoe: Registration
    ) -> None:
        staff.post(page(zoe, "block/"), {"reason": "Missed six visits"})
        assert names(staff.get(LIST, {"state": "blocked"})) == ["ÄNGSTRÖM, Zoë"]

    def test_order(self, staff: Client, riverside: Cast) -> None:
        for family in ("Adler", "Berg"):
            patient = PersonFactory.create(family_name=family, given_name="X")
            RegistrationFactory.create(clinic=riverside.clinic, patient=patient)
        assert names(staff.get(LIST, {"sort": "name"}))[:2] == ["ADLER, X", "BERG, X"]
        numbers = [row[2].text for row in self.rows(staff, sort="number")]
        assert numbers == sorted(numbers)

    def rows(self, staff: Client, **query: str) -> list[list[object]]:
        return staff.get(LIST, query).context["rows"]

    def test_nothing_found_and_nobody_there_are_different(
        self, staff: Client, riverside: Cast
    ) -> None:
        assert "Nobody matches" in staff.get(LIST, {"q": "zzz"}).content.decode()
        Registration.objects.all().delete()
        assert "Nobody is registered yet" in staff.get(LIST).content.decode()

    def test_pages_without_counting(self, staff: Client, riverside: Cast) -> None:
        for _patient in range(24):
            RegistrationFactory.create(clinic=riverside.clinic)
        first, second = staff.get(LIST), staff.get(LIST, {"page": "2", "q": ""})
        assert (len(names(first)), len(names(second))) == (25, 1)
        assert "26 to 26" in second.content.decode()
        assert 'rel="next"' in first.content.decode()
        assert 'rel="next"' not in second.content.decode()
        assert not set(names(first)) & set(names(second))

    def test_the_number_of_queries_does_not_grow(
        self, staff: Client, riverside: Cast, django_assert_num_queries: Any
    ) -> None:
        Registration.objects.filter(pk=riverside.patient2.pk).delete()
        staff.get(LIST)
        with django_assert_num_queries(7):
            staff.get(LIST)
        for _more in range(2):
            RegistrationFactory.create(clinic=riverside.clinic)
        with django_assert_num_queries(7):
            staff.get(LIST)

    def test_naughty_searches(self, staff: Client, riverside: Cast) -> None:
        for text in [*NAUGHTY, "\x00", "9" * 400, "²"]:
            query = {"q": text, "state": text, "sort": text, "page": text}
            assert staff.get(LIST, query).status_code == 200, repr(text)


class TestPatient:
    def test_the_desk_sees_who_it_is_and_how_to_reach_them(
        self, staff: Client, zoe: Registration
    ) -> None:
        text = staff.get(page(zoe)).content.decode()
        for shown in ("ÄNGSTRÖM, Zoë", "RIV-0000042", "17-May-1980", "Can book"):
            assert shown in text

    def test_opening_it_is_in_the_log(self, staff: Client, zoe: Registration) -> None:
        staff.get(page(zoe))
        event = AuditEvent.objects.get(action=Action.PATIENT_OPENED)
        assert event.patient_uid == zoe.patient.uid
        assert event.clinic_uid == zoe.clinic.uid
        assert event.actor_role == "staff"

    def test_a_block_asks_for_a_reason(self, staff: Client, zoe: Registration) -> None:
        assert (
            "Block ÄNGSTRÖM, Zoë from booking?"
            in staff.get(page(zoe, "block/")).content.decode()
        )
        response = staff.post(page(zoe, "block/"), {"reason": "  "})
        assert response.context["form"].errors["reason"]
        zoe.refresh_from_db()
        assert not zoe.is_blocked

    def test_a_block_shows_who_and_why(self, staff: Client, zoe: Registration) -> None:
        reason = "Missed <b>six</b> visits"
        response = staff.post(page(zoe, "block/"), {"reason": reason}, follow=True)
        text = response.content.decode()
        assert "Missed &lt;b&gt;six&lt;/b&gt; visits" in text
        assert "Ada Staff" in text

    def test_blocking_twice_is_told(self, staff: Client, zoe: Registration) -> None:
        for reason in ("first", "second"):
            response = staff.post(page(zoe, "block/"), {"reason": reason}, follow=True)
        assert "blocked already" in response.content.decode()
        zoe.refresh_from_db()
        assert zoe.blocked_reason == "first"

    def test_lifting_asks_first(self, staff: Client, zoe: Registration) -> None:
        staff.post(page(zoe, "block/"), {"reason": "Missed six visits"})
        assert (
            "Let ÄNGSTRÖM, Zoë book again?"
            in staff.get(page(zoe, "unblock/")).content.decode()
        )
        staff.post(page(zoe, "unblock/"))
        zoe.refresh_from_db()
        assert not zoe.is_blocked
        response = staff.post(page(zoe, "unblock/"), follow=True)
        assert "not blocked" in response.content.decode()

    def test_naughty_reasons(self, staff: Client, zoe: Registration) -> None:
        for text in [*NAUGHTY, "\x00", "x" * 301]:
            response = staff.post(page(zoe, "block/"), {"reason": text})
            assert response.status_code in (200, 302), repr(text)
            if response.status_code == 302:
                staff.post(page(zoe, "unblock/"))
