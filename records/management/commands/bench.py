"""`make bench`: the promises of speed, each beside what it is measured with."""

import json
import secrets
import signal
import sys
import tempfile
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from healthcare.processes import Command as Program
from records.bench.databases import POSTGRESQL, SQLITE, Databases, throwaway
from records.bench.rows import PARTS, Row, table

FULL = {SQLITE: 100_000, POSTGRESQL: 1_000_000}


def scale_or_full(text: str) -> int:
    """0 stands for the engine's full scale."""
    if text == "full":
        return 0
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise ArgumentTypeError("a number of appointments, or: full")


class Command(BaseCommand):
    help = "Measure the promised speeds in throwaway databases; print and keep them."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale",
            type=scale_or_full,
            default=20_000,
            help="appointments to load, or: full (1,000,000; SQLite 100,000)",
        )
        parser.add_argument(
            "--engine",
            choices=[SQLITE, POSTGRESQL],
            help="default: the one of DATABASE_URL",
        )
        parser.add_argument("--rounds", type=int, default=15, help="turns each takes")
        parser.add_argument("--races", type=int, default=5, help="of fifty clients")
        parser.add_argument(
            "--full", action="store_true", help="a PDF of 1,000 pages, too"
        )
        parser.add_argument(
            "--only", action="append", choices=PARTS, default=[], help="and again"
        )
        parser.add_argument(
            "--output", type=Path, default=settings.BASE_DIR / "bench.json"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with (
            ending_on_term(),
            _folder() as folder,
            throwaway(options["engine"] or "", folder) as databases,
        ):
            self._measure(databases, folder, options)
        measured = json.loads(options["output"].read_text())
        rows = [Row(**row) for row in measured["rows"]]
        self.stdout.write(table(measured["facts"], rows))

    def _measure(
        self, databases: Databases, folder: Path, options: dict[str, Any]
    ) -> None:
        environment = _environment(databases, folder)
        _run(environment, "manage.py", "migrate", "--verbosity=0")
        databases.double()
        engine = SQLITE if databases.url.startswith(SQLITE) else POSTGRESQL
        _run(
            environment,
            *("-m", "records.bench"),
            f"--scale={options['scale'] or FULL[engine]}",
            f"--rounds={options['rounds']}",
            f"--races={options['races']}",
            *(["--full"] if options["full"] else []),
            *(f"--only={part}" for part in options["only"]),
            f"--small={databases.small}",
            f"--output={options['output'].absolute()}",
        )


def _environment(databases: Databases, folder: Path) -> dict[str, str]:
    """As in production, but nobody has a second factor here.

    Compiling modules takes more memory than running them: that is done once, apart.
    """
    return {
        "DJANGO_SETTINGS_MODULE": "healthcare.settings",
        "ENV_FILE": "",
        "DATABASE_URL": databases.url,
        "CACHE_URL": "dbcache://healix_cache",
        "DATA_DIR": str(folder),
        "MEDIA_ROOT": "",
        "DEBUG": "off",
        "DEMO": "on",
        "SECRET_KEY": secrets.token_hex(32),
        "AUDIT_KEY": secrets.token_hex(32),
        "SITE_URL": "http://testserver",
        "ALLOWED_HOSTS": "testserver",
        "EMAIL_URL": "memorymail://",
        "STATIC_MANIFEST": "off",
        "LOG_LEVEL": "CRITICAL",
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
    }


def _run(environment: dict[str, str], *arguments: str) -> None:
    """Our own Python with these arguments; it ends when we do."""
    told = [f"{key}={value}" for key, value in environment.items()]
    group = Program(["/usr/bin/env", *told, sys.executable, *arguments])
    try:
        if group.process.wait() != 0:
            raise CommandError(f"{' '.join(arguments[:2])} has failed.")
    finally:
        group.kill()


@contextmanager
def _folder() -> Iterator[Path]:
    """On the disk that holds the real data."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=settings.DATA_DIR) as name:
        yield Path(name)


@contextmanager
def ending_on_term() -> Iterator[None]:
    """TERM ends us in order, so that what was made for the bench goes, too."""

    def end(signum: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + signum)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
