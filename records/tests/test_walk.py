"""One visit through the whole house, in a real browser, with JavaScript and without.

A newcomer signs up, books, gets the mail, is checked in, is seen; reads the visit; the
auditor finds every step and takes it away as a PDF. No request leaves the site.
"""

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from playwright.sync_api import Error as PlaywrightError
from pypdf import PdfReader

from accounts.factories import PASSWORD
from accounts.models import User
from appointments.actions import add_weekly_rule
from healthcare import clock
from healthcare.audit.actors import Actor
from healthcare.browsing import chromium
from healthcare.jobs.models import Job
from healthcare.jobs.work import run
from healthcare.outbox.delivery import drain
from healthcare.outbox.models import Message
from healthcare.testing import Cast, make_cast

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
NEWCOMER = "nora.newcomer@healix.test"
SECRET = "a quiet river in spring"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def clinic() -> Cast:
    cast = make_cast("riverside", "Europe/Berlin")
    for user in cast.users.values():
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    for weekday in range(7):
        add_weekly_rule(
            doctor=cast.doctor,
            weekday=weekday,
            starts=time(9),
            ends=time(13),
            by=Actor.system("Test"),
        )
    return cast


class Visitor:
    """Somebody at their own browser."""

    def __init__(self, context: BrowserContext, site: str) -> None:
        self.page: Page = context.new_page()
        self.site = site
        self.trouble: list[str] = []
        context.on("request", self._note_request)
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("console", self._note_console)

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith((self.site, "data:", "blob:")):
            self.trouble.append(f"asked elsewhere: {request.url}")

    def _note_console(self, message: Any) -> None:
        if message.type == "error":
            self.trouble.append(message.text)

    def open(self, path: str) -> None:
        answer = self.page.goto(self.site + path)
        assert answer.ok, f"{path}: {answer.status}"

    def press(self, name: str, role: str = "button") -> None:
        self.follow(self.page.get_by_role(role, name=re.compile(name)).first)

    def follow(self, control: Locator) -> None:
        """Click, and wait for the page it leads to."""
        try:
            with self.page.expect_navigation():
                control.click()
        except PlaywrightError as error:
            text = self.page.locator("main").first.inner_text()
            raise AssertionError(f"{self.page.url}\n{text}\n{error}") from error

    def write(self, field: str, text: str) -> None:
        self.page.locator(f"[name='{field}']").first.fill(text)

    def sees(self, text: str) -> None:
        expect(self.page.locator("body")).to_contain_text(text)

    def log_in(self, email: str, password: str) -> None:
        self.open("/accounts/login/")
        self.write("login", email)
        self.write("password", password)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/accounts/login/" not in url)


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def come(request: Any, browser: Browser, live_server: Any) -> Iterator[Any]:
    """A new visitor, each in a browser of their own."""
    visitors = []

    def new() -> Visitor:
        context = browser.new_context(
            java_script_enabled=request.param, accept_downloads=True
        )
        visitors.append(Visitor(context, live_server.url))
        return visitors[-1]

    yield new
    for visitor in visitors:
        assert visitor.trouble == []
        visitor.page.context.close()


def link_in(message: Any) -> str:
    """The path of the first link of a mail's text."""
    return re.search(r"https?://[^/\s]+(/\S+)", message.body)[1]


def latest_mail_to(email: str) -> Any:
    drain()
    found = [message for message in mail.outbox if email in message.to]
    assert found, list(Message.objects.values_list("to", "status", "last_error"))
    return found[-1]


def signs_up(nora: Visitor) -> None:
    nora.open("/")
    nora.press("Create account", role="link")
    nora.write("email", NEWCOMER)
    nora.write("password1", SECRET)
    nora.page.check("[name=terms]")
    nora.press("^Create account")
    nora.sees("Check your")
    nora.open(link_in(latest_mail_to(NEWCOMER)))
    nora.press("Confirm e-mail address")


def fills_in_the_profile(nora: Visitor) -> None:
    if "/accounts/login/" in nora.page.url:
        nora.log_in(NEWCOMER, SECRET)
    nora.open("/me/")
    nora.write("given_name", "Nora")
    nora.write("family_name", "Newcomer")
    nora.page.check("[name=sex][value=female]", force=True)
    for part, value in {"day": "14", "month": "7", "year": "1988"}.items():
        nora.write(f"date_of_birth_{part}", value)
    nora.press("Save profile")


