"""What a chart shows, read through the doctor's eyes only."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from appointments.models import Appointment, Status
from clinics.models import CareTeamMember, Clinic, Membership
from healthcare import clock, dates
from healthcare.cursor import cursor_page
from records.charting.models import Diagnosis, Encounter
from records.charting.visits import Problem, Visit, problems, visit
from records.prescribing.medicines import Medicine, medicine
from records.prescribing.models import PrescriptionLine, PrescriptionLineQuerySet

PAGE = 10
MOST = 200


@dataclass(frozen=True)
class Glance:
    """What a doctor must have in view while they see or write."""

    problems: Sequence[Problem]
    medicines: Sequence[Medicine]


@dataclass(frozen=True)
class Timeline:
    visits: Sequence[Visit]
    newer: str
    older: str

    @property
    def shown(self) -> str:
        if not self.visits:
            return ""
        span = {
            "first": dates.day(self.visits[-1].day),
            "last": dates.day(self.visits[0].day),
        }
        return _("%(first)s to %(last)s") % span


@dataclass(frozen=True)
class Link:
    when: str
    reason: str
    url: str


@dataclass(frozen=True)
class Carer:
    label: str
    department: str


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool


def glance(patient: Person, membership: Membership) -> Glance:
    found = Diagnosis.objects.visible_to(membership).of_patient(patient).standing()
    return Glance(
        problems=problems(list(found[:MOST])),
        medicines=current_medicines(patient, membership),
    )


def current_medicines(patient: Person, membership: Membership) -> list[Medicine]:
    today = clock.now().astimezone(membership.clinic.zone).date()
    lines = medicine_lines(patient, membership).current(today)
    return [medicine(line) for line in lines[:MOST]]


def medicine_lines(patient: Person, membership: Membership) -> PrescriptionLineQuerySet:
    lines = PrescriptionLine.objects.visible_to(membership).of_patient(patient)
    return lines.with_people().newest_first()


def timeline(patient: Person, membership: Membership, query: QueryDict) -> Timeline:
    rows = Encounter.objects.visible_to(membership).of_patient(patient)
    rows = rows.with_people().with_diagnoses()
    page = cursor_page(rows, query, by="started_at", size=PAGE)
    return Timeline([visit(row) for row in page.rows], page.newer, page.older)


def next_visit(patient: Person, membership: Membership) -> Link | None:
    """The next appointment with this doctor that has not begun."""
    mine = Appointment.objects.visible_to(membership).filter(patient=patient)
    ahead = mine.upcoming(clock.now()).exclude(status=Status.IN_PROGRESS)
    found = ahead.select_related("clinic").first()
    if found is None:
        return None
    url = reverse("appointments:detail", args=[found.clinic.slug, found.uid])
    return Link(dates.moment(found.starts_at, found.zone), found.reason, url)


def unsigned(patient: Person, membership: Membership) -> list[Link]:
    """Notes this doctor still has to sign."""
    open_notes = Encounter.objects.of_patient(patient).unsigned_by(membership)
    return [
        Link(
            dates.moment(each.started_at, each.clinic.zone),
            each.appointment.reason,
            reverse("charting:encounter", args=[each.clinic.slug, each.uid]),
        )
        for each in open_notes.select_related("clinic", "appointment")
    ]


def care_team(patient: Person, membership: Membership) -> list[Carer]:
    caring = CareTeamMember.objects.visible_to(membership).current(clock.now())
    caring = caring.filter(patient=patient).select_related(
        "member__user__person", "member__department"
    )
    return [
        Carer(each.member.label, str(each.member.department or "")) for each in caring
    ]


def tabs(clinic: Clinic, patient: Person, path: str) -> list[Tab]:
    parts = (
        (_("Summary"), "charting:chart"),
        (_("Visits"), "charting:chart_visits"),
        (_("Medicines"), "charting:chart_medicines"),
        (_("Who looked"), "charting:chart_looked"),
    )
    urls = [(label, chart_url(name, clinic, patient)) for label, name in parts]
    return [Tab(label, url, url == path) for label, url in urls]


def chart_url(name: str, clinic: Clinic, patient: Person) -> str:
    return reverse(name, args=[clinic.slug, patient.uid])
