import subprocess
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from healthcare.pdf.joiner import About, Joiner
from healthcare.pdf.pieces import SPOT, write_table

ABOUT = About(
    "A <title> & more", "Nadia Brandt", "en", datetime(2026, 9, 17, tzinfo=UTC)
)


def html(rows: list[int], is_first: bool) -> str:
    head = "<h1>Heading</h1>" if is_first else ""
    body = "".join(
        f'<tr id="r{at}"><th scope="row">Row-{row}-<td>text<br>text'
        for at, row in enumerate(rows)
    )
    table = f"<table><thead><tr><th>Row<th>Text<tbody>{body}</table>"
    return (
        f'<!doctype html><html lang="en"><head><title>T</title></head>'
        f'<body data-head="Head" data-head-end="End" data-foot="Foot" data-page="Page">'
        f"{head}{table}"
    )


@pytest.fixture(scope="module")
def made() -> tuple[bytes, list[int]]:
    file, told = BytesIO(), []
    joiner = Joiner(file, ABOUT, SPOT)
    write_table(joiner, range(70), html, rows_a_piece=25, told=told.append)
    return file.getvalue(), told


@pytest.fixture(scope="module")
def pages(made) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(made[0])).pages]


def test_every_row_is_there_once_and_in_order(pages):
    text = "".join(pages)
    found = [int(part.split("-")[0]) for part in text.split("Row-")[1:]]
    assert found == list(range(70))


def test_every_page_says_which_of_how_many(pages):
    total = len(pages)
    assert total > 3
    for number, text in enumerate(pages, 1):
        words = " ".join(text.split())
        assert f"Page {number}" in words
        assert f"of {total}" in words


def test_every_page_repeats_the_head_and_only_the_last_is_short(pages):
    assert all("Text" in text and "Foot" in text for text in pages)
    rows = [text.count("Row-") for text in pages]
    assert len(set(rows[1:-1])) == 1


def test_progress_is_told_after_each_piece(made):
    told = made[1]
    assert told == sorted(told)
    assert len(told) >= 3


def test_the_joined_file_is_sound(made, tmp_path):
    path = tmp_path / "made.pdf"
    path.write_bytes(made[0])
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    info = subprocess.run(["pdfinfo", path], capture_output=True, text=True).stdout
    assert "A <title> & more" in info
    assert "Tagged:          yes" in info


def test_the_tags_are_joined(made):
    """Every page's marked content leads to its tags, and back to that page."""
    reader = PdfReader(BytesIO(made[0]))
    tags = reader.trailer["/Root"]["/StructTreeRoot"]
    nums = tags["/ParentTree"].get_object()["/Nums"]
    parents = dict(zip(nums[::2], nums[1::2], strict=True))
    for page in reader.pages:
        first = parents[page["/StructParents"]].get_object()[0].get_object()
        assert first["/Pg"].indirect_reference == page.indirect_reference
    (document,) = tags["/K"]
    sections = document.get_object()["/K"]
    assert {each.get_object()["/S"] for each in sections} == {"/Sect"}


def test_header_cells_of_two_pieces_have_different_ids(made):
    reader = PdfReader(BytesIO(made[0]))
    ids = []
    for number in range(1, len(reader.xref_objStm) + 400):
        try:
            found = reader.get_object(number)
        except Exception:  # noqa: BLE001 - numbers without an object
            continue
        if isinstance(found, dict) and "/ID" in found and found.get("/S") == "/TH":
            ids.append(str(found["/ID"]))
    assert len(ids) > 2
    assert len(ids) == len(set(ids))


def test_no_rows_make_one_page():
    file = BytesIO()
    joiner = Joiner(file, ABOUT, SPOT)
    write_table(joiner, [], html, rows_a_piece=25, told=lambda done: None)
    (page,) = PdfReader(BytesIO(file.getvalue())).pages
    assert "Heading" in page.extract_text()
    assert "of 1" in page.extract_text()
