from uuid import uuid4

import pytest
from django.urls import reverse

from appointments.models import Status
from clinics.factories import MembershipFactory
from records.charting.models import Encounter


@pytest.fixture
def url(riverside, book_visit):
    appointment = book_visit(riverside)
    return reverse("charting:open", args=["riverside", appointment.uid])


def test_it_works(client, riverside, url):
    client.force_login(riverside.doctor.user)
    response = client.post(url)
    encounter = Encounter.objects.get()
    own = reverse("charting:encounter", args=["riverside", encounter.uid])
    assert (response.status_code, response.url) == (302, own)


def test_it_only_answers_posts(client, riverside, url):
    client.force_login(riverside.doctor.user)
    assert client.get(url).status_code == 405


@pytest.mark.parametrize("role", ["owner", "staff", "auditor"])
def test_other_roles_may_not(client, riverside, url, role):
    client.force_login(riverside.users[role])
    assert client.post(url).status_code == 403
    assert not Encounter.objects.exists()


def test_another_doctors_appointment_is_not_there(client, riverside, url):
    other = MembershipFactory.create(clinic=riverside.clinic, role="doctor")
    client.force_login(other.user)
    assert client.post(url).status_code == 404


def test_other_clinics_do_not_know_it(client, riverside, hillcrest, url):
    client.force_login(hillcrest.doctor.user)
    assert client.post(url).status_code == 404
    assert client.post(url.replace("riverside", "hillcrest")).status_code == 404


def test_an_unknown_appointment(client, riverside):
    client.force_login(riverside.doctor.user)
    url = reverse("charting:open", args=["riverside", uuid4()])
    assert client.post(url).status_code == 404


def test_a_cancelled_visit_says_so(client, riverside, book_visit):
    gone = book_visit(riverside, status=Status.NO_SHOW)
    client.force_login(riverside.doctor.user)
    response = client.post(reverse("charting:open", args=["riverside", gone.uid]))
    assert response.url == reverse("appointments:day", args=["riverside"])
    assert not Encounter.objects.exists()
