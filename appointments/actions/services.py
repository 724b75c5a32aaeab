"""What doctors offer, what rooms there are, and the clinic's rules of booking.

None of these touches a booked visit: it keeps its length, price and room.
"""

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from appointments.actions.errors import BookingError
from appointments.models import (
    USUAL_KINDS,
    Asset,
    BookingPolicy,
    Service,
    usual_service,
)
from clinics.actions.changes import change
from clinics.models import Clinic, Membership
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action


class NameUsed(BookingError):
    """Another one of that name is in use already."""


class PolicyValues(TypedDict, total=False):
    hold_minutes: int
    offer_minutes: int
    free_until_hours: int
    most_open: int
    most_late: int
    most_missed: int
    on_limit: str
    missing_after_minutes: int
    undo_minutes: int


@transaction.atomic
def save_service(
    *,
    doctor: Membership,
    by: Actor,
    service: Service | None = None,
    needs: Sequence[Asset] = (),
    **values: Any,
) -> Service:
    """Add a service to the doctor's, or change the one given.

    Raises NameUsed, and ValidationError when the model refuses a value.
    """
    Membership.objects.select_for_update().get(pk=doctor.pk)
    mine = Service.objects.of_doctor(doctor)
    _check_name(mine, service, values["name"])
    if service is None:
        last = mine.order_by("-position").values_list("position", flat=True).first()
        position = 0 if last is None else last + 1
        service = Service(
            clinic=doctor.clinic, doctor=doctor, position=position, **values
        )
        service.full_clean(exclude=["clinic", "doctor"], validate_constraints=False)
        service.save(force_insert=True)
        what = _("Added %(name)s")
    else:
        change(service, values)
        what = _("Changed %(name)s")
    service.needs.set([each for each in needs if each.clinic_id == doctor.clinic_id])
    _changed(service, by, what % {"name": service.name})
    return service


@transaction.atomic
def stop_service(*, service: Service, by: Actor) -> None:
    """Nobody can book it any more; visits that are booked stay booked."""
    if change(service, {"is_active": False}):
        _changed(service, by, _("Stopped %(name)s") % {"name": service.name})


@transaction.atomic
def offer_service(*, service: Service, by: Actor) -> None:
    """Offer a stopped one again. Raises NameUsed."""
    _check_name(Service.objects.of_doctor(service.doctor), service, service.name)
    if change(service, {"is_active": True}):
        _changed(service, by, _("Offered %(name)s again") % {"name": service.name})


@transaction.atomic
def move_service(*, service: Service, up: bool, by: Actor) -> None:
    """One place up or down among those the doctor offers."""
    rows = Service.objects.of_doctor(service.doctor).in_use().in_order()
    order = list(rows.select_for_update())
    if service not in order:
        return
    here = order.index(service)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(order):
        return
    order[here], order[there] = order[there], order[here]
    for position, each in enumerate(order):
        each.position = position
    Service.objects.bulk_update(order, ["position"])
    _changed(service, by, _("Moved %(name)s") % {"name": service.name})


@transaction.atomic
def describe_usual_visits(*, doctor: Membership, by: Actor) -> list[Service]:
    """The usual kinds, with the length and fee of the membership; none if any is."""
    Membership.objects.select_for_update().get(pk=doctor.pk)
    if Service.objects.of_doctor(doctor).exists():
        return []
    made = []
    for position, kind in enumerate(USUAL_KINDS):
        service = usual_service(doctor, kind)
        service.position = position
        service.save(force_insert=True)
        _changed(service, by, _("Added %(name)s") % {"name": service.name})
        made.append(service)
    return made


@transaction.atomic
def save_asset(
    *, clinic: Clinic, name: str, kind: str, by: Actor, asset: Asset | None = None
) -> Asset:
    """Add a room or device, or rename the one given. Raises NameUsed."""
    same = Asset.objects.filter(clinic=clinic, kind=kind, name__iexact=name)
    if (same.exclude(pk=asset.pk) if asset else same).exists():
        raise NameUsed(_("There is one of that name already."))
    try:
        with transaction.atomic():
            if asset is None:
                asset = Asset.objects.create(clinic=clinic, name=name, kind=kind)
            else:
                change(asset, {"name": name, "kind": kind})
    except IntegrityError as refusal:
        raise NameUsed(_("There is one of that name already.")) from refusal
    _asset_changed(asset, by, _("Saved %(name)s") % {"name": name})
    return asset


@transaction.atomic
def set_asset_use(*, asset: Asset, is_active: bool, by: Actor) -> None:
    """Take it out of use, or back. Visits that are booked there keep it."""
    if change(asset, {"is_active": is_active}):
        told = _("%(name)s is in use") if is_active else _("%(name)s is out of use")
        _asset_changed(asset, by, told % {"name": asset.name})


@transaction.atomic
def set_policy(
    *, clinic: Clinic, by: Actor, **values: Unpack[PolicyValues]
) -> BookingPolicy:
    """The clinic's rules for booking; they hold from the next booking on."""
    policy = BookingPolicy.objects.get_or_create(clinic=clinic)[0]
    if changed := change(policy, values):
        record(
            Action.CLINIC_CHANGED,
            by=by,
            clinic=clinic,
            target=clinic,
            reason=f"booking rules: {', '.join(changed)}",
        )
    return policy


def _check_name(mine: Any, service: Service | None, name: str) -> None:
    same = mine.in_use().filter(name__iexact=name)
    if (same.exclude(pk=service.pk) if service else same).exists():
        raise NameUsed(_("You offer one of that name already."))


def _changed(service: Service, by: Actor, what: str) -> None:
    record(
        Action.SERVICES_CHANGED,
        by=by,
        clinic=service.clinic,
        target=service,
        reason=what,
    )


def _asset_changed(asset: Asset, by: Actor, what: str) -> None:
    record(
        Action.SERVICES_CHANGED, by=by, clinic=asset.clinic, target=asset, reason=what
    )
