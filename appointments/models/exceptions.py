from datetime import date, datetime, time, timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from appointments.slots import Change
from clinics.models import Clinic, Membership, Role
from healthcare import clock, dates
from healthcare.db.models import PublicModel

DAY = timedelta(days=1)


class ScheduleExceptionQuerySet(models.QuerySet["ScheduleException"]):
    def visible_to(self, membership: Membership) -> "ScheduleExceptionQuerySet":
        """A doctor's own; reception and owners see everybody's of the clinic."""
        mine = self.filter(clinic=membership.clinic_id)
        if membership.role in (Role.STAFF, Role.OWNER):
            return mine
        return mine.filter(doctor=membership)

    def of_doctor(self, doctor: Membership) -> "ScheduleExceptionQuerySet":
        return self.filter(doctor=doctor)

    def between(self, first: date, last: date) -> "ScheduleExceptionQuerySet":
        """Those that say something of these dates, or of a night that reaches in."""
        return self.filter(start_date__lte=last + DAY, end_date__gte=first - DAY)

    def coming(self, today: date) -> "ScheduleExceptionQuerySet":
        """Not over yet, the next one first."""
        ahead = Q(end_date__gt=today) | Q(end_date=today, end_time__gt=time.min)
        return self.filter(ahead).order_by("start_date", "start_time", "id")


class ScheduleException(PublicModel):
    """A doctor is away, or sees patients beyond the weekly hours, once.

    [start, end) in the clinic's wall time; whole days end at the next midnight. The
    note is for the doctor and the desk, never for patients.
    """

    class Kind(models.TextChoices):
        AWAY = "away", _("Away")
        EXTRA = "extra", _("Extra session")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="schedule_exceptions"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    start_date = models.DateField()
    start_time = models.TimeField(default=time.min)
    end_date = models.DateField()
    end_time = models.TimeField(default=time.min)
    note = models.CharField(_("note"), max_length=200, blank=True)
    changed_at = models.DateTimeField(default=clock.now)

    objects = ScheduleExceptionQuerySet.as_manager()

    class Meta:
        ordering = ["start_date", "start_time", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_date__gt=F("start_date"))
                | Q(end_date=F("start_date"), end_time__gt=F("start_time")),
                name="appointments_exception_order",
            )
        ]
        indexes = [
            models.Index(
                fields=["doctor", "end_date", "start_date"],
                name="appointments_exception",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.span}"

    @property
    def change(self) -> Change:
        return Change(
            self.kind == self.Kind.EXTRA,
            datetime.combine(self.start_date, self.start_time),
            datetime.combine(self.end_date, self.end_time),
        )

    @property
    def span(self) -> str:
        """'21-Sep-2026', '21-Sep-2026 to 25-Sep-2026', '21-Sep-2026 09:00 to 13:00'."""
        starts, ends = self.change.starts, self.change.ends
        first, whole = (
            dates.day(starts),
            (starts.time(), ends.time()) == (time.min,) * 2,
        )
        if whole:
            last = dates.day(ends - DAY)
            words = {"start": first, "end": last}
            return first if first == last else _t("%(start)s to %(end)s") % words
        night = starts < ends <= starts + DAY
        end = f"{ends:%H:%M}" if night else f"{dates.day(ends)} {ends:%H:%M}"
        return _t("%(start)s to %(end)s") % {
            "start": f"{first} {starts:%H:%M}",
            "end": end,
        }


class HolidayQuerySet(models.QuerySet["Holiday"]):
    def visible_to(self, membership: Membership) -> "HolidayQuerySet":
        return self.filter(clinic=membership.clinic_id)

    def between(self, first: date, last: date) -> "HolidayQuerySet":
        """Also the day before, whose night reaches in, and the day after."""
        return self.filter(date__range=(first - DAY, last + DAY))

    def coming(self, today: date) -> "HolidayQuerySet":
        return self.filter(date__gte=today).order_by("date")

    def past(self, today: date) -> "HolidayQuerySet":
        return self.filter(date__lt=today).order_by("-date")


class Holiday(PublicModel):
    """A date on which the clinic is closed, but for doctors' extra sessions."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    date = models.DateField(_("date"))
    name = models.CharField(_("name"), max_length=120)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        ordering = ["date"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "date"], name="appointments_holiday_once"
            )
        ]

    def __str__(self) -> str:
        return f"{dates.day(self.date)} {self.name}"
