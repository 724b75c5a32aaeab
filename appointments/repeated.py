"""A series as the desk sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import when
from appointments.actions.series import Missed
from appointments.board import Line, detail_url, lines
from appointments.models import Appointment, Status
from appointments.picker import service_key
from clinics.models import Registration
from healthcare import clock, dates


@dataclass(frozen=True)
class MissedRow:
    title: str
    why: str
    url: str


@dataclass(frozen=True)
class SeriesPage:
    heading: str
    lead: str
    lines: Sequence[Line]
    missed: Sequence[MissedRow]
    visit_url: str
    cancel_url: str


def packed(missed: Missed) -> list[str]:
    """For the session: it takes text only."""
    return [when.format_instant(missed.starts_at), missed.why]


def is_ahead(visit: Appointment) -> bool:
    waiting = visit.status in (Status.REQUESTED, Status.BOOKED)
    return waiting and visit.starts_at > clock.now()


def series_page(
    visit: Appointment,
    siblings: Sequence[Appointment],
    missed: Sequence[Sequence[str]],
    *,
    now: datetime,
) -> SeriesPage:
    clinic, series = visit.clinic, visit.series
    lead = _("This visit does not repeat.")
    if series is not None:
        weeks = {"weeks": series.every_weeks, "count": series.count}
        lead = _("Every %(weeks)d weeks, %(count)d times asked for.") % weeks
        if series.every_weeks == 1:
            lead = _("Every week, %(count)d times asked for.") % weeks
    cancel = reverse("appointments:cancel_series", args=[clinic.slug, visit.uid])
    return SeriesPage(
        heading=visit.patient.clinical_name,
        lead=f"{lead} {visit.doctor.label}.",
        lines=lines(clinic, siblings, now),
        missed=_missed_rows(visit, missed),
        visit_url=detail_url(visit),
        cancel_url=cancel if any(is_ahead(each) for each in siblings) else "",
    )


def _missed_rows(
    visit: Appointment, missed: Sequence[Sequence[str]]
) -> list[MissedRow]:
    """Each with a way to book that visit at another time near to it."""
    if not missed:
        return []
    zone, service = visit.zone, visit.service
    known = Registration.objects.at(visit.clinic).of_person(visit.patient)
    args = [visit.clinic.slug, known.get().uid]
    url = reverse("appointments:desk_time", args=args)
    rows = []
    for text, why in missed:
        start = when.parse_instant(text)
        assert start is not None
        day = start.astimezone(zone).date()
        query = {
            "doctor": str(visit.doctor.uid),
            "service": service_key(service) if service else visit.visit_type,
            "day": day.isoformat(),
        }
        rows.append(
            MissedRow(dates.moment(start, zone), why, f"{url}?{urlencode(query)}")
        )
    return rows


def cancel_question(rest: Sequence[Appointment]) -> str:
    if not rest:
        return ""
    first, count = rest[0], len(rest)
    day = dates.moment(first.starts_at, first.zone)
    told = ngettext(
        "%(patient)s: %(count)d visit from %(day)s on is cancelled.",
        "%(patient)s: %(count)d visits from %(day)s on are cancelled.",
        count,
    )
    words = {"patient": first.patient.clinical_name, "count": count, "day": day}
    return f"{told % words} " + _("The patient is told of each by e-mail.")
