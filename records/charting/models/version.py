from django.core.validators import MaxLengthValidator, RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from appointments.models import VisitType
from clinics.models import Clinic, Membership
from healthcare.db.models import PublicModel
from records.charting.models.access import charts_visible_to


class EncounterVersion(PublicModel):
    """The note as it was signed; rows are only ever added."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    encounter = models.ForeignKey(
        "charting.Encounter", on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveSmallIntegerField(default=1)
    visit_type = models.CharField(
        _("visit type"), max_length=15, choices=VisitType.choices
    )
    notes = models.TextField(_("notes"), validators=[MaxLengthValidator(20_000)])
    plan = models.TextField(
        _("plan for the patient"), blank=True, validators=[MaxLengthValidator(5_000)]
    )
    author_label = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["encounter", "number"], name="encounter_version_number"
            )
        ]

    def __str__(self) -> str:
        return f"Version {self.number} of {self.encounter_id}"


class DiagnosisQuerySet(models.QuerySet["Diagnosis"]):
    def visible_to(self, membership: Membership) -> "DiagnosisQuerySet":
        return self.filter(
            clinic=membership.clinic_id, patient__in=charts_visible_to(membership)
        )

    def of_patient(self, patient: Person) -> "DiagnosisQuerySet":
        return self.filter(patient=patient)

    def standing(self) -> "DiagnosisQuerySet":
        """Of the version that stands, with the visit, newest first."""
        newer = EncounterVersion.objects.filter(
            encounter=OuterRef("version__encounter"),
            number__gt=OuterRef("version__number"),
        )
        return (
            self.filter(~Exists(newer))
            .select_related("version__encounter", "clinic")
            .order_by("-version__encounter__started_at", "rank")
        )


class Diagnosis(PublicModel):
    """A condition found at a visit: ICD-10-CM code where known, words always."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="diagnoses"
    )
    version = models.ForeignKey(
        EncounterVersion, on_delete=models.PROTECT, related_name="diagnoses"
    )
    rank = models.PositiveSmallIntegerField()
    code = models.CharField(
        _("ICD-10-CM code"),
        max_length=8,
        blank=True,
        validators=[
            RegexValidator(
                r"\A[A-Z][0-9][0-9AB](\.[0-9A-Z]{1,4})?\Z",
                _("Enter a code such as I10 or E11.9, or leave it empty."),
            )
        ],
    )
    text = models.CharField(_("diagnosis"), max_length=200)

    objects = DiagnosisQuerySet.as_manager()

    class Meta:
        ordering = ["rank"]
        verbose_name_plural = "diagnoses"

    def __str__(self) -> str:
        return self.text


class Signature(models.Model):
    """Who signed which version, when, and the hash of what they signed."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        EncounterVersion, on_delete=models.PROTECT, related_name="signatures"
    )
    signer = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    signer_label = models.CharField(max_length=200)
    signed_at = models.DateTimeField()
    content_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.signer_label} {self.signed_at:%Y-%m-%d %H:%M}"
