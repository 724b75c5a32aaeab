from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from appointments.models.kinds import VisitType
from appointments.models.service import LARGEST_GROUP, Service
from appointments.models.together import GroupSession, Series
from clinics.models import Clinic, Department, Membership, Registration, Role
from healthcare.db.models import PublicModel

if TYPE_CHECKING:
    from accounts.models import User


class Status(models.TextChoices):
    REQUESTED = "requested", _("Awaiting the clinic")
    BOOKED = "booked", _("Booked")
    ARRIVED = "arrived", _("Arrived")
    IN_PROGRESS = "in-progress", _("In progress")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    NO_SHOW = "no-show", _("No-show")


# The claims of these hold their time.
HOLDING = ("requested", "booked", "arrived", "in-progress")

# No status, but asked for like one: booked over another visit on purpose.
OVERBOOKED = "overbooked"

ORDERS = {
    "patient": ("patient__family_name", "patient__given_name"),
    "doctor": ("doctor__user__person__family_name", "doctor_id"),
    "status": ("status",),
}

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.REQUESTED: frozenset({Status.BOOKED, Status.CANCELLED}),
    Status.BOOKED: frozenset(
        {Status.ARRIVED, Status.IN_PROGRESS, Status.CANCELLED, Status.NO_SHOW}
    ),
    Status.ARRIVED: frozenset(
        {Status.IN_PROGRESS, Status.BOOKED, Status.CANCELLED, Status.NO_SHOW}
    ),
    Status.IN_PROGRESS: frozenset({Status.COMPLETED, Status.ARRIVED}),
    Status.COMPLETED: frozenset(),
    Status.CANCELLED: frozenset({Status.BOOKED}),
    Status.NO_SHOW: frozenset({Status.BOOKED}),
}


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, membership: Membership) -> "AppointmentQuerySet":
        """A doctor sees their own; reception and owners the clinic's; auditors none."""
        mine = self.filter(clinic=membership.clinic_id)
        if membership.role == Role.DOCTOR:
            return mine.filter(doctor=membership)
        if membership.role in (Role.STAFF, Role.OWNER):
            return mine
        return mine.none()

    def of_person(self, person: Person) -> "AppointmentQuerySet":
        return self.filter(patient=person)

    def with_people(self) -> "AppointmentQuerySet":
        return self.select_related(
            "patient",
            "clinic",
            "department",
            "service",
            "doctor__user__person__doctor_profile",
        )

    def on_day(self, day: date, zone: ZoneInfo) -> "AppointmentQuerySet":
        """Those that start on that local date."""
        return self.between(day, day, zone)

    def between(
        self, first: date | None, last: date | None, zone: ZoneInfo
    ) -> "AppointmentQuerySet":
        """Those that start on local dates of that range; open where it has no end."""
        found = self
        if first:
            found = found.filter(starts_at__gte=_midnight(first, zone))
        if last:
            found = found.filter(starts_at__lt=_midnight(last, zone, days=1))
        return found

    def matching(self, text: str, clinic: Clinic) -> "AppointmentQuerySet":
        """By reference, or by the patient's name or record number."""
        if not text:
            return self
        known = Registration.objects.filter(clinic=clinic).matching(text)
        return self.filter(
            Q(reference=text.strip().upper()) | Q(patient__in=known.values("patient"))
        )

    def of_doctor(self, doctor: Membership | None) -> "AppointmentQuerySet":
        return self.filter(doctor=doctor) if doctor else self

    def in_order(self) -> "AppointmentQuerySet":
        return self.order_by("starts_at", "id")

    def newest_first(self) -> "AppointmentQuerySet":
        return self.order_by("-starts_at", "-id")

    def by_doctor(self) -> "AppointmentQuerySet":
        name = "doctor__user__person__family_name"
        return self.order_by(name, "doctor_id", "starts_at", "id")

    def counts(self) -> dict[str, int]:
        """How many there are of each status."""
        rows = self.order_by().values_list("status").annotate(Count("id"))
        return dict(rows)

    def of_status(self, status: str) -> "AppointmentQuerySet":
        """Those of one status, or the overbooked ones that hold; all with none."""
        if status == OVERBOOKED:
            return self.filter(overbooked=True, status__in=HOLDING)
        return self.filter(status=status) if status else self

    def standing(self) -> "AppointmentQuerySet":
        """All but the cancelled ones."""
        return self.exclude(status=Status.CANCELLED)

    def movable(self, now: datetime) -> "AppointmentQuerySet":
        """Asked for or booked, and still ahead."""
        open_still = (Status.REQUESTED, Status.BOOKED)
        return self.filter(status__in=open_still, starts_at__gt=now)

    def missing(self, now: datetime, minutes: int) -> "AppointmentQuerySet":
        """Booked, begun so many minutes ago, today, and nobody has come."""
        latest = now - timedelta(minutes=minutes)
        return self.filter(
            status=Status.BOOKED,
            starts_at__lte=latest,
            starts_at__gt=now - timedelta(hours=12),
        )

    def of_series(self, series: Series | None) -> "AppointmentQuerySet":
        return self.filter(series=series) if series else self.none()

    def sorted_by(self, order: str) -> "AppointmentQuerySet":
        """By patient, doctor or status, then by time."""
        return self.order_by(*ORDERS[order], "starts_at", "id")

    def holding_within(self, start: datetime, end: datetime) -> "AppointmentQuerySet":
        """Those that hold some of that time."""
        return self.filter(status__in=HOLDING, starts_at__lt=end, ends_at__gt=start)

    def placed_in_series(self) -> "AppointmentQuerySet":
        """Each with `nth` and `of_many`: its place among the visits of its series."""
        others = Appointment.objects.filter(series=OuterRef("series"))
        count = others.order_by().values("series").annotate(n=Count("pk")).values("n")
        before = Q(starts_at__lt=OuterRef("starts_at")) | Q(
            starts_at=OuterRef("starts_at"), pk__lte=OuterRef("pk")
        )
        up_to = others.filter(before).order_by().values("series")
        return self.annotate(
            of_many=Subquery(count),
            nth=Subquery(up_to.annotate(n=Count("pk")).values("n")),
        )

    def upcoming(self, now: datetime) -> "AppointmentQuerySet":
        return self.filter(still_ahead(now)).in_order()

    def past(self, now: datetime) -> "AppointmentQuerySet":
        return self.exclude(still_ahead(now)).newest_first()


