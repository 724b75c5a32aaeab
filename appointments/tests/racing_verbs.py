"""What the processes of test_verb_races.py do, each verb on a row at random.

Every function answers whether there was something to do it to.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from accounts.models import Person
from appointments import actions
from appointments.models import (
    Appointment,
    Block,
    Hold,
    Service,
    Status,
    WaitingEntry,
    WaitingOffer,
)
from clinics.models import Membership
from healthcare import clock
from healthcare.audit.actors import Actor

Order = dict[str, Any]


def _staff(order: Order) -> Actor:
    member = Membership.objects.select_related("user").get(pk=order["staff"])
    return member.user.as_actor(role="staff")


def _wish(order: Order, dice: random.Random) -> dict[str, Any]:
    doctors = Membership.objects.select_related("clinic", "user__person")
    doctor = doctors.get(pk=dice.choice(order["doctors"]))
    patient = Person.objects.get(pk=dice.choice(order["patients"]))
    services = list(Service.objects.filter(doctor=doctor).order_by("pk"))
    return {
        "clinic": doctor.clinic,
        "patient": patient,
        "doctor": doctor,
        "starts_at": datetime.fromisoformat(dice.choice(order["times"])),
        "visit_type": "consultation",
        "service": dice.choice(services) if services else None,
        "by": patient.user.as_actor(role="patient"),
    }


def _one(rows: "QuerySet[Any]", dice: random.Random) -> Any:
    found = list(rows.order_by("pk")[:50])
    return dice.choice(found) if found else None


def _visit(dice: random.Random, *statuses: str) -> Appointment | None:
    found = Appointment.objects.filter(status__in=statuses).with_people()
    visit: Appointment | None = _one(found, dice)
    return visit


def book(order: Order, dice: random.Random) -> bool:
    return bool(actions.book(reason="", **_wish(order, dice)))


def overbook(order: Order, dice: random.Random) -> bool:
    wish = _wish(order, dice) | {"by": _staff(order)}
    return bool(actions.book(reason="", over="Urgent", **wish))


def hold(order: Order, dice: random.Random) -> bool:
    return bool(actions.hold(**_wish(order, dice)))


def lapse(order: Order, dice: random.Random) -> bool:
    """Let one hold go, and clear away all, as if an hour had passed."""
    held = _one(Hold.objects.select_related("doctor__user__person", "patient"), dice)
    if held is not None:
        actions.let_go(held=held)
    with clock.at(clock.now() + timedelta(hours=1)):
        actions.clear_holds()
    return True


def move(order: Order, dice: random.Random) -> bool:
    visit = _visit(dice, Status.BOOKED, Status.REQUESTED)
    if visit is None:
        return False
    wish = _wish(order, dice)
    actions.reschedule(
        appointment=visit,
        starts_at=wish["starts_at"],
        doctor=wish["doctor"],
        over="Urgent" if dice.random() < 0.2 else "",
        by=_staff(order),
    )
    return True


def cancel(order: Order, dice: random.Random) -> bool:
    visit = _visit(dice, Status.BOOKED, Status.REQUESTED)
    if visit is None:
        return False
    actions.cancel(appointment=visit, reason="", by=_staff(order))
    return True


def restore(order: Order, dice: random.Random) -> bool:
    visit = _visit(dice, Status.CANCELLED)
    if visit is None:
        return False
    actions.restore(appointment=visit, by=_staff(order))
    return True


def approve(order: Order, dice: random.Random) -> bool:
    visit = _visit(dice, Status.REQUESTED)
    if visit is None:
        return False
    actions.approve(appointment=visit, by=_staff(order))
    return True


def away(order: Order, dice: random.Random) -> bool:
    """Switch the doctor's morning of that date off, and mostly on again."""
    doctor = _wish(order, dice)["doctor"]
    at = datetime.fromisoformat(order["times"][0]).astimezone(doctor.clinic.zone)
    for is_on in (False, True):
        actions.set_day_block(
            doctor=doctor,
            date=at.date(),
            block=Block.MORNING,
            is_on=is_on,
            by=_staff(order),
        )
    return True


def join(order: Order, dice: random.Random) -> bool:
    wish = _wish(order, dice)
    day = wish["starts_at"].astimezone(wish["clinic"].zone).date()
    actions.join_waitlist(
        clinic=wish["clinic"],
        patient=wish["patient"],
        department=wish["doctor"].department,
        doctor=wish["doctor"],
        visit_type="consultation",
        service=wish["service"],
        wishes=actions.Wishes(day, day),
        by=wish["by"],
    )
    return True


def sweep(order: Order, dice: random.Random) -> bool:
    return actions.sweep_waitlist() > 0


def accept(order: Order, dice: random.Random) -> bool:
    offer = _one(WaitingOffer.objects.open().with_people(), dice)
    if offer is None:
        return False
    patient = offer.entry.patient
    actions.accept_offer(offer=offer, by=patient.user.as_actor(role="patient"))
    return True


def decline(order: Order, dice: random.Random) -> bool:
    offer = _one(WaitingOffer.objects.open().with_people(), dice)
    if offer is None:
        return False
    actions.decline_offer(offer=offer, by=_staff(order))
    return True


def leave(order: Order, dice: random.Random) -> bool:
    entry = _one(WaitingEntry.objects.open().with_people(), dice)
    if entry is None:
        return False
    actions.leave_waitlist(entry=entry, by=_staff(order))
    return True


MIXED: dict[str, Callable[[Order, random.Random], bool]] = {
    verb.__name__: verb
    for verb in (
        *(book, overbook, hold, lapse, move, cancel, restore, approve, away),
        *(join, sweep, accept, decline, leave),
    )
}
