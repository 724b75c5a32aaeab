from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinics.models.clinic import Clinic, Department
from clinics.models.membership import Role
from healthcare.db.models import PublicModel

if TYPE_CHECKING:
    from datetime import datetime

    from clinics.models.membership import Membership


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, now: "datetime") -> "InvitationQuerySet":
        return self.filter(
            used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
        )

    def at(self, clinic: Clinic) -> "InvitationQuerySet":
        return self.filter(clinic=clinic)

    def by_hash(self, token_hash: str) -> "InvitationQuerySet":
        return self.filter(token_hash=token_hash).select_related("clinic", "department")

    def visible_to(self, membership: "Membership") -> "InvitationQuerySet":
        return self.filter(clinic=membership.clinic_id).select_related(
            "department", "created_by__person", "used_by__person"
        )

    def newest_first(self) -> "InvitationQuerySet":
        return self.order_by("-created_at", "-pk")


class Invitation(PublicModel):
    """Lets one person join a clinic in a role, once, before it expires.

    Bound to an e-mail address, or, with none, a code that the clinic hands over.
    Only the token's hash is kept.
    """

    clinic = models.ForeignKey(
        Clinic, on_delete=models.PROTECT, related_name="invitations"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    department = models.ForeignKey(
        Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    email = models.EmailField(_("e-mail"), blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(_("expires"))
    created_at = models.DateTimeField(_("sent"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, used_by__isnull=True)
                | Q(used_at__isnull=False, used_by__isnull=False),
                name="clinics_invitation_used",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} invitation to {self.clinic}"

    def is_open(self, now: "datetime") -> bool:
        return not (self.used_at or self.revoked_at or self.expires_at <= now)

    @property
    def can_be_renewed(self) -> bool:
        return not (self.used_at or self.revoked_at)
