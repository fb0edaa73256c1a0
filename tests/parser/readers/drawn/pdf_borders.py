"""The borders of a table as different programs draw them into a PDF."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from tests.parser.readers.drawn.pdf_style import Style

_VALUE = re.compile(r"[-+]?[\d０-９][\d０-９,.，]*|[-—/无]|——")


@dataclass
class Box:
    """A cell on its table: place, spans, and edges in points from the table's top left corner."""

    text: str
    row: int
    column: int
    rowspan: int
    colspan: int
    left: float = 0.0
    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0


class Borders:
    """Draws the borders of one part of a table. `cut` tells whether rows were cut off above and below."""

    def __init__(self, canvas: Canvas, style: Style, height: float, cut: tuple[bool, bool]) -> None:
        self.canvas, self.style, self.height, self.cut = canvas, style, height, cut

    def draw(self, boxes: Sequence[Box], frame: tuple[float, float, float, float]) -> None:
        canvas, border = self.canvas, self.style.border
        canvas.saveState()
        canvas.setLineWidth({"hair": 0.05, "gray": 0.4, "double": 0.4}.get(border, 0.6))
        canvas.setStrokeGray(0.75 if border == "gray" else 0)
        if border == "dashed":
            canvas.setDash(2, 2)
        if border == "shaded":
            self._shade(boxes)
        elif border in ("horizontal", "three_line"):
            self._horizontal(boxes, frame)
        elif border == "cells":
            for box in boxes:
                canvas.rect(box.left + 0.3, self.height - box.bottom + 0.3, box.right - box.left - 0.6,
                            box.bottom - box.top - 0.6)  # fmt: skip
        elif border == "columns":
            self._columns(boxes, frame)
        elif border != "none":
            self._lines(boxes, frame)
        canvas.restoreState()

    def _lines(self, boxes: Sequence[Box], frame: tuple[float, float, float, float]) -> None:
        open_below = self.style.cut == "open_below" and self.cut[1]
        open_above = self.style.cut == "open_below" and self.cut[0]
        open_sides = self.style.cut == "open_sides" and any(self.cut)
        for box in boxes:
            if not (open_above and box.top == frame[1]):
                self._line(box.left, box.top, box.right, box.top)
            if not (open_below and box.bottom == frame[3]):
                self._line(box.left, box.bottom, box.right, box.bottom)
            self._line(box.left, box.top, box.left, box.bottom)
            if not (open_sides and box.right == frame[2]):
                self._line(box.right, box.top, box.right, box.bottom)

    def _columns(self, boxes: Sequence[Box], frame: tuple[float, float, float, float]) -> None:
        """Rules between the columns, round the table and below its header, none between the rows."""
        left, top, right, bottom = frame
        header = min(
            (box.top for box in boxes if box.column > 0 and _VALUE.fullmatch(box.text)), default=bottom
        )
        for y in (top, header, bottom):
            self._line(left, y, right, y)
        for box in boxes:
            if box.bottom < header:
                self._line(box.left, box.bottom, box.right, box.bottom)
        for box in boxes:
            self._line(box.left, box.top, box.left, box.bottom)
        self._line(right, top, right, bottom)

    def _line(self, left: float, top: float, right: float, bottom: float) -> None:
        canvas, high = self.canvas, self.height
        match self.style.border:
            case "fills":
                canvas.rect(left - 0.25, high - bottom - 0.25, right - left + 0.5, bottom - top + 0.5,
                            stroke=0, fill=1)  # fmt: skip
            case "dotted":
                steps = int(max(right - left, bottom - top) // 2)
                for step in range(steps + 1):
                    x = left + (2 * step if right > left else 0)
                    y = top + (2 * step if bottom > top else 0)
                    canvas.rect(x - 0.4, high - y - 0.4, 0.8, 0.8, stroke=0, fill=1)
            case "double":
                for shift in (-0.8, 0.8):
                    dx, dy = (0, shift) if right > left else (shift, 0)
                    canvas.line(left + dx, high - top + dy, right + dx, high - bottom + dy)
            case _:
                canvas.line(left, high - top, right, high - bottom)

    def _shade(self, boxes: Sequence[Box]) -> None:
        for box in boxes:
            self.canvas.setFillGray(0.9 if (box.row + box.column) % 2 else 0.96)
            self.canvas.rect(box.left + 0.3, self.height - box.bottom + 0.3, box.right - box.left - 0.6,
                             box.bottom - box.top - 0.6, stroke=0, fill=1)  # fmt: skip

    def _horizontal(self, boxes: Sequence[Box], frame: tuple[float, float, float, float]) -> None:
        left, top, right, bottom = frame
        self._line(left, top, right, top)
        self._line(left, bottom, right, bottom)
        if self.style.border == "three_line":
            header = min(box.bottom for box in boxes if box.top == top and box.column == 0)
            self._line(left, header, right, header)
            return
        for box in boxes:
            self._line(box.left, box.bottom, box.right, box.bottom)
