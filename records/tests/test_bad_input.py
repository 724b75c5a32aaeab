"""Every form of every page, filled with what breaks things: an answer, never a 500."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from healthcare.testing import Cast
from records.tests.test_pages import addresses
from records.tests.worlds import make_world

NAUGHTY = Path(settings.BASE_DIR) / "healthcare/tests/fixtures/naughty.txt"
# Beside the list's: malformed dates, times, ids and numbers, a NUL and a long text.
MALFORMED = (
    "2026-02-30",
    "99:99",
    "1e999",
    "-1",
    "NaN",
    "0000-00-00T25:61",
    "a\x00b",
    "../../etc/passwd",
    "x" * 5000,
    str(uuid4()),
)
TYPED = {"csrfmiddlewaretoken"}
SENT = ("input", "select", "textarea", "button")


@dataclass
class Form:
    action: str
    method: str
    names: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page, with the names they send."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.open: Form | None = None

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        given = dict(pairs)
        if tag == "form":
            action, method = given.get("action") or "", given.get("method") or "get"
            self.open = Form(action, method.lower())
            self.found.append(self.open)
        elif self.open and tag in SENT and given.get("name") not in (None, *TYPED):
            self.open.names.append(str(given["name"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None


def texts() -> list[str]:
    """Every tenth of the list, and the malformed values."""
    lines = NAUGHTY.read_text(encoding="utf-8").splitlines()
    strings = [line for line in lines if line and not line.startswith("#")]
    return [*strings[::10], *MALFORMED]


def forms_of(client: Client, url: str) -> list[Form]:
    reader = Forms()
    reader.feed(client.get(url).content.decode())
    return [form for form in reader.found if form.names]


def send(client: Client, url: str, form: Form, text: str) -> Any:
    values = dict.fromkeys(form.names, text)
    with transaction.atomic():
        call = client.post if form.method == "post" else client.get
        answer = call(form.action or url, values)
        transaction.set_rollback(True)
    return answer


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    "role", ["anonymous", "patient", "doctor", "staff", "owner", "auditor"]
)
def test_every_form_survives_everything(role: str, riverside: Cast) -> None:
    world = make_world(riverside, riverside.doctor, riverside.patient)
    client = Client(raise_request_exception=False)
    if role != "anonymous":
        client.force_login(riverside.users[role])
    tried, seen = 0, set()
    for url in addresses(riverside, world, role):
        for form in forms_of(client, url):
            shape = (form.action or url, tuple(sorted(set(form.names))))
            if shape in seen or "logout" in form.action:
                continue
            seen.add(shape)
            for text in texts():
                answer = send(client, url, form, text)
                told = f"{form.method} {form.action or url} {form.names} {text[:40]!r}"
                assert answer.status_code < 500, told
                tried += 1
    assert tried
