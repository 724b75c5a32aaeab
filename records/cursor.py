"""Pages of a long list that grows at its top: by cursor, never by number.

A cursor is the uid of the row at the edge, so no integer and no moment is in a URL.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class CursorPage(Generic[Row]):
    """`newer` and `older` are the cursors of the neighbours, empty at the ends."""

    rows: Sequence[Row]
    newer: str
    older: str


def cursor_page(
    rows: QuerySet[Row], query: QueryDict, *, by: str, size: int
) -> CursorPage[Row]:
    """The rows before or after the query's cursor, newest first by the moment `by`.

    A cursor that is not in the list shows the first page.
    """
    edge = _edge(rows, query.get("after", ""), by)
    if edge is not None:
        nearest = rows.filter(_beyond(by, "gt", edge)).order_by(by, "id")
        found = list(nearest[: size + 1])
        if len(found) > size:
            shown = found[:size][::-1]
            return CursorPage(shown, newer=_uid(shown[0]), older=_uid(shown[-1]))
    newest = rows.order_by(f"-{by}", "-id")
    edge = _edge(rows, query.get("before", ""), by)
    if edge is not None:
        newest = newest.filter(_beyond(by, "lt", edge))
    found = list(newest[: size + 1])
    shown = found[:size]
    return CursorPage(
        shown,
        newer=_uid(shown[0]) if edge is not None and shown else "",
        older=_uid(shown[-1]) if len(found) > size else "",
    )


def _edge(rows: QuerySet[Row], text: str, by: str) -> tuple[object, int] | None:
    try:
        uid = UUID(text)
    except ValueError:
        return None
    return rows.filter(uid=uid).values_list(by, "id").first()


def _beyond(by: str, side: str, edge: tuple[object, int]) -> Q:
    moment, number = edge
    return Q(**{f"{by}__{side}": moment}) | Q(**{by: moment, f"id__{side}": number})


def _uid(row: Row) -> str:
    return str(getattr(row, "uid"))  # noqa: B009 - every public model has one
