"""What the template parts and their tags promise."""

import re

import pytest
from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import get_template, render_to_string

from healthcare import gallery
from healthcare.templatetags import healix

ROOT = settings.BASE_DIR / "templates"
TEMPLATES = sorted(str(p.relative_to(ROOT)) for p in ROOT.rglob("*.html"))
PAGES = [
    name for name in TEMPLATES if not name.startswith(("email/", "account/email/"))
]


def field(form: forms.Form, name: str, **more: object) -> str:
    return render_to_string("_parts/field.html", {"field": form[name], **more})


@pytest.fixture
def wrong() -> forms.Form:
    form = gallery.SampleForm({"kind": "glucose", "value": "seven"})
    assert not form.is_valid()
    return form


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles_and_is_short(name: str) -> None:
    get_template(name)
    assert len((ROOT / name).read_text().splitlines()) < 100


@pytest.mark.parametrize("name", [n for n in PAGES if not n.startswith("mfa/email/")])
def test_no_page_has_inline_styles_or_scripts(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


@pytest.mark.parametrize("name", [n for n in TEMPLATES if n.startswith("_parts/")])
def test_every_part_says_what_it_takes(name: str) -> None:
    assert (ROOT / name).read_text().startswith("{% comment %}")


def test_a_wrong_field_tells_what_to_do_before_its_input(wrong) -> None:
    html = field(wrong, "value", unit="mmol/L", width="num")
    assert html.index("Enter your blood glucose") < html.index("<input")
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_value_helptext id_value_error"' in html
    assert 'value="seven"' in html
    assert 'class="form-control hx-w-num"' in html


def test_a_right_field_is_not_marked() -> None:
    html = field(gallery.SampleForm(), "value")
    assert "aria-invalid" not in html
    assert "hx-field--error" not in html
    assert '<label class="form-label" for="id_value">' in html


def test_optional_is_said_in_words() -> None:
    assert "(optional)" in field(gallery.SampleForm(), "note")
    assert "(optional)" not in field(gallery.SampleForm(), "value")


@pytest.mark.parametrize("name", ["meal", "signs", "taken"])
def test_groups_have_a_fieldset_and_a_legend(name: str) -> None:
    html = field(gallery.SampleForm(), name)
    assert "<fieldset" in html
    assert "<legend" in html
    labels = set(re.findall(r'<label[^>]*for="([^"]+)"', html))
    assert labels == set(re.findall(r'<input[^>]*id="([^"]+)"', html))


def test_day_month_and_year_keep_what_was_typed() -> None:
    form = gallery.SampleForm({"taken_0": "31", "taken_1": "2", "taken_2": "<b>"})
    html = field(form, "taken")
    assert 'value="31"' in html
    assert 'value="&lt;b&gt;"' in html
    assert html.count('aria-invalid="true"') == 3


def test_the_summary_links_to_the_first_input_of_each_field(wrong) -> None:
    html = render_to_string("_parts/errors.html", {"form": wrong})
    links = re.findall(r'href="#([^"]+)"', html)
    assert links == ["id_value", "id_taken_0", "id_meal_0", "id_agree"]
    inputs = "".join(field(wrong, name) for name in wrong.fields)
    assert all(f'id="{link}"' in inputs for link in links)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("value", "Fill in “Blood glucose”."),
        ("kind", "Fill in “What did you measure?”."),
        ("meal", "Choose whether it was before a meal"),
    ],
)
def test_a_missing_answer_says_what_to_do(name: str, words: str) -> None:
    form = gallery.SampleForm({})
    assert words in field(form, name)
    assert "This field is required" not in field(form, name)
    assert words in render_to_string("_parts/errors.html", {"form": form})


def test_no_summary_without_errors() -> None:
    html = render_to_string("_parts/errors.html", {"form": gallery.SampleForm()})
    assert "hx-errors" not in html


def test_pages_keep_the_filters(rf) -> None:
    request = rf.get("/", {"role": "doctor & nurse", "page": "2"})
    context = {"page": Paginator(range(30), 10).page(2), "request": request}
    html = render_to_string("_parts/pagination.html", context)
    assert '"?role=doctor+%26+nurse&amp;page=3"' in html
    assert "11 to 20 of 30" in html


def test_one_page_needs_no_pages(rf) -> None:
    context = {"page": Paginator(range(3), 10).page(1), "request": rf.get("/")}
    assert "nav" not in render_to_string("_parts/pagination.html", context)


def test_a_cursor_drops_the_other_direction(rf) -> None:
    context = Context({"request": rf.get("/", {"q": "a", "after": "9"})})
    html = Template("{% load healix %}{% cursor_query '5' 'before' %}").render(context)
    assert html == "?q=a&amp;before=5"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("known", "Allergies: Latex"),
        ("none", "No known allergies"),
        ("unknown", "Allergies: not asked"),
        ("", "Allergies: not asked"),
    ],
)
def test_the_allergy_chip_never_guesses(state: str, words: str) -> None:
    context = {"allergies": {"state": state, "text": "Latex", "url": ""}}
    assert words in render_to_string("_parts/allergies.html", context)


@pytest.mark.parametrize(
    ("values", "low", "high", "out"),
    [
        ([5, 6, 8], 4, 7, True),
        ([5, 6, 3], 4, None, True),
        ([5, 6, 7], 4, 7, False),
        ([5], None, None, False),
        ([5, 5, 5], 5, 5, False),
    ],
)
def test_a_trend_marks_a_last_value_outside(values, low, high, out: bool) -> None:
    spark = healix.sparkline(values, "x", low, high)["spark"]
    assert spark.out is out
    assert all(0 <= float(n) <= 120 for n in re.findall(r"[\d.]+", spark.points))


def test_no_values_draw_nothing() -> None:
    assert healix.sparkline([], "x") == {"spark": None}


def test_json_for_an_attribute_is_escaped() -> None:
    html = Template('{% load healix %}<i data-x="{{ x|json_attribute }}">').render(
        Context({"x": {"a": "\"'<"}})
    )
    assert html == '<i data-x="{&quot;a&quot;: &quot;\\&quot;&#x27;&lt;&quot;}">'
