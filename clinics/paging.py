"""Pages of long lists, without counting them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

PER_PAGE = 25
LAST_PAGE = 400


@dataclass(frozen=True)
class Slice:
    rows: Sequence[Any]
    number: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def is_only(self) -> bool:
        return not (self.has_next or self.has_previous)

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1

    @property
    def first(self) -> int:
        return (self.number - 1) * PER_PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def slice_of(rows: QuerySet[Any], asked: str | None) -> Slice:
    """The asked page, and whether another one follows; nonsense is the first page."""
    number = int(asked) if asked and asked.isascii() and asked.isdigit() else 1
    number = min(max(number, 1), LAST_PAGE)
    start = (number - 1) * PER_PAGE
    found = list(rows[start : start + PER_PAGE + 1])
    more = len(found) > PER_PAGE and number < LAST_PAGE
    return Slice(found[:PER_PAGE], number, more)
