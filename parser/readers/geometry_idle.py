"""Lines of a table that part nothing: what a page cut leaves of a merged cell ends inside a row.

Browsers close the box of a merged cell a little above or below the row at which it ended, so that the row
seems to be two, with every one of its cells merged over both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from parser.document import Cell

_FEWEST = 3
"""Printed cells that run over a line which parts only blank ones."""


def without_idle_rows(cells: Sequence[Cell]) -> list[Cell]:
    """The cells, with the two rows beside such a line made one."""
    found = list(cells)
    for line in sorted(_lines(cells), reverse=True):
        above = [cell for cell in found if cell.row + cell.rowspan == line]
        kept = []
        for cell in found:
            start = cell.row - (cell.row >= line)
            end = cell.row + cell.rowspan
            end -= end > line
            if cell.row == line and any(_share_columns(cell, other) for other in above):
                start += 1
            if start < end:
                kept.append(replace(cell, row=start, rowspan=end - start))
        found = kept
    return found


def _lines(cells: Sequence[Cell]) -> set[int]:
    """The numbers of the rows above which such a line runs."""
    lines = {cell.row for cell in cells} | {cell.row + cell.rowspan for cell in cells}
    merged = [cell for cell in cells if cell.text and cell.rowspan > 1]
    if len(merged) < _FEWEST:
        return set()
    busy = {end for cell in cells if cell.text for end in (cell.row, cell.row + cell.rowspan)}
    return {
        line
        for line in lines - busy
        if sum(cell.row < line < cell.row + cell.rowspan for cell in merged) >= _FEWEST
    }


def _share_columns(one: Cell, other: Cell) -> bool:
    return one.column < other.column + other.colspan and other.column < one.column + one.colspan
