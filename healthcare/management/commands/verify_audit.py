import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from healthcare.audit import head, verification
from healthcare.audit.actors import Actor


class Command(BaseCommand):
    help = "Read the whole log again; exit 0 only if nothing was changed in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--head", type=Path, help="a published head that must be in the chain"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        published = self._published(options["head"])
        report = verification.verify(published, told=self._tell)
        self.stdout.write(json.dumps(report.as_line()))
        verification.note(report, by=Actor.system("verify_audit"))
        for finding in report.findings:
            place = f"entries {finding.first_id} to {finding.last_id}"
            self.stderr.write(f"{finding.kind}: seal {finding.seal}, {place}")
        if not report.intact:
            sys.exit(1)

    def _published(self, named: Path | None) -> head.Head | None:
        """A head that was named must be there; the usual one is checked if it is."""
        try:
            found = head.read(named or settings.AUDIT_HEAD)
        except head.BadHead as error:
            raise CommandError(f"{error} is not a published head.") from error
        if named and found is None:
            raise CommandError(f"There is no file {named}.")
        if found is None:
            self.stderr.write("No published head: a tail cut off would not be seen.")
        return found

    def _tell(self, done: int, total: int) -> None:
        if done % (verification.STEP * 20) == 0:
            self.stderr.write(f"{done} of {total}")
