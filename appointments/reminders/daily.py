"""The mails of a day and of a month: who gets one, and what it counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Person
from appointments import when
from appointments.models import Appointment, Delivery, ReminderPolicy, Status
from appointments.models.appointment import AppointmentQuerySet
from appointments.reminders.gates import fingerprint
from appointments.reminders.planning import choices_of
from appointments.slots import day_bounds, first_instant
from clinics.models import Clinic, Membership
from healthcare.outbox.actions import email_texts
from healthcare.outbox.models import Message

Kind = Delivery.Kind
AHEAD = (Status.BOOKED, Status.ARRIVED)
COUNTED = ("visits", "completed", "cancelled", "missed")
LATE_MONTH = timedelta(days=14)
TEMPLATES = {
    Kind.TODAY: "appointments/today",
    Kind.OWN_DAY: "appointments/own_day",
    Kind.OWN_MONTH: "appointments/own_month",
}


@dataclass(frozen=True)
class Letter:
    """One mail to write, to this person's account."""

    kind: Delivery.Kind
    person: Person
    day: date
    not_after: datetime
    said: dict[str, Any]
    fingerprint: str = ""

    def message(self, clinic: Clinic) -> Message:
        assert self.person.user is not None
        template = TEMPLATES[self.kind]
        said = {"clinic": clinic, "name": self.person.given_name, **self.said}
        return Message(
            channel=Message.Channel.EMAIL,
            kind=template,
            to=self.person.user.email,
            clinic_uid=clinic.uid,
            not_after=self.not_after,
            dedup_key=f"{self.kind}:{clinic.uid}:{self.person.uid}:{self.day}",
            **email_texts(template, said),
        )


def day_due(policy: ReminderPolicy, now: datetime) -> date | None:
    """The local date whose mails are to be written now, if they are not yet."""
    today = now.astimezone(policy.zone).date()
    due = first_instant(datetime.combine(today, policy.daily_at), policy.zone)
    return today if policy.since < due <= now and policy.days_done != today else None


def month_due(policy: ReminderPolicy, now: datetime) -> date | None:
    """The first of the local month in which the report of the last one is due."""
    first = now.astimezone(policy.zone).date().replace(day=1)
    due = first_instant(datetime.combine(first, policy.daily_at), policy.zone)
    return first if policy.since < due <= now and policy.months_done != first else None


def day_letters(policy: ReminderPolicy, day: date, now: datetime) -> list[Letter]:
    visits = _visits_of(policy.clinic, day).select_related("patient__user", "clinic")
    found: list[Letter] = []
    if policy.mails_patients:
        rows = visits.filter(status__in=AHEAD).order_by("patient_id", "starts_at")
        found += _for_patients(rows, policy.zone, day, now)
    if policy.mails_doctors:
        here = visits.exclude(status__in=(Status.CANCELLED, Status.NO_SHOW))
        with_doctor = here.select_related("doctor__user__person", "clinic")
        rows = with_doctor.order_by("doctor_id", "starts_at")
        found += _for_doctors(rows, policy, day, now)
    return found


def _visits_of(clinic: Clinic, day: date) -> AppointmentQuerySet:
    begins, ends = day_bounds(day, clinic.zone)
    every = Appointment.objects.filter(clinic=clinic)
    return every.filter(starts_at__gte=begins, starts_at__lt=ends)


def _for_patients(
    rows: AppointmentQuerySet, zone: ZoneInfo, day: date, now: datetime
) -> list[Letter]:
    visits = [row for row in rows if _has_account(row.patient)]
    choices = choices_of(row.patient_id for row in visits)
    found = []
    for patient_id, group in groupby(visits, lambda row: row.patient_id):
        own = list(group)
        choice = choices.get(patient_id)
        wanted = choice is None or (choice.by_email and choice.daily)
        if wanted and own[-1].starts_at > now:
            found.append(_patients_letter(own, zone, day))
    return found


def _patients_letter(own: list[Appointment], zone: ZoneInfo, day: date) -> Letter:
    said = {
        "day": when.weekday_date(day),
        "times": [when.span(row.starts_at, row.ends_at, zone) for row in own],
        "zone": when.zone_label(zone),
        "path": reverse("appointments:mine"),
    }
    until, marks = own[-1].starts_at, fingerprint(own)
    return Letter(Kind.TODAY, own[0].patient, day, until, said, marks)


