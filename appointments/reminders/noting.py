"""Messages about a visit that are not reminders, for the list of deliveries."""

from appointments.models import Appointment, Delivery
from healthcare.outbox.models import Message


def note(appointment: Appointment, kind: str, message: Message) -> None:
    """In the transaction that wrote the message; a second time it changes nothing."""
    Delivery.objects.get_or_create(
        message=message,
        defaults={
            "clinic_id": appointment.clinic_id,
            "person_id": appointment.patient_id,
            "kind": kind,
            "channel": message.channel,
            "appointment": appointment,
            "sequence": appointment.sequence,
            "created_at": message.created_at,
        },
    )
