"""The only files that a PDF may use, by the names in static/css/pdf.css."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles import finders

if TYPE_CHECKING:
    from healthcare.pdf.engine import URLFetcher

STYLES = "css/pdf.css"
FONT = "vendor/atkinson-next/files/atkinson-hyperlegible-next-{}-wght-normal.woff2"
ASSETS = {
    "asset:atkinson-latin": FONT.format("latin"),
    "asset:atkinson-latin-ext": FONT.format("latin-ext"),
}


class Refused(ValueError):
    """The document names something that is not one of ours."""


def path_of(name: str) -> Path:
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(f"static/{name} is missing: run 'make setup'.")
    return Path(found)


def fetcher() -> "URLFetcher":
    """Answers the asset: names of ours and refuses everything else."""
    from healthcare.pdf.engine import URLFetcher, URLFetcherResponse

    class OwnAssetsOnly(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            if url not in ASSETS:
                raise Refused(url)
            return URLFetcherResponse(url, path_of(ASSETS[url]).read_bytes())

        def open(self, *args: Any, **kwargs: Any) -> URLFetcherResponse:
            raise Refused

    return OwnAssetsOnly()
