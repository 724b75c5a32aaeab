"""What the pages about single dates show: rows of exceptions, of doctors, of visits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments.actions import Decided, Fate, Session
from appointments.actions.time_away import TimeAway, mark_of
from appointments.models import Appointment, ScheduleException
from clinics.models import Membership

AWAY = ScheduleException.Kind.AWAY


@dataclass(frozen=True)
class ExceptionRow:
    uid: UUID
    title: str
    note: str
    icon: str
    kind: str
    label: str


def rows(found: Iterable[ScheduleException]) -> list[ExceptionRow]:
    return [
        ExceptionRow(
            uid=each.uid,
            title=each.span,
            note=each.note,
            icon="suitcase-lg" if each.kind == AWAY else "calendar2-plus",
            kind="warn" if each.kind == AWAY else "ok",
            label=str(each.get_kind_display()),
        )
        for each in found
    ]


@dataclass(frozen=True)
class DoctorRow:
    uid: UUID
    name: str
    department: str
    next_away: str


def doctor_rows(doctors: Sequence[Membership], now: datetime) -> list[DoctorRow]:
    """One query for all of them."""
    if not doctors:
        return []
    today = now.astimezone(doctors[0].clinic.zone).date()
    away = ScheduleException.objects.filter(doctor__in=doctors, kind=AWAY)
    upcoming: dict[int, str] = {}
    for each in away.coming(today):
        upcoming.setdefault(each.doctor_id, each.span)
    return [
        DoctorRow(each.uid, each.label, each.department_name, upcoming.get(each.pk, ""))
        for each in doctors
    ]


def question(visits: Sequence[Appointment]) -> str:
    count = len(visits)
    text = ngettext(
        "%(count)d booked visit is in that time",
        "%(count)d booked visits are in that time",
        count,
    )
    return text % {"count": count}


def span_of(away: Session) -> str:
    """As the exception will read."""
    return ScheduleException(
        start_date=away.starts.date(),
        start_time=away.starts.time(),
        end_date=away.ends.date(),
        end_time=away.ends.time(),
    ).span


def what_changed(decided: Decided, visits: Sequence[Appointment]) -> str:
    """How the list differs from the one a person has answered for."""
    seen, now = set(decided.shown), {mark_of(each) for each in visits}
    parts = []
    if new := len(now - seen):
        text = ngettext("%(count)d visit is new", "%(count)d visits are new", new)
        parts.append(text % {"count": new})
    if gone := len(seen - now):
        text = ngettext("%(count)d is gone", "%(count)d are gone", gone)
        parts.append(text % {"count": gone})
    if not parts:
        return ""
    told = _("The list has changed while you looked: %(changes)s.")
    return f"{told % {'changes': ', '.join(parts)}} " + _("Your answers are kept.")


def outcome(done: TimeAway) -> str:
    """What was done, for the person who did it."""
    told = [_("Time away saved: %(span)s.") % {"span": done.exception.span}]
    if kept := len(done.outcome[Fate.KEEP]):
        text = ngettext(
            "%(count)d visit stays booked.", "%(count)d visits stay booked.", kept
        )
        told.append(text % {"count": kept})
    if cancelled := len(done.outcome[Fate.CANCEL]):
        text = ngettext(
            "%(count)d visit is cancelled.",
            "%(count)d visits are cancelled.",
            cancelled,
        )
        told.append(text % {"count": cancelled})
    return " ".join(told)
