"""Visits that belong together: many patients at one time, one patient many times."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Person
from appointments.models.service import LARGEST_GROUP, Service
from clinics.models import Clinic, Membership
from healthcare.db.models import PublicModel


class GroupSession(PublicModel):
    """One time of a doctor that several patients share. It holds the doctor's claim;
    each visit in it has a seat."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(
        Service, on_delete=models.PROTECT, related_name="sessions"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service", "starts_at"], name="group_session_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="group_session_order"
            ),
            models.CheckConstraint(
                condition=Q(capacity__gte=1, capacity__lte=LARGEST_GROUP),
                name="group_session_capacity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.starts_at:%Y-%m-%d %H:%M}"


class Series(PublicModel):
    """Visits asked for at once: every so many weeks, so many times."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="series")
    doctor = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    every_weeks = models.PositiveSmallIntegerField()
    count = models.PositiveSmallIntegerField()
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    every_weeks__gte=1,
                    every_weeks__lte=12,
                    count__gte=2,
                    count__lte=26,
                ),
                name="series_size",
            )
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.every_weeks} weeks"
