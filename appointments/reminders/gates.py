"""Whether a message about visits may still leave when its turn comes."""

from hashlib import sha256

from django.db.models import F

from appointments.models import Appointment, Delivery, Status
from appointments.models.appointment import AppointmentQuerySet
from appointments.slots import day_bounds
from healthcare import clock
from healthcare.outbox.models import Message


def reminder_is_wanted(message: Message) -> bool:
    """Only while the visit is still booked for the day and time it tells of."""
    return Delivery.objects.filter(
        message=message,
        appointment__status=Status.BOOKED,
        appointment__starts_at__gt=clock.now(),
        appointment__sequence=F("sequence"),
    ).exists()


def today_is_true(message: Message) -> bool:
    """Only while the visits it lists are the patient's visits of that day."""
    told = Delivery.objects.with_rows().filter(message=message).first()
    if told is None or told.day is None:
        return False
    begins, ends = day_bounds(told.day, told.clinic.zone)
    visits = Appointment.objects.of_person(told.person).filter(
        clinic=told.clinic, starts_at__gte=begins, starts_at__lt=ends
    )
    listed = visits.filter(status__in=(Status.BOOKED, Status.ARRIVED))
    return fingerprint(listed) == told.fingerprint


def fingerprint(visits: AppointmentQuerySet | list[Appointment]) -> str:
    """The same as long as the same visits are at the same times."""
    named = sorted(f"{visit.uid}:{visit.sequence}" for visit in visits)
    return sha256("\n".join(named).encode()).hexdigest()


def outdated() -> list[int]:
    """Messages that wait and tell of a visit which is no longer so."""
    waiting = Delivery.objects.filter(
        kind=Delivery.Kind.REMINDER, message__status=Message.Status.QUEUED
    )
    true = waiting.filter(
        appointment__status=Status.BOOKED, appointment__sequence=F("sequence")
    )
    late = waiting.exclude(pk__in=true.values("pk"))
    return [pk for pk in late.values_list("message_id", flat=True) if pk]
