"""/_mail/: what was sent while developing."""

import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from healthcare.outbox.actions import Attachment, queue_email
from healthcare.outbox.delivery import drain
from healthcare.outbox.models import Message
from healthcare.outbox.views import MAIL_POLICY

pytestmark = [pytest.mark.django_db, pytest.mark.urls("healthcare.outbox.tests.urls")]
HTML = '<p style="color: red">Hello <a href="http://testserver/x/">there</a></p>'


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    settings.EMAIL_FILE_PATH = str(settings.MAIL_DIR)
    settings.MAIL_DIR.mkdir()
    return settings.MAIL_DIR


def send(subject: str = "Welcome", **changes: Any) -> Message:
    values = {"kind": "t", "to": "ada@example.test", "html": HTML}
    text = f"Open http://testserver/x/ <now>\n{'-' * 78}\nBye."
    message = queue_email(**(values | {"text": text, "subject": subject} | changes))
    drain()
    return message


def test_it_works(client: Client) -> None:
    message = send()
    body = client.get("/_mail/").content.decode()
    assert "Welcome" in body
    assert "ada@example.test" in body
    assert f"/_mail/{message.uid}/" in body


def test_it_is_not_there_outside_debug(client: Client, settings: Any) -> None:
    settings.ROOT_URLCONF = "healthcare.urls"
    assert client.get("/_mail/").status_code == 404


def test_nothing_was_sent_yet(client: Client) -> None:
    assert "Nothing was sent yet." in client.get("/_mail/").content.decode()


def test_the_newest_comes_first_and_pages_follow(client: Client, folder: Path) -> None:
    for number in range(27):
        send(f"Number {number:02}")
        (written,) = folder.glob("2*.log")
        kept = written.rename(folder / f"kept-{number}.log")
        os.utime(kept, ns=(number, number))
    first = client.get("/_mail/").content.decode()
    assert first.index("Number 26") < first.index("Number 25")
    assert "Number 01" not in first
    assert "Number 01" in client.get("/_mail/?page=2").content.decode()


def test_several_mails_in_one_file_are_told_apart(client: Client, folder: Path) -> None:
    first, second = send("First"), send("Second")
    joined = b"".join(path.read_bytes() for path in folder.iterdir())
    for path in folder.iterdir():
        path.unlink()
    (folder / "one.log").write_bytes(joined)
    assert client.get("/_mail/").content.count(b"hx-main-link") == 2
    for message in (first, second):
        page = client.get(f"/_mail/{message.uid}/").content.decode()
        assert f"<h1>{message.subject}</h1>" in page


def test_a_mail_shows_its_text_with_links(client: Client) -> None:
    page = client.get(f"/_mail/{send().uid}/").content.decode()
    assert '<a href="http://testserver/x/" rel="nofollow">' in page
    assert "&lt;now&gt;" in page
    assert "Bye." in page
    assert "color: red" not in page


def test_the_html_part_is_sandboxed(client: Client) -> None:
    response = client.get(f"/_mail/{send().uid}/html/")
    assert 'style="color: red"' in response.content.decode()
    assert response.headers["Content-Security-Policy"] == MAIL_POLICY
    assert "sandbox" in MAIL_POLICY


def test_attachments_are_downloads(client: Client) -> None:
    report = Attachment("Bericht ü.pdf", "text/html", b"<script>alert(1)</script>")
    message = send(attachments=[report])
    page = client.get(f"/_mail/{message.uid}/").content.decode()
    assert "Bericht ü.pdf" in page
    response = client.get(f"/_mail/{message.uid}/files/Bericht ü.pdf")
    assert b"<script>alert(1)</script>" in response.content
    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("rest", ["", "html/", "files/a.pdf", "files/..%2F..%2Fkey"])
def test_what_is_not_there_is_not_found(client: Client, rest: str) -> None:
    assert client.get(f"/_mail/{uuid4()}/{rest}").status_code == 404
    if "files" in rest:
        assert client.get(f"/_mail/{send().uid}/{rest}").status_code == 404
