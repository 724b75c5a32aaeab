from typing import Any

from django.apps import AppConfig
from django.core.checks import Tags, register
from django.core.management import call_command
from django.db.models.signals import post_migrate


class HealthcareConfig(AppConfig):
    name = "healthcare"

    def ready(self) -> None:
        from healthcare.db.guards import check_guards, reinstall_missing

        register(check_guards, Tags.database)  # type: ignore[call-overload]
        post_migrate.connect(reinstall_missing, dispatch_uid="healix-guards")
        post_migrate.connect(create_cache_table, dispatch_uid="healix-cache")


def create_cache_table(using: str, **kwargs: Any) -> None:
    """A no-op where the cache is not in the database, or its table is there."""
    call_command("createcachetable", database=using, verbosity=0)
