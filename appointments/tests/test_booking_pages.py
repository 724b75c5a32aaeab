"""The booking path, as a patient walks it, and as somebody who should not."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.factories import PersonFactory
from appointments.factories import WeeklyRuleFactory
from appointments.models import Appointment, WeeklyRule
from appointments.tests.conftest import NINE
from clinics.factories import MembershipFactory, RegistrationFactory
from clinics.models import Registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]

INSTANT = "2026-09-22T07:00Z"


@pytest.fixture
def patient(as_user, riverside):
    return as_user(riverside.patient)


def url(name, cast, **query):
    parts = {
        "book_departments": [cast.clinic.slug],
        "book_doctor": [cast.clinic.slug, cast.department.uid],
    }
    args = parts.get(name, [cast.clinic.slug, cast.department.uid, cast.doctor.uid])
    return reverse(f"appointments:{name}", args=args, query=query)


def answers(**changes):
    return {
        "time": INSTANT,
        "visit_type": "follow-up",
        "reason": "Palpitations",
        **changes,
    }


def sure(**changes):
    return answers(submission=str(uuid4()), **changes)


class TestChooseClinic:
    URL = "/me/book/"

    def test_one_registration_leads_straight_on(self, patient, riverside):
        response = patient.get(self.URL)
        assert response.url == url("book_departments", riverside)

    def test_all_can_be_seen(self, patient):
        page = patient.get(f"{self.URL}?all=1").content.decode()
        assert "Riverside" in page
        assert "Hillcrest" in page

    def test_a_newcomer_chooses(self, as_user):
        page = as_user(PersonFactory().user).get(self.URL).content.decode()
        assert "Clinics open for booking" in page

    def test_an_unlisted_clinic_is_not_offered(self, as_user, hillcrest):
        hillcrest.clinic.is_listed = False
        hillcrest.clinic.save()
        page = as_user(PersonFactory().user).get(self.URL).content.decode()
        assert "Hillcrest" not in page

    def test_strangers_sign_in_first(self, client):
        assert "/accounts/login/" in client.get(self.URL).url

    def test_without_a_profile_that_comes_first(self, as_user):
        person = PersonFactory(date_of_birth=None)
        assert "/accounts/profile/" in as_user(person.user).get(self.URL).url


class TestDepartmentsAndDoctors:
    def test_departments_show_their_first_free_time(self, patient, riverside):
        page = patient.get(url("book_departments", riverside)).content.decode()
        assert "Cardiology" in page
        assert "First free 21-Sep-2026" in page

    def test_doctors_show_what_is_known_of_them(self, patient, riverside):
        page = patient.get(url("book_doctor", riverside)).content.decode()
        for text in ("Dr Ada Doctor", "MD, FESC", "years of experience", "80.00 EUR"):
            assert text in page
        assert "First free 21-Sep-2026 09:00" in page

    def test_a_doctor_who_is_full_says_so(self, patient, riverside):
        WeeklyRule.objects.filter(doctor=riverside.doctor).delete()
        page = patient.get(url("book_doctor", riverside)).content.decode()
        assert "No free time in the next 30 days" in page

    @pytest.mark.parametrize("name", ["book_departments", "book_doctor"])
    def test_the_number_of_queries_stays(self, patient, riverside, queries, name):
        address = url(name, riverside)
        patient.get(address)
        one = queries(lambda: patient.get(address))
        for _n in range(2):
            other = MembershipFactory(
                clinic=riverside.clinic, role="doctor", department=riverside.department
            )
            WeeklyRuleFactory(doctor=other)
        assert queries(lambda: patient.get(address)) == one

    def test_an_unknown_clinic(self, patient):
        assert patient.get("/me/book/nowhere/").status_code == 404

    def test_an_unlisted_clinic_of_others(self, patient, hillcrest):
        hillcrest.clinic.is_listed = False
        hillcrest.clinic.save()
        assert patient.get(url("book_departments", hillcrest)).status_code == 404

    def test_a_department_of_another_clinic(self, patient, riverside, hillcrest):
        address = reverse(
            "appointments:book_doctor",
            args=[riverside.clinic.slug, hillcrest.department.uid],
        )
        assert patient.get(address).status_code == 404


class TestChooseTime:
    def test_the_first_free_day_is_chosen(self, patient, riverside):
        page = patient.get(url("book_time", riverside)).content.decode()
        assert "Free times on Monday 21 September" in page
        assert "Mon 21 September, 6 free times" in page

    def test_another_day(self, patient, riverside):
        page = patient.get(url("book_time", riverside, day="2026-09-22"))
        assert "Free times on Tuesday 22 September" in page.content.decode()
        assert INSTANT in page.content.decode()

    def test_taken_times_are_not_offered(self, patient, riverside, booked):
        booked(riverside, patient=riverside.patient2.patient)
        address = url("book_time", riverside, day="2026-09-22")
        page = patient.get(address).content.decode()
        assert INSTANT not in page
        assert "Tue 22 September, 5 free times" in page

    def test_nor_those_at_which_the_patient_is_elsewhere(
        self, patient, riverside, hillcrest, booked
    ):
        """09:00 to 09:30 in New York is taken; the doctor there has it free."""
        start = NINE + timedelta(hours=6)
        booked(hillcrest, patient=riverside.patient2.patient, starts_at=start)
        WeeklyRuleFactory(
            doctor=riverside.doctor, weekday=1, starts="15:00", ends="15:30"
        )
        address = url("book_time", riverside, day="2026-09-22")
        assert "2026-09-22T13:00Z" in patient.get(address).content.decode()
        booked(
            hillcrest,
            patient=riverside.patient.patient,
            starts_at=start + timedelta(minutes=30),
        )
        WeeklyRuleFactory(
            doctor=riverside.doctor, weekday=1, starts="15:30", ends="16:00"
        )
        page = patient.get(address).content.decode()
        assert "2026-09-22T13:00Z" in page
        assert "2026-09-22T13:30Z" not in page

    def test_times_are_grouped_by_part_of_day(self, patient, riverside):
        WeeklyRuleFactory(
            doctor=riverside.doctor, weekday=1, starts="17:00", ends="18:00"
        )
        page = patient.get(url("book_time", riverside, day="2026-09-22"))
        words = re.findall(r"Morning|Afternoon|Evening", page.content.decode())
        assert words == ["Morning", "Evening"]

    def test_earlier_and_later_stay_within_the_window(self, patient, riverside):
        page = patient.get(url("book_time", riverside)).content.decode()
        assert "Earlier" not in page
        assert "week=2026-09-28" in page
        page = patient.get(url("book_time", riverside, week="2026-10-19"))
        assert "Later" not in page.content.decode()
        assert "week=2026-10-12" in page.content.decode()

    def test_the_last_day_is_the_thirtieth(self, patient, riverside):
        page = patient.get(url("book_time", riverside, week="2026-10-19"))
        days = re.findall(r'href="[^"]*\?day=([\d-]+)"', page.content.decode())
        assert days == ["2026-10-19", "2026-10-20", "2026-10-21"]

    @pytest.mark.parametrize(
        "day", ["2026-13-45", "x", "''--", "2026-02-30", "99999-01-01", "%00"]
    )
    def test_a_date_that_is_none(self, patient, riverside, day):
        response = patient.get(url("book_time", riverside, day=day))
        assert response.status_code == 200
        assert "could not read that date" in response.content.decode()

    @pytest.mark.parametrize("day", ["2026-09-20", "2026-10-22", "2199-12-31"])
    def test_a_date_outside_the_window(self, patient, riverside, day):
        page = patient.get(url("book_time", riverside, day=day)).content.decode()
        assert "between today and Wednesday 21-Oct-2026" in page

    def test_a_day_without_free_times(self, patient, riverside):
        WeeklyRule.objects.filter(doctor=riverside.doctor, weekday=1).delete()
        page = patient.get(url("book_time", riverside, day="2026-09-22"))
        assert "No free times here" in page.content.decode()
        assert "Tue 22 September, no free times" in page.content.decode()

    def test_a_doctor_of_another_department(self, patient, riverside, hillcrest):
        arguments = [riverside.clinic.slug, riverside.department.uid]
        address = reverse(
            "appointments:book_time", args=[*arguments, hillcrest.doctor.uid]
        )
        assert patient.get(address).status_code == 404

    def test_a_doctor_who_left(self, patient, riverside):
        riverside.doctor.is_active = False
        riverside.doctor.save()
        assert patient.get(url("book_time", riverside)).status_code == 404


class TestCheck:
    def test_it_shows_the_answers_and_books_nothing(self, patient, riverside):
        response = patient.post(url("book_check", riverside), answers())
        page = response.content.decode()
        for text in ("09:00 to 09:30 (Berlin time)", "Follow-up", "Palpitations"):
            assert text in page
        assert 'name="submission"' in page
        assert not Appointment.objects.exists()

    def test_the_reason_is_in_no_address(self, patient, riverside):
        page = patient.post(url("book_check", riverside), answers()).content.decode()
        links = re.findall(r'(?:href|action)="([^"]*)"', page)
        assert not any("Palpitations" in link for link in links)

    def test_what_was_typed_is_kept_while_a_time_is_changed(self, patient, riverside):
        patient.post(url("book_check", riverside), answers())
        address = url("book_time", riverside, time=INSTANT)
        page = patient.get(address).content.decode()
        assert "Palpitations" in page
        assert re.search(rf'value="{INSTANT}" checked', page)
        assert re.search(r'value="follow-up"[^>]* checked', page)

    def test_without_a_time_the_page_comes_back(self, patient, riverside):
        response = patient.post(url("book_check", riverside), answers(time=""))
        page = response.content.decode()
        assert "Choose a time." in page
        assert "Palpitations" in page
        assert "<title>Error:" in " ".join(page.split())

    @pytest.mark.parametrize(
        "changes",
        [
            {"time": "tomorrow"},
            {"time": "0001-01-01T00:00Z"},
            {"time": "9999-12-31T23:59Z"},
            {"visit_type": "tea"},
            {"reason": "x" * 301},
            {"reason": "a\x00b"},
        ],
    )
    def test_answers_that_make_no_sense(self, patient, riverside, changes):
        response = patient.post(url("book_check", riverside), sure(**changes))
        assert response.status_code == 200
        assert not Appointment.objects.exists()

    def test_a_submission_that_is_none(self, patient, riverside):
        response = patient.post(url("book_check", riverside), answers(submission="x"))
        assert response.status_code == 200
        assert not Appointment.objects.exists()

    def test_a_get_leads_back_to_the_times(self, patient, riverside):
        response = patient.get(url("book_check", riverside))
        assert response.url == url("book_time", riverside)


class TestBook:
    def test_it_works(self, patient, riverside):
        response = patient.post(url("book_check", riverside), sure())
        appointment = Appointment.objects.get()
        assert response.url == f"{appointment.get_absolute_url()}?booked=1"
        assert appointment.starts_at == NINE
        assert appointment.patient == riverside.patient.patient
        assert appointment.reason == "Palpitations"
        page = patient.get(response.url).content.decode()
        assert "You are booked" in page
        assert appointment.reference in page

    def test_the_details_are_forgotten_afterwards(self, patient, riverside):
        patient.post(url("book_check", riverside), answers())
        patient.post(url("book_check", riverside), sure())
        page = patient.get(url("book_time", riverside)).content.decode()
        assert "Palpitations" not in page

    def test_a_second_click_books_once(self, patient, riverside):
        data = sure()
        first = patient.post(url("book_check", riverside), data)
        second = patient.post(url("book_check", riverside), data)
        assert first.url == second.url
        assert Appointment.objects.count() == 1

    def test_somebody_elses_submission(self, as_user, riverside):
        data = sure()
        as_user(riverside.patient).post(url("book_check", riverside), data)
        response = as_user(riverside.patient2).post(url("book_check", riverside), data)
        assert "start the booking again" in response.content.decode()
        reference = Appointment.objects.get().reference
        assert reference not in response.content.decode()

    def test_a_newcomer_becomes_a_patient(self, as_user, riverside):
        person = PersonFactory()
        as_user(person.user).post(url("book_check", riverside), sure())
        assert Registration.objects.filter(patient=person).count() == 1

    def test_a_time_that_has_passed(self, patient, riverside):
        data = sure(time="2026-09-20T07:00Z")
        response = patient.post(url("book_check", riverside), data)
        assert "has passed" in response.content.decode()
        assert "Palpitations" in response.content.decode()

    def test_a_doctor_of_another_clinic(self, patient, riverside, hillcrest):
        arguments = [riverside.clinic.slug, riverside.department.uid]
        address = reverse(
            "appointments:book_check", args=[*arguments, hillcrest.doctor.uid]
        )
        assert patient.post(address, sure()).status_code == 404


class TestConflict:
    def test_the_nearest_times_are_offered_and_nothing_is_lost(
        self, patient, riverside, booked
    ):
        booked(riverside, patient=riverside.patient2.patient)
        response = patient.post(url("book_check", riverside), sure())
        page = response.content.decode()
        assert "That time has just been taken." in page
        assert re.findall(r'name="time" value="([^"]+)"', page) == [
            "2026-09-22T07:30Z",
            "2026-09-22T08:00Z",
            "2026-09-22T08:30Z",
        ]
        assert 'name="reason" value="Palpitations"' in page
        assert 'name="visit_type" value="follow-up"' in page

    def test_one_click_more_and_it_is_booked(self, patient, riverside, booked):
        booked(riverside, patient=riverside.patient2.patient)
        other = answers(time="2026-09-22T07:30Z")
        page = patient.post(url("book_check", riverside), other).content.decode()
        (submission,) = re.findall(r'name="submission" value="([^"]+)"', page)
        data = {**other, "submission": submission}
        patient.post(url("book_check", riverside), data)
        mine = Appointment.objects.get(patient=riverside.patient.patient)
        assert mine.starts_at == NINE + timedelta(minutes=30)

    def test_the_patient_is_elsewhere(self, patient, riverside, hillcrest, booked):
        start = NINE + timedelta(hours=6)
        booked(hillcrest, patient=riverside.patient.patient, starts_at=start)
        WeeklyRuleFactory(
            doctor=riverside.doctor, weekday=1, starts="15:00", ends="15:30"
        )
        data = sure(time="2026-09-22T13:00Z")
        response = patient.post(url("book_check", riverside), data)
        assert "You already have a visit at that time." in response.content.decode()


class TestBlocked:
    @pytest.fixture
    def blocked(self, as_user, riverside):
        registration = RegistrationFactory(
            clinic=riverside.clinic,
            blocked_at=NINE,
            blocked_by=riverside.staff.user,
            blocked_reason="Shouted at the desk",
        )
        riverside.clinic.phone = "+493012345678"
        riverside.clinic.save()
        return as_user(registration)

    @pytest.mark.parametrize(
        "name", ["book_departments", "book_doctor", "book_time", "book_check"]
    )
    def test_every_page_says_whom_to_call(self, blocked, riverside, name):
        response = blocked.get(url(name, riverside))
        assert response.status_code == 403
        assert "+49 30 12345678" in response.content.decode()
        assert "Shouted" not in response.content.decode()

    def test_nothing_is_booked(self, blocked, riverside):
        blocked.post(url("book_check", riverside), sure())
        assert not Appointment.objects.exists()

    def test_other_clinics_stay_open(self, blocked, hillcrest):
        assert blocked.get(url("book_departments", hillcrest)).status_code == 200
