"""What stands on one sheet of a workbook, before it is a grid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate, groupby

from parser.document import Block, Cell, Document, Grid, Locator, Paragraph, State, Unreadable
from parser.readers.cell_numbers import show

MOST_CELLS = 150_000
"""Cells of one workbook, empty ones inside its tables included; a report has about 700."""

MOST_COLUMNS = 200
"""Columns of one sheet that are looked at, hidden ones included."""

_WIDE = 0.6
"""The share of a table's width from which a merged line is written across it."""

_WIDEST = 5
"""Columns that are enough for that, however wide the table is."""

_FORCED = re.compile(r"^\s*['’](?=[-−]?\d[\d.,]*\s*$)")
"""The sign that makes a text of a number, where a program wrote it into the text."""
_NO_WORD = re.compile(r"^[^\u4e00-\u9fff]*$|^[-−]?\d(?!\d?[.．、]\D)")
_COUNTED = re.compile(r"^[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)、.．]")
_FEWEST_HEADS = 3
_FEWEST_COUNTED = 6
"""Words of a row that make it the head of a table though they are counted, as the labels of rows are."""

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
        self.texts[row, column] = _FORCED.sub("", value).replace("\r\n", "\n").replace("\r", "\n").strip()

    def _shown(self, row: int, column: int, value: float, format_code: str) -> str:
        found = show(value, format_code)
        place = address(row, column)
        if found.rounded:
            self.notes.setdefault(
                "rounded",
                f"The sheet “{self.name}” shows numbers rounded: {found.text} for {value!r} in {place}.",
            )
        if not found.faithful:
            self.notes.setdefault(
                "format",
                f"The sheet “{self.name}” shows {found.text} in {place} by a format that is not understood"
                f" ({format_code[:60]}).",
            )
        return found.text

    def note_lost_result(self, row: int, column: int) -> None:
        """Note a formula whose result is not in the file."""
        self.notes.setdefault(
            "formula", f"The sheet “{self.name}” has a formula without a result in {address(row, column)}."
        )

    def note_struck(self, row: int, column: int) -> None:
        """Note a cell that is struck out as a whole."""
        self.notes.setdefault(
            "struck",
            f"The sheet “{self.name}” strikes out {address(row, column)}; what stands there is left out.",
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
        yield from tables_and_lines(self._cells(texts))

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


def shown(kind: str, sheets: Iterable[SheetContent]) -> Document:
    """The document of a workbook: what its sheets show, in order. Raises `Unreadable` where that is
    nothing."""
    blocks: list[Block] = []
    notes: list[str] = []
    for content in sheets:
        found = list(content.blocks())
        if found and content.hidden:
            notes.append(f"The sheet “{content.name}” is hidden; it is left out.")
            continue
        blocks.extend(found)
        notes.extend(content.notes.values())
    if not blocks:
        raise Unreadable(State.EMPTY, "No sheet of the workbook shows anything.")
    return Document(kind, tuple(blocks), notes=tuple(notes))


def tables_and_lines(cells: Iterable[Cell]) -> Iterator[Block]:
    """The tables of a sheet, and the lines of text that are written across it, in reading order; `cells` come
    row by row. For whatever holds a whole sheet as one table."""
    rows = [list(row) for _, row in groupby(cells, lambda cell: cell.row)]
    if not rows:
        return
    table: list[Cell] = []
    columns: set[int] = set()
    labels: set[tuple[int, int]] = set()
    reach = 0
    for number, (row, width) in enumerate(zip(rows, _widths(rows), strict=True)):
        line = _line(row) if number >= reach else None
        wide = min(_WIDE * width, _WIDEST)
        below = rows[number + 1] if number + 1 < len(rows) else []
        across = line is not None and (line.colspan >= wide or (line.colspan == 1 and _heads(below)))
        if line is None or not across or (line.column, line.colspan) in labels:
            if number >= reach and _begins_another(row, rows[number - 1], columns):
                yield _grid(table)
                table, columns, labels = [], set(), set()
            table.extend(row)
            columns |= _filled(row)
            labels |= _labels(row)
            reach = max([reach, *(cell.row + cell.rowspan for cell in row)])
            continue
        if table:
            yield _grid(table)
            table, columns, labels = [], set(), set()
        yield Paragraph(line.text, line.locator)
    if table:
        yield _grid(table)


def _line(row: list[Cell]) -> Cell | None:
    """The only cell with text of a row, where it can be a line of running text: no cell of the row, be it
    empty, goes on in the next one."""
    filled = [cell for cell in row if cell.text]
    if len(filled) != 1 or any(cell.rowspan > 1 for cell in row) or filled[0].text[0].isdigit():
        return None
    return filled[0]


def _heads(row: list[Cell]) -> bool:
    """Whether a row is the head of a table: nothing but words, which a sign for nothing is not. A line right
    above it is none of the table's rows, though nobody merged its cells."""
    texts = {cell.text for cell in row if cell.text}
    counted = any(_COUNTED.match(text) for text in texts)
    return len(texts) >= (_FEWEST_COUNTED if counted else 2) and all(
        len(text) > 1 and not _NO_WORD.search(text) for text in texts
    )


def _begins_another(row: list[Cell], above: list[Cell], columns: set[int]) -> bool:
    """Whether a row is the head of another, narrower table that stands right below one with text in these
    columns."""
    if not columns or _heads(above) or not _heads(row):
        return False
    own = sorted(_filled(row))
    return (
        len(own) >= _FEWEST_HEADS
        and all(cell.colspan == 1 for cell in row)
        and own == list(range(min(columns), own[-1] + 1))
        and own[-1] + _FEWEST_HEADS <= max(columns)
    )


def _filled(row: list[Cell]) -> set[int]:
    return {cell.column for cell in row if cell.text}


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
    return Grid(tuple(replace(cell, row=cell.row - first) for cell in cells), cells[0].locator)


def address(row: int, column: int) -> str:
    """A place as spreadsheets name it: (6, 1) is `B7`."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
