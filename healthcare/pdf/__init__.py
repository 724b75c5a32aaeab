"""HTML to PDF, without reaching for anything: not the network, not the disk."""

from healthcare.pdf.render import Layout, Renderer, render_pdf

__all__ = ["Layout", "Renderer", "render_pdf"]
