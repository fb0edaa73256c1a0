"""The statistics tables of reports before 2019: the national one, and the Fujian one with a cumulative
column.

Columns are label, unit, number. The code of a row is the path of its number (`三/(三)/4/其中1`); rows that
only head others are printed without number and keep their place in the record with a value of null.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parser.document import Cell
from parser.folding import fold, label
from parser.forms.beside import SERIALS, in_one_column, named_serials, told_serials, without
from parser.forms.columns import Column, Header, build_header
from parser.forms.halves import mend
from parser.forms.layout import Layout
from parser.forms.likeness import Lexicon, Match
from parser.forms.lines import Line, Parts
from parser.forms.regions import FUJIAN, STATISTICS, Region, lexicons
from parser.forms.sheet import Sheet, merge
from parser.numbers import is_unit

PREFIX = "statistics"
_NAME_WORDS = frozenset({"统计指标", "指标名称", "指标", "项目", "统计项目", "指标内容", "名称"})
_UNIT_WORDS = frozenset({"单位", "计量单位"})
_VALUE_WORDS = frozenset({"统计数", "数量", "本年度", "本年", "本年数", "本期实际", "合计", "总计"})
_CUMULATIVE_WORDS = frozenset({"历年累计", "累计", "累计数", "本年累计"})
_ENOUGH = 5
_VALUE = re.compile(r"(?:统计|填报)?(?:数据|数量|数值|数|值|结果)(?:\([^()]*\))?$")


def read_statistics(region: Region) -> Sheet:
    """The figures `statistics.<code>` (and `.cumulative`) of a region, and what is doubtful about them."""
    lexicon = lexicons().fujian if region.kind == FUJIAN else lexicons().statistics
    lines = in_one_column(region.lines, _NAME_WORDS)
    heads = [line for line in lines if _is_header(line)]
    header = next((one for line in heads if (one := build_header([line], _token)) is not None), None)
    shared = Sheet()
    if header is None:
        header = Header((Column("value", "统计数", 0, 1),), placed=False)
        shared.doubt(
            "missing_header", PREFIX, "The statistics table has no header; its last column was read."
        )
    header = _named(header, region.kind, shared)
    body = _without_serials([line for line in lines if line not in heads], heads, header)
    parted = [(line, *_without_unit(line.parts)) for line in body]
    units = {line.cells: unit for line, _, unit in parted}
    rows = mend([(line, row) for line, row, _ in parted], lexicon, shared, PREFIX)
    reader = _Reader(lexicon, header, Layout(header, rows))
    for line, row in rows:
        reader.take(line, row, units[line.cells])
    return merge(PREFIX, [*reader.sheets, shared])


def _is_header(line: Line) -> bool:
    words = {fold(cell.text) for cell in line.own}
    return not line.loose and bool(words & _NAME_WORDS or (words & _VALUE_WORDS and words & _UNIT_WORDS))


def _without_serials(lines: Sequence[Line], heads: Sequence[Line], header: Header) -> list[Line]:
    serials = {column for line in heads for column in named_serials(line)}
    if header.placed:
        serials |= told_serials(lines, header.columns[0].start)
    return [without(line, serials) for line in lines] if serials else list(lines)


def _token(cell: Cell) -> str | None:
    """For `build_header`: the value columns; names, units and serials are no columns of numbers."""
    folded = fold(cell.text)
    if not folded or folded in _NAME_WORDS or folded in _UNIT_WORDS or folded in SERIALS:
        return None
    for unit in _UNIT_WORDS:
        # Without rules, the words over two narrow columns are one.
        folded = folded.removeprefix(unit)
    if folded in _CUMULATIVE_WORDS:
        return "cumulative"
    return "value" if folded in _VALUE_WORDS or _VALUE.match(folded) else folded


def _named(header: Header, kind: str, sheet: Sheet) -> Header:
    """The header with keys for the columns that the form has; others (区政府, 乡镇, in the national table the
    cumulative one) are reported."""
    known = {"value", "cumulative"} if kind == FUJIAN else {"value"}
    columns = []
    taken: set[str] = set()
    for column in header.columns:
        key = column.key if column.key in known and column.key not in taken else None
        if key is None:
            sheet.doubt(
                "unknown_column", PREFIX, f"The form has no column “{fold(column.label)}”; it was left out."
            )
        else:
            taken.add(key)
        columns.append(Column(key, column.label, column.start, column.end))
    return replace(header, columns=tuple(columns))


def _without_unit(row: Parts) -> tuple[Parts, str | None]:
    """The row without its unit cell, and the unit."""
    for place in range(len(row.labels) - 1, 0, -1):
        if is_unit(row.labels[place].text):
            unit = fold(row.labels[place].text).strip("()")
            labels = (*row.labels[:place], *row.labels[place + 1 :])
            return Parts(labels, row.values), unit
    return row, None


class _Reader:
    """Goes down the rows; the place in the form tells equal labels apart."""

    def __init__(self, lexicon: Lexicon, header: Header, layout: Layout) -> None:
        self.header = header
        self.sheets = [Sheet()]
        self._lexicon = lexicon
        self._layout = layout
        self._last = -1
        self._seen: dict[str, str] = {}
        self._scores: dict[str, float] = {}

    def take(self, line: Line, row: Parts, unit: str | None) -> None:
        """Read one row; a loose line counts only when it is a row of the form, word for word."""
        own = [cell for cell in row.labels if cell.row == line.row]
        printed = [cell for cell in row.values if cell.text]
        match = self._match(own, line)
        if match is None:
            if not line.loose and (printed or (own and unit is not None)):
                self.sheets[-1].doubt(
                    "unknown_row",
                    PREFIX,
                    f"No row of the form is called “{row.path}” ({row.numbers}).",
                    line.locator,
                )
            return
        self._put(line, row, unit, match)

    def _match(self, own: Sequence[Cell], line: Line) -> Match | None:
        if not own:
            return None
        text = own[-1].text
        if line.loose and not (self._lexicon.knows(text) and label(text).level):
            return None
        return self._lexicon.match(text, (), self._last)

    def _put(self, line: Line, row: Parts, unit: str | None, match: Match) -> None:
        key = f"{PREFIX}.{match.term.key}"
        laid = self._layout.lay(line, row, lambda slots: None)
        content = "|".join(cell.text if cell else "" for cell in laid.slots)
        printed = bool(content.strip("|"))
        if key in self._seen:
            if self._seen[key] == content:
                return
            heading = not self._seen[key].strip("|") and printed and match.score >= self._scores[key]
            if heading or (match.score == 1 and self._scores[key] < 1):
                self._withdraw(key, line)
        if key in self._seen:
            if match.index == 0 or (match.index == 1 and len(self._seen) >= _ENOUGH):
                self.sheets.append(Sheet())
                self._seen = {}
            else:
                self.sheets[-1].doubt(
                    "repeated_row",
                    key,
                    f"The row “{row.name}” reads as {match.term.label}, which stands above already; "
                    f"{content.replace('|', ', ')} was left out.",
                    line.locator,
                )
                return
        self._seen[key] = content
        self._scores[key] = match.score
        self._last = match.index
        sheet = self.sheets[-1]
        if match.doubt:
            sheet.doubt("close_match", key, f"“{row.name}” is a guess: {match.doubt}.", line.locator)
        if not any(laid.slots) or (match.term.unit is None and not printed and unit is None):
            self._without_number(key, line, match, unit)
            return
        if laid.doubt:
            sheet.doubt("column_alignment", key, f"The row is hard to align: {laid.doubt}.", line.locator)
        for column, cell in zip(self.header.columns, laid.slots, strict=True):
            if cell is None or column.key is None:
                continue
            sheet.put(key if column.key == "value" else f"{key}.{column.key}", cell, unit)

    def _withdraw(self, key: str, line: Line) -> None:
        """Give up a row that was only like the one that stands here: in its words, or without a number."""
        figures = self.sheets[-1].figures
        gone = [figures.pop(one) for one in (key, f"{key}.cumulative") if one in figures]
        numbers = ", ".join(figure.printed for figure in gone)
        del self._seen[key]
        self.sheets[-1].doubt(
            "unknown_row",
            PREFIX,
            f"A row with a label like that of {key} ({numbers}) is none of the form's.",
            line.locator,
        )

    def _without_number(self, key: str, line: Line, match: Match, unit: str | None) -> None:
        """A row without a cell for its number: by design for a row that heads others."""
        sheet = self.sheets[-1]
        sheet.put_without_cell(key, line.locator)
        if match.term.unit is not None and unit is None and not line.loose:
            sheet.doubt(
                "missing_cell", key, f"The row {match.term.label} has no cell for its number.", line.locator
            )


KINDS = (STATISTICS, FUJIAN)
"""The regions that `read_statistics` reads."""
