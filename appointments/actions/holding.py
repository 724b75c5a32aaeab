"""Keeping a time for a patient for some minutes, before it is booked."""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from accounts.models import Person
from appointments.actions import claiming, rules
from appointments.actions.booking import Plan, Wish, planned
from appointments.models import (
    Asset,
    BookingPolicy,
    Claim,
    Hold,
    Resource,
    Service,
    VisitType,
)
from clinics.models import Clinic, Membership
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action
from healthcare.db.conflicts import retried


def hold(
    *,
    clinic: Clinic,
    patient: Person,
    doctor: Membership,
    starts_at: datetime,
    visit_type: VisitType | str,
    by: Actor,
    service: Service | None = None,
    purpose: Hold.Purpose = Hold.Purpose.FORM,
    minutes: int | None = None,
) -> Hold | None:
    """Keep the time for `minutes`, by default the clinic's for that purpose.

    A patient holds one time at a clinic while filling a form: the next replaces it.
    A place in a group is not held: None. Raises what book() raises.
    """
    wish = Wish(
        clinic=clinic,
        patient=patient,
        doctor=doctor,
        starts_at=starts_at.astimezone(UTC),
        visit_type=visit_type,
        reason="",
        by=by,
        service=service,
    )
    plan = planned(wish)
    if plan.service.is_group:
        return None
    policy = BookingPolicy.objects.of(plan.doctor.clinic)
    usual = {
        Hold.Purpose.FORM: policy.hold_minutes,
        Hold.Purpose.OFFER: policy.offer_minutes,
    }
    length = timedelta(minutes=minutes or usual[purpose])
    return retried(lambda: _write(plan, purpose, length))


def _write(plan: Plan, purpose: Hold.Purpose, length: timedelta) -> Hold:
    wish, doctor, now = plan.wish, plan.doctor, clock.now()
    locked = claiming.lock([doctor.person, wish.patient], plan.assets)
    if purpose == Hold.Purpose.FORM:
        claiming.drop_form_holds(wish.patient, doctor)
    held = Hold.objects.create(
        clinic=doctor.clinic,
        patient=wish.patient,
        doctor=doctor,
        service=plan.service if plan.service.pk else None,
        purpose=purpose,
        starts_at=wish.starts_at,
        ends_at=plan.span.ends_at,
        expires_at=now + length,
        created_at=now,
    )
    claiming.claim(held, doctor, plan.span, locked)
    claiming.claim_assets(held, plan.assets, plan.span, locked)
    rules.check_hours(doctor, plan.service, wish.starts_at)
    record(
        Action.HELD, by=wish.by, clinic=doctor.clinic, patient=wish.patient, target=held
    )
    return held


@transaction.atomic
def let_go(*, held: Hold) -> None:
    """Give a held time back before its end."""
    used = Asset.objects.filter(resource__claims__hold=held)
    claiming.lock([held.doctor.person, held.patient], list(used))
    Hold.objects.filter(pk=held.pk).delete()


@transaction.atomic
def clear_holds() -> int:
    """Remove holds that are over; what they held has been free since then.

    Under the locks of their resources: bookings release the same claims.
    """
    over = Hold.objects.over(clock.now())
    keys = list(over.order_by("pk").values_list("pk", flat=True)[:200])
    held = Claim.objects.filter(hold__in=keys)
    rows = Resource.objects.filter(pk__in=held.values("resource"))
    list(rows.select_for_update().order_by("pk"))
    held.delete()
    return Hold.objects.filter(pk__in=keys).delete()[0]
