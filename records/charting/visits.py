"""A visit as its readers see it: ready words, no queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from healthcare import dates
from records.charting.content import is_untouched
from records.charting.models import Diagnosis, Encounter, EncounterVersion
from records.prescribing.medicines import Medicine, medicine


@dataclass(frozen=True)
class Condition:
    text: str
    code: str


@dataclass(frozen=True)
class Seal:
    """Who signed, when, and whether it still is what they signed."""

    signer: str
    at: str
    hash: str
    untouched: bool


@dataclass(frozen=True)
class Visit:
    uid: UUID
    day: date
    when: str
    doctor: str
    doctor_role: str
    clinic: str
    reason: str
    reference: str
    signed: bool
    type: str
    conditions: Sequence[Condition]
    notes: str
    plan: str

    @property
    def title(self) -> str:
        """'Hypertension, asthma', or the kind of visit when nothing was diagnosed."""
        return ", ".join(each.text for each in self.conditions) or self.type

    @property
    def meta(self) -> str:
        return f"{self.when} · {self.doctor}"


@dataclass(frozen=True)
class SignedNote:
    visit: Visit
    medicines: Sequence[Medicine]
    prescription: str
    seal: Seal


def visit(encounter: Encounter) -> Visit:
    """From a row fetched `with_people()` and its version, if it is signed."""
    version = encounter.latest if encounter.is_signed else None
    zone = encounter.clinic.zone
    person = encounter.doctor.user.own_person()
    profile = getattr(person, "doctor_profile", None)
    kind = version or encounter.appointment
    return Visit(
        uid=encounter.uid,
        day=encounter.started_at.astimezone(zone).date(),
        when=dates.moment(encounter.started_at, zone),
        doctor=version.author_label if version else encounter.doctor.label,
        doctor_role=profile.specialization if profile else "",
        clinic=encounter.clinic.name,
        reason=encounter.appointment.reason,
        reference=encounter.appointment.reference,
        signed=encounter.is_signed,
        type=kind.get_visit_type_display(),
        conditions=conditions(version.diagnoses.all()) if version else [],
        notes=version.notes if version else "",
        plan=version.plan if version else "",
    )


def conditions(rows: Iterable[Diagnosis]) -> list[Condition]:
    return [Condition(row.text, row.code) for row in rows]


def signed_note(encounter: Encounter) -> SignedNote:
    """From a signed row fetched `with_people()` and `with_note()`."""
    version = encounter.latest
    if version is None:
        raise EncounterVersion.DoesNotExist
    prescription = getattr(version, "prescription", None)
    lines = prescription.lines.all() if prescription else []
    zone = encounter.clinic.zone
    signature = version.signatures.all()[0]
    return SignedNote(
        visit=visit(encounter),
        medicines=[medicine(line) for line in lines],
        prescription=prescription.number if prescription else "",
        seal=Seal(
            signer=signature.signer_label,
            at=dates.moment(signature.signed_at, zone),
            hash=signature.content_hash,
            untouched=is_untouched(encounter, version),
        ),
    )


@dataclass(frozen=True)
class Problem:
    text: str
    code: str
    since: str


def problems(diagnoses: Sequence[Diagnosis]) -> list[Problem]:
    """Each condition once, as it was last worded, with the day it was first written.

    From rows newest first, with their visits. The same code, or without one the same
    words, is the same condition.
    """
    found: dict[str, Diagnosis] = {}
    first: dict[str, date] = {}
    for row in diagnoses:
        key = row.code or row.text.casefold()
        found.setdefault(key, row)
        zone = row.clinic.zone
        first[key] = row.version.encounter.started_at.astimezone(zone).date()
    return [
        Problem(row.text, row.code, _("Since %(day)s") % {"day": dates.day(first[key])})
        for key, row in found.items()
    ]
