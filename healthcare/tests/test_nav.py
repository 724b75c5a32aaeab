"""Navigation and the caller's face, joined from what the floors say."""

import pytest
from django.urls.exceptions import NoReverseMatch

from healthcare import nav
from healthcare.context import initials
from healthcare.nav import ClinicFace, Face, NavItem, NavSection

MORE = NavItem("More", "list", "more")
ITEMS = [
    NavItem("Start", "house", "landing"),
    NavItem("Sign in", "key", "account_login", match_prefixes=("/accounts/",)),
    NavItem("Reset", "key", "account_reset_password", order=10),
    NavItem("Live", "heart", "healthz"),
    NavItem("Ready", "heart", "readyz"),
]


@pytest.fixture
def providers(monkeypatch):
    found: list = []
    monkeypatch.setattr(nav, "_nav_providers", found)
    return found


def built(rf, providers, path: str, items=ITEMS) -> nav.Nav:
    providers.append(lambda request: [NavSection(items=items)])
    return nav.build(rf.get(path), MORE)


def current(found: nav.Nav) -> list[str]:
    return [link.label for link in (*found.main, *found.end) if link.current]


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("/", "Start"),
        ("/accounts/login/", "Sign in"),
        ("/accounts/email/", "Sign in"),
        ("/accounts/password/reset/done/", "Reset"),
    ],
)
def test_the_longest_beginning_is_current(rf, providers, path: str, label: str) -> None:
    assert current(built(rf, providers, path)) == [label]


def test_a_page_of_no_item_marks_none_and_more_stands_for_it(rf, providers) -> None:
    found = built(rf, providers, "/elsewhere/")
    assert current(found) == []
    assert found.more.current


def test_beginnings_end_at_a_slash(rf, providers) -> None:
    items = [NavItem("Live", "heart", "healthz")]
    assert current(built(rf, providers, "/healthz-not/", items)) == []


def test_four_tabs_in_order_and_the_rest_under_more(rf, providers) -> None:
    found = built(rf, providers, "/readyz/")
    assert [tab.label for tab in found.tabs] == ["Reset", "Start", "Sign in", "Live"]
    assert found.more.current


def test_an_item_without_an_address_is_a_programming_error(rf, providers) -> None:
    with pytest.raises(NoReverseMatch):
        built(rf, providers, "/", [NavItem("?", "x", "no-such-page")])


def test_a_higher_floor_fills_in_over_a_lower_one(rf, monkeypatch) -> None:
    clinic = ClinicFace(slug="a", name="A")
    lower = Face(person_name="Eleni Vassilakis", role_label="Patient", home_url="/me/")
    higher = Face(role_label="Doctor", narrow=True, clinic=clinic)
    providers = [lambda r: lower, lambda r: None, lambda r: higher]
    monkeypatch.setattr(nav, "_face_providers", providers)
    assert nav.face(rf.get("/")) == Face(
        person_name="Eleni Vassilakis",
        role_label="Doctor",
        home_url="/me/",
        narrow=True,
        clinic=clinic,
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dr Amara Osei", "AO"),
        ("Prof. Dr. Anna Maria von Berg", "AB"),
        ("Cher", "C"),
        ("", ""),
        ("  (deleted)  ", ""),
        ("Ωmega Ölund", "ΩÖ"),
    ],
)
def test_initials(name: str, expected: str) -> None:
    assert initials(name) == expected
