"""Group sessions: one time of the doctor's, a seat for each patient.

The doctor's lock, which the caller has, lets one patient at a time look for a seat.
The database refuses the same seat twice.
"""

from django.db import IntegrityError

from appointments.actions import claiming
from appointments.actions.claiming import Span
from appointments.actions.errors import SlotTaken
from appointments.models import Appointment, Claim, GroupSession, Resource
from healthcare.db.conflicts import is_overlap


def take_seat(appointment: Appointment, doctor: Resource) -> None:
    """The lowest free seat of the session at that time, which begins with the first
    who books it. Raises SlotTaken."""
    session = _session(appointment)
    _hold_the_time(session, appointment, doctor)
    seats = Appointment.objects.filter(session=session, seat__isnull=False)
    taken = set(seats.values_list("seat", flat=True))
    free = [n for n in range(1, session.capacity + 1) if n not in taken]
    if not free:
        raise SlotTaken(of="group", starts_at=appointment.starts_at)
    appointment.session, appointment.seat = session, free[0]
    appointment.save(update_fields=["session", "seat"])


def leave_seat(appointment: Appointment) -> None:
    """The last one who leaves gives the doctor's time back."""
    session = appointment.session
    if session is None:
        return
    appointment.seat = None
    appointment.save(update_fields=["seat"])
    if Appointment.objects.filter(session=session, seat__isnull=False).exists():
        return
    claims = Claim.objects.filter(session=session, active=True)
    spans = list(claims.values_list("resource_id", "busy_start", "busy_end"))
    claims.update(active=False)
    claiming.settle(spans)


def _session(appointment: Appointment) -> GroupSession:
    service = appointment.service
    assert service is not None
    return GroupSession.objects.get_or_create(
        service=service,
        starts_at=appointment.starts_at,
        defaults={
            "clinic_id": appointment.clinic_id,
            "doctor_id": appointment.doctor_id,
            "ends_at": appointment.ends_at,
            "capacity": service.capacity,
        },
    )[0]


def _hold_the_time(
    session: GroupSession, appointment: Appointment, doctor: Resource
) -> None:
    """Take the doctor's time for the session, unless it has it. Raises SlotTaken."""
    busy = Span.of_visit(appointment, appointment.starts_at).busy
    known = Claim.objects.filter(session=session)
    try:
        if known.filter(active=True).exists():
            return
        if not known.update(active=True):
            Claim.objects.create(
                session=session, resource=doctor, busy_start=busy[0], busy_end=busy[1]
            )
    except IntegrityError as refusal:
        if not is_overlap(refusal):
            raise
        raise SlotTaken(of="doctor", starts_at=appointment.starts_at) from refusal
