"""Giving a visit's time back, and taking that back."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from appointments import mail
from appointments.actions import claiming, groups, rules
from appointments.actions.errors import NotAllowed, SlotTaken
from appointments.actions.freeing import offer_soon
from appointments.actions.visits import lock_with_time, move, require_status
from appointments.models import Appointment, Asset, BookingPolicy, Claim, Locked, Status
from clinics.actions import leave_care_team
from clinics.models import CareTeamMember
from healthcare import clock
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action
from healthcare.db.conflicts import is_overlap


def is_late_to_cancel(appointment: Appointment, policy: BookingPolicy) -> bool:
    """Whether cancelling now counts: it is free until some hours before the visit."""
    free = timedelta(hours=policy.free_until_hours)
    return bool(free) and clock.now() > appointment.starts_at - free


@transaction.atomic
def cancel(*, appointment: Appointment, reason: str, by: Actor) -> Appointment:
    """Give the time back; the visit and its claims are kept, inactive.

    A patient cancels their own before it starts; the clinic's staff and the visit's
    doctor until it is in progress. A patient who cancels late is noted so. Raises
    NotAllowed and WrongStatus.
    """
    lock_with_time(appointment)
    by_clinic = rules.check_may_change(appointment, by)
    policy = BookingPolicy.objects.of(appointment.clinic)
    late = not by_clinic and is_late_to_cancel(appointment, policy)
    was_asked = appointment.status == Status.REQUESTED
    move(
        appointment,
        Status.CANCELLED,
        Action.CANCELLED,
        by,
        reason=reason.strip()[:300],
        cancelled_at=clock.now(),
        cancel_reason=reason.strip()[:300],
        cancelled_late=late and not was_asked,
        sequence=appointment.sequence + 1,
    )
    claiming.release(appointment)
    groups.leave_seat(appointment)
    _leave_care_team(appointment, by)
    if was_asked and by_clinic:
        mail.send_declined(appointment)
    else:
        mail.send_cancelled(appointment)
    offer_soon(appointment.clinic)
    return appointment


@transaction.atomic
def restore(*, appointment: Appointment, by: Actor) -> Appointment:
    """Take back a cancellation made by mistake, while the clinic's grace lasts and the
    time is still free. Raises NotAllowed, SlotTaken and WrongStatus."""
    rooms = claiming.needed(appointment.service)
    locked = lock_with_time(appointment, assets=rooms)
    require_status(appointment, Status.CANCELLED)
    if not rules.check_may_change(appointment, by):
        raise NotAllowed(_("Ask the clinic to take this back, or book again."))
    policy = BookingPolicy.objects.of(appointment.clinic)
    grace = timedelta(minutes=policy.undo_minutes)
    cancelled_at = appointment.cancelled_at
    assert cancelled_at is not None
    if clock.now() > min(cancelled_at + grace, appointment.starts_at):
        raise NotAllowed(_("It is too late to take this back. Book a new visit."))
    move(
        appointment,
        Status.BOOKED,
        Action.REVERTED,
        by,
        cancelled_at=None,
        cancel_reason="",
        cancelled_late=False,
        sequence=appointment.sequence + 1,
    )
    _take_again(appointment, locked, rooms)
    mail.send_booked(appointment)
    return appointment


def _take_again(
    appointment: Appointment, locked: Locked, rooms: Sequence[Asset]
) -> None:
    """Its claims as they were."""
    claims = Claim.objects.filter(appointment=appointment)
    doctor = appointment.doctor.person
    if appointment.session is not None:
        groups.take_seat(appointment, locked, rooms)
        claims = claims.exclude(resource__person=doctor)
    elif appointment.overbooked:
        claims = claims.exclude(resource__person=doctor)
    try:
        claims.update(active=True)
    except IntegrityError as refusal:
        if not is_overlap(refusal):
            raise
        raise SlotTaken(of="doctor", starts_at=appointment.starts_at) from refusal
    left = Claim.objects.filter(appointment=appointment, active=False)
    claiming.settle(list(left.values_list("resource_id", "busy_start", "busy_end")))


def _leave_care_team(appointment: Appointment, by: Actor) -> None:
    """The doctor leaves when only this visit had brought them in."""
    others = Appointment.objects.filter(
        patient=appointment.patient, doctor=appointment.doctor
    ).exclude(status=Status.CANCELLED)
    brought_in = CareTeamMember.objects.filter(
        patient=appointment.patient,
        member=appointment.doctor,
        source=CareTeamMember.Source.APPOINTMENT,
        until__isnull=True,
    )
    if brought_in.exists() and not others.exists():
        leave_care_team(patient=appointment.patient, member=appointment.doctor, by=by)
