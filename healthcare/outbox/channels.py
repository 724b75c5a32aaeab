"""How a message leaves: by e-mail through Django's backend, by SMS through SMS_URL."""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from email.utils import format_datetime
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from healthcare.outbox.models import Message

Channel = Callable[[Message], None]

INVITE = "text/calendar;"


class Undeliverable(Exception):
    """Trying again would not help."""


class GatewayRefused(Exception):
    """The SMS gateway did not take the message."""


def message_id(message: Message) -> str:
    """The same for every try, so that a second copy is known as a copy."""
    return f"<{message.uid}@{urlsplit(settings.SITE_URL).hostname}>"


def send_email(message: Message) -> None:
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[message.to],
        headers={
            "Message-ID": message_id(message),
            "Date": format_datetime(message.created_at),
            "Auto-Submitted": "auto-generated",
        },
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    for item in message.attachments:
        content = b64decode(item["content"], validate=True)
        if item["content_type"].startswith(INVITE):
            _invite(mail, item["name"], content, item["content_type"])
        else:
            mail.attach(item["name"], content, item["content_type"])
    mail.send()


def _invite(
    mail: EmailMultiAlternatives, name: str, content: bytes, content_type: str
) -> None:
    """A calendar file where mail programs look for an invite: beside text and HTML.

    Providers' interfaces know attachments only; they get it as one, method and all.
    """
    kind = content_type.partition("; charset=")[0]
    if settings.EMAIL_BACKEND.startswith("anymail."):
        mail.attach(name, content.decode(), kind)
        return
    mail.attach_alternative(content.decode(), kind)
    mail.attach(name, content, "application/ics")


def send_sms(message: Message) -> None:
    url = urlsplit(settings.SMS_URL)
    if url.scheme not in SMS_GATEWAYS:
        raise Undeliverable("SMS_URL names no gateway.")
    SMS_GATEWAYS[url.scheme](url, message)


def write_sms(url: SplitResult, message: Message) -> None:
    """For development: one file per text message."""
    folder = Path(unquote(url.netloc + url.path))
    folder.mkdir(parents=True, exist_ok=True)
    text = f"To: {message.to}\n\n{message.text}\n"
    (folder / f"{message.uid}.txt").write_text(text)


def post_sms(url: SplitResult, message: Message) -> None:
    """One JSON object with id, to and text. The gateway may tell copies by the id."""
    connect = HTTPSConnection if url.scheme == "https" else HTTPConnection
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(message.uid)}
    if url.username:
        user = f"{unquote(url.username)}:{unquote(url.password or '')}"
        token = b64encode(user.encode()).decode()
        headers["Authorization"] = f"Basic {token}"
    body = {"id": str(message.uid), "to": message.to, "text": message.text}
    target = url._replace(scheme="", netloc="", fragment="").geturl() or "/"
    connection = connect(url.hostname or "", url.port, timeout=settings.EMAIL_TIMEOUT)
    try:
        connection.request("POST", target, json.dumps(body).encode(), headers)
        answer = connection.getresponse()
        if not 200 <= answer.status < 300:
            raise GatewayRefused(str(answer.status))
    finally:
        connection.close()


SMS_GATEWAYS: dict[str, Callable[[SplitResult, Message], None]] = {
    "file": write_sms,
    "http": post_sms,
    "https": post_sms,
}

CHANNELS: dict[str, Channel] = {
    Message.Channel.EMAIL: send_email,
    Message.Channel.SMS: send_sms,
}
