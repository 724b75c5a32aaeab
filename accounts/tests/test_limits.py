"""How often one may try, counted in the cache that all processes share."""

import pytest
from django.core.cache import cache
from django.core.cache.backends.db import DatabaseCache
from django.test import Client

from accounts.factories import PASSWORD
from accounts.models import User

pytestmark = pytest.mark.django_db


def log_in(email: str, password: str = "wrong", ip: str = "192.0.2.1"):
    values = {"login": email, "password": password}
    return Client(REMOTE_ADDR=ip).post("/accounts/login/", values)


def test_the_counters_are_shared_by_all_processes() -> None:
    assert isinstance(cache._connections[cache._alias], DatabaseCache)


def test_the_sixth_wrong_password_of_an_account_is_refused_unread(user: User) -> None:
    for _attempt in range(5):
        assert "not correct" in log_in(user.email).content.decode()
    refused = log_in(user.email, PASSWORD, ip="192.0.2.99")
    assert refused.status_code == 200
    assert "Too many" in refused.content.decode()
    assert not refused.wsgi_request.user.is_authenticated


def test_the_limit_is_the_same_for_an_unknown_account() -> None:
    for _attempt in range(5):
        log_in("nobody@healix.test")
    assert "Too many" in log_in("nobody@healix.test").content.decode()


def test_one_address_meets_the_page_of_too_many_requests(db: None) -> None:
    answers = [log_in(f"p{n}@healix.test").status_code for n in range(31)]
    assert answers[-1] == 429
    page = log_in("p@healix.test")
    assert "429.html" in [template.name for template in page.templates]
    assert log_in("p@healix.test", ip="192.0.2.2").status_code == 200


def test_a_forwarded_address_is_not_believed(db: None) -> None:
    for n in range(31):
        values = {"login": f"p{n}@healix.test", "password": "wrong"}
        last = Client().post(
            "/accounts/login/", values, headers={"x-forwarded-for": f"198.51.100.{n}"}
        )
    assert last.status_code == 429


def test_sign_ups_from_one_address_are_limited(client: Client) -> None:
    answers = [client.post("/accounts/signup/").status_code for _n in range(21)]
    assert answers[-2:] == [200, 429]


def test_reset_mails_to_one_account_are_limited(user: User) -> None:
    form = {"email": user.email}
    answers = [
        Client().post("/accounts/password/reset/", form).status_code for _n in range(6)
    ]
    assert answers == [302] * 5 + [429]


def test_photos_of_one_person_are_limited(user: User, client: Client) -> None:
    client.force_login(user)
    answers = [client.post("/accounts/profile/photo/").status_code for _n in range(21)]
    assert answers[-2:] == [200, 429]
