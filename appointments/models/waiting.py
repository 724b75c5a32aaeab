"""Who waits for a time, and what they were offered."""

from collections.abc import Iterable
from datetime import datetime, time

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from appointments.models.appointment import Appointment
from appointments.models.hold import Hold
from appointments.models.kinds import VisitType
from appointments.models.service import Service
from clinics.models import Clinic, Department, Membership, Registration, Role
from healthcare.db.models import PublicModel

EVERY_DAY = "0123456"


class PartOfDay(models.TextChoices):
    MORNING = "m", _("Morning, before 12:00")
    AFTERNOON = "a", _("Afternoon, 12:00 to 17:00")
    EVENING = "e", _("Evening, from 17:00")

    @classmethod
    def of(cls, wall: time) -> "PartOfDay":
        if wall.hour < 12:
            return cls.MORNING
        return cls.AFTERNOON if wall.hour < 17 else cls.EVENING


EVERY_PART = "".join(PartOfDay.values)


class WaitingState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    OFFERED = "offered", _("Time offered")
    ACCEPTED = "accepted", _("Time accepted")
    ENDED = "ended", _("Left the list")


OPEN_STATES = (WaitingState.WAITING.value, WaitingState.OFFERED.value)
IS_OPEN = Q(state__in=OPEN_STATES)


class WaitingEntryQuerySet(models.QuerySet["WaitingEntry"]):
    def visible_to(self, membership: Membership) -> "WaitingEntryQuerySet":
        """The desk's and the owner's; nobody else's."""
        if membership.role not in (Role.STAFF, Role.OWNER):
            return self.none()
        return self.filter(clinic=membership.clinic_id)

    def of_person(self, person: Person) -> "WaitingEntryQuerySet":
        return self.filter(patient=person)

    def open(self) -> "WaitingEntryQuerySet":
        return self.filter(IS_OPEN)

    def waiting(self) -> "WaitingEntryQuerySet":
        return self.filter(state=WaitingState.WAITING)

    def with_people(self) -> "WaitingEntryQuerySet":
        return self.select_related(
            "patient__user",
            "clinic",
            "department",
            "doctor__user__person",
            "appointment__doctor__user__person",
            "appointment__service",
            "service",
        )

    def in_state(self, state: str) -> "WaitingEntryQuerySet":
        """Those of one state; 'open' is waiting or offered, '' is all."""
        if state == "open":
            return self.open()
        return self.filter(state=state) if state else self

    def for_doctor(self, doctor: Membership | None) -> "WaitingEntryQuerySet":
        """Who waits for that doctor, or for any of their department."""
        if doctor is None:
            return self
        anyone = Q(doctor=None, department=doctor.department_id)
        return self.filter(Q(doctor=doctor) | anyone)

    def matching(self, text: str, clinic: Clinic) -> "WaitingEntryQuerySet":
        """By the patient's name or record number."""
        if not text:
            return self
        known = Registration.objects.at(clinic).matching(text)
        return self.filter(patient__in=known.values("patient"))

    def open_first(self) -> "WaitingEntryQuerySet":
        """What is open by its age, then what is over, the newest first."""
        return self.order_by(F("ended_at").desc(nulls_first=True), "created_at", "pk")

    def sorted_by(self, order: str) -> "WaitingEntryQuerySet":
        """Who waits longest first; or 'newest', or 'patient' by name."""
        orders = {
            "newest": ("-created_at", "-pk"),
            "patient": ("patient__family_name", "patient__given_name", "pk"),
        }
        return self.order_by(*orders.get(order, ("created_at", "pk")))


