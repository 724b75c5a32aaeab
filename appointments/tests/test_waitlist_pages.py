"""The waitlist's pages: a patient's own, and the desk's."""

from datetime import date, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from appointments.actions import Wishes, join_waitlist, sweep_waitlist
from appointments.factories import ServiceFactory, WeeklyRuleFactory
from appointments.models import (
    Appointment,
    OfferState,
    WaitingEntry,
    WaitingOffer,
    WaitingState,
)
from appointments.tests.conftest import MONDAY, NINE
from clinics.factories import RegistrationFactory
from healthcare import clock
from healthcare.testing import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday")]

DAYS = {"earliest": "2026-09-21", "latest": "2026-10-09"}
WHENEVER = DAYS | {"weekdays": list("0123456"), "parts": list("mae")}


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def waits(cast: Cast, patient: Any = None) -> WaitingEntry:
    person = patient or cast.patient.patient
    return join_waitlist(
        clinic=cast.clinic,
        patient=person,
        department=cast.department,
        doctor=cast.doctor,
        visit_type="consultation",
        wishes=Wishes(date(2026, 9, 21), date(2026, 10, 9)),
        by=person.user.as_actor(role="patient"),
        reason="Palpitations",
    )


@pytest.fixture
def patient(as_user: Any, riverside: Cast) -> Any:
    return as_user(riverside.patient)


@pytest.fixture
def staff(as_user: Any, riverside: Cast) -> Any:
    return as_user(riverside.staff)


@pytest.fixture
def tuesday(riverside: Cast) -> None:
    WeeklyRuleFactory(doctor=riverside.doctor, weekday=1, starts=time(9), ends=time(10))


@pytest.fixture
def offer(riverside: Cast, tuesday: None) -> WaitingOffer:
    waits(riverside)
    sweep_waitlist()
    return WaitingOffer.objects.get()


class TestJoin:
    def url(self, **query: Any) -> str:
        return reverse("appointments:join_waitlist", query=query)

    def test_the_booking_path_leads_there(
        self, patient: Any, riverside: Cast, tuesday: None
    ) -> None:
        at = [riverside.clinic.slug, riverside.department.uid, riverside.doctor.uid]
        page = patient.get(reverse("appointments:book_time", args=at))
        assert self.url(doctor=riverside.doctor.uid) in text_of(page)

    def test_it_works(self, patient: Any, riverside: Cast) -> None:
        address = self.url(doctor=riverside.doctor.uid)
        assert "Dr Ada Doctor" in text_of(patient.get(address))
        form = WHENEVER | {"kind": "consultation", "weekdays": ["1"], "parts": ["m"]}
        done = patient.post(address, form, follow=True)
        assert "You are on the waitlist" in text_of(done)
        assert "21-Sep-2026 to 09-Oct-2026; Tuesday; in the morning" in text_of(done)

    def test_of_a_described_service(self, patient: Any, riverside: Cast) -> None:
        service = ServiceFactory(doctor=riverside.doctor, name="Echo")
        form = WHENEVER | {"kind": str(service.uid)}
        patient.post(self.url(doctor=riverside.doctor.uid), form)
        assert WaitingEntry.objects.get().service == service

    def test_with_anyone_of_a_department(self, patient: Any, riverside: Cast) -> None:
        form = WHENEVER | {"kind": "consultation"}
        patient.post(self.url(department=riverside.department.uid), form)
        assert WaitingEntry.objects.get().doctor is None

    def test_earlier_than_a_booked_visit(
        self, patient: Any, riverside: Cast, hours: None, booked: Any
    ) -> None:
        visit = booked(riverside)
        address = self.url(visit=visit.uid)
        assert "Ask for an earlier time" in text_of(patient.get(address))
        patient.post(address, WHENEVER)
        assert WaitingEntry.objects.get().appointment == visit

    def test_what_is_typed_is_kept(self, patient: Any, riverside: Cast) -> None:
        form = WHENEVER | {"kind": "consultation", "latest": "2026-09-01"}
        page = patient.post(self.url(doctor=riverside.doctor.uid), form)
        assert "on or after the first" in text_of(page)
        assert 'value="2026-09-01"' in text_of(page)

    @pytest.mark.parametrize("name", ["doctor", "department", "visit"])
    @pytest.mark.parametrize("value", ["nonsense", str(UUID(int=7))])
    def test_what_is_not_there(self, patient: Any, name: str, value: str) -> None:
        assert patient.get(self.url(**{name: value})).status_code == 404

    def test_another_ones_visit_is_not_there(
        self, as_user: Any, riverside: Cast, hours: None, booked: Any
    ) -> None:
        visit = booked(riverside)
        page = as_user(riverside.patient2).get(self.url(visit=visit.uid))
        assert page.status_code == 404


class TestOfferPage:
    def test_it_says_what_and_how_long(self, patient: Any, offer: Any) -> None:
        page = text_of(patient.get(offer.get_absolute_url()))
        assert "Tuesday 22-Sep-2026" in page
        assert "09:00 to 09:30 (Berlin time)" in page
        assert "until 21-Sep-2026 08:30, 30 more minutes" in page

    def test_one_click_books_it(self, patient: Any, offer: Any) -> None:
        address = reverse("appointments:accept_offer", args=[offer.uid])
        done = patient.post(address, follow=True)
        assert "This time is yours." in text_of(done)
        assert Appointment.objects.get().starts_at == NINE

    def test_after_its_end_it_is_polite(self, patient: Any, offer: Any) -> None:
        with clock.at(MONDAY + timedelta(minutes=31)):
            address = reverse("appointments:accept_offer", args=[offer.uid])
            page = text_of(patient.post(address, follow=True))
        assert "You keep your place" in page
        assert "Book this time" not in page

    def test_not_this_time(self, patient: Any, offer: Any) -> None:
        patient.post(reverse("appointments:decline_offer", args=[offer.uid]))
        offer.refresh_from_db()
        assert offer.state == OfferState.DECLINED
        assert "You left this time" in text_of(patient.get(offer.get_absolute_url()))

    def test_leave(self, patient: Any, offer: Any) -> None:
        address = reverse("appointments:leave_waitlist", args=[offer.entry.uid])
        assert "Leave the waitlist?" in text_of(patient.get(address))
        assert "no longer on the waitlist" in text_of(
            patient.post(address, follow=True)
        )
        assert WaitingEntry.objects.get().state == WaitingState.ENDED


