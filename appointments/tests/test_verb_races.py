"""Every verb at once on few doctors and few times: no overlap, no half-written row, no
error but a refusal in words. Red without the guard."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection

from appointments import actions
from appointments.actions import BookingError
from appointments.factories import AssetFactory, ServiceFactory, WeeklyRuleFactory
from appointments.models import (
    HOLDING,
    Appointment,
    Claim,
    Resource,
    Service,
    StatusChange,
    WaitingEntry,
    WaitingOffer,
    WaitingState,
)
from appointments.tests.racing_verbs import MIXED
from appointments.tests.test_races import Race, in_three_days, without_the_guard
from clinics.factories import MembershipFactory, RegistrationFactory
from clinics.models import Membership
from healthcare.testing import Cast

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("races"),
]

ATTEMPTS = 240
TAKING = ["book", "move", "cancel", "restore", "overbook"]
USUAL = TAKING * 2 + ["hold", "lapse", "approve", "away"]
LISTED = ["book", "cancel", "move", "lapse", "join", "join", "sweep", "sweep"]
LISTED += ["accept", "accept", "decline", "leave"]


@pytest.fixture(scope="module")
def race(django_db_setup: None) -> Iterator[Race]:
    running = Race()
    yield running
    running.close()


@pytest.fixture
def order(riverside: Cast) -> dict[str, Any]:
    """Three doctors share two rooms; one sees groups of two, one confirms first."""
    beside = [
        MembershipFactory(
            clinic=riverside.clinic, role="doctor", department=riverside.department
        )
        for _n in range(2)
    ]
    rooms = AssetFactory.create_batch(2, clinic=riverside.clinic)
    doctors = [riverside.doctor, *beside]
    kinds: list[dict[str, Any]] = [
        {"after_minutes": 10},
        {"capacity": 2},
        {"audience": "approval"},
    ]
    for doctor, kind in zip(doctors, kinds, strict=True):
        ServiceFactory(doctor=doctor, needs=rooms, **kind)
        for weekday in range(7):
            WeeklyRuleFactory(
                doctor=doctor, weekday=weekday, starts=time(9), ends=time(11)
            )
    patients = RegistrationFactory.create_batch(6, clinic=riverside.clinic)
    nine = in_three_days(riverside.clinic.zone, time(9))
    return {
        "verb": "any",
        "seed": 731,
        "verbs": USUAL,
        "doctors": [doctor.pk for doctor in doctors],
        "patients": [row.patient_id for row in patients],
        "times": [
            (nine + timedelta(minutes=m)).isoformat() for m in (0, 30, 40, 60, 80)
        ],
        "staff": riverside.staff.pk,
    }


def told(outcomes: Counter[str], worst: float) -> None:
    words = dict(sorted(outcomes.items()))
    print(f"{connection.vendor}: {words}, worst wait {worst:.2f} s")  # noqa: T201


def unexpected(outcomes: Counter[str]) -> set[str]:
    """Outcomes that are neither an act nor a refusal in words."""
    refusals = {each.__name__ for each in _below(BookingError)}
    known = refusals | {"done", "nothing to do"}
    return {
        outcome
        for outcome in outcomes
        if outcome.partition(": ")[0] not in MIXED
        or outcome.partition(": ")[2] not in known
    }


def _below(kind: type[Exception]) -> Iterator[type[Exception]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def overlaps() -> list[str]:
    found = []
    for resource in Resource.objects.all():
        held = Claim.objects.filter(resource=resource, active=True)
        spans = held.order_by("busy_start").values_list("busy_start", "busy_end", "pk")
        found += [f"{a} {b}" for a, b in pairwise(spans) if a[1] > b[0]]
    return found


def half_written() -> list[str]:
    visits = Appointment.objects.with_people().select_related("service", "session")
    return [
        f"{visit.pk} {visit.status}: {fault}"
        for visit in visits
        for fault in _faults(visit)
    ]


def _faults(visit: Appointment) -> Iterator[str]:
    active = Claim.objects.filter(appointment=visit, active=True)
    if visit.status not in HOLDING:
        if active.exists() or visit.seat is not None:
            yield "keeps what it gave back"
        return
    before = timedelta(minutes=visit.before_minutes)
    after = timedelta(minutes=visit.after_minutes)
    own = (visit.starts_at, visit.ends_at)
    busy = (visit.starts_at - before, visit.ends_at + after)
    if _spans(active.filter(resource__person=visit.patient)) != [own]:
        yield "the patient's claim"
    doctors = active.filter(resource__person__isnull=False)
    doctors = doctors.exclude(resource__person=visit.patient)
    mine = doctors.filter(resource__person=visit.doctor.person)
    if doctors.count() != mine.count():
        yield "another doctor's claim"
    rooms = active.filter(resource__asset__isnull=False)
    if visit.session is not None:
        shared = Claim.objects.filter(session=visit.session, active=True)
        owned = [shared.filter(resource__person=visit.doctor.person), shared]
        if [_spans(each) for each in owned] != [[busy], [busy, busy]]:
            yield "the group's claims"
        if visit.seat is None or mine.exists() or rooms.exists():
            yield "claims beside the group's"
        return
    if _spans(mine) not in ([[busy], []] if visit.overbooked else [[busy]]):
        yield "the doctor's claim"
    if _spans(rooms) != [busy]:
        yield "the room's claim"


def _spans(claims: Any) -> list[tuple[datetime, datetime]]:
    return list(claims.values_list("busy_start", "busy_end"))


def orphans() -> list[str]:
    """Active claims of groups that nobody is in; those of visits are half-written."""
    groups = Claim.objects.filter(session__isnull=False, active=True)
    empty = groups.exclude(session__appointments__seat__isnull=False)
    return [f"{claim.pk} of group {claim.session_id}" for claim in empty]


def without_history() -> list[str]:
    """A visit's sequence counts its moves, cancellations and what took them back."""
    found = []
    for visit in Appointment.objects.all():
        steps = StatusChange.objects.filter(appointment=visit).count() - 1
        if steps != visit.sequence:
            found.append(f"{visit.pk}: {steps} steps, sequence {visit.sequence}")
    return found


