"""What is due now: which visits of a clinic, by which rules, over which channels."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery

from accounts.models import Person
from appointments.models import (
    Appointment,
    Delivery,
    ReminderChoice,
    ReminderPolicy,
    ReminderRule,
    Status,
    StatusChange,
)
from appointments.models.appointment import AppointmentQuerySet
from appointments.reminders import times
from appointments.slots import Period
from healthcare.outbox.models import Message

# A booking may be written a little after the moment it bears.
SLACK = timedelta(minutes=15)
# Changes back to "booked" that agree on nothing new.
TAKEN_BACK = (Status.ARRIVED, Status.NO_SHOW)

Key = tuple[int, int | None, int | None, str]


class Errand(NamedTuple):
    """One message to write: over this channel, to this address."""

    appointment: Appointment
    rule: ReminderRule
    channel: Message.Channel
    to: str

    @property
    def key(self) -> Key:
        visit = self.appointment
        return visit.pk, visit.sequence, self.rule.pk, str(self.channel)


@dataclass(frozen=True)
class Plan:
    policy: ReminderPolicy
    rules: Collection[ReminderRule]
    now: datetime

    @property
    def dues(self) -> Period:
        since = self.policy.reminded_until - SLACK
        return times.looked_at(since, self.now, self.policy.quiet, self.policy.zone)

    @property
    def is_quiet(self) -> bool:
        policy = self.policy
        return bool(times.quiet_around(self.now, policy.quiet, policy.zone))

    def visits(self) -> AppointmentQuerySet:
        """Still to come, and reminded of by some rule in these minutes."""
        spans = Q()
        for rule in self.rules:
            for after, until in times.visits_for(rule, self.dues, self.policy.zone):
                spans |= Q(starts_at__gt=after, starts_at__lte=until)
        if not spans:
            return Appointment.objects.none()
        return with_revision(
            Appointment.objects.filter(
                spans,
                clinic=self.policy.clinic_id,
                status=Status.BOOKED,
                starts_at__gt=self.now,
            ).select_related("patient__user", "clinic")
        )

    def errands(
        self, visits: Iterable[Appointment], choices: Mapping[int, ReminderChoice]
    ) -> list[Errand]:
        found = []
        for visit in visits:
            if not (visit.status == Status.BOOKED and visit.starts_at > self.now):
                continue
            choice = choices.get(visit.patient_id) or ReminderChoice()
            reached = addresses(visit.patient, choice)
            found += [
                Errand(visit, rule, channel, reached[channel])
                for rule in self.rules
                for channel in rule.channels
                if channel in reached and self._is_time(visit, rule, channel)
            ]
        return found

    def _is_time(
        self, visit: Appointment, rule: ReminderRule, channel: Message.Channel
    ) -> bool:
        policy = self.policy
        due = times.due_at(rule, visit.starts_at, policy.zone)
        leaves = due
        if channel != Message.Channel.IN_APP:
            leaves = times.leaves_at(due, visit.starts_at, policy.quiet, policy.zone)
            if self._can_wait(visit):
                return False
        agreed = max(agreed_at(visit), rule.since)
        after, until = self.dues
        in_time = after < due <= until and due < visit.starts_at
        return in_time and min(due, leaves) > agreed and leaves <= self.now

    def _can_wait(self, visit: Appointment) -> bool:
        """Late for once, in quiet hours that end before the visit."""
        policy = self.policy
        night = times.quiet_around(self.now, policy.quiet, policy.zone)
        return night is not None and night[1] < visit.starts_at


def with_revision(visits: AppointmentQuerySet) -> AppointmentQuerySet:
    """Each with `revised_at`: when its day and time were agreed, the last time."""
    agreed = StatusChange.objects.filter(
        appointment=OuterRef("pk"), after=Status.BOOKED
    ).exclude(before__in=TAKEN_BACK)
    return visits.annotate(revised_at=Subquery(agreed.order_by("-id").values("at")[:1]))


def agreed_at(visit: Appointment) -> datetime:
    """By `with_revision`; a visit without a history was agreed when it was made."""
    revised: datetime | None = getattr(visit, "revised_at", None)
    return revised or visit.created_at


def addresses(person: Person, choice: ReminderChoice) -> dict[Message.Channel, str]:
    """Where a person can be reached, and wants to be."""
    found = {}
    if person.user and person.user.is_active:
        if choice.by_email:
            found[Message.Channel.EMAIL] = person.user.email
        if choice.in_app:
            found[Message.Channel.IN_APP] = str(person.user.uid)
    if choice.by_sms and person.phone and settings.SMS_URL:
        found[Message.Channel.SMS] = person.phone.as_e164
    return found


def choices_of(people: Iterable[int]) -> dict[int, ReminderChoice]:
    return ReminderChoice.objects.in_bulk(list(set(people)))


def written(visits: Iterable[int]) -> set[Key]:
    """What was written about these visits already."""
    rows = Delivery.objects.filter(
        appointment__in=list(visits), kind=Delivery.Kind.REMINDER
    )
    return set(rows.values_list("appointment_id", "sequence", "rule_id", "channel"))
