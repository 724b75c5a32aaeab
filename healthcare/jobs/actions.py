"""The verbs of long work: ask for it, stop it, ask again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from healthcare import clock
from healthcare.audit.actions import Ref, record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action
from healthcare.jobs import tasks
from healthcare.jobs.kinds import Cancelled, JobFile, JobRefused, job_kind, kind_of
from healthcare.jobs.models import Job
from healthcare.jobs.work import run
from healthcare.queue import enqueue

__all__ = [
    "Cancelled",
    "JobError",
    "JobFile",
    "JobRefused",
    "NotOpen",
    "StillOpen",
    "cancel",
    "job_kind",
    "note_download",
    "retry",
    "run",
    "start",
]


class JobError(Exception):
    """The job is not in a state for this."""


class NotOpen(JobError):
    """It has ended already."""


class StillOpen(JobError):
    """It has not ended yet, or has ended well."""


@transaction.atomic
def start(
    *,
    kind: str,
    title: str,
    owner: Any,
    by: Actor,
    clinic_uid: UUID | None = None,
    params: Mapping[str, Any] | None = None,
) -> Job:
    """Write the job and its REPORT_REQUESTED event; a worker begins after the commit.

    `title` is shown and logged: no health details. `params` are ids and choices.
    """
    kind_of(kind)
    job = Job.objects.create(
        kind=kind,
        title=title[:200],
        owner=owner,
        owner_label=by.label[:200],
        owner_role=by.role,
        clinic_uid=clinic_uid,
        params=dict(params or {}),
        created_at=clock.now(),
    )
    record(Action.REPORT_REQUESTED, by=by, clinic=clinic_of(job), target=job)
    transaction.on_commit(wake)
    return job


@transaction.atomic
def cancel(*, job: Job, by: Actor) -> None:
    """Stop a job; one at work notices at its next step. Raises NotOpen."""
    still_open = Job.objects.filter(pk=job.pk, status__in=Job.OPEN)
    if not still_open.update(
        status=Job.Status.CANCELLED, leased_until=None, finished_at=clock.now()
    ):
        raise NotOpen
    record(Action.JOB_CANCELLED, by=by, clinic=clinic_of(job), target=job)


@transaction.atomic
def retry(*, job: Job, by: Actor) -> None:
    """Begin a failed or cancelled job afresh. Raises StillOpen."""
    ended = Job.objects.filter(pk=job.pk, status__in=Job.ENDED_WITHOUT_FILE)
    if not ended.update(
        status=Job.Status.QUEUED,
        attempts=0,
        done=0,
        total=0,
        error="",
        leased_until=None,
        started_at=None,
        finished_at=None,
    ):
        raise StillOpen
    record(Action.REPORT_REQUESTED, by=by, clinic=clinic_of(job), target=job)
    transaction.on_commit(wake)


def note_download(*, job: Job, by: Actor) -> None:
    record(Action.REPORT_DOWNLOADED, by=by, clinic=clinic_of(job), target=job)


def clinic_of(job: Job) -> Ref | None:
    return Ref(job.clinic_uid) if job.clinic_uid else None


def wake() -> None:
    enqueue(tasks.work)
