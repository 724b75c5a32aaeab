"""A time is kept while its form is filled, and for nobody longer than that."""

from datetime import timedelta
from typing import Any

import pytest

from appointments.actions import SlotTaken, clear_holds, hold, let_go
from appointments.models import Claim, Hold
from appointments.search import free_days
from appointments.tests.conftest import MONDAY, NINE
from healthcare import clock
from healthcare.testing import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday", "hours")]


@pytest.fixture
def held(wish: Any) -> Any:
    def keep(cast: Cast, **changes: Any) -> Hold:
        values = wish(cast, **changes)
        del values["reason"]
        return hold(**values)

    return keep


def other(cast: Cast) -> dict[str, Any]:
    return {"patient": cast.patient2.patient}


def starts(cast: Cast, patient: Any) -> list[Any]:
    found = free_days(
        cast.doctor, first=NINE.date(), days=1, now=clock.now(), patient=patient
    )
    return list(found[0].starts)


def test_nobody_else_gets_it(riverside: Cast, held: Any, booked: Any) -> None:
    held(riverside)
    assert NINE not in starts(riverside, riverside.patient2.patient)
    with pytest.raises(SlotTaken):
        booked(riverside, **other(riverside))


def test_who_holds_it_still_sees_and_books_it(
    riverside: Cast, held: Any, booked: Any
) -> None:
    held(riverside)
    assert NINE in starts(riverside, riverside.patient.patient)
    assert booked(riverside)
    assert not Hold.objects.exists()


def test_after_ten_minutes_it_is_anybodys(
    riverside: Cast, held: Any, booked: Any
) -> None:
    held(riverside)
    with clock.at(MONDAY + timedelta(minutes=9, seconds=59)), pytest.raises(SlotTaken):
        booked(riverside, **other(riverside))
    with clock.at(MONDAY + timedelta(minutes=10)):
        assert NINE in starts(riverside, riverside.patient2.patient)
        assert booked(riverside, **other(riverside))


def test_the_first_holder_may_come_late_if_nobody_came(
    riverside: Cast, held: Any, booked: Any
) -> None:
    kept = held(riverside)
    with clock.at(MONDAY + timedelta(hours=1)):
        assert booked(riverside, hold=kept)


def test_one_time_at_once(riverside: Cast, held: Any, booked: Any) -> None:
    held(riverside)
    held(riverside, starts_at=NINE + timedelta(minutes=30))
    assert Hold.objects.count() == 1
    assert booked(riverside, **other(riverside))


def test_let_go(riverside: Cast, held: Any, booked: Any) -> None:
    let_go(held=held(riverside))
    assert booked(riverside, **other(riverside))


def test_what_is_over_is_cleared_away(riverside: Cast, held: Any) -> None:
    held(riverside)
    assert clear_holds() == 0
    with clock.at(MONDAY + timedelta(hours=1)):
        clear_holds()
    assert (Hold.objects.count(), Claim.objects.count()) == (0, 0)
