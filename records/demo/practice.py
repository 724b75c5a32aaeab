"""How the demo's clinics work today: visit types, rooms, rules, absences, who waits."""

from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from appointments.actions import (
    BookingError,
    HolidayExists,
    Session,
    Wishes,
    add_holiday,
    book,
    describe_usual_visits,
    join_waitlist,
    save_asset,
    save_service,
    set_policy,
    take_time_away,
)
from appointments.models import Asset, Service
from clinics.models import Membership, Role
from healthcare import clock
from records.demo.founding import Settled

ASKED_IN = timedelta(days=9)
AWAY_IN = timedelta(days=24)


def furnish(settled: Settled) -> None:
    """The first doctor offers more than the usual; the second is away for a week."""
    owner = settled.clinic.memberships.filter(role=Role.OWNER).select_related("user")
    by = owner[0].user.as_actor(role=Role.OWNER)
    set_policy(clinic=settled.clinic, by=by, most_open=8, free_until_hours=24)
    rooms = [
        save_asset(clinic=settled.clinic, name=name, kind=kind, by=by)
        for name, kind in (
            ("Treatment room 1", "room"),
            ("Treatment room 2", "room"),
            ("Group room", "room"),
            ("Ultrasound", "equipment"),
        )
    ]
    with suppress(HolidayExists):
        new_year = date(clock.now().year + 1, 1, 1)
        add_holiday(clinic=settled.clinic, date=new_year, name="New Year", by=by)
    doctors = list(settled.doctors.values())
    for doctor in doctors:
        me = doctor.user.as_actor(role=Role.DOCTOR)
        describe_usual_visits(doctor=doctor, by=me)
    _more_of(doctors[0], rooms)
    _away(doctors[1])
    _asked(settled, doctors[0])
    _waiting(settled, doctors[0])


def _more_of(doctor: Membership, rooms: list[Asset]) -> None:
    by = doctor.user.as_actor(role=Role.DOCTOR)
    save_service(
        doctor=doctor,
        by=by,
        kind="tele",
        name="Tele-visit",
        minutes=20,
        lead_minutes=60,
        price=Decimal(45),
        audience="approval",
    )
    save_service(
        doctor=doctor,
        by=by,
        needs=[rooms[0], rooms[1], rooms[3]],
        kind="consultation",
        name="Ultrasound of the heart",
        minutes=40,
        after_minutes=10,
        lead_minutes=24 * 60,
        window_days=60,
        price=Decimal(140),
    )
    save_service(
        doctor=doctor,
        by=by,
        needs=[rooms[2]],
        kind="follow-up",
        name="Blood pressure group",
        minutes=60,
        window_days=60,
        price=Decimal(15),
        capacity=8,
    )


def _away(doctor: Membership) -> None:
    start = clock.now().astimezone(doctor.clinic.zone).date() + AWAY_IN
    start += timedelta(days=-start.weekday() % 7)
    away = Session(
        datetime.combine(start, time()),
        datetime.combine(start + timedelta(days=5), time()),
        "Conference",
    )
    with suppress(BookingError):
        by = doctor.user.as_actor(role=Role.DOCTOR)
        take_time_away(doctor=doctor, away=away, by=by)


def _asked(settled: Settled, doctor: Membership) -> None:
    """A tele-visit that waits for the clinic's word."""
    patient = settled.patients[2]
    day = (clock.now() + ASKED_IN).date()
    day += timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)
    service = Service.objects.get(doctor=doctor, kind="tele")
    with suppress(BookingError):
        book(
            clinic=settled.clinic,
            patient=patient,
            doctor=doctor,
            starts_at=datetime.combine(day, time(9), settled.clinic.zone),
            visit_type="tele",
            reason="Results of the home measurements",
            by=patient.user.as_actor(role="patient"),
            service=service,
        )


def _waiting(settled: Settled, doctor: Membership) -> None:
    """Somebody would like an earlier time on a weekday that is far off."""
    patient = settled.patients[3]
    today = clock.now().astimezone(settled.clinic.zone).date()
    saturday = today + timedelta(days=(5 - today.weekday()) % 7)
    with suppress(BookingError):
        join_waitlist(
            clinic=settled.clinic,
            patient=patient,
            department=doctor.department,
            doctor=doctor,
            visit_type="consultation",
            wishes=Wishes(today, saturday + timedelta(days=60), weekdays="5"),
            by=patient.user.as_actor(role="patient"),
        )
