"""The only source of "now" in domain code.

Demo data is made by the same actions that people use, dated by `at(...)`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_fixed: ContextVar[datetime | None] = ContextVar("healix_clock", default=None)


def now() -> datetime:
    return _fixed.get() or timezone.now()  # noqa: TID251 - the one place


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let `now()` answer `moment` (aware) inside the block, in this context only."""
    if timezone.is_naive(moment):
        raise ValueError("The clock needs an aware datetime.")
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
