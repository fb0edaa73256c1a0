"""Where the cells of a table stand on pages: rows as high as their text, cut where a page ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from bench.truthset.layout import Table, placed
from bench.truthset.pdf_text import width_of, wrapped

LEADING = 1.3
PADDING = 3.0


@dataclass(frozen=True)
class Box:
    """One cell as drawn: edges in points from the top left of its table, its lines of text, and its rows."""

    left: float
    top: float
    right: float
    bottom: float
    lines: tuple[str, ...]
    kind: str
    first: int
    last: int


@dataclass(frozen=True)
class Placed:
    """A table, or the part of it on one page."""

    boxes: tuple[Box, ...]
    edges: tuple[float, ...]
    leading: float

    @property
    def height(self) -> float:
        return self.edges[-1]


def place(table: Table, columns: list[float], size: float) -> Placed:
    """The table in one piece; `size` is that of the letters."""
    heights = [size * LEADING + 6] * len(table.rows)
    cells = []
    for row, column, cell in placed(table):
        room = sum(columns[column : column + cell.colspan]) - 2 * PADDING
        lines = tuple(line for part in cell.text.split("\n") for line in wrapped(part, size, room))
        cells.append((row, column, cell, lines))
        if cell.rowspan == 1:
            heights[row] = max(heights[row], len(lines) * size * LEADING + 6)
    for row, _, cell, lines in cells:
        last = min(row + cell.rowspan, len(heights))
        missing = len(lines) * size * LEADING + 6 - sum(heights[row:last])
        if missing > 0:
            heights[last - 1] += missing
    edges = [0.0]
    for height in heights:
        edges.append(edges[-1] + height)
    boxes = []
    for row, column, cell, lines in cells:
        last = min(row + cell.rowspan, len(heights))
        left, right = sum(columns[:column]), sum(columns[: column + cell.colspan])
        boxes.append(Box(left, edges[row], right, edges[last], lines, cell.kind, row, last))
    return Placed(tuple(boxes), tuple(edges), size * LEADING)


def values_fit(table: Table, columns: list[float], size: float) -> bool:
    """Whether every number stands on one line."""
    return all(
        width_of(cell.text, size) <= sum(columns[column : column + cell.colspan]) - 2 * PADDING
        for _, column, cell in placed(table)
        if cell.kind == "value" and len(cell.text) < 12
    )


@dataclass(frozen=True)
class Break:
    """How a table goes over pages: `first` points are left on this page, `full` on the others. `repeat` draws
    the header on every page, `again` the label of a cell that the cut goes through, `split` cuts through the
    lines of a row where one more line fits."""

    first: float
    full: float
    repeat: bool
    again: bool
    split: bool


def pages_of(whole: Placed, heads: int, how: Break) -> Iterator[Placed]:
    """The parts of the table, the first of `heads` rows being its header."""
    header = whole.edges[heads] if how.repeat else 0.0
    start, room = 0, how.first
    if whole.edges[-1] > room and whole.edges[min(heads + 2, len(whole.edges) - 1)] > room:
        yield Placed((), (0.0, 0.0), whole.leading)
        room = how.full
    while start < len(whole.edges) - 1:
        offset = header if start and how.repeat else 0.0
        end = start + 1
        while end < len(whole.edges) - 1 and whole.edges[end + 1] - whole.edges[start] + offset <= room:
            end += 1
        left = room - offset - (whole.edges[end] - whole.edges[start])
        if how.split and heads <= end < len(whole.edges) - 1:
            cut = _cut(whole, end, left)
            end += cut is not whole
            whole = cut
        yield _part(whole, start, end, heads if offset else 0, again=how.again)
        start, room = end, how.full


def _cut(whole: Placed, row: int, room: float) -> Placed:
    """The table with a row made two: as many of its lines above as fit into `room`. The same table where not
    one line fits."""
    height = whole.edges[row + 1] - whole.edges[row]
    lines = int((min(room, height - whole.leading) - PADDING) / whole.leading)
    if lines < 1 or height < 2 * whole.leading + PADDING:
        return whole
    edge = whole.edges[row] + lines * whole.leading + PADDING
    edges = (*whole.edges[: row + 1], edge, *whole.edges[row + 1 :])
    boxes = tuple(
        replace(box, first=box.first + (box.first > row), last=box.last + (box.last > row))
        for box in whole.boxes
    )
    return Placed(boxes, edges, whole.leading)


def _part(whole: Placed, start: int, end: int, heads: int, *, again: bool) -> Placed:
    """Rows `start` to `end` (excluded), below the first `heads` rows of the table."""
    above = whole.edges[heads]
    shift = above - whole.edges[start]
    boxes = [box for box in whole.boxes if box.last <= heads]
    for box in whole.boxes:
        if box.first >= end or box.last <= start:
            continue
        top, bottom = whole.edges[max(box.first, start)] + shift, whole.edges[min(box.last, end)] + shift
        lines = _lines_here(whole, box, start, end, again=again)
        boxes.append(replace(box, top=top, bottom=bottom, lines=lines))
    edges = [*whole.edges[: heads + 1], *[edge + shift for edge in whole.edges[start + 1 : end + 1]]]
    return Placed(tuple(boxes), tuple(edges), whole.leading)


def _lines_here(whole: Placed, box: Box, start: int, end: int, *, again: bool) -> tuple[str, ...]:
    """The lines of a cell that stand in the part: all that fit, and on the next page the rest of them; where
    all of them fit there too, `again` prints them a second time."""
    fit = int((whole.edges[min(box.last, end)] - whole.edges[max(box.first, start)]) / whole.leading)
    if box.first >= start:
        return box.lines[:fit] if box.last > end else box.lines
    if again and fit >= len(box.lines):
        return box.lines
    before = int((whole.edges[start] - whole.edges[box.first]) / whole.leading)
    return box.lines[before : before + fit]
