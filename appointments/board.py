"""What the front desk may know of a clinic's visits: who, when, with whom, and where
they are. Never what a visit is about."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from appointments import when
from appointments.day import Stat
from appointments.forms import DeskFilter
from appointments.models import Appointment, BookingPolicy, Status
from appointments.pills import Pill, for_staff
from appointments.schedule import age_and_sex
from clinics.models import Clinic, Membership, Registration
from healthcare import dates

MOST = 120


@dataclass(frozen=True)
class Line:
    """One visit as a row of the desk or of the list."""

    uid: object
    url: str
    reference: str
    day: str
    time: str
    patient: str
    meta: str
    number: str
    doctor: str
    department: str
    pill: Pill
    can_arrive: bool
    can_revert: bool
    can_miss: bool
    can_cancel: bool
    can_move: bool
    can_restore: bool
    is_asked: bool
    overbooked: bool
    move_url: str


@dataclass(frozen=True)
class Group:
    """A doctor's visits of the day."""

    id: str
    doctor: str
    place: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class DeskPage:
    heading: str
    stats: Sequence[Stat]
    groups: Sequence[Group]
    requests: Sequence[Line]
    missing: Sequence[Line]
    is_cut: bool
    is_filtered: bool
    previous: tuple[str, str]
    following: tuple[str, str]
    today_url: str


def desk_page(member: Membership, form: DeskFilter, *, now: datetime) -> DeskPage:
    """Requests of all days, and who should be here by now, beside the day's visits."""
    clinic = member.clinic
    day = form.value("date") or local_today(clinic, now)
    mine = Appointment.objects.visible_to(member)
    that_day = mine.on_day(day, clinic.zone)
    found = (
        that_day.of_doctor(form.value("doctor"))
        .of_status(form.value("status") or "")
        .matching(form.value("q") or "", clinic)
        .with_people()
        .by_doctor()
    )
    visits = list(found[: MOST + 1])
    asked = list(mine.of_status(Status.REQUESTED).with_people().in_order()[:MOST])
    policy = BookingPolicy.objects.of(clinic)
    late = mine.missing(now, policy.missing_after_minutes).with_people().in_order()
    missing = list(late[:MOST])
    make = line_maker(clinic, [*visits, *asked, *missing], policy, now)
    return DeskPage(
        heading=when.weekday_date(day),
        stats=_stats(that_day.counts(), len(asked)),
        groups=_groups(visits[:MOST], make),
        requests=[make(each) for each in asked],
        missing=[make(each) for each in missing],
        is_cut=len(visits) > MOST,
        is_filtered=any(form.value(name) for name in ("q", "doctor", "status")),
        previous=_other_day(clinic, day - timedelta(days=1), _("Previous day")),
        following=_other_day(clinic, day + timedelta(days=1), _("Next day")),
        today_url=reverse("appointments:desk", args=[clinic.slug]),
    )


def local_today(clinic: Clinic, now: datetime) -> date:
    return now.astimezone(clinic.zone).date()


def lines(
    clinic: Clinic, visits: Iterable[Appointment], now: datetime
) -> Sequence[Line]:
    """Two queries more, for the record numbers and for how long one can undo."""
    found = list(visits)
    make = line_maker(clinic, found, BookingPolicy.objects.of(clinic), now)
    return [make(each) for each in found]


def line_maker(
    clinic: Clinic, visits: Iterable[Appointment], policy: BookingPolicy, now: datetime
) -> Callable[[Appointment], Line]:
    """Makes lines of these visits without a query for each."""
    numbers = record_numbers(clinic, visits)
    return lambda visit: _line(clinic, visit, numbers, policy, now)


def record_numbers(clinic: Clinic, visits: Iterable[Appointment]) -> dict[int, str]:
    patients = {each.patient_id for each in visits}
    registered = Registration.objects.filter(clinic=clinic, patient__in=patients)
    return dict(registered.values_list("patient_id", "record_number"))


