"""The report of the log as a signed PDF."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from healthcare import clock, dates
from healthcare.audit import chain
from healthcare.audit.filters import ROLES, LogFilter
from healthcare.audit.log import Line, line, walk
from healthcare.audit.models import AuditEvent, AuditEventQuerySet
from healthcare.audit.reports import MOST_ROWS
from healthcare.jobs.kinds import JobFile, JobRefused, Progress
from healthcare.jobs.models import Job
from healthcare.pdf import signing
from healthcare.pdf.joiner import About, Joiner
from healthcare.pdf.pieces import SPOT, write_table

ROWS_A_PIECE = 50


class LogChanged(Exception):
    """What was read for the table is not what was read for its hash."""


class RowsHash:
    """SHA-256 over a line "entry seal" for every row, in the report's order."""

    def __init__(self) -> None:
        self.count = 0
        self._hash = hashlib.sha256()

    def add(self, event: AuditEvent) -> None:
        self.count += 1
        self._hash.update(f"{event.uid} {event.hmac}\n".encode())

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def make(job: Job, progress: Progress) -> JobFile:
    """Reads the rows twice: for their hash, which the first page states, and to write
    them. Raises LogChanged when the two differ."""
    rows, params = _rows(job.params, job.clinic_uid), job.params
    oldest_first = params["oldest_first"]
    stated = _hash(walk(rows.only("uid", "at", "hmac"), oldest_first=oldest_first))
    progress(0, stated.count)
    zone, written = ZoneInfo(params["time_zone"]), RowsHash()
    made_at = clock.now()
    about = About(
        title=_("Access log report"),
        author=job.owner_label,
        lang=get_language() or "en",
        made_at=made_at.astimezone(UTC),
    )
    html = ReportHtml(about, job, stated, zone)
    pdf = BytesIO()
    write_table(
        Joiner(pdf, about, SPOT),
        _lines(walk(rows, oldest_first=oldest_first), written, zone),
        html.piece,
        rows_a_piece=ROWS_A_PIECE,
        told=lambda done: progress(done, stated.count),
    )
    if written.hexdigest() != stated.hexdigest():
        raise LogChanged
    signed = signing.sign(pdf, reason=about.title)
    day = made_at.astimezone(zone).date().isoformat()
    return JobFile(f"access-log-{params['clinic_slug']}-{day}.pdf", signed)


def _rows(params: Mapping[str, Any], clinic_uid: Any) -> AuditEventQuerySet:
    events = AuditEvent.objects.of_clinic(clinic_uid).filter(id__lte=params["upto"])
    asked = LogFilter.from_params(params["filter"])
    return asked.apply(events, ZoneInfo(params["time_zone"]))


def _hash(events: Iterable[AuditEvent]) -> RowsHash:
    total = RowsHash()
    for event in events:
        total.add(event)
        if total.count > MOST_ROWS:
            most = number_format(MOST_ROWS, force_grouping=True)
            raise JobRefused(
                _("More than %(most)s entries match. Choose a shorter period.")
                % {"most": most}
            )
    return total


def _lines(
    events: Iterable[AuditEvent], written: RowsHash, zone: ZoneInfo
) -> Iterator[Line]:
    for event in events:
        written.add(event)
        yield line(event, zone)


class ReportHtml:
    def __init__(
        self, about: About, job: Job, stated: RowsHash, zone: ZoneInfo
    ) -> None:
        self.about, self.job, self.stated, self.zone = about, job, stated, zone

    def piece(self, lines: list[Line], is_first: bool) -> str:
        made_at = self._moment(self.about.made_at)
        foot = _("Made %(made_at)s for %(author)s. Rows %(hash)s…") % {
            "made_at": made_at,
            "author": self.about.author,
            "hash": self.stated.hexdigest()[:16],
        }
        context = {
            "about": self.about,
            "clinic_name": self.job.params["clinic_name"],
            "foot": foot,
            "statement": self._statement() if is_first else (),
            "lines": lines,
        }
        return render_to_string("pdf/audit_report.html", context)

    def _statement(self) -> list[tuple[str, str]]:
        params = self.job.params
        asked = str(LogFilter.from_params(params["filter"]))
        role = ROLES.get(self.job.owner_role, self.job.owner_role)
        order = _("Oldest first") if params["oldest_first"] else _("Newest first")
        count = number_format(self.stated.count, force_grouping=True)
        return [
            (_("Clinic"), params["clinic_name"]),
            (_("Filters"), asked or _("None: every entry")),
            (_("Entries"), f"{count}. {order}."),
            (_("Times"), _("In the zone %(zone)s") % {"zone": self.zone.key}),
            (_("Made for"), f"{self.about.author}, {role}"),
            (_("Made at"), self._moment(self.about.made_at)),
            (_("Chain"), self._chain()),
            (_("Hash of the rows"), f"SHA-256 {self.stated.hexdigest()}"),
            (_("Signature"), _signature_words()),
        ]

    def _chain(self) -> str:
        clinic_uid = self.job.clinic_uid
        return chain.state(clinic_uid, self.zone).text if clinic_uid else ""

    def _moment(self, moment: datetime) -> str:
        return f"{dates.second(moment, self.zone)} ({self.zone.key})"


def _signature_words() -> str:
    return _(
        "By this installation's own key. It shows that the file was not changed since "
        "it was made here, not who runs the installation. SHA-256 of the certificate: "
        "%(fingerprint)s"
    ) % {"fingerprint": signing.identity().fingerprint}
