"""A clinic's logo: an upload drawn anew as a small inert picture, and the way out."""

from typing import BinaryIO
from uuid import uuid4

from django.core.files.base import ContentFile
from django.http import FileResponse, Http404

from accounts.photos import read_photo
from clinics.models import Clinic


def read_logo(upload: BinaryIO, size: int) -> ContentFile:
    """Raises PhotoRefused with the reason for the person who chose the file."""
    return ContentFile(read_photo(upload, size), name=f"{uuid4().hex}.jpg")


def logo_response(clinic: Clinic) -> FileResponse:
    """The file, which a browser shows as a picture and never as a page."""
    try:
        file = clinic.logo.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        file, content_type="image/jpeg", as_attachment=True, filename="logo.jpg"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
