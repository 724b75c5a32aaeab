"""Ten wait for one freed time, and the worker that offers it is killed with -9."""

import os
import signal
from datetime import time, timedelta
from pathlib import Path

import pytest

from appointments import tasks
from appointments.actions import accept_offer
from appointments.models import (
    Appointment,
    Claim,
    Hold,
    OfferState,
    WaitingEntry,
    WaitingOffer,
)
from appointments.tests.test_races import in_three_days
from appointments.tests.test_verb_races import overlaps, ten_wait
from healthcare import clock
from healthcare.outbox.models import Message
from healthcare.outbox.tests.test_kills import cluster_of
from healthcare.queue import enqueue
from healthcare.testing import Cast
from healthcare.tests.programs import Program, database_url, needs_proc, wait_until

pytestmark = [
    needs_proc,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
SLOWEST = 180
ROUNDS = 3


def kill(program: Program) -> None:
    """The cluster and all its workers; the watchdog starts another one."""
    wait_until(lambda: cluster_of(program), SLOWEST)
    os.killpg(os.getpgid(cluster_of(program)[0]), signal.SIGKILL)


def an_hour_passes() -> None:
    """For what is offered: the worker's clock is the machine's."""
    now = clock.now()
    over, before = now - timedelta(minutes=1), now - timedelta(hours=1)
    WaitingOffer.objects.open().update(offered_at=before, expires_at=over)
    Hold.objects.update(expires_at=over)
    Claim.objects.filter(hold__isnull=False).update(expires_at=over)


def test_each_is_asked_once_and_one_gets_it(riverside: Cast, tmp_path: Path) -> None:
    nine = in_three_days(riverside.clinic.zone, time(9))
    ten_wait({"doctors": [riverside.doctor.pk], "times": [nine.isoformat()]})
    keys = {"DATABASE_URL": database_url(), "DATA_DIR": str(tmp_path)}
    program = Program("worker", tmp_path, **keys)
    try:
        for number in range(1, ROUNDS + 1):
            enqueue(tasks.sweep_waitlist)
            if number % 2:
                kill(program)
                enqueue(tasks.sweep_waitlist)
            made = WaitingOffer.objects.filter(starts_at=nine)
            wait_until(lambda n=number, rows=made: rows.count() == n, SLOWEST)
            assert WaitingOffer.objects.open().count() == 1
            if number < ROUNDS:
                an_hour_passes()
    finally:
        program.end()

    offer = WaitingOffer.objects.open().with_people().get()
    accept_offer(offer=offer, by=offer.entry.patient.user.as_actor(role="patient"))
    offers = WaitingOffer.objects.order_by("pk")
    asked = list(offers.values_list("entry_id", flat=True))
    first = WaitingEntry.objects.sorted_by("").values_list("pk", flat=True)
    assert asked == list(first[:ROUNDS])
    assert [each.state for each in offers] == [
        *[OfferState.EXPIRED] * (ROUNDS - 1),
        OfferState.ACCEPTED,
    ]
    assert Message.objects.filter(kind="appointments/offer").count() == ROUNDS
    assert Appointment.objects.get().patient == offer.entry.patient
    assert overlaps() == []
