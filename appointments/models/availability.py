from datetime import date, datetime, time, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from appointments.slots import Change, WallHours
from clinics.models import Clinic, Membership
from clinics.models.clinic import Weekday
from healthcare import clock, dates
from healthcare.db.models import PublicModel

DAY = timedelta(days=1)


class WeeklyRuleQuerySet(models.QuerySet["WeeklyRule"]):
    def visible_to(self, membership: Membership) -> "WeeklyRuleQuerySet":
        """A doctor's own rules."""
        return self.filter(doctor=membership)


class WeeklyRule(PublicModel):
    """A doctor sees patients on a weekday, in the clinic's wall time.

    Hours that end at or before their start run overnight. The rule holds from
    `valid_from` to `valid_until`, both included, and without them always.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="weekly_rules"
    )
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = WeeklyRuleQuerySet.as_manager()

    class Meta:
        ordering = ["weekday", "starts", F("valid_from").asc(nulls_first=True)]
        constraints = [
            models.CheckConstraint(
                condition=~Q(ends=F("starts")), name="appointments_rule_length"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="appointments_rule_validity",
            ),
            models.UniqueConstraint(
                fields=["doctor", "weekday", "starts"],
                condition=Q(valid_from__isnull=True),
                name="appointments_rule_once",
            ),
            models.UniqueConstraint(
                fields=["doctor", "weekday", "starts", "valid_from"],
                condition=Q(valid_from__isnull=False),
                name="appointments_rule_once_from",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M} to {self.ends:%H:%M}"

    @property
    def hours(self) -> WallHours:
        return WallHours(self.starts, self.ends, self.valid_from, self.valid_until)

    @property
    def validity(self) -> str:
        """'From 01-Oct-2026 until 31-Mar-2027'; nothing for hours that always hold."""
        words = {
            "since": dates.day(self.valid_from) if self.valid_from else "",
            "until": dates.day(self.valid_until) if self.valid_until else "",
        }
        if self.valid_from and self.valid_until:
            return _t("From %(since)s until %(until)s") % words
        if self.valid_from:
            return _t("From %(since)s") % words
        return _t("Until %(until)s") % words if self.valid_until else ""

    @property
    def is_overnight(self) -> bool:
        return self.ends <= self.starts


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

    def between(self, first: date, last: date) -> "DayBlockQuerySet":
        """Also the day before, whose night reaches in."""
        return self.filter(date__range=(first - DAY, last + DAY))


class DayBlock(PublicModel):
    """A block of one date switched on or off, over whatever was said before."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="day_blocks"
    )
    date = models.DateField()
    block = models.CharField(max_length=10, choices=Block.choices)
    is_on = models.BooleanField()
    changed_at = models.DateTimeField(default=clock.now)

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

    @property
    def change(self) -> Change:
        opens, closes = (datetime.combine(self.date, each) for each in self.hours)
        return Change(self.is_on, opens, closes)

    def __str__(self) -> str:
        return f"{self.date} {self.block}: {'on' if self.is_on else 'off'}"
