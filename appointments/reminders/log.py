"""The messages of a clinic and what became of them, in words ready for the page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from appointments.board import detail_url
from appointments.models import Delivery
from appointments.models.reminder import DeliveryQuerySet
from appointments.pills import Pill
from appointments.reminders.forms import DeliveryFilter
from appointments.slots import day_bounds
from clinics.models import Clinic
from clinics.notices import Notice
from healthcare import dates
from healthcare.outbox.models import Message

LOOKS: dict[str, tuple[str, str]] = {
    Message.Status.QUEUED: ("info", "hourglass-split"),
    Message.Status.SENT: ("ok", "check2"),
    Message.Status.DEAD: ("danger", "exclamation-octagon-fill"),
    Message.Status.EXPIRED: ("", "slash-circle"),
}
AT_ONCE = timedelta(minutes=2)
CHANNEL_ICONS = {
    Message.Channel.EMAIL: "envelope",
    Message.Channel.SMS: "chat-left-text",
    Message.Channel.IN_APP: "bell",
}
CAUSES: dict[str, str | Promise] = {
    "Undeliverable": gettext_lazy("SMS is not set up on this installation."),
    "GatewayRefused": gettext_lazy("The SMS gateway did not take it."),
    "SMTPRecipientsRefused": gettext_lazy("The mail server refused the address."),
}


@dataclass(frozen=True)
class Line:
    uid: UUID
    at: str
    left: str
    person: str
    url: str
    kind: str
    channel: str
    channel_icon: str
    pill: Pill
    advice: str
    phone: str
    can_retry: bool


def found(
    rows: DeliveryQuerySet, form: DeliveryFilter, clinic: Clinic
) -> DeliveryQuerySet:
    since, until = form.value("since"), form.value("until")
    return (
        rows.in_state(form.value("state") or "")
        .by_channel(form.value("channel") or "")
        .of_kind(form.value("kind") or "")
        .written(
            day_bounds(since, clinic.zone)[0] if since else None,
            day_bounds(until, clinic.zone)[1] if until else None,
        )
        .with_rows()
    )


def lines(rows: Iterable[Delivery], clinic: Clinic, now: datetime) -> list[Line]:
    return [_line(row, clinic, now) for row in rows]


def _line(row: Delivery, clinic: Clinic, now: datetime) -> Line:
    message, visit = row.message, row.appointment
    status = message.status if message else Message.Status.SENT
    failed = status == Message.Status.DEAD
    kind, icon = LOOKS[status]
    is_over = visit is not None and visit.starts_at <= now
    return Line(
        uid=row.uid,
        at=dates.moment(row.created_at, clinic.zone),
        left=_left(row, clinic),
        person=row.person.clinical_name,
        url=detail_url(visit) if visit else "",
        kind=str(row.get_kind_display()),
        channel=str(row.get_channel_display()),
        channel_icon=CHANNEL_ICONS[Message.Channel(row.channel)],
        pill=Pill(str(Message.Status(status).label), kind, icon),
        advice=_advice(message, is_over=is_over) if message else "",
        phone=_phone(row) if failed and not is_over else "",
        can_retry=failed and not is_over and _has_text(message),
    )


def _advice(message: Message, *, is_over: bool) -> str:
    if message.status == Message.Status.EXPIRED:
        return _("Not sent: the visit was changed, or it was too late.")
    if message.status != Message.Status.DEAD:
        return ""
    cause = CAUSES.get(message.last_error, gettext_lazy("It could not be handed over."))
    if is_over:
        return str(cause)
    if message.sensitive:
        return f"{cause} " + _("Call the patient. Its link cannot be sent again.")
    return f"{cause} " + _("Try again, or call the patient.")


def _has_text(message: Message | None) -> bool:
    """A message with a secret loses its text when it fails."""
    return message is not None and not message.sensitive


def _left(row: Delivery, clinic: Clinic) -> str:
    """When it left, if that was later than it was written."""
    sent_at = row.message.sent_at if row.message else None
    if sent_at is None or sent_at - row.created_at < AT_ONCE:
        return ""
    return _("left %(moment)s") % {"moment": dates.moment(sent_at, clinic.zone)}


def _phone(row: Delivery) -> str:
    phone = row.person.phone
    return phone.as_international if phone else ""


def failed_notice(clinic: Clinic, now: datetime) -> Notice | None:
    count = Delivery.objects.at(clinic).failed_ahead(now).count()
    if not count:
        return None
    text = ngettext(
        "%(count)d message about a coming visit did not arrive.",
        "%(count)d messages about coming visits did not arrive.",
        count,
    ) % {"count": count}
    url = reverse("appointments:deliveries", args=[clinic.slug])
    return Notice(
        text, "warn", f"{url}?state={Message.Status.DEAD}", _("See what to do")
    )
