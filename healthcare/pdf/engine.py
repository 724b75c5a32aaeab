"""WeasyPrint, without what its import changes for the rest of the process.

Import this module only where a document is made: it takes a second.
"""

from PIL import ImageFile
from weasyprint import CSS, HTML, Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

# WeasyPrint's import lets Pillow take half a picture for a whole one, everywhere.
ImageFile.LOAD_TRUNCATED_IMAGES = False

__all__ = (
    "CSS",
    "HTML",
    "Document",
    "FontConfiguration",
    "URLFetcher",
    "URLFetcherResponse",
)
