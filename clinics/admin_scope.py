"""Which clinics somebody may do what in, in the staff admin."""

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.models import User
from clinics.access import Permission, holds
from clinics.models import Membership
from healthcare.audit.actors import Actor


class StaffScope:
    """Memberships whose role may enter the admin; a superuser is everywhere."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.is_everywhere = bool(user.is_superuser)
        self.memberships = [
            membership
            for membership in Membership.objects.of_user(user)
            if holds(membership, Permission.ADMIN_SITE)
        ]

    @property
    def may_enter(self) -> bool:
        return self.is_everywhere or bool(self.memberships)

    @property
    def is_of_one_clinic(self) -> bool:
        clinics = {membership.clinic_id for membership in self.memberships}
        return not self.is_everywhere and len(clinics) == 1

    def may(self, permission: Permission, clinic_id: int | None = None) -> bool:
        """In that clinic, or in any."""
        if self.is_everywhere:
            return True
        found = self._clinic_ids(permission)
        return bool(found) if clinic_id is None else clinic_id in found

    def limit(
        self, rows: "QuerySet[Any]", permission: Permission, *, clinic: str = "clinic"
    ) -> "QuerySet[Any]":
        """The rows of clinics where the permission is held; `clinic` is the path."""
        if self.is_everywhere:
            return rows
        return rows.filter(**{f"{clinic}__in": self._clinic_ids(permission)})

    def actor(self, row: Model | None = None) -> Actor:
        """The person in the role that they have in the row's clinic."""
        clinic_id = getattr(row, "clinic_id", None)
        if clinic_id is None and row is not None:
            clinic_id = row.pk
        for membership in self.memberships:
            if membership.clinic_id == clinic_id:
                return self.user.as_actor(role=membership.role)
        role = self.memberships[0].role if self.memberships else ""
        return self.user.as_actor(role="superuser" if self.is_everywhere else role)

    def _clinic_ids(self, permission: Permission) -> set[int]:
        return {
            membership.clinic_id
            for membership in self.memberships
            if holds(membership, permission)
        }


def scope_of(request: HttpRequest) -> StaffScope:
    """Read once a request, so that a lost membership counts at the next."""
    known: StaffScope | None = getattr(request, "staff_scope", None)
    if known is None:
        known = request.staff_scope = StaffScope(request.user)
    return known
