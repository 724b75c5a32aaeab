from uuid import uuid4

import pytest
from django.urls import reverse

from clinics.actions import join_care_team
from clinics.factories import MembershipFactory
from clinics.models import CareTeamMember
from healthcare.audit.models import Action, AuditEvent
from records.charting.actions import save_draft
from records.charting.models import EncounterDraft

NAUGHTY = [
    "'; DROP TABLE charting_encounter; --",
    '<script>alert("x")</script>',
    "{{ 7*7 }} {% load x %} %(x)s %s",
    "Ω≈ç√ 田中さん 👩🏽‍⚕️ \u202e abc \u200b",
    "line one\r\nline two\ttab",
    "\x00\x01 nul",
    "ﷺ" * 300,
]
FIRST = {
    "revision": "0",
    "visit_type": "consultation",
    "notes": "Feels well.",
    "plan": "Rest.",
    "diagnoses-0-text": "Hypertension",
    "diagnoses-0-code": "i10",
    "lines-0-medicine": "Ramipril",
    "lines-0-strength": "5 mg",
    "lines-0-dose": "1 tablet",
    "lines-0-frequency": "daily",
    "lines-0-duration_days": "90",
    "lines-0-instructions": "",
}
FETCH = {"X-Requested-With": "fetch"}


@pytest.fixture
def encounter(riverside, open_visit):
    return open_visit(riverside)


@pytest.fixture
def url(encounter):
    return reverse("charting:encounter", args=["riverside", encounter.uid])


@pytest.fixture
def doctor(client, riverside):
    client.force_login(riverside.doctor.user)
    return client


def draft():
    return EncounterDraft.objects.get()


def test_it_works(doctor, encounter, url):
    response = doctor.get(url)
    page = response.content.decode()
    assert response.status_code == 200
    assert encounter.patient.family_name.upper() in page
    assert "Allergies: not asked" in page
    assert page.count("<h1") == 1
    assert response["Cache-Control"] == "no-store"


def test_opening_is_logged(doctor, encounter, url, riverside):
    doctor.get(url)
    event = AuditEvent.objects.get(action=Action.ENCOUNTER_OPENED)
    assert event.actor_uid == str(riverside.doctor.user.uid)
    assert event.patient_uid == encounter.patient.uid


