import pytest
from django.urls import reverse

from appointments.models import Status
from clinics.factories import MembershipFactory
from records.charting.actions import save_draft
from records.charting.models import EncounterVersion
from records.conftest import BODY


@pytest.fixture
def encounter(riverside, open_visit):
    encounter = open_visit(riverside)
    save_draft(
        encounter=encounter,
        body=BODY,
        revision=0,
        by_user=riverside.doctor.user,
        by=riverside.doctor.user.as_actor(role="doctor"),
    )
    return encounter


@pytest.fixture
def url(encounter):
    return reverse("charting:sign", args=["riverside", encounter.uid])


@pytest.fixture
def note_url(encounter):
    return reverse("charting:encounter", args=["riverside", encounter.uid])


@pytest.fixture
def doctor(client, riverside):
    client.force_login(riverside.doctor.user)
    return client


def test_it_asks_first(doctor, url):
    page = doctor.get(url).content.decode()
    assert "can no longer be changed" in page
    assert "Essential hypertension" in page
    assert "Ramipril 5 mg" in page
    assert "1 medicine is prescribed" in page
    assert page.count("<h1") == 1
    assert not EncounterVersion.objects.exists()


def test_it_signs(doctor, encounter, url, note_url):
    response = doctor.post(url, {"revision": "1"}, follow=True)
    encounter.refresh_from_db()
    page = response.content.decode()
    assert response.redirect_chain[-1][0] == note_url
    assert encounter.is_signed
    assert encounter.appointment.status == Status.COMPLETED
    assert "Signed and locked" in page
    assert encounter.latest.content_hash in page
    assert "Unchanged since it was signed" in page
    assert "<textarea" not in page


def test_another_text_than_the_one_read_is_not_signed(doctor, encounter, url):
    response = doctor.post(url, {"revision": "0"}, follow=True)
    assert "changed somewhere else" in response.content.decode()
    encounter.refresh_from_db()
    assert not encounter.is_signed


def test_what_is_not_whole_is_not_signed(doctor, riverside, open_visit):
    blank = open_visit(riverside)
    url = reverse("charting:sign", args=["riverside", blank.uid])
    response = doctor.post(url, {"revision": "0"}, follow=True)
    assert "Note, notes" in response.content.decode()
    assert not EncounterVersion.objects.exists()


def test_signing_twice_signs_once(doctor, url):
    for _ in range(2):
        assert doctor.post(url, {"revision": "1"}).status_code == 302
    assert EncounterVersion.objects.count() == 1


@pytest.mark.parametrize("role", ["owner", "staff", "auditor"])
def test_other_roles_may_not(client, riverside, url, role):
    client.force_login(riverside.users[role])
    assert client.post(url, {"revision": "1"}).status_code == 403
    assert not EncounterVersion.objects.exists()


def test_other_doctors_do_not_see_it(client, riverside, hillcrest, url):
    other = MembershipFactory.create(clinic=riverside.clinic, role="doctor")
    for user in (other.user, hillcrest.doctor.user):
        client.force_login(user)
        assert client.post(url, {"revision": "1"}).status_code == 404


def test_saving_after_signing_shows_what_was_typed_for_nothing(doctor, url, note_url):
    doctor.post(url, {"revision": "1"})
    late = {"revision": "1", "notes": "One more thing", "visit_type": "consultation"}
    response = doctor.post(note_url, late)
    page = response.content.decode()
    assert response.status_code == 409
    assert "can no longer be changed" in page
    assert "One more thing" in page
    assert EncounterVersion.objects.get().notes == BODY["notes"]


def test_a_script_is_told_that_it_is_locked(doctor, url, note_url):
    doctor.post(url, {"revision": "1"})
    late = {"revision": "1", "notes": "One more thing"}
    response = doctor.post(note_url, late, headers={"X-Requested-With": "fetch"})
    assert response.status_code == 409
    assert "signed" in response.json()["problem"]


def test_tampering_shows_on_the_page(doctor, url, note_url, unguarded):
    doctor.post(url, {"revision": "1"})
    EncounterVersion.objects.update(notes="Something else")
    assert "Does not match what was signed" in doctor.get(note_url).content.decode()
