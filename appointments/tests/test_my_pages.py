"""A patient's own appointments: to see, to cancel, to put into a calendar."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from icalendar import Calendar

from appointments import actions
from appointments.models import Status
from appointments.tests.conftest import NINE, patient_of, staff_of
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]

MINE = "/me/appointments/"
NAMES = ("my_appointment", "my_cancel", "calendar")


def url(name, visit):
    return reverse(f"appointments:{name}", args=[visit.uid])


@pytest.fixture
def visit(riverside, booked):
    return booked(riverside)


@pytest.fixture
def patient(as_user, riverside):
    return as_user(riverside.patient)


class TestList:
    def test_upcoming_and_past_are_apart(self, patient, visit, riverside, booked):
        past = booked(riverside, starts_at=NINE + timedelta(hours=1))
        actions.cancel(appointment=past, reason="", by=patient_of(riverside))
        upcoming = patient.get(MINE).content.decode()
        assert visit.get_absolute_url() in upcoming
        assert past.get_absolute_url() not in upcoming
        cancelled = patient.get(f"{MINE}?show=past").content.decode()
        assert past.get_absolute_url() in cancelled
        assert visit.get_absolute_url() not in cancelled

    def test_a_visit_that_runs_over_is_not_past(self, patient, visit, riverside):
        actions.start(appointment=visit, by=staff_of(riverside))
        with clock.at(visit.ends_at + timedelta(minutes=20)):
            page = patient.get(MINE).content.decode()
        assert visit.get_absolute_url() in page

    def test_one_status(self, patient, visit, riverside, booked):
        other = booked(riverside, starts_at=NINE + timedelta(hours=1))
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        with clock.at(NINE + timedelta(days=1)):
            page = patient.get(f"{MINE}?show=past&status=cancelled").content.decode()
        assert visit.get_absolute_url() in page
        assert other.get_absolute_url() not in page

    def test_a_status_that_is_none_shows_all(self, patient, visit, riverside):
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        page = patient.get(f"{MINE}?show=past&status=drunk").content.decode()
        assert visit.get_absolute_url() in page

    def test_others_visits_are_not_here(self, as_user, visit, riverside):
        page = as_user(riverside.patient2).get(MINE).content.decode()
        assert visit.get_absolute_url() not in page
        assert "You have no upcoming appointments." in page

    def test_pages(self, patient, riverside, booked):
        for n in range(11):
            day = timedelta(days=n // 6)
            booked(riverside, starts_at=NINE + day + timedelta(minutes=30 * (n % 6)))
        assert patient.get(MINE).content.decode().count("hx-main-link") == 10
        assert patient.get(f"{MINE}?page=2").content.decode().count("hx-main-link") == 1
        assert patient.get(f"{MINE}?page=x").status_code == 200

    @pytest.mark.parametrize("query", ["", "?show=past"])
    def test_the_number_of_queries_stays(
        self, patient, riverside, booked, queries, query
    ):
        def another(minutes):
            made = booked(riverside, starts_at=NINE + timedelta(minutes=minutes))
            if query:
                actions.cancel(appointment=made, reason="", by=patient_of(riverside))

        another(0)
        patient.get(MINE + query)
        one = queries(lambda: patient.get(MINE + query))
        another(30)
        another(60)
        assert queries(lambda: patient.get(MINE + query)) == one


class TestOne:
    def test_it_says_everything(self, patient, visit):
        page = patient.get(visit.get_absolute_url()).content.decode()
        for text in (
            visit.reference,
            "Dr Ada Doctor",
            "Cardiology",
            "Tuesday 22-Sep-2026",
            "09:00 to 09:30 (Berlin time)",
            "Palpitations at night",
            "80.00 EUR",
        ):
            assert text in page

    def test_only_a_booking_is_congratulated(self, patient, visit, riverside):
        address = f"{visit.get_absolute_url()}?booked=1"
        assert "You are booked" in patient.get(address).content.decode()
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        assert "You are booked" not in patient.get(address).content.decode()

    @pytest.mark.parametrize("name", NAMES)
    def test_somebody_elses_is_not_found(self, as_user, visit, riverside, name):
        assert as_user(riverside.patient2).get(url(name, visit)).status_code == 404

    @pytest.mark.parametrize("name", NAMES)
    def test_staff_have_no_way_in_here(self, as_user, visit, riverside, name):
        assert as_user(riverside.staff).get(url(name, visit)).status_code != 200

    @pytest.mark.parametrize("name", NAMES)
    def test_an_unknown_one(self, patient, name):
        address = reverse(f"appointments:{name}", args=[uuid4()])
        assert patient.get(address).status_code == 404

    @pytest.mark.parametrize("name", NAMES)
    def test_strangers_sign_in_first(self, client, visit, name):
        assert "/accounts/login/" in client.get(url(name, visit)).url


class TestCancel:
    def test_it_asks_first(self, patient, visit):
        page = patient.get(url("my_cancel", visit)).content.decode()
        assert "Cancel this appointment?" in page
        assert "Keep appointment" in page
        assert "csrfmiddlewaretoken" in page
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED

    def test_it_works(self, patient, visit):
        response = patient.post(url("my_cancel", visit), {"reason": "Travelling"})
        assert response.url == visit.get_absolute_url()
        visit.refresh_from_db()
        assert (visit.status, visit.cancel_reason) == (Status.CANCELLED, "Travelling")
        event = AuditEvent.objects.get(action=Action.CANCELLED)
        assert event.actor_role == "patient"

    def test_a_reason_that_is_too_long(self, patient, visit):
        response = patient.post(url("my_cancel", visit), {"reason": "x" * 301})
        assert response.status_code == 200
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED

    def test_too_late(self, patient, visit):
        with clock.at(visit.starts_at):
            page = patient.get(url("my_cancel", visit)).content.decode()
            assert "can no longer be cancelled" in page
            patient.post(url("my_cancel", visit))
            page = patient.get(visit.get_absolute_url()).content.decode()
        assert "This visit has begun. Please call the clinic" in page
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED

    def test_somebody_elses(self, as_user, visit, riverside):
        address = url("my_cancel", visit)
        assert as_user(riverside.patient2).post(address).status_code == 404
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED


class TestCalendar:
    def test_it_is_a_file(self, patient, visit):
        response = patient.get(url("calendar", visit))
        assert response.headers["Content-Type"].startswith("text/calendar")
        assert visit.reference in response.headers["Content-Disposition"]
        assert response.headers["Cache-Control"] == "no-store"
        event = Calendar.from_ical(response.content).events[0]
        assert event["dtstart"].dt == NINE
        assert b"Palpitations" not in response.content
