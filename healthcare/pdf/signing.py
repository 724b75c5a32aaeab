"""Signing a PDF with this installation's own key.

The key is made here once and vouched for by nobody. A signature shows that the file
was not changed since this installation made it, to whoever knows the certificate's
fingerprint; it does not show who runs the installation.
"""

import os
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from asn1crypto import pem
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings

from healthcare import clock

FIELD = "HealixSignature"
YEARS = 20


@dataclass(frozen=True)
class Identity:
    key: PrivateKeyInfo
    certificate: Certificate

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in groups that can be read aloud."""
        text = self.certificate.sha256.hex().upper()
        return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def identity() -> Identity:
    """This installation's key and certificate, made at the first call."""
    path = settings.SIGNING_KEY
    if not path.exists():
        _make(path)
    parts = {kind: der for kind, _, der in pem.unarmor(path.read_bytes(), True)}
    return Identity(
        key=PrivateKeyInfo.load(parts["PRIVATE KEY"]),
        certificate=Certificate.load(parts["CERTIFICATE"]),
    )


def sign(pdf: BytesIO, *, reason: str) -> bytes:
    """The file with a certifying signature that allows no later change."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import MDPPerm
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    own = identity()
    signer = signers.SimpleSigner(
        signing_cert=own.certificate,
        signing_key=own.key,
        cert_registry=SimpleCertificateStore(),
    )
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        reason=reason,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
    )
    signed = signers.sign_pdf(IncrementalPdfFileWriter(pdf), about, signer=signer)
    return signed.getvalue()


def _make(path: Path) -> None:
    """Whoever links the file into place first has made the key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    own_name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"Healix reports, {host}"[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Self-signed"),
        ]
    )
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(own_name)
        .issuer_name(own_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
        .sign(key, hashes.SHA256())
    )
    text = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:
        file.write(text)
    try:
        os.link(fresh, path)
    except FileExistsError:
        return
    finally:
        fresh.unlink()


def _usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
