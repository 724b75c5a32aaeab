"""What a doctor offers to be booked: kinds of visits, and what each of them needs."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models.kinds import VisitType
from clinics.models import Clinic, Membership
from healthcare.db.models import PublicModel

WINDOW_DAYS = 30
LONGEST_LEAD = 60 * 24 * 90
LARGEST_GROUP = 100


class AssetKind(models.TextChoices):
    ROOM = "room", _("Room")
    EQUIPMENT = "equipment", _("Equipment")


class AssetQuerySet(models.QuerySet["Asset"]):
    def visible_to(self, membership: Membership) -> "AssetQuerySet":
        return self.filter(clinic=membership.clinic_id)

    def in_use(self) -> "AssetQuerySet":
        return self.filter(is_active=True)

    def in_state(self, state: str) -> "AssetQuerySet":
        """'in' use or 'out' of it; anything else is both."""
        known = {"in": True, "out": False}
        return self.filter(is_active=known[state]) if state in known else self

    def matching(self, text: str) -> "AssetQuerySet":
        return self.filter(name__icontains=text.strip()) if text else self

    def sorted_by(self, order: str) -> "AssetQuerySet":
        orders = {"name": ("name", "pk"), "newest": ("-pk",)}
        return self.order_by(*orders[order]) if order in orders else self.in_order()

    def in_order(self) -> "AssetQuerySet":
        return self.order_by("-is_active", "kind", "name", "pk")


class Asset(PublicModel):
    """A room or a device that one visit at a time can use."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="assets")
    kind = models.CharField(_("kind"), max_length=10, choices=AssetKind.choices)
    name = models.CharField(_("name"), max_length=60)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = AssetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "kind", "name"], name="appointments_asset_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Audience(models.TextChoices):
    PATIENTS = "patients", _("Patients may book it")
    APPROVAL = "approval", _("Patients ask, the clinic confirms")
    STAFF = "staff", _("Only the clinic books it")


class ServiceQuerySet(models.QuerySet["Service"]):
    def visible_to(self, membership: Membership) -> "ServiceQuerySet":
        """A doctor's own; the clinic's for those who manage it."""
        mine = self.filter(clinic=membership.clinic_id)
        return mine.filter(doctor=membership) if membership.role == "doctor" else mine

    def of_doctor(self, doctor: Membership) -> "ServiceQuerySet":
        return self.filter(doctor=doctor)

    def in_use(self) -> "ServiceQuerySet":
        return self.filter(is_active=True)

    def for_patients(self) -> "ServiceQuerySet":
        return self.in_use().exclude(audience=Audience.STAFF)

    def with_needs(self) -> "ServiceQuerySet":
        return self.prefetch_related("needs")

    def in_order(self) -> "ServiceQuerySet":
        return self.order_by("-is_active", "position", "pk")


class Service(PublicModel):
    """A kind of visit as one doctor offers it: how long, when, for whom, at what price.

    Times are minutes. The buffers before and after belong to the doctor's time and to
    that of rooms, not to the patient's.
    """

    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, related_name="services"
    )
    doctor = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="services"
    )
    kind = models.CharField(_("kind"), max_length=15, choices=VisitType.choices)
    name = models.CharField(_("name"), max_length=60)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=30)
    before_minutes = models.PositiveSmallIntegerField(_("minutes before"), default=0)
    after_minutes = models.PositiveSmallIntegerField(_("minutes after"), default=0)
    lead_minutes = models.PositiveIntegerField(_("notice needed"), default=0)
    window_days = models.PositiveSmallIntegerField(_("days ahead"), default=WINDOW_DAYS)
    price = models.DecimalField(
        _("price"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    audience = models.CharField(
        _("who may book"),
        max_length=10,
        choices=Audience.choices,
        default=Audience.PATIENTS,
    )
    capacity = models.PositiveSmallIntegerField(_("places"), default=1)
    needs = models.ManyToManyField(
        Asset, verbose_name=_("rooms and equipment"), blank=True, related_name="+"
    )
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=480),
                name="appointments_service_minutes",
            ),
            models.CheckConstraint(
                condition=Q(before_minutes__lte=120, after_minutes__lte=120),
                name="appointments_service_buffers",
            ),
            models.CheckConstraint(
                condition=Q(
                    lead_minutes__lte=LONGEST_LEAD,
                    window_days__gte=1,
                    window_days__lte=365,
                ),
                name="appointments_service_window",
            ),
            models.CheckConstraint(
                condition=Q(capacity__gte=1, capacity__lte=LARGEST_GROUP),
                name="appointments_service_capacity",
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0),
                name="appointments_service_price",
            ),
            models.UniqueConstraint(
                fields=["doctor", "name"],
                condition=Q(is_active=True),
                name="appointments_service_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_group(self) -> bool:
        return self.capacity > 1

    @property
    def block_minutes(self) -> int:
        """How long the doctor is taken, with both buffers."""
        return self.before_minutes + self.minutes + self.after_minutes

    def assets_needed(self) -> "list[Asset]":
        """Every room and device that would do; no query after with_needs()."""
        return [each for each in self.needs.all() if each.is_active]

    @property
    def is_on_approval(self) -> bool:
        return self.audience == Audience.APPROVAL


def usual_service(doctor: Membership, kind: str) -> Service:
    """What a doctor who has described no visits offers; it is in no table."""
    return Service(
        clinic=doctor.clinic,
        doctor=doctor,
        kind=kind,
        name=str(VisitType(kind).label),
        minutes=doctor.visit_minutes,
        price=Decimal(doctor.fee) if doctor.fee is not None else None,
    )
