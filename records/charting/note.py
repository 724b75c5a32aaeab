"""What a doctor writes at a visit, as plain text in a fixed shape.

    {"visit_type": "consultation", "notes": "", "plan": "",
     "diagnoses": [{"text": "", "code": ""}],
     "lines": [{"medicine": "", "strength": "", "dose": "", "frequency": "",
                "duration_days": "", "instructions": ""}]}

A draft may hold anything in it, also what cannot be signed yet.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from records.prescribing.actions import FIELDS as LINE_FIELDS

DIAGNOSIS_FIELDS = ("text", "code")
ROWS: dict[str, tuple[str, ...]] = {"diagnoses": DIAGNOSIS_FIELDS, "lines": LINE_FIELDS}
TEXTS = ("visit_type", "notes", "plan")
MOST_DIAGNOSES = 30
# What a draft may hold at all; what can be signed is less.
MOST_ROWS = 100
MOST_LETTERS = 100_000

Row = dict[str, str]


class Note(TypedDict):
    visit_type: str
    notes: str
    plan: str
    diagnoses: list[Row]
    lines: list[Row]


def shaped(body: Mapping[str, Any]) -> Note:
    """The body with every key there, every value a text, and nothing else.

    Blank rows stay: somebody is about to fill them.
    """
    return Note(
        visit_type=_text(body.get("visit_type")),
        notes=_text(body.get("notes")),
        plan=_text(body.get("plan")),
        diagnoses=_rows(body.get("diagnoses"), DIAGNOSIS_FIELDS),
        lines=_rows(body.get("lines"), LINE_FIELDS),
    )


def without_blanks(note: Note) -> Note:
    """As it would be signed: no blank rows, no blanks around, codes in capitals."""
    diagnoses = [
        {"text": row["text"].strip(), "code": normal_code(row["code"])}
        for row in note["diagnoses"]
        if any(value.strip() for value in row.values())
    ]
    lines = [
        {name: value.strip() for name, value in row.items()}
        for row in note["lines"]
        if any(value.strip() for value in row.values())
    ]
    return Note(
        visit_type=note["visit_type"],
        notes=note["notes"].strip(),
        plan=note["plan"].strip(),
        diagnoses=diagnoses,
        lines=lines,
    )


def joined(mine: Note, theirs: Note) -> Note:
    """Both texts one after the other, and the rows of both without repetition."""
    return Note(
        visit_type=mine["visit_type"] or theirs["visit_type"],
        notes=_both(mine["notes"], theirs["notes"]),
        plan=_both(mine["plan"], theirs["plan"]),
        diagnoses=_union(mine["diagnoses"], theirs["diagnoses"]),
        lines=_union(mine["lines"], theirs["lines"]),
    )


def normal_code(code: str) -> str:
    """'e119' is how some write E11.9."""
    plain = code.strip().upper()
    if re.fullmatch(r"[A-Z][0-9][0-9A-Z]{2,5}", plain):
        return f"{plain[:3]}.{plain[3:]}"
    return plain


def _text(value: object) -> str:
    """One kind of line end, and no NUL: PostgreSQL cannot keep one."""
    text = "" if value is None else str(value)
    return re.sub(r"\r\n?", "\n", text.replace("\0", ""))[:MOST_LETTERS]


def _rows(rows: object, names: tuple[str, ...]) -> list[Row]:
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        return []
    return [
        {name: _text(row.get(name)) for name in names}
        for row in rows[:MOST_ROWS]
        if isinstance(row, Mapping)
    ]


def _both(mine: str, theirs: str) -> str:
    if theirs.strip() in mine:
        return mine
    if mine.strip() in theirs:
        return theirs
    return f"{mine.rstrip()}\n\n{theirs.lstrip()}"


def _union(mine: list[Row], theirs: list[Row]) -> list[Row]:
    rows = [row for row in mine if any(row.values())]
    return rows + [row for row in theirs if any(row.values()) and row not in rows]
