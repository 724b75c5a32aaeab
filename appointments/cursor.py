"""Pages of a long list by the row at their edge: no page numbers, no counting.

A cursor is that row's uid, so no integer and no moment is in an address.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict

from appointments.models import Appointment
from appointments.models.appointment import AppointmentQuerySet
from appointments.when import parse_uid


@dataclass(frozen=True)
class CursorPage:
    """`newer` and `older` are cursors of the neighbours, empty at the ends."""

    rows: Sequence[Appointment]
    newer: str = ""
    older: str = ""


def cursor_page(
    rows: AppointmentQuerySet, query: QueryDict, *, newest_first: bool, size: int
) -> CursorPage:
    """The rows beside the query's `after` or `before`, else those at the list's top.

    A cursor that is not in the list shows the top.
    """
    if after := _edge(rows, query.get("after", "")):
        found = list(rows.filter(_beyond("gt", after)).in_order()[: size + 1])
        page, more = found[:size], len(found) > size
        shown = page[::-1] if newest_first else page
        return _page(shown, newest_first, newer=more, older=bool(page))
    if before := _edge(rows, query.get("before", "")):
        found = list(rows.filter(_beyond("lt", before)).newest_first()[: size + 1])
        page, more = found[:size], len(found) > size
        shown = page if newest_first else page[::-1]
        return _page(shown, newest_first, newer=bool(page), older=more)
    ordered = rows.newest_first() if newest_first else rows.in_order()
    found = list(ordered[: size + 1])
    more = len(found) > size
    return _page(
        found[:size],
        newest_first,
        newer=more and not newest_first,
        older=more and newest_first,
    )


def _page(
    shown: Sequence[Appointment], newest_first: bool, *, newer: bool, older: bool
) -> CursorPage:
    if not shown:
        return CursorPage(shown)
    newest, oldest = (shown[0], shown[-1]) if newest_first else (shown[-1], shown[0])
    return CursorPage(
        shown,
        newer=str(newest.uid) if newer else "",
        older=str(oldest.uid) if older else "",
    )


def _edge(rows: AppointmentQuerySet, text: str) -> Appointment | None:
    uid = parse_uid(text)
    return rows.filter(uid=uid).first() if uid else None


def _beyond(side: str, edge: Appointment) -> Q:
    """The first condition alone bounds the index; the second decides between equals."""
    further = Q(**{f"starts_at__{side}": edge.starts_at})
    equal = Q(starts_at=edge.starts_at, **{f"id__{side}": edge.pk})
    return Q(**{f"starts_at__{side}e": edge.starts_at}) & (further | equal)
