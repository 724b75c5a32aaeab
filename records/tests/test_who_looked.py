from datetime import timedelta
from uuid import uuid4

import pytest

from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action, Outcome

URL = "/me/who-looked/"


@pytest.fixture
def person(riverside):
    return riverside.patient.patient


@pytest.fixture
def patient(client, person):
    client.force_login(person.user)
    return client


def looked(cast, person, action=Action.CHART_OPENED, role="doctor", **more):
    by = more.pop("by", None) or cast.users[role].as_actor(role=role)
    return record(action, by=by, clinic=cast.clinic, patient=person, **more)


def test_it_works(patient, riverside, person):
    riverside.clinic.email = "desk@riverside.test"
    riverside.clinic.save()
    event = looked(riverside, person)
    page = patient.get(URL).content.decode()
    assert "Ada Doctor" in page
    assert "doctor" in page
    assert "Opened the record" in page
    assert "mailto:desk@riverside.test?subject=" in page
    assert str(event.uid) in page


def test_it_says_when_nobody_has(patient):
    assert "Nobody has opened your record yet" in patient.get(URL).content.decode()


def test_oneself_the_system_and_other_people_are_left_out(patient, riverside, person):
    looked(riverside, person, by=person.user.as_actor(role="patient"))
    looked(riverside, person, by=Actor.system("Reminders"))
    looked(riverside, riverside.patient2.patient)
    looked(riverside, person, Action.ENCOUNTER_SAVED)
    assert patient.get(URL).context["looks"] == []


def test_reasons_of_others_are_not_shown(patient, riverside, person):
    looked(riverside, person, Action.PATIENT_BLOCKED, "staff", reason="Rude on phone")
    page = patient.get(URL).content.decode()
    assert "Stopped online booking" in page
    assert "Rude on phone" not in page


def test_refusals_are_marked(patient, riverside, person):
    looked(riverside, person, role="staff", outcome=Outcome.REFUSED)
    assert "Refused" in patient.get(URL).content.decode()


@pytest.mark.parametrize(
    ("email", "phone", "start"),
    [("", "+4930901820", "tel:"), ("", "", "/clinics/riverside/")],
)
def test_there_is_always_a_way_to_ask(patient, riverside, person, email, phone, start):
    riverside.clinic.email, riverside.clinic.phone = email, phone
    riverside.clinic.save()
    looked(riverside, person)
    assert patient.get(URL).context["looks"][0].ask_url.startswith(start)


def test_it_filters(patient, riverside, hillcrest, person):
    with clock.at(clock.now() - timedelta(days=90)):
        looked(riverside, person, role="staff")
    looked(hillcrest, person)

    def names(**query):
        return [each.name for each in patient.get(URL, query).context["looks"]]

    staff = riverside.staff.user.uid
    assert names() == ["Ada Doctor", "Ada Staff"]
    assert names(person=staff) == ["Ada Staff"]
    assert names(clinic=hillcrest.clinic.uid) == ["Ada Doctor"]
    assert names(period="30") == ["Ada Doctor"]
    assert names(period="7", person=staff) == []
    assert names(period="x", person=uuid4(), clinic="'") == ["Ada Doctor", "Ada Staff"]


def test_it_goes_on_by_cursor(patient, riverside, person):
    for _ in range(30):
        looked(riverside, person)
    first = patient.get(URL).context
    second = patient.get(URL, {"before": first["older"]}).context
    assert (len(first["looks"]), len(second["looks"])) == (25, 5)
    assert second["older"] == first["newer"] == ""
    back = patient.get(URL, {"after": second["newer"]}).context
    assert back["looks"] == first["looks"]


@pytest.mark.parametrize(
    "cursor", ["x", "00000000-0000-0000-0000-000000000000", "\x00"]
)
def test_an_unknown_cursor_shows_the_first_page(patient, riverside, person, cursor):
    looked(riverside, person)
    for name in ("before", "after"):
        assert len(patient.get(URL, {name: cursor}).context["looks"]) == 1


def test_another_persons_cursor_tells_nothing(patient, riverside, person):
    theirs = looked(riverside, riverside.patient2.patient)
    looked(riverside, person)
    assert len(patient.get(URL, {"before": theirs.uid}).context["looks"]) == 1


def test_it_only_answers_gets(patient):
    assert patient.post(URL).status_code == 405


def test_strangers_sign_in_first(client):
    assert "/accounts/login/" in client.get(URL).url


def test_the_number_of_queries_does_not_grow(
    patient, riverside, person, django_assert_max_num_queries
):
    looked(riverside, person)
    patient.get(URL)
    with django_assert_max_num_queries(30) as first:
        patient.get(URL)
    for role in ("staff", "owner"):
        looked(riverside, person, role=role)
    with django_assert_max_num_queries(len(first)):
        patient.get(URL)
