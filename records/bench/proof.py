"""Reading the whole log again, as the auditor does."""

from collections.abc import Iterator
from statistics import median

from django.conf import settings

from healthcare.audit import head
from healthcare.audit.sealing import seal
from healthcare.audit.verification import verify
from records.bench.rows import Row

EVENTS_PER_SECOND = 50_000


def rows(rounds: int) -> Iterator[Row]:
    seal()
    published = head.read(settings.AUDIT_HEAD)
    reports = [verify(published) for _ in range(max(1, rounds // 3))]
    if not all(report.intact for report in reports):
        raise AssertionError("The bench's own log does not verify.")
    speed = median(report.events_per_second for report in reports)
    yield Row(
        what="audit verification",
        figure=f"{speed:,.0f} events/s",
        goal="≥ 50,000 events/s",
        met=speed >= EVENTS_PER_SECOND,
        note=f"{reports[0].events:,} events in {reports[0].seals:,} seals",
    )
