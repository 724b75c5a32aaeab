from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from appointments.models.appointment import Appointment, Status
from clinics.models import Clinic, Membership, Role
from healthcare import clock
from healthcare.db.models import PublicModel
from healthcare.outbox.models import Message

SEVEN, EIGHT, NINE_PM = time(7), time(8), time(21)


class Quiet(NamedTuple):
    """The hours of the clinic's wall time in which nobody is disturbed."""

    starts: time
    ends: time


class ReminderPolicyQuerySet(models.QuerySet["ReminderPolicy"]):
    def at_work(self) -> "ReminderPolicyQuerySet":
        return self.filter(clinic__is_active=True).select_related("clinic")


class ReminderPolicy(models.Model):
    """How a clinic reminds; what was done so far is beside it.

    `reminded_until`: every reminder that was due by then is written. `days_done` and
    `months_done` are the local date and the month whose mails are all written.
    """

    clinic = models.OneToOneField(
        Clinic,
        primary_key=True,
        on_delete=models.PROTECT,
        related_name="reminder_policy",
    )
    quiet_starts = models.TimeField(_("quiet from"), null=True, default=NINE_PM)
    quiet_ends = models.TimeField(_("quiet until"), null=True, default=EIGHT)
    daily_at = models.TimeField(_("daily mails at"), default=SEVEN)
    mails_patients = models.BooleanField(default=True)
    mails_doctors = models.BooleanField(default=True)
    mails_months = models.BooleanField(default=True)
    since = models.DateTimeField()
    reminded_until = models.DateTimeField()
    days_done = models.DateField(null=True)
    months_done = models.DateField(null=True)

    objects = ReminderPolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "reminder policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_starts__isnull=True, quiet_ends__isnull=True)
                | Q(quiet_starts__isnull=False, quiet_ends__isnull=False)
                & ~Q(quiet_starts=F("quiet_ends")),
                name="reminder_quiet_hours",
            )
        ]

    def __str__(self) -> str:
        return f"Reminders of {self.clinic}"

    @property
    def zone(self) -> ZoneInfo:
        return self.clinic.zone

    @property
    def quiet(self) -> Quiet | None:
        if self.quiet_starts is None or self.quiet_ends is None:
            return None
        return Quiet(self.quiet_starts, self.quiet_ends)


class ReminderRuleQuerySet(models.QuerySet["ReminderRule"]):
    def visible_to(self, membership: Membership) -> "ReminderRuleQuerySet":
        return self.kept().filter(clinic=membership.clinic_id)

    def at(self, clinic: Clinic) -> "ReminderRuleQuerySet":
        return self.kept().filter(clinic=clinic)

    def kept(self) -> "ReminderRuleQuerySet":
        return self.filter(removed_at__isnull=True)

    def in_use(self) -> "ReminderRuleQuerySet":
        return self.kept().filter(is_on=True)


class ReminderRule(PublicModel):
    """When a patient is reminded: so long before, or some days before at a wall time.

    It holds for moments after `since`, so that a new rule does not remind of what
    should have been said long ago. A removed rule stays, for what it has sent.
    """

    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, related_name="reminder_rules"
    )
    minutes_before = models.PositiveIntegerField(null=True, blank=True)
    days_before = models.PositiveSmallIntegerField(null=True, blank=True)
    at_time = models.TimeField(null=True, blank=True)
    by_email = models.BooleanField(_("e-mail"), default=True)
    by_sms = models.BooleanField(_("SMS"), default=False)
    in_app = models.BooleanField(_("in Healix"), default=True)
    is_on = models.BooleanField(_("in use"), default=True)
    since = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = ReminderRuleQuerySet.as_manager()

    class Meta:
        ordering = ["-days_before", "-minutes_before", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    minutes_before__gt=0,
                    days_before__isnull=True,
                    at_time__isnull=True,
                )
                | Q(
                    minutes_before__isnull=True,
                    days_before__isnull=False,
                    at_time__isnull=False,
                ),
                name="reminder_rule_one_way",
            ),
            models.CheckConstraint(
                condition=Q(by_email=True) | Q(by_sms=True) | Q(in_app=True),
                name="reminder_rule_some_channel",
            ),
        ]

    def __str__(self) -> str:
        if self.minutes_before is not None:
            return f"{self.minutes_before} minutes before"
        return f"{self.days_before} days before at {self.at_time:%H:%M}"

    @property
    def channels(self) -> list[Message.Channel]:
        chosen = {
            Message.Channel.EMAIL: self.by_email,
            Message.Channel.SMS: self.by_sms,
            Message.Channel.IN_APP: self.in_app,
        }
        return [channel for channel, is_on in chosen.items() if is_on]

    @property
    def ahead(self) -> timedelta:
        """About how long before the visit, to put rules in order."""
        if self.minutes_before is not None:
            return timedelta(minutes=self.minutes_before)
        at = self.at_time or time()
        lead = timedelta(days=(self.days_before or 0) + 1)
        return lead - timedelta(hours=at.hour, minutes=at.minute)


