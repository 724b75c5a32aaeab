from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic, Membership


class OnLimit(models.TextChoices):
    WARN = "warn", _("Tell them, and let them book")
    BLOCK = "block", _("Let them call the clinic instead")


class BookingPolicyQuerySet(models.QuerySet["BookingPolicy"]):
    def visible_to(self, membership: Membership) -> "BookingPolicyQuerySet":
        return self.filter(clinic=membership.clinic_id)

    def of(self, clinic: Clinic) -> "BookingPolicy":
        """The clinic's own, or the usual one, which is in no table."""
        return self.filter(clinic=clinic).first() or BookingPolicy(clinic=clinic)


class BookingPolicy(models.Model):
    """A clinic's rules for booking. Zero means no limit."""

    clinic = models.OneToOneField(
        Clinic, on_delete=models.CASCADE, related_name="booking_policy"
    )
    hold_minutes = models.PositiveSmallIntegerField(
        _("minutes a time is held while the form is filled"), default=10
    )
    offer_minutes = models.PositiveSmallIntegerField(
        _("minutes a waitlist offer is held"), default=30
    )
    free_until_hours = models.PositiveSmallIntegerField(
        _("hours before the visit until which cancelling is free"), default=24
    )
    most_open = models.PositiveSmallIntegerField(
        _("booked visits ahead of a patient"), default=20
    )
    most_late = models.PositiveSmallIntegerField(
        _("late cancellations in six months"), default=0
    )
    most_missed = models.PositiveSmallIntegerField(
        _("missed visits in six months"), default=0
    )
    on_limit = models.CharField(
        _("when a limit is reached"),
        max_length=5,
        choices=OnLimit.choices,
        default=OnLimit.BLOCK,
    )
    missing_after_minutes = models.PositiveSmallIntegerField(
        _("minutes after which a patient counts as missing"), default=15
    )
    undo_minutes = models.PositiveSmallIntegerField(
        _("minutes in which a step can be taken back"), default=15
    )

    objects = BookingPolicyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "booking policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    hold_minutes__gte=1,
                    hold_minutes__lte=60,
                    offer_minutes__gte=5,
                    offer_minutes__lte=24 * 60,
                ),
                name="appointments_policy_holds",
            )
        ]

    def __str__(self) -> str:
        return f"Booking policy of {self.clinic}"

    def values(self) -> dict[str, Any]:
        """Every rule by its name."""
        rules = (field.name for field in self._meta.fields)
        return {n: getattr(self, n) for n in rules if n not in ("id", "clinic")}
