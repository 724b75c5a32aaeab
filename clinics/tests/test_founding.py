"""Signing up as a clinic: with a new account, or with one's own."""

import re

import pytest
from django.test import Client

from accounts.factories import UserFactory
from accounts.models import User
from clinics.factories import ClinicFactory
from clinics.forms.founding import free_slug, zone_label
from clinics.models import Clinic, Membership
from clinics.slugs import RESERVED
from clinics.tests.conftest import person_with
from healthcare.outbox.models import Message

pytestmark = pytest.mark.django_db

PATH = "/clinics/new/"
CLINIC = {"clinic_name": "Lakeside Practice", "slug": "", "country": "CH"}
ACCOUNT = {
    "email": "owner@lakeside.test",
    "password1": "a quiet blue kettle",
    "terms": "on",
}
BOTH = CLINIC | ACCOUNT


@pytest.fixture
def somebody(client: Client) -> Client:
    client.force_login(person_with())
    return client


def test_one_form_makes_account_clinic_and_owner(client: Client) -> None:
    response = client.post(PATH, BOTH)
    assert response.headers["Location"] == "/accounts/confirm-email/"
    clinic = Clinic.objects.get()
    assert (clinic.slug, clinic.country) == ("lakeside-practice", "CH")
    assert (clinic.time_zone, clinic.currency) == ("Europe/Zurich", "CHF")
    owner = Membership.objects.get()
    assert (owner.role, owner.user.email) == ("owner", "owner@lakeside.test")


def test_the_address_must_be_confirmed_first(client: Client) -> None:
    client.post(PATH, BOTH)
    assert client.get("/c/lakeside-practice/").status_code == 302
    mail = Message.objects.latest("id")
    link = re.findall(r"http://testserver(/accounts/\S+)", mail.text)[0]
    assert client.post(link).headers["Location"] == "/home/"
    assert client.get("/home/").headers["Location"] == "/c/lakeside-practice/"
    assert client.get("/c/lakeside-practice/").status_code == 200


def test_a_known_address_is_answered_alike_and_makes_no_clinic(client: Client) -> None:
    UserFactory.create(email=ACCOUNT["email"])
    response = client.post(PATH, BOTH)
    assert response.headers["Location"] == "/accounts/confirm-email/"
    assert not Clinic.objects.exists()
    assert User.objects.count() == 1


def test_signing_up_is_limited(client: Client) -> None:
    statuses = [client.post(PATH, {}).status_code for _try in range(21)]
    assert statuses[-1] == 429
    assert set(statuses[:20]) == {200}


def test_a_wrong_clinic_makes_no_account(client: Client) -> None:
    response = client.post(PATH, BOTH | {"country": "XX"})
    assert response.context["form"].errors["country"]
    assert not User.objects.exists()


def test_somebody_signed_in_gives_the_clinic_only(somebody: Client) -> None:
    assert list(somebody.get(PATH).context["form"].fields) == [
        *("clinic_name", "slug", "country", "time_zone")
    ]
    response = somebody.post(PATH, CLINIC | {"slug": "Lake", "time_zone": "Asia/Tokyo"})
    assert response.headers["Location"] == "/c/lake/"
    clinic = Clinic.objects.get()
    assert (clinic.slug, clinic.time_zone) == ("lake", "Asia/Tokyo")
    assert "Set up your clinic" in somebody.get("/c/lake/").content.decode()


@pytest.mark.parametrize("slug", ["new", "admin", "join"])
def test_reserved_words_are_refused(somebody: Client, slug: str) -> None:
    response = somebody.post(PATH, CLINIC | {"slug": slug})
    assert response.context["form"].errors["slug"]


def test_a_taken_address_is_refused(somebody: Client) -> None:
    ClinicFactory.create(slug="lake")
    response = somebody.post(PATH, CLINIC | {"slug": "LAKE"})
    assert response.context["form"].errors["slug"]
    assert Clinic.objects.count() == 1


def test_the_suggested_address_is_free() -> None:
    assert free_slug("St. Mary's Hospital") == "st-marys-hospital"
    for slug in ("lake", "lake-2"):
        ClinicFactory.create(slug=slug)
    assert free_slug("Lake") == "lake-3"
    assert free_slug("診療所") == "practice"
    assert free_slug("New") not in RESERVED


def test_zones_read_as_places() -> None:
    assert zone_label("America/Argentina/Buenos_Aires") == "Buenos Aires, Argentina"
    assert zone_label("UTC") == "UTC"


def test_zones_are_grouped_by_region(somebody: Client) -> None:
    text = somebody.get(PATH).content.decode()
    assert '<optgroup label="Europe">' in text
    assert '<option value="Europe/Berlin">Berlin</option>' in text
