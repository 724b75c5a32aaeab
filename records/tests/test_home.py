from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.factories import PersonFactory
from healthcare import clock
from records.charting.actions import open_chart
from records.conftest import BODY

URL = "/me/"


@pytest.fixture
def patient(client, riverside):
    client.force_login(riverside.patient.patient.user)
    return client


def home(client):
    return client.get(URL).context["home"]


def test_it_works(patient, riverside, sign_visit, book_visit):
    sign_visit(riverside, starts_at=clock.now() - timedelta(hours=1))
    ahead = clock.now() + timedelta(days=7)
    book_visit(riverside, starts_at=ahead, status="booked")
    response = patient.get(URL)
    page = response.content.decode()
    assert "Your next appointment" in page
    assert "In 7 days" in page
    assert "Essential hypertension" in page
    assert page.count("<h1") == 1
    assert response["Cache-Control"] == "no-store"
    values = [stat.value for stat in response.context["home"].stats[:3]]
    assert values == ["1", "1", "1"]


def test_somebody_new_is_invited(client, db):
    client.force_login(PersonFactory().user)
    page = client.get(URL).content.decode()
    assert reverse("appointments:book") in page
    assert reverse("clinics:list") in page
    assert "Book your first appointment" in page


def test_without_a_date_of_birth_the_profile_comes_first(client, db):
    client.force_login(PersonFactory(date_of_birth=None).user)
    assert client.get(URL).url.startswith(reverse("accounts:profile"))


@pytest.mark.parametrize(
    ("hour", "words"),
    [(8, "Good morning"), (12, "Good afternoon"), (19, "Good evening")],
)
def test_it_greets_by_the_clinics_clock(patient, riverside, hour, words):
    local = clock.now().astimezone(riverside.clinic.zone)
    with clock.at(local.replace(hour=hour)):
        assert home(patient).heading.startswith(words)


def test_a_new_summary_is_to_do_until_it_is_read(patient, riverside, sign_visit):
    encounter = sign_visit(riverside)
    url = encounter.get_absolute_url()
    assert url in [task.url for task in home(patient).tasks]
    patient.get(url)
    assert url not in [task.url for task in home(patient).tasks]


def test_a_medicine_that_runs_out_is_to_do(patient, riverside, sign_visit):
    line = BODY["lines"][0] | {"duration_days": "5"}
    sign_visit(riverside, body=BODY | {"lines": [line]})
    shown = home(patient)
    assert "Ask for more of Ramipril" in [task.title for task in shown.tasks]
    assert shown.stats[2].note == "Runs out in 4 days"


def test_it_shows_who_looked_but_not_oneself(patient, riverside, sign_visit):
    encounter = sign_visit(riverside)
    patient.get(encounter.get_absolute_url())
    for _ in range(3):
        open_chart(
            patient=encounter.patient,
            clinic=riverside.clinic,
            part="Summary",
            by=riverside.doctor.user.as_actor(role="doctor"),
        )
    looks = home(patient).looks
    assert [look.what for look in looks].count("Opened the record") == 1
    assert {look.name for look in looks} == {"Ada Doctor"}


def test_it_only_answers_gets(patient):
    assert patient.post(URL).status_code == 405


def test_strangers_sign_in_first(client):
    assert "/accounts/login/" in client.get(URL).url


def test_the_number_of_queries_does_not_grow(
    patient, riverside, sign_visit, django_assert_max_num_queries
):
    sign_visit(riverside)
    patient.get(URL)
    with django_assert_max_num_queries(40) as first:
        patient.get(URL)
    for _ in range(2):
        sign_visit(riverside)
    with django_assert_max_num_queries(len(first)):
        patient.get(URL)
