"""Made reports drawn as PDF, cell by cell, with the font of a viewer (nothing is embedded)."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Sequence

from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from tests.parser.made.tables import Rows
from tests.parser.readers.drawn.pdf_borders import Borders, Box
from tests.parser.readers.drawn.pdf_style import Style
from tests.parser.readers.drawn.reports import Block

FONT = "STSong-Light"
FONT_DOWN = "STSong-Light-Down"
MARGIN = 60.0
PAD = 3.0
BODY = 14.0


def pdf(blocks: Iterable[Block], style: Style, seed: int = 0) -> bytes:
    """The document as bytes."""
    _register_fonts()
    writer = _Writer(style, random.Random(seed))
    for block in blocks:
        if isinstance(block, str):
            writer.paragraph(block)
        else:
            writer.table(block)
    return writer.finish()


def _register_fonts() -> None:
    if FONT_DOWN not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        down = UnicodeCIDFont(FONT, isVertical=True)
        down.name = down.fontName = FONT_DOWN
        pdfmetrics.registerFont(down)


def placed(rows: Rows) -> list[Box]:
    """Cells at the places that their spans leave them."""
    taken: set[tuple[int, int]] = set()
    boxes = []
    for number, row in enumerate(rows):
        column = 0
        for text, rowspan, colspan in row:
            while (number, column) in taken:
                column += 1
            boxes.append(Box(text, number, column, rowspan, colspan))
            taken |= {(number + r, column + c) for r in range(rowspan) for c in range(colspan)}
            column += colspan
    return boxes


class _Writer:
    """A page at a time, from top to bottom; `self.y` counts downwards from the top of the upright page."""

    def __init__(self, style: Style, dice: random.Random) -> None:
        self.style, self.dice = style, dice
        self.width, self.height = (
            (style.page_height, 595.0) if style.landscape else (595.0, style.page_height)
        )
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pageCompression=1, invariant=1)
        self.page = 0
        self.unprinted: dict[int, str] = {}
        self._open_page()

    def _open_page(self) -> None:
        style, canvas = self.style, self.canvas
        self.page += 1
        # The library swaps width and height itself for a page that is turned.
        canvas.setPageSize((self.height, self.width) if style.sideways else (self.width, self.height))
        canvas.setPageRotation(style.turn)
        match 90 if style.sideways else style.turn:
            case 90:
                canvas.translate(self.height, 0)
                canvas.rotate(90)
            case 180:
                canvas.translate(self.width, self.height)
                canvas.rotate(180)
            case 270:
                canvas.translate(0, self.width)
                canvas.rotate(-90)
        self.y = MARGIN
        if style.running_head:
            self._string("政府信息公开年报", MARGIN, 34, 9)
        if style.page_number:
            text = style.page_number.format(self.page)
            self._string(
                text, self.width / 2 - pdfmetrics.stringWidth(text, FONT, 10) / 2, self.height - 30, 10
            )

    def finish(self) -> bytes:
        self.canvas.showPage()
        self.canvas.save()
        return self.buffer.getvalue()

    def _next_page(self) -> None:
        self.canvas.showPage()
        self._open_page()

    def _string(self, text: str, x: float, y: float, size: float) -> None:
        """Text with its baseline at `y` from the top."""
        canvas, base = self.canvas, self.height - y
        mode = 3 if self.style.invisible else 0
        canvas.setFont(FONT, size)
        if self.style.text == "letter":
            for letter in text:
                canvas.drawString(x, base, letter, mode=mode)
                x += pdfmetrics.stringWidth(letter, FONT, size)
        else:
            canvas.drawString(x, base, text, mode=mode)

    def paragraph(self, text: str) -> None:
        """Indented, wrapped, at body size; the first one is the title."""
        title = self.page == 1 and self.y == MARGIN
        size = 20.0 if title else BODY
        first = True
        for line in wrapped(text if title else f"　　{text}", self.width - 2 * MARGIN, size):
            if self.y + 2 * size > self.height - MARGIN:
                self._next_page()
            x = MARGIN + (2 * BODY if first else 0)
            if title:
                x = (self.width - pdfmetrics.stringWidth(line, FONT, size)) / 2
            self.y += 1.7 * size
            self._string(line.removeprefix("　　"), x, self.y, size)
            first = False
        self.y += 0.3 * size

    def table(self, rows: Rows) -> None:
        """The table, cut where the page ends; a cut goes through merged cells."""
        boxes = placed(rows)
        widths = self._widths(boxes)
        heights = self._heights(boxes, widths)
        self.y += 8
        first = 0
        while first < len(heights):
            last = first
            height = 0.0
            header = 3 if first and self.style.repeat_header and len(heights) > 10 else 0
            room = self.height - MARGIN - self.y - sum(heights[:header])
            while last < len(heights) and height + heights[last] <= room:
                height += heights[last]
                last += 1
            if last == first:
                self._next_page()
                continue
            part = [*range(header), *range(first, last)]
            self._draw_part(boxes, part, widths, heights, (first > 0, last < len(heights)))
            first = last
            if first < len(heights):
                self._next_page()
        self.y += 6

    def _widths(self, boxes: Sequence[Box]) -> list[float]:
        """Narrow columns for numbers and for the group label, the rest for labels."""
        count = max(box.column + box.colspan for box in boxes)
        whole = self.width - 2 * MARGIN
        if count == 10:
            return [26.0, 68.0, whole - 94.0 - 7 * 38.0, *[38.0] * 7]
        if count == 3:
            return [whole * 0.66, whole * 0.12, whole * 0.22]
        if count == 4:
            return [whole * 0.34, *[whole * 0.22] * 3]
        return [whole / count] * count

    def _heights(self, boxes: Sequence[Box], widths: list[float]) -> list[float]:
        count = max(box.row + box.rowspan for box in boxes)
        heights = [self.style.row_height] * count
        for box in sorted(boxes, key=lambda box: box.rowspan):
            if box.rowspan > 12:
                continue
            width = sum(widths[box.column : box.column + box.colspan])
            needed = len(wrapped(box.text, width - 2 * PAD, self.style.size)) * 1.3 * self.style.size + 5
            short = needed - sum(heights[box.row : box.row + box.rowspan])
            if short > 0:
                heights[box.row + box.rowspan - 1] += short
        return heights

    def _draw_part(
        self,
        boxes: Sequence[Box],
        part: list[int],
        widths: list[float],
        heights: list[float],
        cut: tuple[bool, bool],
    ) -> None:
        """The rows of `part` on this page. The text of a cell that was cut stands in its first part, as
        far as it fits there, and goes on in the next."""
        lefts = _sums(MARGIN, widths)
        tops = _sums(self.y, [heights[row] for row in part])
        place = {row: index for index, row in enumerate(part)}
        shown = []
        for box in boxes:
            rows = [row for row in range(box.row, box.row + box.rowspan) if row in place]
            if not rows:
                continue
            top, bottom = place[rows[0]], place[rows[-1]] + 1
            text = box.text if rows[0] == box.row else self.unprinted.pop(id(box), "")
            if rows[-1] + 1 < box.row + box.rowspan:
                letters = self._fitting(text, widths[box.column], tops[bottom] - tops[top])
                text, self.unprinted[id(box)] = text[:letters], text[letters:]
            shown.append(
                Box(text, top, box.column, bottom - top, box.colspan, lefts[box.column], tops[top],
                    lefts[box.column + box.colspan], tops[bottom])
            )  # fmt: skip
        Borders(self.canvas, self.style, self.height, cut).draw(
            shown, (lefts[0], tops[0], lefts[-1], tops[-1])
        )
        self.canvas.setFillGray(0)
        for box in self._ordered(shown):
            self._cell_text(box)
        self.y = tops[-1]

    def _fitting(self, text: str, width: float, height: float) -> int:
        """How many letters of a label fit into a narrow cell, whichever way they are set."""
        lines = wrapped(text, width - 2 * PAD, self.style.size)
        return sum(map(len, lines[: int((height - 5) / (1.3 * self.style.size))]))

    def _ordered(self, boxes: list[Box]) -> list[Box]:
        if self.style.order == "columns":
            return sorted(boxes, key=lambda box: (box.column, box.row))
        if self.style.order == "random":
            self.dice.shuffle(boxes)
        return boxes

    def _cell_text(self, box: Box) -> None:
        size, style = self.style.size, self.style
        middle = (box.top + box.bottom) / 2
        if box.rowspan > 12 and style.group != "wrapped":
            self._group_text(box, middle)
            return
        lines = wrapped(box.text, box.right - box.left - 2 * PAD, size)
        y = middle - len(lines) * 0.65 * size
        for line in lines:
            width = pdfmetrics.stringWidth(line, FONT, size)
            x = box.left + PAD
            if box.column > 2 or box.colspan > 2:
                if style.align == "center":
                    x = (box.left + box.right - width) / 2
                elif style.align == "right":
                    x = box.right - PAD - width
            self._string(line, x, y + size, size)
            if style.bold_twice and box.row < 3:
                self._string(line, x + 0.25, y + size, size)
            y += 1.3 * size

    def _group_text(self, box: Box, middle: float) -> None:
        canvas, size, x = self.canvas, self.style.size, (box.left + box.right) / 2
        length = len(box.text) * 1.1 * size
        match self.style.group:
            case "stacked":
                for place, letter in enumerate(box.text):
                    self._string(letter, x - size / 2, middle - length / 2 + (place + 1) * 1.1 * size, size)
            case "vertical":
                canvas.setFont(FONT_DOWN, size)
                canvas.drawString(x, self.height - (middle - length / 2), box.text)
            case "rotated":
                canvas.saveState()
                canvas.translate(x + size / 3, self.height - (middle + length / 2))
                canvas.rotate(90)
                canvas.setFont(FONT, size)
                canvas.drawString(0, 0, box.text)
                canvas.restoreState()
            case "two_columns":
                half = (len(box.text) + 1) // 2
                for number, column in enumerate((box.text[:half], box.text[half:])):
                    for place, letter in enumerate(column):
                        y = middle - length / 4 + (place + 1) * 1.1 * size
                        self._string(letter, x + 1 - number * (size + 2), y, size)


def _sums(start: float, steps: Iterable[float]) -> list[float]:
    found = [start]
    for step in steps:
        found.append(found[-1] + step)
    return found


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines no wider than `width`; a number is never broken."""
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and pdfmetrics.stringWidth(line + piece, FONT, size) > width:
            lines.append(line)
            line = ""
        line += piece
    return [*lines, line] if line else lines


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for letter in text:
        if pieces and letter in "0123456789.," and pieces[-1][-1] in "0123456789.,":
            pieces[-1] += letter
        else:
            pieces.append(letter)
    return pieces
