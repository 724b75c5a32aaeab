"""Theme, landing and error pages."""

import re
from types import SimpleNamespace

import pytest
from django.http import Http404
from django.template import TemplateDoesNotExist
from django.test import Client, RequestFactory
from django.urls import reverse

from healthcare import pages

pytestmark = pytest.mark.django_db


def html_tag(response) -> str:
    return re.findall(r"<html[^>]*>", response.content.decode())[0]


def test_no_choice_leaves_the_theme_to_the_system(client: Client) -> None:
    assert "data-bs-theme" not in html_tag(client.get(reverse("landing")))


@pytest.mark.parametrize("chosen", ["dark", "light"])
def test_a_chosen_theme_is_remembered(client: Client, chosen: str) -> None:
    answer = client.post(
        reverse("theme"), {"theme": chosen, "next": "/accounts/login/"}
    )
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/"
    assert f'data-bs-theme="{chosen}"' in html_tag(client.get(reverse("landing")))


def test_like_my_device_takes_the_choice_back(client: Client) -> None:
    client.post(reverse("theme"), {"theme": "light"})
    client.post(reverse("theme"), {"theme": "system"})
    assert "data-bs-theme" not in html_tag(client.get(reverse("landing")))


@pytest.mark.parametrize("theme", ["", "pink", '"><script>'])
def test_an_unknown_theme_is_refused(client: Client, theme: str) -> None:
    assert client.post(reverse("theme"), {"theme": theme}).status_code == 400


def test_theme_is_a_post(client: Client) -> None:
    assert client.get(reverse("theme")).status_code == 405


@pytest.mark.parametrize(
    "address", ["https://evil.test/", "//evil.test", "", "javascript:1"]
)
def test_theme_stays_on_this_site(client: Client, address: str) -> None:
    answer = client.post(reverse("theme"), {"theme": "dark", "next": address})
    assert answer["Location"] == "/"


def test_a_forged_cookie_is_ignored(client: Client) -> None:
    client.cookies["theme"] = '"><b>'
    assert "data-bs-theme" not in html_tag(client.get(reverse("landing")))


def test_the_script_gets_no_page(client: Client) -> None:
    answer = client.post(
        reverse("theme"), {"theme": "dark"}, headers={"X-Requested-With": "fetch"}
    )
    assert answer.status_code == 204
    assert answer.cookies["theme"].value == "dark"


def test_landing_shows_the_clinics_and_escapes_their_names(rf: RequestFactory) -> None:
    clinic = SimpleNamespace(
        slug="a", name="<b>Ö & Co</b>", what="Bern", page_url="/clinics/a/"
    )
    body = pages.landing(rf.get("/"), clinics=lambda: [clinic]).content.decode()
    assert "&lt;b&gt;Ö &amp; Co&lt;/b&gt;" in body
    assert 'href="/clinics/a/"' in body


def test_landing_without_clinics_says_so(rf: RequestFactory) -> None:
    assert b"Be the first" in pages.landing(rf.get("/")).content


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (lambda r: pages.bad_request(r, ValueError()), 400),
        (lambda r: pages.forbidden(r, PermissionError()), 403),
        (lambda r: pages.not_found(r, Http404()), 404),
        (pages.too_many_requests, 429),
        (pages.server_error, 500),
        (pages.unavailable, 503),
    ],
)
def test_error_pages_carry_the_number_of_the_request(rf, view, status: int) -> None:
    request = rf.get("/")
    request.request_id = "0f8e-42"
    response = view(request)
    body = response.content.decode()
    assert response.status_code == status
    assert "0f8e-42" in body
    assert body.count("<h1") == 1


def test_a_broken_error_page_still_answers(rf: RequestFactory, monkeypatch) -> None:
    def broken(*args: object) -> str:
        raise TemplateDoesNotExist("500.html")

    monkeypatch.setattr(pages, "render_to_string", broken)
    response = pages.server_error(rf.get("/"))
    assert response.status_code == 500
    assert pages.LAST_RESORT in response.content.decode()


def test_the_gallery_is_not_for_production(rf: RequestFactory) -> None:
    with pytest.raises(Http404):
        pages.gallery(rf.get("/_parts/"))
