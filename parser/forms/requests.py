"""Section 三, the table of requests: 23 or 25 rows × 7 applicant columns, in the forms 2019 and 2021."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from parser.document import Cell
from parser.folding import fold, label
from parser.forms.applicants import (
    Row,
    assumed_header,
    check_header,
    confirmed,
    find_headers,
    question_strays,
    row_total_holds,
)
from parser.forms.halves import mend
from parser.forms.layout import Laid, Layout
from parser.forms.likeness import Match
from parser.forms.lines import Line, Parts
from parser.forms.regions import REQUESTS, Region, lexicons
from parser.forms.request_lines import parted
from parser.forms.sheet import Sheet, merge
from parser.forms.subtotals import drop_head, headed, is_sum
from parser.forms.vocabulary import vocabulary
from parser.numbers import read_number

_NOTE = re.compile(r"备?注|说明|附")
_NOTE = re.compile(r"备?注|说明|附")
_SERIALS = frozenset({"序号", "行次", "项次", "栏次", "单位", "计量单位", "代码", "编号"})
_TWO_LABELS = re.compile(r"^(.{4,}?)(\([一二三四五六七]\).+|\d[.、].+)$")
_OF_ALL = frozenset({"合计", "总计", "小计", "总数"})
_FIRST_ROWS = 2
_ENOUGH = 5
_ODD_SUMS = 3


def read_requests(region: Region) -> Sheet:
    """The figures `requests.<row>.<column>` of a region, and what is doubtful about them."""
    rows, headers = parted(region)
    drawn = find_headers(headers)
    shared = Sheet()
    rows = mend(rows, lexicons().requests, shared, REQUESTS)
    if not drawn:
        header = assumed_header(rows, shared)
    else:
        header = check_header(confirmed(drawn[0], rows, shared), shared)
        question_strays(header, region.lines, shared)
    sheets = _read(Layout(header, rows, drawn), rows)
    for sheet in sheets:
        drop_head(sheet)
    whole = merge(REQUESTS, [*sheets, shared])
    _question_sums(whole)
    return whole


def _read(layout: Layout, rows: Sequence[Row]) -> list[Sheet]:
    """One sheet for each time the table starts anew."""
    shared = {
        (line.block, cell.row, cell.column)
        for line, row in rows
        for cell in row.values
        if cell.row != line.row
    }
    reader = _Reader(layout, shared)
    for line, row in rows:
        reader.take(line, row)
    reader.finish()
    return reader.sheets


Rank = tuple[float, bool, bool]
"""How sure it is that a label means its row: likeness, the form's own number, the form's own word."""


def _rank(name: str, match: Match) -> Rank:
    return match.score, lexicons().requests.numbers(name), label(name).bare == label(match.term.label).bare


class _Reader:
    """Goes down the rows and remembers what a row alone does not say: the group, and labels without
    numbers. `shared` are the places (block, row, column) of cells that reach down into other rows."""

    def __init__(self, layout: Layout, shared: Collection[tuple[int, int, int]]) -> None:
        self._shared = shared
        self.header = layout.header
        self.layout = layout
        self.sheets = [Sheet()]
        self._seen: dict[str, str] = {}
        self._named: dict[str, tuple[str, Match]] = {}
        self._last = -1
        self._group = ""
        self._pending: list[tuple[Line, Parts]] = []
        self._sums: list[tuple[Sheet, str, Line, Parts]] = []

    def take(self, line: Line, row: Parts) -> None:
        """Read one row."""
        printed = any(cell.text for cell in row.values)
        if line.loose or (not printed and not row.values):
            self._hold(line, row)
            return
        match, row = self._match(line, row)
        if match is None and self._pending:
            match, row = self._with_pending(row)
            self._pending = [] if match else self._pending
        if match is None:
            self._unknown(line, row, printed)
            return
        self._settle()
        self._put(line, row, match)

    def finish(self) -> None:
        """To be called behind the last row."""
        self._settle()
        for sheet, group, line, row in self._sums:
            slots = self._lay(line, row).slots
            values = {
                column.key: read_number(cell.text).value
                for column, cell in zip(self.header.columns, slots, strict=True)
                if column.key and cell
            }
            if not is_sum(sheet, group, values):
                _name_unknown(sheet, line, row)

    def _settle(self) -> None:
        """Labels of the form that never met a cell: the row is printed and blank (a text export drops blanks
        at the end of a line), or its numbers are lost; either way it is doubtful."""
        for line, row in self._pending:
            if not row.labels or not lexicons().requests.knows(row.name):
                continue
            match = lexicons().requests.match(row.name, [self._group], self._last)
            if match is None or match.index != self._last + 1 or match.term.key in self._seen:
                continue
            where = f"{REQUESTS}.{match.term.key}"
            self._seen[match.term.key] = ""
            self._named[match.term.key] = (row.name, match)
            self._last = match.index
            for column in self.header.columns:
                if column.key:
                    self.sheets[-1].put_without_cell(f"{where}.{column.key}", line.locator)
            self.sheets[-1].doubt(
                "row_without_cells", where, f"The row “{row.name}” has no cells.", line.locator
            )
        self._pending = []

    def _hold(self, line: Line, row: Parts) -> None:
        """A label without cells: a group on a row of its own, or one half of a label that was cut."""
        if row.labels:
            self._remember_group(row)
            self._pending.append((line, row))

    def _remember_group(self, row: Parts) -> None:
        for cell in row.labels:
            parted = label(cell.text)
            if parted.level in (1, 2):
                self._group = cell.text

    def _match(self, line: Line, row: Parts) -> tuple[Match | None, Parts]:
        """The row's term. The innermost label counts; when it is unknown, a word in the first value cell may
        have been taken for a label. `合计` beside a row's label is that row for all organs."""
        *outer, last = row.labels or (None,)
        if last is not None and outer and last.row == line.row and fold(last.text) in _OF_ALL:
            match = lexicons().requests.match(outer[-1].text, [self._group], self._last)
            if match is not None and match.score == 1 and not headed(outer[-1].text, ""):
                self._remember_group(row)
                return match, row
        for place in range(len(row.labels) - 1, -1, -1):
            cell = row.labels[place]
            if cell.row != line.row:
                break
            groups = [one.text for one in row.labels[:place]]
            match = lexicons().requests.match(cell.text, groups or [self._group], self._last)
            if match is not None:
                self._remember_group(row)
                if row.labels[place + 1 :] and self._is_one_label(row.labels[place:], match):
                    return match, row
                return match, row.shifted(place)
        return self._match_inner(line, row)

    def _is_one_label(self, cells: Sequence[Cell], match: Match) -> bool:
        """Whether cells of words side by side are a label that was drawn in two pieces."""
        whole = lexicons().requests.match("".join(cell.text for cell in cells), (), self._last)
        return whole is not None and whole.term is match.term and whole.score == 1

    def _match_inner(self, line: Line, row: Parts) -> tuple[Match | None, Parts]:
        """A row whose group stands in one cell with its own label (`（三）不予公开 1.属于国家秘密`)."""
        own = row.labels[-1] if row.labels and row.labels[-1].row == line.row else None
        found = _TWO_LABELS.match(fold(own.text)) if own else None
        if own is None or found is None or not headed(found[1], ""):
            return None, row
        match = lexicons().requests.match(found[2], [found[1]], self._last)
        if match is not None:
            self._group = found[1]
        return match, row

    def _with_pending(self, row: Parts) -> tuple[Match | None, Parts]:
        """Numbers whose label, or whose label's first half, stood on lines of their own."""
        own = row.labels[-1].text if row.labels else ""
        if label(own).level:
            return None, row  # a label by itself
        held = [cell for _, before in self._pending for cell in before.labels[-1:]]
        for count in range(len(held), 0, -1):
            whole = "".join(cell.text for cell in held[-count:]) + own
            match = lexicons().requests.match(whole, [self._group], self._last)
            if match is not None:
                return match, row
        return None, row

    def _unknown(self, line: Line, row: Parts, printed: bool) -> None:
        group = headed(row.name, self._group)
        self._remember_group(row)
        if not printed and (not row.labels or group or _NOTE.match(fold(row.name))):
            return
        if group:
            self._sums.append((self.sheets[-1], group, line, row))
        else:
            _name_unknown(self.sheets[-1], line, row)

    def _lay(self, line: Line, row: Parts) -> Laid:
        return self.layout.lay(line, row, lambda slots: row_total_holds(self.header, slots))

    def _put(self, line: Line, row: Parts, match: Match) -> None:
        key = match.term.key
        where = f"{REQUESTS}.{key}"
        laid = self._lay(line, row)
        content = "|".join(cell.text if cell else "" for cell in laid.slots)
        if key in self._seen:
            if self._seen[key] == content:
                return
            if match.score == 1 and _rank(*self._named[key]) < _rank(row.name, match):
                self._withdraw(key, line)
            elif not any(
                f"{where}.{column.key}" in self.sheets[-1].figures for column in self.header.columns
            ):
                del self._seen[key]
        if key in self._seen:
            if match.index < _FIRST_ROWS and len(self._seen) >= _ENOUGH:
                self.sheets.append(Sheet())
                self._seen = {}
            else:
                self._name_repeated(
                    where, line, row, laid, both=_rank(*self._named[key]) == _rank(row.name, match)
                )
                return
        self._seen[key] = content
        self._named[key] = (row.name, match)
        self._last = match.index
        if match.doubt:
            self.sheets[-1].doubt(
                "close_match",
                where,
                f"“{row.name}” is a guess: {match.doubt}.",
                line.locator,
            )
        self._figures(where, line, laid)

    def _name_repeated(self, where: str, line: Line, row: Parts, laid: Laid, *, both: bool) -> None:
        """A row that stands above already with other numbers. Where nothing tells which is the form's,
        neither is read."""
        sheet = self.sheets[-1]
        told = "were left out"
        if both:
            told = "and those that differ from them were left out"
            for column, cell in zip(self.header.columns, laid.slots, strict=True):
                figure = sheet.figures.get(f"{where}.{column.key}")
                if figure is not None and figure.value != read_number(cell.text if cell else "").value:
                    del sheet.figures[figure.key]
        message = f"The row “{row.name}” stands above already; its numbers ({row.numbers}) {told}."
        sheet.doubt("repeated_row", where, message, line.locator)

    def _withdraw(self, key: str, line: Line) -> None:
        """Give up a row that was only like the one that stands here in the form's own words."""
        where = f"{REQUESTS}.{key}"
        figures = [
            self.sheets[-1].figures.pop(f"{where}.{column.key}", None) for column in self.header.columns
        ]
        numbers = ", ".join(figure.printed for figure in figures if figure)
        del self._seen[key]
        self.sheets[-1].doubt(
            "unknown_row",
            REQUESTS,
            f"A row with a label like that of {where} ({numbers}) is none of the form's.",
            line.locator,
        )

    def _figures(self, where: str, line: Line, laid: Laid) -> None:
        sheet = self.sheets[-1]
        if laid.doubt:
            sheet.doubt("column_alignment", where, f"The row is hard to align: {laid.doubt}.", line.locator)
        for column, cell in zip(self.header.columns, laid.slots, strict=True):
            if cell is None or cell.row != line.row:
                continue
            key = f"{where}.{column.key}"
            if (line.block, cell.row, cell.column) in self._shared:
                message = f"The cell “{cell.text}” reaches down into other rows; it was left out."
                sheet.doubt("column_alignment", key, message, cell.locator)
            elif column.key and key not in sheet.figures:
                sheet.put(key, cell)


def _name_unknown(sheet: Sheet, line: Line, row: Parts) -> None:
    message = f"No row of the form is called “{row.path}” ({row.numbers})."
    sheet.doubt("unknown_row", REQUESTS, message, line.locator)


def _question_sums(sheet: Sheet) -> None:
    """A table where most rows miss their own total was more likely misread than miscounted."""
    kept = missed = 0
    for term in vocabulary().request_rows:
        where = f"{REQUESTS}.{term.key}"
        cells = [sheet.figures.get(f"{where}.{column.key}") for column in vocabulary().request_columns]
        *others, total = [figure.value if figure else None for figure in cells]
        if total is None or not (total or any(others)):
            continue
        if total == sum(value or 0 for value in others):
            kept += 1
        else:
            missed += 1
    if missed >= _ODD_SUMS and missed > kept:
        sheet.doubt(
            "sums_fail",
            REQUESTS,
            f"{missed} of {kept + missed} rows miss their own total: its columns may be misread.",
        )
