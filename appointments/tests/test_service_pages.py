"""Visit types of doctors, rooms and equipment, and the rules of booking."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from appointments.factories import AssetFactory, ServiceFactory
from appointments.models import Asset, BookingPolicy, OnLimit, Service
from appointments.tests.conftest import NINE
from healthcare.audit.models import Action, AuditEvent
from healthcare.testing import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]

ECHO = {
    "name": "Echo",
    "kind": "consultation",
    "audience": "approval",
    "minutes": "45",
    "before_minutes": "5",
    "after_minutes": "10",
    "lead": "2",
    "lead_unit": "1440",
    "window_days": "60",
    "price": "120.50",
    "capacity": "1",
}


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def url(name: str, cast: Cast, *args: Any, **query: Any) -> str:
    at = [cast.clinic.slug, *args]
    return reverse(f"appointments:{name}", args=at, query=query)


@pytest.fixture
def doctor(as_user: Any, riverside: Cast) -> Any:
    return as_user(riverside.doctor)


@pytest.fixture
def owner(as_user: Any, riverside: Cast) -> Any:
    return as_user(riverside.owner)


class TestServices:
    def test_add_one(self, doctor: Any, riverside: Cast) -> None:
        room = AssetFactory(clinic=riverside.clinic, name="Echo room")
        form = ECHO | {"needs": [str(room.uid)]}
        page = text_of(doctor.post(url("new_service", riverside), form, follow=True))
        assert "45 minutes, 5 before, 10 after; 2 days of notice" in page
        assert "60 days ahead; 120.50 EUR; Echo room" in page
        assert "You confirm it" in page
        assert AuditEvent.objects.filter(action=Action.SERVICES_CHANGED).count() == 1

    def test_the_form_shows_what_there_is(self, doctor: Any, riverside: Cast) -> None:
        service = ServiceFactory(doctor=riverside.doctor, lead_minutes=120)
        page = text_of(doctor.get(url("service", riverside, service.uid)))
        assert 'name="lead" value="2"' in page
        assert '<option value="60" selected>hours' in page

    def test_booked_visits_stay_as_they_are(
        self, doctor: Any, riverside: Cast, booked: Any
    ) -> None:
        service = ServiceFactory(doctor=riverside.doctor, price="80.00")
        visit = booked(riverside, service=service)
        doctor.post(url("service", riverside, service.uid), ECHO)
        visit.refresh_from_db()
        assert visit.ends_at - visit.starts_at == timedelta(minutes=30)
        assert (visit.fee, visit.after_minutes) == (80, 0)

    def test_stop_and_offer_again(
        self, doctor: Any, riverside: Cast, booked: Any
    ) -> None:
        service = ServiceFactory(doctor=riverside.doctor)
        visit = booked(riverside, service=service)
        stop = url("stop_service", riverside, service.uid)
        assert "Visits that are booked stay booked" in text_of(doctor.get(stop))
        assert "Not offered" in text_of(doctor.post(stop, follow=True))
        visit.refresh_from_db()
        assert visit.status == "booked"
        doctor.post(url("offer_service", riverside, service.uid))
        assert Service.objects.get().is_active

    def test_order(self, doctor: Any, riverside: Cast) -> None:
        one, two = ServiceFactory.create_batch(2, doctor=riverside.doctor)
        doctor.post(url("move_service", riverside, two.uid), {"to": "up"})
        assert list(Service.objects.in_order()) == [two, one]
        doctor.post(url("move_service", riverside, two.uid), {"to": "up"})
        doctor.post(url("move_service", riverside, two.uid), {"to": "down"})
        assert list(Service.objects.in_order()) == [one, two]

    def test_describe_the_usual_visits_once(self, doctor: Any, riverside: Cast) -> None:
        for _n in range(2):
            doctor.post(url("usual_services", riverside))
        found = Service.objects.in_order().values_list("kind", "minutes", "price")
        kinds = ("consultation", "follow-up", "emergency")
        assert list(found) == [(kind, 30, 80) for kind in kinds]

    def test_one_of_a_name(self, doctor: Any, riverside: Cast) -> None:
        ServiceFactory(doctor=riverside.doctor, name="echo")
        page = text_of(doctor.post(url("new_service", riverside), ECHO))
        assert "You offer one of that name already." in page
        assert Service.objects.count() == 1

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("minutes", "4"),
            ("minutes", "481"),
            ("after_minutes", "121"),
            ("window_days", "0"),
            ("capacity", "101"),
            ("price", "-1"),
            ("lead", "91"),
            ("lead_unit", "7"),
            ("audience", "everybody"),
            ("needs", "nonsense"),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, doctor: Any, riverside: Cast, name: str, value: str
    ) -> None:
        page = doctor.post(url("new_service", riverside), ECHO | {name: value})
        assert "There is a problem" in text_of(page)
        assert not Service.objects.exists()

    def test_a_room_of_another_clinic_is_no_choice(
        self, doctor: Any, riverside: Cast, hillcrest: Cast
    ) -> None:
        theirs = AssetFactory(clinic=hillcrest.clinic)
        form = ECHO | {"needs": [str(theirs.uid)]}
        doctor.post(url("new_service", riverside), form)
        assert not Service.objects.exists()

    def test_the_owner_does_it_for_a_doctor(self, owner: Any, riverside: Cast) -> None:
        page = text_of(owner.get(url("clinic_services", riverside)))
        own = url("doctor_services", riverside, riverside.doctor.uid)
        assert own in page
        assert "The usual ones" in page
        owner.post(url("doctor_new_service", riverside, riverside.doctor.uid), ECHO)
        assert "Echo" in text_of(owner.get(own))
        assert Service.objects.get().doctor == riverside.doctor

    def test_only_of_doctors(self, owner: Any, riverside: Cast) -> None:
        page = owner.get(url("doctor_services", riverside, riverside.staff.uid))
        assert page.status_code == 404

    def test_three_cost_what_one_costs(
        self, doctor: Any, riverside: Cast, queries: Any
    ) -> None:
        rooms = AssetFactory.create_batch(2, clinic=riverside.clinic)
        address = url("services", riverside)
        ServiceFactory(doctor=riverside.doctor, needs=rooms)
        doctor.get(address)
        one = queries(lambda: doctor.get(address))
        ServiceFactory.create_batch(2, doctor=riverside.doctor, needs=rooms)
        assert queries(lambda: doctor.get(address)) == one

    def test_the_availability_page_leads_there(
        self, doctor: Any, riverside: Cast
    ) -> None:
        page = text_of(doctor.get(url("availability", riverside)))
        assert url("services", riverside) in page


class TestRooms:
    def test_add_and_rename(self, owner: Any, riverside: Cast) -> None:
        room = {"name": "Room 1", "kind": "room"}
        owner.post(url("new_room", riverside), room)
        asset = Asset.objects.get()
        owner.post(url("room", riverside, asset.uid), room | {"name": "Blue room"})
        page = text_of(owner.get(url("rooms", riverside)))
        assert "Blue room" in page
        assert "Room 1" not in page

    def test_one_of_a_name(self, owner: Any, riverside: Cast) -> None:
        AssetFactory(clinic=riverside.clinic, name="Room 1")
        page = owner.post(
            url("new_room", riverside), {"name": "room 1", "kind": "room"}
        )
        assert "There is one of that name already." in text_of(page)

    def test_what_hangs_on_it_is_told_first(
        self, owner: Any, riverside: Cast, booked: Any
    ) -> None:
        room = AssetFactory(clinic=riverside.clinic)
        echo = ServiceFactory(doctor=riverside.doctor, name="Echo", needs=[room])
        booked(riverside, service=echo, starts_at=NINE)
        address = url("switch_room", riverside, room.uid)
        page = text_of(owner.get(address))
        assert "1 visit ahead is booked there and keeps it." in page
        assert "Echo (Dr Ada Doctor)" in page
        assert "Out of use" in text_of(owner.post(address, {"use": "off"}, follow=True))
        owner.post(address, {"use": "on"})
        assert Asset.objects.get().is_active

    def test_search_and_filters(self, owner: Any, riverside: Cast) -> None:
        AssetFactory(clinic=riverside.clinic, name="Blue room")
        AssetFactory(clinic=riverside.clinic, name="Old room", is_active=False)
        for query, blue, old in (
            ({}, True, True),
            ({"q": "blu"}, True, False),
            ({"state": "out"}, False, True),
            ({"state": "x", "sort": "y"}, True, True),
        ):
            page = text_of(owner.get(url("rooms", riverside, **query)))
            assert ("Blue room" in page, "Old room" in page) == (blue, old), query

    def test_three_cost_what_one_costs(
        self, owner: Any, riverside: Cast, queries: Any
    ) -> None:
        AssetFactory(clinic=riverside.clinic)
        address = url("rooms", riverside)
        owner.get(address)
        one = queries(lambda: owner.get(address))
        AssetFactory.create_batch(2, clinic=riverside.clinic)
        assert queries(lambda: owner.get(address)) == one


RULES = {
    "hold_minutes": 5,
    "offer_minutes": 60,
    "free_until_hours": 48,
    "most_open": 3,
    "most_late": 2,
    "most_missed": 1,
    "on_limit": OnLimit.WARN,
    "missing_after_minutes": 20,
    "undo_minutes": 30,
}


class TestPolicy:
    def test_every_rule_is_kept(self, owner: Any, riverside: Cast) -> None:
        address = url("booking_policy", riverside)
        assert 'name="offer_minutes" value="30"' in text_of(owner.get(address))
        assert "Saved." in text_of(owner.post(address, RULES, follow=True))
        policy = BookingPolicy.objects.of(riverside.clinic)
        assert policy.values() == RULES
        assert AuditEvent.objects.filter(reason__startswith="booking rules").exists()

    def test_no_rule_is_missing_on_the_page(self, owner: Any, riverside: Cast) -> None:
        page = text_of(owner.get(url("booking_policy", riverside)))
        missing = [n for n in BookingPolicy().values() if f'name="{n}"' not in page]
        assert missing == []

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("hold_minutes", 0),
            ("offer_minutes", 4),
            ("undo_minutes", ""),
            ("on_limit", "x"),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, owner: Any, riverside: Cast, name: str, value: Any
    ) -> None:
        page = owner.post(url("booking_policy", riverside), RULES | {name: value})
        assert "There is a problem" in text_of(page)
        assert not BookingPolicy.objects.exists()
