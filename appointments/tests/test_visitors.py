"""Free times for everybody, and the way from one of them to an account and a visit."""

import html
import re

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.tests.test_signup import confirm, sign_up
from appointments.factories import ServiceFactory
from appointments.models import Appointment
from appointments.tests.conftest import NINE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]

TIME = "2026-09-22T07:00Z"
PROFILE = {
    "given_name": "Nora",
    "family_name": "Newcomer",
    "date_of_birth_day": "14",
    "date_of_birth_month": "7",
    "date_of_birth_year": "1988",
    "sex": "female",
    "language": "en",
}


def url(cast, name="visit_time", **query):
    parts = {"visit_departments": 0, "visit_doctor": 1, "visit_time": 2}
    args = [cast.clinic.slug, cast.department.uid, cast.doctor.uid]
    return reverse(f"appointments:{name}", args=args[: parts[name] + 1], query=query)


def text(answer):
    return " ".join(answer.content.decode().split())


def hidden_next(answer):
    """Where the page's form leads on to, beside what chooses the theme."""
    found = re.findall(r'name="next" value="([^"]+)"', answer.content.decode())
    (address,) = {each for each in found if each.startswith("/me/book/")}
    return html.unescape(address)


NAMES = ("visit_departments", "visit_doctor", "visit_time")


def test_a_visitor_follows_links_to_the_times(client, riverside):
    address = f"/clinics/{riverside.clinic.slug}/"
    for name in NAMES:
        page = text(client.get(address))
        address = url(riverside, name)
        assert f'href="{address}"' in page
    page = text(client.get(address))
    assert "Mon 21 September, 6 free times" in page
    assert "Continue with an account" in page


@pytest.mark.parametrize("name", NAMES)
def test_an_unlisted_clinic_is_not_shown(client, riverside, name):
    riverside.clinic.is_listed = False
    riverside.clinic.save()
    assert client.get(url(riverside, name)).status_code == 404


def test_nobodys_data_is_shown(client, riverside, booked):
    booked(riverside)
    page = text(client.get(url(riverside, day="2026-09-22")))
    assert "5 free times" in page
    assert riverside.patient.patient.family_name not in page
    assert ", your doctor" not in page


@pytest.mark.parametrize("name", ["visit_departments", "visit_doctor"])
def test_pages_only_show(client, riverside, name):
    assert client.post(url(riverside, name)).status_code == 405


def test_without_a_time_the_page_comes_back(client, riverside):
    page = text(client.post(url(riverside), {"reason": "Palpitations"}))
    assert "Choose a time." in page
    assert "Palpitations" in page


def test_too_fast_is_refused(client, riverside, settings):
    settings.ACCOUNT_RATE_LIMITS = {"free_times": "2/m/ip"}
    codes = [client.get(url(riverside)).status_code for _n in range(3)]
    assert codes == [200, 200, 429]


def test_what_was_typed_is_in_no_address(client, riverside):
    data = {"time": TIME, "reason": "Palpitations"}
    assert "Palpitations" not in client.post(url(riverside), data).url


def test_who_has_an_account_goes_on_to_the_check(as_user, riverside):
    client = as_user(riverside.patient)
    answer = client.post(url(riverside), {"time": TIME, "reason": "Knee"}, follow=True)
    page = text(answer)
    assert "Check your answers" in page
    assert "Knee" in page


def test_a_visitor_becomes_a_patient_without_choosing_again(client, riverside):
    """Chooses a time, signs up, verifies, says who they are, and books it."""
    service = ServiceFactory(doctor=riverside.doctor, name="First visit", minutes=60)
    chosen = url(riverside, service=str(service.uid))
    data = {"time": TIME, "reason": "Palpitations"}
    door = client.post(chosen, data).url
    assert door.startswith("/accounts/signup/")
    sign_up(client, next=hidden_next(client.get(door)))
    check = client.get(confirm(client))
    assert check.url.startswith("/accounts/profile/")
    posted = {**PROFILE, "next": hidden_next(client.get(check.url))}
    page = text(client.post(check.url, posted, follow=True))
    for word in ("Check your answers", "First visit", "09:00 to 10:00", "Palpitations"):
        assert word in page
    (address,) = re.findall(r'<form method="post" action="([^"]+check/[^"]*)"', page)
    (submission,) = re.findall(r'name="submission" value="([^"]+)"', page)
    client.post(address.replace("&amp;", "&"), {**data, "submission": submission})
    visit = Appointment.objects.get()
    assert (visit.starts_at, visit.reason) == (NINE, "Palpitations")
    assert visit.patient.user == User.objects.get(email="new@healix.test")
    assert visit.service == service
