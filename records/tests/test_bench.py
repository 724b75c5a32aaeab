import json
from argparse import ArgumentTypeError
from io import StringIO
from pathlib import Path
from typing import Any

import environ
import pytest
from django.core.management import call_command

from records.bench.databases import Server
from records.bench.pages import PAGES
from records.bench.rows import NOT_BUILT, Row, not_built, table
from records.bench.scale import MAIN, Scale
from records.bench.timing import take_turns, throughput_ratio
from records.management.commands.bench import scale_or_full

OTHERS = [
    "first free slot, 25 doctors × 30 days",
    "free slots, one doctor, one day",
    "booking through book()",
    "50 clients, one slot",
    "audit verification",
    "PDF of 100 pages",
    "readings in",
    "chart of ten years",
]


@pytest.fixture
def measured(tmp_path: Path) -> tuple[dict[str, Any], str]:
    output, told = tmp_path / "bench.json", StringIO()
    options = ("--scale=300", "--rounds=1", "--races=1", f"--output={output}")
    call_command("bench", *options, stdout=told)
    return json.loads(output.read_text()), told.getvalue()


@pytest.mark.slow
def test_every_promise_has_a_row(measured: tuple[dict[str, Any], str]) -> None:
    kept, told = measured
    rows = {row["what"]: Row(**row) for row in kept["rows"]}
    assert [name for name in rows if not name.startswith("growth: ")] == [
        *(page.label for page in PAGES),
        *OTHERS,
    ]
    assert all(told.count(name) for name in rows)
    assert kept["facts"]["scale"].startswith("300 appointments")
    for row in rows.values():
        too_short = row.what == "PDF of 100 pages"
        assert (row.met is None) == (row.figure == NOT_BUILT or too_short), row
    assert rows["50 clients, one slot"].figure.startswith("1 booked, 0 deadlocks")


def test_the_table_says_what_was_missed() -> None:
    missed = Row("desk", "base 5 ms", "10 ms", ratio=0.5, met=False, queries=9)
    rows = [
        missed,
        Row("overview", ratio=0.9, met=True, note="as many at 1 and 3 rows"),
        not_built("chart", goal="≤ 4 ×"),
    ]
    lines = [
        " ".join(line.split())
        for line in table({"engine": "SQLite"}, rows).splitlines()
    ]
    assert lines[0] == "engine: SQLite"
    assert lines[4:7] == [
        "desk base 5 ms 10 ms 0.50 NO 9",
        "overview 0.90 yes",
        f"chart {NOT_BUILT} ≤ 4 × –",
    ]
    assert lines[-1] == "overview: as many at 1 and 3 rows"


def test_floor_and_candidate_take_turns() -> None:
    said: list[str] = []
    acts = {name: lambda name=name: said.append(name) for name in ("floor", "page")}
    found = take_turns(acts, rounds=3, times=1)
    assert said == ["floor", "page", "page", "floor", "floor", "page"]
    assert [len(found[name]) for name in acts] == [3, 3]


def test_one_bad_moment_does_not_bend_a_ratio() -> None:
    assert throughput_ratio([1.0, 1.0, 9.0], [2.0, 2.0, 2.0]) == 0.5


def test_the_main_clinic_has_half_of_the_appointments() -> None:
    clinics = Scale(1_000_000).clinics
    assert clinics[MAIN] == 500_000
    assert len(clinics) == 10
    assert sum(clinics.values()) == pytest.approx(1_000_000, abs=10)


@pytest.mark.parametrize("wrong", ["", "0", "-3", "many"])
def test_a_scale_is_a_number_or_full(wrong: str) -> None:
    assert (scale_or_full("full"), scale_or_full("300")) == (0, 300)
    with pytest.raises(ArgumentTypeError):
        scale_or_full(wrong)


@pytest.mark.parametrize("host", ["/tmp/healix-pg", "db.healix.test"])
def test_a_servers_address_survives_the_environment(host: str) -> None:
    port = "" if host.startswith("/") else "5433"
    server = Server(host, port, "ada@clinic", "p/w:1", (("sslmode", "require"),))
    found = environ.Env.db_url_config(server.url("healix_bench_1"))
    assert (found["HOST"], str(found["PORT"])) == (host, port)
    assert (found["USER"], found["PASSWORD"]) == ("ada@clinic", "p/w:1")
    assert (found["NAME"], found["OPTIONS"]) == (
        "healix_bench_1",
        {"sslmode": "require"},
    )
