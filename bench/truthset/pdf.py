"""Born-digital PDF: pages of prose and tables drawn with reportlab, rules in every style, cut where they end.

The font is one that viewers bring along (a CID font), so files stay small and nothing is embedded. The same
number gives the same octets.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from random import Random
from typing import Any

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from bench.truthset.content import Content, Heading, Text
from bench.truthset.layout import Table
from bench.truthset.naming import Title
from bench.truthset.pdf_rules import RULES, draw_rules
from bench.truthset.pdf_table import Break, Placed, pages_of, place, values_fit
from bench.truthset.pdf_text import FONT, width_of, wrapped

MARGIN = 60.0
A4 = (595.3, 841.9)
TRAITS = (
    "turned",
    "repeat",
    "again",
    "wraps",
    "split",
    "doubled",
    "shuffled",
    "shaded",
    "watermark",
    "running",
)


@dataclass(frozen=True)
class Look:
    """How the pages of one file look. `turned` draws landscape content on upright pages with /Rotate;
    `repeat` draws headers and `again` cut labels on each page; `wraps` lets numbers break in narrow cells;
    `split` lets pages end inside a row;
    `doubled` draws texts twice to look bold, `shuffled` draws cells in no order, `shaded` fills headers,
    `watermark` and `running` put other text on every page."""

    rules: str
    landscape: bool
    turned: bool
    size: float
    cell_size: float
    align: str
    repeat: bool
    again: bool
    numbered: bool
    wraps: bool
    split: bool
    doubled: bool
    shuffled: bool
    shaded: bool
    watermark: bool
    running: bool


def some_look(rng: Random, *, bare: bool) -> Look:
    landscape = rng.random() < 0.2
    return Look(
        rules="none" if bare else rng.choice(RULES),
        landscape=landscape,
        turned=landscape and rng.random() < 0.5,
        size=rng.choice((12.0, 14.0, 16.0)),
        cell_size=rng.choice((7.5, 9.0, 10.5)),
        align=rng.choice(("center", "center", "right", "left")),
        repeat=rng.random() < 0.4,
        again=rng.random() < 0.4,
        numbered=rng.random() < 0.8,
        wraps=not bare and rng.random() < 0.15,
        split=rng.random() < (0.05 if bare else 0.2),
        doubled=rng.random() < 0.1,
        shuffled=rng.random() < 0.15,
        shaded=rng.random() < 0.15,
        watermark=rng.random() < 0.06,
        running=rng.random() < 0.2,
    )


def pdf(content: Content, rng: Random, *, bare: bool) -> bytes:
    """The report as a PDF; with `bare`, its tables have no rules at all."""
    look = some_look(rng, bare=bare)
    content.features += [look.rules, *(["landscape"] if look.landscape else [])]
    content.features += [name for name in TRAITS if getattr(look, name)]
    octets = io.BytesIO()
    # The size as it is seen: reportlab exchanges the edges of a page that is turned.
    draw(content, look, Canvas(octets, pagesize=paper(look), invariant=1, pageCompression=1), rng)
    return octets.getvalue()


def paper(look: Look) -> tuple[float, float]:
    """Width and height of the pages, in points."""
    return (A4[1], A4[0]) if look.landscape else A4


def draw(content: Content, look: Look, canvas: Any, rng: Random) -> None:
    """Draw the report on a canvas of reportlab, or on one that takes the same orders, and save it."""
    writer = _Writer(canvas, look, content.title.text, rng)
    for piece in content.pieces:
        if isinstance(piece, Title):
            for line in piece.lines:
                writer.lines(line, look.size + 4, centred=True)
        elif isinstance(piece, Heading | Text):
            writer.lines(piece.text, look.size, indent=2)
        else:
            writer.table(piece)
    writer.close()


class _Writer:
    """Writes from the top of a page to its bottom; `y` counts down from the top edge, in points."""

    def __init__(self, canvas: Any, look: Look, title: str, rng: Random) -> None:
        self.canvas = canvas
        self.look = look
        self.title = title
        self.rng = rng
        self.width, self.height = paper(look)
        self.page = 0
        self.y = 0.0
        self._open()

    def lines(self, text: str, size: float, *, centred: bool = False, indent: int = 0) -> None:
        """Running text, broken where the line is full."""
        room = self.width - 2 * MARGIN
        for line in wrapped("　" * indent + text, size, room):
            if self.y + size * 1.6 > self.height - MARGIN:
                self._turn()
            left = MARGIN + (room - width_of(line, size)) / 2 if centred else MARGIN
            self._text(left, self.y + size, line, size, bold=centred)
            self.y += size * 1.6

    def table(self, table: Table) -> None:
        """The table, cut where pages end."""
        room = self.width - 2 * MARGIN
        total = sum(table.widths)
        columns = [room * width / total for width in table.widths]
        if self.look.align == "right":
            # Tables narrower than the text, as Word makes them when columns fit their content.
            columns = [width * 0.9 for width in columns]
        first = self.height - MARGIN - self.y - 8
        full = self.height - 2 * MARGIN
        size = self.look.cell_size
        while not self.look.wraps and not values_fit(table, columns, size) and size > 5:
            size -= 0.5
        drawn = place(table, columns, size)
        self.y += 8
        how = Break(first, full, self.look.repeat, self.look.again, self.look.split)
        for number, part in enumerate(pages_of(drawn, table.heads, how)):
            if number:
                self._turn()
            self._draw(part, size)
            self.y += part.height
        self.y += 8

    def close(self) -> None:
        self._close_page()
        self.canvas.save()

    def _draw(self, part: Placed, size: float) -> None:
        boxes = [
            (MARGIN + box.left, self.y + box.top, MARGIN + box.right, self.y + box.bottom)
            for box in part.boxes
        ]
        draw_rules(self.canvas, self.look.rules, [self._flipped(box) for box in boxes])
        drawn = list(zip(part.boxes, boxes, strict=True))
        if self.look.shaded:
            self._shade([self._flipped(edges) for box, edges in drawn if box.kind == "head"])
        if self.look.shuffled:
            self.rng.shuffle(drawn)
        for box, (left, top, right, bottom) in drawn:
            height = len(box.lines) * size * 1.3
            baseline = top + (bottom - top - height) / 2 + size
            for line in box.lines:
                width = width_of(line, size)
                if box.kind == "label" or self.look.align == "left":
                    start = left + 3
                elif self.look.align == "right" and box.kind == "value":
                    start = right - width - 3
                else:
                    start = (left + right - width) / 2
                self._text(start, baseline, line, size, bold=box.kind != "value")
                baseline += size * 1.3

    def _flipped(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        left, top, right, bottom = box
        return left, self.height - bottom, right, self.height - top

    def _shade(self, edges: list[tuple[float, float, float, float]]) -> None:
        self.canvas.saveState()
        self.canvas.setFillGray(0.9)
        for left, bottom, right, top in edges:
            self.canvas.rect(left, bottom, right - left, top - bottom, stroke=0, fill=1)
        self.canvas.restoreState()

    def _text(self, left: float, baseline: float, text: str, size: float, *, bold: bool = False) -> None:
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(left, self.height - baseline, text)
        if bold and self.look.doubled:
            self.canvas.drawString(left + 0.25, self.height - baseline, text)

    def _turn(self) -> None:
        self._close_page()
        self._open()

    def _open(self) -> None:
        self.page += 1
        if self.look.turned:
            self.canvas.setPageRotation(90)
            # Upright A4, turned by the viewer: the content lies on its side.
            self.canvas.translate(A4[0], 0)
            self.canvas.rotate(90)
        if self.look.running:
            self._text(MARGIN, 36, self.title, 9)
        if self.look.watermark:
            self._watermark()
        self.y = MARGIN

    def _watermark(self) -> None:
        self.canvas.saveState()
        self.canvas.setFillGray(0.85)
        self.canvas.translate(self.width / 3, self.height / 3)
        self.canvas.rotate(40)
        self.canvas.setFont(FONT, 40)
        self.canvas.drawString(0, 0, "仅供公开查阅")
        self.canvas.restoreState()

    def _close_page(self) -> None:
        if self.look.numbered:
            shown = self.rng.choice((f"— {self.page} —", f"{self.page}", f"第{self.page}页"))
            self._text((self.width - width_of(shown, 10)) / 2, self.height - 30, shown, 10)
        self.canvas.showPage()
