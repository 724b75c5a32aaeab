"""A fixed Monday morning, doctors with hours, and a way to book."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments.actions import book
from appointments.factories import WeeklyRuleFactory
from appointments.models import Appointment
from healthcare import clock
from healthcare.testing import Cast

MONDAY = datetime(2026, 9, 21, 6, 0, tzinfo=UTC)  # 08:00 in Berlin
NINE = datetime(2026, 9, 22, 7, 0, tzinfo=UTC)  # Tuesday 09:00 in Berlin

Wish = Callable[..., dict[str, Any]]
Booked = Callable[..., Appointment]


@pytest.fixture
def monday() -> Iterator[datetime]:
    with clock.at(MONDAY):
        yield MONDAY


@pytest.fixture
def hours(riverside: Cast, hillcrest: Cast) -> None:
    """Both casts' doctors work every day, 09:00 to 12:00, half an hour a visit."""
    for cast in (riverside, hillcrest):
        for weekday in range(7):
            WeeklyRuleFactory(
                doctor=cast.doctor, weekday=weekday, starts=time(9), ends=time(12)
            )


@pytest.fixture
def wish() -> Wish:
    """What book() takes, for the first patient of a cast."""

    def values(cast: Cast, **changes: Any) -> dict[str, Any]:
        patient = changes.get("patient", cast.patient.patient)
        asking = patient.user or cast.staff.user
        return {
            "clinic": cast.clinic,
            "patient": patient,
            "doctor": cast.doctor,
            "starts_at": NINE,
            "visit_type": "consultation",
            "reason": "Palpitations at night",
            "by": asking.as_actor(role="patient"),
            **changes,
        }

    return values


@pytest.fixture
def booked(wish: Wish) -> Booked:
    return lambda cast, **changes: book(**wish(cast, **changes))


def staff_of(cast: Cast) -> Any:
    return cast.staff.user.as_actor(role="staff")


def patient_of(cast: Cast) -> Any:
    return cast.patient.patient.user.as_actor(role="patient")


@pytest.fixture
def as_user(client: Any) -> Callable[[Any], Any]:
    """The client, signed in as a user, a member's or a patient's."""

    def sign_in(who: Any) -> Any:
        user = getattr(who, "user", who)
        if hasattr(who, "patient"):
            user = who.patient.user
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def patient(as_user: Callable[[Any], Any], riverside: Cast) -> Any:
    """The browser of riverside's first patient."""
    return as_user(riverside.patient)


@pytest.fixture
def queries() -> Callable[[Callable[[], Any]], int]:
    """How many queries a call makes."""

    def count(call: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count