def _for_doctors(
    rows: AppointmentQuerySet, policy: ReminderPolicy, day: date, now: datetime
) -> list[Letter]:
    visits = [row for row in rows if _works(row.doctor)]
    choices = choices_of(row.doctor.person.pk for row in visits)
    found = []
    for doctor, group in groupby(visits, lambda row: row.doctor):
        own = list(group)
        choice = choices.get(doctor.person.pk)
        wanted = choice is None or choice.own_day
        if wanted and own[-1].starts_at > now:
            found.append(_doctors_letter(doctor.person, own, policy, day))
    return found


def _doctors_letter(
    person: Person, own: list[Appointment], policy: ReminderPolicy, day: date
) -> Letter:
    said = {
        "day": when.weekday_date(day),
        "count": len(own),
        "first": when.wall_time(own[0].starts_at, policy.zone),
        "last": when.wall_time(own[-1].starts_at, policy.zone),
        "zone": when.zone_label(policy.zone),
        "path": reverse("appointments:day", args=[policy.clinic.slug]),
    }
    return Letter(Kind.OWN_DAY, person, day, own[-1].starts_at, said)


def month_letters(policy: ReminderPolicy, first: date, now: datetime) -> list[Letter]:
    """To every doctor of the clinic about the month before `first`."""
    if not policy.mails_months:
        return []
    clinic = policy.clinic
    doctors = list(Membership.objects.doctors().at(clinic))
    choices = choices_of(doctor.person.pk for doctor in doctors)
    begin = (first - timedelta(days=1)).replace(day=1)
    span = (day_bounds(begin, clinic.zone)[0], day_bounds(first, clinic.zone)[0])
    counted, new = _counts(clinic, *span), _new_patients(clinic, *span)
    return [
        Letter(
            Kind.OWN_MONTH,
            doctor.person,
            first,
            now + LATE_MONTH,
            _month_said(begin, clinic, counted.get(doctor.pk), new.get(doctor.pk, 0)),
        )
        for doctor in doctors
        if (choice := choices.get(doctor.person.pk)) is None or choice.own_month
    ]


def _counts(
    clinic: Clinic, begin: datetime, end: datetime
) -> dict[int, dict[str, int]]:
    """By doctor: visits, and how they ended."""
    rows = Appointment.objects.filter(clinic=clinic, starts_at__gte=begin)
    by_doctor = rows.filter(starts_at__lt=end).order_by().values_list("doctor_id")
    counted = by_doctor.annotate(
        visits=Count("id"),
        completed=Count("id", filter=Q(status=Status.COMPLETED)),
        cancelled=Count("id", filter=Q(status=Status.CANCELLED)),
        missed=Count("id", filter=Q(status=Status.NO_SHOW)),
    )
    return {
        doctor: dict(zip(COUNTED, numbers, strict=True)) for doctor, *numbers in counted
    }


def _new_patients(clinic: Clinic, begin: datetime, end: datetime) -> dict[int, int]:
    """By doctor: patients whose first visit with them was in that time."""
    seen = Appointment.objects.filter(clinic=clinic, starts_at__lt=end).exclude(
        status__in=(Status.CANCELLED, Status.NO_SHOW)
    )
    pairs = seen.order_by().values("doctor_id", "patient_id")
    found: dict[int, int] = {}
    for row in pairs.annotate(began=Min("starts_at")).filter(began__gte=begin):
        found[row["doctor_id"]] = found.get(row["doctor_id"], 0) + 1
    return found


def _month_said(
    begin: date, clinic: Clinic, counted: dict[str, int] | None, new: int
) -> dict[str, Any]:
    numbers = counted or dict.fromkeys(COUNTED, 0)
    return {
        "month": f"{begin:%B} {begin.year}",
        "rows": [
            (_("Visits"), numbers["visits"]),
            (_("Completed"), numbers["completed"]),
            (_("Cancelled"), numbers["cancelled"]),
            (_("No-shows"), numbers["missed"]),
            (_("New patients"), new),
        ],
        "path": reverse("clinics:overview", args=[clinic.slug]),
    }


def _has_account(person: Person) -> bool:
    return bool(person.user and person.user.is_active)


def _works(doctor: Membership) -> bool:
    user = doctor.user
    return doctor.is_active and user.is_active and user.own_person() is not None


def written(clinic: Clinic, letters: Iterable[Letter]) -> set[tuple[str, int, date]]:
    """Which of these the clinic has sent already."""
    wanted = list(letters)
    rows = Delivery.objects.at(clinic).filter(
        day__in={letter.day for letter in wanted},
        person__in={letter.person.pk for letter in wanted},
    )
    known = rows.values_list("kind", "person_id", "day")
    return {(kind, person, day) for kind, person, day in known if day}
