"""Booking the same visit every so many weeks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from appointments.actions.booking import book
from appointments.actions.errors import BookingError, NotBookable
from appointments.models import Appointment, Series, Service, VisitType
from appointments.slots import first_instant, instants
from clinics.models import Clinic, Membership
from healthcare import clock
from healthcare.audit.actors import Actor


@dataclass(frozen=True)
class Missed:
    """A date of the series that could not be booked, and why, in words."""

    starts_at: datetime
    why: str


@dataclass(frozen=True)
class Report:
    series: Series
    booked: list[Appointment]
    missed: list[Missed]


def book_series(
    *,
    clinic: Clinic,
    patient: Person,
    doctor: Membership,
    starts_at: datetime,
    visit_type: VisitType | str,
    reason: str,
    every_weeks: int,
    count: int,
    by: Actor,
    service: Service | None = None,
) -> Report:
    """The same wall time every `every_weeks` (1–12) weeks, `count` (2–26) times.

    Each visit is booked or not by itself; the report says which did not fit. When
    none fits, nothing is kept and the first one's BookingError is raised.
    """
    if not (1 <= every_weeks <= 12 and 2 <= count <= 26):
        raise NotBookable(_("Choose 2 to 26 visits, every 1 to 12 weeks."))
    wish = {
        "clinic": clinic,
        "patient": patient,
        "doctor": doctor,
        "visit_type": visit_type,
        "reason": reason,
        "by": by,
        "service": service,
    }
    with transaction.atomic():
        series = Series.objects.create(
            clinic=clinic,
            patient=patient,
            doctor=doctor,
            every_weeks=every_weeks,
            count=count,
            booked_by_id=by.user_id,
            created_at=clock.now(),
        )
        return _book_each(Report(series, [], []), wish, starts_at)


def _book_each(report: Report, wish: dict[str, Any], starts_at: datetime) -> Report:
    """Raises the first problem when nothing could be booked."""
    first: BookingError | None = None
    for moment, exists in _dates(starts_at, report.series):
        try:
            if not exists:
                raise NotBookable(_("The clocks skip that time on that day."))
            with transaction.atomic():
                visit = book(**wish, starts_at=moment, series=report.series)
        except BookingError as problem:
            first = first or problem
            report.missed.append(Missed(moment, problem.message))
        else:
            report.booked.append(visit)
    if first is not None and not report.booked:
        raise first
    return report


def _dates(starts_at: datetime, series: Series) -> Iterator[tuple[datetime, bool]]:
    """The same time on the clinic's clock, and whether the clock shows it that day."""
    zone = series.clinic.zone
    wall = starts_at.astimezone(zone).replace(tzinfo=None, fold=0)
    yield starts_at, True
    for n in range(1, series.count):
        later = wall + timedelta(weeks=n * series.every_weeks)
        moments = instants(later, zone)
        yield (moments or [first_instant(later, zone)])[0], bool(moments)
