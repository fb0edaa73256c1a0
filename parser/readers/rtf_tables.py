"""Tables of RTF: rows with the edges of their cells, one after the other, as grids."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field, replace

from parser.document import Block, Cell, Grid, Locator
from parser.readers.nesting import table_or_layout, unframed

MOST_CELLS = 150_000
MOST_COLUMNS = 200
"""Edges of cells in one row, and columns of one table."""

_NEAR = 30
"""Twips (1/1440 inch) within which two edges are one: half a millimetre."""


@dataclass(slots=True)
class Edge:
    """A cell as the row defines it: its right edge in twips, and whether it goes on with the cell on its
    left or above."""

    right: int
    goes_on_across: bool = False
    goes_on_down: bool = False


@dataclass(slots=True)
class Row:
    """A row: where it begins (twips), its edges, and the blocks in each of its cells."""

    left: int
    edges: list[Edge]
    cells: list[list[Block]]


@dataclass(slots=True)
class Table:
    """A table while it is read: finished rows, and the cells of the row that is open."""

    rows: list[Row] = field(default_factory=list)
    open_cells: list[list[Block]] = field(default_factory=list)
    left: int = 0
    edges: list[Edge] = field(default_factory=list)
    coming: Edge = field(default_factory=lambda: Edge(0))

    def begin_row(self) -> None:
        """`\\trowd`: the definition begins anew."""
        self.left, self.edges, self.coming = 0, [], Edge(0)

    def define(self, word: bytes, number: int) -> None:
        """Take a word of the row's definition; `\\cellx` completes that of a cell."""
        match word:
            case b"trleft":
                self.left = number
            case b"clmrg":
                self.coming.goes_on_across = True
            case b"clvmrg":
                self.coming.goes_on_down = True
            case b"cellx":
                if len(self.edges) < MOST_COLUMNS:
                    self.edges.append(replace(self.coming, right=number))
                self.coming = Edge(0)

    def end_row(self) -> None:
        """`\\row`: the open cells are a row."""
        if self.open_cells:
            self.rows.append(Row(self.left, list(self.edges), self.open_cells))
            self.open_cells = []

    def blocks(self, path: str) -> list[Block]:
        """The table as a grid; or what stands in its cells, where it lays out other tables."""
        self.end_row()
        for row in self.rows:
            row.cells = [unframed(cell) for cell in row.cells]
        inside = [block for row in self.rows for cell in row.cells for block in cell]
        cells = self._cells(path)
        return table_or_layout(Grid(tuple(cells), Locator(xpath=path)) if cells else None, inside)

    def _cells(self, path: str) -> list[Cell]:
        lines = _lines(self.rows)
        cells: list[Cell] = []
        above: dict[int, int] = {}
        for number, row in enumerate(self.rows):
            column = _place(lines, row.left)
            reached: dict[int, int] = {}
            for place, content in enumerate(row.cells):
                edge = row.edges[place] if place < len(row.edges) else None
                end = max(_place(lines, edge.right), column + 1) if edge else column + 1
                if edge and edge.goes_on_across and cells and cells[-1].row == number:
                    cells[-1] = replace(cells[-1], colspan=end - cells[-1].column)
                    column = end
                    continue
                start = above.get(column)
                if edge and edge.goes_on_down and start is not None:
                    cells[start] = replace(cells[start], rowspan=number - cells[start].row + 1)
                    reached[column] = start
                else:
                    reached[column] = len(cells)
                    text = "\n".join(block.text for block in content if not isinstance(block, Grid))
                    where = f"{path}/row[{number + 1}]/cell[{place + 1}]"
                    cells.append(Cell(number, column, text, 1, end - column, Locator(xpath=where)))
                column = end
            above = reached
        return cells


def _lines(rows: list[Row]) -> list[int]:
    """The vertical lines of the table: all edges, near ones taken together."""
    lines: list[int] = []
    for edge in sorted({edge for row in rows for edge in (row.left, *(one.right for one in row.edges))}):
        if not lines or edge - lines[-1] > _NEAR:
            lines.append(edge)
    return lines


def _place(lines: list[int], edge: int) -> int:
    """The column that begins at this edge."""
    return min(bisect_left(lines, edge - _NEAR), MOST_COLUMNS)
