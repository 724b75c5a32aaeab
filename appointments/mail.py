"""E-mails about appointments: clinic, day and time, never what the visit is about."""

from appointments import calendar, when
from appointments.calendar import Method
from appointments.links import visit_url
from appointments.models import Appointment, WaitingOffer
from appointments.reminders.noting import note
from healthcare import clock, dates
from healthcare.outbox.actions import send_email

WITH_LINK = ("booked", "moved")


def send_booked(appointment: Appointment) -> None:
    _send(appointment, "booked", Method.REQUEST)


def send_cancelled(appointment: Appointment) -> None:
    _send(appointment, "cancelled", Method.CANCEL)


def send_moved(appointment: Appointment, *, why: str = "") -> None:
    _send(appointment, "moved", Method.REQUEST, why=why)


def send_requested(appointment: Appointment) -> None:
    """Nothing for a calendar yet: the clinic has not said yes."""
    _send(appointment, "requested", None)


def send_declined(appointment: Appointment) -> None:
    _send(appointment, "declined", None)


def send_offer(offer: WaitingOffer) -> None:
    """A time came free for one who waits; worth nothing once the offer is over."""
    entry, clinic = offer.entry, offer.clinic
    if entry.patient.user is None:
        return
    zone = clinic.zone
    send_email(
        kind="appointments/offer",
        to=entry.patient.user.email,
        context={
            "clinic": clinic,
            "name": entry.patient.given_name,
            "day": when.weekday_date(offer.starts_at.astimezone(zone).date()),
            "time": when.span(offer.starts_at, offer.ends_at, zone),
            "zone": when.zone_label(zone),
            "until": dates.moment(offer.expires_at, zone),
            "path": offer.get_absolute_url(),
        },
        clinic_uid=clinic.uid,
        dedup_key=f"offer:{offer.uid}",
        not_after=offer.expires_at,
    )


def _send(
    appointment: Appointment, kind: str, method: Method | None, **more: str
) -> None:
    """To the patient; nothing once the visit has begun.

    A mail with the link is sensitive: the secret stays in no table once it has left.
    """
    address, clinic = appointment.patient.mail_address, appointment.clinic
    if not address or appointment.starts_at <= clock.now():
        return
    zone = appointment.zone
    message = send_email(
        kind=f"appointments/{kind}",
        to=address,
        context={
            "clinic": clinic,
            "name": appointment.patient.given_name,
            "day": when.weekday_date(appointment.starts_at.astimezone(zone).date()),
            "time": when.span(appointment.starts_at, appointment.ends_at, zone),
            "zone": when.zone_label(zone),
            "reference": appointment.reference,
            "path": appointment.get_absolute_url(),
            "link": visit_url(appointment),
            **more,
        },
        clinic_uid=clinic.uid,
        attachments=[calendar.attachment(appointment, method)] if method else [],
        dedup_key=f"{kind}:{appointment.uid}:{appointment.sequence}",
        not_after=appointment.starts_at,
        sensitive=kind in WITH_LINK,
    )
    note(appointment, kind, message)
