"""A long table as a PDF, made in pieces of a few pages each, with "page x of y"."""

import gc
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext as _

from healthcare.pdf.joiner import Joiner, Spot
from healthcare.pdf.render import Layout, Renderer

MM = 72 / 25.4
LINE = 8 * 1.4
# Behind the page's number, as static/css/pdf.css lays it out.
SPOT = Spot(x=(297 - 14 - 10.5) * MM, y=(16 - 4) * MM - LINE)
TOTAL = '<!doctype html><html lang="{lang}"><title>-</title><p class="total">{text}</p>'

Rows = list[Any]
MakeHtml = Callable[[Rows, bool], str]


def write_table(
    joiner: Joiner,
    rows: Iterable[Any],
    make_html: MakeHtml,
    *,
    rows_a_piece: int,
    told: Callable[[int], object],
) -> None:
    """`make_html(rows, is_first)` gives each row the id "r" and its index.

    The rows on a piece's last page, which is seldom full, begin the next piece.
    `told` hears after each piece how many rows are in the file.
    """
    maker = _Pieces(joiner, make_html)
    waiting: Rows = []
    for row in rows:
        waiting.append(row)
        if len(waiting) >= rows_a_piece:
            waiting = maker.write(waiting)
            told(maker.written)
    maker.write_last(waiting)


class _Pieces:
    def __init__(self, joiner: Joiner, make_html: MakeHtml) -> None:
        self.joiner, self.make_html = joiner, make_html
        self.renderer = Renderer()
        self.written = 0

    def write(self, rows: Rows) -> Rows:
        """Write all pages but the last; answers the rows that are left for it."""
        layout = self._layout(rows)
        kept = len(rows)
        if layout.page_count > 1:
            last = layout.ids_on_last_page()
            kept = min(int(each[1:]) for each in last if each[:1] == "r")
            layout = layout.without_last_page()
        self.joiner.add(layout.as_pdf())
        self.written += kept
        # A layout is full of cycles: without this, several would wait to be freed.
        del layout
        gc.collect()
        return rows[kept:]

    def write_last(self, rows: Rows) -> None:
        if rows or not self.joiner.page_count:
            self.joiner.add(self._layout(rows).as_pdf())
        self.joiner.finish(self._total())

    def _layout(self, rows: Rows) -> Layout:
        is_first = self.joiner.page_count == 0
        number = self.joiner.page_count + 1
        page = f"@page :first {{ counter-reset: page {number} }}"
        return self.renderer.layout(self.make_html(rows, is_first), page)

    def _total(self) -> bytes:
        count = self.joiner.page_count
        html = TOTAL.format(
            lang=self.joiner.about.lang, text=_("of %(count)s") % {"count": count}
        )
        return self.renderer.layout(html).as_pdf(tagged=False)
