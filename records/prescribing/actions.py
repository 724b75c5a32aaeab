"""Writing prescriptions. They are signed with the visit, so only `sign` calls this."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from clinics.models import Membership
from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action
from records.charting.models import EncounterVersion
from records.prescribing.models import Prescription, PrescriptionLine

FIELDS = (
    "medicine",
    "strength",
    "dose",
    "frequency",
    "duration_days",
    "instructions",
)
# Without I, L, O and U, which are misread or spell words.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
MOST_LINES = 30
# Filled in by the verbs, not by people.
OWN = ("starts_on", "ends_on", "author_label", "content_hash")

Line = Mapping[str, Any]


@transaction.atomic
def prescribe(
    *, version: EncounterVersion, lines: Sequence[Line], doctor: Membership, by: Actor
) -> Prescription | None:
    """Write the prescription of a signed version; without lines there is none.

    Raises ValidationError, with a message for people, when a line is not whole.
    """
    if not lines:
        return None
    encounter = version.encounter
    prescription = Prescription.objects.create(
        clinic=encounter.clinic,
        patient=encounter.patient,
        doctor=doctor,
        version=version,
        number=_free_number(),
        written_at=clock.now(),
    )
    rows = checked_lines(lines)
    for row in rows:
        _date(row, prescription)
    PrescriptionLine.objects.bulk_create(rows)
    record(
        Action.PRESCRIBED,
        by=by,
        clinic=encounter.clinic,
        patient=encounter.patient,
        target=prescription,
    )
    return prescription


def checked_lines(lines: Sequence[Line]) -> list[PrescriptionLine]:
    """The lines as rows that are not saved yet. Raises ValidationError."""
    if len(lines) > MOST_LINES:
        raise ValidationError(
            _("Write at most %(count)d medicines.") % {"count": MOST_LINES}
        )
    rows = [_row(rank, line) for rank, line in enumerate(lines, 1)]
    problems = [
        problem
        for row in rows
        for problem in problems_of(row, _("Medicine %(rank)d") % {"rank": row.rank})
    ]
    if problems:
        raise ValidationError(problems)
    return rows


def problems_of(row: Model, where: str) -> list[str]:
    """What is wrong with a row's own fields, each named for people."""
    fields = {field.name: field for field in row._meta.fields}
    links = [name for name, field in fields.items() if field.is_relation]
    try:
        row.clean_fields(exclude=[*links, *OWN])
    except ValidationError as refusal:
        return [
            f"{where}, {fields[name].verbose_name}: {told}"
            for name, messages in refusal.message_dict.items()
            for told in messages
        ]
    return []


def _row(rank: int, line: Line) -> PrescriptionLine:
    values = {name: line.get(name) or "" for name in FIELDS}
    return PrescriptionLine(
        rank=rank, **{**values, "duration_days": values["duration_days"] or None}
    )


def _date(line: PrescriptionLine, prescription: Prescription) -> None:
    """Days are the clinic's; the first one counts."""
    written = prescription.written_at.astimezone(prescription.clinic.zone).date()
    line.prescription = prescription
    line.clinic = prescription.clinic
    line.starts_on = written
    if line.duration_days:
        line.ends_on = written + timedelta(days=line.duration_days - 1)


def _free_number() -> str:
    while True:
        number = "RX-" + "".join(secrets.choice(LETTERS) for _ in range(8))
        if not Prescription.objects.filter(number=number).exists():
            return number
