import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from appointments.actions.recomputing import recompute_all, stale_visits
from healthcare.audit.actors import Actor


class Command(BaseCommand):
    help = (
        "After an update of the time zones: move booked visits to the instant that "
        "their agreed local time has now, and tell the patients. Exit 1 if a visit "
        "is left for staff to move."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="list them and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(stale_visits())
        if options["dry_run"]:
            for stale in found:
                self.stdout.write(f"would move {stale.told}")
            self.stdout.write(f"{len(found)} to move")
            return
        done = recompute_all(by=Actor.system("recompute_visits"), found=found)
        for stale in done.moved:
            self.stdout.write(f"moved {stale.told}")
        for stale in done.left:
            self.stderr.write(f"left for staff {stale.told}")
        self.stdout.write(f"{len(done.moved)} moved, {len(done.left)} left for staff")
        if done.left:
            sys.exit(1)
