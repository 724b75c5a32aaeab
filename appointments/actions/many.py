"""The same verb for many visits: each in its own transaction, so that what one of them
refuses takes nothing back from the others."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from appointments.actions.cancelling import cancel
from appointments.actions.errors import BookingError
from appointments.actions.rescheduling import reschedule
from appointments.models import Appointment
from clinics.models import Membership
from healthcare.audit.actors import Actor


@dataclass(frozen=True)
class Move:
    """Where a visit goes; with no `starts_at` it is cancelled."""

    appointment: Appointment
    doctor: Membership | None = None
    starts_at: datetime | None = None


@dataclass(frozen=True)
class Failed:
    appointment: Appointment
    why: str


@dataclass(frozen=True)
class Done:
    moved: list[Appointment] = field(default_factory=list)
    cancelled: list[Appointment] = field(default_factory=list)
    failed: list[Failed] = field(default_factory=list)


def move_each(*, moves: Iterable[Move], reason: str, by: Actor) -> Done:
    """Move or cancel each visit and tell its patient. Never raises BookingError."""
    done = Done()
    for each in moves:
        visit = each.appointment
        try:
            if each.starts_at is None:
                done.cancelled.append(cancel(appointment=visit, reason=reason, by=by))
            else:
                done.moved.append(
                    reschedule(
                        appointment=visit,
                        starts_at=each.starts_at,
                        doctor=each.doctor,
                        reason=reason,
                        by=by,
                    )
                )
        except BookingError as problem:
            done.failed.append(Failed(visit, problem.message))
    return done


def cancel_each(*, visits: Iterable[Appointment], reason: str, by: Actor) -> Done:
    """Cancel each visit and tell its patient. Never raises BookingError."""
    moves = [Move(visit) for visit in visits]
    return move_each(moves=moves, reason=reason, by=by)
