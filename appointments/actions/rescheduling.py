"""Moving a visit to another time: the same visit, the same claims, one more line of
history."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import IntegrityError
from django.utils.translation import gettext as _

from appointments import mail
from appointments.actions import claiming, groups, rules
from appointments.actions.claiming import Span
from appointments.actions.errors import NotBookable, SlotTaken, WrongStatus
from appointments.actions.freeing import offer_soon
from appointments.actions.visits import lock_with_time
from appointments.models import (
    Appointment,
    Asset,
    Claim,
    Locked,
    Resource,
    Service,
    Status,
    StatusChange,
)
from appointments.models.claim import ClaimQuerySet
from clinics.actions import join_care_team
from clinics.models import CareTeamMember, Department, Membership
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action
from healthcare.db.conflicts import is_overlap, retried

MOVABLE = (Status.REQUESTED, Status.BOOKED)


@dataclass(frozen=True)
class Target:
    doctor: Membership
    department: Department
    service: Service
    span: Span
    assets: list[Asset]
    over: str


def reschedule(
    *,
    appointment: Appointment,
    starts_at: datetime,
    by: Actor,
    doctor: Membership | None = None,
    over: str = "",
    reason: str = "",
) -> Appointment:
    """Move a visit to another time, by staff also to another doctor of the clinic.

    The visit keeps its uid, reference and history; its calendar entry's sequence
    rises and its patient is told. Staff who say why (`over`) may overbook. Raises
    SlotTaken, NotAllowed, NotBookable and WrongStatus; then nothing was changed.
    """
    by_clinic = rules.check_may_change(appointment, by)
    _check_status(appointment)
    target = _target(
        appointment,
        starts_at.astimezone(UTC),
        doctor=doctor if by_clinic else None,
        over=over.strip()[:300] if by_clinic else "",
        by_clinic=by_clinic,
    )
    told = reason.strip()[:300] or target.over
    return retried(lambda: _write(appointment, target, by, told))


def _check_status(appointment: Appointment) -> None:
    if appointment.status not in MOVABLE:
        state = appointment.get_status_display().lower()
        raise WrongStatus(
            _("This visit is already: %(state)s. Nothing was changed.")
            % {"state": state}
        )


def _target(
    appointment: Appointment,
    starts_at: datetime,
    *,
    doctor: Membership | None,
    over: str,
    by_clinic: bool,
) -> Target:
    wanted = doctor or appointment.doctor
    found, department = rules.bookable_doctor(appointment.clinic, wanted)
    same = found.pk == appointment.doctor_id
    service = rules.service_of(
        found, appointment.visit_type, appointment.service if same else None
    )
    if same and starts_at == appointment.starts_at:
        raise NotBookable(_("The visit is at that time already. Choose another one."))
    if over:
        rules.check_future(starts_at)
    else:
        rules.check_start(found, service, starts_at, by_clinic=by_clinic)
    if found.person == appointment.patient:
        raise NotBookable(_("You cannot book a visit with yourself."))
    return Target(
        doctor=found,
        department=department,
        service=service,
        span=Span.of_service(service, starts_at),
        assets=claiming.needed(service),
        over=over,
    )


def _write(
    appointment: Appointment, target: Target, by: Actor, reason: str
) -> Appointment:
    locked = lock_with_time(appointment, [target.doctor.person], target.assets)
    _check_status(appointment)
    before = appointment.starts_at
    claiming.drop_form_holds(appointment.patient, target.doctor)
    _move_claims(appointment, target, locked)
    if not target.over:
        rules.check_hours(target.doctor, target.service, target.span.starts_at)
    _move_row(appointment, target)
    if target.service.is_group and not appointment.overbooked:
        groups.take_seat(appointment, locked, target.assets)
    _told(appointment, before, by, reason)
    offer_soon(appointment.clinic)
    return appointment


def _move_claims(appointment: Appointment, target: Target, locked: Locked) -> None:
    """By UPDATE of the same rows; claims that the visit needs no more are removed, so
    that nothing takes them again. What was given up settles afterwards."""
    old = list(
        Claim.objects.filter(appointment=appointment, active=True).values_list(
            "resource_id", "busy_start", "busy_end"
        )
    )
    groups.leave_seat(appointment)
    mine = Claim.objects.filter(appointment=appointment)
    patient = locked.of(appointment.patient)
    own = claiming.span_of(target.span)
    _update(mine.filter(resource=patient), patient, own, "patient", target)
    resource = locked.of(target.doctor.person)
    over = bool(target.over) and claiming.is_taken(
        resource, target.span, besides=appointment
    )
    appointment.overbooked = over
    doctors = mine.filter(resource=locked.of(appointment.doctor.person))
    if target.service.is_group and not over:
        mine.exclude(resource=patient).delete()
        claiming.settle(old)
        return
    if not _update(
        doctors, resource, target.span.busy, "doctor", target, active=not over
    ):
        claiming.claim_one(
            appointment, resource, target.span.busy, "doctor", active=not over
        )
    _move_assets(appointment, target, locked)
    claiming.settle(old)


def _move_assets(appointment: Appointment, target: Target, locked: Locked) -> None:
    mine = Claim.objects.filter(appointment=appointment, resource__asset__isnull=False)
    chosen = claiming.free_assets(
        target.assets,
        target.span,
        starts_at=target.span.starts_at,
        besides=appointment,
    )
    rows = list(mine.order_by("pk").values_list("pk", flat=True))
    for pk, asset in zip(rows, chosen, strict=False):
        one = Claim.objects.filter(pk=pk)
        _update(one, locked.of(asset), target.span.busy, "room", target)
    Claim.objects.filter(pk__in=rows[len(chosen) :]).delete()
    for asset in chosen[len(rows) :]:
        claiming.claim_one(appointment, locked.of(asset), target.span.busy, "room")


def _update(
    rows: ClaimQuerySet,
    resource: Resource,
    busy: tuple[datetime, datetime],
    whose: str,
    target: Target,
    *,
    active: bool = True,
) -> int:
    """How many rows were moved. Raises SlotTaken."""
    try:
        return rows.update(
            resource=resource, busy_start=busy[0], busy_end=busy[1], active=active
        )
    except IntegrityError as refusal:
        if not is_overlap(refusal):
            raise
        raise SlotTaken(of=whose, starts_at=target.span.starts_at) from refusal


def _move_row(appointment: Appointment, target: Target) -> None:
    clinic = target.doctor.clinic
    local = target.span.starts_at.astimezone(clinic.zone)
    if target.doctor.pk != appointment.doctor_id:
        appointment.doctor, appointment.department = target.doctor, target.department
        appointment.service = target.service if target.service.pk else None
    appointment.starts_at = target.span.starts_at
    appointment.ends_at = target.span.ends_at
    appointment.before_minutes = target.span.before_minutes
    appointment.after_minutes = target.span.after_minutes
    appointment.wall_start = f"{local:%Y-%m-%dT%H:%M}"
    appointment.time_zone = clinic.time_zone
    appointment.fold = local.fold
    appointment.session = appointment.seat = None
    appointment.sequence += 1
    appointment.save(
        update_fields=[
            *("doctor", "department", "service", "starts_at", "ends_at"),
            *("before_minutes", "after_minutes", "wall_start", "time_zone", "fold"),
            *("overbooked", "session", "seat", "sequence"),
        ]
    )


def _told(appointment: Appointment, before: datetime, by: Actor, reason: str) -> None:
    join_care_team(
        clinic=appointment.clinic,
        patient=appointment.patient,
        member=appointment.doctor,
        source=CareTeamMember.Source.APPOINTMENT,
        by=by,
    )
    StatusChange.objects.create(
        clinic_id=appointment.clinic_id,
        appointment=appointment,
        before=appointment.status,
        after=appointment.status,
        at=clock.now(),
        by_label=by.label[:200],
        by_uid=by.id,
        reason=reason,
        moved_from=before,
        moved_to=appointment.starts_at,
    )
    record(
        Action.MOVED,
        by=by,
        clinic=appointment.clinic,
        patient=appointment.patient,
        target=appointment,
        reason=_("Overbooked on purpose") if appointment.overbooked else "",
    )
    mail.send_moved(appointment)
