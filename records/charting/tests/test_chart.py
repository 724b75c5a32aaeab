from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from clinics.factories import MembershipFactory
from healthcare import clock
from healthcare.audit.models import Action, AuditEvent
from records.conftest import BODY

PARTS = ["chart", "chart_visits", "chart_medicines", "chart_looked"]


@pytest.fixture
def doctor(client, riverside):
    client.force_login(riverside.doctor.user)
    return client


def url_of(part, patient, clinic="riverside"):
    return reverse(f"charting:{part}", args=[clinic, patient.uid])


@pytest.mark.parametrize("part", PARTS)
def test_it_works_and_is_logged(doctor, riverside, sign_visit, part):
    encounter = sign_visit(riverside)
    response = doctor.get(url_of(part, encounter.patient))
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count("<h1") == 1
    assert "Allergies: not asked" in page
    event = AuditEvent.objects.get(action=Action.CHART_OPENED)
    assert event.patient_uid == encounter.patient.uid


@pytest.mark.parametrize("part", PARTS)
def test_what_is_not_logged_is_not_shown(
    doctor, riverside, open_visit, monkeypatch, part
):
    encounter = open_visit(riverside)

    def fails(*args, **kwargs):
        raise RuntimeError("the log is away")

    monkeypatch.setattr("records.charting.actions.record", fails)
    with pytest.raises(RuntimeError):
        doctor.get(url_of(part, encounter.patient))


@pytest.mark.parametrize("part", PARTS)
def test_only_the_care_team_sees_it(client, riverside, hillcrest, open_visit, part):
    patient = open_visit(riverside).patient
    other = MembershipFactory.create(clinic=riverside.clinic, role="doctor")
    client.force_login(other.user)
    assert client.get(url_of(part, patient)).status_code == 404
    client.force_login(hillcrest.doctor.user)
    assert client.get(url_of(part, patient)).status_code == 404
    assert client.get(url_of(part, patient, "hillcrest")).status_code == 404
    for role in ("owner", "staff", "auditor"):
        client.force_login(riverside.users[role])
        assert client.get(url_of(part, patient)).status_code == 403
    assert not AuditEvent.objects.filter(action=Action.CHART_OPENED).exists()


def test_unknown_and_foreign_look_the_same(doctor, riverside):
    stranger = riverside.patient2.patient
    pages = [doctor.get(url_of("chart", stranger))]
    pages.append(doctor.get(reverse("charting:chart", args=["riverside", uuid4()])))
    assert [page.status_code for page in pages] == [404, 404]


@pytest.mark.parametrize("part", PARTS)
def test_it_only_answers_gets(doctor, riverside, open_visit, part):
    patient = open_visit(riverside).patient
    assert doctor.post(url_of(part, patient)).status_code == 405


def test_problems_are_told_once_since_the_first_time(doctor, riverside, sign_visit):
    for days in (400, 30):
        encounter = sign_visit(riverside, starts_at=clock.now() - timedelta(days=days))
    page = doctor.get(url_of("chart", encounter.patient)).content.decode()
    first = (clock.now() - timedelta(days=400)).astimezone(riverside.clinic.zone)
    assert page.count("<strong>Essential hypertension</strong>") == 1
    assert f"Since {first:%d}-" in page


def test_drafts_are_told_but_not_shown(doctor, riverside, open_visit):
    encounter = open_visit(riverside)
    encounter.draft.body = BODY
    encounter.draft.save()
    page = doctor.get(url_of("chart", encounter.patient)).content.decode()
    assert "You still have to sign" in page
    assert "Not signed" in page
    assert "Essential hypertension" not in page


def test_ended_medicines_are_past(doctor, riverside, sign_visit):
    encounter = sign_visit(riverside, starts_at=clock.now() - timedelta(days=120))
    response = doctor.get(url_of("chart_medicines", encounter.patient))
    assert response.context["current"] == []
    assert [each.full_name for each in response.context["past"]] == ["Ramipril 5 mg"]


def test_the_other_clinics_notes_are_not_shown(
    doctor, riverside, hillcrest, sign_visit
):
    patient = sign_visit(riverside).patient
    secret = BODY | {"plan": "Only at Hillcrest", "diagnoses": [{"text": "Migraine"}]}
    sign_visit(hillcrest, patient=patient, body=secret)
    for part in PARTS:
        page = doctor.get(url_of(part, patient)).content.decode()
        assert "Hillcrest" not in page
        assert "Migraine" not in page


def test_a_blocked_patient_is_marked(doctor, riverside, open_visit):
    encounter = open_visit(riverside)
    registration = riverside.patient
    registration.blocked_at = clock.now()
    registration.blocked_by = riverside.staff.user
    registration.blocked_reason = "Missed five visits"
    registration.save()
    page = doctor.get(url_of("chart", encounter.patient)).content.decode()
    assert "Blocked from booking" in page
    assert "Missed five visits" not in page


def test_the_timeline_goes_on_by_cursor(doctor, riverside, sign_visit):
    start = clock.now() - timedelta(days=30)
    for n in range(12):
        encounter = sign_visit(riverside, starts_at=start + timedelta(days=n))
    url = url_of("chart_visits", encounter.patient)
    first = doctor.get(url).context["timeline"]
    second = doctor.get(url, {"before": first.older}).context["timeline"]
    assert (len(first.visits), len(second.visits)) == (10, 2)
    assert (first.newer, second.older) == ("", "")
    back = doctor.get(url, {"after": second.newer}).context["timeline"]
    assert [each.uid for each in back.visits] == [each.uid for each in first.visits]


@pytest.mark.parametrize("part", PARTS)
def test_the_number_of_queries_does_not_grow(
    doctor, riverside, sign_visit, django_assert_max_num_queries, part
):
    patient = sign_visit(riverside).patient
    doctor.get(url_of(part, patient))
    with django_assert_max_num_queries(60) as first:
        doctor.get(url_of(part, patient))
    for _ in range(2):
        sign_visit(riverside)
    with django_assert_max_num_queries(len(first)):
        doctor.get(url_of(part, patient))
