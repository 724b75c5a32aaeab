"""The search over all doctors of a clinic."""

import re
from datetime import time

import pytest
from django.urls import reverse

from accounts.models import DoctorProfile
from appointments.factories import ServiceFactory, WeeklyRuleFactory
from appointments.models import WeeklyRule
from appointments.tests.conftest import MONDAY
from clinics.factories import (
    DepartmentFactory,
    MembershipFactory,
    RegistrationFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]


@pytest.fixture
def patient(as_user, riverside):
    return as_user(riverside.patient)


def doctor_of(cast, *, starts=9, ends=12, weekdays=range(7), language="en", **values):
    department = values.pop("department", cast.department)
    doctor = MembershipFactory(
        clinic=cast.clinic, role="doctor", department=department, **values
    )
    person = doctor.person
    person.language = language
    person.save()
    for weekday in weekdays:
        WeeklyRuleFactory(
            doctor=doctor, weekday=weekday, starts=time(starts), ends=time(ends)
        )
    return doctor


def url(cast, **query):
    return reverse("appointments:search", args=[cast.clinic.slug], query=query)


def links(client, cast, **query):
    page = client.get(url(cast, **query)).content.decode()
    return [link for link in re.findall(r'href="([^"]*)"', page) if "time=" in link]


def test_the_first_twenty_over_all_doctors(patient, riverside):
    other = doctor_of(riverside, starts=8, ends=10)
    found = links(patient, riverside)
    assert len(found) == 20
    times = [re.search(r"time=([^&]+)", link)[1] for link in found]
    assert times == sorted(times)
    assert times[0] == "2026-09-21T06%3A30Z"
    assert any(str(other.uid) in link for link in found)
    assert any(str(riverside.doctor.uid) in link for link in found)


def test_a_click_lands_on_the_time_with_all_picked(patient, riverside):
    service = ServiceFactory(doctor=riverside.doctor, name="First visit")
    first = links(patient, riverside)[0].replace("&amp;", "&")
    assert str(service.uid) in first
    page = patient.get(first).content.decode()
    assert re.search(r'value="2026-09-21T07:00Z" checked', page)


def test_days_and_parts_of_the_day(patient, riverside):
    doctor_of(riverside, starts=14, ends=19)
    found = links(patient, riverside, weekday=[2, 4], part=["evening"])
    times = [re.search(r"time=([^&]+)", link)[1] for link in found]
    assert times[:4] == [
        "2026-09-23T15%3A00Z",
        "2026-09-23T15%3A30Z",
        "2026-09-23T16%3A00Z",
        "2026-09-23T16%3A30Z",
    ]
    assert {time[:10] for time in times} == {
        f"2026-{day}" for day in ("09-23", "09-25", "09-30", "10-02", "10-07")
    }


def test_by_department_doctor_specialization_and_language(patient, riverside):
    surgery = DepartmentFactory(clinic=riverside.clinic, name="Surgery")
    other = doctor_of(riverside, department=surgery, language="el")
    DoctorProfile.objects.filter(person=other.person).delete()
    DoctorProfile.objects.create(person=other.person, specialization="Hands")
    for query in (
        {"department": surgery.uid},
        {"doctor": other.uid},
        {"specialization": "Hands"},
        {"language": "el"},
    ):
        found = links(patient, riverside, **query)
        assert len(found) == 20
        assert all(str(other.uid) in link for link in found), query


def test_by_kind_of_visit(patient, riverside):
    tele = ServiceFactory(doctor=riverside.doctor, kind="tele", name="By video")
    ServiceFactory(doctor=riverside.doctor, name="In the room", position=1)
    found = links(patient, riverside, kind="tele")
    assert found
    assert all(str(tele.uid) in link for link in found)
    assert links(patient, riverside, kind="emergency") == []


def test_what_is_taken_or_in_ones_own_way_is_left_out(
    patient, riverside, hillcrest, booked
):
    booked(riverside, patient=riverside.patient2.patient)
    booked(
        hillcrest,
        patient=riverside.patient.patient,
        starts_at=MONDAY.replace(hour=13),
    )
    WeeklyRuleFactory(
        doctor=riverside.doctor, weekday=0, starts=time(15), ends=time(16)
    )
    found = " ".join(links(patient, riverside))
    assert "2026-09-22T07%3A00Z" not in found
    assert "2026-09-21T13%3A00Z" not in found
    assert "2026-09-21T13%3A30Z" in found


def test_nothing_found_says_what_to_loosen(patient, riverside):
    page = patient.get(url(riverside, part=["evening"], weekday=[0]))
    text = page.content.decode()
    assert "Leave this open: part of the day, days." in text


def test_nothing_at_all(patient, riverside):
    WeeklyRule.objects.all().delete()
    page = patient.get(url(riverside)).content.decode()
    assert "No doctor of this clinic has a free time" in page


def test_nonsense_is_told_and_finds_nothing(patient, riverside):
    answer = patient.get(url(riverside, doctor="x", weekday="9", part="x"))
    assert answer.status_code == 200
    assert links(patient, riverside, doctor="x") == []


def test_a_doctor_of_another_clinic_is_no_choice(patient, riverside, hillcrest):
    assert links(patient, riverside, doctor=hillcrest.doctor.uid) == []


def test_a_blocked_patient_finds_nothing(as_user, riverside):
    blocked = RegistrationFactory(
        clinic=riverside.clinic,
        blocked_at=MONDAY,
        blocked_by=riverside.staff.user,
        blocked_reason="-",
    )
    assert as_user(blocked).get(url(riverside)).status_code == 403


def test_the_number_of_queries_stays(patient, riverside, queries):
    address = url(riverside)
    patient.get(address)
    one = queries(lambda: patient.get(address))
    for _n in range(2):
        doctor = doctor_of(riverside)
        ServiceFactory(doctor=doctor)
    assert queries(lambda: patient.get(address)) == one
