"""The secrets of invitations: links for e-mail, short codes for handing over.

Only a keyed hash is stored. A link carries a signature, so that a made-up one is
refused without a look into the database; a code becomes such a link only through the
rate-limited entry form.
"""

import secrets

from django.core.signing import BadSignature, Signer
from django.utils.crypto import salted_hmac

SALT = "clinics.invitation"
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no two signs that are read as one
GROUP = 4


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def new_code(prefix: str) -> str:
    """'RIV-7K3M-9QXD'."""
    signs = [secrets.choice(ALPHABET) for _sign in range(2 * GROUP)]
    return "-".join([prefix, "".join(signs[:GROUP]), "".join(signs[GROUP:])])


def normalised(code: str) -> str:
    """As it was given out, however it is typed: 'riv 7k3m 9qxd'."""
    return "".join(sign for sign in code.upper() if sign.isalnum())


def hashed(secret: str) -> str:
    return salted_hmac(SALT, secret, algorithm="sha256").hexdigest()


def signed(secret: str) -> str:
    return _signer().sign(secret)


def unsigned(token: str) -> str | None:
    """The secret in a link's token; None when the link was tampered with."""
    try:
        return _signer().unsign(token)
    except BadSignature:
        return None


def _signer() -> Signer:
    return Signer(salt=SALT, sep=".")
