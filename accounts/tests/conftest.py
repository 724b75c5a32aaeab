from collections.abc import Callable

import pytest
from django.test import Client

from accounts.factories import PASSWORD, PersonFactory, UserFactory
from accounts.models import Person, User

SignIn = Callable[..., Client]


@pytest.fixture
def person(db: None) -> Person:
    """Somebody with an account, a password and a complete profile."""
    person = PersonFactory(user__email="ada@healix.test")
    person.user.set_password(PASSWORD)
    person.user.save(update_fields=["password"])
    return person


@pytest.fixture
def user(person: Person) -> User:
    return person.user


@pytest.fixture
def newcomer(client: Client) -> User:
    """Signed in, and nobody knows yet who it is."""
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def sign_in() -> SignIn:
    """A browser of its own that signed in with e-mail and password."""

    def signed_in(user: User, password: str = PASSWORD, **extra: str) -> Client:
        client = Client()
        values = {"login": user.email, "password": password, **extra}
        response = client.post("/accounts/login/", values)
        assert response.status_code == 302, response.context["form"].errors
        return client

    return signed_in


@pytest.fixture(autouse=True)
def _quick_hashes(settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
