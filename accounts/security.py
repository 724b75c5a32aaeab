"""How an account is protected, for the page that shows it."""

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User

Type = Authenticator.Type


@dataclass(frozen=True)
class Safeguard:
    title: str
    sub: str
    icon: str
    verb: str
    url: str
    pill: str = ""
    pill_kind: str = ""
    pill_icon: str = ""


def safeguards(user: User) -> list[Safeguard]:
    own = list(Authenticator.objects.filter(user=user))
    apps = [each for each in own if each.type == Type.TOTP]
    keys = [each for each in own if each.type == Type.WEBAUTHN]
    return [
        _password(),
        _addresses(user),
        _app(is_on=bool(apps)),
        _passkeys(len(keys)),
        *(_recovery(each) for each in own if each.type == Type.RECOVERY_CODES),
        _devices(len(UserSession.objects.purge_and_list(user))),
    ]


def _password() -> Safeguard:
    return Safeguard(
        title=_("Password"),
        sub=_("Change it when somebody else may know it"),
        icon="key",
        verb=_("Change"),
        url=reverse("account_change_password"),
    )


def _addresses(user: User) -> Safeguard:
    return Safeguard(
        title=_("E-mail address"),
        sub=user.email,
        icon="envelope",
        verb=_("Change"),
        url=reverse("account_email"),
    )


def _app(*, is_on: bool) -> Safeguard:
    return Safeguard(
        title=_("Authenticator app"),
        sub=_("A code from your phone, beside the password"),
        icon="phone",
        verb=_("Manage") if is_on else _("Set up"),
        url=reverse("mfa_index") if is_on else reverse("mfa_activate_totp"),
        pill=_("On") if is_on else _("Off"),
        pill_kind="ok" if is_on else "warn",
        pill_icon="check2" if is_on else "exclamation-triangle",
    )


def _passkeys(count: int) -> Safeguard:
    told = ngettext("%(count)d passkey", "%(count)d passkeys", count)
    return Safeguard(
        title=_("Passkeys"),
        sub=_("Sign in with your fingerprint, face or a security key"),
        icon="fingerprint",
        verb=_("Manage") if count else _("Set up"),
        url=reverse("mfa_list_webauthn" if count else "mfa_add_webauthn"),
        pill=told % {"count": count} if count else _("None"),
        pill_kind="ok" if count else "",
        pill_icon="check2" if count else "dash",
    )


def _recovery(codes: Authenticator) -> Safeguard:
    left = len(codes.wrap().get_unused_codes())
    told = ngettext("%(count)d code left", "%(count)d codes left", left)
    return Safeguard(
        title=_("Recovery codes"),
        sub=_("For the day your phone or key is lost. Keep them on paper"),
        icon="life-preserver",
        verb=_("Show"),
        url=reverse("mfa_view_recovery_codes"),
        pill=told % {"count": left},
        pill_kind="ok" if left > 2 else "warn",
        pill_icon="check2" if left > 2 else "exclamation-triangle",
    )


def _devices(count: int) -> Safeguard:
    told = ngettext("%(count)d device", "%(count)d devices", count)
    return Safeguard(
        title=_("Signed-in devices"),
        sub=_("Sign out a device that you lost or do not know"),
        icon="laptop",
        verb=_("Show"),
        url=reverse("usersessions_list"),
        pill=told % {"count": count},
        pill_kind="info",
        pill_icon="laptop",
    )
