"""Workers killed with -9: nothing is lost, nothing is doubled, and they come back."""

import asyncio
import email
import os
import random
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.db import transaction

from healthcare import clock, heartbeats
from healthcare.outbox.channels import message_id
from healthcare.outbox.models import Message
from healthcare.outbox.tests.test_delivery import written
from healthcare.tests.programs import (
    Program,
    database_url,
    needs_proc,
    parent_of,
    running,
    system_call,
    wait_until,
)

pytestmark = [
    needs_proc,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
MESSAGES, KILLS = 200, 20
SLOWEST = 180


class Server:
    """A mail server that notes the Message-ID of what it has accepted."""

    def __init__(self) -> None:
        self.accepted: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(0.02)
        message = email.message_from_bytes(envelope.content)
        self.accepted.append(message["Message-ID"])
        return "250 OK"


@pytest.fixture
def server() -> Iterator[Any]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server()
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    server.url = f"smtp://127.0.0.1:{port}"
    yield server
    controller.stop()


@pytest.fixture
def keys(server: Any, tmp_path: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": database_url(),
        "DATA_DIR": str(tmp_path),
        "EMAIL_URL": server.url,
        "EMAIL_TIMEOUT": "1",
    }


def cluster_of(program: Program) -> list[int]:
    """The cluster, its sentinel, and the sentinel's children in order."""
    groups = {pid: os.getpgid(pid) for pid in program.pids()}
    return [pid for pid, group in groups.items() if group != program.process.pid]


def beats_since(moment: datetime) -> bool:
    names = ("worker", "acknowledged")
    return all((heartbeats.last(name) or moment) > moment for name in names)


def test_twenty_kills_lose_nothing_and_double_nothing(
    server: Any, keys: dict[str, str], tmp_path: Path
) -> None:
    with transaction.atomic():
        sent = {message_id(written(subject=str(n))) for n in range(MESSAGES)}
    moments = random.Random(731).sample(range(5, MESSAGES - 15), KILLS)
    program = Program("worker", tmp_path, **keys)
    programs = [program]
    try:
        for number, moment in enumerate(sorted(moments), start=1):
            wait_until(lambda m=moment: len(server.accepted) >= m, SLOWEST)
            wait_until(lambda p=program: cluster_of(p), SLOWEST)
            if number % 5:
                os.killpg(os.getpgid(cluster_of(program)[0]), signal.SIGKILL)
            else:
                program.process.kill()
                wait_until(lambda: not cluster_of(programs[-1]), 30)
                programs.append(program := Program("worker", tmp_path, **keys))
        unsent = Message.objects.exclude(status=Message.Status.SENT)
        wait_until(lambda: not unsent.exists(), SLOWEST)
    finally:
        for each in programs:
            each.end()

    assert set(server.accepted) == sent
    copies = Counter(server.accepted)
    assert sum(copies.values()) - MESSAGES <= KILLS
    attempts = Message.objects.values_list("attempts", flat=True)
    assert sum(attempts) > MESSAGES, "no kill met a message on its way"


def holder_of_the_lock(workers: list[int]) -> int:
    """An idle worker reads from the inner queue; the others wait for its lock."""
    calls = {pid: system_call(pid) for pid in workers}
    rarest = Counter(calls.values()).most_common()[-1][0]
    (holder,) = (pid for pid, call in calls.items() if call == rarest)
    return holder


@pytest.mark.parametrize("part", ["holder", "monitor", "sentinel", "cluster"])
def test_the_kill_of_one_process_is_mended(
    keys: dict[str, str], tmp_path: Path, part: str
) -> None:
    start = clock.now()
    with running("worker", tmp_path, **keys) as program:
        usual = wait_until(lambda: beats_since(start), SLOWEST)
        cluster, sentinel, *children = cluster_of(program)
        workers = [pid for pid in children if parent_of(pid) == sentinel]
        assert len(workers) == 7
        victims = {"cluster": cluster, "sentinel": sentinel, "monitor": workers[5]}
        if part == "holder":
            victims["holder"] = holder_of_the_lock(workers[:5])
        killed = clock.now()
        os.kill(victims[part], signal.SIGKILL)
        wait_until(lambda: {cluster, *children}.isdisjoint(program.pids()), SLOWEST)
        replaced = clock.now()
        wait_until(lambda: beats_since(replaced), SLOWEST)
        took = (clock.now() - killed).total_seconds()
    assert took < 30 + 4 * max(usual - 5, 0), (
        "more than the machine's slowness explains"
    )
