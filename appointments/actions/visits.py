"""What happens to a visit after it was booked. Each verb is one step of TRANSITIONS."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Person
from appointments.actions import claiming
from appointments.actions.errors import NotAllowed, WrongStatus
from appointments.models import Appointment, Asset, Locked, Status, StatusChange
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action

CHANGING = (
    *("status", "sequence", "starts_at", "ends_at", "cancelled_at"),
    *("doctor_id", "department_id", "service_id", "session_id", "seat"),
    *("overbooked", "before_minutes", "after_minutes"),
)


@transaction.atomic
def arrive(*, appointment: Appointment, by: Actor) -> Appointment:
    """The patient is here. Raises WrongStatus."""
    return move(appointment, Status.ARRIVED, Action.ARRIVED, by, arrived_at=clock.now())


@transaction.atomic
def revert_arrival(*, appointment: Appointment, by: Actor) -> Appointment:
    """Take back a check-in made by mistake. Raises WrongStatus."""
    require_status(appointment, Status.ARRIVED)
    return move(appointment, Status.BOOKED, Action.REVERTED, by, arrived_at=None)


@transaction.atomic
def start(*, appointment: Appointment, by: Actor) -> Appointment:
    """The doctor sees the patient, checked in or not. Raises WrongStatus."""
    return move(
        appointment, Status.IN_PROGRESS, Action.STARTED, by, started_at=clock.now()
    )


@transaction.atomic
def complete(*, appointment: Appointment, by: Actor) -> Appointment:
    """The visit is over and charted. Raises WrongStatus."""
    return move(
        appointment, Status.COMPLETED, Action.COMPLETED, by, completed_at=clock.now()
    )


@transaction.atomic
def mark_no_show(*, appointment: Appointment, by: Actor) -> Appointment:
    """The patient did not come. Raises WrongStatus, and NotAllowed before the start."""
    if clock.now() < appointment.starts_at:
        raise NotAllowed(_("The visit has not begun yet. The patient may still come."))
    return move(appointment, Status.NO_SHOW, Action.NO_SHOW, by)


@transaction.atomic
def revert_no_show(*, appointment: Appointment, by: Actor) -> Appointment:
    """The patient came after all. Raises WrongStatus."""
    require_status(appointment, Status.NO_SHOW)
    return move(appointment, Status.BOOKED, Action.REVERTED, by)


def note_opened(*, appointment: Appointment, by: Actor) -> None:
    """Somebody looked at another person's appointment."""
    record(
        Action.APPOINTMENT_OPENED,
        by=by,
        clinic=appointment.clinic,
        patient=appointment.patient,
        target=appointment,
    )


def lock(appointment: Appointment) -> None:
    """Hold the row until the transaction ends, and see it as it is now.

    A stale doctor, group or seat would let a verb give back what is not the visit's.
    """
    now = Appointment.objects.select_for_update().get(pk=appointment.pk)
    for name in CHANGING:
        if getattr(appointment, name) != getattr(now, name):
            setattr(appointment, name, getattr(now, name))


def lock_with_time(
    appointment: Appointment,
    people: Sequence[Person] = (),
    assets: Sequence[Asset] = (),
) -> Locked:
    """The visit's resources and those others, in id order; then its row.

    Raises WrongStatus when it went to another doctor between the two.
    """
    rows = Appointment.objects.filter(pk=appointment.pk)
    doctor = rows.values_list("doctor_id", flat=True).get()
    if appointment.doctor_id != doctor:
        appointment.doctor_id = doctor
    mine = Q(resource__claims__appointment=appointment)
    if appointment.session_id is not None:
        mine |= Q(resource__claims__session=appointment.session_id)
    used = Asset.objects.filter(mine)
    everyone = {appointment.doctor.person, appointment.patient, *people}
    locked = claiming.lock(list(everyone), list({*used, *assets}))
    lock(appointment)
    if appointment.doctor_id != doctor:
        raise WrongStatus(_("This visit has just been moved. Look at it again."))
    return locked


def require_status(appointment: Appointment, status: Status) -> None:
    lock(appointment)
    if appointment.status != status:
        raise _wrong(appointment)


def move(
    appointment: Appointment,
    status: Status,
    action: Action,
    by: Actor,
    *,
    reason: str = "",
    **times: datetime | int | str | None,
) -> Appointment:
    """One step of TRANSITIONS, with its history and its event; in a transaction."""
    lock(appointment)
    if not appointment.can_become(status):
        raise _wrong(appointment)
    before, appointment.status = appointment.status, status
    for name, value in times.items():
        setattr(appointment, name, value)
    appointment.save(update_fields=["status", *times])
    StatusChange.objects.create(
        clinic_id=appointment.clinic_id,
        appointment=appointment,
        before=before,
        after=status,
        at=clock.now(),
        by_label=by.label[:200],
        by_uid=by.id,
        reason=reason,
    )
    record(
        action,
        by=by,
        clinic=appointment.clinic,
        patient=appointment.patient,
        target=appointment,
    )
    return appointment


def _wrong(appointment: Appointment) -> WrongStatus:
    state = appointment.get_status_display().lower()
    return WrongStatus(
        _("This visit is already: %(state)s. Nothing was changed.") % {"state": state}
    )
