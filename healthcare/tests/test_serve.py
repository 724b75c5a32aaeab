"""manage.py serve: web and worker start together and leave nothing behind."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from healthcare.management.commands.serve import DEATHS, Part
from healthcare.processes import STOPPING, Backoff, Command, StopSignal, stop
from healthcare.tests.programs import Program, needs_proc, running, wait_until

SLOWEST = 180


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One database for all, so that only the first start has to migrate."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(folder: Path, port: int) -> Iterator[Program]:
    keys = {"DATA_DIR": str(folder), "DATABASE_URL": f"sqlite:///{folder}/healix.db"}
    keys |= {"PORT": str(port), "SITE_URL": f"http://127.0.0.1:{port}"}
    keys |= {"EMAIL_URL": "memorymail://", "DEBUG": "on", "DEMO": "off"}
    with running("serve", folder, **keys) as program:
        wait_until(lambda: is_up(program) or program.process.poll(), SLOWEST)
        assert program.process.poll() is None, program.said()
        yield program


def is_up(program: Program) -> bool:
    return "Press Ctrl-C to stop." in program.said()


def status(port: int, path: str = "/healthz/") -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


@needs_proc
@pytest.mark.slow
def test_it_works_and_term_leaves_nothing_behind(folder: Path, port: int) -> None:
    with serving(folder, port) as program:
        assert f"Healix is running at http://127.0.0.1:{port}/" in program.said()
        assert status(port, "/static/css/base.css") == 200
        wait_until(lambda: status(port, "/readyz/") == 200, SLOWEST)
        assert len(program.pids()) > 10
        program.process.terminate()
        assert program.process.wait(60) == 0
        assert program.pids() == []
        assert is_free(port)
        assert program.said().endswith("Stopped.\n")


@needs_proc
@pytest.mark.slow
def test_a_dead_web_server_is_replaced_and_a_kill_leaves_nothing_behind(
    folder: Path, port: int
) -> None:
    with serving(folder, port) as program:
        web = [pid for pid in program.pids() if "gunicorn" in command(pid)]
        master = next(pid for pid in web if "leash" not in command(pid))
        os.kill(master, signal.SIGKILL)
        wait_until(lambda: master not in program.pids(), 20)
        wait_until(lambda: status(port) == 200, SLOWEST)
        program.process.kill()
        program.process.wait()
        wait_until(lambda: program.pids() == [] and is_free(port), 10)


def command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def test_a_busy_port_is_told(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with running("serve", folder, PORT=str(port)) as program:
            assert program.process.wait(SLOWEST) == 1
            said = program.said()
            assert f"CommandError: Port {port} is in use." in said
            assert f"make run PORT={port + 1}" in said
            assert "Traceback" not in said


def test_a_part_that_keeps_dying_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backoff, "FIRST", 0.01)
    monkeypatch.setattr(Backoff, "MOST", 0.01)
    part = Part("web server", [sys.executable, "-S", "-c", "raise SystemExit(3)"])
    with pytest.raises(CommandError, match="The web server keeps ending"):
        wait_until(part.tend, 60)
    assert len(part.deaths) == DEATHS
    assert part.group.code == 3


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_signals_that_stop(signum: int) -> None:
    before = {each: signal.getsignal(each) for each in STOPPING}
    try:
        signals = StopSignal()
        assert not signals.received
        signal.raise_signal(signum)
        assert signals.received
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
print(child.pid, file=open(sys.argv[1], "w"), flush=True)
time.sleep(600)
"""


def test_what_does_not_stop_is_ended_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    group = Command([sys.executable, "-S", "-c", STUBBORN, str(note)])
    wait_until(lambda: note.exists() and note.read_text(), 60)
    stop([group], grace=0.5)
    assert group.has_ended()
    wait_until(lambda: is_gone(int(note.read_text())), 10)


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
