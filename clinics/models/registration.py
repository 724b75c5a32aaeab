from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from clinics.models.clinic import Clinic
from healthcare import dates
from healthcare.db.models import PublicModel

if TYPE_CHECKING:
    from clinics.models.membership import Membership


FEWEST_DIGITS = 5
ORDERS = {
    "newest": ("-registered_at",),
    "name": ("patient__family_name", "patient__given_name"),
    "number": ("record_number",),
}


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, membership: "Membership") -> "RegistrationQuerySet":
        return self.filter(clinic=membership.clinic_id).select_related(
            "patient", "clinic"
        )

    def of_person(self, person: Person) -> "RegistrationQuerySet":
        return self.filter(patient=person).select_related("clinic")

    def at(self, clinic: Clinic) -> "RegistrationQuerySet":
        return self.filter(clinic=clinic)

    def in_state(self, state: str) -> "RegistrationQuerySet":
        """'blocked', or anything else for everyone."""
        return self.filter(blocked_at__isnull=False) if state == "blocked" else self

    def with_block(self) -> "RegistrationQuerySet":
        """With who blocked the patient, and the patient's account."""
        return self.select_related("blocked_by__person", "patient__user")

    def sorted_by(self, order: str) -> "RegistrationQuerySet":
        return self.order_by(*ORDERS.get(order, ORDERS["newest"]), "pk")

    def matching(self, text: str) -> "RegistrationQuerySet":
        """Every word in a name, or the record number, the date of birth or the phone
        number."""
        if digits := phone_digits(text):
            return self.filter(patient__phone__contains=digits)
        found = self
        for word in text.split()[:6]:
            found = found.filter(_means(word))
        return found

    def born_on(self, day: date) -> "RegistrationQuerySet":
        return self.filter(patient__date_of_birth=day)

    def reached_by(self, phone: str, email: str) -> "RegistrationQuerySet":
        """Those with that phone number or e-mail address; nobody with neither."""
        wanted = Q(pk__in=())
        if phone:
            wanted |= Q(patient__phone=phone)
        if email:
            wanted |= Q(patient__contact_email__iexact=email)
            wanted |= Q(patient__user__email__iexact=email)
        return self.filter(wanted)


def _means(word: str) -> Q:
    meant = (
        Q(patient__family_name__icontains=word)
        | Q(patient__given_name__icontains=word)
        | Q(record_number__iexact=word)
    )
    day = dates.parse_day(word)
    return meant | Q(patient__date_of_birth=day) if day else meant


def phone_digits(text: str) -> str:
    """'0171 555-12' as '17155512': how numbers are kept ends so. "" for other texts."""
    digits = "".join(each for each in text if each.isascii() and each.isdigit())
    others = set(text) - set("0123456789 +-/()")
    is_number = (
        not others and len(digits) >= FEWEST_DIGITS and not dates.parse_day(text)
    )
    return digits.lstrip("0") if is_number else ""


class Registration(PublicModel):
    """A person is a patient of a clinic, under a record number."""

    patient = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="registrations"
    )
    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, related_name="registrations"
    )
    record_number = models.CharField(_("record number"), max_length=20)
    registered_at = models.DateTimeField(_("registered"))
    blocked_at = models.DateTimeField(_("blocked since"), null=True, blank=True)
    blocked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    blocked_reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "clinic"], name="clinics_registration_once"
            ),
            models.UniqueConstraint(
                fields=["clinic", "record_number"], name="clinics_record_number"
            ),
            models.CheckConstraint(
                condition=Q(
                    blocked_at__isnull=True, blocked_by__isnull=True, blocked_reason=""
                )
                | Q(blocked_at__isnull=False, blocked_by__isnull=False)
                & ~Q(blocked_reason=""),
                name="clinics_block_who_when_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["clinic", "-registered_at"], name="clinics_registration_new"
            ),
            models.Index(
                fields=["clinic", "-registered_at"],
                name="clinics_registration_blocked",
                condition=Q(blocked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient} {self.record_number}"

    @property
    def is_blocked(self) -> bool:
        return self.blocked_at is not None
