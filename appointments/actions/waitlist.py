"""Waiting for a time: joining and leaving the list, and answering what is offered.

offering.py finds and offers the times. As in every verb, the resources are locked
first, in id order, and the rows second.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from appointments.actions import claiming, rules
from appointments.actions.booking import book
from appointments.actions.errors import NotAllowed, NotBookable, OfferOver, WrongStatus
from appointments.actions.rescheduling import MOVABLE, reschedule
from appointments.models import (
    EVERY_DAY,
    EVERY_PART,
    Appointment,
    Asset,
    Hold,
    OfferState,
    Service,
    WaitingEntry,
    WaitingOffer,
    WaitingState,
)
from clinics.models import Clinic, Department, Membership, Registration
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action
from healthcare.db.conflicts import retried

LONGEST_WAIT_DAYS = 365


@dataclass(frozen=True)
class Wishes:
    """When a time would suit; by default whenever there is one."""

    earliest: date
    latest: date
    weekdays: str = EVERY_DAY
    parts: str = EVERY_PART


@transaction.atomic
def join_waitlist(
    *,
    clinic: Clinic,
    patient: Person,
    department: Department,
    doctor: Membership | None,
    visit_type: str,
    wishes: Wishes,
    by: Actor,
    service: Service | None = None,
    appointment: Appointment | None = None,
    reason: str = "",
) -> WaitingEntry:
    """Wait for a time with `doctor`, or with anyone of the department.

    With an `appointment` of the patient's, that visit is moved when an earlier time
    of its doctor is accepted. Who waits for the same already gets their wishes changed
    and keeps their place. Raises NotAllowed, NotBookable and Blocked.
    """
    _check_who(clinic, patient, doctor, by)
    _check_wishes(clinic, wishes)
    rules.check_details(reason)
    if appointment is not None:
        _check_visit(appointment, patient)
        doctor = appointment.doctor
    if doctor is not None:
        service = _service(doctor, visit_type, service)
    values: dict[str, object] = {
        "service": service,
        "reason": reason.strip(),
        "appointment": appointment,
        "earliest": wishes.earliest,
        "latest": wishes.latest,
        "weekdays": wishes.weekdays or EVERY_DAY,
        "parts": wishes.parts or EVERY_PART,
    }
    entry = _open_entry(
        clinic=clinic,
        patient=patient,
        department=department,
        doctor=doctor,
        visit_type=visit_type,
        values=values,
        by=by,
    )
    _note(Action.WAITING_JOINED, entry, by)
    return entry


def leave_waitlist(*, entry: WaitingEntry, by: Actor, reason: str = "") -> None:
    """What is offered to them goes to the next one. Raises WrongStatus."""
    _check_own(entry, by)

    def write() -> None:
        offer = WaitingOffer.objects.open().filter(entry=entry).first()
        if offer is not None:
            _lock_time(offer)
        lock_entry(entry)
        if not entry.is_open:
            raise WrongStatus(_("That is no longer on the waitlist."))
        for each in WaitingOffer.objects.open().filter(entry=entry):
            close_offer(each, OfferState.DECLINED)
        end_entry(entry, WaitingState.ENDED, reason)
        _note(Action.WAITING_LEFT, entry, by)

    retried(write)


def accept_offer(*, offer: WaitingOffer, by: Actor) -> Appointment:
    """Book the time that is held, or move the visit to it; once, however often.

    Raises OfferOver when it is too late, and what book() or reschedule() raise.
    """
    _check_own(offer.entry, by)

    def write() -> Appointment:
        _lock_time(offer)
        lock_offer(offer)
        if offer.appointment is not None:
            return offer.appointment
        if offer.is_over(clock.now()):
            raise OfferOver
        visit = _take(offer, by)
        offer.appointment = visit
        offer.save(update_fields=["appointment"])
        close_offer(offer, OfferState.ACCEPTED)
        end_entry(offer.entry, WaitingState.ACCEPTED, "")
        _note(Action.OFFER_ACCEPTED, offer.entry, by)
        return visit

    return retried(write)


def decline_offer(*, offer: WaitingOffer, by: Actor) -> None:
    """Not this time; they keep their place. Raises OfferOver."""
    _check_own(offer.entry, by)

    def write() -> None:
        _lock_time(offer)
        lock_offer(offer)
        if offer.state != OfferState.OPEN:
            raise OfferOver
        pass_on(offer, OfferState.DECLINED)
        _note(Action.OFFER_DECLINED, offer.entry, by)

    retried(write)


def pass_on(offer: WaitingOffer, state: OfferState) -> None:
    """The time is free for the next one, and the entry waits again."""
    close_offer(offer, state)
    offer.entry.state = WaitingState.WAITING
    offer.entry.save(update_fields=["state"])


def close_offer(offer: WaitingOffer, state: OfferState) -> None:
    """Its hold ends with it; under the locks of lock_offer()."""
    _drop_hold(offer)
    offer.hold, offer.state, offer.answered_at = None, state, clock.now()
    offer.save(update_fields=["hold", "state", "answered_at"])


def _drop_hold(offer: WaitingOffer) -> None:
    if offer.hold_id is not None:
        Hold.objects.filter(pk=offer.hold_id).delete()


def end_entry(entry: WaitingEntry, state: WaitingState, reason: str) -> None:
    entry.state, entry.ended_at = state, clock.now()
    entry.end_reason = reason.strip()[:300]
    entry.save(update_fields=["state", "ended_at", "end_reason"])


def lock_entry(entry: WaitingEntry) -> None:
    """Hold the row, and see it as it is now."""
    rows = WaitingEntry.objects.select_for_update()
    fields = ["state", "ended_at", "appointment"]
    entry.refresh_from_db(fields=fields, from_queryset=rows)


def lock_offer(offer: WaitingOffer) -> None:
    """The entry first, then the offer: both as they are now."""
    lock_entry(offer.entry)
    rows = WaitingOffer.objects.select_for_update()
    fields = ["state", "hold", "appointment", "answered_at"]
    offer.refresh_from_db(fields=fields, from_queryset=rows)


def lock_people(
    entry: WaitingEntry, doctor: Membership, service: Service | None
) -> None:
    """Everything that booking or moving will lock, at once and in id order."""
    people = {doctor.person, entry.patient}
    used: list[Asset] = []
    if entry.appointment is not None:
        people.add(entry.appointment.doctor.person)
        used = list(
            Asset.objects.filter(resource__claims__appointment=entry.appointment)
        )
    claiming.lock(list(people), list({*used, *claiming.needed(service)}))


def _lock_time(offer: WaitingOffer) -> None:
    lock_people(offer.entry, offer.doctor, offer.service)


def _take(offer: WaitingOffer, by: Actor) -> Appointment:
    """By the hold; a visit that is over or gone by now is booked anew."""
    entry, visit = offer.entry, offer.entry.appointment
    if visit is not None and visit.status in MOVABLE:
        if visit.doctor_id != offer.doctor_id:
            raise OfferOver
        _drop_hold(offer)
        return reschedule(
            appointment=visit, starts_at=offer.starts_at, by=by, doctor=offer.doctor
        )
    return book(
        clinic=entry.clinic,
        patient=entry.patient,
        doctor=offer.doctor,
        starts_at=offer.starts_at,
        visit_type=entry.visit_type,
        reason=entry.reason,
        by=by,
        submission=offer.uid,
        service=offer.service,
        hold=offer.hold,
    )


def _check_who(
    clinic: Clinic, patient: Person, doctor: Membership | None, by: Actor
) -> None:
    by_clinic = not rules.is_own(by, patient)
    if by_clinic and not rules.at_desk(by, clinic):
        raise NotAllowed(_("You cannot do this for this person."))
    registration = Registration.objects.filter(clinic=clinic, patient=patient).first()
    rules.check_registration(clinic, registration, by_clinic=by_clinic)
    if doctor is not None:
        rules.bookable_doctor(clinic, doctor)
        rules.check_patient(patient, doctor)


def _check_own(entry: WaitingEntry, by: Actor) -> None:
    """Raises NotAllowed but for the patient and the clinic's desk."""
    if not (rules.is_own(by, entry.patient) or rules.at_desk(by, entry.clinic)):
        raise NotAllowed(_("This is not yours to change."))


