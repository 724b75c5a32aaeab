"""The mails of the day and of the month: once for each person, clinic and date."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from appointments.models import Delivery, ReminderPolicy
from appointments.reminders import daily
from appointments.reminders.daily import Letter
from healthcare import clock
from healthcare.db.conflicts import retried
from healthcare.outbox.actions import write_all

BATCH = 20


def send_day_mails(now: datetime | None = None) -> int:
    """Write the mails that are due at each clinic; answers how many."""
    now = now or clock.now()
    return sum(_at_clinic(policy, now) for policy in ReminderPolicy.objects.at_work())


def _at_clinic(policy: ReminderPolicy, now: datetime) -> int:
    count = 0
    if day := daily.day_due(policy, now):
        count += _write_all(policy, daily.day_letters(policy, day, now))
        ReminderPolicy.objects.filter(pk=policy.pk).update(days_done=day)
    if first := daily.month_due(policy, now):
        count += _write_all(policy, daily.month_letters(policy, first, now))
        ReminderPolicy.objects.filter(pk=policy.pk).update(months_done=first)
    return count


def _write_all(policy: ReminderPolicy, letters: Sequence[Letter]) -> int:
    batches = [letters[n : n + BATCH] for n in range(0, len(letters), BATCH)]
    return sum(retried(partial(_write, policy, batch)) for batch in batches)


def _write(policy: ReminderPolicy, batch: Sequence[Letter]) -> int:
    """Holding the policy, so that another sweep sees what this one wrote."""
    ReminderPolicy.objects.select_for_update().get(pk=policy.pk)
    known = daily.written(policy.clinic, batch)
    new = [each for each in batch if (each.kind, each.person.pk, each.day) not in known]
    messages = [letter.message(policy.clinic) for letter in new]
    write_all(messages)
    Delivery.objects.bulk_create(
        Delivery(
            clinic_id=policy.clinic_id,
            person=letter.person,
            kind=letter.kind,
            channel=message.channel,
            message=message,
            day=letter.day,
            fingerprint=letter.fingerprint,
            created_at=clock.now(),
        )
        for letter, message in zip(new, messages, strict=True)
    )
    return len(new)
