"""The mail that Django's file backend wrote, for development."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings

# The backend ends every message in a file with this line.
END = re.compile(rb"^-{79}\n?", re.MULTILINE)
ADDRESS = re.compile(r"<([0-9a-f-]{36})@")


@dataclass(frozen=True)
class Mail:
    raw: bytes

    @cached_property
    def parsed(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @cached_property
    def uid(self) -> UUID:
        """The outbox's own; mail from elsewhere gets one from its Message-ID."""
        identifier = self.header("Message-ID")
        ours = ADDRESS.match(identifier)
        return UUID(ours[1]) if ours else uuid5(NAMESPACE_URL, identifier)

    def header(self, name: str) -> str:
        return str(self.parsed.get(name, ""))

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    def _body(self, subtype: str) -> str:
        part = self.parsed.get_body((subtype,))
        return str(part.get_content()) if part else ""

    def attachments(self) -> list[EmailMessage]:
        parts = self.parsed.iter_attachments()
        return [part for part in parts if part.get_filename()]

    def attachment(self, name: str) -> EmailMessage | None:
        found = (a for a in self.attachments() if a.get_filename() == name)
        return next(found, None)


def files() -> list[Path]:
    """Newest first."""
    found = settings.MAIL_DIR.glob("*.log")
    return sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True)


def mails_in(path: Path) -> list[Mail]:
    parts = END.split(path.read_bytes())
    return [Mail(part) for part in reversed(parts) if part.strip()]


def find(uid: UUID) -> Mail | None:
    mails = (mail for path in files() for mail in mails_in(path))
    return next((mail for mail in mails if mail.uid == uid), None)
