from datetime import timedelta

import pytest

from healthcare import clock, dates
from records.conftest import BODY

URL = "/me/prescriptions/"


@pytest.fixture
def patient(client, riverside):
    client.force_login(riverside.patient.patient.user)
    return client


def medicine(name, days):
    return BODY | {
        "lines": [BODY["lines"][0] | {"medicine": name, "duration_days": days}]
    }


def test_it_works(patient, riverside, sign_visit):
    started = clock.now() - timedelta(days=10)
    sign_visit(riverside, starts_at=started, body=medicine("Ibuprofen", "5"))
    sign_visit(riverside, starts_at=started, body=medicine("Metformin", "12"))
    response = patient.get(URL)
    names = [each.medicine.name for each in response.context["current"]]
    assert names == ["Metformin"]
    assert [each.medicine.name for each in response.context["past"]] == ["Ibuprofen"]
    last = (started + timedelta(days=11)).astimezone(riverside.clinic.zone).date()
    page = response.content.decode()
    assert dates.day(last) in page
    assert "Runs out in 1 day" in page
    assert "RX-" in page


def test_it_says_when_there_is_none(patient):
    assert "You have no current prescription" in patient.get(URL).content.decode()


def test_only_ones_own(client, riverside, sign_visit):
    sign_visit(riverside)
    client.force_login(riverside.patient2.patient.user)
    assert "Ramipril" not in client.get(URL).content.decode()


def test_it_only_answers_gets(patient):
    assert patient.post(URL).status_code == 405


def test_strangers_sign_in_first(client):
    assert "/accounts/login/" in client.get(URL).url


def test_the_number_of_queries_does_not_grow(
    patient, riverside, sign_visit, django_assert_max_num_queries
):
    sign_visit(riverside)
    patient.get(URL)
    with django_assert_max_num_queries(30) as first:
        patient.get(URL)
    for _ in range(2):
        sign_visit(riverside)
    with django_assert_max_num_queries(len(first)):
        patient.get(URL)
