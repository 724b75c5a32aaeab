"""Two patients with their doctors in a clinic, made by the actions people use."""

from contextlib import suppress
from datetime import datetime, time, timedelta

from appointments.actions import (
    HolidayExists,
    Session,
    Wishes,
    add_holiday,
    add_weekly_rule,
    arrive,
    book,
    describe_usual_visits,
    join_waitlist,
    replace_poster,
    save_asset,
    sweep_waitlist,
    take_time_away,
)
from appointments.actions.reminding import usual_policy
from appointments.models import Appointment, Delivery
from clinics.actions import invite
from clinics.factories import MembershipFactory
from clinics.models import Membership, Registration, Role
from healthcare import clock
from healthcare.audit.actors import Actor
from healthcare.jobs.actions import start
from healthcare.outbox.actions import notify
from healthcare.testing import Cast
from records.charting.actions import open_encounter
from records.charting.signing import sign
from records.tour import World

SYSTEM = Actor.system("Test")


def at(doctor: Membership, days: int, hour: int) -> datetime:
    zone = doctor.clinic.zone
    day = clock.now().astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(hour), zone)


def visit(
    doctor: Membership, patient: Registration, days: int, hour: int
) -> Appointment:
    """Booked two days ahead."""
    starts_at = at(doctor, days, hour)
    with clock.at(min(clock.now(), starts_at - timedelta(days=2))):
        return book(
            clinic=doctor.clinic,
            patient=patient.patient,
            doctor=doctor,
            starts_at=starts_at,
            visit_type="consultation",
            reason=f"Canary reason of {doctor.clinic.slug}",
            by=patient.patient.user.as_actor(role="patient"),
        )


def off(doctor: Membership) -> None:
    """The doctor is away one day, and the clinic is closed another."""
    first, second = (at(doctor, days, 0).replace(tzinfo=None) for days in (20, 21))
    away = Session(first, second, f"Canary note of {doctor.clinic.slug}")
    take_time_away(doctor=doctor, away=away, by=SYSTEM)
    with suppress(HolidayExists):
        day = second.date() + timedelta(days=60)
        add_holiday(clinic=doctor.clinic, date=day, name="Founders' day", by=SYSTEM)


def second_doctor(cast: Cast) -> Membership:
    return MembershipFactory(
        clinic=cast.clinic,
        role=Role.DOCTOR,
        department=cast.department,
        user__email=f"doctor2@{cast.clinic.slug}.test",
    )


def wait_and_offer(cast: Cast, doctor: Membership, patient: Registration) -> None:
    """Waits for a follow-up and is offered one; the usual visits are described."""
    describe_usual_visits(doctor=doctor, by=SYSTEM)
    name = f"Room of {doctor.person.family_name}"
    save_asset(clinic=cast.clinic, name=name, kind="room", by=SYSTEM)
    soon = clock.now().date() + timedelta(days=5)
    join_waitlist(
        clinic=cast.clinic,
        patient=patient.patient,
        department=doctor.department,
        doctor=doctor,
        visit_type="follow-up",
        reason=f"Canary notes of {cast.clinic.slug}",
        wishes=Wishes(soon, soon + timedelta(days=3)),
        by=patient.patient.user.as_actor(role="patient"),
    )
    sweep_waitlist(cast.clinic.pk)


def make_world(cast: Cast, doctor: Membership, patient: Registration) -> World:
    """One row of every kind: booked, in progress, signed, invited, reported."""
    for weekday in range(7):
        add_weekly_rule(
            doctor=doctor, weekday=weekday, starts=time(8), ends=time(18), by=SYSTEM
        )
    by = doctor.user.as_actor(role=Role.DOCTOR)
    past = visit(doctor, patient, days=-9, hour=10)
    with clock.at(past.starts_at):
        arrive(appointment=past, by=cast.staff.user.as_actor(role=Role.STAFF))
        encounter = open_encounter(appointment=past, member=doctor, by=by)
        body = {
            "visit_type": "consultation",
            "notes": f"Canary notes of {cast.clinic.slug}",
            "plan": "Rest and drink plenty.",
            "diagnoses": [{"code": "I10", "text": "Essential hypertension"}],
            "lines": [
                {
                    "medicine": "Ramipril",
                    "strength": "5 mg",
                    "dose": "1 tablet",
                    "frequency": "once daily",
                    "duration_days": "90",
                    "instructions": "",
                }
            ],
        }
        sign(encounter=encounter, body=body, signer=doctor, by=by)
    begun = visit(doctor, patient, days=-1, hour=11)
    with clock.at(begun.starts_at):
        open_encounter(appointment=begun, member=doctor, by=by)
    visit(doctor, patient, days=3, hour=9)
    wait_and_offer(cast, doctor, patient)
    off(doctor)
    owner = cast.owner.user
    invite(
        clinic=cast.clinic,
        role=Role.STAFF,
        email=f"new@{cast.clinic.slug}.test",
        department=None,
        by_user=owner,
        by=owner.as_actor(role=Role.OWNER),
    )
    replace_poster(clinic=cast.clinic, by=SYSTEM)
    start(
        kind="audit_report",
        title="Report",
        owner=cast.auditor.user,
        by=cast.auditor.user.as_actor(role=Role.AUDITOR),
        clinic_uid=cast.clinic.uid,
        params={},
    )
    usual_policy(cast.clinic)
    told = notify(
        kind="test",
        to=patient.patient.user.uid,
        subject="A reminder",
        text="Your visit is tomorrow.",
        path="/me/",
        clinic_uid=cast.clinic.uid,
    )
    Delivery.objects.create(
        clinic=cast.clinic,
        person=patient.patient,
        kind=Delivery.Kind.BOOKED,
        channel=told.channel,
        message=told,
    )
    return World.around(doctor, patient.patient)
