"""The clinic's holidays as its settings show them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import when
from appointments.actions.holidays import Imported
from appointments.holiday_files import HolidayFile
from appointments.models import Appointment, Holiday, Status
from clinics.models import Clinic

NAMES_SHOWN = 5


@dataclass(frozen=True)
class HolidayRow:
    uid: UUID
    day: str
    name: str
    visits: str
    visits_url: str


def rows(clinic: Clinic, found: Sequence[Holiday]) -> list[HolidayRow]:
    """With the visits that are booked on them: one query."""
    booked = _booked(clinic, [each.date for each in found])
    return [
        HolidayRow(
            uid=each.uid,
            day=when.weekday_date(each.date),
            name=each.name,
            visits=_visits(booked[each.date]),
            visits_url=_list_url(clinic, each.date),
        )
        for each in found
    ]


def _booked(clinic: Clinic, days: Sequence[date]) -> Counter[date]:
    if not days:
        return Counter()
    held = Appointment.objects.filter(clinic=clinic, status=Status.BOOKED)
    starts = held.between(min(days), max(days), clinic.zone)
    return Counter(
        each.astimezone(clinic.zone).date()
        for each in starts.values_list("starts_at", flat=True)
    )


def _visits(count: int) -> str:
    if not count:
        return ""
    text = ngettext(
        "%(count)d visit stays booked", "%(count)d visits stay booked", count
    )
    return text % {"count": count}


def _list_url(clinic: Clinic, day: date) -> str:
    days = {"since": day.isoformat(), "until": day.isoformat(), "status": Status.BOOKED}
    return reverse("appointments:list", args=[clinic.slug], query=days)


def booked_on(clinic: Clinic, days: Sequence[date]) -> int:
    """How many visits are booked on those dates."""
    wanted = set(days)
    booked = _booked(clinic, days)
    return sum(count for day, count in booked.items() if day in wanted)


def told_visits(count: int) -> str:
    text = ngettext(
        "%(count)d visit is booked then and stays booked. See the list below.",
        "%(count)d visits are booked then and stay booked. See the list below.",
        count,
    )
    return text % {"count": count}


def told_import(done: Imported) -> str:
    text = ngettext("%(count)d holiday added.", "%(count)d holidays added.", done.added)
    told = text % {"count": done.added} if done.added else _("No holidays added.")
    if done.known:
        text = ngettext(
            "%(count)d was there already.", "%(count)d were there already.", done.known
        )
        told = f"{told} {text % {'count': done.known}}"
    return told


def told_skipped(read: HolidayFile) -> str:
    """'Left out: 3 not all day (Staff party, …); 1 over (New Year).'"""
    parts = []
    for why, names in read.skipped.items():
        shown = ", ".join(names[:NAMES_SHOWN])
        if len(names) > NAMES_SHOWN:
            shown = f"{shown}, …"
        parts.append(f"{len(names)} {why} ({shown})")
    if not parts:
        return ""
    return _("Left out: %(what)s.") % {"what": "; ".join(parts)}
