"""A picture of every page in every role, at two widths, in both themes."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from playwright.sync_api import Browser, BrowserContext

from healthcare.browsing import SIZES, chromium, settle
from records.demo.cast import PASSWORD

ROLES = ("anonymous", "patient", "doctor", "staff", "owner", "auditor")
THEMES = ("dark", "light")
PATIENCE = 120


class Command(BaseCommand):
    help = "Write a picture of every page in every role to .data/screens/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", default="", help="part of a page's name")
        parser.add_argument("--role", choices=ROLES, help="one role only")
        parser.add_argument("--to", type=Path, default=settings.DATA_DIR / "screens")

    def handle(self, *args: Any, **options: Any) -> None:
        roles = [options["role"]] if options["role"] else ROLES
        with tempfile.TemporaryDirectory(prefix="healix-screens-") as folder:
            pages = demo(Path(folder))
            with served(Path(folder)) as site, chromium() as browser:
                for role in roles:
                    wanted = [
                        item for item in pages[role] if options["only"] in item[0]
                    ]
                    count = photograph(browser, site, role, wanted, options["to"])
                    self.stderr.write(f"{role}: {count} pictures")
        self.stdout.write(str(options["to"]))


def environment(folder: Path) -> dict[str, str]:
    """A demo of its own: the developer's data stay as they are."""
    return {
        "ENV_FILE": "",
        "DEBUG": "on",
        "DEMO": "on",
        "DATA_DIR": str(folder),
        "LOG_LEVEL": "ERROR",
        "PATH": str(Path(sys.executable).parent),
        "DJANGO_SETTINGS_MODULE": "healthcare.settings",
    }


def demo(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Loads the demo and tells the addresses of its pages, by role."""

    def manage(*words: str) -> str:
        told = subprocess.run(  # noqa: S603 - our own commands
            [sys.executable, "manage.py", *words],
            env=environment(folder),
            cwd=settings.BASE_DIR,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return told.stdout

    manage("migrate", "-v0")
    manage("demo")
    return json.loads(manage("pages"))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "healthcare.wsgi", "--threads=4"]
    command += [f"--bind=127.0.0.1:{port}", "--log-level=error"]
    site = f"http://127.0.0.1:{port}"
    child = subprocess.Popen(  # noqa: S603 - our own server
        command, env=environment(folder), cwd=settings.BASE_DIR
    )
    try:
        _wait_for(f"{site}/healthz/", child)
        yield site
    finally:
        child.terminate()
        child.wait()


def _wait_for(url: str, child: "subprocess.Popen[bytes]") -> None:
    for _second in range(PATIENCE):
        try:
            urlopen(url, timeout=1).close()  # noqa: S310  # nosec B310 - our own server
            return
        except OSError:  # refused, or too slow yet
            if child.poll() is not None:
                break
            time.sleep(0.5)
    raise RuntimeError("The server did not start.")


def photograph(
    browser: Browser, site: str, role: str, pages: list[tuple[str, str]], to: Path
) -> int:
    count = 0
    for width, height in SIZES.items():
        size = {"width": width, "height": height}
        context = browser.new_context(viewport=size, base_url=site)
        if role != "anonymous":
            sign_in(context, f"{role}@healix.test")
        for theme in THEMES:
            cookie = {"name": "theme", "value": theme, "url": site}
            context.add_cookies([cookie])
            for name, url in pages:
                folder = to / role
                folder.mkdir(parents=True, exist_ok=True)
                file = folder / f"{name.replace(':', '-')}-{width}-{theme}.png"
                count += picture(context, url, file)
        context.close()
    return count


def sign_in(context: BrowserContext, email: str) -> None:
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    page.close()


def picture(context: BrowserContext, url: str, file: Path) -> bool:
    """False for an address that shows no page: a redirect, a download, a POST."""
    page = context.new_page()
    try:
        response = page.request.get(url, max_redirects=0)
        kind = response.headers.get("content-type", "")
        if response.status != 200 or not kind.startswith("text/html"):
            return False
        page.goto(url)
        settle(page)
        page.screenshot(path=str(file), full_page=True)
        return True
    finally:
        page.close()
