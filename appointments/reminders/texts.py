"""What reminders say: clinic, day and time, never what a visit is about."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from appointments import when
from appointments.models import Appointment
from appointments.reminders.planning import Errand
from healthcare.outbox.actions import email_texts, in_app, sms_text
from healthcare.outbox.models import Message

KIND = "appointments/reminder"


def message(errand: Errand) -> Message:
    """Not yet saved. It is of no use once the visit has begun."""
    visit, channel = errand.appointment, errand.channel
    if channel == Message.Channel.IN_APP:
        values = _in_app(visit, UUID(errand.to))
    else:
        said = _facts(visit)
        email = channel == Message.Channel.EMAIL
        texts = email_texts(KIND, said) if email else {"text": sms_text(KIND, said)}
        values = {"channel": channel, "kind": KIND, "to": errand.to, **texts}
    dedup = f"reminder:{visit.uid}:{visit.sequence}:{errand.rule.uid}:{channel}"
    return Message(
        **values,
        clinic_uid=visit.clinic.uid,
        dedup_key=dedup,
        not_after=visit.starts_at,
    )


def _in_app(visit: Appointment, user: UUID) -> dict[str, Any]:
    said = _facts(visit)
    return in_app(
        kind=KIND,
        to=user,
        subject=_("Your appointment at %(name)s") % {"name": visit.clinic.name},
        text=f"{said['day']}, {said['time']} ({said['zone']})",
        path=visit.get_absolute_url(),
    )


def _facts(visit: Appointment) -> dict[str, Any]:
    zone = visit.zone
    day = visit.starts_at.astimezone(zone).date()
    return {
        "clinic": visit.clinic,
        "name": visit.patient.given_name,
        "day": when.weekday_date(day),
        "starts": when.wall_time(visit.starts_at, zone),
        "time": when.span(visit.starts_at, visit.ends_at, zone),
        "zone": when.zone_label(zone),
        "reference": visit.reference,
        "path": visit.get_absolute_url(),
    }
