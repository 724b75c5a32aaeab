"""Photos: what is taken in, what is refused, and who sees them."""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.factories import DoctorProfileFactory, PersonFactory
from accounts.models import Person
from healthcare.audit.models import Action, AuditEvent
from healthcare.pdf.render import render_pdf

pytestmark = pytest.mark.django_db

CHANGE = "/accounts/profile/photo/"
PAGE = b"<html><body><script>alert(document.domain)</script></body></html>"


def picture(kind: str = "JPEG", size: tuple[int, int] = (80, 60), **extra) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **extra)
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    body = name + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png_that_claims(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    parts = [(b"IHDR", head), (b"IDAT", data), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts)


KIND, BROKEN = "JPEG, PNG or WebP", "could not read"
REFUSED = {
    "page": (PAGE, KIND),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", KIND),
    "gif that is a page": (b"GIF89a" + PAGE, KIND),
    "pdf": (b"%PDF-1.7\n", KIND),
    "zeros": (b"\x00" * 500, KIND),
    "nothing": (b"", "empty"),
    "jpeg that is a page": (b"\xff\xd8\xff" + PAGE, BROKEN),
    "png that is a page": (b"\x89PNG\r\n\x1a\n" + PAGE, BROKEN),
    "cut jpeg": (picture()[:400], BROKEN),
    "cut png": (picture("PNG")[:-40], BROKEN),
    "cut webp": (picture("WEBP")[:60], BROKEN),
    "many pixels": (png_that_claims(6000, 6000), "too many pixels"),
    "bomb": (png_that_claims(12_000, 12_000), BROKEN),
    "huge bomb": (png_that_claims(100_000, 100_000), BROKEN),
    "no pixels": (png_that_claims(0, 10), BROKEN),
    "large file": (picture() + b"\0" * (5 * 1024 * 1024), "at most 5 MB"),
}


@pytest.fixture
def me(client: Client) -> Person:
    person = PersonFactory()
    client.force_login(person.user)
    return person


@pytest.fixture
def send(client: Client, me: Person) -> Callable:
    def upload(content: bytes, name: str = "me.jpg", kind: str = "image/jpeg"):
        file = SimpleUploadedFile(name, content, content_type=kind)
        return client.post(CHANGE, {"photo": file})

    return upload


def kept(person: Person) -> bytes:
    person.refresh_from_db()
    with person.photo.open() as file:
        return file.read()


class TestTaken:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_it_works(self, send: Callable, me: Person, kind: str) -> None:
        assert send(picture(kind)).headers["Location"] == "/accounts/profile/"
        with Image.open(BytesIO(kept(me))) as image:
            assert (image.format, image.size) == ("JPEG", (80, 60))

    def test_gets_a_random_name_in_private(self, send: Callable, me: Person) -> None:
        send(picture(), "../../evil.php")
        kept(me)
        assert len(me.photo.name) == len("photos/.jpg") + 32
        assert "evil" not in me.photo.name
        assert me.photo.storage.location.endswith("media")

    def test_is_made_small(self, send: Callable, me: Person) -> None:
        send(picture(size=(3000, 1500)))
        with Image.open(BytesIO(kept(me))) as image:
            assert image.size == (512, 256)

    def test_loses_its_metadata_and_stands_upright(
        self, send: Callable, me: Person
    ) -> None:
        exif = Image.Exif()
        exif[0x0112] = 6
        exif[0x010E] = "taken at home"
        send(picture(exif=exif))
        content = kept(me)
        assert b"taken at home" not in content
        with Image.open(BytesIO(content)) as image:
            assert image.size == (60, 80)
            assert not image.getexif()

    def test_see_through_and_palette_pictures_work(
        self, send: Callable, me: Person
    ) -> None:
        for mode in ("RGBA", "P", "L", "LA", "1", "CMYK"):
            out = BytesIO()
            Image.new(mode, (20, 20)).save(out, "JPEG" if mode == "CMYK" else "PNG")
            assert send(out.getvalue()).status_code == 302, mode

    def test_a_page_hidden_behind_a_picture_is_gone(
        self, send: Callable, me: Person
    ) -> None:
        send(picture() + PAGE, "me.html", "text/html")
        assert b"script" not in kept(me)

    def test_the_one_before_is_removed(
        self, send: Callable, me: Person, django_capture_on_commit_callbacks
    ) -> None:
        send(picture())
        me.refresh_from_db()
        storage, before = me.photo.storage, me.photo.name
        with django_capture_on_commit_callbacks(execute=True):
            send(picture("PNG"))
        assert not storage.exists(before)
        assert kept(me)

    def test_is_logged(self, send: Callable, me: Person) -> None:
        send(picture())
        event = AuditEvent.objects.get(action=Action.PROFILE_CHANGED)
        assert (event.reason, event.target_uid) == ("Changed: photo", str(me.uid))

    def test_can_be_taken_away(
        self,
        send: Callable,
        client: Client,
        me: Person,
        django_capture_on_commit_callbacks,
    ) -> None:
        send(picture())
        me.refresh_from_db()
        storage, name = me.photo.storage, me.photo.name
        assert client.get(CHANGE + "remove/").status_code == 405
        with django_capture_on_commit_callbacks(execute=True):
            client.post(CHANGE + "remove/")
        me.refresh_from_db()
        assert (me.photo.name, storage.exists(name)) == ("", False)


class TestRefused:
    @pytest.mark.parametrize("name", REFUSED)
    def test_is_told_why(self, send: Callable, me: Person, name: str) -> None:
        content, told = REFUSED[name]
        response = send(content)
        assert response.status_code == 200
        assert told in str(response.context["form"].errors["photo"])
        me.refresh_from_db()
        assert not me.photo

    def test_half_a_picture_is_refused_after_a_pdf_was_made(
        self, send: Callable, me: Person
    ) -> None:
        render_pdf("<html lang=en><title>t</title><p>WeasyPrint takes half ones.")
        assert send(REFUSED["cut png"][0]).status_code == 200
        me.refresh_from_db()
        assert not me.photo

    def test_nothing_is_wrong_before_the_first_try(
        self, client: Client, me: Person
    ) -> None:
        assert not client.get(CHANGE).context["form"].errors

    def test_no_file_is_told(self, client: Client, me: Person) -> None:
        for data in ({}, {"photo": "words"}):
            response = client.post(CHANGE, data)
            assert "Choose a picture" in str(response.context["form"].errors)

    def test_a_text_bomb_in_the_picture_is_harmless(
        self, send: Callable, me: Person
    ) -> None:
        bomb = chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 80_000_000))
        content = picture("PNG")
        response = send(content[:33] + bomb + content[33:])
        assert response.status_code in (200, 302)

    def test_without_a_person_the_profile_comes_first(self, client: Client) -> None:
        from accounts.factories import UserFactory

        client.force_login(UserFactory())
        assert client.get(CHANGE).headers["Location"] == "/accounts/profile/"


