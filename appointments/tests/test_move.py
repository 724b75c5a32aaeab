"""A patient moves their own visit, and reads what cancelling costs."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from appointments import actions
from appointments.actions import book_series
from appointments.factories import ServiceFactory
from appointments.models import Appointment, BookingPolicy, Status
from appointments.tests.conftest import NINE, patient_of, staff_of
from healthcare import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]

LATER = "2026-09-22T08:00Z"


@pytest.fixture
def patient(as_user, riverside):
    return as_user(riverside.patient)


@pytest.fixture
def visit(riverside, booked):
    return booked(riverside)


def url(visit, name="my_move", **query):
    return reverse(f"appointments:{name}", args=[visit.uid], query=query)


def text(answer):
    return " ".join(answer.content.decode().split())


class TestMove:
    def test_the_days_and_times_of_that_visit(self, patient, visit):
        assert url(visit) in text(patient.get(visit.get_absolute_url()))
        assert url(visit) in text(patient.get("/me/appointments/"))
        page = text(patient.get(url(visit, day="2026-09-22")))
        assert "Tue 22 September, 5 free times" in page
        assert f'value="{LATER}"' in page
        assert "2026-09-22T07:00Z" not in page

    def test_the_length_is_that_of_its_service(self, patient, riverside, booked):
        long = ServiceFactory(doctor=riverside.doctor, minutes=60)
        ServiceFactory(doctor=riverside.doctor, minutes=15)
        visit = booked(riverside, service=long)
        page = text(patient.get(url(visit, day="2026-09-23")))
        assert "Wed 23 September, 3 free times" in page

    def test_by_month_as_well(self, patient, visit):
        page = text(patient.get(url(visit, view="month")))
        assert "September 2026" in page
        assert f"{url(visit)}?day=2026-09-24&amp;view=month" in page

    def test_old_and_new_are_checked_first(self, patient, visit):
        page = text(patient.post(url(visit), {"time": LATER}))
        assert "Move this appointment?" in page
        assert "09:00 to 09:30" in page
        assert "10:00 to 10:30" in page
        visit.refresh_from_db()
        assert visit.starts_at == NINE

    def test_it_moves(self, patient, visit):
        answer = patient.post(url(visit), {"time": LATER, "sure": "1"})
        assert answer.url == visit.get_absolute_url()
        visit.refresh_from_db()
        assert visit.starts_at == NINE + timedelta(hours=1)
        assert "is moved" in text(patient.get(answer.url))

    def test_a_second_click_moves_once(self, patient, visit):
        for _n in range(2):
            answer = patient.post(url(visit), {"time": LATER, "sure": "1"})
            assert answer.url == visit.get_absolute_url()
        visit.refresh_from_db()
        assert visit.sequence == 1

    def test_a_conflict_keeps_everything(self, patient, visit, riverside, booked):
        booked(
            riverside,
            patient=riverside.patient2.patient,
            starts_at=NINE + timedelta(hours=1),
        )
        page = text(patient.post(url(visit), {"time": LATER, "sure": "1"}))
        assert "That time has just been taken." in page
        times = re.findall(r'name="time" value="([^"]+)"', page)
        assert "2026-09-22T07:30Z" in times
        assert len(times) == 3
        visit.refresh_from_db()
        assert (visit.starts_at, visit.sequence) == (NINE, 0)

    def test_a_time_that_is_not_offered(self, patient, visit):
        data = {"time": "2026-09-22T03:00Z", "sure": "1"}
        assert "does not offer that time" in text(patient.post(url(visit), data))

    @pytest.mark.parametrize("time", ["", "tomorrow", "9999-12-31T23:59Z"])
    def test_a_time_that_is_none(self, patient, visit, time):
        answer = patient.post(url(visit), {"time": time, "sure": "1"})
        assert answer.status_code == 200
        visit.refresh_from_db()
        assert visit.starts_at == NINE

    def test_one_that_is_cancelled_stays(self, patient, visit, riverside):
        actions.cancel(appointment=visit, reason="", by=patient_of(riverside))
        for answer in (
            patient.get(url(visit)),
            patient.post(url(visit), {"time": LATER, "sure": "1"}),
        ):
            assert "cannot be moved here" in text(answer)
        assert url(visit) not in text(patient.get(visit.get_absolute_url()))

    def test_one_that_has_begun_stays(self, patient, visit, riverside):
        actions.start(appointment=visit, by=staff_of(riverside))
        assert "cannot be moved here" in text(patient.get(url(visit)))

    def test_a_kind_that_is_no_longer_offered(self, patient, visit, riverside):
        ServiceFactory(doctor=riverside.doctor, kind="tele")
        assert "cannot be moved here" in text(patient.get(url(visit)))

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_somebody_elses_is_not_found(self, as_user, visit, riverside, method):
        client = as_user(riverside.patient2)
        answer = getattr(client, method)(url(visit), {"time": LATER, "sure": "1"})
        assert answer.status_code == 404
        visit.refresh_from_db()
        assert visit.starts_at == NINE

    def test_a_request_can_be_moved_too(self, patient, riverside, booked):
        service = ServiceFactory(doctor=riverside.doctor, audience="approval")
        visit = booked(riverside, service=service)
        patient.post(url(visit), {"time": LATER, "sure": "1"})
        visit.refresh_from_db()
        assert visit.starts_at == NINE + timedelta(hours=1)
        assert visit.status == Status.REQUESTED


class TestPolicy:
    def test_until_when_it_is_free(self, patient, visit):
        told = "Free until 21-Sep-2026 09:00. After that it counts as a late"
        for name in ("my_cancel", "my_appointment"):
            assert told in text(patient.get(url(visit, name)))

    def test_after_that_it_says_so(self, patient, visit):
        with clock.at(NINE - timedelta(hours=23)):
            page = text(patient.get(url(visit, "my_cancel")))
        assert "It was free until 21-Sep-2026 09:00." in page

    def test_no_policy_no_words(self, patient, visit, riverside):
        BookingPolicy.objects.create(clinic=riverside.clinic, free_until_hours=0)
        page = text(patient.get(url(visit, "my_cancel")))
        assert "late cancellation" not in page


class TestSeries:
    @pytest.fixture
    def visits(self, riverside):
        report = book_series(
            clinic=riverside.clinic,
            patient=riverside.patient.patient,
            doctor=riverside.doctor,
            starts_at=NINE,
            visit_type="consultation",
            reason="",
            every_weeks=1,
            count=4,
            by=staff_of(riverside),
        )
        return report.booked

    def test_each_says_its_place(self, patient, visits):
        page = text(patient.get("/me/appointments/"))
        for n in range(1, 5):
            assert f"Visit {n} of 4" in page
        assert "Visit 3 of 4" in text(patient.get(visits[2].get_absolute_url()))

    def test_others_are_not_counted(self, patient, visits, riverside, booked):
        alone = booked(riverside, starts_at=NINE + timedelta(hours=1))
        assert "Visit " not in text(patient.get(alone.get_absolute_url())).replace(
            "Visit type", ""
        )
        assert Appointment.objects.count() == 5
