"""Whether a message should still leave: asked of the floor that wrote it.

A higher floor registers a gate for its kinds when it starts. A message whose gate is
shut when its turn comes is closed as too late, unsent.
"""

from collections.abc import Callable

from healthcare.outbox.models import Message

Gate = Callable[[Message], bool]

_gates: dict[str, Gate] = {}


def register_gate(kind: str, gate: Gate) -> None:
    _gates[kind] = gate


def is_wanted(message: Message) -> bool:
    gate = _gates.get(message.kind)
    return gate is None or gate(message)
