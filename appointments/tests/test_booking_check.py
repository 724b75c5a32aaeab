"""Checking the answers, and booking."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.factories import PersonFactory
from appointments.factories import WeeklyRuleFactory
from appointments.models import Appointment
from appointments.tests.booking import INSTANT, answers, sure, url
from appointments.tests.conftest import NINE
from clinics.models import Registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]


class TestCheck:
    def test_it_shows_the_answers_and_books_nothing(self, patient, riverside):
        address = url("book_check", riverside, kind="follow-up")
        page = patient.post(address, answers()).content.decode()
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
            {"reason": "x" * 301},
            {"reason": "a\x00b"},
        ],
    )
    def test_answers_that_make_no_sense(self, patient, riverside, changes):
        response = patient.post(url("book_check", riverside), sure(**changes))
        assert response.status_code == 200
        assert not Appointment.objects.exists()

    @pytest.mark.parametrize("query", [{"kind": "tea"}, {"service": "x"}])
    def test_a_kind_of_visit_that_is_none(self, patient, riverside, query):
        address = url("book_check", riverside, **query)
        assert patient.post(address, sure()).status_code == 404

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
