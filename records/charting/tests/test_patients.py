from datetime import timedelta

import pytest
from django.urls import reverse

from clinics.factories import RegistrationFactory
from healthcare import clock

URL = "/c/riverside/my-patients/"


@pytest.fixture
def doctor(client, riverside):
    client.force_login(riverside.doctor.user)
    return client


def named(riverside, family):
    registration = RegistrationFactory.create(
        clinic=riverside.clinic, patient__family_name=family
    )
    return registration.patient


def test_it_works(doctor, riverside, sign_visit):
    encounter = sign_visit(riverside)
    page = doctor.get(URL).content.decode()
    chart = reverse("charting:chart", args=["riverside", encounter.patient.uid])
    assert chart in page
    assert riverside.patient.record_number in page
    assert riverside.patient2.record_number not in page


def test_it_says_when_there_is_nobody(doctor):
    assert "Nobody is in your care yet" in doctor.get(URL).content.decode()


@pytest.mark.parametrize("role", ["owner", "staff", "auditor"])
def test_other_roles_may_not(client, riverside, role):
    client.force_login(riverside.users[role])
    assert client.get(URL).status_code == 403


def test_it_only_answers_gets(doctor):
    assert doctor.post(URL).status_code == 405


def test_outsiders_do_not_see_it(client, hillcrest, riverside):
    client.force_login(hillcrest.doctor.user)
    assert client.get(URL).status_code == 404


def test_it_searches(doctor, riverside, open_visit):
    for family in ("Vassilakis", "Okafor"):
        open_visit(riverside, patient=named(riverside, family))
    rows = doctor.get(URL, {"q": "vassil"}).context["rows"]
    assert [row.name.split(",")[0] for row in rows] == ["VASSILAKIS"]
    assert doctor.get(URL, {"q": "\x00 %' --"}).status_code == 200
    nothing = doctor.get(URL, {"q": "nobody % here"})
    assert "None of your patients fits" in nothing.content.decode()


def test_it_sorts(doctor, riverside, sign_visit, book_visit):
    now = clock.now()
    anna, zoe = named(riverside, "Anna"), named(riverside, "Zoe")
    sign_visit(riverside, patient=anna, starts_at=now - timedelta(days=9))
    sign_visit(riverside, patient=zoe, starts_at=now - timedelta(days=2))
    book_visit(
        riverside, patient=zoe, starts_at=now + timedelta(days=3), status="booked"
    )

    def order(sort):
        rows = doctor.get(URL, {"sort": sort}).context["rows"]
        return [row.name.split(",")[0] for row in rows]

    assert order("name") == order("") == order("nonsense") == ["ANNA", "ZOE"]
    assert order("last") == order("next") == ["ZOE", "ANNA"]


@pytest.mark.parametrize("page", ["2", "x", "-1", "999999999999999999999"])
def test_any_page_number_is_answered(doctor, riverside, open_visit, page):
    open_visit(riverside)
    assert doctor.get(URL, {"page": page}).status_code == 200


def test_the_number_of_queries_does_not_grow(
    doctor, riverside, sign_visit, django_assert_max_num_queries
):
    sign_visit(riverside)
    doctor.get(URL)
    with django_assert_max_num_queries(30) as first:
        doctor.get(URL)
    for family in ("Two", "Three"):
        sign_visit(riverside, patient=named(riverside, family))
    with django_assert_max_num_queries(len(first)):
        assert len(doctor.get(URL).context["rows"]) == 3
