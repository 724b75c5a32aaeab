"""Taking time, moving it and giving it back, under the locks of its resources.

Nothing here looks for overlaps to decide: the database refuses them. Only overbooking
and the choice among rooms look first, which the locks make exact.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError

from accounts.models import Person
from appointments.actions.errors import SlotTaken
from appointments.models import (
    HOLDING,
    Appointment,
    Asset,
    Claim,
    Hold,
    Locked,
    Resource,
    Service,
)
from clinics.models import Membership
from healthcare import clock
from healthcare.db.conflicts import is_overlap


@dataclass(frozen=True)
class Span:
    """A visit's time, and the minutes around it in which doctor and rooms are taken."""

    starts_at: datetime
    ends_at: datetime
    before_minutes: int = 0
    after_minutes: int = 0

    @classmethod
    def of_service(cls, service: Service, starts_at: datetime) -> "Span":
        ends_at = starts_at + timedelta(minutes=service.minutes)
        return cls(starts_at, ends_at, service.before_minutes, service.after_minutes)

    @classmethod
    def of_visit(cls, visit: Appointment, starts_at: datetime) -> "Span":
        """As long as the visit is, at another time."""
        ends_at = starts_at + (visit.ends_at - visit.starts_at)
        return cls(starts_at, ends_at, visit.before_minutes, visit.after_minutes)

    @property
    def busy(self) -> tuple[datetime, datetime]:
        return (
            self.starts_at - timedelta(minutes=self.before_minutes),
            self.ends_at + timedelta(minutes=self.after_minutes),
        )


def lock(people: Sequence[Person], assets: Sequence[Asset] = ()) -> Locked:
    """Hold these resources until the transaction ends, free of holds that are over."""
    locked = Resource.objects.locked(people, assets)
    Claim.objects.release_expired(locked.rows, clock.now())
    return locked


def needed(service: Service | None) -> list[Asset]:
    """Every room and device that would do."""
    if service is None or service.pk is None:
        return []
    return sorted(service.assets_needed(), key=lambda each: each.pk)


def claim(
    owner: Appointment | Hold, doctor: Membership, span: Span, locked: Locked
) -> None:
    """Take the doctor's and the patient's time. Raises SlotTaken."""
    claim_one(owner, locked.of(doctor.person), span.busy, "doctor")
    claim_one(owner, locked.of(owner.patient), span_of(span), "patient")


def span_of(span: Span) -> tuple[datetime, datetime]:
    return span.starts_at, span.ends_at


def claim_one(
    owner: Appointment | Hold,
    resource: Resource,
    busy: tuple[datetime, datetime],
    whose: str,
    *,
    active: bool = True,
) -> None:
    """Raises SlotTaken."""
    try:
        Claim.objects.create(
            appointment=owner if isinstance(owner, Appointment) else None,
            hold=owner if isinstance(owner, Hold) else None,
            expires_at=owner.expires_at if isinstance(owner, Hold) else None,
            resource=resource,
            busy_start=busy[0],
            busy_end=busy[1],
            active=active,
        )
    except IntegrityError as refusal:
        if not is_overlap(refusal):
            raise
        raise SlotTaken(of=whose, starts_at=owner.starts_at) from refusal


def claim_assets(
    owner: Appointment | Hold, assets: Sequence[Asset], span: Span, locked: Locked
) -> None:
    """One of each kind that is needed. Raises SlotTaken."""
    for asset in free_assets(assets, span, starts_at=owner.starts_at):
        claim_one(owner, locked.of(asset), span.busy, "room")


def free_assets(
    assets: Sequence[Asset],
    span: Span,
    *,
    starts_at: datetime,
    besides: Appointment | None = None,
) -> list[Asset]:
    """The first free one of each kind, not counting a visit's own. Raises SlotTaken."""
    if not assets:
        return []
    rows = Claim.objects.filter(resource__asset__in=assets).within(*span.busy)
    taken = rows.in_force(clock.now())
    if besides is not None:
        taken = taken.exclude(appointment=besides)
    busy = set(taken.values_list("resource__asset_id", flat=True))
    chosen: dict[str, Asset] = {}
    for asset in assets:
        if asset.pk not in busy:
            chosen.setdefault(asset.kind, asset)
    if set(chosen) != {asset.kind for asset in assets}:
        raise SlotTaken(of="room", starts_at=starts_at)
    return list(chosen.values())


def is_taken(
    resource: Resource, span: Span, *, besides: Appointment | None = None
) -> bool:
    taken = Claim.objects.filter(resource=resource).within(*span.busy)
    taken = taken.in_force(clock.now())
    return (taken.exclude(appointment=besides) if besides else taken).exists()


def release(appointment: Appointment) -> None:
    """Give the time back; the claims are kept, inactive. What was booked over it on
    purpose takes the doctor's time instead, where that is free now."""
    mine = Claim.objects.filter(appointment=appointment)
    spans = list(
        mine.filter(active=True).values_list("resource_id", "busy_start", "busy_end")
    )
    mine.update(active=False)
    settle(spans)


def settle(spans: Iterable[tuple[int, datetime, datetime]]) -> None:
    """Let overbooked visits take time that has become free."""
    for resource_id, start, end in spans:
        waiting = Claim.objects.filter(
            resource_id=resource_id,
            active=False,
            appointment__overbooked=True,
            appointment__status__in=HOLDING,
        )
        for each in waiting.within(start, end).order_by("busy_start", "pk"):
            others = Claim.objects.filter(resource_id=resource_id)
            others = others.within(each.busy_start, each.busy_end)
            if not others.in_force(clock.now()).exists():
                Claim.objects.filter(pk=each.pk).update(active=True)


def drop_form_holds(patient: Person, doctor: Membership) -> None:
    """What the patient held at the clinic while filling a form."""
    Hold.objects.filter(
        patient=patient, clinic=doctor.clinic_id, purpose=Hold.Purpose.FORM
    ).delete()
