from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from clinics.models.clinic import Clinic
from clinics.models.membership import Membership
from healthcare.db.models import PublicModel

if TYPE_CHECKING:
    from datetime import datetime


class CareTeamQuerySet(models.QuerySet["CareTeamMember"]):
    def current(self, now: "datetime") -> "CareTeamQuerySet":
        return self.filter(Q(until__isnull=True) | Q(until__gt=now), since__lte=now)

    def visible_to(self, membership: Membership) -> "CareTeamQuerySet":
        return self.filter(clinic=membership.clinic_id)


class CareTeamMember(PublicModel):
    """A doctor cares for a patient: the ground on which a chart may be opened."""

    class Source(models.TextChoices):
        APPOINTMENT = "appointment", _("Appointment")
        ASSIGNED = "assigned", _("Assigned")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="care_team"
    )
    member = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="patients"
    )
    source = models.CharField(max_length=15, choices=Source.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = CareTeamQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "member"],
                condition=Q(until__isnull=True),
                name="clinics_care_team_once",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="clinics_care_team_order",
            ),
        ]
        indexes = [models.Index(fields=["member", "patient"], name="clinics_care_team")]

    def __str__(self) -> str:
        return f"{self.member.label} for {self.patient}"
