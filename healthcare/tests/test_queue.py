"""Only tasks of ours run, urgent ones first, and what they say of errors is a type."""

from typing import Any

import pytest
from django_q import scheduler
from django_q.conf import Conf
from django_q.exceptions import TimeoutException
from django_q.models import OrmQ, Schedule
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from healthcare import clock, heartbeats, queue
from healthcare.outbox.tasks import drain
from healthcare.queue import (
    URGENT,
    USUAL,
    Broker,
    TaskFailed,
    enqueue,
    is_allowed,
    known_tasks,
    task,
    write_schedules,
)
from healthcare.tasks import beat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_sleep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Conf, "POLL", 0)


def package(**changes: Any) -> str:
    values = {"id": "x", "name": "x", "func": "healthcare.tasks.beat", "args": ()}
    return SignedPackage.dumps(values | {"kwargs": {}} | changes)


def names(rows: list[tuple[int, str]]) -> list[str]:
    return [SignedPackage.loads(payload)["func"] for _, payload in rows]


def test_it_works() -> None:
    enqueue(drain)
    assert names(Broker().dequeue()) == ["healthcare.outbox.tasks.drain"]
    assert Broker().dequeue() == []


@pytest.mark.parametrize(
    "name",
    ["os.system", "healthcare.outbox.delivery.drain", "django.core.management.execute"],
)
def test_other_functions_are_thrown_away(name: str) -> None:
    async_task(name)
    assert Broker().dequeue() == []
    assert OrmQ.objects.count() == 0


def test_a_schedule_of_another_function_is_thrown_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scheduler, "close_old_django_connections", lambda: None)
    Schedule.objects.create(func="os.getcwd", next_run=clock.now(), repeats=-1)
    scheduler.scheduler(broker=Broker())
    assert OrmQ.objects.count() == 1
    assert Broker().dequeue() == []
    assert OrmQ.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"func": "os.system"},
        {"func": print},
        {"args": ("text",)},
        {"args": ({"a": 1},)},
        {"kwargs": {"a": 1}},
        {"hook": "os.system"},
        {"chain": [("os.system", (), {})]},
    ],
)
def test_anything_but_a_task_with_ids_is_refused(changes: dict[str, Any]) -> None:
    assert is_allowed(package(args=(7,)))
    assert not is_allowed(package(**changes))


def test_what_cannot_be_read_is_refused_and_holds_nothing_up() -> None:
    unknown = package().replace(package()[:4], "gASV")
    OrmQ.objects.create(key=USUAL, payload="rubbish", lock=clock.now())
    OrmQ.objects.create(key=USUAL, payload=unknown, lock=clock.now())
    enqueue(drain)
    taken = [Broker().dequeue() for _ in range(3)]
    assert [len(rows) for rows in taken] == [0, 0, 1]
    assert OrmQ.objects.count() == 1


def test_the_beat_overtakes_and_the_rest_keep_their_order() -> None:
    for job_id in (3, 1, 2):
        async_task("healthcare.jobs.tasks.work", job_id)
    enqueue(beat, key=URGENT)
    rows = [row for _ in range(4) for row in Broker().dequeue()]
    packages = [SignedPackage.loads(payload) for _, payload in rows]
    assert packages[0]["func"] == "healthcare.tasks.beat"
    assert [p["args"] for p in packages[1:]] == [(3,), (1,), (2,)]


def test_an_acknowledgement_leaves_a_trace() -> None:
    enqueue(drain)
    broker = Broker()
    ((row, _),) = broker.dequeue()
    broker.acknowledge(row)
    assert OrmQ.objects.count() == 0
    assert heartbeats.last("acknowledged") is not None


def test_an_error_is_told_by_its_type_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(queue, "_tasks", {})

    @task
    def failing() -> None:
        raise ValueError("Ada Lovelace has a cough")

    caplog.set_level("INFO")
    with pytest.raises(TaskFailed) as caught:
        failing()
    assert str(caught.value) == "ValueError"
    assert caught.value.__suppress_context__
    (entry,) = caplog.records
    told: Any = entry.msg
    assert told["error"] == "ValueError"
    assert "cough" not in caplog.text


def test_a_time_out_stays_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """django-q2 ends the worker by it."""
    monkeypatch.setattr(queue, "_tasks", {})

    @task
    def endless() -> None:
        raise TimeoutException("the row was Ada's")

    with pytest.raises(TimeoutException, match="endless"):
        endless()


def test_schedules_are_written_once_and_others_removed() -> None:
    Schedule.objects.create(func="os.system", name="planted")
    write_schedules()
    kept = Schedule.objects.get(name="healthcare.tasks.sweep")
    write_schedules()
    assert {s.func: s.minutes for s in Schedule.objects.all()} == queue._minutes
    again = Schedule.objects.get(name="healthcare.tasks.sweep")
    assert (again.minutes, again.next_run) == (1, kept.next_run)


def test_every_schedule_is_of_a_task() -> None:
    assert set(queue._minutes) <= set(known_tasks())


def test_the_beat_hands_out_what_waits() -> None:
    from healthcare.outbox.tests.test_delivery import written

    beat()
    assert heartbeats.last("worker") is not None
    assert Broker().dequeue() == []
    written()
    beat()
    assert names(Broker().dequeue()) == ["healthcare.outbox.tasks.drain"]


def test_time_out_is_shorter_than_retry_and_one_worker_stays_free() -> None:
    assert Conf.TIMEOUT < Conf.RETRY
    assert Conf.ACK_FAILURES
    assert Conf.WORKERS == 5
    assert Conf.SAVE_LIMIT == -1
