"""Keyed hashes of events and seals; the key is not the site's SECRET_KEY."""

import hashlib
import hmac
import re
from functools import lru_cache

from django.conf import settings

from healthcare.audit.models import AuditEvent, Seal
from healthcare.db.joined import joined

CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


def plain(text: str, length: int) -> str:
    """One line without control characters, as sealed texts must be."""
    return CONTROL.sub(" ", text)[:length]


def event_hmac(event: AuditEvent) -> str:
    """HMAC-SHA256 over every field that an event tells."""
    return text_hmac(joined([getattr(event, name) for name in AuditEvent.SEALED]))


def text_hmac(text: str) -> str:
    return _hmac(f"event\x1f{text}")


class BlockDigest:
    """The events of a block, in order: a hash over their ids and HMACs."""

    def __init__(self) -> None:
        self.count = 0
        self._hash = hashlib.sha256()

    def add(self, event_id: int, event_hmac: str) -> None:
        self.count += 1
        self._hash.update(f"{event_id} {event_hmac}\n".encode())

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def seal_hmac(seal: Seal, digest: BlockDigest) -> str:
    """HMAC-SHA256 over a seal: its block's events, and the seal before it."""
    values = [seal.number, seal.last_id, seal.count, seal.sealed_at, seal.previous]
    return _hmac(f"seal\x1f{joined([*values, digest.hexdigest()])}")


def _hmac(text: str) -> str:
    keyed = _keyed(settings.AUDIT_KEY).copy()
    keyed.update(text.encode())
    return keyed.hexdigest()


@lru_cache
def _keyed(key: str) -> hmac.HMAC:
    return hmac.new(key.encode(), digestmod="sha256")