def assert_sound(outcomes: Counter[str], worst: float) -> None:
    told(outcomes, worst)
    assert unexpected(outcomes) == set()
    assert overlaps() == []
    assert half_written() == []
    assert orphans() == []
    assert without_history() == []
    assert worst < 20


def test_every_verb_at_once(race: Race, order: dict[str, Any]) -> None:
    outcomes, worst = race.run(order, attempts=ATTEMPTS)
    for verb in TAKING:
        assert outcomes[f"{verb}: done"] > 0, verb
    assert_sound(outcomes, worst)


def test_the_waitlist_among_them(race: Race, order: dict[str, Any]) -> None:
    order["verbs"] = LISTED
    outcomes, worst = race.run(order, attempts=ATTEMPTS * 2 // 3)
    assert outcomes["accept: done"] > 0
    assert_sound(outcomes, worst)
    offered = WaitingEntry.objects.filter(state=WaitingState.OFFERED)
    opened = WaitingOffer.objects.open()
    assert set(offered.values_list("pk", flat=True)) == set(
        opened.values_list("entry_id", flat=True)
    )


def test_control_without_the_guard_times_are_taken_twice(
    race: Race, order: dict[str, Any]
) -> None:
    order["verbs"] = ["book"]
    for service in Service.objects.all():
        service.needs.clear()
    with without_the_guard():
        told(*race.run(order, attempts=48))
        assert overlaps() != []


def test_ten_wait_for_one_freed_time(race: Race, order: dict[str, Any]) -> None:
    """Sweeps and clicks at once: one is offered it at a time, one gets it."""
    order |= {"verbs": ["sweep", "accept"], "times": order["times"][:1]}
    ten_wait(order)
    outcomes, worst = race.run(order, attempts=64)
    assert_sound(outcomes, worst)
    assert outcomes["accept: done"] >= 1
    assert Appointment.objects.count() == 1
    assert not WaitingOffer.objects.open().exists()


def ten_wait(order: dict[str, Any]) -> None:
    """For the one visit that a doctor has in the week to come."""
    doctor = Membership.objects.doctors().get(pk=order["doctors"][0])
    nine = datetime.fromisoformat(order["times"][0]).astimezone(doctor.clinic.zone)
    doctor.weekly_rules.all().delete()
    WeeklyRuleFactory(
        doctor=doctor, weekday=nine.weekday(), starts=time(9), ends=time(9, 40)
    )
    for row in RegistrationFactory.create_batch(10, clinic=doctor.clinic):
        actions.join_waitlist(
            clinic=doctor.clinic,
            patient=row.patient,
            department=doctor.department,
            doctor=doctor,
            visit_type="consultation",
            wishes=actions.Wishes(nine.date(), nine.date()),
            by=row.patient.user.as_actor(role="patient"),
        )
