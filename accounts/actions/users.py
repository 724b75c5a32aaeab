"""Verbs about accounts: opening, passwords, ending and coming back."""

from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.actions.people import create_person
from accounts.addresses import clean_address, is_taken
from accounts.models import User
from accounts.sessions import end_sessions
from accounts.staying import Reason, locked_reasons
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action
from healthcare.outbox.actions import send_email


class AccountError(Exception):
    """Why an account could not be made or changed, in words for people."""

    message = _("This account cannot be changed.")


class EmailTaken(AccountError):
    message = _("There is an account with this e-mail address already.")


class StillNeeded(AccountError):
    """`reasons` say why, each with its way out."""

    message = _("This account is still needed.")

    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__(self.message)
        self.reasons = reasons


@transaction.atomic
def open_account(*, user: User) -> None:
    """Save a user who just signed up and accepted the terms.

    Raises IntegrityError when somebody took the address a moment before.
    """
    user.terms_accepted_at = clock.now()
    user.save()
    record(
        Action.ACCOUNT_CREATED,
        by=user.as_actor(role=""),
        target=user,
        reason="Signed up and accepted the terms",
    )


@transaction.atomic
def create_user_with_credentials(
    *, email: str, by: Actor, person: dict[str, Any] | None = None
) -> User:
    """An account for somebody else, who chooses the password through a mailed link.

    With the values of `person`, the user is that person. Nobody can sign in before
    the link was used, which also shows that the address is theirs. Raises EmailTaken,
    and ValidationError when a value does not fit.
    """
    email = clean_address(email)
    if is_taken(email):
        raise EmailTaken
    try:
        with transaction.atomic():
            user = User.objects.create_user(email)
            EmailAddress.objects.create(
                user=user, email=email, primary=True, verified=True
            )
    except IntegrityError as error:
        raise EmailTaken from error
    record(Action.ACCOUNT_CREATED, by=by, target=user, reason="Created for somebody")
    if person:
        create_person(user=user, values=person, by=by)
    send_set_password_link(user=user, by=by)
    return user


@transaction.atomic
def send_set_password_link(*, user: User, by: Actor) -> None:
    """Mail the link with which the user chooses a password; it works once."""
    path = reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(user),
            "key": default_token_generator.make_token(user),
        },
    )
    send_email(
        kind="accounts/set_password",
        to=user.email,
        context={
            "person": user.own_person(),
            "button_url": f"{settings.SITE_URL}{path}",
            "button_label": _("Choose a password"),
            "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
        },
        sensitive=True,
    )
    record(Action.ACCOUNT_CHANGED, by=by, target=user, reason="Password link sent")


@transaction.atomic
def save_password(*, user: User, how: str, by: Actor, keep_session: str = "") -> None:
    """Store the password that `user.set_password` was given; other sessions end.

    Hashing takes a third of a second, so it is done before the transaction.
    """
    user.save(update_fields=["password"])
    end_sessions(user, keep=keep_session)
    record(Action.ACCOUNT_CHANGED, by=by, target=user, reason=how)


@transaction.atomic
def deactivate_user(*, user: User, reason: str, by: Actor) -> None:
    """The account sleeps: nobody signs in, every session ends, all records stay."""
    _switch(user, active=False)
    end_sessions(user)
    record(Action.ACCOUNT_CHANGED, by=by, target=user, reason=f"Deactivated: {reason}")


@transaction.atomic
def reactivate_user(*, user: User, by: Actor) -> None:
    """The account may sign in again; sessions from before stay over."""
    _switch(user, active=True)
    record(Action.ACCOUNT_CHANGED, by=by, target=user, reason="Reactivated")


@transaction.atomic
def deactivate_account(*, user: User, by: Actor) -> None:
    """A person closes their own account, and is told so by mail.

    Raises StillNeeded for a clinic's last owner and while visits are booked.
    """
    if reasons := locked_reasons(user):
        raise StillNeeded(reasons)
    deactivate_user(user=user, reason="Closed by its owner", by=by)
    send_email(
        kind="accounts/closed",
        to=user.email,
        context={"person": user.own_person()},
    )


def _switch(user: User, *, active: bool) -> None:
    user.is_active = active
    user.session_generation += 1
    user.save(update_fields=["is_active", "session_generation"])
