"""Reports of the log: asking for one, and those that one has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from healthcare import clock, dates
from healthcare.audit.actors import Actor
from healthcare.audit.filters import LogFilter
from healthcare.audit.models import AuditEvent
from healthcare.jobs import actions as jobs
from healthcare.jobs.models import Job
from healthcare.jobs.pages import JobCard, card_of

REPORT, VERIFICATION = "audit_report", "audit_verification"
SHOWN = 50
MOST_ROWS = 25_000


class TooManyRows(Exception):
    """The message says how to ask for fewer."""


class ClinicLike(Protocol):
    uid: UUID
    name: str
    slug: str
    time_zone: str

    @property
    def zone(self) -> ZoneInfo: ...


def ask(
    asked: LogFilter,
    clinic: ClinicLike,
    *,
    oldest_first: bool = False,
    owner: Any,
    by: Actor,
) -> Job:
    """Begin a PDF of the entries that are there now. Raises TooManyRows."""
    _must_fit(asked, clinic)
    upto = AuditEvent.objects.aggregate(last=Max("id"))["last"] or 0
    params = {
        "filter": asked.as_params(),
        "oldest_first": oldest_first,
        "upto": upto,
        "clinic_name": clinic.name,
        "clinic_slug": clinic.slug,
        "time_zone": clinic.time_zone,
    }
    period = asked.period(clock.now().astimezone(clinic.zone).date())
    return jobs.start(
        kind=REPORT,
        title=_("Access log, %(period)s") % {"period": period},
        owner=owner,
        by=by,
        clinic_uid=clinic.uid,
        params=params,
    )


def _must_fit(asked: LogFilter, clinic: ClinicLike) -> None:
    mine = AuditEvent.objects.of_clinic(clinic.uid)
    newest = asked.apply(mine, clinic.zone).newest_first().values_list("at", flat=True)
    if not (beyond := newest[MOST_ROWS : MOST_ROWS + 1].first()):
        return
    last = newest.first() or beyond
    after = beyond.astimezone(clinic.zone).date() + timedelta(days=1)
    words = {
        "most": number_format(MOST_ROWS, force_grouping=True),
        "day": dates.day(after),
    }
    told = _("More than %(most)s entries match, too many for one PDF.") % words
    if after > last.astimezone(clinic.zone).date():
        way_out = _("Choose a person, an action or a patient.")
    else:
        way_out = _("Choose a shorter period: from %(day)s on they fit.") % words
    raise TooManyRows(f"{told} {way_out}")


def ask_for_verification(clinic: ClinicLike, *, owner: Any, by: Actor) -> Job:
    today = dates.day(clock.now().astimezone(clinic.zone))
    return jobs.start(
        kind=VERIFICATION,
        title=_("Verification of the log, %(day)s") % {"day": today},
        owner=owner,
        by=by,
        clinic_uid=clinic.uid,
        params={"time_zone": clinic.time_zone},
    )


@dataclass(frozen=True)
class Made:
    """A report as the auditor's lists show it."""

    card: JobCard
    detail: str
    is_open: bool
    download_url: str


def newest(user: Any, clinic_uid: UUID, zone: ZoneInfo) -> Sequence[Made]:
    """One's own; the page's policy has already asked whether one may have them."""
    kinds = [REPORT, VERIFICATION]
    own = Job.objects.filter(owner=user, clinic_uid=clinic_uid, kind__in=kinds)
    return [_made(job, zone) for job in own.newest_first()[:SHOWN]]


def _made(job: Job, zone: ZoneInfo) -> Made:
    is_done = job.status == Job.Status.DONE
    card, moment = card_of(job), dates.moment(job.finished_at or job.created_at, zone)
    kind = job.file_name.rpartition(".")[2].upper()
    return Made(
        card=card,
        detail=f"{kind}, {card.size}, {moment}" if is_done else moment,
        is_open=job.is_open,
        download_url=reverse("jobs:download", args=[job.uid]) if is_done else "",
    )