class ReminderChoiceQuerySet(models.QuerySet["ReminderChoice"]):
    def of_person(self, person: Person) -> "ReminderChoice":
        """What they chose, or the usual, unsaved."""
        return self.filter(person=person).first() or ReminderChoice(person=person)


class ReminderChoice(models.Model):
    """Over which channels a person wants to hear; without a row, over all."""

    person = models.OneToOneField(
        Person,
        primary_key=True,
        on_delete=models.PROTECT,
        related_name="reminder_choice",
    )
    by_email = models.BooleanField(_("e-mail"), default=True)
    by_sms = models.BooleanField(_("SMS"), default=True)
    in_app = models.BooleanField(_("in Healix"), default=True)
    daily = models.BooleanField(_("your visits today"), default=True)
    own_day = models.BooleanField(_("your day"), default=True)
    own_month = models.BooleanField(_("your month"), default=True)

    objects = ReminderChoiceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Reminders for {self.person}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, membership: Membership) -> "DeliveryQuerySet":
        """Reception and owners see the clinic's; doctors and auditors none."""
        if membership.role not in (Role.STAFF, Role.OWNER):
            return self.none()
        return self.filter(clinic=membership.clinic_id)

    def at(self, clinic: Clinic) -> "DeliveryQuerySet":
        return self.filter(clinic=clinic)

    def with_rows(self) -> "DeliveryQuerySet":
        return self.select_related("message", "person", "appointment__clinic", "clinic")

    def in_state(self, state: str) -> "DeliveryQuerySet":
        return self.filter(message__status=state) if state else self

    def by_channel(self, channel: str) -> "DeliveryQuerySet":
        return self.filter(channel=channel) if channel else self

    def of_kind(self, kind: str) -> "DeliveryQuerySet":
        return self.filter(kind=kind) if kind else self

    def written(
        self, since: datetime | None, until: datetime | None
    ) -> "DeliveryQuerySet":
        found = self.filter(created_at__gte=since) if since else self
        return found.filter(created_at__lt=until) if until else found

    def failed_ahead(self, now: datetime) -> "DeliveryQuerySet":
        """Failed for good, of visits that are still to come as they were."""
        return self.filter(
            message__status=Message.Status.DEAD,
            appointment__status=Status.BOOKED,
            appointment__starts_at__gt=now,
            appointment__sequence=F("sequence"),
        )


class Delivery(PublicModel):
    """A message and whom it is for, so that names are read from the record.

    The row is written with the message, and its constraints make that happen once:
    for a rule, channel and revision of a visit, or for a person, clinic and day.
    """

    class Kind(models.TextChoices):
        REMINDER = "reminder", _("Reminder")
        TODAY = "today", _("Visits today")
        OWN_DAY = "own-day", _("Doctor's day")
        OWN_MONTH = "own-month", _("Doctor's month")
        BOOKED = "booked", _("Booking")
        REQUESTED = "requested", _("Request")
        MOVED = "moved", _("Move")
        DECLINED = "declined", _("Refusal")
        CANCELLED = "cancelled", _("Cancellation")

    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, related_name="deliveries"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="deliveries"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    channel = models.CharField(max_length=10, choices=Message.Channel.choices)
    message = models.OneToOneField(
        Message, null=True, on_delete=models.SET_NULL, related_name="delivery"
    )
    appointment = models.ForeignKey(
        Appointment, null=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    sequence = models.PositiveIntegerField(null=True)
    rule = models.ForeignKey(
        ReminderRule, null=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    day = models.DateField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(
                fields=["appointment", "sequence", "rule", "channel"],
                name="delivery_reminds_once",
            ),
            models.UniqueConstraint(
                fields=["clinic", "person", "kind", "day"], name="delivery_once_a_day"
            ),
            models.CheckConstraint(
                condition=~Q(kind="reminder")
                | Q(
                    appointment__isnull=False,
                    sequence__isnull=False,
                    rule__isnull=False,
                ),
                name="delivery_reminder_of_what",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=("today", "own-day", "own-month"))
                | Q(day__isnull=False),
                name="delivery_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "-created_at", "-id"], name="delivery_newest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"
