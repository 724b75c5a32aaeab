"""Walking a long list by cursor, in both orders, with rows of the same moment."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict

from healthcare import clock
from healthcare.audit.actions import record
from healthcare.audit.actors import Actor
from healthcare.audit.models import Action, AuditEvent
from healthcare.cursor import cursor_page

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 9, 21, 8, 0, tzinfo=UTC)


@pytest.fixture
def events() -> list[int]:
    """Seven in three moments, oldest first."""
    for minute in (0, 0, 0, 1, 1, 2, 2):
        with clock.at(FIRST + timedelta(minutes=minute)):
            record(Action.LOG_OPENED, by=Actor.system("test"))
    return list(AuditEvent.objects.order_by("id").values_list("id", flat=True))


def page(query: str = "", *, newest_first: bool = True):
    return cursor_page(
        AuditEvent.objects.all(),
        QueryDict(query),
        by="at",
        size=3,
        newest_first=newest_first,
    )


def ids(shown) -> list[int]:
    return [event.pk for event in shown.rows]


@pytest.mark.parametrize("newest_first", [True, False])
def test_every_row_is_met_once_there_and_back(events, newest_first):
    down, up = ("older", "before"), ("newer", "after")
    if not newest_first:
        down, up = up, down
    wanted = events[::-1] if newest_first else events
    first = page(newest_first=newest_first)
    second = page(f"{down[1]}={getattr(first, down[0])}", newest_first=newest_first)
    third = page(f"{down[1]}={getattr(second, down[0])}", newest_first=newest_first)
    assert ids(first) + ids(second) + ids(third) == wanted
    assert getattr(third, down[0]) == getattr(first, up[0]) == ""
    back = page(f"{up[1]}={getattr(third, up[0])}", newest_first=newest_first)
    assert ids(back) == ids(second)
    top = page(f"{up[1]}={getattr(back, up[0])}", newest_first=newest_first)
    assert ids(top) == ids(first)


def test_near_the_top_the_whole_first_page_is_shown(events):
    first = page()
    near = page(f"after={first.rows[2].uid}")
    assert ids(near) == ids(first)
    assert near.newer == ""


@pytest.mark.parametrize("text", ["", "x", "2e61d60b-184a-4f06-ac3e-7665d27b9d7a"])
def test_a_cursor_of_no_row_shows_the_top(events, text):
    assert ids(page(f"before={text}")) == ids(page())


def test_beyond_the_last_row_the_top_is_shown(events):
    last = AuditEvent.objects.get(pk=events[0])
    assert ids(page(f"before={last.uid}")) == ids(page())
