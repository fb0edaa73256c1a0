"""What stands on one sheet of a workbook, before it is a grid."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from parser.document import Block, Cell, Document, Locator, Paragraph, State, Unreadable
from parser.readers.cell_numbers import Shown, show
from parser.readers.sheet_tables import tables_and_lines

MOST_CELLS = 150_000
"""Cells of one workbook, empty ones inside its tables included; a report has about 700."""

MOST_COLUMNS = 200
"""Columns of one sheet that are looked at, hidden ones included."""

_FORCED = re.compile(r"^\s*['’](?=[-−]?\d[\d.,]*\s*$)")
"""The sign that makes a text of a number, where a program wrote it into the text."""
_TITLE = re.compile("报告|年报")
"""What the name of a sheet has that is the title of what stands on it."""
_ROW = re.compile(r"[1-9][0-9]*$")

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column, from 0, all inside the area."""


@dataclass(slots=True)
class SheetContent:
    """The texts of a sheet by (row, column) from 0, its merged areas, and what it hides; `numbers` are
    the cells that hold one, `boxes` are its text
    boxes by the row and column where they begin, in this order."""

    name: str
    hidden: bool = False
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    numbers: dict[tuple[int, int], float] = field(default_factory=dict)
    boxes: list[tuple[int, int, str]] = field(default_factory=list)
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
            self.numbers[row, column] = value
            found = show(value, format_code)
            self.note_shown(row, column, value, found, format_code)
            value = found.text
        self.texts[row, column] = _FORCED.sub("", value).replace("\r\n", "\n").replace("\r", "\n").strip()

    def note_shown(self, row: int, column: int, value: float, found: Shown, why: str) -> None:
        """Note where a cell shows another number than it holds; `why` is its format."""
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
                f" ({why[:60]}).",
            )

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
        waiting = deque(self.boxes)
        for block in self._tables_and_lines(texts) if texts else ():
            while waiting and waiting[0][0] < _first_row(block):
                yield self._box(*waiting.popleft())
            yield block
        for box in waiting:
            yield self._box(*box)

    def _box(self, row: int, column: int, text: str) -> Paragraph:
        return Paragraph(text, Locator(sheet=self.name, cell=address(row, column)))

    def _tables_and_lines(self, texts: dict[tuple[int, int], str]) -> Iterator[Block]:
        spans = self._spans(max(row for row, _ in texts), max(column for _, column in texts))
        rows = sorted({row for row, _ in texts} | {row for row, _ in spans})
        apart = {
            place
            for place, (above, row) in enumerate(pairwise(rows), 1)
            if any(one not in self.hidden_rows for one in range(above + 1, row))
        }
        return tables_and_lines(self._cells(texts, spans, rows), apart)

    def _cells(
        self,
        texts: dict[tuple[int, int], str],
        spans: dict[tuple[int, int], tuple[int, int]],
        rows: list[int],
    ) -> Iterator[Cell]:
        columns = sorted({column for _, column in texts})
        shown_columns = [
            column for column in range(columns[0], columns[-1] + 1) if column not in self.hidden_columns
        ]
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
    names: list[str] = []
    for content in sheets:
        found = list(content.blocks())
        if found and content.hidden:
            notes.append(f"The sheet “{content.name}” is hidden; it is left out.")
            continue
        blocks.extend(found)
        names.append(content.name)
        notes.extend(content.notes.values())
    if not blocks:
        raise Unreadable(State.EMPTY, "No sheet of the workbook shows anything.")
    title = next((name for name in names if _TITLE.search(name)), None)
    return Document(kind, tuple(blocks), meta={"title": title} if title else {}, notes=tuple(notes))


def _first_row(block: Block) -> int:
    """The row of the sheet, from 0, where a block begins."""
    found = _ROW.search(block.locator.cell or "")
    return int(found[0]) - 1 if found else 0


def address(row: int, column: int) -> str:
    """A place as spreadsheets name it: (6, 1) is `B7`."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"
