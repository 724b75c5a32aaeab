"""Who has a job: a worker holds it by a lease that it keeps extending. The lease of a
killed worker runs out, and the next one begins the job again."""

from datetime import timedelta
from threading import Event, Thread
from time import monotonic
from uuid import uuid4

import structlog
from django.db import DatabaseError, connection
from django.db.models import F
from django.db.models.functions import Coalesce

from healthcare import clock
from healthcare.jobs.kinds import Cancelled
from healthcare.jobs.models import Job, JobQuerySet

LEASE = timedelta(seconds=60)
EXTEND_EVERY = 15.0
SAVE_EVERY = 0.4

log = structlog.get_logger(__name__)


def claim(job_id: int) -> Job | None:
    """Take the job if nobody has it; the attempt is counted before the work."""
    now, holder = clock.now(), uuid4()
    mine = Job.objects.runnable(now).filter(pk=job_id)
    if not mine.update(
        status=Job.Status.RUNNING,
        attempts=F("attempts") + 1,
        holder=holder,
        done=0,
        leased_until=now + LEASE,
        started_at=Coalesce("started_at", now),
    ):
        return None
    held_now = Job.objects.select_related("owner").filter(pk=job_id, holder=holder)
    return held_now.first()


def held(job: Job) -> JobQuerySet:
    """The job's row, as long as this worker is the one that has it."""
    return Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING, holder=job.holder)


class JobProgress:
    """What a job calls as it goes. Saves a few times a second at the most."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.saved_at = 0.0

    def __call__(self, done: int, total: int) -> None:
        if monotonic() - self.saved_at < SAVE_EVERY:
            return
        self.saved_at = monotonic()
        until = clock.now() + LEASE
        if not held(self.job).update(done=done, total=total, leased_until=until):
            raise Cancelled


class Pulse:
    """Extends the lease from a thread while the job is silent, as in a long render.

    The queue's own time-out ends a job that hangs.
    """

    def __init__(self, job: Job) -> None:
        self.job = job
        self.ended = Event()
        self.thread = Thread(target=self._extend, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *error: object) -> None:
        self.ended.set()
        self.thread.join()

    def _extend(self) -> None:
        while not self.ended.wait(EXTEND_EVERY):
            try:
                held(self.job).update(leased_until=clock.now() + LEASE)
            except DatabaseError:
                log.warning("lease_not_extended", job=str(self.job.uid))
            finally:
                connection.close()
