from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from healthcare.db.models import PublicModel
from healthcare.jobs.gates import allows

ATTEMPTS = 5


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Any) -> "JobQuerySet":
        """A job and its file belong to the person who asked for it, and to nobody when
        that person has left the clinic."""
        own = self.filter(owner=user)
        refused = Q(pk__in=[])
        sorts = own.order_by().values_list("clinic_uid", "kind").distinct()
        for clinic_uid, kind in sorts:
            if not allows(user, Job(owner=user, clinic_uid=clinic_uid, kind=kind)):
                refused |= Q(clinic_uid=clinic_uid, kind=kind)
        return own.exclude(refused)

    def newest_first(self) -> "JobQuerySet":
        return self.order_by("-id")

    def runnable(self, now: datetime) -> "JobQuerySet":
        """Open, and no worker has it: never begun, due again, or the lease is over."""
        return self._unheld(now).filter(attempts__lt=ATTEMPTS)

    def hopeless(self, now: datetime) -> "JobQuerySet":
        return self._unheld(now).filter(attempts__gte=ATTEMPTS)

    def _unheld(self, now: datetime) -> "JobQuerySet":
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        return self.filter(free, status__in=Job.OPEN)


class Job(PublicModel):
    """Long work that somebody waits for: its progress and its file."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Working")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    OPEN = (Status.QUEUED, Status.RUNNING)
    ENDED_WITHOUT_FILE = (Status.FAILED, Status.CANCELLED)

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    owner_label = models.CharField(max_length=200)
    owner_role = models.CharField(max_length=20)
    clinic_uid = models.UUIDField(null=True)
    params = models.JSONField(default=dict)
    status = models.CharField(
        max_length=10, choices=Status.choices, default=Status.QUEUED
    )
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    holder = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    file = models.FileField(upload_to="jobs/", blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_size = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-id"], name="jobs_owner"),
            models.Index(fields=["clinic_uid", "kind", "-id"], name="jobs_clinic"),
            models.Index(
                fields=["id"],
                name="jobs_open",
                condition=Q(status__in=["queued", "running"]),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int:
        if self.status == self.Status.DONE:
            return 100
        return min(99, self.done * 100 // self.total) if self.total else 0

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN
