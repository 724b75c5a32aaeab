import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from healthcare.pdf import Renderer, render_pdf

PAGE = '<!doctype html><html lang="en"><head><title>T</title>{head}</head><body>{body}'


def run(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    path = tmp_path / "canary.txt"
    path.write_text("canary-7391")
    return path


HOSTILE = [
    '<link rel="attachment" href="{url}">',
    '<link rel="stylesheet" href="{url}">',
    '<img src="{url}">',
    '<object data="{url}"></object>',
    '<embed src="{url}">',
    '<svg><image href="{url}"/></svg>',
    '<svg><use href="{url}#x"/></svg>',
    '<style>@import "{url}"; body {{ background: url("{url}") }}</style>',
    '<style>@font-face {{ font-family: x; src: url("{url}") }}</style>',
    "<style>p {{ font: 9pt x }}</style>",
    '<p style="content: url({url})">x</p>',
    '<a rel="attachment" href="{url}">x</a>',
    '<iframe src="{url}"></iframe>',
    '<style>p::before {{ content: target-text("{url}") }}</style>',
    '<base href="{url}"><img src="x.png">',
]


@pytest.mark.parametrize("scheme", ["file", "http", "https", "ftp", "data", "asset"])
def test_hostile_content_fetches_and_embeds_nothing(
    scheme, canary, tmp_path, monkeypatch
):
    opened = []
    monkeypatch.setattr("socket.socket.connect", lambda *a: opened.append(a))
    monkeypatch.setattr(
        "urllib.request.OpenerDirector.open", lambda *a, **k: opened.append(a)
    )
    url = {
        "file": canary.as_uri(),
        "data": "data:text/plain,canary-7391",
        "asset": "asset:../../../../etc/passwd",
    }.get(scheme, f"{scheme}://127.0.0.1:9/canary.txt")
    content = "".join(HOSTILE).format(url=url)
    made = tmp_path / "made.pdf"
    made.write_bytes(render_pdf(PAGE.format(head=content, body=f"<p>body{content}")))
    assert opened == []
    assert run("pdfdetach", "-list", made).startswith("0 embedded files")
    assert "canary-7391" not in run("pdftotext", made, "-")
    assert b"canary-7391" not in made.read_bytes()


def test_the_default_fetcher_would_have_embedded_it(canary, tmp_path):
    """What the refusal is for."""
    from healthcare.pdf.engine import HTML

    made = tmp_path / "made.pdf"
    attached = f'<link rel="attachment" href="{canary.as_uri()}">'
    HTML(string=PAGE.format(head=attached, body="")).write_pdf(made)
    assert run("pdfdetach", "-list", made).startswith("1 embedded file")


def test_our_own_fonts_are_embedded(tmp_path):
    made = tmp_path / "made.pdf"
    made.write_bytes(render_pdf(PAGE.format(head="", body="<p>Łódź <b>Eleni</b>")))
    fonts = run("pdffonts", made).splitlines()[2:]
    names = {line.split()[0].partition("+")[2] for line in fonts}
    assert names == {"Atkinson", "Atkinson-Bold", "Atkinson-Ext"}
    assert "Łódź Eleni" in run("pdftotext", made, "-")


def test_it_is_tagged_and_says_its_language_and_title():
    pdf = PdfReader(BytesIO(render_pdf(PAGE.format(head="", body="<h1>Heading</h1>"))))
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert pdf.metadata.title == "T"
    assert "/StructTreeRoot" in pdf.trailer["/Root"]


def test_styles_of_the_caller_come_last():
    narrow = Renderer("@page { size: 100mm 50mm }")
    page = PdfReader(BytesIO(narrow.layout(PAGE.format(head="", body="x")).as_pdf()))
    assert round(page.pages[0].mediabox.width / 72 * 25.4) == 100
