"""What holds a person's account open: told by the floors above, asked when it closes.

An app registers its providers from `AppConfig.ready()`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accounts.models import User


@dataclass(frozen=True)
class Reason:
    """Why the account is still needed, and the page that leads out of it."""

    text: str
    way_out: str
    url: str


ReasonProvider = Callable[[User], Sequence[Reason]]
Lock = Callable[[User], None]

_providers: list[ReasonProvider] = []
_locks: list[Lock] = []


def register(provider: ReasonProvider) -> None:
    if provider not in _providers:
        _providers.append(provider)


def register_lock(lock: Lock) -> None:
    """`lock` takes the rows on which reasons rest, so that two who leave take turns."""
    if lock not in _locks:
        _locks.append(lock)


def reasons(user: User) -> list[Reason]:
    return [reason for provider in _providers for reason in provider(user)]


def locked_reasons(user: User) -> list[Reason]:
    """To be called in the transaction that closes the account."""
    for lock in _locks:
        lock(user)
    return reasons(user)