class WaitingEntry(PublicModel):
    """A patient waits for a time with a doctor, or with anyone of a department.

    With an `appointment`, that visit is moved when an earlier time is accepted;
    without, a new one is booked. Wishes are in the clinic's wall time.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="waits")
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, related_name="+"
    )
    doctor = models.ForeignKey(
        Membership, null=True, on_delete=models.PROTECT, related_name="+"
    )
    service = models.ForeignKey(
        Service, null=True, on_delete=models.PROTECT, related_name="+"
    )
    visit_type = models.CharField(max_length=15, choices=VisitType.choices)
    reason = models.CharField(max_length=300, blank=True)
    appointment = models.ForeignKey(
        Appointment, null=True, on_delete=models.PROTECT, related_name="waits"
    )
    earliest = models.DateField(_("from"))
    latest = models.DateField(_("until"))
    weekdays = models.CharField(max_length=7, default=EVERY_DAY)
    parts = models.CharField(max_length=3, default=EVERY_PART)
    state = models.CharField(
        max_length=10, choices=WaitingState.choices, default=WaitingState.WAITING
    )
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    looked_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)

    objects = WaitingEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "waiting entries"
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "doctor", "visit_type"],
                condition=IS_OPEN & Q(doctor__isnull=False),
                name="waiting_once_a_doctor",
            ),
            models.UniqueConstraint(
                fields=["patient", "department", "visit_type"],
                condition=IS_OPEN & Q(doctor__isnull=True),
                name="waiting_once_a_department",
            ),
            models.CheckConstraint(
                condition=Q(latest__gte=F("earliest")), name="waiting_order"
            ),
            models.CheckConstraint(
                condition=IS_OPEN & Q(ended_at__isnull=True)
                | ~IS_OPEN & Q(ended_at__isnull=False),
                name="waiting_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["department", "created_at"],
                name="waiting_queue",
                condition=Q(state="waiting"),
            ),
            models.Index(fields=["clinic", "created_at"], name="waiting_clinic"),
        ]

    def __str__(self) -> str:
        return f"{self.get_visit_type_display()} {self.earliest} to {self.latest}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    def wants(self, local: datetime) -> bool:
        """Whether a start, in the clinic's wall time, is among the wishes."""
        return (
            self.earliest <= local.date() <= self.latest
            and str(local.weekday()) in self.weekdays
            and PartOfDay.of(local.time()) in self.parts
        )


class OfferState(models.TextChoices):
    OPEN = "open", _("Waits for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Not this time")
    EXPIRED = "expired", _("No answer in time")


class WaitingOfferQuerySet(models.QuerySet["WaitingOffer"]):
    def of_person(self, person: Person) -> "WaitingOfferQuerySet":
        return self.filter(entry__patient=person)

    def open(self) -> "WaitingOfferQuerySet":
        return self.filter(state=OfferState.OPEN)

    def of_entries(self, entries: Iterable[WaitingEntry]) -> "WaitingOfferQuerySet":
        return self.filter(entry__in=entries)

    def overdue(self, now: datetime) -> "WaitingOfferQuerySet":
        return self.open().filter(expires_at__lte=now).order_by("expires_at", "pk")

    def with_people(self) -> "WaitingOfferQuerySet":
        return self.select_related(
            "clinic",
            "doctor__user__person",
            "doctor__department",
            "entry__patient__user",
            "entry__clinic",
            "entry__appointment__doctor__user__person",
            "appointment",
            "service",
        )


class WaitingOffer(PublicModel):
    """A time that is held for one who waits, until they answer or it is over.

    Never two open offers for one time of a doctor, nor to one entry.
    """

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    entry = models.ForeignKey(
        WaitingEntry, on_delete=models.PROTECT, related_name="offers"
    )
    doctor = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(
        Service, null=True, on_delete=models.PROTECT, related_name="+"
    )
    hold = models.ForeignKey(
        Hold, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    appointment = models.ForeignKey(
        Appointment, null=True, on_delete=models.PROTECT, related_name="+"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    state = models.CharField(
        max_length=10, choices=OfferState.choices, default=OfferState.OPEN
    )

    objects = WaitingOfferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["doctor", "starts_at"],
                condition=Q(state="open"),
                name="waiting_offer_one_time",
            ),
            models.UniqueConstraint(
                fields=["entry"], condition=Q(state="open"), name="waiting_offer_one"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("offered_at"), ends_at__gt=F("starts_at")),
                name="waiting_offer_order",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                name="waiting_offer_expiry",
                condition=Q(state="open"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("appointments:offer", args=[self.uid])

    def is_over(self, now: datetime) -> bool:
        return self.state != OfferState.OPEN or self.expires_at <= now
