"""Doing the jobs."""

import hashlib
from datetime import timedelta
from pathlib import PurePath
from time import monotonic
from typing import Any
from uuid import uuid4

import structlog
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from healthcare import clock
from healthcare.audit.actions import Ref, record
from healthcare.audit.actors import Actor, coming_from
from healthcare.audit.models import Action, Outcome
from healthcare.jobs.gates import allows
from healthcare.jobs.kinds import Cancelled, JobFile, JobRefused, kind_of
from healthcare.jobs.lease import JobProgress, Pulse, claim, held
from healthcare.jobs.models import ATTEMPTS, Job

SLICE = 60.0

log = structlog.get_logger(__name__)


def run_waiting() -> int:
    """Do the jobs that wait, oldest first, for about a minute. Answers how many."""
    began, count = monotonic(), 0
    while monotonic() - began < SLICE:
        waiting = Job.objects.runnable(clock.now()).order_by("id")
        job_id = waiting.values_list("id", flat=True).first()
        if job_id is None:
            break
        run(job_id)
        count += 1
    return count


def run(job_id: int) -> None:
    """Do one job, unless another worker has it."""
    job = claim(job_id)
    if job is None:
        return
    with Pulse(job), coming_from(channel="job"):
        try:
            if not allows(job.owner, job):
                raise JobRefused(_("You no longer have access to this clinic."))
            _finish(job, kind_of(job.kind)(job, JobProgress(job)))
        except Cancelled:
            log.info("job_cancelled", job=str(job.uid))
        except JobRefused as refused:
            _fail(job, str(refused))
        except SystemExit:
            _give_back(job)
            raise
        except Exception:
            log.error("job_failed", job=str(job.uid), exc_info=True)
            _give_back(job)


def end_hopeless() -> int:
    """Fail the jobs that ended every worker that tried them."""
    hopeless = list(Job.objects.hopeless(clock.now()).select_related("owner"))
    for job in hopeless:
        _fail(job, _exhausted())
    return len(hopeless)


def _finish(job: Job, made: JobFile | None) -> None:
    file = _keep(made) if made else {}
    with transaction.atomic():
        is_mine = held(job).update(
            status=Job.Status.DONE,
            leased_until=None,
            finished_at=clock.now(),
            **file,
        )
        if is_mine:
            _note(job, Outcome.DONE)
    if not is_mine:
        if file:
            default_storage.delete(file["file"])
        raise Cancelled


def _keep(made: JobFile) -> dict[str, Any]:
    """Store the file under a random name."""
    name = f"jobs/{uuid4().hex}{PurePath(made.name).suffix}"
    return {
        "file": default_storage.save(name, ContentFile(made.content)),
        "file_name": made.name[:120],
        "file_size": len(made.content),
        "file_sha256": hashlib.sha256(made.content).hexdigest(),
    }


def _give_back(job: Job) -> None:
    """Try again after a pause that doubles, or fail for good."""
    if job.attempts >= ATTEMPTS:
        _fail(job, _exhausted())
        return
    pause = timedelta(seconds=5 * 2 ** (job.attempts - 1))
    held(job).update(status=Job.Status.QUEUED, leased_until=clock.now() + pause)


@transaction.atomic
def _fail(job: Job, told: str) -> None:
    open_still = Job.objects.filter(pk=job.pk, holder=job.holder, status__in=Job.OPEN)
    if open_still.update(
        status=Job.Status.FAILED,
        error=told[:300],
        leased_until=None,
        finished_at=clock.now(),
    ):
        _note(job, Outcome.FAILED)


def _exhausted() -> str:
    return _("It did not work in five tries.")


def _note(job: Job, outcome: Outcome) -> None:
    actor: Actor = job.owner.as_actor(role=job.owner_role)
    clinic = Ref(job.clinic_uid) if job.clinic_uid else None
    record(Action.REPORT_MADE, by=actor, clinic=clinic, target=job, outcome=outcome)
