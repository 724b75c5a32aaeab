"""Every page in every role, in Chromium: accessible, without inline script or style,
with one main heading, and with nothing fetched from elsewhere.

Pages look the same on both engines, so each engine's run looks at one theme and width,
and at a page that several roles share as one of them.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from clinics.access import ROLES, Permission
from healthcare.browsing import chromium, settle, violations
from healthcare.policy import OWN_RECORD, PUBLIC
from healthcare.testing import Cast, make_cast
from records.tests.worlds import make_world
from records.tour import World, views

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
MEMBERS = ("owner", "auditor", "doctor", "staff")
LOOKS = {"sqlite": ("dark", 1440), "postgresql": ("light", 390)}
INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\b(?:src=|type=.application/json))"
)
OTHERS: dict[str, tuple[str, ...]] = {
    "anonymous": (
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/confirm-email/",
        "/accounts/inactive/",
    ),
    "patient": (
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/logout/",
    ),
    "staff": ("/admin/", "/admin/appointments/appointment/"),
    "owner": ("/admin/", "/admin/clinics/membership/", "/admin/accounts/user/"),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def is_for(access: str, role: str) -> bool:
    """Whether this engine's run looks at the page as this role.

    A page is the same for everybody who may open it, but for the shell around it: so
    SQLite looks at it as the first of them, PostgreSQL as the last.
    """
    if isinstance(access, Permission):
        allowed = [each for each in MEMBERS if access in ROLES[each]]
    else:
        allowed = {PUBLIC: ["anonymous"], OWN_RECORD: ["patient"]}.get(
            access, ["patient", *MEMBERS]
        )
    return role == allowed[0 if connection.vendor == "sqlite" else -1]


def addresses(cast: Cast, world: World, role: str) -> list[str]:
    """Those that answer a page of HTML to this role."""
    client = Client()
    if role != "anonymous":
        client.force_login(cast.users[role])
    found = [view.url_in(world) for view in views() if is_for(view.access, role)]
    return [url for url in [*found, *OTHERS.get(role, ())] if is_page(client, url)]


def is_page(client: Client, url: str) -> bool:
    answer = client.get(url)
    is_html = answer.headers.get("Content-Type", "").startswith("text/html")
    if answer.status_code != 200 or not is_html:
        return False
    text = answer.content.decode()
    assert not INLINE.search(text), f"{url}: {INLINE.search(text)[0]}"
    assert len(re.findall(r"<h1[\s>]", text)) == 1, f"{url}: one h1"
    return True


def enter(context: BrowserContext, site: str, user: Any) -> None:
    """A session as the sign-in page makes it."""
    client = Client()
    client.force_login(user)
    session: SessionStore = client.session
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session.session_key}
    context.add_cookies([{**cookie, "url": site}])


def faults(page: Page, site: str, url: str) -> list[str]:
    trouble: list[str] = []

    def note(request: Any) -> None:
        if not request.url.startswith((site, "data:")):
            trouble.append(f"{url} asked {request.url}")

    def listen(said: Any) -> None:
        if said.type == "error":
            trouble.append(f"{url} {said.text}")

    page.on("request", note)
    page.on("pageerror", lambda error: trouble.append(f"{url} {error}"))
    page.on("console", listen)
    page.goto(site + url)
    settle(page)
    return trouble + [f"{url} {found}" for found in violations(page)]


@pytest.mark.parametrize(
    "role", ["anonymous", "patient", "doctor", "staff", "owner", "auditor"]
)
def test_every_page_is_fit_for_everybody(
    role: str, browser: Browser, live_server: Any
) -> None:
    cast = make_cast("riverside", "Europe/Berlin")
    world = make_world(cast, cast.doctor, cast.patient)
    pages = addresses(cast, world, role)
    assert pages
    theme, width = LOOKS[connection.vendor]
    context = browser.new_context(viewport={"width": width, "height": 900})
    cookie = {"name": "theme", "value": theme, "url": live_server.url}
    context.add_cookies([cookie])
    if role != "anonymous":
        enter(context, live_server.url, cast.users[role])
    trouble = []
    for url in pages:
        page = context.new_page()
        trouble += faults(page, live_server.url, url)
        page.close()
    context.close()
    assert trouble == []


def test_inline_script_and_style_are_found() -> None:
    assert INLINE.search("<p style='x'>")
    assert INLINE.search("<script>alert(1)</script>")
    assert INLINE.search("<a onclick='x()'>")
    assert not INLINE.search('<script type="module" src="/static/js/x.js"></script>')
    assert not INLINE.search('<script id="x" type="application/json">{}</script>')
