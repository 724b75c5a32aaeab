"""Booking the same visit every so many weeks."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from appointments.actions.booking import book
from appointments.actions.errors import BookingError, NotBookable
from appointments.models import Appointment, Series, Service, VisitType
from appointments.slots import instants
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
    dates = _dates(starts_at, clinic, every_weeks, count)
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
        report = Report(series, [], [])
        first: BookingError | None = None
        for moment in dates:
            try:
                with transaction.atomic():
                    visit = book(
                        clinic=clinic,
                        patient=patient,
                        doctor=doctor,
                        starts_at=moment,
                        visit_type=visit_type,
                        reason=reason,
                        by=by,
                        service=service,
                        series=series,
                    )
            except BookingError as problem:
                first = first or problem
                report.missed.append(Missed(moment, problem.message))
            else:
                report.booked.append(visit)
        if first is not None and not report.booked:
            raise first
    return report


def _dates(
    starts_at: datetime, clinic: Clinic, every_weeks: int, count: int
) -> list[datetime]:
    """The same time on the clinic's clock; a time that a date skips is left out."""
    wall = starts_at.astimezone(clinic.zone).replace(tzinfo=None, fold=0)
    found = [starts_at]
    for n in range(1, count):
        moments = instants(wall + timedelta(weeks=n * every_weeks), clinic.zone)
        found += moments[:1]
    return found