def books(nora: Visitor, clinic: Cast) -> str:
    """Tomorrow's first free time; returns the reference."""
    nora.open("/me/book/?all=1")
    nora.press("Riverside", role="link")
    nora.press("Cardiology", role="link")
    nora.press("Doctor", role="link")
    tomorrow = clock.now().astimezone(clinic.clinic.zone) + timedelta(days=1)
    nora.press(f"{tomorrow:%a} {tomorrow.day} {tomorrow:%B}", role="link")
    nora.page.locator("[name=time]").first.check(force=True)
    nora.write("reason", "Palpitations in the evening")
    nora.press("Continue to check")
    nora.sees("Nothing is booked until you press the button")
    nora.press("Book appointment")
    nora.sees("HX-")
    return re.search(r"HX-[0-9A-Z]+", nora.page.inner_text("main"))[0]


def gets_the_mail(reference: str) -> None:
    message = latest_mail_to(NEWCOMER)
    whole = message.message().as_string()
    assert reference in message.body
    assert "text/calendar" in whole
    assert "text/html" in whole
    for detail in ("Palpitations", "Cardiology", "Consultation"):
        assert detail not in message.subject + message.body


def is_checked_in(ruth: Visitor, clinic: Cast) -> None:
    day = clock.now().astimezone(clinic.clinic.zone) + timedelta(days=1)
    ruth.open(f"/c/riverside/desk/?date={day:%Y-%m-%d}")
    ruth.sees("NEWCOMER, Nora")
    ruth.press("Check in")
    ruth.sees("Arrived")


def is_seen(ada: Visitor, clinic: Cast) -> None:
    day = clock.now().astimezone(clinic.clinic.zone) + timedelta(days=1)
    ada.open(f"/c/riverside/day/?date={day:%Y-%m-%d}")
    ada.press("Open visit")
    ada.sees("NEWCOMER, Nora")
    ada.write("diagnoses-0-text", "Palpitations")
    ada.write("diagnoses-0-code", "R00.2")
    ada.write("lines-0-medicine", "Metoprolol")
    ada.write("lines-0-strength", "50 mg")
    ada.write("lines-0-dose", "1 tablet")
    ada.write("lines-0-frequency", "once daily, morning")
    ada.write("lines-0-duration_days", "30")
    ada.write("notes", "Short episodes, no syncope.")
    ada.write("plan", "Less coffee after noon.")
    ada.follow(ada.page.locator("button[form=note][value=save]"))
    ada.sees("Saved at")
    ada.follow(ada.page.locator("button[form=note][value=sign]"))
    ada.sees("Sign this note and complete the visit?")
    ada.press("^Sign and complete")
    ada.sees("Signed")


def reads_it(nora: Visitor) -> None:
    nora.open("/me/visits/")
    nora.follow(nora.page.locator("main a[href*='/me/visits/']").first)
    for text in ("Palpitations", "Metoprolol", "Less coffee after noon.", "Ada Doctor"):
        nora.sees(text)
    nora.open("/me/who-looked/")
    nora.sees("Ada Doctor")


STEPS = (
    "Booked",
    "Arrived",
    "Visit started",
    "Visit note signed",
    "Prescribed",
    "Visit completed",
)


def work(job: Job) -> None:
    """As a worker does it: elsewhere, with a connection of its own."""

    def run_and_leave() -> None:
        run(job.pk)
        connection.close()

    with ThreadPoolExecutor(max_workers=1) as worker:
        worker.submit(run_and_leave).result()


def finds_every_step(nadia: Visitor) -> str:
    """The log has it all; the PDF of it says so too. Returns the PDF's text."""
    nadia.open("/c/riverside/audit/")
    for step in STEPS:
        nadia.sees(step)
    nadia.press("Make a PDF of this list")
    job = Job.objects.latest("pk")
    work(job)
    job.refresh_from_db()
    assert job.status == Job.Status.DONE, job.error
    nadia.open(f"/jobs/{job.uid}/")
    with nadia.page.expect_download() as download:
        nadia.page.get_by_role("link", name="Download").click()
    content = io.BytesIO(download.value.path().read_bytes())
    return "\n".join(page.extract_text() for page in PdfReader(content).pages)


def test_a_visit_booked_held_charted_and_proven(come: Any, clinic: Cast) -> None:
    nora = come()
    signs_up(nora)
    fills_in_the_profile(nora)
    reference = books(nora, clinic)
    gets_the_mail(reference)

    ruth = come()
    ruth.log_in("staff@riverside.test", PASSWORD)
    is_checked_in(ruth, clinic)

    ada = come()
    ada.log_in("doctor@riverside.test", PASSWORD)
    is_seen(ada, clinic)
    reads_it(nora)

    nadia = come()
    nadia.log_in("auditor@riverside.test", PASSWORD)
    text = finds_every_step(nadia)
    for step in STEPS:
        assert step in text
    assert "Newcomer" in text or "NEWCOMER" in text
    assert User.objects.get(email=NEWCOMER).person.given_name == "Nora"
