"""Where a visit could move, and the question before it does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from appointments import when
from appointments.actions.errors import NotBookable
from appointments.actions.rescheduling import MOVABLE
from appointments.actions.rules import service_of
from appointments.board import detail_url
from appointments.models import Appointment, Service
from appointments.picker import (
    Choice,
    Option,
    Picker,
    chosen,
    doctor_options,
    is_offered,
    picker,
)
from clinics.models import Membership, Role

MOST = 100


@dataclass(frozen=True)
class MovePage:
    heading: str
    now_at: str
    can_move: bool
    doctors: Sequence[Option]
    picker: Picker | None
    problem: str
    hidden: dict[str, str]
    confirm_url: str
    back_url: str
    zone: str


@dataclass(frozen=True)
class MoveQuestion:
    patient: str
    before: str
    after: str
    problem: str
    can_move: bool
    change_url: str
    back_url: str


def move_url(member: Membership, visit: Appointment) -> str:
    return _url(member, visit, "move")


def confirm_url(member: Membership, visit: Appointment) -> str:
    return _url(member, visit, "move_confirm")


def _url(member: Membership, visit: Appointment, name: str) -> str:
    own = "own_" if member.role == Role.DOCTOR else ""
    args = [visit.clinic.slug, visit.uid]
    return reverse(f"appointments:{own}{name}", args=args)


def target(
    visit: Appointment, doctors: Sequence[Membership], query: QueryDict
) -> Choice:
    """The doctor, day and time asked for; by default the visit's own."""
    asked = query.copy()
    asked.setdefault("doctor", str(visit.doctor.uid))
    asked.setdefault("day", _day(visit, visit.starts_at))
    return chosen(asked, doctors, lambda doctor: _services(visit, doctor))


def _services(visit: Appointment, doctor: Membership) -> list[Service]:
    """The one that the verb would take."""
    same = doctor.pk == visit.doctor_id
    try:
        return [service_of(doctor, visit.visit_type, visit.service if same else None)]
    except NotBookable:
        return []


def move_page(
    member: Membership,
    visit: Appointment,
    doctors: Sequence[Membership],
    query: QueryDict,
    *,
    now: datetime,
) -> MovePage:
    choice = target(visit, doctors, query)
    url = move_url(member, visit)
    shown, problem = None, choice.problem
    if choice.service is not None:
        shown = picker(choice, now=now, patient=visit.patient, url=url)
    elif choice.doctor is not None:
        problem = _("%(doctor)s does not offer this kind of visit.")
        problem %= {"doctor": choice.doctor.label}
    return MovePage(
        heading=_("Move %(patient)s") % {"patient": visit.patient.clinical_name},
        now_at=_("Now: %(moment)s") % {"moment": _moment(visit, visit.starts_at)},
        can_move=visit.status in MOVABLE,
        doctors=doctor_options(doctors, choice, now=now, url=url),
        picker=shown,
        problem=problem,
        hidden={"doctor": str(choice.doctor.uid)} if choice.doctor else {},
        confirm_url=confirm_url(member, visit),
        back_url=detail_url(visit),
        zone=when.zone_label(visit.clinic.zone),
    )


def problem_of(visit: Appointment, choice: Choice, now: datetime) -> str:
    """Why the time cannot simply be had; "" when it can. The visit's own time, which
    it gives up, does not stand in its way: the verb decides there."""
    doctor, start, service = choice.doctor, choice.starts_at, choice.service
    assert doctor
    assert start
    if service is None:
        return _("This doctor does not offer this kind of visit.")
    if start <= now:
        return _("That time has passed. Choose a later one.")
    length = timedelta(minutes=service.minutes)
    over_itself = visit.starts_at < start + length and start < visit.ends_at
    if over_itself and visit.doctor_id == doctor.pk:
        return ""
    if is_offered(choice, None if over_itself else visit.patient, now):
        return ""
    return _("This time is taken, or outside of the doctor's hours.")


def confirm_page(
    member: Membership, visit: Appointment, choice: Choice, problem: str
) -> MoveQuestion:
    doctor, start = choice.doctor, choice.starts_at
    assert doctor
    assert start
    query = urlencode({**choice.query, "day": _day(visit, start)})
    return MoveQuestion(
        patient=visit.patient.clinical_name,
        before=f"{_moment(visit, visit.starts_at)}, {visit.doctor.label}",
        after=f"{_moment(visit, start)}, {doctor.label}",
        problem=problem,
        can_move=visit.status in MOVABLE and choice.service is not None,
        change_url=f"{move_url(member, visit)}?{query}",
        back_url=detail_url(visit),
    )


def _day(visit: Appointment, start: datetime) -> str:
    return start.astimezone(visit.clinic.zone).date().isoformat()


def _moment(visit: Appointment, start: datetime) -> str:
    zone = visit.clinic.zone
    day = when.weekday_date(start.astimezone(zone).date())
    return _("%(day)s at %(time)s") % {"day": day, "time": when.wall_time(start, zone)}
