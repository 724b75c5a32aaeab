"""Taking messages out: sent once, tried again later, given up, too late, blanked."""

import email
from datetime import timedelta
from email import policy
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from healthcare import clock
from healthcare.outbox import channels, gates
from healthcare.outbox.actions import Attachment, queue_email
from healthcare.outbox.delivery import (
    claim,
    deliver,
    drain,
    end_overdue,
    lease,
    revive_one,
)
from healthcare.outbox.models import Message

pytestmark = pytest.mark.django_db
PAUSES = [timedelta(minutes=m) for m in (1, 5, 25, 125)]


def written(**changes: Any) -> Message:
    values = {
        "kind": "test",
        "to": "ada@example.test",
        "subject": "Your visit",
        "text": "See you.",
        "html": "<p>See you.</p>",
    }
    return queue_email(**(values | changes))


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> Message:
    """A message that no channel can send; others pass."""
    message = written(to="poison@example.test", sensitive=True)
    send = channels.CHANNELS["email"]

    def refuse(sent: Message) -> None:
        if sent.pk == message.pk:
            raise RuntimeError("Ada Lovelace has a cough")
        send(sent)

    monkeypatch.setitem(channels.CHANNELS, "email", refuse)
    return message


def test_it_works() -> None:
    message = written()
    assert drain() == 1
    message.refresh_from_db()
    assert message.status == Message.Status.SENT
    assert (message.attempts, message.leased_until) == (1, None)
    assert message.sent_at is not None
    assert [sent.to for sent in mail.outbox] == [["ada@example.test"]]


def test_a_sent_message_is_not_sent_again() -> None:
    written()
    drain()
    assert drain() == 0
    assert len(mail.outbox) == 1


def test_the_mail_has_text_html_attachments_and_lasting_headers() -> None:
    calendar = Attachment("visit.ics", "text/calendar", "BEGIN:VCALENDAR ü".encode())
    report = Attachment("report.pdf", "application/pdf", b"%PDF-1.7 \xff\x00")
    message = written(attachments=[calendar, report])
    drain()
    parsed: Any = email.message_from_bytes(
        mail.outbox[0].message().as_bytes(), policy=policy.default
    )
    assert parsed["Message-ID"] == f"<{message.uid}@testserver>"
    assert abs(parsedate_to_datetime(parsed["Date"]) - message.created_at) < timedelta(
        seconds=1
    )
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed.get_body(("plain",)).get_content().strip() == "See you."
    assert parsed.get_body(("html",)).get_content().strip() == "<p>See you.</p>"
    first, second = parsed.iter_attachments()
    assert first.get_content_type() == "text/calendar"
    assert first.get_content().strip() == "BEGIN:VCALENDAR ü"
    assert second.get_content() == b"%PDF-1.7 \xff\x00"


def test_a_second_try_is_the_same_message() -> None:
    message = written()
    claimed = claim()
    assert claimed is not None
    deliver(claimed)
    Message.objects.update(status=Message.Status.QUEUED)
    drain()
    first, second = (sent.message() for sent in mail.outbox)
    assert first["Message-ID"] == second["Message-ID"] == channels.message_id(message)
    assert first["Date"] == second["Date"]


def test_a_failure_is_tried_again_after_growing_pauses(poison: Message) -> None:
    now = clock.now()
    for tries, pause in enumerate(PAUSES, start=1):
        with clock.at(now):
            assert drain() == 1
        with clock.at(now + pause - timedelta(seconds=1)):
            assert drain() == 0
        poison.refresh_from_db()
        assert (poison.status, poison.attempts) == (Message.Status.QUEUED, tries)
        assert poison.due_at == now + pause
        now += pause


def test_a_poison_message_dies_after_five_tries_and_the_others_go_on(
    poison: Message,
) -> None:
    now = clock.now()
    for pause in [*PAUSES, timedelta()]:
        other = written()
        with clock.at(now + timedelta(seconds=5)):
            assert drain() == 2
        other.refresh_from_db()
        assert other.status == Message.Status.SENT
        now += pause + timedelta(seconds=5)
    poison.refresh_from_db()
    assert (poison.status, poison.attempts) == (Message.Status.DEAD, 5)
    assert poison.last_error == "RuntimeError"
    assert (poison.text, poison.html) == ("", "")
    assert len(mail.outbox) == 5


