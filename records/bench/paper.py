"""The log's report as a PDF, each in a process of its own: seconds and memory.

`python -m records.bench.paper ROWS` makes one and prints what it took.
"""

import json
import resource
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from statistics import mean
from time import perf_counter
from typing import TYPE_CHECKING

import django

from records.bench.rows import Row
from records.bench.scale import MAIN, Scale

if TYPE_CHECKING:
    from healthcare.jobs.models import Job

ROWS_A_PAGE = 16
FEW, MANY, MOST = 10, 100, 1000
SLOWER_PER_PAGE, MOST_MEGABYTES = 1.1, 150
WARM_UP_ROWS = 5


@dataclass(frozen=True)
class Paper:
    pages: int
    seconds: float
    megabytes: float

    @property
    def per_page(self) -> float:
        return self.seconds / self.pages


def rows(scale: int, *, most: bool) -> Iterator[Row]:
    """Few pages before and after the many, so that both meet the same noise."""
    there = Scale(scale).clinics[MAIN] // ROWS_A_PAGE
    for wanted in (MANY, MOST) if most else (MANY,):
        before, long = _made(min(FEW, there)), _made(min(wanted, there))
        yield _row(wanted, long, [before, _made(min(FEW, there))], there >= wanted)


def _row(wanted: int, long: Paper, few: list[Paper], enough: bool) -> Row:
    floor = mean(paper.per_page for paper in few)
    ratio = long.per_page / floor
    met = ratio <= SLOWER_PER_PAGE and long.megabytes <= MOST_MEGABYTES
    return Row(
        what=f"PDF of {wanted:,} pages",
        floor=f"{few[0].pages} pages, {floor:.3f} s a page",
        figure=f"{long.per_page:.3f} s a page, at most {long.megabytes:.0f} MB",
        ratio=ratio,
        goal="≤ 1.10 ×, ≤ 150 MB",
        met=met if enough else None,
        note=""
        if enough
        else f"{long.pages} pages: the log is no longer at this scale",
    )


def _made(pages: int) -> Paper:
    command = (sys.executable, "-m", "records.bench.paper", str(pages * ROWS_A_PAGE))
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603
    return Paper(**json.loads(done.stdout))


def _make(wanted: int) -> Paper:
    from pypdf import PdfReader

    from healthcare.audit.report_pdf import make

    def told(done: int, total: int) -> None:
        return None

    make(_job(WARM_UP_ROWS), told)
    job = _job(wanted)
    started = perf_counter()
    made = make(job, told)
    seconds = perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pages = len(PdfReader(BytesIO(made.content)).pages)
    return Paper(pages=pages, seconds=seconds, megabytes=peak)


def _job(rows: int) -> "Job":
    """A report of the main clinic's first entries, that many."""
    from clinics.models import Clinic, Membership, Role
    from healthcare.audit.filters import LogFilter
    from healthcare.audit.models import AuditEvent
    from healthcare.jobs.models import Job

    clinic = Clinic.objects.get(slug=MAIN)
    auditor = Membership.objects.get(clinic=clinic, role=Role.AUDITOR)
    entries = AuditEvent.objects.of_clinic(clinic.uid).order_by("id")
    return Job(
        owner=auditor.user,
        owner_label=auditor.label,
        owner_role=auditor.role,
        clinic_uid=clinic.uid,
        params={
            "filter": LogFilter().as_params(),
            "oldest_first": False,
            "upto": entries.values_list("id", flat=True)[rows - 1],
            "clinic_name": clinic.name,
            "clinic_slug": clinic.slug,
            "time_zone": clinic.time_zone,
        },
    )


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(asdict(_make(int(sys.argv[1])))))
