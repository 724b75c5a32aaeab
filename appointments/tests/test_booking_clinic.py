"""Choosing a clinic, a department and a doctor."""

import pytest
from django.urls import reverse

from accounts.factories import PersonFactory
from appointments.factories import WeeklyRuleFactory
from appointments.models import WeeklyRule
from appointments.tests.booking import url
from clinics.factories import MembershipFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]


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
