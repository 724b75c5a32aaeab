"""What a signature stands for: one canonical text of a version, and its hash."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from records.charting.models import Diagnosis, Encounter, EncounterVersion
from records.prescribing.models import PrescriptionLine

LINE_FIELDS = (
    "rank",
    "medicine",
    "strength",
    "dose",
    "frequency",
    "duration_days",
    "instructions",
)


def content_hash(
    encounter: Encounter,
    version: EncounterVersion,
    diagnoses: Sequence[Diagnosis],
    lines: Sequence[PrescriptionLine],
) -> str:
    """SHA-256 over everything that is signed, in hexadecimal."""
    text = canonical(encounter, version, diagnoses, lines)
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(
    encounter: Encounter,
    version: EncounterVersion,
    diagnoses: Sequence[Diagnosis],
    lines: Sequence[PrescriptionLine],
) -> str:
    signed = {
        "encounter": str(encounter.uid),
        "clinic": str(encounter.clinic.uid),
        "patient": str(encounter.patient.uid),
        "doctor": str(encounter.doctor.uid),
        "appointment": encounter.appointment.reference,
        "started_at": _moment(encounter.started_at),
        "version": version.number,
        "visit_type": version.visit_type,
        "notes": version.notes,
        "plan": version.plan,
        "author": version.author_label,
        "signed_at": _moment(version.created_at),
        "diagnoses": [[row.rank, row.code, row.text] for row in diagnoses],
        "lines": [[getattr(row, name) for name in LINE_FIELDS] for row in lines],
    }
    return json.dumps(signed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def is_untouched(encounter: Encounter, version: EncounterVersion) -> bool:
    """Does what the database holds still match what was signed?"""
    prescription = getattr(version, "prescription", None)
    now = content_hash(
        encounter,
        version,
        list(version.diagnoses.all()),
        list(prescription.lines.all()) if prescription else [],
    )
    signatures = list(version.signatures.all())
    hashes = {version.content_hash, *(each.content_hash for each in signatures)}
    return bool(signatures) and hashes == {now}


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")
