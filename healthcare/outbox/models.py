from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from healthcare.db.models import PublicModel

ATTEMPTS = 5


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, now: datetime) -> "MessageQuerySet":
        """To be sent now, with tries left, and in nobody's hands."""
        in_time = Q(not_after=None) | Q(not_after__gt=now)
        due = self.unheld(now).filter(in_time, due_at__lte=now)
        return due.filter(attempts__lt=ATTEMPTS)

    def hopeless(self, now: datetime) -> "MessageQuerySet":
        """Every try is used up; the last one ended its worker."""
        return self.unheld(now).filter(attempts__gte=ATTEMPTS)

    def too_late(self, now: datetime) -> "MessageQuerySet":
        return self.unheld(now).filter(not_after__lte=now)

    def counts(self) -> dict[str, int]:
        """How many there are of every status, also of those with none."""
        found = self.order_by().values_list("status").annotate(models.Count("id"))
        return dict.fromkeys(Message.Status.values, 0) | dict(found)

    def failures(self) -> list[tuple[str, str, int]]:
        """Kind, type of error, and how many failed so."""
        dead = self.order_by().filter(status=Message.Status.DEAD)
        sorts = dead.values_list("kind", "last_error").annotate(n=models.Count("id"))
        return list(sorts.order_by("kind", "last_error"))

    def inbox_of(self, user_uid: UUID) -> "MessageQuerySet":
        """What that account finds under its bell, newest first."""
        mine = self.filter(channel=Message.Channel.IN_APP, to=str(user_uid))
        return mine.order_by("-created_at", "-id")

    def unread(self) -> "MessageQuerySet":
        return self.filter(read_at=None)

    def stopped(self) -> "MessageQuerySet":
        """Given up, with a text that can still be sent."""
        return self.filter(status=Message.Status.DEAD, sensitive=False)

    def unheld(self, now: datetime) -> "MessageQuerySet":
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        return self.filter(free, status=Message.Status.QUEUED)


class Message(PublicModel):
    """A message to a person, written in the transaction of the act it tells of.

    The text holds no health details. One for the app is there at once: `to` is the
    account's uid, `path` the page it tells of. `uid` makes the e-mail's Message-ID, so
    that a repeated send is recognised as the same message.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("SMS")
        IN_APP = "in-app", _("In Healix")

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Failed")
        EXPIRED = "expired", _("Too late to send")

    channel = models.CharField(max_length=10, choices=Channel.choices)
    kind = models.CharField(max_length=60)
    to = models.CharField(max_length=254)
    clinic_uid = models.UUIDField(null=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    html = models.TextField(blank=True)
    attachments = models.JSONField(default=list)
    sensitive = models.BooleanField(default=False)
    dedup_key = models.CharField(max_length=120, unique=True, null=True)
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=120, blank=True)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    not_after = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    path = models.CharField(max_length=200, blank=True)
    read_at = models.DateTimeField(null=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="outbox_due",
                condition=Q(status="queued"),
            ),
            models.Index(fields=["clinic_uid", "-id"], name="outbox_clinic"),
            models.Index(
                fields=["to", "-created_at", "-id"],
                name="outbox_inbox",
                condition=Q(channel="in-app"),
            ),
            models.Index(
                fields=["to"],
                name="outbox_unread",
                condition=Q(channel="in-app", read_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"


class Heartbeat(models.Model):
    """When a background process last did real work; the watchdog reads it."""

    name = models.CharField(max_length=40, unique=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
