"""How a clinic reminds, and how a person wants to be reminded."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts.models import Person
from appointments.actions.reminding import usual_policy
from appointments.models import ReminderChoice, ReminderPolicy, ReminderRule
from clinics.models import Clinic
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action

QUIET = ("quiet_starts", "quiet_ends")
DAILY = ("daily_at", "mails_patients", "mails_doctors", "mails_months")
TIMING = ("minutes_before", "days_before", "at_time")
# What waits for the end of quiet hours is looked for again when these change.
LOOK_BACK = timedelta(days=1)


@transaction.atomic
def change_policy(
    *, clinic: Clinic, values: Mapping[str, Any], by: Actor
) -> ReminderPolicy:
    usual_policy(clinic)
    policy = ReminderPolicy.objects.select_for_update().get(clinic=clinic)
    changed = _set(policy, {name: values[name] for name in (*QUIET, *DAILY)})
    if not changed:
        return policy
    now = clock.now()
    if set(changed) & set(QUIET):
        policy.reminded_until = min(policy.reminded_until, now - LOOK_BACK)
    if set(changed) & set(DAILY):
        policy.since = now
    policy.save(update_fields=[*changed, "reminded_until", "since"])
    _record(clinic, by)
    return policy


@transaction.atomic
def add_rule(*, clinic: Clinic, values: Mapping[str, Any], by: Actor) -> ReminderRule:
    rule = ReminderRule(clinic=clinic, since=clock.now(), **values)
    rule.full_clean()
    rule.save(force_insert=True)
    _record(clinic, by)
    return rule


@transaction.atomic
def change_rule(
    *, rule: ReminderRule, values: Mapping[str, Any], by: Actor
) -> ReminderRule:
    """With another timing, or in use again, it holds for what is due from now on."""
    changed = _set(rule, values)
    if not changed:
        return rule
    if set(changed) & {*TIMING, "is_on"}:
        rule.since = clock.now()
    rule.full_clean()
    rule.save(update_fields=[*changed, "since"])
    _record(rule.clinic, by)
    return rule


@transaction.atomic
def remove_rule(*, rule: ReminderRule, by: Actor) -> None:
    rule.removed_at = clock.now()
    rule.save(update_fields=["removed_at"])
    _record(rule.clinic, by)


@transaction.atomic
def choose_reminders(
    *, person: Person, values: Mapping[str, bool], by: Actor
) -> ReminderChoice:
    """What is not asked of a person stays as it is."""
    choice = ReminderChoice.objects.of_person(person)
    if not _set(choice, values) and choice.pk and not choice._state.adding:
        return choice
    choice.save()
    record(Action.PROFILE_CHANGED, by=by, target=person, reason="reminders")
    return choice


def _set(row: Any, values: Mapping[str, Any]) -> list[str]:
    """Which of the values were other ones."""
    changed = [name for name in values if getattr(row, name) != values[name]]
    for name in changed:
        setattr(row, name, values[name])
    return changed


def _record(clinic: Clinic, by: Actor) -> None:
    record(
        Action.CLINIC_CHANGED, by=by, clinic=clinic, target=clinic, reason="reminders"
    )
