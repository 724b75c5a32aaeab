"""What the desk sees while it books for somebody."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from appointments import when
from appointments.actions import Blocked, BookingError, SlotTaken
from appointments.actions.rules import STAFF_WINDOW_DAYS
from appointments.answers import Alternative, Answer, place
from appointments.kinds import money
from appointments.limits import limits_reached
from appointments.models import BookingPolicy
from appointments.path import Step, Steps
from appointments.picker import (
    Choice,
    Option,
    Picker,
    doctor_options,
    is_offered,
    picker,
    service_options,
    services_of,
)
from appointments.search import nearest_free
from clinics.models import Clinic, Membership, Registration
from clinics.rows import booking_state, born
from healthcare import clock

CARRIED = ("doctor", "service", "day", "time")


@dataclass(frozen=True)
class PatientRow:
    url: str
    name: str
    sub: str
    pill: str
    pill_kind: str
    pill_icon: str


@dataclass(frozen=True)
class TimePage:
    patient: PatientRow
    is_blocked: bool
    warnings: Sequence[str]
    doctors: Sequence[Option]
    services: Sequence[Option]
    picker: Picker | None
    hidden: Mapping[str, str]
    confirm_url: str
    zone: str


@dataclass(frozen=True)
class ConfirmPage:
    patient: PatientRow
    answers: Sequence[Answer]
    problem: str
    alternatives: Sequence[Alternative]
    warnings: Sequence[str]
    change_url: str


def steps(number: int) -> Steps:
    labels = (_("Patient"), _("Doctor, day and time"), _("Check and book"))
    states = ["done"] * (number - 1) + ["current"] + ["next"] * (len(labels) - number)
    return Steps([Step(*pair) for pair in zip(labels, states, strict=True)], number)


def slot_query(query: Mapping[str, str]) -> dict[str, str]:
    """A slot that was chosen before the patient was, as in a free cell of the day."""
    return {name: query[name][:40] for name in CARRIED if query.get(name)}


def time_url(registration: Registration, query: Mapping[str, str] | None = None) -> str:
    args = [registration.clinic.slug, registration.uid]
    return _with(reverse("appointments:desk_time", args=args), slot_query(query or {}))


def confirm_url(registration: Registration) -> str:
    args = [registration.clinic.slug, registration.uid]
    return reverse("appointments:desk_confirm", args=args)


def new_url(clinic: Clinic, query: Mapping[str, str]) -> str:
    url = reverse("appointments:desk_register", args=[clinic.slug])
    return _with(url, slot_query(query))


def _with(url: str, query: Mapping[str, str]) -> str:
    return f"{url}?{urlencode(query)}" if query else url


def patient_rows(
    found: Iterable[Registration], clinic: Clinic, query: Mapping[str, str]
) -> list[PatientRow]:
    return [patient_row(each, clinic, query) for each in found]


def patient_row(
    registration: Registration, clinic: Clinic, query: Mapping[str, str] | None = None
) -> PatientRow:
    person, state = registration.patient, booking_state(registration)
    phone = person.phone.as_international if person.phone else ""
    facts = (registration.record_number, born(person, clinic, clock.now()), phone)
    return PatientRow(
        url=time_url(registration, query),
        name=person.clinical_name,
        sub=" · ".join(each for each in facts if each),
        pill=state.label,
        pill_kind=state.kind,
        pill_icon=state.icon,
    )


def warnings_of(registration: Registration, now: datetime) -> list[str]:
    """What the desk should know, and may book in spite of."""
    person, told = registration.patient, []
    policy = BookingPolicy.objects.of(registration.clinic)
    if reached := limits_reached(policy, person, now):
        words = {"told": " ".join(reached[:-1])}
        told.append(_("A limit is reached. The patient reads: “%(told)s”") % words)
    if not person.mail_address:
        told.append(_("There is no e-mail address: tell the patient day and time."))
    if not person.is_complete:
        told.append(_("The date of birth is missing. Ask for it before you book."))
    return told


def time_page(
    registration: Registration,
    doctors: Sequence[Membership],
    choice: Choice,
    *,
    now: datetime,
) -> TimePage:
    url, patient = time_url(registration), registration.patient
    shown, services, hidden = None, [], {}
    if choice.doctor and not registration.is_blocked:
        shown = picker(choice, now=now, patient=patient, url=url)
        services = service_options(services_of(choice.doctor), choice, url)
        hidden = {
            name: value
            for name, value in choice.query.items()
            if name in ("doctor", "service")
        }
    return TimePage(
        patient=patient_row(registration, registration.clinic),
        is_blocked=registration.is_blocked,
        warnings=warnings_of(registration, now),
        doctors=doctor_options(doctors, choice, now=now, url=url),
        services=services,
        picker=shown,
        hidden=hidden,
        confirm_url=confirm_url(registration),
        zone=when.zone_label(registration.clinic.zone),
    )


def problem_of(choice: Choice, patient: Person, now: datetime) -> str:
    """Why the time can only be booked for a reason, or not at all; "" when free."""
    assert choice.doctor
    assert choice.starts_at
    if choice.starts_at <= now:
        return _("That time has passed. Choose a later one.")
    if is_offered(choice, patient, now):
        return ""
    return _(
        "This time is taken, or outside of the doctor's hours. You can book it anyway "
        "and say why; it is then marked as overbooked where it meets another visit."
    )


def confirm_page(
    registration: Registration, choice: Choice, problem: str, *, now: datetime
) -> ConfirmPage:
    patient = registration.patient
    return ConfirmPage(
        patient=patient_row(registration, registration.clinic),
        answers=_answers(registration, choice),
        problem=problem,
        alternatives=nearest(choice, patient, now) if problem else (),
        warnings=warnings_of(registration, now),
        change_url=_with(time_url(registration), choice.query),
    )


def _answers(registration: Registration, choice: Choice) -> list[Answer]:
    doctor, service, start = choice.doctor, choice.service, choice.starts_at
    assert doctor
    assert service
    assert start
    zone, end = doctor.clinic.zone, start + timedelta(minutes=service.minutes)
    change = _with(time_url(registration), choice.query)
    find = reverse("appointments:desk_book", args=[registration.clinic.slug])
    span = f"{when.span(start, end, zone)} ({when.zone_label(zone)})"
    rows = [
        Answer(_("Patient"), registration.patient.clinical_name, find),
        Answer(_("Record number"), registration.record_number),
        Answer(_("Doctor"), doctor.label, time_url(registration)),
        Answer(_("Kind of visit"), service.name, change),
        Answer(_("Day"), when.weekday_date(start.astimezone(zone).date()), change),
        Answer(_("Time"), span, change),
        Answer(_("Place"), place(doctor.clinic, doctor.room)),
    ]
    if service.price is not None:
        rows.append(Answer(_("Fee"), money(service.price, doctor.clinic)))
    return rows


def nearest(choice: Choice, patient: Person, now: datetime) -> list[Alternative]:
    doctor, start = choice.doctor, choice.starts_at
    assert doctor
    assert start
    zone = doctor.clinic.zone
    found = nearest_free(
        doctor,
        around=start,
        now=now,
        patient=patient,
        service=choice.service,
        window_days=STAFF_WINDOW_DAYS,
    )
    return [
        Alternative(when.format_instant(each), _label(each, zone)) for each in found
    ]


def _label(start: datetime, zone: ZoneInfo) -> str:
    day = when.weekday_date(start.astimezone(zone).date())
    return f"{day}, {when.wall_time(start, zone)}"


def told(problem: BookingError) -> str:
    """A refusal, said to the desk and not to the patient."""
    if isinstance(problem, Blocked):
        return _("This patient is blocked from booking. Lift the block first.")
    if isinstance(problem, SlotTaken) and problem.of == "patient":
        return _("The patient has another visit at that time.")
    return problem.message
