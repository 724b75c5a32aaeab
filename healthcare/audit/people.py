"""Whom a name means. The floor that knows people registers how to find them."""

from collections.abc import Callable, Sequence
from uuid import UUID

MOST = 500

Finder = Callable[[UUID, str], Sequence[UUID]]
_finders: dict[str, Finder] = {}


def register(*, find_actors: Finder, find_patients: Finder) -> None:
    """Each takes a clinic's uid and what was typed; answers at most `MOST` uids."""
    _finders.update(actors=find_actors, patients=find_patients)


def actors(clinic_uid: UUID, text: str) -> list[str]:
    """The accounts of that name, as events write them."""
    return [str(uid) for uid in _find("actors", clinic_uid, text)]


def patients(clinic_uid: UUID, text: str) -> list[str]:
    return [str(uid) for uid in _find("patients", clinic_uid, text)]


def _find(kind: str, clinic_uid: UUID, text: str) -> Sequence[UUID]:
    finder = _finders.get(kind)
    return finder(clinic_uid, text) if finder else ()
