"""What the pages say about a job."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

from healthcare import clock
from healthcare.jobs.models import Job

# Without JavaScript an open job's page loads itself again, but not for ever: each load
# counts as use of the session.
REFRESH_FOR = timedelta(minutes=10)


@dataclass(frozen=True)
class Pill:
    label: str
    icon: str
    kind: str = ""


@dataclass(frozen=True)
class JobCard:
    title: str
    url: str
    asked: str
    status: str
    pill: Pill
    percent: int
    detail: str
    file: str
    size: str
    sha256: str
    error: str
    refreshes: bool


def card_of(job: Job) -> JobCard:
    is_young = clock.now() - job.created_at < REFRESH_FOR
    return JobCard(
        title=job.title,
        url=reverse("jobs:detail", args=[job.uid]),
        asked=_("Asked for %(when)s") % {"when": naturaltime(job.created_at)},
        status=job.status,
        pill=_pill(job),
        percent=job.percent,
        detail=_detail(job),
        file=job.file_name,
        size=filesizeformat(job.file_size),
        sha256=job.file_sha256,
        error=job.error,
        refreshes=job.is_open and is_young,
    )


def _pill(job: Job) -> Pill:
    label = str(Job.Status(job.status).label)
    match job.status:
        case Job.Status.DONE:
            return Pill(label, "check-circle", "ok")
        case Job.Status.FAILED:
            return Pill(label, "exclamation-octagon", "danger")
        case Job.Status.RUNNING:
            return Pill(label, "gear", "info")
        case Job.Status.CANCELLED:
            return Pill(label, "x-circle")
    return Pill(label, "hourglass-split")


def _detail(job: Job) -> str:
    stays = _("You can leave this page. The file will be kept here for you.")
    if job.status == Job.Status.QUEUED:
        return _("It begins in a moment.") + " " + stays
    if not job.total:
        return stays
    steps = {"done": job.done, "total": job.total}
    return _("%(done)d of %(total)d.") % steps + " " + stays