def see(client: Client, person: Person) -> int:
    response = client.get(person.photo_url)
    response.getvalue()
    return response.status_code


class TestSeen:
    @pytest.fixture
    def mine(self, send: Callable, me: Person) -> Person:
        send(picture())
        me.refresh_from_db()
        return me

    def test_by_oneself_as_an_inert_file(self, client: Client, mine: Person) -> None:
        response = client.get(mine.photo_url)
        assert response.getvalue().startswith(b"\xff\xd8")
        expected = {
            "Content-Type": "image/jpeg",
            "Content-Disposition": 'attachment; filename="photo.jpg"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=3600",
        }
        assert {name: response.headers[name] for name in expected} == expected

    def test_not_by_others(self, mine: Person) -> None:
        stranger = Client()
        assert stranger.get(mine.photo_url).status_code == 302
        stranger.force_login(PersonFactory().user)
        missing = stranger.get(f"/accounts/people/{PersonFactory().uid}/photo/")
        foreign = stranger.get(mine.photo_url)
        assert (foreign.status_code, missing.status_code) == (404, 404)

    def test_a_doctors_by_anybody_signed_in(self, mine: Person) -> None:
        DoctorProfileFactory(person=mine)
        patient = Client()
        assert see(patient, mine) == 302
        patient.force_login(PersonFactory().user)
        assert see(patient, mine) == 200

    def test_its_address_changes_with_it(self, send: Callable, mine: Person) -> None:
        before = mine.photo_url
        send(picture("PNG"))
        mine.refresh_from_db()
        assert mine.photo_url != before

    def test_a_lost_file_is_not_found(self, client: Client, mine: Person) -> None:
        mine.photo.storage.delete(mine.photo.name)
        assert client.get(mine.photo_url).status_code == 404

    def test_no_other_address_leads_to_the_file(
        self, client: Client, mine: Person
    ) -> None:
        for path in ("/media/", "/static/", "/"):
            assert client.get(path + mine.photo.name).status_code == 404
