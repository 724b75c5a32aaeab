"""One visit as the clinic sees it: facts, history and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from appointments import when
from appointments.board import Line, lines
from appointments.kinds import money
from appointments.models import Appointment, Status, StatusChange
from appointments.schedule import age_and_sex
from clinics.models import Membership, Role
from healthcare import dates


@dataclass(frozen=True)
class Change:
    title: str
    meta: str
    text: str
    icon: str
    kind: str


@dataclass(frozen=True)
class DetailPage:
    heading: str
    lead: str
    line: Line
    facts: Sequence[tuple[str, str]]
    patient: Sequence[tuple[str, str]]
    changes: Sequence[Change]
    is_doctors: bool
    can_open: bool
    move_url: str
    restore_url: str
    series_url: str


OPENABLE = (Status.BOOKED, Status.ARRIVED, Status.IN_PROGRESS)
ICONS = {
    Status.REQUESTED: ("question-circle", "warn"),
    Status.BOOKED: ("calendar-check", ""),
    Status.ARRIVED: ("door-open", "info"),
    Status.IN_PROGRESS: ("person-check", "warn"),
    Status.COMPLETED: ("check2", "ok"),
    Status.CANCELLED: ("x-circle", ""),
    Status.NO_SHOW: ("person-x", "danger"),
}


def detail_page(
    member: Membership, appointment: Appointment, *, now: datetime
) -> DetailPage:
    """Two queries more. Only the visit's doctor reads what it is about."""
    zone = appointment.zone
    line = lines(appointment.clinic, [appointment], now)[0]
    is_doctors = member.role == Role.DOCTOR and member == appointment.doctor
    day = when.weekday_date(appointment.starts_at.astimezone(zone).date())
    span = when.span(appointment.starts_at, appointment.ends_at, zone)
    history = appointment.changes.order_by("-id")
    return DetailPage(
        heading=appointment.patient.clinical_name,
        lead=f"{day}, {span}. {line.doctor}.",
        line=line,
        facts=_facts(
            appointment, f"{day}, {span} ({when.zone_label(zone)})", is_doctors
        ),
        patient=_patient(appointment, line),
        changes=[_change(each, appointment) for each in history],
        is_doctors=is_doctors,
        can_open=is_doctors and appointment.status in OPENABLE,
        move_url=_url("move", member, appointment) if line.can_move else "",
        restore_url=_url("restore", member, appointment) if line.can_restore else "",
        series_url=_series_url(member, appointment),
    )


def _url(name: str, member: Membership, appointment: Appointment) -> str:
    own = "own_" if member.role == Role.DOCTOR else ""
    args = [appointment.clinic.slug, appointment.uid]
    return reverse(f"appointments:{own}{name}", args=args)


def _series_url(member: Membership, appointment: Appointment) -> str:
    if appointment.series_id is None or member.role == Role.DOCTOR:
        return ""
    args = [appointment.clinic.slug, appointment.uid]
    return reverse("appointments:series", args=args)


def restore_question(appointment: Appointment) -> str:
    words = {
        "patient": appointment.patient.clinical_name,
        "moment": dates.moment(appointment.starts_at, appointment.zone),
        "doctor": appointment.doctor.label,
    }
    told = _("%(patient)s, %(moment)s with %(doctor)s is booked again.") % words
    return f"{told} " + _(
        "The patient is told by e-mail. It works if the time is free."
    )


def _facts(
    appointment: Appointment, moment: str, is_doctors: bool
) -> list[tuple[str, str]]:
    fee = appointment.fee
    room = appointment.doctor.room
    rows = [
        (_("Reference"), appointment.reference),
        (_("When"), moment),
        (_("Doctor"), appointment.doctor.label),
        (_("Department"), appointment.department.name),
        (_("Room"), room),
        (_("Visit type"), _kind(appointment)),
        (_("Reason"), appointment.reason if is_doctors else ""),
        (_("Fee"), money(fee, appointment.clinic) if fee is not None else ""),
        (_("Booked"), dates.moment(appointment.created_at, appointment.zone)),
        (_("Cancelled because"), appointment.cancel_reason),
    ]
    return [(term, value) for term, value in rows if value]


def _kind(appointment: Appointment) -> str:
    service = appointment.service
    return service.name if service else str(appointment.get_visit_type_display())


def _patient(appointment: Appointment, line: Line) -> list[tuple[str, str]]:
    person = appointment.patient
    born = dates.day(person.date_of_birth) if person.date_of_birth else ""
    rows = [
        (_("Name"), person.clinical_name),
        (_("Record number"), line.number),
        (_("Born"), f"{born} ({age_and_sex(person, _local_day(appointment))})"),
        (_("Phone"), person.phone.as_international if person.phone else ""),
    ]
    return [(term, value) for term, value in rows if value]


def _local_day(appointment: Appointment) -> date:
    return appointment.starts_at.astimezone(appointment.zone).date()


def _change(change: StatusChange, appointment: Appointment) -> Change:
    icon, kind = ICONS[Status(change.after)]
    return Change(
        title=_title(change, appointment),
        meta=f"{dates.moment(change.at, appointment.zone)} · {change.by_label}",
        text=change.reason,
        icon=icon,
        kind=kind,
    )


def _title(change: StatusChange, appointment: Appointment) -> str:
    if change.moved_from and change.moved_to:
        return _("Moved from %(before)s to %(after)s") % {
            "before": dates.moment(change.moved_from, appointment.zone),
            "after": dates.moment(change.moved_to, appointment.zone),
        }
    if change.before == Status.REQUESTED and change.after == Status.BOOKED:
        return _("Confirmed")
    if change.before and change.after == Status.BOOKED:
        return _("Taken back: booked")
    return str(change.get_after_display())
