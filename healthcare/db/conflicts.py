"""When two writers want the same: what the database said, and trying again."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import IntegrityError, OperationalError, connection, transaction

ATTEMPTS = 3
PAUSE_SECONDS = 0.05
SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"

T = TypeVar("T")


def is_overlap(error: IntegrityError) -> bool:
    """Was it a NoOverlap guard that refused?"""
    return "no_overlap" in str(error)


def is_transient(error: OperationalError) -> bool:
    """Would the same act succeed when tried again?"""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in (SERIALIZATION_FAILURE, DEADLOCK) or "locked" in str(error)


def retried(act: Callable[[], T]) -> T:
    """Run `act` in a transaction, up to three times when others were in its way.

    Inside a transaction of the caller's it runs once: only the whole can be retried.
    """
    attempts = 1 if connection.in_atomic_block else ATTEMPTS
    for attempt in range(1, attempts + 1):
        try:
            with transaction.atomic():
                return act()
        except OperationalError as error:
            if attempt == attempts or not is_transient(error):
                raise
            time.sleep(random.uniform(0, PAUSE_SECONDS * attempt))  # noqa: S311
    raise AssertionError("unreachable")
