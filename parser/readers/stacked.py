"""Rows of a table that somebody typed as lines of one row: numbered labels under each other in one cell, and
their figures under each other in the cells beside it. Programs that turn PDF into text files leave such rows
too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from parser.document import Block, Cell, Grid
from parser.numbers import read_number

_COUNTED = re.compile(r"^[（(]?([0-9]{1,2}|[一二三四五六七八九十])[）)、.．]")
_NUMERALS = "零一二三四五六七八九十"
_FEWEST = 2
"""Cells beside the label that say how many rows a row stands for."""


def unstacked(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks, with a row of its own for each line of such a row."""
    return tuple(_unstacked(block) if isinstance(block, Grid) else block for block in blocks)


def _unstacked(grid: Grid) -> Grid:
    if not any("\n" in cell.text for cell in grid.cells):
        return grid
    stacks = {row: lines for row, cells in grid.by_row() if (lines := _stack(cells))}
    if not stacks:
        return grid

    def moved(row: int) -> int:
        return row + sum(len(next(iter(lines.values()))) - 1 for one, lines in stacks.items() if one < row)

    cells: list[Cell] = []
    for cell in grid.cells:
        top, bottom = moved(cell.row), moved(cell.row + cell.rowspan)
        own = stacks.get(cell.row, {}).get(cell.column)
        if own is None:
            cells.append(replace(cell, row=top, rowspan=bottom - top))
        else:
            cells += [replace(cell, row=top + number, text=line) for number, line in enumerate(own)]
    return replace(grid, cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))))


def _stack(cells: Sequence[Cell]) -> dict[int, list[str]] | None:
    """The lines of a row's label and figures by column; `None` for a row that is one."""
    for place, cell in enumerate(cells):
        if "\n" not in cell.text:
            continue
        labels = _labels(cell)
        beside = [(one.column, _lines(one)) for one in cells[place + 1 :] if one.text]
        if len(labels) < _FEWEST or len(beside) < _FEWEST:
            continue
        figures = [lines for _, lines in beside if all(map(_is_figure, lines))]
        if figures and all(len(lines) == len(labels) for _, lines in beside):
            return {cell.column: labels, **dict(beside)}
    return None


def _labels(cell: Cell) -> list[str]:
    """The labels in a cell, counted without a gap; each may go on in the next line."""
    labels: list[str] = []
    counts: list[int] = []
    for line in _lines(cell):
        if found := _COUNTED.match(line):
            labels.append(line)
            counts.append(int(found[1]) if found[1].isdigit() else _NUMERALS.index(found[1]))
        elif labels:
            labels[-1] += line
        else:
            return []
    whole = cell.rowspan == 1 and all(two == one + 1 for one, two in pairwise(counts))
    return labels if whole else []


def _lines(cell: Cell) -> list[str]:
    return [line.strip() for line in cell.text.split("\n")]


def _is_figure(line: str) -> bool:
    return bool(line) and read_number(line).understood
