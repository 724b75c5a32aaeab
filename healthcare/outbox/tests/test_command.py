"""manage.py outbox: how many wait, were sent and failed; trying the failed again."""

from io import StringIO

import pytest
from django.core.management import call_command

from healthcare.outbox.models import Message
from healthcare.outbox.tests.test_delivery import written

pytestmark = pytest.mark.django_db


def said(*options: str) -> list[str]:
    out = StringIO()
    call_command("outbox", *options, stdout=out)
    return out.getvalue().splitlines()


def test_it_works() -> None:
    for status in ("queued", "sent", "sent", "dead", "dead"):
        message = written()
        Message.objects.filter(pk=message.pk).update(status=status)
    Message.objects.filter(status="dead").update(last_error="SMTPDataError")
    assert said() == [
        "Waiting: 1",
        "Sent: 2",
        "Failed: 2",
        "Too late to send: 0",
        "  failed 2 × test: SMTPDataError",
    ]


def test_the_failed_are_tried_again_without_the_secret_ones() -> None:
    kept, secret = written(), written(sensitive=True)
    Message.objects.update(status=Message.Status.DEAD, attempts=5)
    assert said("--retry-dead")[0] == "Waiting again: 1"
    kept.refresh_from_db()
    secret.refresh_from_db()
    assert (kept.status, kept.attempts) == (Message.Status.QUEUED, 0)
    assert secret.status == Message.Status.DEAD
