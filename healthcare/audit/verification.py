"""Reading the whole chain again, and saying what was changed in it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import Count, Max

from healthcare import clock
from healthcare.audit.actions import Named, record
from healthcare.audit.actors import Actor
from healthcare.audit.head import Head
from healthcare.audit.hmacs import BlockDigest, plain, seal_hmac, text_hmac
from healthcare.audit.models import Action, AuditEvent, Outcome, Seal, Verification
from healthcare.db.joined import Joined

MOST_FINDINGS = 100
STEP = 5000


class Kind(StrEnum):
    EDITED = "edited"
    DELETED = "deleted"
    INSERTED = "inserted"
    MOVED = "moved"
    SEAL_CHANGED = "seal changed"
    SEAL_MISSING = "seal missing"
    CUT = "cut off"


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was written: in an event, or between two ids."""

    kind: Kind
    seal: int | None = None
    first_id: int | None = None
    last_id: int | None = None


@dataclass
class Report:
    events: int = 0
    sealed: int = 0
    seals: int = 0
    head: str = "none"
    seconds: float = 0.0
    findings: list[Finding] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return not self.findings

    @property
    def events_per_second(self) -> int:
        return round(self.events / self.seconds) if self.seconds else 0

    def as_line(self) -> dict[str, Any]:
        return {
            "intact": self.intact,
            "events": self.events,
            "sealed": self.sealed,
            "unsealed": self.events - self.sealed,
            "seals": self.seals,
            "head": self.head,
            "seconds": round(self.seconds, 3),
            "events_per_second": self.events_per_second,
            "findings": [asdict(finding) for finding in self.findings],
        }

    def add(self, finding: Finding) -> None:
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(finding)


Told = Callable[[int, int], object]


def verify(head: Head | None, told: Told | None = None) -> Report:
    """Stream every event once, in constant memory; `told(done, total)` now and then.

    `head` was read before: what it names must be here.
    """
    report, started = Report(), time.perf_counter()
    latest = Seal.objects.aggregate(last=Max("number"))["last"] or 0
    upto = AuditEvent.objects.aggregate(last=Max("id"))["last"] or 0
    reader = ChainReader(report, _seals(latest))
    for event_id, text, stored in _events(upto):
        reader.read(event_id, stored, genuine=text_hmac(text) == stored)
        if told and report.events % STEP == 0:
            told(event_id, upto)
    reader.finish()
    if head is not None:
        report.head = _compare(head, report)
    report.seconds = time.perf_counter() - started
    return report


def _events(upto: int) -> Iterator[tuple[int, str, str]]:
    """In batches: no cursor stays open, SQLite would refuse to write beside it."""
    rows = AuditEvent.objects.filter(id__lte=upto).order_by("id")
    wanted = rows.values_list("id", Joined(*AuditEvent.SEALED), "hmac")
    batch = list(wanted[:STEP])
    while batch:
        yield from batch
        batch = list(wanted.filter(id__gt=batch[-1][0])[:STEP])


def _seals(upto: int) -> Iterator[Seal]:
    rows = Seal.objects.filter(number__lte=upto).order_by("number")
    batch = list(rows[:STEP])
    while batch:
        yield from batch
        batch = list(rows.filter(number__gt=batch[-1].number)[:STEP])


class ChainReader:
    """Walks the seals beside the events and compares block by block."""

    def __init__(self, report: Report, seals: Iterator[Seal]) -> None:
        self.report, self.seals = report, seals
        self.before: Seal | None = None
        self.digest = BlockDigest()
        self.seal = next(self.seals, None)

    def read(self, event_id: int, stored: str, *, genuine: bool) -> None:
        while self.seal and event_id > self.seal.last_id:
            self._close()
        self.digest.add(event_id, stored)
        self.report.events += 1
        if not genuine:
            number = self.seal.number if self.seal else None
            self.report.add(Finding(Kind.EDITED, number, event_id, event_id))

    def finish(self) -> None:
        self.report.sealed = self.report.events - self.digest.count
        if self.seal:
            self.report.sealed = self.report.events
        while self.seal:
            self._close()

    def _close(self) -> None:
        seal, before = self.seal, self.before
        assert seal is not None
        number = before.number + 1 if before else 1
        if seal.number != number:
            self._find(Kind.SEAL_MISSING, number)
        elif seal.previous != (before.hmac if before else ""):
            self._find(Kind.SEAL_CHANGED, seal.number)
        elif seal_hmac(seal, self.digest) != seal.hmac:
            self._find(self._difference(seal), seal.number)
        self.report.seals += 1
        self.before, self.digest = seal, BlockDigest()
        self.seal = next(self.seals, None)

    def _find(self, kind: Kind, number: int) -> None:
        assert self.seal is not None
        first = self.before.last_id + 1 if self.before else 1
        self.report.add(Finding(kind, number, first, self.seal.last_id))

    def _difference(self, seal: Seal) -> Kind:
        if self.digest.count < seal.count:
            return Kind.DELETED
        return Kind.INSERTED if self.digest.count > seal.count else Kind.MOVED


def _compare(head: Head, report: Report) -> str:
    """The published seal must be in the chain, as it was."""
    found = Seal.objects.filter(number=head.number).first()
    if found and found.hmac == head.hmac:
        return "matched"
    kind = Kind.SEAL_CHANGED if found else Kind.CUT
    report.add(Finding(kind, head.number, last_id=head.last_id))
    return "different" if found else "missing"


def note(report: Report, *, by: Actor, clinic: Named | None = None) -> Verification:
    """Keep what was found, and that somebody looked."""
    counts = AuditEvent.objects.values_list("clinic_uid").annotate(Count("id"))
    clinics = {str(uid): number for uid, number in counts if uid}
    with transaction.atomic():
        return _note(report, clinics, by, clinic)


def _note(
    report: Report, clinics: dict[str, int], by: Actor, clinic: Named | None
) -> Verification:
    verification = Verification.objects.create(
        at=clock.now(),
        by_label=plain(by.label, 200),
        intact=report.intact,
        events=report.events,
        sealed=report.sealed,
        seconds=report.seconds,
        clinics=clinics,
        findings=[asdict(each) for each in report.findings],
    )
    record(
        Action.LOG_VERIFIED,
        by=by,
        clinic=clinic,
        target=verification,
        reason="Intact" if report.intact else "Not as it was written",
        outcome=Outcome.DONE if report.intact else Outcome.FAILED,
    )
    return verification
