"""The applicant columns of section 三: found in the header tree, and confirmed by the sums of the rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from parser.document import Cell
from parser.folding import fold, label
from parser.forms.columns import Column, Header, build_header
from parser.forms.layout import Slot
from parser.forms.lines import Line, Parts
from parser.forms.regions import REQUESTS, lexicons
from parser.forms.sheet import Sheet
from parser.forms.vocabulary import vocabulary
from parser.numbers import read_number

GROUPS = ("申请人情况", "法人或其他组织")
_GROUP = re.compile(r"申请人(?:情况|类型|类别)?$|法人(?:.{0,6}组织)?$")
_TOTAL = "total"
_ALSO_ROWS = frozenset({"other", _TOTAL})
"""Columns whose labels are those of rows too."""
_ODD_SUMS = 3

Row = tuple[Line, Parts]


def column_key(cell: Cell) -> str | None:
    """For `build_header`: the column's key, `""` for a group of columns."""
    folded = fold(cell.text)
    if not folded or "勾稽" in folded:
        return None
    if folded in GROUPS or _GROUP.match(folded):
        return ""
    if label(cell.text).level:
        return None
    match = lexicons().columns.match(cell.text)
    return match.term.key if match else None


def find_headers(groups: Sequence[Sequence[Line]]) -> list[Header]:
    """The headers that were drawn, the fullest first; a page cut may repeat a part of it."""
    built = [
        _unstacked(header, lines)
        for lines in groups
        if (header := build_header(lines, column_key)) is not None
    ]
    return sorted(built, key=_named, reverse=True)


def _unstacked(header: Header, lines: Sequence[Line]) -> Header:
    """The header in the form's order, where a text put the rows of its tree one behind the other: the columns
    of the group in the middle then come last."""
    columns = {column.key: column for column in header.columns}
    order = [term.key for term in vocabulary().request_columns]
    stacked = [order[0], order[-1], *order[1:-1]]
    if len(lines) > 1 or header.placed or [column.key for column in header.columns] != stacked:
        return header
    return replace(header, columns=tuple(columns[key] for key in order))


def _named(header: Header) -> tuple[int, int]:
    """How many columns a header names, and, counted against it, how many it has that nobody knows or that it
    has twice."""
    known = len({column.key for column in header.columns if column.key is not None})
    return known, known - len(header)


def national_header() -> Header:
    columns = vocabulary().request_columns
    return Header(
        tuple(Column(term.key, term.label, place, place + 1) for place, term in enumerate(columns)),
        placed=False,
    )


def assumed_header(rows: Sequence[Row], sheet: Sheet) -> Header:
    """The header of a table that draws none: the form's order, or with the total in front where the sums say
    so. Where they hold in neither order, nobody can tell which column is which, and none has a key."""
    national = national_header()
    *others, total = national.columns
    leading = Header((total, *others), placed=False)
    full = [row for _, row in rows if len(row.values) == len(national)]
    missed = [row_total_holds(national, row.values) for row in full].count(False)
    if missed < _ODD_SUMS or _sums_hold(national, full):
        found, told = national, "the form's order was used"
    elif _sums_hold(leading, full):
        found, told = leading, "the sums hold with the total in front"
    else:
        found = Header(tuple(replace(column, key=None) for column in national.columns), placed=False)
        told = "the sums hold in no order, and the numbers were left out"
    sheet.doubt("missing_header", REQUESTS, f"The applicant columns have no header; {told}.")
    return found


def confirmed(header: Header, rows: Sequence[Row], sheet: Sheet) -> Header:
    """The header, unless it cannot be right: labels are missing or their cells were shifted, while the rows
    have
    the form's seven cells and their sums hold in the form's order."""
    national = national_header()
    order = [column.key for column in national.columns]
    known = [column.key for column in header.columns if column.key]
    full = [row for _, row in rows if len(row.values) == len(order)]
    if known == order or len(full) * 2 < len(rows):
        return header
    full += [row for _, other in rows if (row := _without_lead(other, len(order))) is not None]
    if len(known) == len(order) and set(known) == set(order):
        doubtful = not _sums_hold(header, full)
    else:
        doubtful = known == [key for key in order if key in known] and not _misplaced(header, order)
    if not doubtful or not _sums_hold(national, full):
        return header
    sheet.doubt(
        "unlikely_header",
        REQUESTS,
        "The labels of the columns are incomplete or shifted; the form's order was used: its sums hold.",
    )
    return national


def _without_lead(row: Parts, width: int) -> Parts | None:
    """The row without the blanks of its wide label, where a text export drew them as cells of their own."""
    spare = len(row.values) - width
    if spare <= 0 or any(cell.text for cell in row.values[:spare]):
        return None
    return Parts(row.labels, row.values[spare:])


def _misplaced(header: Header, order: Sequence[str | None]) -> bool:
    """Whether a label stands at another place than the form's, counting unknown labels as places."""
    if len(header) != len(order) or not header.placed:
        return False
    return any(column.key not in (None, key) for column, key in zip(header.columns, order, strict=True))


def _sums_hold(header: Header, rows: Sequence[Parts]) -> bool:
    """Whether more rows keep their own total under the header than miss it."""
    held = [row_total_holds(header, row.values) for row in rows if len(row.values) == len(header)]
    return held.count(True) > held.count(False)


def check_header(header: Header, sheet: Sheet) -> Header:
    """Say what is odd about the columns, and give them without those that nothing tells apart."""
    keys = [column.key for column in header.columns]
    for column in header.columns:
        if column.key is None:
            name = fold(column.label)
            sheet.doubt("unknown_column", REQUESTS, f"The form has no column “{name}”; it was left out.")
    for term in vocabulary().request_columns:
        if term.key not in keys:
            sheet.doubt(
                "missing_column", f"{REQUESTS}.*.{term.key}", f"The table has no column {term.label}."
            )
        elif keys.count(term.key) > 1:
            sheet.doubt(
                "repeated_column",
                f"{REQUESTS}.*.{term.key}",
                f"Two columns are headed {term.label}; both were left out.",
            )
    columns = [one if keys.count(one.key) == 1 else replace(one, key=None) for one in header.columns]
    return replace(header, columns=tuple(columns))


def question_strays(header: Header, lines: Sequence[Line], sheet: Sheet) -> None:
    """Say so where the label of a column that the header lacks stands elsewhere in the table: the columns may
    be other ones than those whose labels were found over them."""
    missing = {term.key for term in vocabulary().request_columns} - {column.key for column in header.columns}
    missing -= _ALSO_ROWS
    stray = next(
        (cell for line in lines for cell in line.own if cell.text and column_key(cell) in missing), None
    )
    if stray is not None:
        message = f"“{fold(stray.text)}” stands over no column; the others may be misread."
        sheet.doubt("unlikely_header", REQUESTS, message, stray.locator)


def row_total_holds(header: Header, slots: Sequence[Slot]) -> bool | None:
    """Whether the row's printed total is the sum of its other cells; `None` where that cannot be told."""
    total: Decimal | None = None
    rest = Decimal(0)
    for column, cell in zip(header.columns, slots, strict=True):
        printed = read_number(cell.text if cell else "")
        if not printed.understood:
            return None
        if column.key == _TOTAL:
            total = printed.value
        elif column.key:
            rest += printed.value or 0
    return None if total is None or (total == 0 and rest == 0) else total == rest
