"""The stylesheets: one set of light tokens, no colour outside the tokens."""

import re

import pytest
from django.conf import settings

CSS = settings.BASE_DIR / "static" / "css"
NAMES = sorted(path.name for path in CSS.glob("*.css"))
PAPER = {"pdf.css"}


def block(text: str, selector: str) -> list[str]:
    body = text.split(selector, 1)[1].split("}", 1)[0]
    return [line.strip() for line in body.splitlines() if line.strip().startswith("-")]


def test_light_by_choice_and_by_the_system_are_the_same() -> None:
    text = (CSS / "tokens-light.css").read_text()
    chosen = block(text, '[data-bs-theme="light"],\n:root:has(> body.hx-light) {')
    system = block(text, ":root:where(:not([data-bs-theme])) {")
    assert len(chosen) > 30
    assert chosen == system


def test_light_names_every_colour_that_dark_names() -> None:
    dark = block((CSS / "tokens.css").read_text(), '[data-bs-theme="dark"] {')
    light = block((CSS / "tokens-light.css").read_text(), '[data-bs-theme="light"],')
    assert {d.split(":")[0] for d in dark} == {d.split(":")[0] for d in light}


@pytest.mark.parametrize("name", NAMES)
def test_every_custom_property_that_is_used_exists(name: str) -> None:
    declared = set(
        re.findall(r"(--hx-[\w-]+):", "".join(p.read_text() for p in CSS.glob("*.css")))
    )
    used = set(re.findall(r"var\((--hx-[\w-]+)", (CSS / name).read_text()))
    assert used <= declared


@pytest.mark.parametrize("name", [n for n in NAMES if n not in PAPER])
def test_stylesheets_load_nothing_and_stay_short(name: str) -> None:
    text = (CSS / name).read_text()
    assert "@import" not in text
    assert not re.search(r"url\((?!\"data:image/svg)", text)
    assert len(text.splitlines()) < 420
