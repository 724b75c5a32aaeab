"""What everybody sees of clinics."""

from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from clinics.actions import set_logo, set_opening_hours
from clinics.factories import ClinicFactory, DepartmentFactory, MembershipFactory
from clinics.logos import read_logo
from clinics.models import Clinic
from clinics.tests.conftest import BY
from healthcare import clock
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db

MONDAY_10_IN_BERLIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class TestList:
    def test_it_shows_clinics_that_are_open_for_booking(self, client: Client) -> None:
        ClinicFactory.create(name="Open house")
        ClinicFactory.create(name="Not yet", is_listed=False)
        ClinicFactory.create(name="No more", is_active=False)
        text = client.get("/clinics/").content.decode()
        assert "Open house" in text
        assert "Not yet" not in text
        assert "No more" not in text

    @pytest.mark.parametrize("q", ["lake", "LAKE heart", "zurich", "Hearts"])
    def test_words_are_searched_in_name_town_and_line(
        self, client: Client, q: str
    ) -> None:
        ClinicFactory.create(name="Lakeside", city="Zurich", tagline="Hearts")
        ClinicFactory.create(name="Other")
        found = client.get("/clinics/", {"q": q}).context["clinics"]
        assert [card.name for card in found] == ["Lakeside"]

    def test_nothing_found_and_nothing_there_are_different(
        self, client: Client
    ) -> None:
        assert "Register your clinic" in client.get("/clinics/").content.decode()
        ClinicFactory.create()
        nothing = client.get("/clinics/", {"q": "zzz"}).content.decode()
        assert "No clinic matches" in nothing

    @pytest.mark.parametrize("page", ["0", "-1", "x", "999999999999", "\x00"])
    def test_any_page_number_answers(self, client: Client, page: str) -> None:
        assert client.get("/clinics/", {"page": page}).status_code == 200

    def test_the_number_of_queries_does_not_grow(
        self, client: Client, django_assert_num_queries: Any
    ) -> None:
        for count in (1, 3):
            while Clinic.objects.count() < count:
                clinic = ClinicFactory.create()
                set_opening_hours(
                    clinic=clinic, periods=[(0, time(8), time(12))], by=BY
                )
            with django_assert_num_queries(3):
                client.get("/clinics/")


class TestPage:
    def test_it_shows_what_a_patient_needs(
        self, client: Client, riverside: Cast
    ) -> None:
        clinic = riverside.clinic
        set_opening_hours(clinic=clinic, periods=[(0, time(8), time(12))], by=BY)
        Clinic.objects.update(
            address_line="Lindenstr. 5", city="Berlin", phone="+4930901820"
        )
        with clock.at(MONDAY_10_IN_BERLIN):
            text = client.get("/clinics/riverside/").content.decode()
        for shown in (
            "Open now, until 12:00",
            "Lindenstr. 5, Berlin",
            "tel:+49-30-901820",
            "Cardiology",
            "1 doctor",
            "Dr Ada",
            "08:00 to 12:00",
            "In an emergency call 112",
            "/clinics/riverside/book/",
        ):
            assert shown in text

    def test_only_doctors_who_can_be_booked_are_named(
        self, client: Client, riverside: Cast
    ) -> None:
        ended = MembershipFactory.create(
            clinic=riverside.clinic, role="doctor", is_active=False
        )
        text = client.get("/clinics/riverside/").content.decode()
        assert ended.person.family_name not in text
        assert riverside.staff.person.family_name not in text

    def test_without_doctors_there_is_no_booking(self, client: Client) -> None:
        DepartmentFactory.create(clinic=ClinicFactory.create(slug="empty"))
        text = client.get("/clinics/empty/").content.decode()
        assert "no doctors to book yet" in text
        assert "Book an appointment" not in text

    @pytest.mark.parametrize("hidden", [{"is_listed": False}, {"is_active": False}])
    def test_a_clinic_that_is_not_open_is_not_there(
        self, client: Client, hidden: dict[str, bool]
    ) -> None:
        ClinicFactory.create(slug="hidden", **hidden)
        assert client.get("/clinics/hidden/").status_code == 404
        assert client.get("/clinics/missing/").status_code == 404

    def test_names_are_text(self, client: Client) -> None:
        ClinicFactory.create(slug="x", name="<script>alert(1)</script>", tagline="<b>")
        text = client.get("/clinics/x/").content.decode()
        assert "<script>alert(1)" not in text
        assert "&lt;b&gt;" in text

    def test_the_number_of_queries_does_not_grow(
        self, client: Client, riverside: Cast, django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(5) as first:
            client.get("/clinics/riverside/")
        for _more in range(2):
            department = DepartmentFactory.create(clinic=riverside.clinic)
            MembershipFactory.create(
                clinic=riverside.clinic, role="doctor", department=department
            )
        with django_assert_max_num_queries(len(first)):
            client.get("/clinics/riverside/")


class TestBrand:
    def test_it_is_one_custom_property(self, client: Client) -> None:
        clinic = ClinicFactory.create(slug="riverside", colour="#0b5e8a")
        response = client.get(clinic.brand_url)
        assert (
            response.content == b'[data-clinic="riverside"] { --hx-brand: #0b5e8a; }\n'
        )
        assert response.headers["Content-Type"] == "text/css; charset=utf-8"
        assert "immutable" in response.headers["Cache-Control"]

    def test_what_is_no_colour_never_gets_out(self, client: Client) -> None:
        ClinicFactory.create(slug="riverside")
        Clinic.objects.update(colour="red;}*{")
        text = client.get("/clinics/riverside/brand.css").content.decode()
        assert "#d4a017" in text
        assert "red" not in text

    def test_the_same_colour_is_not_sent_twice(self, client: Client) -> None:
        ClinicFactory.create(slug="riverside")
        etag = client.get("/clinics/riverside/brand.css").headers["ETag"]
        path = "/clinics/riverside/brand.css"
        assert client.get(path, HTTP_IF_NONE_MATCH=etag).status_code == 304
        Clinic.objects.update(colour="#000000")
        assert client.get(path, HTTP_IF_NONE_MATCH=etag).status_code == 200

    def test_a_new_colour_has_a_new_address(self) -> None:
        clinic = ClinicFactory.create(colour="#111111")
        before = clinic.brand_url
        clinic.colour = "#222222"
        assert clinic.brand_url != before

    def test_no_clinic_no_colour(self, client: Client) -> None:
        assert client.get("/clinics/missing/brand.css").status_code == 404


def picture(name: str = "PNG") -> BytesIO:
    file = BytesIO()
    Image.new("RGB", (40, 40), "#0b5e8a").save(file, name)
    file.seek(0)
    return file


class TestLogo:
    def test_it_is_an_inert_picture(self, client: Client) -> None:
        clinic = ClinicFactory.create()
        set_logo(clinic=clinic, image=read_logo(picture(), 500), by=BY)
        response = client.get(clinic.logo_url)
        assert response.headers["Content-Type"] == "image/jpeg"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in response.headers["Content-Security-Policy"]
        assert b"".join(response.streaming_content).startswith(b"\xff\xd8")

    def test_without_one_there_is_nothing(self, client: Client) -> None:
        ClinicFactory.create(slug="plain")
        assert client.get("/clinics/plain/logo/").status_code == 404

    def test_a_lost_file_is_not_an_error(self, client: Client) -> None:
        clinic = ClinicFactory.create()
        Clinic.objects.update(logo="logos/lost.jpg")
        assert client.get(f"/clinics/{clinic.slug}/logo/").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/clinics/", "/clinics/x/", "/clinics/x/brand.css", "/clinics/x/logo/"],
)
def test_public_pages_are_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
