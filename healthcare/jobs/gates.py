"""Who may still see a clinic's job.

The floors above know memberships; they register a gate from their AppConfig.ready().
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from healthcare.jobs.models import Job

Gate = Callable[[Any, "Job"], bool]
_gates: list[Gate] = []


def register_gate(gate: Gate) -> None:
    """`gate(user, job)` decides by the job's `clinic_uid` and `kind` alone."""
    if gate not in _gates:
        _gates.append(gate)


def allows(user: Any, job: "Job") -> bool:
    """A job of no clinic needs no gate; a clinic's job needs them all, and one."""
    if job.clinic_uid is None:
        return True
    return bool(_gates) and all(gate(user, job) for gate in _gates)
