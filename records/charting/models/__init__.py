from records.charting.models.access import charts_visible_to
from records.charting.models.encounter import Encounter, EncounterDraft
from records.charting.models.version import Diagnosis, EncounterVersion, Signature

__all__ = [
    "Diagnosis",
    "Encounter",
    "EncounterDraft",
    "EncounterVersion",
    "Signature",
    "charts_visible_to",
]
