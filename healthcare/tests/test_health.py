"""/healthz/ and /readyz/, and the web server's refusal to start without guards."""

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
import tzdata
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from healthcare import clock, health, heartbeats
from healthcare.db.guards import install_guards
from healthcare.health import WORKER_SILENCE
from healthcare.tests.programs import database_url
from healthcare.tests.test_guards import remove_one

HEALTHY = {"ready": True, "database": True, "migrations": True, "guards": True}


def ready(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/readyz/")
    assert response.headers["Cache-Control"] == "no-store"
    return response.status_code, response.json()


def test_alive(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = client.get("/healthz/")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
class TestReady:
    def test_it_works(self, client: Client, settings: Any) -> None:
        settings.SECURE_SSL_REDIRECT = True
        heartbeats.touch("worker")
        expected = HEALTHY | {"worker": True, "tzdata": tzdata.IANA_VERSION}
        assert ready(client) == (200, expected)

    def test_no_worker_ever(self, client: Client) -> None:
        status, body = ready(client)
        assert (status, body["ready"], body["worker"]) == (503, False, False)
        assert body["guards"]

    def test_a_worker_that_fell_silent(self, client: Client) -> None:
        heartbeats.touch("worker")
        with clock.at(clock.now() + WORKER_SILENCE - timedelta(seconds=5)):
            assert ready(client)[0] == 200
        with clock.at(clock.now() + WORKER_SILENCE):
            assert ready(client)[0] == 503

    def test_a_migration_is_missing(self, client: Client) -> None:
        heartbeats.touch("worker")
        MigrationRecorder(connection).record_unapplied("jobs", "0001_initial")
        status, body = ready(client)
        assert (status, body["migrations"]) == (503, False)

    @pytest.mark.parametrize("error", [OperationalError, InterfaceError])
    def test_the_database_is_away(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
    ) -> None:
        def away() -> bool:
            raise error("password of the database")

        monkeypatch.setattr(health, "pending_migrations", away)
        status, body = ready(client)
        assert status == 503
        assert body == {
            "ready": False,
            "database": False,
            "tzdata": tzdata.IANA_VERSION,
        }


@pytest.mark.django_db(transaction=True)
class TestWithoutGuards:
    @pytest.fixture(autouse=True)
    def _lost(self) -> Any:
        remove_one()
        yield
        install_guards()

    def test_it_is_not_ready(self, client: Client) -> None:
        heartbeats.touch("worker")
        status, body = ready(client)
        assert (status, body["guards"], body["worker"]) == (503, False, True)

    @pytest.mark.parametrize(
        "command", [["-c", "import healthcare.wsgi"], ["manage.py", "worker"]]
    )
    def test_neither_web_server_nor_worker_starts(self, command: list[str]) -> None:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": database_url()},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 1
        assert "The database has lost its guards" in done.stderr
