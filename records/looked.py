"""Who looked at a record: the log's events about a person, in words for them."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from clinics.models import Clinic, Role
from healthcare import dates
from healthcare.audit.models import (
    Action,
    AuditEvent,
    AuditEventQuerySet,
    Outcome,
)

# Steps that only come together with an act that is listed.
ECHOES = (
    Action.ENCOUNTER_SAVED,
    Action.STARTED,
    Action.COMPLETED,
    Action.CARE_TEAM_CHANGED,
)
WORDS: dict[str, str | Promise] = {
    Action.CHART_OPENED: _("Opened the record"),
    Action.ENCOUNTER_OPENED: _("Read or wrote a visit note"),
    Action.ENCOUNTER_SIGNED: _("Signed a visit note"),
    Action.PRESCRIBED: _("Wrote a prescription"),
    Action.PATIENT_REGISTERED: _("Registered at the clinic"),
    Action.PATIENT_BLOCKED: _("Stopped online booking"),
    Action.PATIENT_UNBLOCKED: _("Allowed online booking again"),
    Action.PROFILE_CHANGED: _("Changed personal details"),
    Action.BOOKED: _("Booked an appointment"),
    Action.ARRIVED: _("Checked in at reception"),
    Action.CANCELLED: _("Cancelled an appointment"),
    Action.NO_SHOW: _("Marked as not come"),
    Action.REVERTED: _("Took back a change of an appointment"),
    Action.APPOINTMENT_OPENED: _("Opened an appointment"),
}
ROLES: dict[str, str | Promise] = {
    Role.OWNER: _("clinic owner"),
    Role.STAFF: _("reception"),
    Role.DOCTOR: _("doctor"),
    Role.AUDITOR: _("auditor"),
    "device": _("device"),
}


def looks_at(person: Person) -> AuditEventQuerySet:
    """Every act of somebody else that concerns the person, at any clinic."""
    own = str(person.user.uid) if person.user else ""
    return (
        AuditEvent.objects.about_patient(person.uid)
        .exclude(actor_kind="system")
        .exclude(actor_uid=own)
        .exclude(action__in=ECHOES)
    )


@dataclass(frozen=True)
class Look:
    name: str
    role: str
    what: str
    when: str
    clinic: str
    refused: bool
    ask_url: str

    @property
    def sub(self) -> str:
        return " · ".join(part for part in (self.what, self.clinic, self.when) if part)

    @property
    def title(self) -> str:
        return f"{self.name}, {self.role}" if self.role else self.name


def look(event: AuditEvent, clinics: dict[object, Clinic], zone: ZoneInfo) -> Look:
    clinic = clinics.get(event.clinic_uid)
    what = WORDS.get(event.action) or event.get_action_display()
    return Look(
        name=event.actor_label,
        role=str(ROLES.get(event.actor_role, "")),
        what=str(what),
        when=dates.moment(event.at, clinic.zone if clinic else zone),
        clinic=clinic.name if clinic else "",
        refused=event.outcome == Outcome.REFUSED,
        ask_url=_ask(event, clinic) if clinic else "",
    )


def clinics_of(events: Iterable[AuditEvent]) -> dict[object, Clinic]:
    uids = {event.clinic_uid for event in events if event.clinic_uid}
    return {clinic.uid: clinic for clinic in Clinic.objects.filter(uid__in=uids)}


def newest_once(person: Person, *, count: int, zone: ZoneInfo) -> list[Look]:
    """The latest looks, the same person's same act of one day only once."""
    events = list(looks_at(person).newest_first()[: count * 25])
    clinics = clinics_of(events)
    seen: dict[tuple[object, ...], AuditEvent] = {}
    for event in events:
        day = event.at.astimezone(zone).date()
        seen.setdefault((event.actor_uid, event.action, day), event)
    return [look(event, clinics, zone) for event in list(seen.values())[:count]]


def _ask(event: AuditEvent, clinic: Clinic) -> str:
    """Write to the clinic, else call it, else see how to reach it. Names no detail."""
    if clinic.email:
        asked = {
            "subject": _t("Who opened my record"),
            "body": _t("I have a question about entry %(uid)s.") % {"uid": event.uid},
        }
        return f"mailto:{clinic.email}?{urlencode(asked, quote_via=quote)}"
    if clinic.phone:
        return clinic.phone.as_rfc3966
    return clinic.get_absolute_url()
