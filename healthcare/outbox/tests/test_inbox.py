"""Notifications: one's own, counted under the bell, read once opened."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from healthcare.outbox.actions import notify
from healthcare.outbox.delivery import drain
from healthcare.outbox.models import Message
from healthcare.testing import Cast

pytestmark = pytest.mark.django_db
INBOX = "/me/notifications/"
WHO = ["patient", "doctor", "staff", "owner", "auditor"]


def told(user: Any, **changes: Any) -> Message:
    values = {"subject": "Your visit", "text": "Tomorrow at 9.", "path": "/more/"}
    return notify(kind="test", to=user.uid, **(values | changes))


def signed_in(client: Client, cast: Cast, who: str = "patient") -> Any:
    client.force_login(cast.users[who])
    return cast.users[who]


def page(client: Client) -> str:
    return client.get(INBOX).content.decode()


@pytest.mark.parametrize("who", WHO)
def test_everybody_has_it(client: Client, riverside: Cast, who: str) -> None:
    told(signed_in(client, riverside, who))
    assert "Your visit" in page(client)
    assert "Tomorrow at 9." in page(client)


def test_it_is_there_at_once_and_nothing_is_sent(riverside: Cast) -> None:
    message = told(riverside.users["patient"])
    assert message.status == Message.Status.SENT
    assert message.sent_at is not None
    assert drain() == 0


def test_nobody_sees_anothers(client: Client, riverside: Cast) -> None:
    theirs = told(riverside.patient2.patient.user, subject="Somebody else's")
    signed_in(client, riverside)
    assert "Somebody else's" not in page(client)
    assert client.get(f"{INBOX}{theirs.uid}/").status_code == 404
    assert client.post(f"{INBOX}{theirs.uid}/read/").status_code == 404
    assert client.post(f"{INBOX}read/").status_code == 302
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_the_bell_counts_what_is_unread(client: Client, riverside: Cast) -> None:
    user = signed_in(client, riverside)
    assert 'class="hx-count"' not in client.get("/more/").content.decode()
    for _ in range(3):
        told(user)
    assert ">, </span>3<span" in client.get("/more/").content.decode()


def test_the_bell_stops_counting(client: Client, riverside: Cast) -> None:
    user = signed_in(client, riverside)
    for _ in range(101):
        told(user)
    assert ">, </span>99+<span" in client.get("/more/").content.decode()


def test_following_one_leads_there_and_reads_it(
    client: Client, riverside: Cast
) -> None:
    message = told(signed_in(client, riverside))
    told(riverside.users["patient"])
    assert client.get(f"{INBOX}{message.uid}/")["Location"] == "/more/"
    assert page(client).count("Mark as read</span>") == 0
    assert page(client).count("/read/") == 2  # one left, and the button for all


@pytest.mark.parametrize("path", ["https://evil.test/", "//evil.test/", ""])
def test_it_leads_nowhere_else(client: Client, riverside: Cast, path: str) -> None:
    message = told(signed_in(client, riverside), path=path)
    assert client.get(f"{INBOX}{message.uid}/")["Location"] == INBOX


def test_one_is_marked(client: Client, riverside: Cast) -> None:
    message = told(signed_in(client, riverside))
    assert client.post(f"{INBOX}{message.uid}/read/")["Location"] == INBOX
    message.refresh_from_db()
    assert message.read_at is not None


def test_all_are_marked(client: Client, riverside: Cast) -> None:
    user = signed_in(client, riverside)
    told(user)
    told(user)
    client.post(f"{INBOX}read/")
    assert Message.objects.inbox_of(user.uid).unread().count() == 0
    assert "Mark all as read" not in page(client)


def test_there_is_nothing_yet(client: Client, riverside: Cast) -> None:
    signed_in(client, riverside)
    assert "Nothing yet." in page(client)


def test_old_ones_are_on_further_pages(client: Client, riverside: Cast) -> None:
    user = signed_in(client, riverside)
    for number in range(21):
        told(user, subject=f"Visit {number:02}")
    first = page(client)
    assert "Visit 20" in first
    assert "Visit 00" not in first
    oldest = Message.objects.get(subject="Visit 01")
    second = client.get(f"{INBOX}?before={oldest.uid}").content.decode()
    assert "Visit 00" in second


def test_an_unknown_one_is_not_found(client: Client, riverside: Cast) -> None:
    signed_in(client, riverside)
    assert client.get(f"{INBOX}{uuid4()}/").status_code == 404


def test_three_cost_what_one_costs(
    client: Client, riverside: Cast, django_assert_max_num_queries: Any
) -> None:
    user = signed_in(client, riverside)
    told(user)
    page(client)
    with django_assert_max_num_queries(30) as first:
        page(client)
    told(user)
    told(user)
    with django_assert_max_num_queries(len(first)):
        page(client)
