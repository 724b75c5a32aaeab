from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse

from accounts.models import Person
from appointments.models import Appointment
from clinics.models import Clinic, Membership
from healthcare.db.models import PublicModel
from records.charting.models.access import charts_visible_to
from records.charting.models.version import EncounterVersion

if TYPE_CHECKING:
    from accounts.models import User


class EncounterQuerySet(models.QuerySet["Encounter"]):
    def visible_to(self, membership: Membership) -> "EncounterQuerySet":
        """Doctors of the clinic who are in the patient's care team, nobody else."""
        return self.filter(
            clinic=membership.clinic_id, patient__in=charts_visible_to(membership)
        )

    def of_person(self, person: Person) -> "EncounterQuerySet":
        """What the patient reads: signed visits only."""
        return self.signed().filter(patient=person)

    def of_patient(self, patient: Person) -> "EncounterQuerySet":
        return self.filter(patient=patient)

    def signed(self) -> "EncounterQuerySet":
        return self.filter(signed_at__isnull=False)

    def unsigned_by(self, membership: Membership) -> "EncounterQuerySet":
        """What this doctor still has to sign, oldest first."""
        return self.filter(doctor=membership, signed_at__isnull=True).order_by(
            "started_at", "id"
        )

    def in_year(self, year: int, zone: ZoneInfo) -> "EncounterQuerySet":
        return self.filter(
            started_at__gte=datetime(year, 1, 1, tzinfo=zone),
            started_at__lt=datetime(year + 1, 1, 1, tzinfo=zone),
        )

    def years(self, zone: ZoneInfo) -> list[int]:
        """The years that have visits, the latest first."""
        starts = self.datetimes("started_at", "year", order="DESC", tzinfo=zone)
        return [start.year for start in starts]

    def with_people(self) -> "EncounterQuerySet":
        return self.select_related(
            "patient",
            "clinic",
            "doctor__user__person__doctor_profile",
            "appointment__department",
        )

    def with_diagnoses(self) -> "EncounterQuerySet":
        """With what was found, so that `latest` asks nothing more."""
        return self._with_versions("diagnoses")

    def with_note(self) -> "EncounterQuerySet":
        """With everything that was signed."""
        return self._with_versions("diagnoses", "signatures", "prescription__lines")

    def _with_versions(self, *parts: str) -> "EncounterQuerySet":
        versions = EncounterVersion.objects.order_by("-number").prefetch_related(*parts)
        return self.prefetch_related(Prefetch("versions", queryset=versions))

    def newest_first(self) -> "EncounterQuerySet":
        return self.order_by("-started_at", "-id")


class Encounter(PublicModel):
    """A visit as it happened. Once signed, the row can never change again."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="encounters"
    )
    doctor = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="encounters"
    )
    appointment = models.OneToOneField(
        Appointment, on_delete=models.PROTECT, related_name="encounter"
    )
    started_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)

    objects = EncounterQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["patient", "-started_at"], name="encounter_patient"),
            models.Index(
                fields=["doctor"],
                name="encounter_unsigned",
                condition=Q(signed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Visit {self.appointment.reference}"

    def get_absolute_url(self) -> str:
        return reverse("charting:my_visit", args=[self.uid])

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None

    @property
    def latest(self) -> EncounterVersion | None:
        """The version that stands; read it from rows fetched `with_note()`."""
        return next(iter(self.versions.all()), None)


class EncounterDraft(models.Model):
    """What the doctor is still writing. `revision` rises with every save, so that the
    second of two writers is told."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    encounter = models.OneToOneField(
        Encounter, on_delete=models.PROTECT, related_name="draft"
    )
    revision = models.PositiveIntegerField(default=0)
    body = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"Draft {self.revision} of {self.encounter_id}"

    def is_by(self, user: "User") -> bool:
        return self.saved_by_id == user.pk
