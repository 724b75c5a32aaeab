"""A prescribed medicine as its readers see it: ready words, no queries."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from healthcare import dates
from records.prescribing.models import PrescriptionLine

SOON_DAYS = 7


@dataclass(frozen=True)
class Medicine:
    name: str
    strength: str
    how: str
    instructions: str
    duration: str
    since: str
    until: str
    number: str
    ends_on: date | None

    @property
    def full_name(self) -> str:
        return f"{self.name} {self.strength}".strip()

    @property
    def period(self) -> str:
        if not self.until:
            return _("Since %(day)s") % {"day": self.since}
        return _("%(first)s to %(last)s") % {"first": self.since, "last": self.until}

    def days_left(self, today: date) -> int | None:
        """0 on the last day."""
        return (self.ends_on - today).days if self.ends_on else None


def medicine(line: PrescriptionLine) -> Medicine:
    return Medicine(
        name=line.medicine,
        strength=line.strength,
        how=f"{line.dose}, {line.frequency}",
        instructions=line.instructions,
        duration=_duration(line.duration_days),
        since=dates.day(line.starts_on),
        until=dates.day(line.ends_on) if line.ends_on else "",
        number=line.prescription.number,
        ends_on=line.ends_on,
    )


@dataclass(frozen=True)
class OwnMedicine:
    """With what its patient wants to know: from whom, and when it runs out."""

    medicine: Medicine
    doctor: str
    clinic: str
    visit_uid: UUID
    runs_out: str


def own_medicine(line: PrescriptionLine, today: date) -> OwnMedicine:
    """From a row fetched `with_people()`."""
    shown = medicine(line)
    left = shown.days_left(today)
    soon = left is not None and 0 <= left <= SOON_DAYS
    prescription = line.prescription
    return OwnMedicine(
        medicine=shown,
        doctor=prescription.version.author_label,
        clinic=prescription.clinic.name,
        visit_uid=prescription.version.encounter.uid,
        runs_out=runs_out(left or 0) if soon else "",
    )


def _duration(days: int | None) -> str:
    if days is None:
        return _("No end given")
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def runs_out(left: int) -> str:
    """'Runs out in 5 days'; `left` is 0 on the last day."""
    if left == 0:
        return _("Last day today")
    return ngettext("Runs out in %(count)d day", "Runs out in %(count)d days", left) % {
        "count": left
    }
