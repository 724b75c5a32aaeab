"""What only a browser shows: rows that come and go, and text that saves itself."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, expect

from healthcare.browsing import chromium, violations
from healthcare.testing import make_cast
from records.charting.actions import save_draft, sign
from records.charting.models import EncounterDraft
from records.conftest import BODY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def encounter(open_visit):
    return open_visit(make_cast("riverside", "Europe/Berlin"))


@pytest.fixture
def path(encounter):
    return reverse("charting:encounter", args=["riverside", encounter.uid])


@pytest.fixture
def page(browser, live_server, encounter):
    client = Client()
    client.force_login(encounter.doctor.user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context()
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value}
    context.add_cookies([cookie | {"url": live_server.url}])
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    yield page
    context.close()


@pytest.fixture
def note(page, live_server, path):
    page.goto(live_server.url + path)
    return page


def draft():
    return EncounterDraft.objects.get()


def saved(note):
    expect(note.locator("[data-saved]")).to_contain_text("Saved at", timeout=15000)


def elsewhere(encounter, notes):
    save_draft(
        encounter=encounter,
        body=BODY | {"notes": notes},
        revision=draft().revision,
        by_user=encounter.doctor.user,
        by=encounter.doctor.user.as_actor(role="doctor"),
    )


def test_what_is_typed_saves_itself(note):
    note.fill("[name=notes]", "Feels well.")
    expect(note.locator("[data-saved]")).to_contain_text("Not saved yet")
    saved(note)
    note.fill("[name=plan]", "Rest.")
    expect(note.locator("[name=revision]")).to_have_value("2", timeout=15000)
    assert (draft().body["notes"], draft().body["plan"]) == ("Feels well.", "Rest.")


def test_rows_come_and_go(note):
    note.fill("[name=lines-0-medicine]", "Ramipril")
    note.get_by_role("button", name="Add a medicine").click()
    expect(note.locator("[name=lines-1-medicine]")).to_be_focused()
    note.fill("[name=lines-1-medicine]", "Metformin")
    note.locator("[data-rows=lines] [data-remove]").first.click()
    expect(note.locator("[name=lines-1-medicine]")).to_be_focused()
    expect(note.locator("[data-rows=lines] legend")).to_have_text("Medicine 1")
    saved(note)
    assert [row["medicine"] for row in draft().body["lines"]] == ["Metformin"]
    note.locator("[data-rows=lines] [data-remove]").click()
    expect(note.locator("[data-rows=lines] [data-row]")).to_have_count(1)
    expect(note.locator("[name=lines-0-medicine]")).to_have_value("")


def test_a_button_during_a_save_is_no_conflict(note, path, live_server):
    def slowly(route):
        note.wait_for_timeout(600)
        route.continue_()

    def is_save(request):
        return request.method == "POST" and "x-requested-with" in request.headers

    note.route("**/visits/**", slowly)
    note.fill("[name=notes]", "Typed and signed at once")
    with note.expect_request(is_save, timeout=15000):
        pass
    with note.expect_navigation(timeout=15000):
        note.get_by_role("button", name="Sign and complete").click()
    assert note.url == f"{live_server.url}{path}sign/"


def test_the_other_version_is_told_and_both_are_kept(note, encounter):
    elsewhere(encounter, "From the ward")
    note.fill("[name=notes]", "Mine")
    told = note.locator("[data-saved]")
    expect(told).to_contain_text("changed somewhere else", timeout=15000)
    assert draft().body["notes"] == "From the ward"
    note.get_by_role("button", name="Save draft").last.click()
    expect(note.locator("main")).to_contain_text("There are two versions")
    expect(note.locator("[name=notes]")).to_have_value("Mine")
    note.get_by_role("button", name="Keep both").click()
    expect(note.locator("[name=notes]")).to_have_value("Mine\n\nFrom the ward")


def test_a_note_signed_elsewhere_says_so(note, encounter):
    doctor = encounter.doctor
    by = doctor.user.as_actor(role="doctor")
    sign(encounter=encounter, body=BODY, signer=doctor, by=by)
    note.fill("[name=notes]", "Too late")
    told = note.locator("[data-saved]")
    expect(told).to_contain_text("can no longer be changed", timeout=15000)
    note.get_by_role("button", name="Save draft").last.click()
    expect(note.locator("main")).to_contain_text("Too late")


def test_signed_out_keeps_the_draft_and_goes_on_after_signing_in(note, encounter):
    note.fill("[name=notes]", "Before")
    saved(note)
    kept = note.context.cookies()
    note.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    note.fill("[name=notes]", "After")
    told = note.locator("[data-saved]")
    expect(told).to_contain_text("you were signed out", timeout=15000)
    assert draft().body["notes"] == "Before"
    note.context.add_cookies(kept)
    saved(note)
    assert draft().body["notes"] == "After"


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_form_with_errors_is_accessible(note, live_server, path, theme):
    note.context.add_cookies(
        [{"name": "theme", "value": theme, "url": live_server.url}]
    )
    note.fill("[name=lines-0-medicine]", "Ramipril")
    note.get_by_role("button", name="Sign and complete").click()
    expect(note.locator("[data-error-summary]")).to_be_focused()
    assert violations(note) == []
