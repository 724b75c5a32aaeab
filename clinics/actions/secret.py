from django.conf import settings
from django.db import transaction
from django.utils.crypto import constant_time_compare

from accounts.models import User
from clinics.actions.errors import SecretDisabled, SecretError
from clinics.actions.members import add_member
from clinics.models import Clinic, Membership, Role
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action, Outcome


def claim_clinic_with_secret(
    *, clinic: Clinic | None, secret: str, user: User, by: Actor
) -> Membership:
    """Make the account an owner, if it knows the site's admin secret.

    A wrong secret and an unknown clinic are refused alike, and the refusal is logged.
    Raises SecretDisabled, SecretError and AlreadyMember.
    """
    if not settings.ADMIN_SECRET:
        raise SecretDisabled
    if not constant_time_compare(secret, settings.ADMIN_SECRET) or clinic is None:
        record(
            Action.ACCESS_REFUSED,
            by=by,
            clinic=clinic,
            reason="Wrong admin secret or clinic",
            outcome=Outcome.REFUSED,
        )
        raise SecretError
    with transaction.atomic():
        return add_member(clinic=clinic, user=user, role=Role.OWNER, by=by)
