"""Which events a reader asked for, as a page and a report keep it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from healthcare import dates
from healthcare.audit import people
from healthcare.audit.models import Action, AuditEventQuerySet, Outcome

ROLES = {
    "owner": gettext_lazy("Owner"),
    "staff": gettext_lazy("Staff"),
    "doctor": gettext_lazy("Doctor"),
    "auditor": gettext_lazy("Auditor"),
    "patient": gettext_lazy("Patient"),
    "user": gettext_lazy("No role here"),
    "none": gettext_lazy("Not signed in"),
    "system": gettext_lazy("System"),
}


@dataclass(frozen=True)
class LogFilter:
    """`actors` and `patients` are whom the names meant when they were typed."""

    first_day: str = ""
    last_day: str = ""
    role: str = ""
    action: str = ""
    outcome: str = ""
    person: str = ""
    patient: str = ""
    actors: tuple[str, ...] = ()
    patients: tuple[str, ...] = ()

    @classmethod
    def of(cls, clinic_uid: UUID, asked: Mapping[str, Any]) -> "LogFilter":
        """From a form's cleaned values."""
        person, patient = asked["person"], asked["patient"]
        return cls(
            first_day=_iso(asked["first_day"]),
            last_day=_iso(asked["last_day"]),
            role=asked["role"],
            action=asked["action"],
            outcome=asked["outcome"],
            person=person,
            patient=patient,
            actors=tuple(people.actors(clinic_uid, person)) if person else (),
            patients=tuple(people.patients(clinic_uid, patient)) if patient else (),
        )

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "LogFilter":
        known = {name: params[name] for name in cls.__dataclass_fields__}
        return cls(
            **known
            | {"actors": tuple(known["actors"]), "patients": tuple(known["patients"])}
        )

    def as_params(self) -> dict[str, Any]:
        return asdict(self)

    def apply(self, events: AuditEventQuerySet, zone: ZoneInfo) -> AuditEventQuerySet:
        for name in ("role", "action", "outcome"):
            if value := getattr(self, name):
                events = events.filter(**{COLUMNS[name]: value})
        if self.first_day:
            events = events.filter(at__gte=_midnight(self.first_day, zone))
        if self.last_day:
            events = events.filter(at__lt=_midnight(self.last_day, zone, after=1))
        if self.person:
            unnamed = Q(actor_uid="", actor_label__icontains=self.person)
            events = events.filter(unnamed | Q(actor_uid__in=self.actors))
        if self.patient:
            events = events.filter(patient_uid__in=self.patients)
        return events

    def in_words(self) -> list[tuple[str, str]]:
        """What was asked for, as terms and values."""
        told = [
            (_("From"), self.first_day and _day(self.first_day)),
            (_("To"), self.last_day and _day(self.last_day)),
            (_("Role"), str(ROLES.get(self.role, self.role))),
            (_("Action"), self.action and str(Action(self.action).label)),
            (_("Outcome"), self.outcome and str(Outcome(self.outcome).label)),
            (_("Person"), self.person),
            (_("Patient"), self.patient),
        ]
        return [(term, value) for term, value in told if value]

    def period(self, today: date) -> str:
        """'01-Sep-2026 to 17-Sep-2026', or how far it goes back."""
        last = _day(self.last_day) if self.last_day else dates.day(today)
        if not self.first_day:
            return _("until %(day)s") % {"day": last}
        first = _day(self.first_day)
        return _("%(first)s to %(last)s") % {"first": first, "last": last}

    def __str__(self) -> str:
        return ", ".join(f"{term}: {value}" for term, value in self.in_words())


COLUMNS = {"role": "actor_role", "action": "action", "outcome": "outcome"}


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _day(iso: str) -> str:
    return dates.day(date.fromisoformat(iso))


def _midnight(iso: str, zone: ZoneInfo, after: int = 0) -> datetime:
    day = date.fromisoformat(iso) + timedelta(days=after)
    return datetime.combine(day, time(), zone)
