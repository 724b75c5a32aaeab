"""Strings that break careless programs, through every field of the profiles."""

from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.test import Client, RequestFactory

from accounts import views
from accounts.actions import create_person, save_doctor_profile
from accounts.factories import DoctorProfileFactory
from accounts.forms import DoctorProfileForm, ProfileForm
from accounts.models import User
from accounts.tests.test_profile import HAYDEN, PROFILE
from healthcare import tests
from healthcare.audit.actors import Actor

pytestmark = pytest.mark.django_db

FILE = Path(tests.__file__).parent / "fixtures" / "naughty.txt"
NAUGHTY = [*FILE.read_bytes().decode().rstrip("\n").split("\n"), "\0", "x" * 5000]
SYSTEM = Actor.system("test")
BIRTH = [f"date_of_birth_{part}" for part in ("day", "month", "year")]


@pytest.mark.parametrize("name", [*ProfileForm.base_fields, *BIRTH])
def test_naughty_strings_pass_or_are_told(newcomer: User, name: str) -> None:
    for text in NAUGHTY:
        form = ProfileForm(HAYDEN | {name: text})
        if form.is_valid():
            create_person(user=newcomer, values=form.cleaned_data, by=SYSTEM)
        else:
            assert set(form.errors) & {name, "date_of_birth", "phone"}, repr(text)


@pytest.mark.parametrize("name", DoctorProfileForm.base_fields)
def test_naughty_strings_of_a_doctor(name: str) -> None:
    profile = DoctorProfileFactory()
    for text in NAUGHTY:
        values = {"specialization": "Cardiology", name: text}
        form = DoctorProfileForm(values, profile=profile)
        if form.is_valid():
            save_doctor_profile(profile=profile, values=form.cleaned_data, by=SYSTEM)
        else:
            assert set(form.errors) == {name}, repr(text)


@pytest.mark.slow
def test_naughty_strings_in_every_field_at_once(client: Client, newcomer: User) -> None:
    for text in NAUGHTY[::3]:
        response = client.post(PROFILE, dict.fromkeys([*HAYDEN, "next"], text))
        assert response.status_code == 200, repr(text)
        form = response.context["form"]
        kept = {name: form[name].value() for name in ("given_name", "phone", "city")}
        assert kept == dict.fromkeys(kept, text)


@pytest.mark.parametrize("text", NAUGHTY)
def test_a_naughty_next_leads_nowhere_else(text: str, rf: RequestFactory) -> None:
    request = rf.post(PROFILE, {"next": text})
    address = views._next_address(request)
    assert address == "" or urljoin("http://testserver/x/", address).startswith(
        "http://testserver/"
    )


def test_a_naughty_name_is_shown_as_text(client: Client, newcomer: User) -> None:
    client.post(PROFILE, HAYDEN | {"given_name": "<script>alert(0)</script>"})
    page = client.get(PROFILE).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(0)" in page