def test_a_failure_is_logged_by_type_and_uid_alone(
    poison: Message, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    drain()
    (entry,) = caplog.records
    told: Any = entry.msg
    assert told["event"] == "message_failed"
    assert told["message"] == str(poison.uid)
    assert told["error"] == "RuntimeError"
    assert "cough" not in caplog.text
    assert "poison@example.test" not in caplog.text


def test_the_try_is_counted_before_the_work() -> None:
    """What a killed worker leaves behind: a lease, and one try used."""
    message = written()
    assert claim() is not None
    message.refresh_from_db()
    assert message.attempts == 1
    assert message.leased_until is not None
    assert drain() == 0
    with clock.at(message.leased_until):
        assert drain() == 1
    message.refresh_from_db()
    assert (message.status, message.attempts) == (Message.Status.SENT, 2)


def test_a_message_that_ends_its_worker_dies_after_five_tries() -> None:
    message = written(sensitive=True)
    now = clock.now()
    for _ in range(5):
        with clock.at(now):
            assert claim() is not None
        now += lease()
    with clock.at(now):
        assert drain() == 0
    message.refresh_from_db()
    assert (message.status, message.text) == (Message.Status.DEAD, "")
    assert mail.outbox == []


def test_what_is_too_late_is_not_sent() -> None:
    now = clock.now()
    late = written(not_after=now + timedelta(hours=1), sensitive=True)
    in_time = written(not_after=now + timedelta(hours=3))
    with clock.at(now + timedelta(hours=1)):
        assert drain() == 1
    late.refresh_from_db()
    in_time.refresh_from_db()
    assert (late.status, late.text) == (Message.Status.EXPIRED, "")
    assert in_time.status == Message.Status.SENT


@pytest.mark.parametrize("number", [1, 30])
def test_what_is_overdue_is_closed_in_bulk(number: int) -> None:
    past = clock.now() - timedelta(hours=1)
    for _ in range(number):
        written(not_after=past)
    with CaptureQueriesContext(connection) as queries:
        assert end_overdue() == number
    assert len([q for q in queries if "UPDATE" in q["sql"]]) == 4


def test_a_secret_is_blanked_once_it_has_left() -> None:
    secret = written(sensitive=True, attachments=[Attachment("a", "a/b", b"x")])
    plain = written()
    drain()
    secret.refresh_from_db()
    plain.refresh_from_db()
    assert (secret.text, secret.html, secret.attachments) == ("", "", [])
    assert plain.text == "See you."
    assert "See you." in mail.outbox[0].body


def test_the_oldest_goes_first() -> None:
    now = clock.now()
    for minutes in (1, 3, 2):
        with clock.at(now - timedelta(minutes=minutes)):
            written(subject=str(minutes))
    drain()
    assert [sent.subject for sent in mail.outbox] == ["3", "2", "1"]


def test_the_lease_outlasts_the_mail_server_and_not_the_queue(settings: Any) -> None:
    assert lease().total_seconds() > settings.EMAIL_TIMEOUT
    assert lease().total_seconds() < settings.Q_CLUSTER["retry"]


class TestGates:
    @pytest.fixture
    def shut(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(gates._gates, "outdated", lambda message: False)
        monkeypatch.setitem(gates._gates, "test", lambda message: True)

    @pytest.mark.usefixtures("shut")
    def test_what_is_no_longer_wanted_stays_here(self) -> None:
        outdated, wanted = written(kind="outdated"), written()
        assert drain() == 1
        outdated.refresh_from_db()
        wanted.refresh_from_db()
        assert (outdated.status, outdated.attempts) == (Message.Status.EXPIRED, 0)
        assert wanted.status == Message.Status.SENT


def test_one_that_failed_is_given_five_new_tries(poison: Message) -> None:
    Message.objects.filter(pk=poison.pk).update(
        status=Message.Status.DEAD, attempts=5, sensitive=False
    )
    assert revive_one(poison)
    assert not revive_one(poison)
    poison.refresh_from_db()
    assert (poison.status, poison.attempts) == (Message.Status.QUEUED, 0)
