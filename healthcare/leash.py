"""Runs a command that must not outlive whoever started it.

healthcare/processes.py starts this file as the leader of a process group of its own,
with a pipe for standard input that nobody writes to. The pipe ends when the starter
does, however it ended, and the whole group goes with it. TERM is handed to the command
alone, which stops its own children in its own way.
"""

import os
import signal
import subprocess
import sys
import threading
from types import FrameType


def end_with_starter() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main() -> int:
    child: subprocess.Popen[bytes] | None = None
    asked_to_stop = False

    def hand_on(signum: int, frame: FrameType | None) -> None:
        nonlocal asked_to_stop
        asked_to_stop = True
        if child is not None:
            child.send_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, hand_on)
    signal.signal(signal.SIGINT, hand_on)
    threading.Thread(target=end_with_starter, daemon=True).start()
    child = subprocess.Popen(  # noqa: S603 - commands of our own
        sys.argv[1:], stdin=subprocess.DEVNULL
    )
    if asked_to_stop:
        child.send_signal(signal.SIGTERM)
    code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
