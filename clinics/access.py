"""Who may do what: the one page of permissions.

Every view names its policy: `@access(Permission.X)` for a clinic's pages (the URL has
the clinic's slug), or `@public`, `@signed_in`, `@own_record`. Rows are then read only
through `visible_to(request.membership)`.
"""

from enum import StrEnum
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from accounts.models import User
from clinics.models import Clinic, Membership, Role
from healthcare.audit.actions import record
from healthcare.audit.models import Action, Outcome
from healthcare.policy import (
    View,
    actor_of,
    needs_second_factor,
    no_store,
    own_record,
    public,
    refusals_noted,
    signed_in,
    to_second_factor,
)

__all__ = ["ROLES", "Permission", "access", "own_record", "public", "signed_in"]


class Permission(StrEnum):
    CLINIC_VIEW = "see the clinic's overview"
    CLINIC_MANAGE = "change the clinic, its departments and hours"
    MEMBER_MANAGE = "invite, change and end memberships"
    PATIENT_LIST = "see who is registered"
    PATIENT_REGISTER = "register a patient"
    PATIENT_BLOCK = "block a patient from booking, and lift it"
    APPOINTMENT_VIEW = "see appointments"
    APPOINTMENT_MANAGE = "check in, cancel and mark no-shows"
    SCHEDULE_OWN = "see one's own day and set one's availability"
    CHART_VIEW = "open the charts of one's patients"
    CHART_WRITE = "write and sign visit notes and prescriptions"
    AUDIT_VIEW = "read the log"
    AUDIT_REPORT = "make reports of the log"
    ADMIN_SITE = "work in the staff admin"


ROLES: dict[str, frozenset[Permission]] = {
    Role.OWNER: frozenset(
        {
            Permission.CLINIC_VIEW,
            Permission.CLINIC_MANAGE,
            Permission.MEMBER_MANAGE,
            Permission.PATIENT_LIST,
            Permission.PATIENT_REGISTER,
            Permission.PATIENT_BLOCK,
            Permission.APPOINTMENT_VIEW,
            Permission.APPOINTMENT_MANAGE,
            Permission.ADMIN_SITE,
        }
    ),
    Role.STAFF: frozenset(
        {
            Permission.CLINIC_VIEW,
            Permission.PATIENT_LIST,
            Permission.PATIENT_REGISTER,
            Permission.PATIENT_BLOCK,
            Permission.APPOINTMENT_VIEW,
            Permission.APPOINTMENT_MANAGE,
            Permission.ADMIN_SITE,
        }
    ),
    Role.DOCTOR: frozenset(
        {
            Permission.CLINIC_VIEW,
            Permission.APPOINTMENT_VIEW,
            Permission.SCHEDULE_OWN,
            Permission.CHART_VIEW,
            Permission.CHART_WRITE,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.CLINIC_VIEW,
            Permission.AUDIT_VIEW,
            Permission.AUDIT_REPORT,
        }
    ),
}


def holds(membership: Membership, permission: Permission) -> bool:
    return permission in ROLES[membership.role]


def membership_for(user: User, *, clinic: str, permission: Permission) -> Membership:
    """The membership that lets `user` use `permission` at the clinic of that slug.

    Raises Http404 for outsiders and PermissionDenied for members without it.
    """
    found = list(Membership.objects.of_user(user).filter(clinic__slug=clinic))
    if not found:
        raise Http404
    for membership in found:
        if holds(membership, permission):
            return membership
    raise PermissionDenied(found[0].clinic)


def access(permission: Permission) -> Any:
    """Members of the clinic in the URL whose role holds `permission`.

    Sets `request.clinic`, `request.membership` and `request.actor`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(
            request: HttpRequest, *args: Any, clinic: str, **kwargs: Any
        ) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            membership = _entered(request, clinic, permission)
            if needs_second_factor(request):
                return to_second_factor(request)
            request.clinic = membership.clinic
            request.membership = membership
            request.actor = actor_of(request, role=membership.role)
            if request.session.get("at_work") != clinic:
                request.session["at_work"] = clinic
            with refusals_noted(request, by=request.actor, clinic=request.clinic):
                return no_store(view(request, *args, **kwargs))

        inner.access = permission
        return inner

    return decorate


def _entered(request: HttpRequest, clinic: str, permission: Permission) -> Membership:
    try:
        return membership_for(
            request.user,  # type: ignore[arg-type]
            clinic=clinic,
            permission=permission,
        )
    except Http404:
        asked = Clinic.objects.filter(slug=clinic).first()
        with refusals_noted(request, by=actor_of(request), clinic=asked):
            raise
    except PermissionDenied as refusal:
        record(
            Action.ACCESS_REFUSED,
            by=actor_of(request),
            clinic=refusal.args[0],
            reason=f"May not {permission}",
            outcome=Outcome.REFUSED,
        )
        raise
