from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import IntegrityError, transaction

from accounts.models import User
from clinics.actions.changes import change
from clinics.actions.errors import AlreadyMember, LastOwner, WrongDepartment
from clinics.models import Clinic, Department, Membership, Role
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action


class MemberDetails(TypedDict, total=False):
    department: Department | None
    fee: Decimal | None
    visit_minutes: int
    room: str


@transaction.atomic
def add_member(
    *,
    clinic: Clinic,
    user: User,
    role: str,
    department: Department | None = None,
    fee: Decimal | None = None,
    by: Actor,
) -> Membership:
    """Give a user a role at the clinic; one that has ended is taken up again.

    Raises AlreadyMember and WrongDepartment.
    """
    _must_be_of(clinic, department)
    ended = Membership.objects.filter(clinic=clinic, user=user, role=role).first()
    if ended and ended.is_active:
        raise AlreadyMember
    membership = ended or Membership(clinic=clinic, user=user, role=role)
    membership.is_active = True
    membership.department = department or membership.department
    membership.fee = fee if fee is not None else membership.fee
    membership.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as conflict:
        raise AlreadyMember from conflict
    record(Action.MEMBER_ADDED, by=by, clinic=clinic, target=membership, reason=role)
    return membership


@transaction.atomic
def change_member(
    *, membership: Membership, by: Actor, **details: Unpack[MemberDetails]
) -> Membership:
    """Raises WrongDepartment, and ValidationError when a value is refused."""
    if unknown := set(details) - set(MemberDetails.__annotations__):
        raise TypeError(f"Not a member's details: {', '.join(sorted(unknown))}")
    _must_be_of(membership.clinic, details.get("department"))
    if changed := change(membership, details):
        _changed(membership, by, ", ".join(changed))
    return membership


@transaction.atomic
def end_member(*, membership: Membership, by: Actor) -> Membership:
    """Takes effect at the member's next request. Raises LastOwner."""
    _lock(membership.clinic_id)
    if membership.role == Role.OWNER:
        same = Membership.objects.filter(pk=membership.pk)
        if same.last_owners().exists():
            raise LastOwner
    if change(membership, {"is_active": False}):
        _changed(membership, by, "ended")
    return membership


@transaction.atomic
def restore_member(*, membership: Membership, by: Actor) -> Membership:
    if change(membership, {"is_active": True}):
        _changed(membership, by, "restored")
    return membership


def _lock(clinic_id: int) -> None:
    """Two owners who end each other's membership take turns."""
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic_id)


def _must_be_of(clinic: Clinic, department: Department | None) -> None:
    if department is not None and department.clinic_id != clinic.pk:
        raise WrongDepartment


def _changed(membership: Membership, by: Actor, what: str) -> None:
    record(
        Action.MEMBER_CHANGED,
        by=by,
        clinic=membership.clinic,
        target=membership,
        reason=what,
    )
