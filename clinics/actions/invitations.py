from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from accounts.models import User
from clinics import tokens
from clinics.actions.errors import (
    CodeNotAllowed,
    InvitationError,
    InvitationExpired,
    InvitationRevoked,
    InvitationUnknown,
    InvitationUsed,
    WrongAccount,
    WrongDepartment,
)
from clinics.actions.members import add_member
from clinics.models import Clinic, Department, Invitation, Membership, Role
from clinics.slugs import prefix_of
from healthcare import clock, dates
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action
from healthcare.outbox.actions import send_email

LIFETIME = timedelta(days=7)


@transaction.atomic
def invite(
    *,
    clinic: Clinic,
    role: str,
    email: str,
    department: Department | None,
    by_user: User | None,
    by: Actor,
) -> tuple[Invitation, str]:
    """An invitation with what opens it, which is told this once and not kept.

    With an e-mail address that is the link's token, which is mailed; without, a code
    for the clinic to hand over. Raises CodeNotAllowed and WrongDepartment.
    """
    if not email and role != Role.DOCTOR:
        raise CodeNotAllowed
    if department is not None and department.clinic_id != clinic.pk:
        raise WrongDepartment
    invitation = Invitation(
        clinic=clinic,
        role=role,
        email=User.objects.normalize_email(email),
        department=department,
        created_by=by_user,
    )
    told = _renew(invitation)
    record(Action.INVITED, by=by, clinic=clinic, target=invitation, reason=role)
    return invitation, told


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: Actor) -> str:
    """A new link or code for seven more days; the old one no longer opens anything.

    Raises InvitationUsed and InvitationRevoked.
    """
    invitation = Invitation.objects.select_for_update(of=("self",), no_key=True).get(
        pk=invitation.pk
    )
    _raise_if_closed(invitation)
    told = _renew(invitation)
    record(
        Action.INVITED,
        by=by,
        clinic=invitation.clinic,
        target=invitation,
        reason="sent again",
    )
    return told


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: Actor) -> Invitation:
    """Raises InvitationUsed and InvitationRevoked."""
    waiting = Invitation.objects.filter(
        pk=invitation.pk, used_at__isnull=True, revoked_at__isnull=True
    )
    revoked = waiting.update(revoked_at=clock.now())
    invitation.refresh_from_db(fields=["used_at", "used_by", "revoked_at"])
    if not revoked:
        _raise_if_closed(invitation)
    record(
        Action.INVITATION_REVOKED, by=by, clinic=invitation.clinic, target=invitation
    )
    return invitation


def find_invitation(*, token: str) -> Invitation:
    """The open invitation behind a link. Raises an InvitationError."""
    secret = tokens.unsigned(token)
    if secret is None:
        raise InvitationUnknown
    invitation = Invitation.objects.by_hash(tokens.hashed(secret)).first()
    if invitation is None or not invitation.clinic.is_active:
        raise InvitationUnknown
    _raise_if_closed(invitation)
    if invitation.expires_at <= clock.now():
        raise InvitationExpired
    return invitation


def token_for_code(*, code: str) -> str:
    """The link's token for a code that somebody typed. Raises an InvitationError."""
    token = tokens.signed(tokens.normalised(code))
    find_invitation(token=token)
    return token


@transaction.atomic
def accept_invitation(*, token: str, user: User, by: Actor) -> Membership:
    """Use the invitation up and make the account a member.

    Raises an InvitationError, or AlreadyMember and leaves the invitation open.
    """
    invitation = find_invitation(token=token)
    must_be_for(invitation, user)
    now = clock.now()
    still_open = Invitation.objects.open(now).filter(
        pk=invitation.pk, token_hash=invitation.token_hash
    )
    if still_open.update(used_at=now, used_by=user) != 1:
        raise InvitationUsed
    membership = add_member(
        clinic=invitation.clinic,
        user=user,
        role=invitation.role,
        department=invitation.department,
        by=by,
    )
    record(
        Action.INVITATION_ACCEPTED,
        by=by,
        clinic=invitation.clinic,
        target=invitation,
        reason=invitation.role,
    )
    return membership


def must_be_for(invitation: Invitation, user: User) -> None:
    """Raises WrongAccount unless the account has proven the invited address.

    Compared sign by sign: a database's idea of upper case makes look-alikes equal.
    """
    if not invitation.email:
        return
    proven = EmailAddress.objects.filter(user=user, verified=True)
    own = proven.values_list("email", flat=True)
    if invitation.email not in {User.objects.normalize_email(email) for email in own}:
        raise WrongAccount


def _renew(invitation: Invitation) -> str:
    secret, told = _new_secret(invitation)
    now = clock.now()
    invitation.token_hash = tokens.hashed(secret)
    invitation.created_at = now
    invitation.expires_at = now + LIFETIME
    invitation.full_clean()
    invitation.save()
    if invitation.email:
        _mail(invitation, told)
    return told


def _new_secret(invitation: Invitation) -> tuple[str, str]:
    if invitation.email:
        secret = tokens.new_secret()
        return secret, tokens.signed(secret)
    code = tokens.new_code(prefix_of(invitation.clinic.slug))
    return tokens.normalised(code), code


def _mail(invitation: Invitation, token: str) -> None:
    clinic = invitation.clinic
    send_email(
        kind="clinics/invitation",
        to=invitation.email,
        context={
            "clinic": clinic.name,
            "role": invitation.get_role_display(),
            "url": settings.SITE_URL + reverse("clinics:join_with", args=[token]),
            "until": dates.moment(invitation.expires_at, clinic.zone),
            "zone": clinic.time_zone,
        },
        clinic_uid=clinic.uid,
        not_after=invitation.expires_at,
        sensitive=True,
    )


def _raise_if_closed(invitation: Invitation) -> None:
    refusal: type[InvitationError] | None = None
    if invitation.revoked_at:
        refusal = InvitationRevoked
    elif invitation.used_at:
        refusal = InvitationUsed
    if refusal:
        raise refusal
