from collections.abc import Callable

import pytest
from django.test import Client

from accounts.factories import PersonFactory, UserFactory
from accounts.models import User
from healthcare.audit.actors import Actor
from healthcare.testing import Cast

SignedIn = Callable[..., Client]
BY = Actor.system("test")


def person_with(email: str = "somebody@healix.test") -> User:
    """The account of somebody who has said who they are."""
    user = UserFactory.create(email=email)
    PersonFactory.create(user=user)
    return user


@pytest.fixture
def owner(client: Client, riverside: Cast) -> Client:
    """The browser of riverside's owner."""
    client.force_login(riverside.owner.user)
    return client


@pytest.fixture
def staff(client: Client, riverside: Cast) -> Client:
    client.force_login(riverside.staff.user)
    return client


@pytest.fixture
def stranger(hillcrest: Cast) -> Client:
    """The browser of the other clinic's owner."""
    browser = Client()
    browser.force_login(hillcrest.owner.user)
    return browser
