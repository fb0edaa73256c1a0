"""A report on the sheets of a workbook: where each cell stands, and what a clerk's workbook has besides."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random

from bench.truthset.content import Content, Heading, Text
from bench.truthset.layout import Table, placed
from bench.truthset.naming import Title

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,2}(?:\d*|(?:,\d{3})+))(?:\.\d+)?")
_PROSE_COLUMNS = 8


@dataclass(frozen=True)
class Entry:
    """A cell from row and column 0, with its spans. `number` is set where the cell holds one, which
    `format_code` shows as `text`; `formula` is true where it is worked out."""

    row: int
    column: int
    text: str
    down: int = 1
    across: int = 1
    number: str = ""
    format_code: str = "General"
    formula: bool = False


@dataclass
class Sheet:
    """What stands on one sheet; `hidden_rows` hold figures that nobody is shown."""

    name: str
    entries: list[Entry] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: list[int] = field(default_factory=list)


def sheets(content: Content, rng: Random) -> list[Sheet]:
    """The report on one sheet, or its tables on a sheet each; now and then with a hidden sheet or row of
    other figures, begun at another corner than A1, its numbers typed as text."""
    traits = {name: rng.random() < 0.2 for name in ("aside", "away", "corner", "typed", "formulas")}
    apart = rng.random() < 0.4
    content.features += [name for name, on in traits.items() if on] + (["apart"] if apart else [])
    corner = rng.randint(1, 3) if traits["corner"] else 0
    writer = _Writer(rng, corner, typed=0.9 if traits["typed"] else 0.05, formulas=traits["formulas"])
    found = writer.apart(content) if apart else [writer.together(content)]
    if traits["away"]:
        last = max(entry.row + entry.down for entry in found[0].entries)
        found[0].entries += [Entry(last, corner + column, "", number=str(column)) for column in range(9)]
        found[0].hidden_rows.append(last)
    if traits["aside"]:
        other = [Entry(row, column, "", number=str(row)) for row in range(9) for column in range(9)]
        found.append(Sheet("底稿", other, hidden=True))
    return found


class _Writer:
    def __init__(self, rng: Random, corner: int, *, typed: float, formulas: bool) -> None:
        self.rng = rng
        self.corner = corner
        self.typed = typed
        self.formulas = formulas

    def together(self, content: Content) -> Sheet:
        """Everything below each other."""
        sheet = Sheet(self.rng.choice(("Sheet1", "年报", "公开情况")))
        row = self.corner
        for piece in content.pieces:
            if isinstance(piece, Table):
                row = self._table(sheet, piece, row) + self.rng.choice((0, 0, 1))
                continue
            lines = piece.lines if isinstance(piece, Title) else (piece.text,)
            for line in lines:
                sheet.entries.append(Entry(row, self.corner, line, across=_PROSE_COLUMNS))
                row += 1
        return sheet

    def apart(self, content: Content) -> list[Sheet]:
        """The words on the first sheet; every table on one of its own, below its heading."""
        first = Sheet("正文")
        found = [first]
        heading = ""
        for piece in content.pieces:
            if isinstance(piece, Table):
                sheet = Sheet(f"表{len(found)}")
                row = self.corner
                if heading:
                    sheet.entries.append(Entry(row, self.corner, heading, across=piece.columns))
                    row += 1
                self._table(sheet, piece, row)
                found.append(sheet)
                continue
            if isinstance(piece, Heading):
                heading = piece.text
            lines = piece.lines if isinstance(piece, Title) else (piece.text,)
            for line in lines:
                first.entries.append(Entry(len(first.entries) + self.corner, self.corner, line))
            if isinstance(piece, Text):
                heading = ""
        return found

    def _table(self, sheet: Sheet, table: Table, top: int) -> int:
        for row, column, cell in placed(table):
            number, code = "", "General"
            if cell.kind == "value" and self.rng.random() >= self.typed:
                number, code = _number(cell.text)
            sheet.entries.append(
                Entry(
                    top + row,
                    self.corner + column,
                    cell.text,
                    min(cell.rowspan, len(table.rows) - row),
                    cell.colspan,
                    number,
                    code,
                    formula=bool(number) and self.formulas and self.rng.random() < 0.2,
                )
            )
        return top + len(table.rows)


def _number(text: str) -> tuple[str, str]:
    """The number that a text shows and the format that shows it so; nothing for other texts."""
    if not _NUMBER.fullmatch(text):
        return "", "General"
    thousands, _, fraction = text.partition(".")
    plain = text.replace(",", "")
    if "," not in text and (not fraction or not fraction.endswith("0")):
        return plain, "General"
    code = "#,##0" if "," in thousands else "0"
    return plain, f"{code}.{'0' * len(fraction)}" if fraction else code
