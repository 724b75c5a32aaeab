from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from healthcare.db.guards import require_guards
from healthcare.health import pending_migrations
from healthcare.processes import StopSignal
from healthcare.queue import write_schedules
from healthcare.watchdog import Watchdog


class Command(BaseCommand):
    help = "Send messages and do long work; start the workers anew when they hang."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if pending_migrations():
            raise CommandError("The database is not ready. Run: manage.py migrate")
        try:
            require_guards()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        signals = StopSignal()
        write_schedules()
        Watchdog(signals).run()
