"""What kinds of jobs there are. Each is a function in its app's tasks.py."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from healthcare.jobs.models import Job
from healthcare.queue import known_tasks


class JobRefused(Exception):
    """The job cannot be done, and trying again would not help.

    The message is shown to the person who asked.
    """


class Cancelled(Exception):
    """Nobody waits for this job any longer, or another worker has it."""


class Progress(Protocol):
    def __call__(self, done: int, total: int) -> None:
        """Tell how far the job is. Raises Cancelled; call it between transactions."""


@dataclass(frozen=True)
class JobFile:
    name: str
    content: bytes


Kind = Callable[[Job, Progress], JobFile | None]
_kinds: dict[str, Kind] = {}


def job_kind(name: str) -> Callable[[Kind], Kind]:
    def mark(function: Kind) -> Kind:
        _kinds[name] = function
        return function

    return mark


def kind_of(name: str) -> Kind:
    """Raises KeyError for a kind that no app knows."""
    known_tasks()
    return _kinds[name]
