"""The clinic's visits as a list: by time with cursors, or sorted otherwise by pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from appointments.board import local_today
from appointments.forms import ListFilter
from appointments.models import ORDERS, Appointment
from clinics.models import Membership
from clinics.paging import Slice, slice_of
from healthcare.cursor import CursorPage, cursor_page


@dataclass(frozen=True)
class Column:
    """A head of the table. `order` is what aria-sort says of it, if it is sorted."""

    label: str
    url: str = ""
    order: str = ""


@dataclass(frozen=True)
class Listed:
    rows: Sequence[Appointment]
    columns: Sequence[Column]
    cursor: CursorPage | None = None
    slice: Slice | None = None
    note: str = ""


def listed(
    member: Membership,
    form: ListFilter,
    query: QueryDict,
    *,
    size: int,
    now: datetime,
) -> Listed:
    clinic, sort = member.clinic, form.value("sort") or ""
    since, until = form.value("since"), form.value("until")
    note = ""
    if sort in ORDERS and not (since or until):
        # Sorting all that ever was would take long and help nobody.
        since = local_today(clinic, now)
        note = _("From today on. Choose dates to see earlier visits in this order.")
    rows = (
        Appointment.objects.visible_to(member)
        .between(since, until, clinic.zone)
        .of_doctor(form.value("doctor"))
        .of_status(form.value("status") or "")
        .matching(form.value("q") or "", clinic)
        .with_people()
    )
    heads = _columns(query, sort)
    if sort in ORDERS:
        page = slice_of(rows.sorted_by(sort), query.get("page"))
        return Listed(page.rows, heads, slice=page, note=note)
    newest_first = sort != "oldest"
    found = cursor_page(
        rows, query, by="starts_at", newest_first=newest_first, size=size
    )
    return Listed(found.rows, heads, cursor=found)


def _columns(query: QueryDict, sort: str) -> list[Column]:
    time_order = {"": "descending", "oldest": "ascending"}.get(sort, "")
    other_time = "" if sort == "oldest" else "oldest"
    return [
        Column(_("When"), _sorted(query, other_time), time_order),
        _column(_("Patient"), "patient", query, sort),
        _column(_("Doctor"), "doctor", query, sort),
        Column(_("Reference")),
        _column(_("Status"), "status", query, sort),
    ]


def _column(label: str, name: str, query: QueryDict, sort: str) -> Column:
    return Column(label, _sorted(query, name), "ascending" if sort == name else "")


def _sorted(query: QueryDict, sort: str) -> str:
    """The same filters in another order, from its first page."""
    kept = {
        name: query[name]
        for name in ("q", "doctor", "status", "since", "until")
        if query.get(name)
    }
    return "?" + urlencode({**kept, "sort": sort} if sort else kept)
