"""A document as one run of table lines, whatever the number of grids it was cut into.

Page cuts, layout habits and text exports split one table of the form into several grids, print a
single-cell row as a paragraph, or put several tables into one grid. Seen as lines, one after the other, all
of these are the same; which line belongs to which table of the form is decided in `parser.forms.regions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from parser.document import Cell, Document, Grid, Locator
from parser.folding import fold
from parser.numbers import looks_like_value

LOOSE_LIMIT = 70
"""A paragraph longer than this (folded characters) cannot be a row of a table that lost its cells."""


@dataclass(frozen=True)
class Line:
    """One row of a grid, or a paragraph that may be one (`loose`).

    `cells` are the distinct cells on the row from left to right, those that reach down from an earlier row
    included. `block` counts the document's blocks, `row` the rows of its grid.
    """

    cells: tuple[Cell, ...]
    block: int
    row: int
    loose: bool = False

    @cached_property
    def parts(self) -> Parts:
        """The line taken apart."""
        return _take_apart(self)

    @cached_property
    def own(self) -> tuple[Cell, ...]:
        """The cells that start in this row."""
        return tuple([cell for cell in self.cells if cell.row == self.row])

    @cached_property
    def words(self) -> list[str]:
        """Folded texts of the cells that start in this row and have any."""
        return texts(self.own)

    @property
    def locator(self) -> Locator:
        """The place of the first cell with text."""
        return next((cell.locator for cell in self.own if cell.text), self.cells[0].locator)


@dataclass(frozen=True, slots=True)
class Parts:
    """A line taken apart: label cells (outer to inner) and what stands to their right."""

    labels: tuple[Cell, ...]
    values: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """The innermost label as printed, for people."""
        return self.labels[-1].text if self.labels else ""

    @property
    def path(self) -> str:
        """All labels, outer to inner, for people."""
        return " / ".join(fold(cell.text) for cell in self.labels) or "(no label)"

    @property
    def numbers(self) -> str:
        """What is printed behind the labels, for people."""
        return ", ".join(cell.text for cell in self.values if cell.text) or "blank cells"

    def shifted(self, index: int) -> Parts:
        """The same line when the label at `index` is the innermost: later ones become values."""
        if index == len(self.labels) - 1:
            return self
        return Parts(self.labels[: index + 1], (*self.labels[index + 1 :], *self.values))


def lines(document: Document) -> Iterator[Line]:
    """All lines of the document in reading order."""
    for number, block in enumerate(document.blocks):
        if isinstance(block, Grid):
            yield from grid_lines(block, number)
        elif 0 < len(fold(block.text)) <= LOOSE_LIMIT:
            yield Line((Cell(0, 0, block.text, locator=block.locator),), number, 0, loose=True)
        else:
            yield Line((), number, 0, loose=True)


def grid_lines(grid: Grid, block: int) -> Iterator[Line]:
    """The rows of one grid, each with the cells that reach into it."""
    reaching: list[Cell] = []
    for row, own in grid.by_row():
        reaching = [cell for cell in reaching if cell.row + cell.rowspan > row]
        cells = sorted((*reaching, *own), key=lambda cell: (cell.column, cell.row)) if reaching else own
        yield Line(tuple(cells), block, row)
        reaching.extend(cell for cell in own if cell.rowspan > 1)


def _take_apart(line: Line) -> Parts:
    """Part labels from values.

    The value zone begins behind the last label before the first printed value; blanks directly in front of
    a label belong to the merged cells that a text export lost. A number in front of every label is a serial.
    Labels that reach down from above are the outer ones, wherever a wrong span put them.
    """
    own = line.own
    above = [cell for cell in line.cells if cell.row != line.row] if len(own) < len(line.cells) else []
    is_label = [bool(cell.text) and not looks_like_value(cell.text) for cell in own]
    outer = [cell for cell in above if cell.text and not looks_like_value(cell.text)]
    last = -1
    if True in is_label:
        first = is_label.index(True)
        edge = next(
            (place for place in range(first + 1, len(own)) if own[place].text and not is_label[place]),
            len(own),
        )
        last = max(place for place in range(edge) if is_label[place])
    labels = (*outer, *(own[place] for place in range(last + 1) if is_label[place]))
    # A cell that reaches into the label's own columns is a group with too long a span, and no value.
    start = own[last].column + own[last].colspan - 1 if last >= 0 else -1
    if outer:
        start = max(start, *[cell.column for cell in outer])
    reaching = [cell for cell in above if cell not in outer and cell.column > start]
    values = own[last + 1 :]
    if reaching:
        values = tuple(sorted((*values, *reaching), key=lambda cell: cell.column))
    return Parts(labels, values)


def texts(cells: Sequence[Cell]) -> list[str]:
    """Folded texts of the cells that have any."""
    return [folded for cell in cells if (folded := fold(cell.text))]
