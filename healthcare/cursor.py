"""Pages of a long list by the row at their edge: no page numbers, no counting.

A cursor is that row's uid, so no integer and no moment is in an address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

Row = TypeVar("Row", bound=Model)
Edge = tuple[object, int]


@dataclass(frozen=True)
class CursorPage(Generic[Row]):
    """`newer` and `older` are cursors of the neighbours, empty at the ends."""

    rows: Sequence[Row]
    newer: str = ""
    older: str = ""


def cursor_page(
    rows: QuerySet[Row],
    query: QueryDict,
    *,
    by: str,
    size: int,
    newest_first: bool = True,
) -> CursorPage[Row]:
    """The rows newer than the query's `after` or older than its `before`, by the
    moment `by`; else those at the list's top.

    A cursor that is not in the list shows the top, and so does one so near to the
    top that a page from there would not be full.
    """
    after = _edge(rows, query.get("after", ""), by)
    edge = after or _edge(rows, query.get("before", ""), by)
    if edge is not None:
        upwards = (after is not None) is newest_first
        beyond = rows.filter(_beyond(by, "gt" if after else "lt", edge))
        found = list(_ordered(beyond, by, newest_first=after is None)[: size + 1])
        more, shown = len(found) > size, found[:size]
        if upwards and more:
            return _page(shown[::-1], newest_first, above=True, below=True)
        if shown and not upwards:
            return _page(shown, newest_first, above=True, below=more)
    found = list(_ordered(rows, by, newest_first=newest_first)[: size + 1])
    more = len(found) > size
    return _page(found[:size], newest_first, above=False, below=more)


def _page(
    shown: Sequence[Row], newest_first: bool, *, above: bool, below: bool
) -> CursorPage[Row]:
    top = _uid(shown[0]) if above else ""
    bottom = _uid(shown[-1]) if below else ""
    newer, older = (top, bottom) if newest_first else (bottom, top)
    return CursorPage(shown, newer=newer, older=older)


def _ordered(rows: QuerySet[Row], by: str, *, newest_first: bool) -> QuerySet[Row]:
    return rows.order_by(f"-{by}", "-id") if newest_first else rows.order_by(by, "id")


def _edge(rows: QuerySet[Row], text: str, by: str) -> Edge | None:
    try:
        uid = UUID(text)
    except ValueError:
        return None
    return rows.filter(uid=uid).values_list(by, "id").first()


def _beyond(by: str, side: str, edge: Edge) -> Q:
    """The first condition alone bounds the index; the second decides between equals."""
    moment, number = edge
    further = Q(**{f"{by}__{side}": moment})
    equal = Q(**{by: moment, f"id__{side}": number})
    return Q(**{f"{by}__{side}e": moment}) & (further | equal)


def _uid(row: Row) -> str:
    return str(getattr(row, "uid"))  # noqa: B009 - every public model has one
