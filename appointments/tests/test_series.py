"""The same visit every few weeks, at the same time on the clinic's clock."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest

from appointments.actions import LimitReached, SlotTaken, book, book_series
from appointments.factories import ServiceFactory, WeeklyRuleFactory
from appointments.models import Appointment, BookingPolicy, Series
from appointments.tests.conftest import NINE, staff_of
from healthcare import clock
from healthcare.outbox.models import Message
from healthcare.testing import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]


@pytest.fixture
def eight(wish: Any) -> Any:
    """Every week, eight times, through the change of the clocks on 25 October."""

    def ask(cast: Cast, **changes: Any) -> Any:
        by = staff_of(cast)
        return book_series(**wish(cast, by=by, every_weeks=1, count=8) | changes)

    return ask


def walls(cast: Cast) -> list[str]:
    rows = Appointment.objects.filter(series__isnull=False).in_order()
    return [row.wall_start for row in rows]


def test_the_same_time_on_the_clock(riverside: Cast, eight: Any) -> None:
    report = eight(riverside)
    assert len(report.booked) == 8
    assert {wall[11:] for wall in walls(riverside)} == {"09:00"}
    assert report.booked[-1].starts_at - NINE == timedelta(weeks=7, hours=1)


def test_what_did_not_fit_is_told(riverside: Cast, eight: Any, booked: Any) -> None:
    third = NINE + timedelta(weeks=2)
    booked(riverside, starts_at=third, patient=riverside.patient2.patient)
    report = eight(riverside)
    assert len(report.booked) == 7
    assert [(each.starts_at, each.why) for each in report.missed] == [
        (third, "That time has just been taken.")
    ]
    assert Message.objects.filter(kind="appointments/booked").count() == 8


def test_a_time_that_the_clocks_skip_is_told(riverside: Cast, wish: Any) -> None:
    """02:30 on 28-Mar-2027 does not exist in Berlin."""
    WeeklyRuleFactory(
        doctor=riverside.doctor, weekday=6, starts=time(2, 30), ends=time(3)
    )
    start = datetime(2027, 3, 21, 2, 30, tzinfo=riverside.clinic.zone)
    with clock.at(start - timedelta(days=3)):
        values = wish(riverside, by=staff_of(riverside), starts_at=start)
        report = book_series(**values, every_weeks=1, count=3)
    assert len(report.booked) == 2
    assert [each.why for each in report.missed] == [
        "The clocks skip that time on that day."
    ]


def test_nothing_is_kept_when_nothing_fits(
    riverside: Cast, eight: Any, booked: Any
) -> None:
    ServiceFactory(doctor=riverside.doctor, window_days=2)
    booked(riverside, patient=riverside.patient2.patient)
    with pytest.raises(SlotTaken):
        eight(riverside, by=riverside.patient.patient.user.as_actor(role="patient"))
    assert not Series.objects.exists()


class TestLimits:
    def policy(self, cast: Cast, **limits: Any) -> None:
        BookingPolicy.objects.create(clinic=cast.clinic, **limits)

    def test_as_many_as_the_clinic_takes(
        self, riverside: Cast, wish: Any, booked: Any
    ) -> None:
        self.policy(riverside, most_open=1)
        booked(riverside)
        later = NINE + timedelta(days=1)
        with pytest.raises(LimitReached, match="1 visits booked ahead"):
            book(**wish(riverside, starts_at=later))
        assert book(**wish(riverside, starts_at=later, by=staff_of(riverside)))

    def test_a_warning_does_not_stop_anybody(
        self, riverside: Cast, wish: Any, booked: Any
    ) -> None:
        self.policy(riverside, most_open=1, on_limit="warn")
        booked(riverside)
        assert book(**wish(riverside, starts_at=NINE + timedelta(days=1)))
