"""One mailbox, one way to write it: the rule for e-mail addresses."""

import unicodedata

from allauth.account.utils import filter_users_by_email
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LOOKALIKE = _(
    "Type the e-mail address with plain letters from a to z. It has a letter that "
    "only looks like one of them."
)


def clean_address(email: str) -> str:
    """The address in lower case.

    Letters that turn into others when they are folded (ſ, K, fullwidth forms) are
    refused with the same words whether or not the account they resemble exists.
    """
    email = email.strip().lower()
    name = email.rpartition("@")[0]
    if not name.isascii() or unicodedata.normalize("NFKC", email).casefold() != email:
        raise ValidationError(LOOKALIKE, code="lookalike")
    return email


def is_taken(email: str) -> bool:
    return bool(filter_users_by_email(email))
