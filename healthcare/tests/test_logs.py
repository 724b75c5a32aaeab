"""Secrets in addresses do not reach the log."""

import io
import logging

import pytest
from django.test import Client

from healthcare.logs import without_secrets

TOKEN = "kQ3fSx0p-V7_dYwZr1aB2cD4eF6gH8iJ"
UID = "7f3f0a4e-3b1a-4a51-9f0f-1a2b3c4d5e6f"


def logged(text: str) -> str:
    return without_secrets(None, "", {"event": text})["event"]


@pytest.mark.parametrize(
    "path",
    [
        "/calendar/{}.ics",
        "/visit/{}/",
        "/visit/{}/cancel/",
        "/check-in/riverside/{}/",
        "/join/{}/",
        "/accounts/password/reset/key/{}/",
    ],
)
def test_a_token_is_cut_out(path: str) -> None:
    line = logged(f"Not Found: {path.format(TOKEN)}")
    assert TOKEN not in line
    assert line.startswith("Not Found: /")


def test_what_helps_to_find_a_fault_stays() -> None:
    line = f"Not Found: /me/appointments/{UID}/cancel/"
    assert logged(line) == line


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/calendar/{}.ics", "/visit/{}/", "/visit/{}/x/"])
def test_the_whole_log_of_a_request_has_none(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    written = io.StringIO()
    root = logging.getLogger()
    (own,) = (h for h in root.handlers if h.get_name() == "stderr")
    monkeypatch.setattr(own, "stream", written)
    level = root.level
    root.setLevel("DEBUG")
    try:
        client.get(path.format(TOKEN))
    finally:
        root.setLevel(level)
    assert "Not Found" in written.getvalue()
    assert TOKEN not in written.getvalue()
