"""The link in a patient's e-mail: one visit, without signing in, until it starts.

The token names the visit and is signed: nothing of it is stored, and a made-up one is
refused without a look into the database.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from appointments.models import Appointment

SALT = "appointments.visit"
BYTES = 16


def visit_token(appointment: Appointment) -> str:
    name = urlsafe_b64encode(appointment.uid.bytes).rstrip(b"=").decode()
    return _signer().sign(name)


def visit_url(appointment: Appointment) -> str:
    """The address for the patient's e-mail: whoever has it still needs the date of
    birth."""
    path = reverse("appointments:visit", args=[visit_token(appointment)])
    return settings.SITE_URL + path


def linked_visit(token: str, now: datetime) -> Appointment | None:
    """The visit of a link, unless it has started."""
    uid = _uid_in(token)
    if uid is None:
        return None
    ahead = Appointment.objects.filter(starts_at__gt=now)
    return ahead.with_people().select_related("patient__user").filter(uid=uid).first()


def _uid_in(token: str) -> UUID | None:
    try:
        name = _signer().unsign(token)
    except BadSignature:
        return None
    return UUID(bytes=urlsafe_b64decode(f"{name}==")[:BYTES])


def _signer() -> Signer:
    return Signer(salt=SALT, sep=".")
