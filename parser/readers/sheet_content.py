"""What stands on one sheet of a workbook, before it is a grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate, groupby

from parser.document import Block, Cell, Grid, Locator, Paragraph, State, Unreadable
from parser.readers.cell_numbers import show

MOST_CELLS = 150_000
"""Cells of one workbook, empty ones inside its tables included; a report has about 700."""

MOST_COLUMNS = 200
"""Columns of one sheet that are looked at, hidden ones included."""

_WIDE = 0.6
"""The share of a table's width from which a merged line is written across it."""

_WIDEST = 5
"""Columns that are enough for that, however wide the table is."""

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0, all inside the area."""


@dataclass(slots=True)
class SheetContent:
    """The texts of a sheet by (row, column) from 0, its merged areas, and what it hides."""

    name: str
    hidden: bool = False
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    notes: dict[str, str] = field(default_factory=dict)
    seen: int = 0

    def put(self, row: int, column: int, value: str | float, format_code: str = "General") -> None:
        """Take a cell's value: a text, or a number to be shown under a format.

        Raises `Unreadable` where the sheet has more cells than anybody fills in.
        """
        self.seen += 1
        if self.seen > MOST_CELLS:
            raise Unreadable(State.TOO_LARGE, f"The sheet “{self.name}” has more than {MOST_CELLS} cells.")
        if column >= MOST_COLUMNS or value == "":
            return
        if not isinstance(value, str):
            value = self._shown(row, column, value, format_code)
        self.texts[row, column] = value.replace("\r\n", "\n").replace("\r", "\n").strip()

    def _shown(self, row: int, column: int, value: float, format_code: str) -> str:
        shown = show(value, format_code)
        place = address(row, column)
        if shown.rounded:
            self.notes.setdefault(
                "rounded",
                f"The sheet “{self.name}” shows numbers rounded: {shown.text} for {value!r} in {place}.",
            )
        if not shown.faithful:
            self.notes.setdefault(
                "format",
                f"The sheet “{self.name}” shows {shown.text} in {place} by a format that is not understood"
                f" ({format_code[:60]}).",
            )
        return shown.text

    def note_lost_result(self, row: int, column: int) -> None:
        """Note a formula whose result is not in the file."""
        self.notes.setdefault(
            "formula", f"The sheet “{self.name}” has a formula without a result in {address(row, column)}."
        )

    def blocks(self) -> Iterator[Block]:
        """The used part of the sheet without what is hidden: its tables, and the lines of text that are
        written across it."""
        texts = {
            place: text
            for place, text in self.texts.items()
            if text and place[0] not in self.hidden_rows and place[1] not in self.hidden_columns
        }
        if len(texts) < sum(1 for text in self.texts.values() if text):
            self.notes["hidden"] = f"The sheet “{self.name}” hides rows or columns; they are left out."
        if not texts:
            return
        rows = [list(cells) for _, cells in groupby(self._cells(texts), lambda cell: cell.row)]
        table: list[Cell] = []
        labels: set[tuple[int, int]] = set()
        reach = 0
        for number, (row, width) in enumerate(zip(rows, _widths(rows), strict=True)):
            line = _line(row) if number >= reach else None
            wide = min(_WIDE * width, _WIDEST)
            if line is None or line.colspan < wide or (line.column, line.colspan) in labels:
                table.extend(row)
                labels |= _labels(row)
                reach = max([reach, *(cell.row + cell.rowspan for cell in row)])
                continue
            if table:
                yield _grid(table)
                table, labels = [], set()
            yield Paragraph(line.text, line.locator)
        if table:
            yield _grid(table)

    def _cells(self, texts: dict[tuple[int, int], str]) -> Iterator[Cell]:
        last_row = max(row for row, _ in texts)
        columns = sorted({column for _, column in texts})
        shown_columns = [
            column for column in range(columns[0], columns[-1] + 1) if column not in self.hidden_columns
        ]
        spans = self._spans(last_row, columns[-1])
        rows = sorted({row for row, _ in texts} | {row for row, _ in spans})
        if len(rows) * len(shown_columns) > MOST_CELLS:
            raise Unreadable(State.TOO_LARGE, f"The sheet “{self.name}” has more than {MOST_CELLS} cells.")
        # Hidden rows and columns vanish as on the screen: what stands behind them moves up.
        place_of_row = {row: place for place, row in enumerate(rows)}
        covered: set[tuple[int, int]] = set()
        for row in rows:
            for place, column in enumerate(shown_columns):
                if (row, column) in covered:
                    continue
                down, across = spans.get((row, column), (row, column))
                below = [one for one in range(row, down + 1) if one in place_of_row]
                beside = [one for one in shown_columns[place:] if one <= across]
                covered.update((one, other) for one in below for other in beside)
                yield Cell(
                    place_of_row[row],
                    place,
                    texts.get((row, column), ""),
                    rowspan=len(below),
                    colspan=len(beside),
                    locator=Locator(sheet=self.name, cell=address(row, column)),
                )

    def _spans(self, last_row: int, last_column: int) -> dict[tuple[int, int], tuple[int, int]]:
        """Merged areas by their first visible cell, cut to the used part; none covers another's corner."""
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        room = MOST_CELLS
        for area_top, area_left, area_bottom, area_right in self.merged:
            bottom, right = min(area_bottom, last_row), min(area_right, last_column)
            top = next(
                (row for row in range(area_top, bottom + 1) if row not in self.hidden_rows), bottom + 1
            )
            left = next(
                (one for one in range(area_left, right + 1) if one not in self.hidden_columns), right + 1
            )
            area = (bottom - top + 1) * (right - left + 1)
            room -= max(area, 1)
            if room < 0:
                break
            if bottom >= top and right >= left:
                spans.setdefault((top, left), (bottom, right))
        return spans


def _line(row: list[Cell]) -> Cell | None:
    """The only cell with text of a row, where it can be a line of running text: no cell of the row, be it
    empty, goes on in the next one."""
    filled = [cell for cell in row if cell.text]
    if len(filled) != 1 or any(cell.rowspan > 1 for cell in row) or filled[0].text[0].isdigit():
        return None
    return filled[0]


def _labels(row: list[Cell]) -> set[tuple[int, int]]:
    """Column and width of the merged cells of a row that have figures beside them: a line that is merged just
    so below is the label of a row whose figures are empty."""
    texts = {cell.column for cell in row if cell.text}
    return {(cell.column, cell.colspan) for cell in row if cell.colspan > 1 and texts - {cell.column}}


def _widths(rows: list[list[Cell]]) -> list[int]:
    """For each row how many columns the tables next to it have, the narrower of both. Above every table a
    line counts as wide, merged or not."""
    own = [
        max(cell.column + cell.colspan for cell in row if cell.text) if _texts(row) > 1 else None
        for row in rows
    ]
    above = accumulate([None, *own[:-1]], _newer)
    below = [*accumulate([None, *own[:0:-1]], _newer)][::-1]
    return [1 if one is None else min(one, other or one) for one, other in zip(above, below, strict=True)]


def _newer(known: int | None, own: int | None) -> int | None:
    return known if own is None else own


def _texts(row: list[Cell]) -> int:
    return sum(1 for cell in row if cell.text)


def _grid(cells: list[Cell]) -> Grid:
    """A table whose rows are counted from its own first one."""
    first = cells[0].row
    locator = Locator(sheet=cells[0].locator.sheet, cell=cells[0].locator.cell)
    return Grid(tuple(replace(cell, row=cell.row - first) for cell in cells), locator)


def address(row: int, column: int) -> str:
    """A place as spreadsheets name it: (6, 1) is `B7`."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
