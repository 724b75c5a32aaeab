"""How many of a kind may be at work at once on this machine.

The operating system keeps the locks, so a killed process leaves its lane at once.
Together the lanes are one less than the workers: the beat always finds one free.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


@contextmanager
def lane(kind: str) -> Iterator[bool]:
    """True inside the block if one of the lanes of that kind was free."""
    descriptor = _enter(kind)
    try:
        yield descriptor is not None
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _enter(kind: str) -> int | None:
    folder = settings.DATA_DIR / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(settings.QUEUE_LANES[kind]):
        path = folder / f"{kind}-{number}"
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
        else:
            return descriptor
    return None
