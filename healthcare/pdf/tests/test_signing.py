import stat
from io import BytesIO

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from healthcare.pdf import render_pdf, signing


@pytest.fixture
def pdf() -> BytesIO:
    return BytesIO(render_pdf('<html lang="en"><title>T</title><p>Text'))


def status_of(content: bytes):
    (signature,) = PdfFileReader(BytesIO(content)).embedded_signatures
    trusted = ValidationContext(
        trust_roots=[signing.identity().certificate], allow_fetching=False
    )
    return validate_pdf_signature(signature, trusted)


def test_the_signature_covers_the_whole_file(pdf):
    status = status_of(signing.sign(pdf, reason="Access log report"))
    assert status.intact
    assert status.valid
    assert status.coverage.name == "ENTIRE_FILE"


def test_a_changed_byte_breaks_it(pdf):
    signed = signing.sign(pdf, reason="Access log report")
    at = signed.index(b"stream\n") + 30
    changed = signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :]
    assert not status_of(changed).intact


def test_the_key_is_made_once_and_only_its_owner_reads_it(settings):
    first = signing.identity().fingerprint
    assert signing.identity().fingerprint == first
    assert len(first.replace(" ", "")) == 64
    assert stat.S_IMODE(settings.SIGNING_KEY.stat().st_mode) == 0o600
    assert [path.name for path in settings.SIGNING_KEY.parent.glob("report-sig*")] == [
        settings.SIGNING_KEY.name
    ]
