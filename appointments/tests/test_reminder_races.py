"""Sweeps at once, a cancellation in between: every reminder once, or not at all."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

from appointments import actions
from appointments.actions.day_mails import send_day_mails
from appointments.actions.reminding import send_due_reminders, usual_policy
from appointments.models import Appointment, Delivery
from appointments.tests.conftest import MONDAY
from appointments.tests.test_reminding import EVE, KIND, copies
from healthcare import clock
from healthcare.audit.actors import Actor
from healthcare.outbox.delivery import drain
from healthcare.outbox.models import Message
from healthcare.testing import Cast, make_cast

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SYSTEM = Actor.system("Test")
VISITS = 30


@pytest.fixture
def cast() -> Cast:
    return make_cast("riverside", "Europe/Berlin")


@pytest.fixture
def visits(cast: Cast, booked: Any) -> list[Appointment]:
    from appointments.factories import WeeklyRuleFactory

    WeeklyRuleFactory(doctor=cast.doctor, weekday=1, starts=time(9), ends=time(12))
    with clock.at(MONDAY):
        usual_policy(cast.clinic)
        visit = booked(cast)
        copies(visit, VISITS - 1)
        Message.objects.all().delete()
    return list(Appointment.objects.all())


def at_once(moment: datetime, *acts: Any) -> list[BaseException]:
    """Run these in threads that start together; answers what went wrong."""
    barrier = Barrier(len(acts))

    def run(act: Any) -> None:
        barrier.wait()
        try:
            with clock.at(moment):
                act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as threads:
        running = [threads.submit(run, act) for act in acts]
    return [error for each in running if (error := each.exception())]


def by_channel() -> Counter[str]:
    rows = Message.objects.filter(kind=KIND)
    return Counter(rows.values_list("channel", flat=True))


@pytest.mark.usefixtures("visits")
def test_sweeps_at_once_write_each_reminder_once() -> None:
    assert at_once(EVE, *[send_due_reminders] * 4) == []
    assert by_channel() == {"email": VISITS, "in-app": VISITS}
    reminders = Delivery.objects.of_kind(Delivery.Kind.REMINDER)
    assert reminders.count() == 2 * VISITS


@pytest.mark.usefixtures("visits")
def test_sweeps_at_once_write_each_days_mail_once() -> None:
    seven = datetime(2026, 9, 22, 5, 0, tzinfo=UTC)
    assert at_once(seven, *[send_day_mails] * 4) == []
    kinds = Counter(Message.objects.values_list("kind", flat=True))
    assert kinds == {"appointments/today": VISITS, "appointments/own_day": 1}


def test_nothing_leaves_for_a_visit_that_is_cancelled_meanwhile(
    visits: list[Appointment],
) -> None:
    def cancel() -> None:
        for visit in visits[::2]:
            actions.cancel(appointment=visit, reason="", by=SYSTEM)

    assert at_once(EVE, send_due_reminders, cancel, send_due_reminders) == []
    with clock.at(EVE + timedelta(minutes=1)):
        send_due_reminders()
        drain()
    gone = {f"{visit.uid}" for visit in visits[::2]}
    kept = Message.objects.filter(kind=KIND, channel="email", status="sent")
    assert len(kept) == VISITS // 2
    assert not any(uid in (row.dedup_key or "") for row in kept for uid in gone)
