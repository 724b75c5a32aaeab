"""Starting programs as process groups, watching over them and stopping them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from select import select
from time import monotonic, sleep
from types import FrameType
from typing import NoReturn

import structlog
from django.conf import settings
from django.db import connections

LEASH = Path(__file__).with_name("leash.py")
GRACE = 10.0
TICK = 0.2
log = structlog.get_logger(__name__)

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopSignal:
    """Notes that somebody asked this process to stop."""

    def __init__(self) -> None:
        self.received = False
        for signum in STOPPING:
            signal.signal(signum, self._note)

    def _note(self, signum: int, frame: FrameType | None) -> None:
        self.received = True


class Group:
    """A program with all its descendants, as a process group of its own.

    It ends when we do, even by kill -9: it holds a pipe that ends with us.
    """

    def __init__(self) -> None:
        self.code: int | None = None

    @property
    def pid(self) -> int:
        raise NotImplementedError

    def has_ended(self) -> bool:
        """Whoever is left of a group that lost its program is ended, too."""
        if self.code is None and (code := self._poll()) is not None:
            self._end(code)
        return self.code is not None

    def ask_to_stop(self) -> None:
        if not self.has_ended():
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        if self.code is None:
            self._signal_all()
            self._end(self._wait())

    def _end(self, code: int) -> None:
        self._signal_all()
        self.code = code
        self._let_go()

    def _signal_all(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def _poll(self) -> int | None:
        raise NotImplementedError

    def _wait(self) -> int:
        raise NotImplementedError

    def _let_go(self) -> None:
        raise NotImplementedError


class Command(Group):
    """A program started from its file."""

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__()
        self.process = subprocess.Popen(  # noqa: S603 - commands of our own
            [sys.executable, "-S", str(LEASH), *arguments],
            stdin=subprocess.PIPE,
            cwd=settings.BASE_DIR,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def _poll(self) -> int | None:
        return self.process.poll()

    def _wait(self) -> int:
        return self.process.wait()

    def _let_go(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()


class Fork(Group):
    """A function in a copy of this process: it is at work at once, with all loaded.

    It is given the pipe, and calls `live_on(pipe)` again and again.
    """

    def __init__(self, work: Callable[[int], None]) -> None:
        super().__init__()
        connections.close_all()
        theirs, self.pipe = os.pipe()
        self.child = os.fork()
        if self.child == 0:
            os.close(self.pipe)
            _run(work, theirs)
        os.close(theirs)
        with suppress(OSError):
            os.setpgid(self.child, self.child)

    @property
    def pid(self) -> int:
        return self.child

    def _poll(self) -> int | None:
        done, status = os.waitpid(self.child, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if done else None

    def _wait(self) -> int:
        _, status = os.waitpid(self.child, 0)
        return os.waitstatus_to_exitcode(status)

    def _let_go(self) -> None:
        os.close(self.pipe)


def _run(work: Callable[[int], None], pipe: int) -> NoReturn:
    code = 1
    try:
        os.setpgid(0, 0)
        for signum in STOPPING:
            signal.signal(signum, signal.SIG_DFL)
        work(pipe)
        code = 0
    except Exception:
        log.error("program_failed", exc_info=True)
    finally:
        os._exit(code)


def live_on(pipe: int) -> None:
    """Wait for a moment, and end the group if who started it has gone."""
    readable, _, _ = select([pipe], [], [], TICK)
    if readable:
        os.killpg(os.getpgrp(), signal.SIGKILL)


def stop(groups: Iterable[Group], grace: float = GRACE) -> None:
    """Ask all of them to stop; end the ones that have not after `grace` seconds."""
    left = [group for group in groups if not group.has_ended()]
    for group in left:
        group.ask_to_stop()
    deadline = monotonic() + grace
    while left and monotonic() < deadline:
        left = [group for group in left if not group.has_ended()]
        sleep(TICK if left else 0)
    for group in left:
        group.kill()


class Backoff:
    """How long to wait before starting something anew: 0.5, 1, 2 … 30 seconds."""

    FIRST, MOST = 0.5, 30.0

    def __init__(self) -> None:
        self.seconds = 0.0

    def grow(self) -> float:
        self.seconds = min(max(2 * self.seconds, self.FIRST), self.MOST)
        return self.seconds

    def forget(self) -> None:
        self.seconds = 0.0
