"""Group sessions: one time of the doctor's, a seat for each patient.

The doctor's lock, which the caller has, lets one patient at a time look for a seat.
The database refuses the same seat twice.
"""

from collections.abc import Sequence

from django.db import IntegrityError

from appointments.actions import claiming
from appointments.actions.claiming import Span
from appointments.actions.errors import SlotTaken
from appointments.models import (
    Appointment,
    Asset,
    Claim,
    GroupSession,
    Locked,
    Resource,
)
from healthcare.db.conflicts import is_overlap


def take_seat(
    appointment: Appointment, locked: Locked, assets: Sequence[Asset]
) -> None:
    """The lowest free seat of the session at that time. Who takes the first one takes
    the doctor's time, and a room's, for all. Raises SlotTaken."""
    session = _session(appointment)
    if not Claim.objects.filter(session=session, active=True).exists():
        _begin(session, appointment, locked, assets)
    seats = Appointment.objects.filter(session=session, seat__isnull=False)
    taken = set(seats.values_list("seat", flat=True))
    free = [n for n in range(1, session.capacity + 1) if n not in taken]
    if not free:
        raise SlotTaken(of="group", starts_at=appointment.starts_at)
    appointment.session, appointment.seat = session, free[0]
    appointment.save(update_fields=["session", "seat"])


def leave_seat(appointment: Appointment) -> None:
    """The last one who leaves gives the time of doctor and room back."""
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


def _begin(
    session: GroupSession,
    appointment: Appointment,
    locked: Locked,
    assets: Sequence[Asset],
) -> None:
    start = appointment.starts_at
    span = Span.of_visit(appointment, start)
    _claim(session, locked.of(appointment.doctor.person), span, "doctor")
    for asset in claiming.free_assets(assets, span, starts_at=start):
        _claim(session, locked.of(asset), span, "room")


def _claim(session: GroupSession, resource: Resource, span: Span, whose: str) -> None:
    """Again, where the session had it before. Raises SlotTaken."""
    begins, ends = span.busy
    try:
        if not Claim.objects.filter(session=session, resource=resource).update(
            active=True
        ):
            Claim.objects.create(
                session=session, resource=resource, busy_start=begins, busy_end=ends
            )
    except IntegrityError as refusal:
        if not is_overlap(refusal):
            raise
        raise SlotTaken(of=whose, starts_at=span.starts_at) from refusal
