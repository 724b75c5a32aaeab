"""Keeps the cluster of workers alive, and knows when it only looks alive.

Measured on django-q2 1.11: a worker that is killed while it holds the lock of the
inner queue stops all the others, and a monitor killed so leaves every task without its
acknowledgement; the processes stay. So a small task goes round every two seconds, and
when its traces stop the whole process group is ended and started afresh.
"""

import signal
from datetime import timedelta
from time import monotonic, sleep

import structlog
from django.db import DatabaseError, close_old_connections, connection
from django_q.cluster import Cluster

from healthcare import clock, heartbeats
from healthcare.processes import (
    TICK,
    Backoff,
    Fork,
    Group,
    StopSignal,
    live_on,
    stop,
)
from healthcare.queue import URGENT, enqueue, forget_beats
from healthcare.tasks import beat

BEAT_EVERY = timedelta(seconds=2)
HELD_UP = timedelta(seconds=10)
GRACE = 8.0
START = timedelta(seconds=90)
# Silence of a worker, of the monitor, and of the sentinel's scheduler.
LIMITS = {
    "worker": timedelta(seconds=15),
    "acknowledged": timedelta(seconds=15),
    "sweeper": timedelta(seconds=200),
}

log = structlog.get_logger(__name__)


def cluster(pipe: int) -> None:
    """Until TERM, and then until what is being done is done."""
    workers = Cluster()
    workers.start()
    signal.signal(signal.SIGTERM, lambda signum, frame: workers.stop_event.set())
    while workers.sentinel.is_alive():
        live_on(pipe)


class Watchdog:
    def __init__(self, signals: StopSignal) -> None:
        self.signals = signals
        self.backoff = Backoff()

    def run(self) -> None:
        """Until asked to stop. A cluster that never beats is started less often."""
        while not self.signals.received:
            group = Fork(cluster)
            log.info("cluster_started", group=group.pid)
            try:
                self._watch(Watch(group))
            finally:
                stop([group], GRACE)
            self._wait(self.backoff.grow())

    def _watch(self, watch: "Watch") -> None:
        while not self.signals.received:
            if watch.group.has_ended():
                log.error("cluster_died", code=watch.group.code)
                return
            if silent := watch.silent():
                log.error("cluster_silent", silent=silent)
                watch.group.kill()
                return
            if watch.has_beaten:
                self.backoff.forget()
            sleep(TICK)

    def _wait(self, seconds: float) -> None:
        until = monotonic() + seconds
        while monotonic() < until and not self.signals.received:
            sleep(TICK)


class Watch:
    """What the watchdog knows about one cluster."""

    def __init__(self, group: Group) -> None:
        self.group = group
        self.since = self.checked_at = clock.now()
        self.has_beaten = False

    def silent(self) -> list[str]:
        """The traces missing for too long. Sends the next beat when it is time.

        The workers are not to blame while the database does not answer us either, nor
        when we were held up ourselves, as on a machine that slept.
        """
        now = clock.now()
        gap = now - self.checked_at
        if gap < BEAT_EVERY:
            return []
        self.checked_at = now
        if gap > HELD_UP:
            self.since = now
        try:
            close_old_connections()
            missing = self._missing()
            if not self.has_beaten:
                forget_beats()
            enqueue(beat, key=URGENT)
        except DatabaseError:
            log.warning("database_away", exc_info=True)
            connection.close()
            self.since = now
            return []
        return missing

    def _missing(self) -> list[str]:
        now = clock.now()
        last = {name: heartbeats.last(name) or self.since for name in LIMITS}
        self.has_beaten |= last["worker"] > self.since
        if not self.has_beaten:
            return ["start"] if now - self.since > START else []
        quiet = {name: now - max(at, self.since) for name, at in last.items()}
        return [name for name, limit in LIMITS.items() if quiet[name] > limit]
