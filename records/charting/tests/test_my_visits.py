from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from healthcare import clock
from healthcare.audit.models import Action, AuditEvent
from records.conftest import BODY

URL = "/me/visits/"


@pytest.fixture
def patient(client, riverside):
    client.force_login(riverside.patient.patient.user)
    return client


def own(encounter):
    return reverse("charting:my_visit", args=[encounter.uid])


def test_the_list_works(patient, riverside, sign_visit):
    encounter = sign_visit(riverside)
    page = patient.get(URL).content.decode()
    assert own(encounter) in page
    assert "Essential hypertension" in page


def test_the_list_says_when_it_is_empty(patient):
    page = patient.get(URL).content.decode()
    assert "After a visit" in page
    assert reverse("appointments:book") in page


def test_the_list_filters_by_year(patient, riverside, sign_visit):
    now = clock.now()
    for days in (0, 800):
        sign_visit(riverside, starts_at=now - timedelta(days=days))
    assert len(patient.get(URL).context["visits"]) == 2
    found = patient.get(URL, {"year": now.year}).context["visits"]
    assert [visit.day.year for visit in found] == [now.year]
    for nonsense in ("x", "99999", "1"):
        assert len(patient.get(URL, {"year": nonsense}).context["visits"]) == 2


def test_a_visit_works(patient, riverside, sign_visit):
    encounter = sign_visit(riverside)
    page = patient.get(own(encounter)).content.decode()
    doctor = riverside.doctor.label
    for told in (*BODY.values(), "Ramipril 5 mg", "I10", doctor, "Unchanged since"):
        if isinstance(told, str) and told != "consultation":
            assert told in page
    assert page.count("<h1") == 1


def test_reading_is_logged_as_the_patients_own(patient, riverside, sign_visit):
    encounter = sign_visit(riverside)
    patient.get(own(encounter))
    event = AuditEvent.objects.get(action=Action.ENCOUNTER_OPENED)
    assert event.actor_role == "patient"
    assert event.target_uid == str(encounter.uid)


def test_a_visit_is_there_at_once_and_never_before(patient, riverside, open_visit):
    encounter = open_visit(riverside)
    encounter.draft.body = BODY | {"notes": "Half a thought"}
    encounter.draft.save()
    assert patient.get(own(encounter)).status_code == 404
    for url in (URL, "/me/", "/me/prescriptions/"):
        page = patient.get(url).content.decode()
        assert "Half a thought" not in page
        assert "Ramipril" not in page


def test_only_ones_own(client, riverside, hillcrest, sign_visit):
    encounter = sign_visit(riverside)
    others = [riverside.patient2.patient, hillcrest.patient.patient]
    for user in [person.user for person in others] + list(riverside.users.values())[:4]:
        client.force_login(user)
        assert client.get(own(encounter)).status_code == 404
        assert own(encounter) not in client.get(URL).content.decode()


def test_it_only_answers_gets(patient):
    assert patient.post(URL).status_code == 405


def test_an_unknown_visit(patient):
    assert patient.get(reverse("charting:my_visit", args=[uuid4()])).status_code == 404


def test_the_patient_cannot_open_the_doctors_page(patient, riverside, sign_visit):
    encounter = sign_visit(riverside)
    url = reverse("charting:encounter", args=["riverside", encounter.uid])
    assert patient.get(url).status_code == 404


@pytest.mark.parametrize("page", ["list", "visit"])
def test_the_number_of_queries_does_not_grow(
    patient, riverside, sign_visit, django_assert_max_num_queries, page
):
    encounter = sign_visit(riverside)
    url = URL if page == "list" else own(encounter)
    patient.get(url)
    with django_assert_max_num_queries(30) as first:
        patient.get(url)
    for _ in range(2):
        sign_visit(riverside)
    with django_assert_max_num_queries(len(first)):
        patient.get(url)
