"""Many processes want the same time: the database gives it to one of them."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from accounts.factories import PersonFactory
from appointments.factories import WeeklyRuleFactory
from appointments.models import Appointment, Claim, Resource
from appointments.slots import first_instant
from clinics.factories import ClinicFactory, DepartmentFactory, RegistrationFactory
from clinics.models import Membership
from healthcare import clock
from healthcare.db.guards import declared
from healthcare.db.operations import NoOverlap

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("races"),
]

PROCESSES = 8
ATTEMPTS = 1000
PATIENTS = 40
PATIENCE = 60.0


class Race:
    """Processes that are ready to run; each run starts all of them at once."""

    def __init__(self) -> None:
        env = os.environ | {"RACE_DATABASE": str(connection.settings_dict["NAME"])}
        command = [sys.executable, "-m", "appointments.tests.racer"]
        self.racers = [
            subprocess.Popen(
                command,
                cwd=settings.BASE_DIR,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                bufsize=1,
            )
            for _n in range(PROCESSES)
        ]
        for racer in self.racers:
            assert racer.stdout.readline() == "ready\n"

    def run(self, *orders: dict[str, Any], attempts: int) -> tuple[Counter, float]:
        """Share the attempts out; the orders go round among the processes."""
        share = attempts // PROCESSES
        for n, racer in enumerate(self.racers):
            order = orders[n % len(orders)]
            order = {**order, "attempts": share, "first": n * share}
            racer.stdin.write(json.dumps(order) + "\n")
        answers = [json.loads(racer.stdout.readline()) for racer in self.racers]
        outcomes = sum((Counter(each["outcomes"]) for each in answers), Counter())
        return outcomes, max(each["worst"] for each in answers)

    def close(self) -> None:
        for racer in self.racers:
            racer.stdin.close()
        for racer in self.racers:
            racer.wait(timeout=30)
            racer.stdout.close()


@pytest.fixture(scope="module")
def race(django_db_setup: None) -> Iterator[Race]:
    running = Race()
    yield running
    running.close()


@pytest.fixture
def patients(riverside) -> list[int]:
    rows = RegistrationFactory.create_batch(PATIENTS, clinic=riverside.clinic)
    return [row.patient_id for row in rows]


def in_three_days(zone: Any, at: time) -> datetime:
    day = clock.now().astimezone(zone).date() + timedelta(days=3)
    return first_instant(datetime.combine(day, at), zone)


def offered(doctor: Membership, starts: time, ends: time) -> tuple[int, str]:
    """Hours every day that hold exactly one visit, and that visit as a wish."""
    for weekday in range(7):
        WeeklyRuleFactory(doctor=doctor, weekday=weekday, starts=starts, ends=ends)
    return doctor.pk, in_three_days(doctor.clinic.zone, starts).isoformat()


def also_at(doctor: Membership, minutes: int) -> Membership:
    """The same doctor at another clinic, with visits of another length."""
    clinic = ClinicFactory(time_zone=doctor.clinic.time_zone)
    return Membership.objects.create(
        user=doctor.user,
        clinic=clinic,
        role="doctor",
        department=DepartmentFactory(clinic=clinic),
        visit_minutes=minutes,
    )


def doctors_claims(doctor: Membership) -> int:
    held = Claim.objects.filter(resource__person=doctor.person, active=True)
    return held.count()


def assert_one(outcomes: Counter, worst: float, attempts: int) -> None:
    print(f"{connection.vendor}: {dict(outcomes)}, worst wait {worst:.2f} s")  # noqa: T201
    assert set(outcomes) <= {"booked", "taken: doctor", "taken: patient"}
    assert outcomes["booked"] == 1
    assert sum(outcomes.values()) == attempts
    assert worst < PATIENCE
    assert Appointment.objects.count() == 1
    assert Claim.objects.count() == 2


def test_one_slot(race, riverside, patients):
    wish = offered(riverside.doctor, time(9), time(9, 30))
    order = {"verb": "book", "wishes": [wish], "patients": patients}
    outcomes, worst = race.run(order, attempts=ATTEMPTS)
    assert_one(outcomes, worst, ATTEMPTS)


def test_overlapping_times_of_unequal_length(race, riverside, patients):
    """One doctor, three clinics: 09:00 to 09:30, 09:10 to 09:50, 09:25 to 10:25."""
    wishes = [
        offered(riverside.doctor, time(9), time(9, 30)),
        offered(also_at(riverside.doctor, 40), time(9, 10), time(9, 50)),
        offered(also_at(riverside.doctor, 60), time(9, 25), time(10, 25)),
    ]
    order = {"verb": "book", "wishes": wishes, "patients": patients}
    outcomes, worst = race.run(order, attempts=ATTEMPTS)
    assert_one(outcomes, worst, ATTEMPTS)


def test_one_patient_at_many_doctors(race, riverside, hillcrest):
    """A patient cannot be in two places at once, whichever doctor has time."""
    person = PersonFactory()
    start = time(9)
    wishes = [offered(riverside.doctor, start, time(9, 30))]
    for n in range(3):
        other = Membership.objects.create(
            user=PersonFactory().user,
            clinic=riverside.clinic,
            role="doctor",
            department=riverside.department,
            visit_minutes=30 + n,
        )
        wishes.append(offered(other, start, time(9, 30 + n)))
    order = {"verb": "book", "wishes": wishes, "patients": [person.pk]}
    outcomes, worst = race.run(order, attempts=200)
    assert_one(outcomes, worst, 200)


def test_against_raw_sql(race, riverside, patients):
    """Half of the processes insert claims behind book()'s back."""
    doctor = riverside.doctor
    wish = offered(doctor, time(9), time(9, 30))
    start = datetime.fromisoformat(wish[1])
    other = an_appointment(riverside, start + timedelta(days=1))
    resource = Resource.objects.get_or_create(person=doctor.person)[0]
    periods = [
        [str(start + timedelta(minutes=m)), str(start + timedelta(minutes=m + 40))]
        for m in (-10, -35, 0, 5, 25)
    ]
    raw = {
        "verb": "insert",
        "appointment": other.pk,
        "resource": resource.pk,
        "periods": periods,
    }
    books = {"verb": "book", "wishes": [wish], "patients": patients}
    outcomes, worst = race.run(raw, books, attempts=200)
    print(f"{connection.vendor}: {dict(outcomes)}, worst wait {worst:.2f} s")  # noqa: T201
    known = {"booked", "inserted", "refused", "taken: doctor", "taken: patient"}
    assert set(outcomes) <= known
    assert none_overlap(resource)


