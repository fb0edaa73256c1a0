"""Tables without rules that go on over a page: a column in which this page prints nothing is still there.

Nothing on the page itself tells of such a column; that the others stand where they stood does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from parser.document import Box, Cell, Grid
from parser.readers.geometry_columns import Totals

_FEWEST = 3
_ASIDE = 0.4

Edges = list[tuple[float, float]]


@dataclass(slots=True)
class Bare:
    """A table without rules: its box on the sheet, `columns` of values by their edges behind `labels` columns
    of text, `headed` where words stand over them. A table of shifted rows has no columns to go by. `totals`
    tells where its totals stand, as far as a header says so."""

    box: Box
    grid: Grid
    columns: Edges
    labels: int
    headed: bool
    totals: Totals | None = None


def carry_columns(above: Bare, below: Bare) -> Grid:
    """The grid of the second table, with the columns of the first that it goes on with; the same grid where
    it has all of them, a header of its own, or other columns."""
    found = _matched(above.columns, below.columns)
    if below.headed or found is None or len(found) == len(above.columns):
        return below.grid
    missing = [index for index in range(len(above.columns)) if index not in found]
    place_of = {below.labels + number: below.labels + index for number, index in enumerate(found)}
    cells = [
        replace(cell, column=place_of.get(cell.column, cell.column), colspan=_span(cell, below.labels))
        for cell in below.grid.cells
    ]
    rows = {cell.row: cell for cell in below.grid.cells if cell.column >= below.labels}
    for number, one in rows.items():
        cells += [
            Cell(number, below.labels + index, "", locator=one.locator, confidence=one.confidence)
            for index in missing
        ]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    columns = list(above.columns)
    for number, index in enumerate(found):
        columns[index] = below.columns[number]
    below.columns = columns
    below.grid = Grid(tuple(cells), below.grid.locator)
    return below.grid


def _span(cell: Cell, labels: int) -> int:
    """The columns that a cell covers; where it ran on over values, only those of labels."""
    return min(cell.colspan, max(1, labels - cell.column))


def _matched(above: Edges, below: Edges) -> list[int] | None:
    """For each of the lower columns the upper one that it goes on with."""
    if not _FEWEST <= len(below) <= len(above):
        return None
    middles = [(left + right) / 2 for left, right in above]
    pitch = min(two - one for one, two in pairwise(middles))
    found: list[int] = []
    for left, right in below:
        middle = (left + right) / 2
        index = min(range(len(middles)), key=lambda index: abs(middles[index] - middle))
        near = abs(middles[index] - middle) < _ASIDE * pitch
        if (found and index <= found[-1]) or not (near or _overlap((left, right), above, index)):
            return None
        found.append(index)
    return found


def _overlap(one: tuple[float, float], columns: Sequence[tuple[float, float]], index: int) -> bool:
    """Whether edges share some place with a column, and with no other."""
    return [number for number, (left, right) in enumerate(columns) if one[0] < right and left < one[1]] == [
        index
    ]