class TestMine:
    def test_it_leads_to_the_offer(self, patient: Any, offer: Any) -> None:
        page = text_of(patient.get(reverse("appointments:waitlist")))
        assert offer.get_absolute_url() in page

    def test_nothing_yet(self, patient: Any) -> None:
        page = text_of(patient.get(reverse("appointments:waitlist")))
        assert "You wait for nothing" in page

    def test_three_cost_what_one_costs(
        self, patient: Any, riverside: Cast, queries: Any
    ) -> None:
        entry = waits(riverside)
        address = reverse("appointments:waitlist")
        patient.get(address)
        one = queries(lambda: patient.get(address))
        for kind in ("follow-up", "emergency"):
            entry.pk, entry.uid, entry.visit_type = None, uuid4(), kind
            entry.save(force_insert=True)
        assert queries(lambda: patient.get(address)) == one


class TestDesk:
    def url(self, cast: Cast, **query: Any) -> str:
        at = [cast.clinic.slug]
        return reverse("appointments:waiting_list", args=at, query=query)

    def test_who_waits_longest_comes_first(self, staff: Any, riverside: Cast) -> None:
        waits(riverside)
        with clock.at(MONDAY + timedelta(hours=1)):
            waits(riverside, riverside.patient2.patient)
        page = text_of(staff.get(self.url(riverside)))
        first = page.index(riverside.patient.record_number)
        assert first < page.index(riverside.patient2.record_number)
        newest = text_of(staff.get(self.url(riverside, sort="newest")))
        first = newest.index(riverside.patient.record_number)
        assert first > newest.index(riverside.patient2.record_number)

    def test_what_it_is_about_stays_with_the_doctor(
        self, staff: Any, riverside: Cast
    ) -> None:
        waits(riverside)
        assert "Palpitations" not in text_of(staff.get(self.url(riverside)))

    def test_search_and_filters(self, staff: Any, riverside: Cast) -> None:
        waits(riverside)
        number = riverside.patient.record_number
        for query, found in (
            ({"q": number}, True),
            ({"q": "Nobody"}, False),
            ({"state": "ended"}, False),
            ({"state": "all"}, True),
            ({"doctor": riverside.doctor.uid}, True),
            ({"doctor": "x", "state": "y", "sort": "z"}, True),
        ):
            page = text_of(staff.get(self.url(riverside, **query)))
            row = f"{number}</span></th>"
            assert (row in page) is found, query

    def test_pages(self, staff: Any, riverside: Cast) -> None:
        for each in RegistrationFactory.create_batch(26, clinic=riverside.clinic):
            waits(riverside, each.patient)
        assert "1 to 25 of 26" in text_of(staff.get(self.url(riverside)))
        assert "26 to 26 of 26" in text_of(staff.get(self.url(riverside, page=2)))

    def test_add_a_patient(self, staff: Any, riverside: Cast) -> None:
        address = reverse("appointments:add_waiting", args=[riverside.clinic.slug])
        form = WHENEVER | {
            "record_number": riverside.patient2.record_number.lower(),
            "department": riverside.department.uid,
            "doctor": riverside.doctor.uid,
            "kind": "consultation",
        }
        assert "Added" in text_of(staff.post(address, form, follow=True))
        assert WaitingEntry.objects.get().patient == riverside.patient2.patient

    def test_nobody_of_another_clinic_is_added(
        self, staff: Any, riverside: Cast, hillcrest: Cast
    ) -> None:
        address = reverse("appointments:add_waiting", args=[riverside.clinic.slug])
        form = WHENEVER | {
            "record_number": "unknown",
            "department": hillcrest.department.uid,
            "doctor": hillcrest.doctor.uid,
            "kind": "consultation",
        }
        page = text_of(staff.post(address, form))
        assert "Nobody here has that record number" in page
        assert not WaitingEntry.objects.exists()

    def test_remove_with_a_reason(self, staff: Any, riverside: Cast) -> None:
        entry = waits(riverside)
        at = [riverside.clinic.slug, entry.uid]
        address = reverse("appointments:remove_waiting", args=at)
        assert "Fill in" in text_of(staff.post(address, {"reason": ""}))
        staff.post(address, {"reason": "Asked us to"})
        entry.refresh_from_db()
        assert (entry.state, entry.end_reason) == (WaitingState.ENDED, "Asked us to")

    def test_three_cost_what_one_costs(
        self, staff: Any, riverside: Cast, queries: Any
    ) -> None:
        people = RegistrationFactory.create_batch(3, clinic=riverside.clinic)
        waits(riverside, people[0].patient)
        staff.get(self.url(riverside))
        one = queries(lambda: staff.get(self.url(riverside)))
        for each in people[1:]:
            waits(riverside, each.patient)
        assert queries(lambda: staff.get(self.url(riverside))) == one
