"""What a person sees when something breaks."""

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from healthcare import urls
from healthcare.policy import public


def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("could not connect: secret row contents")


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("secret row contents")


def undeclared(request: HttpRequest) -> HttpResponse:
    return HttpResponse("never shown")


@pytest.fixture
def client(db: None, settings: object) -> Client:
    extra = [
        path("away/", public(away)),
        path("broken/", public(broken)),
        path("undeclared/", undeclared),
    ]

    class Routes:
        urlpatterns = extra + urls.urlpatterns
        handler400, handler403 = urls.handler400, urls.handler403
        handler404, handler500 = urls.handler404, urls.handler500

    settings.ROOT_URLCONF = Routes
    return Client(raise_request_exception=False)


def test_a_database_that_is_away_answers_503(client: Client) -> None:
    response = client.get("/away/")
    assert response.status_code == 503
    assert "secret" not in response.content.decode()


def test_a_defect_answers_500_without_details(client: Client) -> None:
    response = client.get("/broken/")
    assert response.status_code == 500
    assert "secret" not in response.content.decode()


def test_a_view_without_a_policy_answers_403(client: Client) -> None:
    response = client.get("/undeclared/")
    assert response.status_code in (302, 403)
    assert b"never shown" not in response.content


def test_a_view_without_a_policy_answers_403_to_members(
    client: Client, riverside: object
) -> None:
    client.force_login(riverside.owner.user)
    assert client.get("/undeclared/").status_code == 403


def test_an_unknown_page_answers_404(client: Client) -> None:
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert response.headers["X-Request-ID"] in response.content.decode()
