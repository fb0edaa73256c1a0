"""Section 三 turned on its side: applicants down the left, results across the top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from parser.document import Block, Cell, Document, Grid
from parser.forms.likeness import Lexicon

_NARROWEST = 16
"""Columns of a turned table: more than section 四 has."""
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
    cells = sorted(map(_turned_cell, grid.cells), key=lambda cell: (cell.row, cell.column))
    return replace(grid, cells=tuple(cells))


def _turned_cell(cell: Cell) -> Cell:
    return replace(cell, row=cell.column, column=cell.row, rowspan=cell.colspan, colspan=cell.rowspan)
