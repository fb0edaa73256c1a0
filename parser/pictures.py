"""A number shown where it stands: the page of a PDF, or the table of another file, with a cell outlined.

Needs the extra `images` (Pillow, and a font with every Chinese character). A PDF's page is drawn by the same
library that read it. A table is drawn from the reader's grid, so that the picture shows what was understood:
spans, empty cells and all.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from parser.document import Cell, Grid
from parser.readers import detect, read

if TYPE_CHECKING:
    from PIL import ImageFont

SCALE = 2.0
"""Pixels a PDF point: 144 dpi."""

FONT_SIZE = 18
LINE = 26
PAD = 8
MIN_WIDTH = 48
MAX_WIDTH = 240
OUTLINE = (214, 31, 31)
RULE = (120, 120, 120)
WIDTH = 4
MARGIN = 12


class NoPictureError(Exception):
    """The place cannot be shown: the message says why."""


def outline(payload: bytes, locator: Mapping[str, Any]) -> bytes:
    """A PNG of the page or table that holds `locator` (as `Locator.as_dict` gives it), the cell outlined.

    Raises `NoPictureError` where the locator is not in the document or the extra is not installed, and
    `Unreadable` like the readers.
    """
    try:
        import PIL  # noqa: F401, PLC0415 - an optional extra
    except ImportError as error:
        raise NoPictureError("pictures need the extra `images`: pip install 'nianbao[images]'") from error
    if "member" in locator:
        from parser.readers import bundle, html, page_images, pasted  # noqa: PLC0415 - only where they are met

        inner = {key: value for key, value in locator.items() if key != "member"}
        name = str(locator["member"])
        if name.startswith(page_images.EMBEDDED):
            return outline(page_images.embedded(html.tree_of(payload), name) or b"", inner)
        if name.startswith(pasted.PASTED):
            return outline(pasted.picture(payload, name), inner)
        return outline(bundle.member(payload, name), inner)
    kind = detect(payload)
    if kind == "pdf" and "page" in locator and "box" in locator:
        return _page(payload, locator)
    if kind == "image" and "page" in locator and "box" in locator:
        return _frame(payload, locator)
    for block in read(payload, kind).blocks:
        if isinstance(block, Grid):
            for cell in block.cells:
                if cell.locator.as_dict() == dict(locator):
                    return _table(block, cell)
    raise NoPictureError(f"nothing stands at {dict(locator)} in this document")


def _page(payload: bytes, locator: Mapping[str, Any]) -> bytes:
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415 - loaded for PDF only
    from PIL import ImageDraw  # noqa: PLC0415 - an optional extra

    try:
        document = pypdfium2.PdfDocument(payload)
    except pypdfium2.PdfiumError as error:
        raise NoPictureError(f"the PDF cannot be opened: {error}") from error
    try:
        number = int(locator["page"])
        if not 1 <= number <= len(document):
            raise NoPictureError(f"the document has no page {number}")
        page = document[number - 1]
        # Boxes are those of the page as it was written; the picture shows it as a reader turns it.
        turned = page.get_rotation()
        page.set_rotation(0)
        image = page.render(scale=SCALE).to_pil().convert("RGB")
        left, top, right, bottom = (float(edge) * SCALE for edge in locator["box"])
        ImageDraw.Draw(image).rectangle(
            (left - WIDTH, top - WIDTH, right + WIDTH, bottom + WIDTH), outline=OUTLINE, width=WIDTH
        )
        page.close()
        return _png(image.rotate(-turned, expand=True) if turned else image)
    finally:
        document.close()


def _frame(payload: bytes, locator: Mapping[str, Any]) -> bytes:
    """The page of an image file; its boxes are in dots of the image as it is shown."""
    from PIL import Image, ImageDraw, ImageOps  # noqa: PLC0415 - an optional extra

    image = Image.open(io.BytesIO(payload))
    number = int(locator["page"])
    if not 1 <= number <= getattr(image, "n_frames", 1):
        raise NoPictureError(f"the document has no page {number}")
    image.seek(number - 1)
    shown = ImageOps.exif_transpose(image).convert("RGB")
    left, top, right, bottom = (float(edge) for edge in locator["box"])
    ImageDraw.Draw(shown).rectangle(
        (left - WIDTH, top - WIDTH, right + WIDTH, bottom + WIDTH), outline=OUTLINE, width=WIDTH
    )
    return _png(shown)


def _table(grid: Grid, wanted: Cell) -> bytes:
    from PIL import Image, ImageDraw  # noqa: PLC0415 - an optional extra

    font = _font()
    widths = _widths(grid, font)
    lefts = _edges(widths)
    wrapped = {
        (cell.row, cell.column): _wrap(cell.text, font, sum(widths[_span(cell)]) - 2 * PAD)
        for cell in grid.cells
    }
    tops = _edges(_heights(grid, wrapped))
    image = Image.new("RGB", (lefts[-1] + 2 * MARGIN, tops[-1] + 2 * MARGIN), "white")
    pen = ImageDraw.Draw(image)
    marked = None
    for cell in grid.cells:
        box = (
            MARGIN + lefts[cell.column],
            MARGIN + tops[cell.row],
            MARGIN + lefts[min(cell.column + cell.colspan, len(widths))],
            MARGIN + tops[min(cell.row + cell.rowspan, len(tops) - 1)],
        )
        pen.rectangle(box, outline=RULE)
        lines = wrapped[cell.row, cell.column]
        top = (box[1] + box[3] - LINE * len(lines)) / 2
        for number, line in enumerate(lines):
            pen.text((box[0] + PAD, top + number * LINE), line, fill="black", font=font)
        if cell is wanted:
            marked = box
    if marked is not None:
        pen.rectangle(marked, outline=OUTLINE, width=WIDTH)
    return _png(image)


def _widths(grid: Grid, font: ImageFont.FreeTypeFont) -> list[int]:
    """A column is as wide as its longest undivided cell, within limits; a label is wrapped beyond."""
    widths = [MIN_WIDTH] * grid.columns
    for cell in grid.cells:
        if cell.colspan == 1:
            longest = max((font.getlength(line) for line in cell.text.split("\n")), default=0)
            wanted = min(int(longest) + 2 * PAD + 1, MAX_WIDTH)
            widths[cell.column] = max(widths[cell.column], wanted)
    return widths


def _heights(grid: Grid, wrapped: Mapping[tuple[int, int], list[str]]) -> list[int]:
    heights = [LINE + PAD] * grid.rows
    for cell in sorted(grid.cells, key=lambda cell: cell.rowspan):
        rows = slice(cell.row, cell.row + cell.rowspan)
        needed = LINE * len(wrapped[cell.row, cell.column]) + PAD
        short = needed - sum(heights[rows])
        if short > 0:
            heights[min(cell.row + cell.rowspan, grid.rows) - 1] += short
    return heights


def _wrap(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    lines = []
    for paragraph in text.split("\n"):
        line = ""
        for letter in paragraph:
            if line and font.getlength(line + letter) > width:
                lines.append(line)
                line = ""
            line += letter
        lines.append(line)
    return lines


def _edges(sizes: list[int]) -> list[int]:
    edges = [0]
    for size in sizes:
        edges.append(edges[-1] + size)
    return edges


def _span(cell: Cell) -> slice:
    return slice(cell.column, cell.column + cell.colspan)


def _png(image: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()


@cache
def _font() -> ImageFont.FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415 - an optional extra

    file = resources.files("manimgx_fonts_cjk").joinpath("NotoSansCJK-VF.otf.ttc").read_bytes()
    # Face 2 of the collection is the Chinese of the mainland.
    return ImageFont.truetype(io.BytesIO(file), FONT_SIZE, index=2)
