"""The clinic's day by doctor and the doctor's week, as pages."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from appointments import when
from appointments.day import Stat
from appointments.grid import Grid, Head, columns, grid
from appointments.models import Appointment, Status
from appointments.picker import doctors_for
from clinics.models import Membership

WEEK = 7


@dataclass(frozen=True)
class GridPage:
    """`previous` and `following` are an address and its words."""

    heading: str
    lead: str
    previous: tuple[str, str]
    following: tuple[str, str]
    today_url: str
    grid: Grid
    date: str
    stats: Sequence[Stat] = ()


def clinic_day(
    member: Membership, day: date, visits: Sequence[Appointment], *, now: datetime
) -> GridPage:
    """A column for each doctor who can be booked or has a visit that day; those who
    have neither hours nor visits come last."""
    clinic = member.clinic
    doctors = doctors_for(member)
    known = {each.pk for each in doctors}
    gone = {each.doctor.pk: each.doctor for each in visits}
    doctors += [each for pk, each in gone.items() if pk not in known]
    found = columns(doctors, [day], visits, now=now)
    found.sort(key=lambda each: not (each.periods or each.visits))
    book = reverse("appointments:desk_book", args=[clinic.slug])

    def free_url(doctor: Membership, start: datetime) -> str:
        query = {"doctor": str(doctor.uid), "time": when.format_instant(start)}
        return f"{book}?{urlencode(query)}"

    desk = reverse("appointments:desk", args=[clinic.slug])
    heads = [
        Head(
            label=each.label,
            sub=_room(each),
            url=f"{desk}?{urlencode({'date': day.isoformat(), 'doctor': each.uid})}",
        )
        for each in (column.doctor for column in found)
    ]
    name = when.weekday_date(day)
    url = reverse("appointments:schedule", args=[clinic.slug])
    step = timedelta(days=1)
    return GridPage(
        heading=name,
        lead=_lead(visits),
        previous=_link(url, "date", day - step, _("Previous day")),
        following=_link(url, "date", day + step, _("Next day")),
        today_url=url,
        date=day.isoformat(),
        grid=grid(
            found,
            heads,
            member=member,
            now=now,
            caption=_("%(day)s by doctor, half an hour a row") % {"day": name},
            free_url=free_url,
        ),
    )


def doctors_week(
    doctor: Membership,
    days: Sequence[date],
    visits: Sequence[Appointment],
    month: Mapping[str, int],
    *,
    now: datetime,
) -> GridPage:
    """Monday to Sunday; a day's head leads to that day."""
    clinic = doctor.clinic
    today = now.astimezone(clinic.zone).date()
    day_url = reverse("appointments:day", args=[clinic.slug])
    standing = [each for each in visits if each.status != Status.CANCELLED]
    heads = [
        Head(
            label=f"{day:%a} {day.day}",
            sub=f"{day:%B}",
            url=f"{day_url}?date={day.isoformat()}",
            current=day == today,
        )
        for day in days
    ]
    url = reverse("appointments:week", args=[clinic.slug])
    step = timedelta(days=WEEK)
    title = when.day_range(days[0], days[-1])
    return GridPage(
        heading=title,
        lead=_room(doctor),
        previous=_link(url, "week", days[0] - step, _("Previous week")),
        following=_link(url, "week", days[0] + step, _("Next week")),
        today_url=url,
        date=days[0].isoformat(),
        stats=_stats(visits, month, days[0]),
        grid=grid(
            columns([doctor], days, standing, now=now),
            heads,
            member=doctor,
            now=now,
            caption=_("%(week)s, a day a column, half an hour a row") % {"week": title},
        ),
    )


def week_of_day(day: date) -> list[date]:
    """The seven days of that day's week."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(days=n) for n in range(WEEK)]


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of that month."""
    last = calendar.monthrange(day.year, day.month)[1]
    return day.replace(day=1), day.replace(day=last)


def _stats(
    visits: Sequence[Appointment], month: Mapping[str, int], day: date
) -> list[Stat]:
    def week(status: Status) -> int:
        return sum(each.status == status for each in visits)

    gone = {"count": week(Status.CANCELLED)}
    name = f"{day:%B}"
    missed = month.get(Status.NO_SHOW, 0)
    ahead = month.get(Status.BOOKED, 0)
    return [
        Stat(
            _("Visits this week"),
            len(visits) - week(Status.CANCELLED),
            "calendar2-week",
            note=_("%(count)d cancelled") % gone,
        ),
        Stat(_("Seen this week"), week(Status.COMPLETED), "check2-circle"),
        Stat(
            _("Seen in %(month)s") % {"month": name},
            month.get(Status.COMPLETED, 0),
            "graph-up",
            note=_("%(count)d booked") % {"count": ahead},
        ),
        Stat(_("Missed in %(month)s") % {"month": name}, missed, "person-x"),
    ]


def _room(doctor: Membership) -> str:
    return _("Room %(room)s") % {"room": doctor.room} if doctor.room else ""


def _link(url: str, name: str, day: date, label: str) -> tuple[str, str]:
    return f"{url}?{name}={day.isoformat()}", f"{label}, {when.weekday_date(day)}"


def _lead(visits: Sequence[Appointment]) -> str:
    doctors = len({each.doctor_id for each in visits})
    if not visits:
        return _("No visits are booked.")
    many = ngettext("%(count)d visit", "%(count)d visits", len(visits))
    by = ngettext("%(count)d doctor", "%(count)d doctors", doctors)
    words = {
        "visits": many % {"count": len(visits)},
        "doctors": by % {"count": doctors},
    }
    return _("%(visits)s with %(doctors)s.") % words
