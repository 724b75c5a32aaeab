"""Who acts, and from where: what every audit event must know."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Actor:
    """A user, a device or the system. `label` is a name to read, `role` a word."""

    kind: str
    id: str
    label: str
    role: str
    user_id: int | None = None

    @classmethod
    def system(cls, label: str) -> "Actor":
        """A command, a job or the scheduler, named by `label`."""
        return cls(kind="system", id="", label=label, role="system")

    def through(self, way: str) -> "Actor":
        """The same actor who did not sign in but came through a link or a feed."""
        return replace(self, label=f"{self.label}, {way}")

    @classmethod
    def anonymous(cls) -> "Actor":
        return cls(kind="user", id="", label="Not signed in", role="none")


@dataclass(frozen=True)
class Origin:
    """The way in: page, link, admin, api, job or command."""

    channel: str = "command"
    ip: str = ""
    request_id: str = ""


NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("healix_origin", default=NOWHERE)


def origin() -> Origin:
    return _origin.get()


@contextmanager
def coming_from(**changes: str) -> Iterator[None]:
    token = _origin.set(replace(_origin.get(), **changes))
    try:
        yield
    finally:
        _origin.reset(token)
