from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinics.models import Clinic, Membership
from clinics.models.clinic import Weekday
from healthcare.db.models import PublicModel


class WeeklyRuleQuerySet(models.QuerySet["WeeklyRule"]):
    def visible_to(self, membership: Membership) -> "WeeklyRuleQuerySet":
        """A doctor's own rules."""
        return self.filter(doctor=membership)


class WeeklyRule(PublicModel):
    """A doctor sees patients on a weekday, in the clinic's wall time."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="weekly_rules"
    )
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))

    objects = WeeklyRuleQuerySet.as_manager()

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")), name="appointments_rule_order"
            ),
            models.UniqueConstraint(
                fields=["doctor", "weekday", "starts"], name="appointments_rule_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M} to {self.ends:%H:%M}"


class Block(models.TextChoices):
    MORNING = "morning", _("Morning")
    EVENING = "evening", _("Evening")

    @property
    def hours(self) -> tuple[time, time]:
        """The clinic's two usual blocks, in wall time."""
        if self is Block.MORNING:
            return time(9), time(13)
        return time(15), time(19)


class DayBlockQuerySet(models.QuerySet["DayBlock"]):
    def visible_to(self, membership: Membership) -> "DayBlockQuerySet":
        return self.filter(doctor=membership)


class DayBlock(PublicModel):
    """A block of one date switched on or off, over whatever the weekly rules say."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="day_blocks"
    )
    date = models.DateField()
    block = models.CharField(max_length=10, choices=Block.choices)
    is_on = models.BooleanField()

    objects = DayBlockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["doctor", "date", "block"], name="appointments_day_block_once"
            )
        ]

    @property
    def hours(self) -> tuple[time, time]:
        return Block(self.block).hours

    def __str__(self) -> str:
        return f"{self.date} {self.block}: {'on' if self.is_on else 'off'}"
