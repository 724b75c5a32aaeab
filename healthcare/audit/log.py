"""A page of the log, with every word ready."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from healthcare import dates
from healthcare.audit.filters import ROLES
from healthcare.audit.models import Action, AuditEvent, AuditEventQuerySet, Outcome
from healthcare.audit.words import CHANNELS, ICONS, target_word

PAGE = 25
BATCH = 1000


@dataclass(frozen=True)
class Line:
    uid: UUID
    at: str
    person: str
    role: str
    action: str
    icon: str
    kind: str
    record: str
    record_sub: str
    reason: str
    outcome: str
    channel: str
    ip: str
    seal: str


@dataclass(frozen=True)
class LogPage:
    lines: Sequence[Line]
    newer: str
    older: str


def read_page(
    events: AuditEventQuerySet,
    zone: ZoneInfo,
    *,
    oldest_first: bool,
    before: AuditEvent | None,
    after: AuditEvent | None,
) -> LogPage:
    """The page before (older than) or after (newer than) an event, or the first one.

    Reads one row more than it shows, and never counts.
    """
    backwards = before is not None or (after is None and not oldest_first)
    if before is not None:
        events = events.older_than(before)
    elif after is not None:
        events = events.newer_than(after)
    found = list(_ordered(events, not backwards)[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    newest_first = found if backwards else found[::-1]
    has_older = more if backwards else after is not None or before is not None
    has_newer = more if not backwards else before is not None
    shown = newest_first[::-1] if oldest_first else newest_first
    return LogPage(
        lines=[line(event, zone) for event in shown],
        newer=str(newest_first[0].uid) if has_newer and found else "",
        older=str(newest_first[-1].uid) if has_older and found else "",
    )


def walk(events: AuditEventQuerySet, *, oldest_first: bool) -> Iterator[AuditEvent]:
    """All of them in the order of the list, a batch at a time.

    No cursor stays open: SQLite would refuse to write beside it.
    """
    batch = events
    while found := list(_ordered(batch, oldest_first)[:BATCH]):
        yield from found
        last = found[-1]
        batch = events.newer_than(last) if oldest_first else events.older_than(last)


def _ordered(events: AuditEventQuerySet, oldest_first: bool) -> AuditEventQuerySet:
    return events.oldest_first() if oldest_first else events.newest_first()


def line(event: AuditEvent, zone: ZoneInfo) -> Line:
    action, outcome = event.get_action_display(), event.get_outcome_display()
    is_told = event.outcome == Outcome.DONE or outcome == action
    return Line(
        uid=event.uid,
        at=dates.second(event.at, zone),
        person=event.actor_label,
        role=str(ROLES.get(event.actor_role, event.actor_role)),
        action=action,
        icon=icon_of(event),
        kind=KINDS.get(event.outcome, ""),
        record=event.patient_label or event.target_label,
        record_sub=target_word(event.target_type),
        reason=event.reason,
        outcome="" if is_told else outcome,
        channel=str(CHANNELS.get(event.channel, event.channel)),
        ip=event.ip,
        seal=f"{event.hmac[:4]}…{event.hmac[-4:]}",
    )


KINDS = {Outcome.REFUSED.value: "danger", Outcome.FAILED.value: "warn"}


def icon_of(event: AuditEvent) -> str:
    if event.outcome == Outcome.REFUSED:
        return "slash-circle"
    if event.outcome == Outcome.FAILED:
        return "exclamation-triangle-fill"
    verb = Action(event.action).value.partition(".")[2]
    return ICONS.get(verb, "dot")
