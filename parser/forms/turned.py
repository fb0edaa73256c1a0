"""Section 三 turned on its side: applicants down the left, results across the top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from parser.document import Block, Cell, Document, Grid
from parser.forms.likeness import Lexicon
from parser.numbers import looks_like_value

_NARROWEST = 16
"""Columns of a turned table: more than section 四 has."""
_LARGEST = 20_000
"""Places of a table whose spans are looked at; section 三 has 280."""
_FEWEST_RESULTS = 8
_FEWEST_APPLICANTS = 4


def upright(document: Document, rows: Lexicon, columns: Lexicon) -> Document:
    """The document with turned tables set upright. Cells keep their locators, so that figures lead to where
    they are drawn; `rows` and `columns` are the form's labels."""
    blocks: tuple[Block, ...] = tuple(
        _turned(block) if isinstance(block, Grid) and _lies(block, rows, columns) else block
        for block in document.blocks
    )
    return document if blocks == document.blocks else replace(document, blocks=blocks)


def _lies(grid: Grid, rows: Lexicon, columns: Lexicon) -> bool:
    """Whether the labels of the form's rows stand side by side, and those of its columns one below the
    other."""
    if max((cell.column for cell in grid.cells), default=0) < _NARROWEST:
        return False
    across = max(_known([cell.text for cell in line], rows) for _, line in grid.by_row())
    if across < _FEWEST_RESULTS:
        return False
    upright_cells = sorted(grid.cells, key=lambda cell: (cell.column, cell.row))
    lines = (list(line) for _, line in groupby(upright_cells, key=lambda cell: cell.column))
    return any(_known([cell.text for cell in line], columns) >= _FEWEST_APPLICANTS for line in lines)


def _known(texts: Sequence[str], lexicon: Lexicon) -> int:
    return len({text for text in texts if text and not text.isdigit() and lexicon.knows(text)})


def _turned(grid: Grid) -> Grid:
    """The grid with rows for columns. Lines with as many cells as each other are taken by order, since their
    spans may be wrong; where they have not, and numbers are merged, nothing tells which lies below which."""
    if _is_whole(grid):
        return _with(grid, grid.cells)
    lines = [line for _, line in grid.by_row()]
    # A narrow table that a text prints right below is none of it.
    widest = max(map(len, lines))
    lines = [line for line in lines if 2 * len(line) >= widest]
    cells = [cell for line in lines for cell in line]
    width = min(map(len, lines))
    if not any(cell.text for line in lines for cell in line[width:]):
        cells = [
            replace(cell, column=place, colspan=1)
            for line in lines
            for place, cell in enumerate(line[:width])
        ]
    if any(cell.rowspan * cell.colspan > 1 and looks_like_value(cell.text) for cell in cells):
        return grid
    return _with(grid, cells)


def _with(grid: Grid, cells: Sequence[Cell]) -> Grid:
    """The grid with these cells, turned."""
    turned = sorted(map(_turned_cell, cells), key=lambda cell: (cell.row, cell.column))
    return replace(grid, cells=tuple(turned))


def _is_whole(grid: Grid) -> bool:
    """Whether merged cells leave no place free and cover none twice: their spans can be trusted, and none of
    them is a number's."""
    merged = [cell for cell in grid.cells if cell.rowspan * cell.colspan > 1]
    area = sum(cell.rowspan * cell.colspan for cell in grid.cells)
    if not merged or area != grid.rows * grid.columns or area > _LARGEST:
        return False
    if any(looks_like_value(cell.text) for cell in merged):
        return False
    places = {
        (row, column)
        for cell in grid.cells
        for row in range(cell.row, cell.row + cell.rowspan)
        for column in range(cell.column, cell.column + cell.colspan)
    }
    return len(places) == area


def _turned_cell(cell: Cell) -> Cell:
    return replace(cell, row=cell.column, column=cell.row, rowspan=cell.colspan, colspan=cell.rowspan)