def cancel_question(appointment: Appointment) -> str:
    zone = appointment.zone
    day = when.weekday_date(appointment.starts_at.astimezone(zone).date())
    words = {
        "day": day,
        "time": when.wall_time(appointment.starts_at, zone),
        "doctor": appointment.doctor.label,
        "patient": appointment.patient.clinical_name,
    }
    told = _("%(patient)s, %(day)s at %(time)s with %(doctor)s.") % words
    return f"{told} " + _("The patient is told by e-mail, and the time is free again.")


def detail_url(appointment: Appointment) -> str:
    arguments = [appointment.clinic.slug, appointment.uid]
    return reverse("appointments:detail", args=arguments)


def _groups(
    visits: Sequence[Appointment], make: Callable[[Appointment], Line]
) -> list[Group]:
    groups = []
    for doctor, own in groupby(visits, lambda each: each.doctor):
        room = _("room %(room)s") % {"room": doctor.room} if doctor.room else ""
        groups.append(
            Group(
                id=f"doctor-{doctor.uid}",
                doctor=doctor.label,
                place=room,
                lines=[make(each) for each in own],
            )
        )
    return groups


def can_restore(visit: Appointment, policy: BookingPolicy, now: datetime) -> bool:
    """While the clinic's grace lasts, and the visit's time has not come."""
    if visit.status != Status.CANCELLED or visit.cancelled_at is None:
        return False
    grace = timedelta(minutes=policy.undo_minutes)
    return now <= min(visit.cancelled_at + grace, visit.starts_at)


def _line(
    clinic: Clinic,
    visit: Appointment,
    numbers: dict[int, str],
    policy: BookingPolicy,
    now: datetime,
) -> Line:
    day = visit.starts_at.astimezone(clinic.zone).date()
    return Line(
        uid=visit.uid,
        url=detail_url(visit),
        reference=visit.reference,
        day=dates.day(day),
        time=when.wall_time(visit.starts_at, clinic.zone),
        patient=visit.patient.clinical_name,
        meta=age_and_sex(visit.patient, day),
        number=numbers.get(visit.patient_id, ""),
        doctor=visit.doctor.label,
        department=visit.department.name,
        pill=for_staff(visit, now),
        can_arrive=visit.status == Status.BOOKED,
        can_revert=visit.status in (Status.ARRIVED, Status.NO_SHOW),
        can_miss=visit.status == Status.BOOKED and visit.starts_at <= now,
        can_cancel=visit.can_become(Status.CANCELLED),
        can_move=visit.status in (Status.REQUESTED, Status.BOOKED),
        can_restore=can_restore(visit, policy, now),
        is_asked=visit.status == Status.REQUESTED,
        overbooked=visit.overbooked,
        move_url=reverse("appointments:move", args=[clinic.slug, visit.uid]),
    )


def _stats(counts: dict[str, int], asked: int) -> list[Stat]:
    def number(*statuses: Status) -> int:
        return sum(counts.get(status, 0) for status in statuses)

    missed = number(Status.NO_SHOW, Status.CANCELLED)
    words = {"ahead": number(Status.BOOKED), "missed": missed}
    note = _("%(ahead)d still to come, %(missed)d cancelled or missed") % words
    return [
        Stat(_("Visits"), sum(counts.values()) - missed, "calendar2-week", note=note),
        Stat(_("Waiting"), number(Status.ARRIVED), "hourglass-split"),
        Stat(_("With the doctor"), number(Status.IN_PROGRESS), "person-check"),
        Stat(_("Seen"), number(Status.COMPLETED), "check2-circle"),
        Stat(
            _("Requests"),
            asked,
            "question-circle",
            note=_("Confirm or decline them") if asked else "",
            url="#requests" if asked else "",
        ),
    ]


def _other_day(clinic: Clinic, day: date, label: str) -> tuple[str, str]:
    url = reverse("appointments:desk", args=[clinic.slug])
    return f"{url}?date={day.isoformat()}", f"{label}, {when.weekday_date(day)}"
