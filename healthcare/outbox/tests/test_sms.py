"""Text messages: through a gateway, as files in development, or not at all."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from healthcare.outbox.actions import queue_sms
from healthcare.outbox.delivery import drain
from healthcare.outbox.models import Message

pytestmark = pytest.mark.django_db


class Gateway(BaseHTTPRequestHandler):
    status = 202

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, dict(self.headers), json.loads(body)))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Silence."""


@pytest.fixture
def gateway(settings: Any) -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    server.received = []
    thread = Thread(target=server.serve_forever)
    thread.start()
    settings.SMS_URL = (
        f"http://us%40er:secret@127.0.0.1:{server.server_port}/v1/sms?a=b"
    )
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def written() -> Message:
    return queue_sms(kind="code", to="+4915112345678", text="Your code is 123.")


def test_it_works(gateway: Any) -> None:
    message = written()
    drain()
    message.refresh_from_db()
    assert message.status == Message.Status.SENT
    ((path, headers, body),) = gateway.received
    assert path == "/v1/sms?a=b"
    assert body == {
        "id": str(message.uid),
        "to": "+4915112345678",
        "text": "Your code is 123.",
    }
    assert headers["Idempotency-Key"] == str(message.uid)
    assert headers["Authorization"] == "Basic dXNAZXI6c2VjcmV0"


def test_a_gateway_that_refuses_is_asked_again(
    gateway: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Gateway, "status", 500)
    message = written()
    drain()
    message.refresh_from_db()
    assert (message.status, message.attempts) == (Message.Status.QUEUED, 1)
    assert message.last_error == "GatewayRefused"


def test_a_gateway_that_redirects_has_not_sent(
    gateway: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Gateway, "status", 302)
    message = written()
    drain()
    message.refresh_from_db()
    assert message.status == Message.Status.QUEUED


def test_a_gateway_that_is_away_is_asked_again(settings: Any) -> None:
    settings.SMS_URL = "http://127.0.0.1:1/"
    message = written()
    drain()
    message.refresh_from_db()
    assert message.last_error == "ConnectionRefusedError"


def test_in_development_it_is_a_file(settings: Any, tmp_path: Path) -> None:
    settings.SMS_URL = f"file://{tmp_path}/out"
    message = written()
    drain()
    text = (tmp_path / "out" / f"{message.uid}.txt").read_text()
    assert text == "To: +4915112345678\n\nYour code is 123.\n"


@pytest.mark.parametrize("url", ["", "ftp://example.test/"])
def test_without_a_gateway_it_fails_at_once(settings: Any, url: str) -> None:
    settings.SMS_URL = url
    message = written()
    drain()
    message.refresh_from_db()
    assert (message.status, message.attempts) == (Message.Status.DEAD, 1)
    assert message.last_error == "Undeliverable"
