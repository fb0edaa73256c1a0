"""Rows that lost the merged cells in front of their labels, and moved to the left for it.

A text export that writes only the cells that begin in a row gives the second row of a group its own label
first; its numbers follow at once, and blanks fill the row's end. Another one moves the label alone, and the
numbers stay. One table does the one or the other: a number left of where the header begins tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from parser.document import Cell
from parser.folding import label
from parser.forms.columns import Header
from parser.forms.lines import Line, Parts


class Lost:
    """What the labels of a table tell about lost cells; asked only where a row has spare cells."""

    def __init__(self, rows: Sequence[tuple[Line, Parts]], header: Header) -> None:
        self._rows = rows
        self._header = header

    def count(self, line: Line, row: Parts) -> int:
        """How far left of others as deep the labels of the row stand; 0 where they do not."""
        levels = _levels(line, row)
        return max(0, *(self._depths.get(level, column) - column for level, column in levels), 0)

    def slots(self, line: Line, row: Parts) -> tuple[Cell, ...] | None:
        """The cells of a row whose numbers moved with its labels, one a column; `None` for any other row."""
        lost = self.gone(line, row) if self._moved else 0
        if not lost or line.block != self._header.block:
            return None
        start = self._header.columns[0].start - lost
        found = tuple(cell for cell in row.values if start <= cell.column < start + len(self._header))
        fits = len(found) == len(self._header) and sum(bool(cell.text) for cell in found) == _printed(row)
        return found if fits else None

    def gone(self, line: Line, row: Parts) -> int:
        """How many cells the row lost; one that begins with a blank kept them, and only its label moved."""
        return self.count(line, row) if line.own and line.own[0].text else 0

    @cached_property
    def _moved(self) -> bool:
        """Whether numbers moved with their labels: one stands left of the header's columns, none where that
        leaves blanks, and rows that lost nothing have theirs in place."""
        header, width = self._header, len(self._header)
        start = header.columns[0].start
        if not header.placed or header.columns[-1].end - start != width:
            return False
        own = [(line, row) for line, row in self._rows if line.block == header.block]
        if not any(cell.column < start and cell.text for _, row in own for cell in row.values):
            return False
        for line, row in own:
            first = start - self.gone(line, row)
            if any(not first <= cell.column < first + width for cell in row.values if cell.text):
                return False
        return True

    @cached_property
    def _depths(self) -> dict[int, int]:
        """The column furthest right at which labels of each depth of number stand, in front of values. A row
        whose outer label stands too far left has its inner one too far left as well."""
        furthest: dict[int, int] = {}
        for line, row in self._rows:
            if row.labels and row.values and row.labels[-1].row == line.row and label(row.name).level:
                level, column = [*_levels(line, row)][-1]
                furthest[level] = max(column, furthest.get(level, -1))
        for line, row in self._rows:
            *outer, inner = [*_levels(line, row)] or [(0, 0)]
            moved = max((furthest.get(level, -1) - column for level, column in outer), default=0)
            if moved > 0 and row.values:
                furthest[inner[0]] = max(inner[1] + moved, furthest.get(inner[0], -1))
        return furthest


def _levels(line: Line, row: Parts) -> Iterator[tuple[int, int]]:
    """Depth of number and column of the row's own labels that have a number, outer to inner. Markdown
    repeats a label in each column of a merged cell; the first of them counts."""
    before = ""
    for cell in row.labels:
        if cell.row == line.row and cell.text != before and (level := label(cell.text).level):
            yield level, cell.column
        before = cell.text


def _printed(row: Parts) -> int:
    return sum(bool(cell.text) for cell in row.values)
