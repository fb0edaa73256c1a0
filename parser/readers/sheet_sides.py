"""Texts that stand beside the tables of a sheet, with an empty column between: what somebody noted there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from parser.document import Cell

_SHARE = 0.2
"""A column of a table has text in more of its rows."""

Row = list[Cell]


def beside_tables(rows: Sequence[Row], heads: Callable[[Row], bool]) -> Iterator[Cell]:
    """The texts right of an empty column that the heads of a table end before, where they are few. `rows`
    have no empty row among them; `heads` tells the head of a table."""
    filled = [[cell for cell in row if cell.text] for row in rows]
    ends = [row[-1].column + row[-1].colspan for row in filled if row and heads(row) and _closed(row)]
    if not ends:
        return
    reached = {
        column
        for row in filled
        for cell in row
        if len(row) > 1
        for column in range(cell.column, cell.column + cell.colspan)
    }
    for gap in range(max(ends), max(reached, default=0)):
        if gap in reached:
            continue
        beside = [cell for row in filled if len(row) > 1 for cell in row if cell.column > gap]
        if len({cell.row for cell in beside}) < _SHARE * len(rows):
            yield from beside
        return


def _closed(row: Row) -> bool:
    """Whether no empty column stands between the texts of a row."""
    return all(one.column + one.colspan == two.column for one, two in pairwise(row))
