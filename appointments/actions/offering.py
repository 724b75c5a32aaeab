"""Offering freed times to those who wait: the longest waiting first.

One department is one queue. A sweep looks at a bounded number of queues, those longest
not looked at first, and at a bounded number of people and of dates in each.
"""

from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from django.db import IntegrityError, transaction
from django.db.models import F, Min
from django.utils.translation import gettext as _

from appointments import mail
from appointments.actions.errors import BookingError
from appointments.actions.holding import hold
from appointments.actions.waitlist import (
    close_offer,
    end_entry,
    lock_entry,
    lock_offer,
    lock_people,
    pass_on,
)
from appointments.matching import Match, Times
from appointments.models import (
    BookingPolicy,
    Hold,
    OfferState,
    WaitingEntry,
    WaitingOffer,
    WaitingState,
)
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action
from healthcare.db.conflicts import retried

SYSTEM = Actor.system("Waitlist")
MOST_QUEUES = 40
MOST_PEOPLE = 200
MOST_OFFERS = 100
SHORTEST_OFFER = 5
TRIES = 3


def sweep_waitlist(*clinics: int) -> int:
    """Pass on what nobody answered, and offer what is free; how many were offered.

    With ids of clinics, only there.
    """
    expire_offers()
    made = 0
    for department in _queues(clinics):
        made += _serve(department, MOST_OFFERS - made)
        if made >= MOST_OFFERS:
            break
    return made


def expire_offers() -> int:
    """Offers that nobody answered; their times are free for the next one."""
    over = WaitingOffer.objects.overdue(clock.now()).with_people()
    return sum(retried(partial(_expire, offer)) for offer in over[:MOST_PEOPLE])


def offer_freed_time(
    *, entry: WaitingEntry, match: Match, by: Actor = SYSTEM
) -> WaitingOffer | None:
    """Hold the time for the one who waits, and tell them; None when they wait no more.

    Raises SlotTaken when somebody was faster, and what hold() raises.
    """
    try:
        return retried(lambda: _offer(entry, match, by))
    except IntegrityError as refusal:
        if "waiting_offer" not in str(refusal) and "waitingoffer" not in str(refusal):
            raise
        return None


def _queues(clinics: tuple[int, ...]) -> list[int]:
    """Departments in which somebody waits, those longest not looked at first."""
    waiting = WaitingEntry.objects.waiting()
    if clinics:
        waiting = waiting.filter(clinic__in=clinics)
    looked = F("looked").asc(nulls_first=True)
    rows = waiting.order_by().values("department").annotate(looked=Min("looked_at"))
    found = rows.order_by(looked, "department").values_list("department", flat=True)
    return list(found[:MOST_QUEUES])


def _serve(department: int, most: int) -> int:
    waiting = WaitingEntry.objects.waiting().filter(department=department)
    entries = list(waiting.with_people().sorted_by("")[:MOST_PEOPLE])
    times, made = Times(clock.now(), entries), 0
    for entry in entries:
        if _close_if_over(entry):
            continue
        if made < most and _serve_one(entry, times):
            made += 1
    keys = [entry.pk for entry in entries]
    WaitingEntry.objects.filter(pk__in=keys).update(looked_at=clock.now())
    return made


def _serve_one(entry: WaitingEntry, times: Times) -> bool:
    """Whether a time was offered: the first that fits and nobody takes meanwhile."""
    for match in islice(times.matches(entry), TRIES):
        try:
            offer = offer_freed_time(entry=entry, match=match)
        except BookingError:
            times.forget(match)
            continue
        times.forget(match)
        return offer is not None
    return False


def _offer(entry: WaitingEntry, match: Match, by: Actor) -> WaitingOffer | None:
    lock_people(entry, match.doctor, match.service)
    lock_entry(entry)
    if entry.state != WaitingState.WAITING:
        return None
    held = hold(
        clinic=entry.clinic,
        patient=entry.patient,
        doctor=match.doctor,
        starts_at=match.starts_at,
        visit_type=entry.visit_type,
        by=by,
        service=match.service if match.service.pk else None,
        purpose=Hold.Purpose.OFFER,
        minutes=_minutes(entry, match),
    )
    if held is None:
        return None
    offer = WaitingOffer.objects.create(
        clinic=entry.clinic,
        entry=entry,
        doctor=match.doctor,
        service=held.service,
        hold=held,
        starts_at=held.starts_at,
        ends_at=held.ends_at,
        offered_at=held.created_at,
        expires_at=held.expires_at,
    )
    entry.state = WaitingState.OFFERED
    entry.save(update_fields=["state"])
    record(
        Action.TIME_OFFERED,
        by=by,
        clinic=entry.clinic,
        patient=entry.patient,
        target=offer,
    )
    mail.send_offer(offer)
    return offer


def _minutes(entry: WaitingEntry, match: Match) -> int:
    """The clinic's usual, cut where the visit's own notice would end before."""
    usual = BookingPolicy.objects.of(entry.clinic).offer_minutes
    last = match.starts_at - timedelta(minutes=match.service.lead_minutes)
    left = (last - clock.now()) // timedelta(minutes=1)
    return max(SHORTEST_OFFER, min(usual, left - 1))


def _expire(offer: WaitingOffer) -> int:
    lock_people(offer.entry, offer.doctor, offer.service)
    lock_offer(offer)
    if offer.state != OfferState.OPEN or not offer.is_over(clock.now()):
        return 0
    pass_on(offer, OfferState.EXPIRED)
    record(
        Action.OFFER_EXPIRED,
        by=SYSTEM,
        clinic=offer.clinic,
        patient=offer.entry.patient,
        target=offer,
    )
    return 1


def _close_if_over(entry: WaitingEntry) -> bool:
    """End an entry whose dates, or whose visit, are past."""
    today = clock.now().astimezone(entry.clinic.zone).date()
    why = ""
    if entry.latest < today:
        why = _("The dates are over, and no time came free.")
    elif entry.appointment is not None and not _is_ahead(entry, clock.now()):
        why = _("The visit that was to be earlier is no longer ahead.")
    if why:
        _end(entry, why)
    return bool(why)


def _is_ahead(entry: WaitingEntry, now: datetime) -> bool:
    visit = entry.appointment
    assert visit is not None
    return visit.starts_at > now and visit.status in ("requested", "booked")


@transaction.atomic
def _end(entry: WaitingEntry, why: str) -> None:
    lock_entry(entry)
    if entry.state != WaitingState.WAITING:
        return
    for offer in WaitingOffer.objects.open().filter(entry=entry):
        close_offer(offer, OfferState.EXPIRED)
    end_entry(entry, WaitingState.ENDED, why)
    record(
        Action.WAITING_LEFT,
        by=SYSTEM,
        clinic=entry.clinic,
        patient=entry.patient,
        target=entry,
    )
