"""Section 三, the table of requests: 23 or 25 rows × 7 applicant columns, in the forms 2019 and 2021."""

from __future__ import annotations

import re
from collections.abc import Sequence

from parser.folding import fold, label
from parser.forms.applicants import (
    GROUPS,
    Row,
    assumed_header,
    check_header,
    column_key,
    confirmed,
    find_headers,
    row_total_holds,
)
from parser.forms.halves import mend
from parser.forms.layout import Laid, Layout
from parser.forms.likeness import Match
from parser.forms.lines import Line, Parts
from parser.forms.regions import REQUESTS, Region, lexicons
from parser.forms.sheet import Sheet, merge
from parser.forms.vocabulary import vocabulary
from parser.numbers import read_number

_HEADS = frozenset(
    {"本年度办理结果", *(label(term.group).stem for term in vocabulary().request_rows if term.group)}
)
_NOTE = re.compile(r"备?注|说明|附")
_ONE_ROW = "other_processing"
_THREE_ROWS = tuple(term.key for term in vocabulary().request_rows if term.forms == ("2021",))
_FIRST_ROWS = 2
_ENOUGH = 5
_ODD_SUMS = 3


def read_requests(region: Region) -> Sheet:
    """The figures `requests.<row>.<column>` of a region, and what is doubtful about them."""
    rows, headers = _rows(region)
    drawn = find_headers(headers)
    shared = Sheet()
    rows = mend(rows, lexicons().requests, shared, REQUESTS)
    if not drawn:
        header = assumed_header(rows, shared)
    else:
        header = check_header(confirmed(drawn[0], rows, shared), shared)
    sheets = _read(Layout(header, rows, drawn), rows)
    for sheet in sheets:
        _drop_blank_head(sheet)
    whole = merge(REQUESTS, [*sheets, shared])
    _question_sums(whole)
    return whole


def _rows(region: Region) -> tuple[list[Row], list[list[Line]]]:
    """Data rows, and the groups of header lines, in order."""
    rows: list[Row] = []
    headers: list[list[Line]] = []
    in_header = False
    for line in region.lines:
        if _is_header(line):
            if not in_header:
                headers.append([])
            headers[-1].append(line)
            in_header = True
        else:
            in_header = False
            rows.append((line, line.parts))
    return rows, headers


def _is_header(line: Line) -> bool:
    """A line of column labels: no number, and nothing but words of the header."""
    if line.loose or any(read_number(cell.text).value is not None for cell in line.own):
        return False
    words = line.words
    if not words:
        return False
    keys = [column_key(cell) for cell in line.own]
    labelled = sum(key is not None for key in keys)
    return labelled >= 2 or any("勾稽关系" in word or word in GROUPS for word in words)


def _read(layout: Layout, rows: Sequence[Row]) -> list[Sheet]:
    """One sheet for each time the table starts anew."""
    reader = _Reader(layout)
    for line, row in rows:
        reader.take(line, row)
    reader.finish()
    return reader.sheets


class _Reader:
    """Goes down the rows and remembers what a row alone does not say: the group, and labels without
    numbers."""

    def __init__(self, layout: Layout) -> None:
        self.header = layout.header
        self.layout = layout
        self.sheets = [Sheet()]
        self._seen: dict[str, str] = {}
        self._scores: dict[str, float] = {}
        self._last = -1
        self._group = ""
        self._pending: list[tuple[Line, Parts]] = []

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
            self._scores[match.term.key] = match.score
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
        have been taken for a label."""
        for place in range(len(row.labels) - 1, -1, -1):
            cell = row.labels[place]
            if cell.row != line.row:
                break
            groups = [one.text for one in row.labels[:place]]
            match = lexicons().requests.match(cell.text, groups or [self._group], self._last)
            if match is not None:
                self._remember_group(row)
                return match, row.shifted(place)
        return None, row

    def _with_pending(self, row: Parts) -> tuple[Match | None, Parts]:
        """Numbers whose label, or whose label's first half, stood on lines of their own."""
        own = row.labels[-1].text if row.labels else ""
        held = [cell for _, before in self._pending for cell in before.labels[-1:]]
        for count in range(len(held), 0, -1):
            whole = "".join(cell.text for cell in held[-count:]) + own
            match = lexicons().requests.match(whole, [self._group], self._last)
            if match is not None:
                return match, row
        return None, row

    def _unknown(self, line: Line, row: Parts, printed: bool) -> None:
        self._remember_group(row)
        if not printed and (not row.labels or _is_group(row.name) or _NOTE.match(fold(row.name))):
            return
        self.sheets[-1].doubt(
            "unknown_row",
            REQUESTS,
            f"No row of the form is called “{row.path}” ({row.numbers}).",
            line.locator,
        )

    def _put(self, line: Line, row: Parts, match: Match) -> None:
        key = match.term.key
        where = f"{REQUESTS}.{key}"
        laid = self.layout.lay(line, row, lambda slots: row_total_holds(self.header, slots))
        content = "|".join(cell.text if cell else "" for cell in laid.slots)
        if key in self._seen:
            if self._seen[key] == content:
                return
            if match.score == 1 and self._scores[key] < 1:
                self._withdraw(key, line)
        if key in self._seen:
            if match.index < _FIRST_ROWS and len(self._seen) >= _ENOUGH:
                self.sheets.append(Sheet())
                self._seen = {}
            else:
                self.sheets[-1].doubt(
                    "repeated_row",
                    where,
                    f"The row “{row.name}” reads as {match.term.label}, which "
                    f"stands above already; its numbers ({content.replace('|', ', ')}) were left out.",
                    line.locator,
                )
                return
        self._seen[key] = content
        self._scores[key] = match.score
        self._last = match.index
        if match.doubt:
            self.sheets[-1].doubt(
                "close_match",
                where,
                f"“{row.name}” is a guess: {match.doubt}.",
                line.locator,
            )
        self._figures(where, line, laid)

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
            if column.key and key not in sheet.figures:
                sheet.put(key, cell)


def _is_group(text: str) -> bool:
    """Whether a label only heads other rows (三、本年度办理结果, （三）不予公开)."""
    return label(text).bare in _HEADS or label(text).stem in _HEADS


def _drop_blank_head(sheet: Sheet) -> None:
    """（六）其他处理 on a row of its own, beside blanks, only heads the three rows below it."""
    head = f"{REQUESTS}.{_ONE_ROW}."
    cells = {key: figure for key, figure in sheet.figures.items() if key.startswith(head)}
    below = tuple(f"{REQUESTS}.{row}." for row in _THREE_ROWS)
    if any(figure.printed for figure in cells.values()):
        return
    if any(key.startswith(below) for key in sheet.figures):
        for key in cells:
            del sheet.figures[key]


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
