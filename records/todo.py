"""What a patient should do next, as far as the record can tell."""

from dataclasses import dataclass
from datetime import date, timedelta

from allauth.mfa.utils import is_mfa_enabled
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from healthcare import clock, dates
from healthcare.audit.models import Action, AuditEvent
from records.charting.models import Encounter
from records.prescribing.medicines import SOON_DAYS, runs_out
from records.prescribing.models import PrescriptionLine

UNREAD_DAYS = 30
APART = 2


@dataclass(frozen=True)
class Task:
    title: str
    sub: str
    icon: str
    kind: str
    url: str


def tasks(person: Person, *, today: date) -> list[Task]:
    return [*_unread(person), *_ending(person, today), *_account(person)]


def _unread(person: Person) -> list[Task]:
    """Visit summaries the patient has not opened yet."""
    since = clock.now() - timedelta(days=UNREAD_DAYS)
    recent = Encounter.objects.of_person(person).filter(signed_at__gte=since)
    rows = list(recent.with_people().newest_first())
    read = _read_by(person, rows)
    rows = [row for row in rows if str(row.uid) not in read]
    if len(rows) > APART:
        return [_unread_together(rows)]
    return [
        Task(
            _("Read the summary of your visit"),
            f"{dates.moment(row.started_at, row.clinic.zone)} · {row.doctor.label}",
            "clipboard2-pulse",
            "info",
            row.get_absolute_url(),
        )
        for row in rows
    ]


def _unread_together(rows: list[Encounter]) -> Task:
    day = dates.day(rows[0].started_at.astimezone(rows[0].clinic.zone))
    return Task(
        _("Read the summaries of %(count)d visits") % {"count": len(rows)},
        _("The latest of %(day)s") % {"day": day},
        "clipboard2-pulse",
        "info",
        reverse("charting:my_visits"),
    )


def _read_by(person: Person, encounters: list[Encounter]) -> set[str]:
    opened = AuditEvent.objects.about_patient(person.uid).filter(
        action=Action.ENCOUNTER_OPENED,
        actor_uid=str(person.user.uid) if person.user else "",
        target_uid__in=[str(each.uid) for each in encounters],
    )
    return set(opened.values_list("target_uid", flat=True))


def _ending(person: Person, today: date) -> list[Task]:
    lines = PrescriptionLine.objects.of_person(person)
    ending = lines.ending(today, today + timedelta(days=SOON_DAYS)).order_by("ends_on")
    return [
        Task(
            _("Ask for more of %(medicine)s") % {"medicine": line.medicine},
            runs_out((line.ends_on - today).days) if line.ends_on else "",
            "capsule",
            "warn",
            reverse("prescribing:mine"),
        )
        for line in ending
    ]


def _account(person: Person) -> list[Task]:
    found = []
    if not person.phone:
        found.append(
            Task(
                _("Add your phone number"),
                _("So that the clinic can reach you"),
                "telephone",
                "",
                reverse("accounts:profile"),
            )
        )
    if person.user and not is_mfa_enabled(person.user):
        found.append(
            Task(
                _("Protect your account with a second step"),
                _("Takes two minutes"),
                "shield-lock",
                "",
                reverse("mfa_index"),
            )
        )
    return found
