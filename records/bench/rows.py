"""What a bench prints: one row for each promise, beside what it was measured with."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

PARTS = ("pages", "slots", "bookings", "audit", "paper", "later")
HEADINGS = ("what", "floor", "figure", "ratio", "goal", "met", "queries")
NUMBERS = {"ratio", "queries"}
NOT_BUILT = "not built yet"


@dataclass(frozen=True)
class Row:
    """`met` is None where there was nothing to measure."""

    what: str
    floor: str = ""
    figure: str = ""
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None
    queries: int | None = None
    note: str = ""


def not_built(what: str, *, floor: str = "", goal: str) -> Row:
    return Row(what=what, floor=floor, figure=NOT_BUILT, goal=goal)


def as_json(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [asdict(row) for row in rows]


def table(facts: dict[str, Any], rows: Sequence[Row]) -> str:
    """The facts that the figures depend on, the rows in columns, and their notes."""
    cells = [_cells(row) for row in rows]
    widths = [
        max(len(line[column]) for line in [HEADINGS, *cells])
        for column in range(len(HEADINGS))
    ]
    lines = [f"{name}: {value}" for name, value in facts.items()]
    lines += ["", _line(HEADINGS, widths), _line(["-" * w for w in widths], widths)]
    lines += [_line(line, widths) for line in cells]
    notes = [f"{row.what}: {row.note}" for row in rows if row.note]
    return "\n".join([*lines, *([""] if notes else []), *notes])


def _cells(row: Row) -> tuple[str, ...]:
    met = {True: "yes", False: "NO", None: "–"}[row.met]
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    queries = "" if row.queries is None else str(row.queries)
    return row.what, row.floor, row.figure, ratio, row.goal, met, queries


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell.rjust(width) if name in NUMBERS else cell.ljust(width)
        for name, cell, width in zip(HEADINGS, cells, widths, strict=True)
    )
    return "  ".join(padded).rstrip()
