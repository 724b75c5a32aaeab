"""Putting messages into the outbox; delivery.py takes them out."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from css_inline import inline
from django.conf import settings
from django.template.loader import render_to_string

from healthcare import clock
from healthcare.outbox.models import Message, MessageQuerySet


@dataclass(frozen=True)
class Attachment:
    name: str
    content_type: str
    content: bytes

    def as_json(self) -> dict[str, str]:
        return {
            "name": self.name,
            "content_type": self.content_type,
            "content": b64encode(self.content).decode(),
        }


def send_email(
    *,
    kind: str,
    to: str,
    context: Mapping[str, Any],
    clinic_uid: UUID | None = None,
    attachments: Sequence[Attachment] = (),
    dedup_key: str | None = None,
    not_after: datetime | None = None,
    sensitive: bool = False,
) -> Message:
    """Write an e-mail to the outbox from templates/email/<kind>.{subject.txt,txt,html}.

    Call it inside the act's transaction. After `not_after` it is no longer sent.
    A `sensitive` message (a reset link) loses its text once it has left. The same
    `dedup_key` is never written twice.
    """
    return queue_email(
        kind=kind,
        to=to,
        **email_texts(kind, context),
        clinic_uid=clinic_uid,
        attachments=attachments,
        dedup_key=dedup_key,
        not_after=not_after,
        sensitive=sensitive,
    )


def email_texts(kind: str, context: Mapping[str, Any]) -> dict[str, str]:
    """Subject, text and HTML, from the templates of that kind."""
    values = {"site_url": settings.SITE_URL, **context}
    subject = render_to_string(f"email/{kind}.subject.txt", values)
    return {
        "subject": " ".join(subject.split())[:200],
        "text": render_to_string(f"email/{kind}.txt", values),
        "html": inline(render_to_string(f"email/{kind}.html", values)),
    }


def sms_text(kind: str, context: Mapping[str, Any]) -> str:
    """One line, from templates/sms/<kind>.txt."""
    values = {"site_url": settings.SITE_URL, **context}
    return " ".join(render_to_string(f"sms/{kind}.txt", values).split())


def queue_email(
    *,
    kind: str,
    to: str,
    subject: str,
    text: str,
    html: str,
    clinic_uid: UUID | None = None,
    attachments: Sequence[Attachment] = (),
    dedup_key: str | None = None,
    not_after: datetime | None = None,
    sensitive: bool = False,
) -> Message:
    """The same for a message that is rendered already."""
    return _write(
        dedup_key,
        channel=Message.Channel.EMAIL,
        kind=kind,
        to=to,
        clinic_uid=clinic_uid,
        subject=subject[:200],
        text=text,
        html=html,
        attachments=[item.as_json() for item in attachments],
        sensitive=sensitive,
        not_after=not_after,
    )


def queue_sms(
    *,
    kind: str,
    to: str,
    text: str,
    clinic_uid: UUID | None = None,
    dedup_key: str | None = None,
    not_after: datetime | None = None,
    sensitive: bool = False,
) -> Message:
    """A text message, which leaves through the gateway that SMS_URL names."""
    return _write(
        dedup_key,
        channel=Message.Channel.SMS,
        kind=kind,
        to=to,
        clinic_uid=clinic_uid,
        text=text,
        sensitive=sensitive,
        not_after=not_after,
    )


def notify(
    *,
    kind: str,
    to: UUID,
    subject: str,
    text: str,
    path: str,
    clinic_uid: UUID | None = None,
    dedup_key: str | None = None,
) -> Message:
    """A notification in the app for the account with the uid `to`; there at once."""
    return _write(
        dedup_key,
        **in_app(kind=kind, to=to, subject=subject, text=text, path=path),
        clinic_uid=clinic_uid,
    )


def in_app(
    *, kind: str, to: UUID, subject: str, text: str, path: str
) -> dict[str, Any]:
    """The values of a row that needs no delivery."""
    return {
        "channel": Message.Channel.IN_APP,
        "kind": kind,
        "to": str(to),
        "subject": subject[:200],
        "text": text,
        "path": path,
        "status": Message.Status.SENT,
        "sent_at": clock.now(),
    }


def write_all(messages: Sequence[Message]) -> None:
    """Many at once; who calls it sees to it that none is written twice."""
    now = clock.now()
    for message in messages:
        message.created_at = message.due_at = now
    Message.objects.bulk_create(messages)


def mark_read(messages: MessageQuerySet) -> int:
    return messages.unread().update(read_at=clock.now())


def _write(dedup_key: str | None, **values: Any) -> Message:
    """The workers look for new rows every few seconds: no other signal is needed."""
    values["created_at"] = values["due_at"] = clock.now()
    if dedup_key is None:
        return Message.objects.create(**values)
    return Message.objects.get_or_create(dedup_key=dedup_key, defaults=values)[0]
