from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from appointments.models.service import Service
from clinics.models import Clinic, Membership
from healthcare.db.models import PublicModel


class HoldQuerySet(models.QuerySet["Hold"]):
    def of_person(self, person: Person) -> "HoldQuerySet":
        return self.filter(patient=person)

    def lasting(self, now: datetime) -> "HoldQuerySet":
        return self.filter(expires_at__gt=now)

    def over(self, now: datetime) -> "HoldQuerySet":
        return self.filter(expires_at__lte=now)


class Hold(PublicModel):
    """A time kept for one patient for some minutes, before it is booked.

    Its claims are active and carry the same expiry; whoever wants the time after that
    releases them first.
    """

    class Purpose(models.TextChoices):
        FORM = "form", _("While the form is filled")
        OFFER = "offer", _("An offer from the waitlist")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    doctor = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(
        Service, null=True, on_delete=models.PROTECT, related_name="+"
    )
    purpose = models.CharField(
        max_length=10, choices=Purpose.choices, default=Purpose.FORM
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()

    objects = HoldQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="hold_order"
            ),
            models.UniqueConstraint(
                fields=["patient", "clinic"],
                condition=Q(purpose="form"),
                name="hold_one_form",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="hold_expiry")]

    def __str__(self) -> str:
        return f"{self.doctor_id} {self.starts_at:%Y-%m-%d %H:%M}"

    def is_lasting(self, now: datetime) -> bool:
        return self.expires_at > now
