from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from healthcare.outbox.delivery import revive
from healthcare.outbox.models import Message


class Command(BaseCommand):
    help = "Count the messages in the outbox, and what failed by kind and error."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--retry-dead",
            action="store_true",
            help="try the failed messages again; those with secrets stay failed",
        )

    def handle(self, *args: Any, retry_dead: bool, **options: Any) -> None:
        if retry_dead:
            self.stdout.write(f"Waiting again: {revive()}")
        for status, count in Message.objects.counts().items():
            self.stdout.write(f"{Message.Status(status).label}: {count}")
        for kind, error, count in Message.objects.failures():
            self.stdout.write(f"  failed {count} × {kind}: {error or 'killed'}")
