"""Many at once on one thing."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection


def at_once(acts: Sequence[Callable[..., Any]]) -> list[Any]:
    """Start all acts together, each on a connection of its own; results or errors."""
    start = Barrier(len(acts))

    def run(act: Callable[..., Any]) -> Any:
        try:
            start.wait(timeout=20)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(run, act) for act in acts]
    return [future.exception() or future.result() for future in futures]
