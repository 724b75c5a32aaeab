"""book() against the same rows written bare, and fifty people after one time."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, cycle
from statistics import median
from time import perf_counter
from typing import Any, TypeVar
from uuid import uuid4

from django.db import connection
from django.db.models import Model

from accounts.models import Person
from appointments.actions import SlotTaken, book
from appointments.actions.booking import new_reference
from appointments.models import Appointment, Resource, VisitType
from appointments.search import free_days
from clinics.models import CareTeamMember, Membership
from healthcare import clock
from healthcare.audit.hmacs import event_hmac
from healthcare.audit.models import AuditEvent
from healthcare.db.models import PublicModel
from healthcare.outbox.models import Message
from records.bench.bare import Bare, Insert, insert_of
from records.bench.rows import Row
from records.bench.scale import MAIN
from records.bench.switch import counted
from records.bench.timing import take_turns, throughput_ratio, told
from records.bench.town import today

PART_OF_RAW = 0.5
CLIENTS, LONGEST_WAIT = 50, 0.2
BOOKED, TAKEN = "booked", "taken"
TIMES = 8

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Wish:
    """A patient of the clinic, their doctor there, and a time that is free."""

    patient: Person
    doctor: Membership
    starts_at: datetime

    def book(self) -> Appointment:
        assert self.patient.user is not None
        return book(
            clinic=self.doctor.clinic,
            patient=self.patient,
            doctor=self.doctor,
            starts_at=self.starts_at,
            visit_type=VisitType.CONSULTATION,
            reason="Blood pressure review",
            by=self.patient.user.as_actor(role="patient"),
            submission=uuid4(),
        )


def wishes() -> Iterator[Wish]:
    """Times that nobody has, each once, for walk-ins who have no visit yet."""
    caring = CareTeamMember.objects.filter(
        clinic__slug=MAIN, patient__user__email__startswith="walkin"
    ).select_related("patient__user__person")
    doctors = {
        doctor.pk: doctor
        for doctor in Membership.objects.doctors().filter(clinic__slug=MAIN)
    }
    free = {pk: _free(doctor) for pk, doctor in doctors.items()}
    for each in cycle(caring):
        starts_at = next(free[each.member_id], None)
        if starts_at is None:
            return
        yield Wish(each.patient, doctors[each.member_id], starts_at)


def _free(doctor: Membership) -> Iterator[datetime]:
    first = today() + timedelta(days=2)
    days = free_days(doctor, first=first, days=28, now=clock.now())
    return chain.from_iterable(day.starts for day in days)


def rows(rounds: int, races: int) -> Iterator[Row]:
    source = wishes()
    yield _against_raw(source, rounds)
    yield _race(source, races)


def _against_raw(source: Iterator[Wish], rounds: int) -> Row:
    first = next(source)
    with counted() as queries:
        sample = first.book()
    asked = len(queries)
    copies = [_written(sample, next(source)) for _ in range(rounds * TIMES)]
    bare = Bare()
    waiting = iter(copies)
    acts: dict[str, Callable[[], object]] = {
        "raw": lambda: bare.write(next(waiting)),
        "book": lambda: next(source).book(),
    }
    try:
        measured = take_turns(acts, rounds=rounds, times=TIMES)
    finally:
        bare.close()
    ratio = throughput_ratio(measured["raw"], measured["book"])
    return Row(
        what="booking through book()",
        floor=f"raw insert of the same rows {told(measured['raw'])}",
        figure=told(measured["book"]),
        ratio=ratio,
        goal="≥ 0.50",
        met=ratio >= PART_OF_RAW,
        queries=asked,
        note=f"rows: {', '.join(insert.table for insert in copies[0])}",
    )


def _written(sample: Appointment, wish: Wish) -> list[Insert]:
    """What booking `sample` wrote, made over to another wish."""
    minutes = sample.ends_at - sample.starts_at
    appointment = _copy(
        sample,
        patient=wish.patient,
        doctor=wish.doctor,
        department=wish.doctor.department,
        reference=new_reference(),
        submission=uuid4(),
        starts_at=wish.starts_at,
        ends_at=wish.starts_at + minutes,
    )
    people = (wish.doctor.person, wish.patient)
    claims = [
        _copy(
            claim,
            resource=Resource.objects.get(person=person),
            busy_start=appointment.starts_at,
            busy_end=appointment.ends_at,
        )
        for claim, person in zip(sample.claims.order_by("pk"), people, strict=True)
    ]
    change = _copy(sample.changes.get())
    event = _copy(
        AuditEvent.objects.get(target_uid=str(sample.uid)),
        target_uid=str(appointment.uid),
    )
    event.hmac = event_hmac(event)
    message = _copy(
        Message.objects.get(dedup_key__startswith=f"booked:{sample.uid}"),
        dedup_key=f"booked:{appointment.uid}:0",
    )
    return [insert_of(row) for row in (appointment, *claims, change, event, message)]


def _copy(row: M, **changes: Any) -> M:
    twin = copy(row)
    if isinstance(twin, PublicModel):
        twin.uid = uuid4()
    for name, value in changes.items():
        setattr(twin, name, value)
    return twin


@dataclass(frozen=True)
class Client:
    """What one of those who wanted the time was told, and after how long."""

    answer: str
    seconds: float


def _race(source: Iterator[Wish], races: int) -> Row:
    before = _deadlocks()
    found = [_one_race(next(source)) for _ in range(races)]
    deadlocks = _deadlocks() - before
    booked = sorted({_count(clients, BOOKED) for clients in found})
    answers = [each.answer for clients in found for each in clients]
    errors = [answer for answer in answers if answer not in (BOOKED, TAKEN)]
    waits = [max(each.seconds for each in clients) for clients in found]
    worst = median(waits)
    clean = booked == [1] and not errors and not deadlocks
    note = f"worst wait of each race: {', '.join(f'{wait:.2f}' for wait in waits)} s"
    if errors:
        note += f"; errors: {', '.join(sorted(set(errors)))}"
    return Row(
        what=f"{CLIENTS} clients, one slot",
        figure=f"{' or '.join(map(str, booked))} booked, {deadlocks} deadlocks, "
        f"{len(errors)} errors, worst wait {worst:.2f} s",
        goal="1 booked, 0 deadlocks, ≤ 0.20 s",
        met=clean and worst <= LONGEST_WAIT,
        note=note,
    )


def _count(clients: Sequence[Client], answer: str) -> int:
    return sum(each.answer == answer for each in clients)


def _one_race(wish: Wish) -> list[Client]:
    """Fifty processes, each with a connection of its own, let go at once."""
    people = Person.objects.filter(
        user__email__startswith="walkin", registrations__clinic=wish.doctor.clinic
    ).select_related("user")
    runners = [replace(wish, patient=person) for person in people[:CLIENTS]]
    connection.close()
    forked = multiprocessing.get_context("fork")
    start, answers = forked.Barrier(CLIENTS + 1), forked.SimpleQueue()
    processes = [
        forked.Process(target=_run, args=(runner, start, answers)) for runner in runners
    ]
    for process in processes:
        process.start()
    start.wait(timeout=60)
    clients = [answers.get() for _ in processes]
    for process in processes:
        process.join()
    return clients


def _run(wish: Wish, start: Any, answers: Any) -> None:
    connection.ensure_connection()
    start.wait(timeout=60)
    started = perf_counter()
    try:
        wish.book()
        answer = BOOKED
    except SlotTaken:
        answer = TAKEN
    except Exception as error:  # noqa: BLE001 - whatever it was is the finding
        answer = type(error).__name__
    answers.put(Client(answer, perf_counter() - started))
    connection.close()


def _deadlocks() -> int:
    """Also those that a retry has hidden."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        return int(cursor.fetchone()[0])
