"""Section 二, proactive disclosure: four blocks in the form 2021, five in the form 2019, each with its own
header.

Rows and columns are read as printed whatever the form: an agency that uses last year's header under this
year's rows gets the keys of what it printed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parser.document import Cell
from parser.folding import fold
from parser.forms.columns import Header, build_header
from parser.forms.halves import mend
from parser.forms.layout import Layout
from parser.forms.likeness import Match
from parser.forms.lines import Line, Parts
from parser.forms.regions import PROACTIVE, Region, lexicons
from parser.forms.sheet import Sheet, merge
from parser.forms.vocabulary import Term
from parser.numbers import read_number

_CONTENT = "信息内容"
_ARTICLE = re.compile(r"第?二十条第?\(?[一二三四五六七八九]\)?项")
_UNITS = "万元|亿元|千元|元|[万千]?(?:件|项|个|条)"
_UNIT = re.compile(rf"单位[::]?({_UNITS})|\(({_UNITS})\)")
_RESTART = "regulations"


def read_proactive(region: Region) -> Sheet:
    """The figures `proactive.<row>.<field>` of a region, and what is doubtful about them."""
    reader = _Reader()
    for line in region.lines:
        if _is_header(line):
            reader.header_line(line)
        else:
            reader.data_line(line)
    reader.finish()
    return merge(PROACTIVE, reader.sheets)


def _is_header(line: Line) -> bool:
    own = [cell for cell in line.own if cell.text]
    if not own or any(read_number(cell.text).value is not None for cell in own):
        return False
    return any(fold(cell.text) == _CONTENT or _is_article(cell) or _field(cell) for cell in own)


def _is_article(cell: Cell) -> bool:
    return _ARTICLE.match(fold(cell.text)) is not None


def _field(cell: Cell) -> str | None:
    """For `build_header`: the field that a header cell names; an unknown one keeps its column without a
    key."""
    folded = fold(cell.text)
    if not folded or folded == _CONTENT or _is_article(cell):
        return None
    match = lexicons().fields.match(_UNIT.sub("", folded))
    return match.term.key if match else None


def _whole(upper: Line, lower: Line) -> Line:
    """The lower of two header lines with labels whose first half a page cut left in the upper one."""
    above = [cell for cell in upper.own if cell.text]
    below = [cell for cell in lower.own if cell.text]
    if upper.block == lower.block or len(above) != len(below):
        return lower
    cells = {}
    for first, second in zip(above, below, strict=True):
        if fold(first.text) != fold(second.text):
            if not lexicons().fields.knows(_UNIT.sub("", fold(first.text + second.text))):
                return lower
            cells[second] = replace(second, text=first.text + second.text)
    return replace(lower, cells=tuple(cells.get(cell, cell) for cell in lower.cells))


class _Reader:
    """Goes down the lines with the header that is in force."""

    def __init__(self) -> None:
        self.sheets = [Sheet()]
        self._head: list[Line] = []
        self._header: Header | None = None
        self._rows: list[tuple[Line, Parts]] = []
        self._loose: list[str] = []
        self._seen: dict[str, str] = {}
        self._last = -1

    def header_line(self, line: Line) -> None:
        """A block's title or its column labels; the rows gathered so far had the header before."""
        if self._rows:
            self._read_rows()
        if any(_is_article(cell) for cell in line.own):
            self._head, self._header = [], None
        if any(_field(cell) for cell in line.own):
            self._head.append(_whole(self._head[-1], line) if self._head else line)
            self._header = build_header(self._head[-1:], _field) or self._header

    def data_line(self, line: Line) -> None:
        """A row, or half a label on a line of its own."""
        row = line.parts
        if line.loose or not row.values:
            self._loose.extend(cell.text for cell in row.labels)
            return
        self._rows.append((line, row))

    def finish(self) -> None:
        """Read the rows of the last block."""
        self._read_rows()

    def _read_rows(self) -> None:
        rows = mend(self._rows, lexicons().proactive, self.sheets[-1], PROACTIVE)
        layout = Layout(self._header, rows) if self._header else None
        for line, row in rows:
            self._read_row(line, row, layout)
        self._rows = []
        self._loose = []

    def _read_row(self, line: Line, row: Parts, layout: Layout | None) -> None:
        match, row = self._match(row)
        numbers = ", ".join(cell.text for cell in row.values if cell.text)
        if match is None:
            if row.labels or numbers:
                self.sheets[-1].doubt(
                    "unknown_row",
                    PROACTIVE,
                    f"No row of the form is called “{row.path}” ({numbers}).",
                    line.locator,
                )
            return
        where = f"{PROACTIVE}.{match.term.key}"
        if self._header is None or layout is None:
            self.sheets[-1].doubt(
                "missing_header", where, f"No header names the columns of this row ({numbers}).", line.locator
            )
            return
        if not self._is_new(match.term, where, line, numbers):
            return
        if match.doubt:
            self.sheets[-1].doubt(
                "close_match", where, f"“{row.name}” is a guess: {match.doubt}.", line.locator
            )
        laid = layout.lay(line, row, lambda slots: None)
        if laid.doubt:
            self.sheets[-1].doubt(
                "column_alignment", where, f"The row is hard to align: {laid.doubt}.", line.locator
            )
        for place, cell in enumerate(laid.slots):
            if cell is not None:
                self._put(match.term, where, place, cell)

    def _is_new(self, term: Term, where: str, line: Line, numbers: str) -> bool:
        """Whether the row stands here for the first time; the first row of the form starts a new table."""
        if term.key in self._seen:
            if self._seen[term.key] == numbers:
                return False
            if term.key == _RESTART and len(self._seen) > 1:
                self.sheets.append(Sheet())
                self._seen = {}
            else:
                message = f"The row stands twice ({self._seen[term.key]}; {numbers}); neither was read."
                self.sheets[-1].doubt("repeated_row", where, message, line.locator)
                for name in term.fields:
                    self.sheets[-1].figures.pop(f"{where}.{name}", None)
                return False
        self._seen[term.key] = numbers
        return True

    def _match(self, row: Parts) -> tuple[Match | None, Parts]:
        lexicon = lexicons().proactive
        for place in range(len(row.labels) - 1, -1, -1):
            match = lexicon.match(row.labels[place].text)
            if match:
                return match, row.shifted(place)
        own = "".join(cell.text for cell in row.labels[-1:])
        return (lexicon.match("".join(self._loose) + own) if self._loose else None), row

    def _put(self, term: Term, where: str, place: int, cell: Cell) -> None:
        assert self._header is not None
        column = self._header.columns[place]
        sheet = self.sheets[-1]
        if column.key is None or column.key not in term.fields:
            sheet.doubt(
                "unknown_column",
                where,
                f"The form has no column “{fold(column.label)}” for {term.label} ({cell.text}).",
                cell.locator,
            )
            return
        unit = _header_unit(column.label)
        sheet.put(f"{where}.{column.key}", cell, unit)


def _header_unit(text: str) -> str | None:
    found = _UNIT.search(fold(text))
    return next((unit for unit in found.groups() if unit), None) if found else None


def printed_fields(region: Region) -> Sequence[str]:
    """The field keys that the region's headers name, for telling the form."""
    return [key for line in region.lines if _is_header(line) for cell in line.own if (key := _field(cell))]
