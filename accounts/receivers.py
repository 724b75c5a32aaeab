"""allauth's and Django's signals, written into the log.

Protocol glue with other people's views: nothing of ours sends or hears signals
elsewhere. A receiver that cannot write its event fails the request.
"""

from typing import Any

from allauth.account import signals as account_signals
from allauth.account.authentication import get_authentication_records
from allauth.account.utils import filter_users_by_email
from allauth.mfa import signals as mfa_signals
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as auth_signals
from django.http import HttpRequest

from accounts.models import User
from accounts.sessions import end_other_sessions
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action, Outcome


def connect() -> None:
    account_signals.user_logged_in.connect(on_signed_in)
    auth_signals.user_logged_out.connect(on_signed_out)
    auth_signals.user_login_failed.connect(on_sign_in_failed)
    mfa_signals.authentication_failed.connect(on_second_factor_failed)
    account_signals.email_confirmed.connect(on_address_confirmed)
    account_signals.email_added.connect(on_address_added)
    account_signals.email_removed.connect(on_address_removed)
    account_signals.email_changed.connect(on_address_changed)
    mfa_signals.authenticator_added.connect(on_factor_added)
    mfa_signals.authenticator_removed.connect(on_factor_removed)
    mfa_signals.authenticator_reset.connect(on_factor_reset)


def on_signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    used = [
        step.get("type") or step["method"]
        for step in get_authentication_records(request, user)
    ]
    reason = f"With {', '.join(dict.fromkeys(used))}" if used else ""
    _note(Action.LOGGED_IN, user, reason)


def on_signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        _note(Action.LOGGED_OUT, user)


def on_sign_in_failed(credentials: dict[str, Any], **kwargs: Any) -> None:
    """Names the account that was tried, and nothing that was typed otherwise."""
    typed = str(credentials.get("email") or credentials.get("username") or "")
    found = filter_users_by_email(typed, prefer_verified=True)
    record(
        Action.LOGIN_FAILED,
        by=Actor.anonymous(),
        target=found[0] if found else None,
        reason=_why_refused(found[0] if found else None),
        outcome=Outcome.REFUSED,
    )


def _why_refused(user: User | None) -> str:
    if user is None:
        return "No such account"
    return "Password refused" if user.is_active else "Account is not active"


def on_second_factor_failed(user: User, **kwargs: Any) -> None:
    record(
        Action.LOGIN_FAILED,
        by=Actor.anonymous(),
        target=user,
        reason="Second factor refused",
        outcome=Outcome.REFUSED,
    )


def on_address_confirmed(email_address: Any, **kwargs: Any) -> None:
    _note(Action.ACCOUNT_CHANGED, email_address.user, "E-mail address confirmed")


def on_address_added(user: User, **kwargs: Any) -> None:
    _note(Action.ACCOUNT_CHANGED, user, "E-mail address added")


def on_address_removed(user: User, **kwargs: Any) -> None:
    _note(Action.ACCOUNT_CHANGED, user, "E-mail address removed")


def on_address_changed(user: User, **kwargs: Any) -> None:
    _note(Action.ACCOUNT_CHANGED, user, "Main e-mail address changed")


def on_factor_added(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    _factor(request, user, authenticator, "Added")


def on_factor_removed(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    _factor(request, user, authenticator, "Removed")


def on_factor_reset(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    _factor(request, user, authenticator, "Made anew")


def _factor(
    request: HttpRequest, user: User, authenticator: Authenticator, verb: str
) -> None:
    label = Authenticator.Type(authenticator.type).label
    _note(Action.FACTOR_CHANGED, user, f"{verb}: {label}")
    end_other_sessions(request, user)


def _note(action: Action, user: User, reason: str = "") -> None:
    record(action, by=user.as_actor(role=""), target=user, reason=reason)
