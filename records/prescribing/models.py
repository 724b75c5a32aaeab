from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from clinics.models import Clinic, Membership
from healthcare.db.models import PublicModel
from records.charting.models import EncounterVersion, charts_visible_to


class PrescriptionQuerySet(models.QuerySet["Prescription"]):
    def visible_to(self, membership: Membership) -> "PrescriptionQuerySet":
        return self.filter(
            clinic=membership.clinic_id, patient__in=charts_visible_to(membership)
        )

    def of_person(self, person: Person) -> "PrescriptionQuerySet":
        return self.filter(patient=person)

    def newest_first(self) -> "PrescriptionQuerySet":
        return self.order_by("-written_at", "-id")


class Prescription(PublicModel):
    """What a doctor prescribed at a visit; signed with it, and only ever added."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="prescriptions"
    )
    doctor = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="prescriptions"
    )
    version = models.OneToOneField(
        EncounterVersion, on_delete=models.PROTECT, related_name="prescription"
    )
    number = models.CharField(max_length=12, unique=True)
    written_at = models.DateTimeField()

    objects = PrescriptionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-written_at"], name="prescription_patient")
        ]

    def __str__(self) -> str:
        return self.number


class PrescriptionLineQuerySet(models.QuerySet["PrescriptionLine"]):
    def visible_to(self, membership: Membership) -> "PrescriptionLineQuerySet":
        return self.filter(
            clinic=membership.clinic_id,
            prescription__patient__in=charts_visible_to(membership),
        )

    def of_person(self, person: Person) -> "PrescriptionLineQuerySet":
        return self.filter(prescription__patient=person)

    def of_patient(self, patient: Person) -> "PrescriptionLineQuerySet":
        return self.filter(prescription__patient=patient)

    def current(self, today: date) -> "PrescriptionLineQuerySet":
        """Still to be taken on that day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))

    def past(self, today: date) -> "PrescriptionLineQuerySet":
        return self.filter(ends_on__lt=today)

    def ending(self, first: date, last: date) -> "PrescriptionLineQuerySet":
        return self.filter(ends_on__gte=first, ends_on__lte=last)

    def with_people(self) -> "PrescriptionLineQuerySet":
        return self.select_related(
            "prescription__clinic",
            "prescription__version__encounter",
        )

    def newest_first(self) -> "PrescriptionLineQuerySet":
        return self.order_by("-prescription__written_at", "-prescription_id", "rank")


class PrescriptionLine(PublicModel):
    """One medicine. `ends_on` is the last day it is to be taken, if there is one."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    prescription = models.ForeignKey(
        Prescription, on_delete=models.PROTECT, related_name="lines"
    )
    rank = models.PositiveSmallIntegerField()
    medicine = models.CharField(_("medicine"), max_length=120)
    strength = models.CharField(_("strength"), max_length=40, blank=True)
    dose = models.CharField(_("dose"), max_length=80)
    frequency = models.CharField(_("how often"), max_length=80)
    duration_days = models.PositiveSmallIntegerField(
        _("for how many days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    instructions = models.CharField(_("instructions"), max_length=200, blank=True)

    objects = PrescriptionLineQuerySet.as_manager()

    class Meta:
        ordering = ["rank"]
        indexes = [
            models.Index(fields=["prescription", "ends_on"], name="prescription_ends")
        ]

    def __str__(self) -> str:
        return f"{self.medicine} {self.strength}".strip()
