"""Running manage.py for real in tests, and finding every process that came of it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

PROC = Path("/proc")
needs_proc = pytest.mark.skipif(not PROC.is_dir(), reason="looks into /proc")


def database_url() -> str:
    """The test database's, for another process."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    url = urlsplit(os.environ["DATABASE_URL"])
    return url._replace(path=f"{url.path.rsplit('/', 1)[0]}/{name}").geturl()


def wait_until(ready: Callable[[], Any], seconds: float) -> float:
    """Answers how long it took; fails the test when it took too long."""
    began = time.monotonic()
    while not ready():
        took = time.monotonic() - began
        assert took < seconds, f"not within {seconds} s"
        time.sleep(0.05)
    return time.monotonic() - began


class Program:
    """`manage.py COMMAND` and its descendants, known by a mark in their environment."""

    def __init__(self, command: str, folder: Path, **keys: str) -> None:
        name, value = "HEALIX_TEST_MARK", str(uuid4())
        self.mark = f"{name}={value}"
        self.output = folder / f"{command}-{value}.log"
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", command],
                env=os.environ | {"LOG_LEVEL": "INFO", name: value} | keys,
                cwd=settings.BASE_DIR,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.output.read_text()

    def pids(self) -> list[int]:
        """Every living process, oldest first."""
        found = [int(path.name) for path in PROC.iterdir() if path.name.isdigit()]
        return sorted(pid for pid in found if self._is_ours(pid))

    def _is_ours(self, pid: int) -> bool:
        with suppress(OSError):
            marks = (PROC / str(pid) / "environ").read_bytes().split(b"\0")
            return self.mark.encode() in marks and state_of(pid) != "Z"
        return False

    def end(self) -> None:
        """Also shows what it said, where pytest shows the output of failed tests."""
        sys.stderr.write(self.said())
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def running(command: str, folder: Path, **keys: str) -> Iterator[Program]:
    program = Program(command, folder, **keys)
    try:
        yield program
    finally:
        program.end()


def _stat(pid: int) -> list[str]:
    text = (PROC / str(pid) / "stat").read_text()
    return text.rpartition(")")[2].split()


def state_of(pid: int) -> str:
    return _stat(pid)[0]


def parent_of(pid: int) -> int:
    return int(_stat(pid)[1])


def system_call(pid: int) -> str:
    return (PROC / str(pid) / "syscall").read_text().split()[0]
