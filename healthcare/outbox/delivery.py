"""Taking messages out of the outbox and sending them.

A try is counted and committed before it begins, so that a message which ends its
worker is given up like any other. Between sending and noting that it was sent a worker
can be killed; the next try then sends a copy with the same Message-ID.
"""

from collections.abc import Sequence
from datetime import timedelta
from time import monotonic
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction

from healthcare import clock
from healthcare.outbox.channels import CHANNELS, Undeliverable
from healthcare.outbox.gates import is_wanted
from healthcare.outbox.models import ATTEMPTS, Message

SLICE = 20.0
BLANK: dict[str, Any] = {"text": "", "html": "", "attachments": []}

log = structlog.get_logger(__name__)


def drain() -> int:
    """Send what is due, oldest first, for about twenty seconds. Answers how many
    messages were tried."""
    end_overdue()
    began, tried = monotonic(), 0
    while monotonic() - began < SLICE and (message := claim()):
        deliver(message)
        tried += 1
    return tried


def end_overdue() -> int:
    """Close what it is too late for, and what used up its tries."""
    now = clock.now()
    late = Message.objects.too_late(now)
    hopeless = Message.objects.hopeless(now)
    return _close(late, Message.Status.EXPIRED) + _close(hopeless, Message.Status.DEAD)


def expire(messages: Sequence[int]) -> int:
    """Close these, if they still wait and nobody is sending them."""
    waiting = Message.objects.unheld(clock.now()).filter(pk__in=messages)
    return _close(waiting, Message.Status.EXPIRED) if messages else 0


def revive() -> int:
    """Give failed messages five new tries. The sensitive ones have lost their text."""
    return _wake(Message.objects.stopped())


def revive_one(message: Message) -> bool:
    """The same for one of them, if it still stands as failed."""
    return bool(_wake(Message.objects.stopped().filter(pk=message.pk)))


def _wake(dead: Any) -> int:
    now = clock.now()
    count: int = dead.update(
        status=Message.Status.QUEUED, attempts=0, due_at=now, last_error=""
    )
    return count


def lease() -> timedelta:
    """Longer than a slow server takes: its time-out counts for every step of a send."""
    return timedelta(seconds=3 * settings.EMAIL_TIMEOUT)


@transaction.atomic
def claim() -> Message | None:
    """Take the next due message that is still wanted, and count the try."""
    now = clock.now()
    due = Message.objects.due(now).select_for_update(skip_locked=True)
    message = due.order_by("due_at", "id").first()
    while message and not is_wanted(message):
        _close(Message.objects.filter(pk=message.pk), Message.Status.EXPIRED)
        message = due.order_by("due_at", "id").first()
    if message is None:
        return None
    message.attempts += 1
    message.leased_until = now + lease()
    message.save(update_fields=["attempts", "leased_until"])
    return message


def deliver(message: Message) -> None:
    try:
        CHANNELS[message.channel](message)
    except Undeliverable as error:
        _note_failure(message, error)
        _close(_held(message), Message.Status.DEAD)
    except Exception as error:
        log.warning("message_failed", message=str(message.uid), exc_info=True)
        _note_failure(message, error)
        _put_back(message)
    else:
        _note_sent(message)


def pause_after(attempts: int) -> timedelta:
    """1, 5, 25 and 125 minutes: an outage of two hours loses nothing."""
    return timedelta(minutes=5 ** (attempts - 1))


def _held(message: Message) -> Any:
    """The message's row, as long as this try is the latest."""
    return Message.objects.filter(
        pk=message.pk, status=Message.Status.QUEUED, attempts=message.attempts
    )


def _note_sent(message: Message) -> None:
    """True even if the lease ran out meanwhile: it has left."""
    changes: dict[str, Any] = {
        "status": Message.Status.SENT,
        "sent_at": clock.now(),
        "leased_until": None,
        "last_error": "",
    }
    if message.sensitive:
        changes |= BLANK
    Message.objects.filter(pk=message.pk).update(**changes)


def _note_failure(message: Message, error: Exception) -> None:
    _held(message).update(last_error=type(error).__qualname__[:120])


def _put_back(message: Message) -> None:
    if message.attempts >= ATTEMPTS:
        _close(_held(message), Message.Status.DEAD)
        return
    due_at = clock.now() + pause_after(message.attempts)
    _held(message).update(due_at=due_at, leased_until=None)


def _close(messages: Any, status: Message.Status) -> int:
    """A closed message that was sensitive loses its text."""
    with transaction.atomic():
        count = messages.filter(sensitive=True).update(
            status=status, leased_until=None, **BLANK
        )
        return count + messages.update(status=status, leased_until=None)
