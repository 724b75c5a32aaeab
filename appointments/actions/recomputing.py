"""After a change of the clock's rules: visits keep the wall time that was agreed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from appointments import mail, when
from appointments.actions import claiming
from appointments.actions.visits import lock
from appointments.models import Appointment, Asset, Claim, Status, StatusChange
from appointments.slots import instants
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action
from healthcare.db.conflicts import is_overlap, retried

WALL = "%Y-%m-%dT%H:%M"
AHEAD = (Status.REQUESTED, Status.BOOKED)


@dataclass(frozen=True)
class Stale:
    """A visit whose instant is no longer that of its wall time, and the right one."""

    appointment: Appointment
    right: datetime | None
    later: bool
    told: str


class StillTaken(Exception):
    """Somebody has the time to which the visit would move."""


def stale_visits() -> Iterator[Stale]:
    """Of the booked visits ahead; those to move later come last first.

    So a whole day can move by an hour without one visit stepping on the next.
    """
    ahead = Appointment.objects.filter(
        status__in=AHEAD, starts_at__gt=clock.now()
    ).with_people()
    found = [stale for each in ahead.in_order().iterator() if (stale := _stale(each))]
    yield from (each for each in found if not each.later)
    yield from reversed([each for each in found if each.later])


def _stale(visit: Appointment) -> Stale | None:
    right = _right(visit)
    if right == visit.starts_at:
        return None
    was, now = (
        when.format_instant(each)
        for each in (visit.starts_at, right or visit.starts_at)
    )
    told = f"{visit.reference} {visit.wall_start} {visit.time_zone}: {was} to {now}"
    if right is None:
        told = f"{visit.reference} {visit.wall_start} {visit.time_zone}: no such time"
    return Stale(visit, right, bool(right and right > visit.starts_at), told)


def _right(visit: Appointment) -> datetime | None:
    """The instant of the agreed wall time; none where the clock now skips it."""
    wall = datetime.strptime(visit.wall_start, WALL)  # noqa: DTZ007 - a wall time
    found = instants(wall, visit.zone)
    return found[min(visit.fold, len(found) - 1)] if found else None


def recompute(*, stale: Stale, by: Actor) -> Appointment:
    """Move the visit and its claims to the instant that its wall time has now.

    Raises StillTaken, with nothing changed, where the time overlaps another visit's
    or does not exist any more, and for a place in a group, which moves as a whole.
    """
    if stale.right is None or stale.appointment.session_id is not None:
        raise StillTaken
    try:
        return retried(lambda: _move(stale.appointment, by))
    except IntegrityError as refusal:
        if not is_overlap(refusal):
            raise
        raise StillTaken from refusal


def _move(visit: Appointment, by: Actor) -> Appointment:
    """In a transaction; a visit that was moved or ended meanwhile is left alone."""
    used = Asset.objects.filter(resource__claims__appointment=visit).distinct()
    claiming.lock([visit.doctor.person, visit.patient], list(used))
    lock(visit)
    visit.refresh_from_db(
        fields=["starts_at", "ends_at", "wall_start", "time_zone", "fold"]
    )
    right = _right(visit)
    if right is None or visit.status not in AHEAD or right == visit.starts_at:
        return visit
    before, shift = visit.starts_at, right - visit.starts_at
    for claim in Claim.objects.filter(appointment=visit):
        claim.busy_start, claim.busy_end = (
            claim.busy_start + shift,
            claim.busy_end + shift,
        )
        claim.save(update_fields=["busy_start", "busy_end"])
    visit.starts_at, visit.ends_at = right.astimezone(UTC), visit.ends_at + shift
    visit.fold = right.astimezone(visit.zone).fold
    visit.sequence += 1
    visit.save(update_fields=["starts_at", "ends_at", "fold", "sequence"])
    reason = _("The rules of the clock changed. The time on the wall stays as agreed.")
    StatusChange.objects.create(
        clinic_id=visit.clinic_id,
        appointment=visit,
        before=visit.status,
        after=visit.status,
        at=clock.now(),
        by_label=by.label[:200],
        by_uid=by.id,
        reason=reason,
        moved_from=before,
        moved_to=visit.starts_at,
    )
    record(
        Action.MOVED,
        by=by,
        clinic=visit.clinic,
        patient=visit.patient,
        target=visit,
        reason=reason,
    )
    if visit.status == Status.BOOKED:
        mail.send_moved(visit, why=reason)
    return visit


@dataclass(frozen=True)
class Recomputed:
    moved: list[Stale]
    left: list[Stale]


def recompute_all(*, by: Actor, found: Iterable[Stale]) -> Recomputed:
    """Each visit in its own transaction: a run that was cut short goes on next time."""
    done = Recomputed([], [])
    for stale in found:
        try:
            recompute(stale=stale, by=by)
        except StillTaken:
            done.left.append(stale)
        else:
            done.moved.append(stale)
    return done