def test_what_is_not_logged_is_not_shown(doctor, url, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError("the log is away")

    monkeypatch.setattr("records.charting.actions.record", fails)
    with pytest.raises(RuntimeError):
        doctor.get(url)


@pytest.mark.parametrize("role", ["owner", "staff", "auditor"])
def test_other_roles_may_not(client, riverside, url, role):
    client.force_login(riverside.users[role])
    assert client.get(url).status_code == 403
    assert client.post(url, FIRST).status_code == 403


def test_doctors_outside_the_care_team_do_not_see_it(client, riverside, url):
    client.force_login(
        MembershipFactory.create(clinic=riverside.clinic, role="doctor").user
    )
    assert client.get(url).status_code == 404
    assert client.post(url, FIRST).status_code == 404


def test_another_doctor_of_the_care_team_cannot_write(
    client, riverside, encounter, url
):
    other = MembershipFactory.create(clinic=riverside.clinic, role="doctor")
    join_care_team(
        clinic=riverside.clinic,
        patient=encounter.patient,
        member=other,
        source=CareTeamMember.Source.ASSIGNED,
        by=riverside.owner.user.as_actor(role="owner"),
    )
    client.force_login(other.user)
    page = client.get(url).content.decode()
    assert "not signed yet" in page
    assert "<textarea" not in page
    assert client.post(url, FIRST).status_code == 403
    assert draft().revision == 0


def test_other_clinics_and_unknown_ids(client, doctor, hillcrest, url):
    unknown = reverse("charting:encounter", args=["riverside", uuid4()])
    assert doctor.get(unknown).status_code == 404
    client.force_login(hillcrest.doctor.user)
    assert client.get(url).status_code == 404
    assert client.get(url.replace("riverside", "hillcrest")).status_code == 404


def test_a_draft_is_saved(doctor, url):
    response = doctor.post(url, FIRST | {"act": "save"}, follow=True)
    assert draft().body["diagnoses"] == [{"text": "Hypertension", "code": "i10"}]
    assert draft().body["lines"][0]["duration_days"] == "90"
    page = response.content.decode()
    assert "Draft saved." in page
    assert 'value="Ramipril"' in page
    assert "Saved at " in page


def test_a_script_saves(doctor, url):
    response = doctor.post(url, FIRST, headers=FETCH)
    assert response.json()["revision"] == 1
    assert response.json()["saved"].startswith("Saved at ")


@pytest.mark.parametrize("text", NAUGHTY)
def test_naughty_text_is_kept_in_every_field(doctor, url, text):
    data = FIRST | {key: text for key in FIRST if key != "revision"}
    response = doctor.post(url, data | {"act": "sign"})
    assert response.status_code == 200
    assert "There is a problem" in response.content.decode()
    kept = text.replace("\0", "").replace("\r\n", "\n")
    body = draft().body
    shown = [body["notes"], body["plan"], *body["lines"][0].values()]
    assert shown == [kept] * 8
    again = doctor.get(url)
    assert again.status_code == 200
    assert "<script>alert" not in again.content.decode()


def test_a_line_is_added_without_a_script(doctor, url):
    response = doctor.post(url, FIRST | {"act": "add-lines"})
    assert response.url == f"{url}#id_lines-1-medicine"
    page = doctor.get(url).content.decode()
    assert 'name="lines-1-medicine"' in page
    assert 'value="Ramipril"' in page
    assert "Feels well." in page


def test_a_line_is_removed_without_a_script(doctor, url):
    two = FIRST | {"diagnoses-4-text": "Asthma", "diagnoses-4-code": "J45.909"}
    response = doctor.post(url, two | {"act": "remove-diagnoses-0"})
    assert response.url == f"{url}#diagnoses"
    assert draft().body["diagnoses"] == [{"text": "Asthma", "code": "J45.909"}]
    assert draft().body["notes"] == "Feels well."


def test_rows_that_a_script_numbered_are_read(doctor, url):
    doctor.post(url, FIRST | {"diagnoses-7-text": "Late", "diagnoses-x-text": "No"})
    assert [row["text"] for row in draft().body["diagnoses"]] == [
        "Hypertension",
        "Late",
    ]


def test_signing_asks_for_what_is_missing(doctor, url):
    wrong = FIRST | {"notes": "", "diagnoses-0-code": "nope", "lines-0-dose": ""}
    response = doctor.post(url, wrong | {"act": "sign"})
    page = response.content.decode()
    assert "Write a note before you sign." in page
    assert "Enter a code such as I10 or E11.9" in page
    assert "Say how much to take" in page
    assert 'href="#id_lines-0-dose"' in page
    assert "<title>Error:" in page
    assert draft().body["lines"][0]["medicine"] == "Ramipril"


def test_blank_rows_are_no_rows(doctor, url):
    blank = {key: "" for key in FIRST if key.startswith(("lines", "diagnoses"))}
    response = doctor.post(url, FIRST | blank | {"act": "sign"})
    assert response.url == f"{url}sign/"


def other_device(encounter, text):
    save_draft(
        encounter=encounter,
        body=draft().body | {"notes": text},
        revision=draft().revision,
        by_user=encounter.doctor.user,
        by=encounter.doctor.user.as_actor(role="doctor"),
    )


def test_the_second_of_two_writers_sees_both_and_loses_nothing(doctor, encounter, url):
    other_device(encounter, "From the ward")
    response = doctor.post(url, FIRST | {"act": "save"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "There are two versions" in page
    assert "From the ward" in page
    assert "Feels well." in page
    assert 'name="revision" value="1"' in page
    assert draft().body["notes"] == "From the ward"


def test_both_versions_can_be_kept(doctor, encounter, url):
    other_device(encounter, "From the ward")
    doctor.post(url, FIRST | {"act": "join", "revision": "1"})
    assert draft().body["notes"] == "Feels well.\n\nFrom the ward"
    assert draft().body["lines"][0]["medicine"] == "Ramipril"


def test_one_version_can_be_kept(doctor, encounter, url):
    other_device(encounter, "From the ward")
    doctor.post(url, FIRST | {"act": "save", "revision": "1"})
    assert draft().body["notes"] == "Feels well."


def test_a_script_is_told_of_the_other_version(doctor, encounter, url):
    other_device(encounter, "From the ward")
    response = doctor.post(url, FIRST, headers=FETCH)
    assert response.status_code == 409
    assert "changed somewhere else" in response.json()["problem"]


def test_signing_over_another_version_is_told_first(doctor, encounter, url):
    other_device(encounter, "From the ward")
    response = doctor.post(url, FIRST | {"act": "sign"})
    assert response.status_code == 409
    assert "There are two versions" in response.content.decode()


@pytest.mark.parametrize("revision", ["", "-1", "x", "9" * 30, "1.0"])
def test_a_nonsense_revision_loses_nothing(doctor, url, revision):
    response = doctor.post(url, FIRST | {"revision": revision})
    assert response.status_code == 409
    assert "Feels well." in response.content.decode()
    assert draft().revision == 0


def test_an_unknown_button_saves(doctor, url):
    assert doctor.post(url, FIRST | {"act": "remove-lines-9999"}).status_code == 302
    assert draft().body["notes"] == "Feels well."


def test_the_draft_survives_a_time_out(client, doctor, riverside, url):
    doctor.post(url, FIRST)
    client.logout()
    response = client.get(url)
    assert reverse("account_login") in response.url
    assert url in response.url
    client.force_login(riverside.doctor.user)
    assert "Feels well." in client.get(url).content.decode()


def test_the_number_of_queries_does_not_grow(
    doctor, riverside, sign_visit, url, django_assert_max_num_queries
):
    sign_visit(riverside)
    with django_assert_max_num_queries(60) as first:
        doctor.get(url)
    for _ in range(2):
        sign_visit(riverside)
    with django_assert_max_num_queries(len(first)):
        doctor.get(url)