def _check_wishes(clinic: Clinic, wishes: Wishes) -> None:
    """Raises NotBookable."""
    today = clock.now().astimezone(clinic.zone).date()
    if wishes.latest < max(today, wishes.earliest):
        raise NotBookable(_("Choose a last day on or after the first, from today on."))
    if wishes.latest > today + timedelta(days=LONGEST_WAIT_DAYS):
        raise NotBookable(_("Choose a last day within a year."))
    known = set(wishes.weekdays) <= set(EVERY_DAY)
    if not known or not set(wishes.parts) <= set(EVERY_PART):
        raise NotBookable(_("Choose the days and the parts of the day from the list."))


def _check_visit(appointment: Appointment, patient: Person) -> None:
    """Raises NotBookable."""
    ahead = appointment.starts_at > clock.now() and appointment.status in MOVABLE
    if appointment.patient_id != patient.pk or not ahead:
        raise NotBookable(_("Only a visit that is ahead can be moved earlier."))


def _service(doctor: Membership, kind: str, service: Service | None) -> Service | None:
    """Raises NotBookable for what patients cannot book, and for groups."""
    found = rules.service_of(doctor, kind, service)
    rules.check_audience(found, by_clinic=False)
    if found.is_group:
        raise NotBookable(_("Groups have no waitlist. Choose another date."))
    return found if found.pk else None


def _open_entry(
    *,
    clinic: Clinic,
    patient: Person,
    department: Department,
    doctor: Membership | None,
    visit_type: str,
    values: dict[str, object],
    by: Actor,
) -> WaitingEntry:
    same: dict[str, object] = {
        "clinic": clinic,
        "patient": patient,
        "department": department,
        "doctor": doctor,
        "visit_type": visit_type,
    }
    find: Callable[[], WaitingEntry | None] = (
        WaitingEntry.objects.open().select_for_update().filter(**same).first
    )
    found = find()
    if found is None:
        try:
            with transaction.atomic():
                return WaitingEntry.objects.create(
                    **same,
                    **values,
                    created_at=clock.now(),
                    created_by_id=by.user_id,
                )
        except IntegrityError:
            found = find()
    if found is None:
        raise WrongStatus(_("That did not work. Please try again."))
    for name, value in values.items():
        setattr(found, name, value)
    found.save(update_fields=list(values))
    return found


def _note(action: Action, entry: WaitingEntry, by: Actor) -> None:
    record(action, by=by, clinic=entry.clinic, patient=entry.patient, target=entry)
