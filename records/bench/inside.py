"""The measuring itself, in a process whose databases are thrown away afterwards."""

import json
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

import django
from django.conf import settings
from django.db import connection

from healthcare import clock, dates
from records.bench import bookings, pages, paper, proof, slots
from records.bench.rows import Row, as_json, not_built
from records.bench.scale import PER_PATIENT, Scale
from records.bench.switch import FULL, SMALL, Switch
from records.bench.visits import load

HUNDREDTH = 100
SMALLEST = 1000


def measure(
    *,
    scale: int,
    rounds: int,
    races: int,
    only: Sequence[str],
    full: bool,
    small: str,
    output: Path,
) -> None:
    """Load both databases, take every row's measure, write the figures.

    `small` is the name of the second database, beside the one of the settings.
    """
    settings.ROOT_URLCONF = "records.bench.urls"
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    switch = Switch(small)
    sizes = {FULL: scale, SMALL: min(scale, max(SMALLEST, scale // HUNDREDTH))}
    for name, appointments in sizes.items():
        _say(f"Loading {appointments:,} appointments.")
        switch.to(name)
        load(Scale(appointments))
    switch.to(FULL)
    facts = _facts(sizes)
    parts = {
        "pages": pages.rows(switch, rounds, small=sizes[SMALL]),
        "slots": slots.rows(rounds),
        "bookings": bookings.rows(rounds, races),
        "audit": proof.rows(rounds),
        "paper": paper.rows(scale, most=full),
        "later": _later(),
    }
    wanted = [part for name, part in parts.items() if not only or name in only]
    rows = list(_said(chain.from_iterable(wanted)))
    switch.close()
    output.write_text(json.dumps({"facts": facts, "rows": as_json(rows)}, indent=1))


def _later() -> Iterator[Row]:
    """Promises for rooms that the house does not have yet."""
    yield not_built(
        "readings in", floor="preformatted COPY", goal="≥ 0.25, ≥ 6 × bulk_create"
    )
    yield not_built("chart of ten years", floor="SELECT 1", goal="≤ 4 ×")


def _facts(sizes: dict[str, int]) -> dict[str, str]:
    small = sizes[SMALL]
    return {
        "engine": _engine(),
        "scale": f"{sizes[FULL]:,} appointments, {sizes[FULL] // PER_PATIENT:,} "
        f"patients; growth is against {small:,} appointments",
        "with": f"Python {platform.python_version()}, Django {django.__version__}, "
        f"{os.cpu_count()} cores; ratios within this run only",
        "on": dates.day(clock.now().date()),
    }


def _engine() -> str:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sqlite_version()")
            return f"SQLite {cursor.fetchone()[0]}, WAL, synchronous=FULL"
        told = []
        for name in ("server_version", "fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {name}")
            told.append(cursor.fetchone()[0])
    version, fsync, commit = told
    return f"PostgreSQL {version}, fsync {fsync}, synchronous_commit {commit}"


def _said(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        ratio = "" if row.ratio is None else f", ratio {row.ratio:.2f}"
        _say(f"{row.what}: {row.figure or row.note}{ratio}")
        yield row


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
