"""Liveness and readiness, for load balancers and the people on call."""

from datetime import timedelta

import tzdata
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from healthcare import clock, heartbeats
from healthcare.db.guards import missing
from healthcare.policy import no_store

WORKER_SILENCE = timedelta(seconds=90)


def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponseBase:
    try:
        checks = {"database": True, **_database_checks()}
    except Error:
        checks = {"database": False}
    is_ready = all(checks.values())
    body = {"ready": is_ready, **checks, "tzdata": tzdata.IANA_VERSION}
    return no_store(JsonResponse(body, status=200 if is_ready else 503))


def pending_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _database_checks() -> dict[str, bool]:
    if pending_migrations():
        return {"migrations": False}
    last = heartbeats.last("worker")
    return {
        "migrations": True,
        "guards": not missing(connection),
        "worker": last is not None and last > clock.now() - WORKER_SILENCE,
    }