def an_appointment(cast: Any, start: datetime) -> Appointment:
    """A row to hang raw claims on, without claims of its own."""
    return Appointment.objects.create(
        clinic=cast.clinic,
        patient=cast.patient.patient,
        doctor=cast.doctor,
        department=cast.department,
        reference="HX-222222",
        starts_at=start,
        ends_at=start + timedelta(minutes=30),
        wall_start="2026-01-01T09:00",
        time_zone=cast.clinic.time_zone,
        created_at=clock.now(),
    )


def none_overlap(resource: Resource) -> bool:
    held = Claim.objects.filter(resource=resource, active=True).order_by("busy_start")
    spans = list(held.values_list("busy_start", "busy_end"))
    later = pairwise(spans)
    return bool(spans) and all(one[1] <= two[0] for one, two in later)


@contextmanager
def without_the_guard() -> Iterator[None]:
    """Take NoOverlap from the claims; put it back when they are gone."""
    guards = [(g, t) for g, t in declared(connection) if isinstance(g, NoOverlap)]
    with connection.schema_editor() as editor:
        for guard, table in guards:
            guard.uninstall(editor, table)
    try:
        yield
    finally:
        Claim.objects.all().delete()
        with connection.schema_editor() as editor:
            for guard, table in guards:
                guard.install(editor, table)


def test_control_without_the_guard_the_same_race_books_twice(race, riverside, patients):
    wish = offered(riverside.doctor, time(9), time(9, 30))
    order = {"verb": "book", "wishes": [wish], "patients": patients}
    with without_the_guard():
        outcomes, _worst = race.run(order, attempts=24)
        assert doctors_claims(riverside.doctor) > 1
    assert outcomes["booked"] > 1
