"""WeasyPrint with our styles, our fonts and nothing else. Imported only when used."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from healthcare.pdf.assets import STYLES, fetcher, path_of

if TYPE_CHECKING:
    from healthcare.pdf.engine import CSS, Document

VARIANT = "pdf/ua-1"


def render_pdf(html: str, css: str = "") -> bytes:
    """One document, accessible (PDF/UA-1). `css` comes after static/css/pdf.css."""
    return Renderer(css).layout(html).as_pdf()


@dataclass(frozen=True)
class Layout:
    """A document laid out in pages, not written yet."""

    document: "Document"

    @property
    def page_count(self) -> int:
        return len(self.document.pages)

    def ids_on_last_page(self) -> set[str]:
        return set(self.document.pages[-1].anchors)

    def without_last_page(self) -> "Layout":
        return Layout(self.document.copy(self.document.pages[:-1]))

    def as_pdf(self, *, tagged: bool = True) -> bytes:
        return self.document.write_pdf(pdf_variant=VARIANT if tagged else None)


class Renderer:
    """Reads styles and fonts once, for a document made in several pieces."""

    def __init__(self, css: str = "") -> None:
        from healthcare.pdf.engine import FontConfiguration

        self.fonts = FontConfiguration()
        self.fetcher = fetcher()
        self.styles = [self._css(path_of(STYLES).read_text()), self._css(css)]

    def layout(self, html: str, css: str = "") -> Layout:
        from healthcare.pdf.engine import HTML

        source = HTML(string=html, url_fetcher=self.fetcher)
        document = source.render(
            stylesheets=[*self.styles, self._css(css)],
            font_config=self.fonts,
            pdf_variant=VARIANT,
        )
        return Layout(document)

    def _css(self, text: str) -> "CSS":
        from healthcare.pdf.engine import CSS

        options: dict[str, Any] = {"url_fetcher": self.fetcher}
        return CSS(string=text, font_config=self.fonts, **options)
