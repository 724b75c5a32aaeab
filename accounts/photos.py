"""Photos of people: what comes in is decoded and drawn anew, what goes out is inert."""

from io import BytesIO
from typing import BinaryIO

import filetype
from django.http import FileResponse, Http404
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from accounts.models import Person

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 25_000_000
EDGE = 512
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
ACCEPT = ",".join(FORMATS)
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


class PhotoRefused(Exception):
    """The reason is in words for the person who chose the file."""


def read_photo(upload: BinaryIO, size: int) -> bytes:
    """The picture in `upload` as a small JPEG without metadata, or PhotoRefused.

    The type is read from the bytes, never from the name. Nothing is decoded before
    the picture's size is known to be bearable.
    """
    if size > MAX_BYTES:
        raise PhotoRefused(_("Choose a picture of at most 5 MB."))
    head = upload.read(2048)
    kind = filetype.guess_mime(head) if head else None
    if kind not in FORMATS:
        raise PhotoRefused(_("Choose a JPEG, PNG or WebP picture."))
    upload.seek(0)
    try:
        return _drawn_anew(upload, FORMATS[kind])
    except BROKEN as error:
        raise PhotoRefused(
            _("We could not read this picture. Save it again, or choose another.")
        ) from error


def _drawn_anew(upload: BinaryIO, decoder: str) -> bytes:
    with Image.open(upload, formats=[decoder]) as image:
        if image.width * image.height > MAX_PIXELS:
            raise PhotoRefused(
                _("This picture has too many pixels. Make it smaller first.")
            )
        image.draft("RGB", (2 * EDGE, 2 * EDGE))
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((EDGE, EDGE))
        flat = Image.new("RGB", upright.size, "white")
        seen = upright.convert("RGBA")
        flat.paste(seen, mask=seen)
    jpeg = BytesIO()
    flat.save(jpeg, "JPEG", quality=88, optimize=True)
    return jpeg.getvalue()


def photo_response(person: Person) -> FileResponse:
    """The file, which a browser shows as a picture and never as a page.

    Who may see it is decided by the caller.
    """
    try:
        file = person.photo.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        file, content_type="image/jpeg", as_attachment=True, filename="photo.jpg"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response
