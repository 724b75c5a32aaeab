"""The clinic's settings: what is kept, what is refused, what cannot be reached."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clinics.models import Clinic
from clinics.tests.test_public import picture
from healthcare import tests
from healthcare.audit.models import Action, AuditEvent
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

DETAILS = "/c/riverside/settings/"
HOURS = DETAILS + "hours/"
LOOKS = DETAILS + "looks/"
FILE = Path(tests.__file__).parent / "fixtures" / "naughty.txt"
NAUGHTY = FILE.read_bytes().decode().rstrip("\n").split("\n")
VALUES = {
    "name": "Riverside Clinic",
    "tagline": "Family and heart care",
    "email": "desk@riverside.test",
    "phone": "+49 30 901820",
    "address_line": "Lindenstr. 5",
    "postal_code": "10969",
    "city": "Berlin",
    "country": "DE",
    "time_zone": "Europe/Berlin",
    "currency": "eur",
}


@pytest.fixture
def clinic(owner: Client, riverside: Cast) -> Clinic:
    return riverside.clinic


class TestDetails:
    def test_they_are_saved(self, owner: Client, clinic: Clinic) -> None:
        assert owner.post(DETAILS, VALUES).headers["Location"] == DETAILS
        clinic.refresh_from_db()
        assert clinic.name == "Riverside Clinic"
        assert clinic.currency == "EUR"
        assert clinic.address == "Lindenstr. 5, 10969 Berlin"
        event = AuditEvent.objects.get(action=Action.CLINIC_CHANGED)
        assert "address_line" in event.reason
        assert "Lindenstr" not in event.reason

    def test_nothing_else_can_be_sent_along(
        self, owner: Client, clinic: Clinic
    ) -> None:
        extra = {
            "slug": "stolen",
            "is_listed": "",
            "is_active": "",
            "last_record": "99",
            "colour": "#000000",
            "uid": "00000000-0000-4000-8000-000000000000",
        }
        before = Clinic.objects.values(*extra).get()
        owner.post(DETAILS, VALUES | extra)
        assert Clinic.objects.values(*extra).get() == before

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("name", ""),
            ("email", "nobody"),
            ("phone", "12"),
            ("country", "XX"),
            ("time_zone", "Mars/Base"),
            ("currency", "EURO"),
            ("name", "two\nlines"),
        ],
    )
    def test_what_does_not_fit_is_kept_and_told(
        self, owner: Client, clinic: Clinic, name: str, value: str
    ) -> None:
        response = owner.post(DETAILS, VALUES | {name: value})
        assert response.status_code == 200
        assert response.context["form"].errors[name]
        assert "<title>Error:" in response.content.decode()
        clinic.refresh_from_db()
        assert clinic.name == "Riverside"

    def test_a_refused_name_is_not_shown_as_the_clinics(
        self, owner: Client, clinic: Clinic
    ) -> None:
        response = owner.post(DETAILS, VALUES | {"name": "Wrong", "email": "nobody"})
        assert response.context["shell"]().clinic.name == "Riverside"

    def test_naughty_strings(self, owner: Client, clinic: Clinic) -> None:
        free = ("name", "tagline", "address_line", "postal_code", "city")
        for text in [*NAUGHTY, "\x00", "x" * 5000]:
            response = owner.post(DETAILS, VALUES | dict.fromkeys(free, text))
            assert response.status_code in (200, 302), repr(text)
        for text in [*NAUGHTY[::8], "\x00", "x" * 5000]:
            response = owner.post(DETAILS, dict.fromkeys(VALUES, text))
            assert response.context["form"].errors, repr(text)


class TestHours:
    def test_they_are_saved_and_shown_again(
        self, owner: Client, clinic: Clinic
    ) -> None:
        monday = {
            "0-opens": "08:00",
            "0-closes": "12:00",
            "0-opens_again": "14:00",
            "0-closes_again": "18:30",
        }
        owner.post(HOURS, monday | {"4-opens": "09:00", "4-closes": "11:00"})
        assert [str(each) for each in clinic.opening_hours.all()] == [
            "Monday 08:00 to 12:00",
            "Monday 14:00 to 18:30",
            "Friday 09:00 to 11:00",
        ]
        text = owner.get(HOURS).content.decode()
        for shown in ('value="08:00"', 'value="18:30"', 'value="11:00"'):
            assert shown in text

    def test_saving_an_empty_week_closes_it(
        self, owner: Client, clinic: Clinic
    ) -> None:
        owner.post(HOURS, {"0-opens": "08:00", "0-closes": "12:00"})
        owner.post(HOURS, {"0-opens": "", "0-closes": ""})
        assert not clinic.opening_hours.exists()

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"0-opens": "08:00"}, "closes"),
            ({"0-closes": "08:00"}, "opens"),
            ({"0-opens": "12:00", "0-closes": "08:00"}, "closes"),
            ({"0-opens": "x", "0-closes": "08:00"}, "opens"),
            (
                {
                    "0-opens": "08:00",
                    "0-closes": "12:00",
                    "0-opens_again": "11:00",
                    "0-closes_again": "13:00",
                },
                "opens_again",
            ),
        ],
    )
    def test_hours_that_cannot_be_are_told_at_the_field(
        self, owner: Client, clinic: Clinic, values: dict[str, str], field: str
    ) -> None:
        response = owner.post(HOURS, values)
        assert response.status_code == 200
        assert list(response.context["forms"][0].errors) == [field]
        text = response.content.decode()
        assert "There is a problem" in text
        assert f'href="#id_0-{field}"' in text
        assert not clinic.opening_hours.exists()


def upload(content: bytes, name: str = "logo.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/png")


class TestLooks:
    def test_colour_and_logo_are_saved(self, owner: Client, clinic: Clinic) -> None:
        values = {"colour": "#0B5E8A", "logo": upload(picture().read())}
        assert owner.post(LOOKS, values).headers["Location"] == LOOKS
        clinic.refresh_from_db()
        assert clinic.colour == "#0b5e8a"
        name = str(clinic.logo.name)
        assert name.startswith("logos/")
        assert "logo.png" not in name

    def test_a_new_logo_takes_the_old_ones_place(
        self, owner: Client, clinic: Clinic, django_capture_on_commit_callbacks: Any
    ) -> None:
        colour = {"colour": "#0b5e8a"}
        owner.post(LOOKS, colour | {"logo": upload(picture().read())})
        clinic.refresh_from_db()
        old, storage = str(clinic.logo.name), clinic.logo.storage
        with django_capture_on_commit_callbacks(execute=True):
            owner.post(LOOKS, colour | {"logo": upload(picture().read())})
        assert not storage.exists(old)
        clinic.refresh_from_db()
        assert storage.exists(str(clinic.logo.name))

    def test_it_can_be_removed(self, owner: Client, clinic: Clinic) -> None:
        assert "Remove the logo" not in owner.get(LOOKS).content.decode()
        owner.post(LOOKS, {"colour": "#0b5e8a", "logo": upload(picture().read())})
        owner.post(LOOKS, {"colour": "#0b5e8a", "remove_logo": "on"})
        clinic.refresh_from_db()
        assert not clinic.logo

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"<svg onload=alert(1)>",
            b"GIF89a" + b"\x00" * 40,
            b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
            b"%PDF-1.7",
        ],
    )
    def test_what_is_no_picture_is_refused(
        self, owner: Client, clinic: Clinic, content: bytes
    ) -> None:
        response = owner.post(LOOKS, {"colour": "#0b5e8a", "logo": upload(content)})
        assert response.context["form"].errors["logo"]
        clinic.refresh_from_db()
        assert not clinic.logo
        assert clinic.colour == "#d4a017"

    @pytest.mark.parametrize("colour", ["", "red", "#12345", "#1234567", "#0b5e8a;}"])
    def test_what_is_no_colour_is_refused(
        self, owner: Client, clinic: Clinic, colour: str
    ) -> None:
        response = owner.post(LOOKS, {"colour": colour})
        assert response.context["form"].errors["colour"]

    def test_a_huge_picture_is_refused(self, owner: Client, clinic: Clinic) -> None:
        from PIL import Image

        file = BytesIO()
        Image.new("1", (6000, 6000)).save(file, "PNG")
        values = {"colour": "#0b5e8a", "logo": upload(file.getvalue())}
        assert owner.post(LOOKS, values).context["form"].errors["logo"]
