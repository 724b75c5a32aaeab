"""When the watchdog takes a cluster for dead, and when it is patient."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django_q.models import OrmQ

from healthcare import clock, heartbeats, watchdog
from healthcare.processes import Group
from healthcare.watchdog import LIMITS, START, Watch

pytestmark = pytest.mark.django_db


class Life:
    """A cluster's life on a clock of our own, checked every two seconds."""

    def __init__(self) -> None:
        self.now = clock.now()
        with clock.at(self.now):
            self.watch = Watch(Group())

    def go_on(self, seconds: float, *beating: str) -> list[str]:
        """What was missing first, or nothing."""
        end = self.now + timedelta(seconds=seconds)
        while self.now < end:
            self.now += timedelta(seconds=2)
            with clock.at(self.now):
                for name in beating:
                    heartbeats.touch(name)
                if missing := self.watch.silent():
                    return missing
        return []


@pytest.fixture(autouse=True)
def _keep_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "close_old_connections", lambda: None)


@pytest.fixture
def life() -> Life:
    life = Life()
    assert life.go_on(10, *LIMITS) == []
    return life


def test_a_beating_cluster_lives(life: Life) -> None:
    assert life.go_on(600, *LIMITS) == []


@pytest.mark.parametrize("name", LIMITS)
def test_the_silence_of_one_part_is_noticed(life: Life, name: str) -> None:
    others = set(LIMITS) - {name}
    limit = LIMITS[name].total_seconds()
    assert life.go_on(limit - 2, *others) == []
    assert life.go_on(4, *others) == [name]


def test_a_cluster_has_longer_to_start() -> None:
    life = Life()
    assert life.go_on(START.total_seconds() - 2) == []
    assert life.go_on(6) == ["start"]


def test_beats_of_the_last_cluster_do_not_count() -> None:
    for name in LIMITS:
        heartbeats.touch(name)
    life = Life()
    life.go_on(4)
    assert not life.watch.has_beaten


def test_beats_do_not_pile_up_before_the_first_comes_back() -> None:
    Life().go_on(40)
    assert OrmQ.objects.count() == 1


def test_the_cluster_is_not_to_blame_for_the_database(
    life: Life, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: Any, **options: Any) -> None:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(watchdog, "enqueue", away)
        patch.setattr(watchdog.connection, "close", lambda: None)
        assert life.go_on(120) == []
    assert life.go_on(12) == []
    assert life.go_on(20) == ["worker", "acknowledged"]


def test_nor_for_a_machine_that_slept(life: Life) -> None:
    life.now += timedelta(hours=8)
    assert life.go_on(14) == []
    assert life.go_on(14, *LIMITS) == []
