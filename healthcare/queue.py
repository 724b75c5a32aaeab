"""The queue: which functions may run, and how they get there.

A row of the queue names a function marked `@task` and row ids, nothing else: what the
work needs is read from the tables. Anything else found in the queue is thrown away.
"""

from collections.abc import Callable
from functools import cache, wraps
from time import monotonic, sleep
from typing import Any

import structlog
from django.db import transaction
from django.utils.module_loading import autodiscover_modules
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.exceptions import TimeoutException
from django_q.models import OrmQ, Schedule
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from healthcare import clock, heartbeats
from healthcare.audit.actors import coming_from

Task = Callable[..., None]

log = structlog.get_logger(__name__)
_tasks: dict[str, Task] = {}
_minutes: dict[str, int] = {}

# The queue is emptied in the order of its keys: the beat overtakes everything.
URGENT, USUAL = "beat", Conf.PREFIX


class TaskFailed(Exception):
    """Says which kind of error ended a task; what that error said stays unsaid."""


def task(function: Task) -> Task:
    """Let the queue run this function, from an app's tasks.py.

    Its errors are logged by type: django-q2 would write their text into the log and
    the database.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def inner(*ids: int) -> None:
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(channel="job", task=name)
        try:
            with coming_from(channel="job"):
                function(*ids)
        except TimeoutException:
            raise TimeoutException(name) from None
        except Exception as error:
            log.error("task_failed", exc_info=True)
            raise TaskFailed(type(error).__qualname__) from None

    _tasks[name] = inner
    return inner


def every(*, minutes: int) -> Callable[[Task], Task]:
    """Run this task by itself, again and again."""

    def mark(function: Task) -> Task:
        _minutes[name_of(function)] = minutes
        return function

    return mark


def name_of(function: Task) -> str:
    return f"{function.__module__}.{function.__qualname__}"


@cache
def known_tasks() -> dict[str, Task]:
    autodiscover_modules("tasks")
    return _tasks


def enqueue(function: Task, *ids: int, key: str = USUAL) -> None:
    """Have a worker run a task soon; inside a transaction, call it on commit."""
    async_task(name_of(function), *ids, cluster=key)


@transaction.atomic
def write_schedules() -> None:
    """Make the table of schedules say what the code says, and nothing more."""
    known_tasks()
    due = dict(Schedule.objects.values_list("name", "next_run"))
    Schedule.objects.all().delete()
    Schedule.objects.bulk_create(
        Schedule(
            name=name,
            func=name,
            schedule_type=Schedule.MINUTES,
            minutes=minutes,
            repeats=-1,
            next_run=due.get(name, clock.now()),
        )
        for name, minutes in _minutes.items()
    )


def forget_beats() -> None:
    """Beats of a cluster that is gone."""
    OrmQ.objects.filter(key=URGENT).delete()


def is_allowed(payload: str) -> bool:
    """A task of ours, with ids for arguments and nothing to run afterwards."""
    try:
        package = SignedPackage.loads(payload)
        name, ids = package["func"], package["args"]
        extras = (package["kwargs"], package.get("hook"), package.get("chain"))
    except Exception:
        log.error("queue_row_unreadable", exc_info=True)
        return False
    is_ours = isinstance(name, str) and name in known_tasks()
    return is_ours and all(isinstance(i, int) for i in ids) and not any(extras)


class Broker(ORM):
    """Hands out tasks of ours in order, urgent ones first, and tells of each one done.

    django-q2 would import and call any name that a row holds, and lets one row that
    cannot be unpickled end its pusher again and again.
    """

    _told = 0.0

    def dequeue(self) -> list[tuple[int, str]]:
        waiting = self.get_connection().filter(
            key__in=(URGENT, self.list_key), lock__lt=clock.now()
        )
        rows = list(waiting.order_by("key", "id")[: Conf.BULK])
        if not rows:
            sleep(Conf.POLL)
        return [(row.pk, row.payload) for row in rows if self._take(row)]

    def _take(self, row: Any) -> bool:
        same = self.get_connection().filter(pk=row.pk, lock=row.lock)
        if not same.update(lock=self.timeout(row)):
            return False
        if is_allowed(row.payload):
            return True
        log.error("queue_row_refused", row=row.pk)
        self.delete(row.pk)
        return False

    def acknowledge(self, task_id: int) -> None:
        super().acknowledge(task_id)
        if monotonic() - self._told >= 1:
            self._told = monotonic()
            heartbeats.touch("acknowledged")
