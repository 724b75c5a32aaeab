"""The one way in to the log."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from healthcare import clock
from healthcare.audit.actors import Actor, origin
from healthcare.audit.hmacs import event_hmac, plain
from healthcare.audit.models import Action, AuditEvent, Outcome


class Named(Protocol):
    """Anything an event can be about."""

    @property
    def uid(self) -> UUID: ...

    def __str__(self) -> str: ...


@dataclass(frozen=True)
class Ref:
    """Something known by its uid and label alone, such as a job's clinic."""

    uid: UUID
    label: str = ""

    def __str__(self) -> str:
        return self.label


def record(
    action: Action,
    *,
    by: Actor,
    clinic: Named | None = None,
    patient: Named | None = None,
    target: Named | None = None,
    reason: str = "",
    outcome: Outcome = Outcome.DONE,
) -> AuditEvent:
    """Write one event; call it inside the act's transaction, so both stand or fall.

    `reason` is a few plain words of why, never clinical text.
    """
    came = origin()
    event = AuditEvent(
        at=clock.now(),
        action=action,
        outcome=outcome,
        actor_kind=by.kind,
        actor_uid=by.id,
        actor_label=plain(by.label, 200),
        actor_role=by.role,
        clinic_uid=clinic.uid if clinic else None,
        patient_uid=patient.uid if patient else None,
        patient_label=plain(str(patient), 200) if patient else "",
        target_type=target.__class__.__name__ if target else "",
        target_uid=str(target.uid) if target else "",
        target_label=plain(str(target), 200) if target else "",
        reason=plain(reason, 300),
        channel=came.channel,
        ip=plain(came.ip, 45),
        request_id=came.request_id,
    )
    event.hmac = event_hmac(event)
    event.save(force_insert=True)
    return event
