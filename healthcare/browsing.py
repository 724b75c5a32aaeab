"""Headless Chromium for tests and for `make screens`."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

AXE = Path("node_modules/axe-core/axe.min.js")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
SIZES = {1440: 900, 390: 844}
# What the log-in form does, without its hashing and rate limits.
SignIn = Callable[[BrowserContext, Any], None]


@contextmanager
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise RuntimeError("Install Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def violations(page: Page, tags: tuple[str, ...] = ("wcag2a", "wcag2aa")) -> list[str]:
    """What axe-core finds on the page as it stands, one line each."""
    every = [*tags, "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    page.evaluate((settings.BASE_DIR / AXE).read_text())
    found = page.evaluate(
        "tags => axe.run({runOnly: {type: 'tag', values: tags},"
        " resultTypes: ['violations']})",
        every,
    )
    return [
        f"{item['id']} ({item['impact']}): {node['html'][:160]}"
        for item in found["violations"]
        for node in item["nodes"][:3]
    ]


def settle(page: Page) -> None:
    """Motion over and fonts there, so that colours and pictures are final."""
    page.evaluate("document.fonts.ready")
    page.evaluate(
        "Promise.all(document.getAnimations()"
        ".filter(a => a.effect?.getComputedTiming().iterations !== Infinity)"
        ".map(a => a.finished.catch(() => null)))"
    )
