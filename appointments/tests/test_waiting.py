"""Who waits for whom: for the desk as a board, for a patient as a number."""

from datetime import timedelta

import pytest
from django.utils.html import strip_tags

from appointments.actions import arrive, cancel, start
from appointments.tests.conftest import NINE, patient_of, staff_of
from healthcare import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]
HALF_HOUR = timedelta(minutes=30)


@pytest.fixture
def three(riverside, booked):
    """Tuesday at 9:00, 9:30 and 10:00, of two patients."""
    one, two = riverside.patient.patient, riverside.patient2.patient
    return [
        booked(riverside, starts_at=NINE + n * HALF_HOUR, patient=who)
        for n, who in enumerate((one, two, one))
    ]


def here(visit, riverside, minutes=-30):
    with clock.at(NINE + timedelta(minutes=minutes)):
        return arrive(appointment=visit, by=staff_of(riverside))


def words(response):
    return " ".join(strip_tags(response.content.decode()).split())


class TestPatient:
    def seen_by(self, as_user, registration, visit):
        with clock.at(NINE):
            return words(as_user(registration).get(visit.get_absolute_url()))

    def test_before_check_in_nothing_is_told(self, as_user, riverside, three):
        page = self.seen_by(as_user, riverside.patient, three[0])
        assert "checked in" not in page

    def test_earlier_times_go_first_whoever_came_first(self, as_user, riverside, three):
        here(three[2], riverside, -40)
        here(three[1], riverside, -30)
        page = self.seen_by(as_user, riverside.patient, three[2])
        assert "You are checked in. 1 person before you." in page
        page = self.seen_by(as_user, riverside.patient2, three[1])
        assert "You are checked in. You are next." in page

    def test_who_is_with_the_doctor_counts(self, as_user, riverside, three):
        for visit in three:
            here(visit, riverside)
        with clock.at(NINE):
            start(appointment=three[0], by=staff_of(riverside))
        page = self.seen_by(as_user, riverside.patient, three[2])
        assert "2 people before you" in page

    def test_another_doctors_patients_do_not_count(
        self, as_user, riverside, hillcrest, three, booked
    ):
        with clock.at(NINE - timedelta(days=1)):
            other = booked(hillcrest, starts_at=NINE + timedelta(hours=6))
        here(other, hillcrest, 300)
        here(three[2], riverside)
        page = self.seen_by(as_user, riverside.patient, three[2])
        assert "You are next" in page

    def test_it_looks_again_without_a_click(self, as_user, riverside, three):
        here(three[0], riverside)
        url = three[0].get_absolute_url()
        with clock.at(NINE):
            body = as_user(riverside.patient).get(url).content.decode()
        assert f'data-poll="{url}"' in body


class TestBoard:
    URL = "/c/riverside/queue/"

    def board(self, client, minutes=0, **headers):
        with clock.at(NINE + timedelta(minutes=minutes)):
            return client.get(self.URL, headers=headers)

    def test_it_tells_who_is_where(self, as_user, riverside, three):
        here(three[0], riverside, -20)
        here(three[1], riverside, -12)
        with clock.at(NINE):
            start(appointment=three[0], by=staff_of(riverside))
        page = words(self.board(as_user(riverside.staff)))
        inside, waiting, upcoming = (
            page.index(word) for word in ("With the doctor", "Waiting 12 min", "Next")
        )
        assert inside < waiting < upcoming

    def test_nobody_today(self, as_user, riverside):
        page = words(self.board(as_user(riverside.staff)))
        assert "Nobody is booked, waits or is seen today." in page

    def test_later_ones_are_only_counted(self, as_user, riverside, three, booked):
        for n in (3, 4, 5):
            booked(riverside, starts_at=NINE + n * HALF_HOUR)
        assert "3 more later today" in words(self.board(as_user(riverside.staff)))

    def test_cancelled_ones_are_gone(self, as_user, riverside, three):
        cancel(appointment=three[0], reason="", by=patient_of(riverside))
        assert "09:00" not in words(self.board(as_user(riverside.staff), -30))

    def test_a_button_checks_in_and_comes_back(self, as_user, riverside, three):
        client = as_user(riverside.staff)
        address = f"/c/riverside/appointments/{three[0].uid}/arrive/"
        assert address in self.board(client).content.decode()
        with clock.at(NINE):
            answer = client.post(address, {"next": self.URL})
        assert answer.headers["Location"] == self.URL

    def test_nothing_of_another_clinic(self, as_user, riverside, hillcrest, three):
        page = self.board(as_user(riverside.staff)).content.decode()
        assert three[0].patient.family_name.upper() in page
        with clock.at(NINE):
            client = as_user(hillcrest.staff)
            assert client.get(self.URL).status_code == 404
            assert "FAMILY" not in client.get("/c/hillcrest/queue/").content.decode()

    def test_what_the_visit_is_about_stays_out(self, as_user, riverside, three):
        assert "Palpitations" not in words(self.board(as_user(riverside.staff)))

    def test_a_poll_gets_the_board_alone_and_keeps_nobody_signed_in(
        self, as_user, riverside, three
    ):
        client = as_user(riverside.staff)
        self.board(client)
        body = self.board(client, 10, x_healix_poll="1").content.decode()
        assert "<html" not in body
        assert f'data-poll="{self.URL}"' in body
        self.board(client, 14, x_healix_poll="1")
        assert self.board(client, 16, x_healix_poll="1").status_code == 302

    def test_three_visits_cost_what_one_costs(
        self, as_user, riverside, booked, queries
    ):
        client = as_user(riverside.staff)
        booked(riverside)
        self.board(client)
        one = queries(lambda: self.board(client))
        for n in (1, 2):
            booked(riverside, starts_at=NINE + n * HALF_HOUR)
        assert queries(lambda: self.board(client)) == one
