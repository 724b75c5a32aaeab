"""Reminding patients of their visits, each time once.

The sweep looks at what became due since it last did, and a little before. A reminder
is written in one transaction with the row that says so, while the visit is locked: a
visit that was cancelled or moved meanwhile is seen, and two sweeps cannot both write.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import partial
from time import monotonic

from django.db import transaction

from appointments.models import Appointment, Delivery, ReminderPolicy, ReminderRule
from appointments.reminders import gates, texts
from appointments.reminders.planning import (
    Errand,
    Plan,
    choices_of,
    with_revision,
    written,
)
from clinics.models import Clinic
from healthcare import clock
from healthcare.db.conflicts import retried
from healthcare.outbox.actions import write_all
from healthcare.outbox.delivery import expire
from healthcare.outbox.models import Message

SLICE = 20.0
BATCH = 20


def send_due_reminders(now: datetime | None = None) -> int:
    """Write what is due; answers how many messages. What it does not get done in
    twenty seconds is due in the next minute too."""
    now, began = now or clock.now(), monotonic()
    give_usual_policies()
    expire(gates.outdated())
    count, done = 0, []
    rules = rules_in_use()
    for policy in ReminderPolicy.objects.at_work():
        plan = Plan(policy, rules.get(policy.clinic_id, []), now)
        count += _remind(plan)
        if not plan.is_quiet:
            done.append(policy.pk)
        if monotonic() - began > SLICE:
            break
    ReminderPolicy.objects.filter(pk__in=done, reminded_until__lt=now).update(
        reminded_until=now
    )
    return count


def rules_in_use() -> dict[int, list[ReminderRule]]:
    found: dict[int, list[ReminderRule]] = {}
    for rule in ReminderRule.objects.in_use():
        found.setdefault(rule.clinic_id, []).append(rule)
    return found


def _remind(plan: Plan) -> int:
    visits = list(plan.visits())
    if not visits:
        return 0
    choices = choices_of(visit.patient_id for visit in visits)
    known = written(visit.pk for visit in visits)
    errands = plan.errands(visits, choices)
    due = sorted({each.appointment.pk for each in errands if each.key not in known})
    count = 0
    for first in range(0, len(due), BATCH):
        batch = due[first : first + BATCH]
        count += retried(partial(_write, plan, batch))
    return count


def _write(plan: Plan, batch: Sequence[int]) -> int:
    """Look again at these visits, now that nobody can change them, and write."""
    rows = Appointment.objects.filter(pk__in=batch).select_for_update(of=("self",))
    visits = list(
        with_revision(rows).select_related("patient__user", "clinic").order_by("id")
    )
    choices = choices_of(visit.patient_id for visit in visits)
    known = written(batch)
    errands = [e for e in plan.errands(visits, choices) if e.key not in known]
    messages = [texts.message(errand) for errand in errands]
    write_all(messages)
    Delivery.objects.bulk_create(
        _delivery(errand, message)
        for errand, message in zip(errands, messages, strict=True)
    )
    return len(errands)


def _delivery(errand: Errand, message: Message) -> Delivery:
    visit = errand.appointment
    return Delivery(
        clinic_id=visit.clinic_id,
        person_id=visit.patient_id,
        kind=Delivery.Kind.REMINDER,
        channel=errand.channel,
        message=message,
        appointment=visit,
        sequence=visit.sequence,
        rule=errand.rule,
        created_at=clock.now(),
    )


def give_usual_policies() -> None:
    """A clinic that has never said how it reminds does it the usual way."""
    for clinic in Clinic.objects.in_use().filter(reminder_policy=None):
        usual_policy(clinic)


@transaction.atomic
def usual_policy(clinic: Clinic) -> ReminderPolicy:
    """The clinic's policy; made with three rules if there is none."""
    now = clock.now()
    policy, is_new = ReminderPolicy.objects.get_or_create(
        clinic=clinic, defaults={"since": now, "reminded_until": now}
    )
    if is_new:
        ReminderRule.objects.bulk_create(_usual_rules(clinic, now))
    return policy


def _usual_rules(clinic: Clinic, now: datetime) -> list[ReminderRule]:
    three_days, two_hours = timedelta(days=3), timedelta(hours=2)
    minute = timedelta(minutes=1)
    return [
        ReminderRule(
            clinic=clinic,
            since=now,
            minutes_before=three_days // minute,
            in_app=False,
        ),
        ReminderRule(clinic=clinic, since=now, days_before=1, at_time=time(18)),
        ReminderRule(
            clinic=clinic,
            since=now,
            minutes_before=two_hours // minute,
            by_email=False,
            by_sms=True,
        ),
    ]