def still_ahead(now: datetime) -> Q:
    """Booked and not over, or at the clinic; one that nobody closed ends in a day."""
    here = Q(status__in=(Status.ARRIVED, Status.IN_PROGRESS))
    booked = Q(status__in=(Status.REQUESTED, Status.BOOKED))
    return booked & Q(ends_at__gt=now) | here & Q(ends_at__gt=now - timedelta(days=1))


def _midnight(day: date, zone: ZoneInfo, *, days: int = 0) -> datetime:
    begins = day + timedelta(days=days)
    return datetime(begins.year, begins.month, begins.day, tzinfo=zone)


class Appointment(PublicModel):
    """A visit agreed between a patient and a doctor.

    `starts_at` is the instant; wall time, zone and fold say what was agreed, should
    the zone's rules change.
    """

    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, related_name="appointments"
    )
    patient = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="appointments"
    )
    doctor = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="appointments"
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="appointments"
    )
    reference = models.CharField(max_length=12, unique=True)
    visit_type = models.CharField(
        _("visit type"),
        max_length=15,
        choices=VisitType.choices,
        default=VisitType.CONSULTATION,
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.BOOKED
    )
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    wall_start = models.CharField(max_length=16)
    time_zone = models.CharField(max_length=64)
    fold = models.PositiveSmallIntegerField(default=0)
    sequence = models.PositiveIntegerField(default=0)
    submission = models.UUIDField(null=True, unique=True)
    fee = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    completed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=300, blank=True)
    cancelled_late = models.BooleanField(default=False)
    service = models.ForeignKey(
        Service,
        null=True,
        on_delete=models.PROTECT,
        related_name="appointments",
    )
    series = models.ForeignKey(
        Series,
        null=True,
        on_delete=models.PROTECT,
        related_name="appointments",
    )
    session = models.ForeignKey(
        GroupSession,
        null=True,
        on_delete=models.PROTECT,
        related_name="appointments",
    )
    seat = models.PositiveSmallIntegerField(null=True)
    before_minutes = models.PositiveSmallIntegerField(default=0)
    after_minutes = models.PositiveSmallIntegerField(default=0)
    overbooked = models.BooleanField(default=False)

    nth: int | None  # by placed_in_series()
    of_many: int | None

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="appointment_order"
            ),
            models.CheckConstraint(
                condition=Q(status="cancelled", cancelled_at__isnull=False)
                | ~Q(status="cancelled") & Q(cancelled_at__isnull=True),
                name="appointment_cancelled",
            ),
            models.UniqueConstraint(
                fields=["session", "seat"], name="appointment_one_seat"
            ),
            models.CheckConstraint(
                condition=Q(seat__isnull=True)
                | Q(session__isnull=False, seat__gte=1, seat__lte=LARGEST_GROUP),
                name="appointment_seat",
            ),
        ]
        indexes = [
            models.Index(fields=["doctor", "starts_at"], name="appointment_doctor"),
            models.Index(fields=["patient", "starts_at"], name="appointment_patient"),
            models.Index(fields=["clinic", "starts_at"], name="appointment_clinic"),
            models.Index(
                fields=["clinic", "status", "starts_at"], name="appointment_status"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("appointments:my_appointment", args=[self.uid])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def can_become(self, status: Status) -> bool:
        return status in TRANSITIONS[Status(self.status)]

    def is_booked_by(self, user: "User") -> bool:
        return self.booked_by_id == user.pk


class StatusChange(models.Model):
    """The history of an appointment's status; rows are only ever added."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="changes"
    )
    before = models.CharField(max_length=12, choices=Status.choices, blank=True)
    after = models.CharField(max_length=12, choices=Status.choices)
    at = models.DateTimeField()
    by_label = models.CharField(max_length=200)
    by_uid = models.CharField(max_length=36, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    moved_from = models.DateTimeField(null=True)
    moved_to = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
