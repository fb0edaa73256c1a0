"""The rules of a table as different programs draw them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

RULES = (
    "solid",
    "solid",
    "hair",
    "dotted",
    "gray",
    "rectangles",
    "filled",
    "segments",
    "horizontal",
    "double",
    "sloppy",
)
"""`rectangles`: one stroked box a cell; `filled`: thin filled boxes instead of lines, as Word writes them;
`segments`: every cell edge a line, drawn twice where cells meet; `horizontal`: no upright rules; `double`:
two lines; `sloppy`: rules a little too long or too short."""

Edges = tuple[float, float, float, float]
"""Left, bottom, right, top."""


def draw_rules(canvas: Any, kind: str, boxes: Sequence[Edges]) -> None:
    """Draw the rules round the boxes of a table, each box once."""
    if kind == "none":
        return
    canvas.saveState()
    canvas.setLineWidth({"hair": 0.1, "gray": 0.75}.get(kind, 0.5))
    if kind == "dotted":
        canvas.setDash(1, 2)
    if kind == "gray":
        canvas.setStrokeGray(0.75)
    for left, bottom, right, top in boxes:
        if kind == "rectangles":
            canvas.rect(left, bottom, right - left, top - bottom, stroke=1, fill=0)
        elif kind == "filled":
            _filled(canvas, (left, bottom, right, top))
        elif kind == "sloppy":
            _sloppy(canvas, (left, bottom, right, top))
        elif kind == "horizontal":
            canvas.line(left, top, right, top)
            canvas.line(left, bottom, right, bottom)
        else:
            canvas.lines(
                [
                    (left, top, right, top),
                    (left, bottom, right, bottom),
                    (left, top, left, bottom),
                    (right, top, right, bottom),
                ]
            )
        if kind == "double":
            canvas.rect(left + 1.2, bottom + 1.2, right - left - 2.4, top - bottom - 2.4, stroke=1, fill=0)
    canvas.restoreState()


def _filled(canvas: Any, box: Edges) -> None:
    """Four boxes of half a point."""
    left, bottom, right, top = box
    for x, y, width, height in (
        (left, top, right - left, 0.5),
        (left, bottom, right - left, 0.5),
        (left, bottom, 0.5, top - bottom),
        (right, bottom, 0.5, top - bottom),
    ):
        canvas.rect(x, y, width, height, stroke=0, fill=1)


def _sloppy(canvas: Any, box: Edges) -> None:
    """Lines that stop short of a corner or run past it; by how much depends on the place alone."""
    left, bottom, right, top = box
    off = (int(left * 7 + top * 3) % 5 - 2) * 0.4
    canvas.line(left - off, top, right + off, top)
    canvas.line(left + off, bottom, right - off, bottom)
    canvas.line(left, top + off, left, bottom - off)
    canvas.line(right, top - off, right, bottom + off)
