"""Pages drawn by hand with a Chinese font of the viewer, and what was read of them."""

from __future__ import annotations

import io

from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from parser import Document, Grid, Paragraph

FONT = "STSong-Light"


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def paragraphs(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def texts(grid: Grid) -> list[list[str | None]]:
    """What stands at every position; `None` where nothing does."""
    found = []
    for row in range(grid.rows):
        cells = [grid.at(row, column) for column in range(grid.columns)]
        found.append([cell.text if cell else None for cell in cells])
    return found


def canvas() -> tuple[Canvas, io.BytesIO]:
    """An empty page of A4 and where it is written."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    page = Canvas(buffer, pagesize=(595, 842), invariant=1)
    page.setFont(FONT, 12)
    return page, buffer


def finished(page: Canvas, buffer: io.BytesIO) -> bytes:
    page.showPage()
    page.save()
    return buffer.getvalue()
