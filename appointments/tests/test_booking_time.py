"""Choosing a day and a time."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from appointments.factories import WeeklyRuleFactory
from appointments.models import WeeklyRule
from appointments.tests.booking import INSTANT, url
from appointments.tests.conftest import NINE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]


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
