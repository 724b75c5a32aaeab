from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from clinics.models.clinic import Clinic, Department
from clinics.models.registration import Registration
from healthcare import clock
from healthcare.db.models import PublicModel

if TYPE_CHECKING:
    from accounts.models import Person, User


NAME = ("user__person__family_name", "user__person__given_name", "user__email")
ORDERS = {"name": NAME, "role": ("role", *NAME), "newest": ("-created_at",)}


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    STAFF = "staff", _("Staff")
    DOCTOR = "doctor", _("Doctor")
    AUDITOR = "auditor", _("Auditor")


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> "MembershipQuerySet":
        return self.filter(is_active=True, user__is_active=True, clinic__is_active=True)

    def of_user(self, user: "User") -> "MembershipQuerySet":
        return self.active().filter(user=user).select_related("clinic", "department")

    def visible_to(self, membership: "Membership") -> "MembershipQuerySet":
        return self.filter(clinic=membership.clinic_id).select_related(
            "user__person", "department", "clinic"
        )

    def matching(self, text: str) -> "MembershipQuerySet":
        """Every word in a name or the e-mail address."""
        found = self
        for word in text.split()[:6]:
            found = found.filter(
                Q(user__person__family_name__icontains=word)
                | Q(user__person__given_name__icontains=word)
                | Q(user__email__icontains=word)
            )
        return found

    def sorted_by(self, order: str) -> "MembershipQuerySet":
        return self.order_by(*ORDERS.get(order, ORDERS["name"]), "pk")

    def at(self, clinic: Clinic) -> "MembershipQuerySet":
        return self.filter(clinic=clinic)

    def with_role(self, role: str) -> "MembershipQuerySet":
        return self.filter(role=role) if role else self

    def owners(self) -> "MembershipQuerySet":
        return self.filter(role=Role.OWNER)

    def last_owners(self) -> "MembershipQuerySet":
        """Owners without whom their clinic has none."""
        others = Membership.objects.active().owners().filter(clinic=OuterRef("clinic"))
        return self.owners().filter(~Exists(others.exclude(pk=OuterRef("pk"))))

    def in_state(self, state: str) -> "MembershipQuerySet":
        """'active' or 'ended'; anything else is both."""
        known = {"active": True, "ended": False}
        return self.filter(is_active=known[state]) if state in known else self

    def role_counts(self, clinic: Clinic) -> dict[str, int]:
        """How many active members there are in each role."""
        counted = self.active().at(clinic).order_by().values("role")
        return dict(counted.annotate(n=Count("pk")).values_list("role", "n"))

    def knowing_patients(self) -> "MembershipQuerySet":
        """Each with `is_patient`: whether the member is somewhere a patient too."""
        registrations = Registration.objects.filter(patient__user=OuterRef("user"))
        return self.annotate(is_patient=Exists(registrations))

    def doctors(self) -> "MembershipQuerySet":
        """Doctors who can be booked, with what a booking page shows of them."""
        return (
            self.active()
            .filter(role=Role.DOCTOR, user__person__isnull=False)
            .select_related("user__person__doctor_profile", "department", "clinic")
        )


class Membership(PublicModel):
    """A user's role in a clinic; a doctor's also says how they are booked there."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    is_active = models.BooleanField(_("active"), default=True)
    department = models.ForeignKey(
        Department,
        verbose_name=_("department"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="memberships",
    )
    fee = models.DecimalField(
        _("consultation fee"), max_digits=8, decimal_places=2, null=True, blank=True
    )
    visit_minutes = models.PositiveSmallIntegerField(_("minutes per visit"), default=30)
    room = models.CharField(_("room"), max_length=40, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    is_patient: bool  # by knowing_patients()

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["clinic", "role", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "clinic", "role"], name="clinics_membership_once"
            ),
            models.CheckConstraint(
                condition=Q(visit_minutes__gte=5) & Q(visit_minutes__lte=240),
                name="clinics_membership_minutes",
            ),
            models.CheckConstraint(
                condition=Q(fee__isnull=True) | Q(fee__gte=0),
                name="clinics_membership_fee",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}, {self.get_role_display()}"

    @property
    def person(self) -> "Person":
        return self.user.person

    @property
    def department_name(self) -> str:
        return self.department.name if self.department else ""

    @property
    def label(self) -> str:
        person = self.user.own_person()
        return person.formal_name if person else self.user.email
