"""Section 四, reviews and suits: one row of 15 cells under a header of two or three rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from parser.document import Cell
from parser.folding import fold
from parser.forms.columns import Header, build_header
from parser.forms.layout import Layout, Slot
from parser.forms.lines import Line, Parts
from parser.forms.regions import REVIEW, Region, lexicons
from parser.forms.sheet import Sheet
from parser.forms.vocabulary import vocabulary
from parser.numbers import read_number

_FEWEST_VALUES = 3
_SUITS = "行政诉讼"


def read_review(region: Region) -> Sheet:
    """The figures `review_litigation.<group>_<result>` of a region, and what is doubtful about them."""
    sheet = Sheet()
    heads: list[Line] = []
    rows: list[tuple[Line, Parts]] = []
    for line in region.lines:
        row = line.parts
        labelled = any(cell.row == line.row for cell in row.labels)
        if _is_header(line):
            if not rows:
                heads.append(line)
        elif labelled and not any(cell.text for cell in row.values):
            continue
        elif len(row.values) >= _FEWEST_VALUES and not line.loose:
            rows.append((line, row))
        elif not line.loose:
            _read_upright(row, sheet)
    if sheet.figures or not rows:
        return sheet
    header = _header(heads)
    if header is None:
        sheet.doubt(
            "missing_header", REVIEW, "The table of reviews and suits has no header that was understood."
        )
        return sheet
    _check_header(header, sheet)
    _read_row(header, rows, sheet)
    return sheet


def _is_header(line: Line) -> bool:
    return any(_token(cell) is not None for cell in line.own) and not any(
        read_number(cell.text).value is not None for cell in line.own
    )


def _token(cell: Cell) -> str | None:
    """For `build_header`: a result is a leaf, a kind of remedy a group."""
    folded = fold(cell.text)
    if not folded:
        return None
    known = lexicons()
    if folded == _SUITS or known.groups.match(cell.text):
        return ""
    match = known.results.match(cell.text)
    return match.term.key if match else None


def _header(lines: Sequence[Line]) -> Header | None:
    """The 15 columns, each named `<group>_<result>`."""
    built = build_header(lines, _token, limit=len(vocabulary().review_results))
    if built is None:
        return None
    groups = _groups_over(built, _groups(lines))
    columns = [
        replace(column, key=f"{group}_{column.key}" if group and column.key else None)
        for column, group in zip(built.columns, groups, strict=True)
    ]
    return replace(built, columns=tuple(columns))


def _groups_over(built: Header, groups: Sequence[tuple[str, int, int]]) -> list[str | None]:
    """The group of each column: the label above it, or, where a text lost the spans of the labels, the form's
    order when all three groups and all their results are there in that order."""
    above = [
        next((key for key, start, end in reversed(groups) if start <= column.start < end), None)
        for column in built.columns
    ]
    if built.placed and None not in above:
        return above
    results = [term.key for term in vocabulary().review_results]
    order = [term.key for term in vocabulary().review_groups]
    in_order = [column.key for column in built.columns] == results * len(order)
    if in_order and [key for key, _, _ in sorted(groups, key=lambda group: order.index(group[0]))] == order:
        return [key for key in order for _ in results]
    return above if built.placed else [None] * len(built.columns)


def _groups(lines: Sequence[Line]) -> list[tuple[str, int, int]]:
    """Group labels of a header with spans: key and grid columns, outer ones first."""
    found = []
    for line in lines:
        for cell in line.own:
            match = lexicons().groups.match(cell.text) if cell.text and fold(cell.text) != _SUITS else None
            if match:
                found.append((match.term.key, cell.column, cell.column + cell.colspan))
    return found


def _check_header(header: Header, sheet: Sheet) -> None:
    keys = [column.key for column in header.columns]
    for group in vocabulary().review_groups:
        for result in vocabulary().review_results:
            if f"{group.key}_{result.key}" not in keys:
                where = f"{REVIEW}.{group.key}_{result.key}"
                sheet.doubt(
                    "missing_column", where, f"The table has no column {group.label} / {result.label}."
                )
    for column in header.columns:
        if column.key is None:
            sheet.doubt("unknown_column", REVIEW, f"The column “{fold(column.label)}” was not understood.")
        elif keys.count(column.key) > 1:
            sheet.doubt("repeated_column", f"{REVIEW}.{column.key}", "Two columns carry this label.")


def _read_row(header: Header, rows: Sequence[tuple[Line, Parts]], sheet: Sheet) -> None:
    """The table has one row of numbers; further ones are reported."""
    printed = [one for one in rows if any(cell.text for cell in one[1].values)] or list(rows)
    (line, row), *others = printed
    for other, more in others:
        numbers = ", ".join(cell.text for cell in more.values)
        if [cell.text for cell in more.values] != [cell.text for cell in row.values]:
            sheet.doubt(
                "second_table", REVIEW, f"A further row of numbers was left out: {numbers}.", other.locator
            )
    if row.labels and any(cell.row == line.row for cell in row.labels):
        name = fold(row.labels[-1].text)
        sheet.doubt("unknown_row", REVIEW, f"The row of numbers has a label, “{name}”.", line.locator)
    laid = Layout(header, rows).lay(line, row, lambda slots: _totals_hold(header, slots))
    if laid.doubt:
        sheet.doubt("column_alignment", REVIEW, f"The row is hard to align: {laid.doubt}.", line.locator)
    for column, cell in zip(header.columns, laid.slots, strict=True):
        key = f"{REVIEW}.{column.key}"
        if cell is not None and column.key and key not in sheet.figures:
            sheet.put(key, cell)


def _totals_hold(header: Header, slots: Sequence[Slot]) -> bool | None:
    """Whether each group's total is the sum of its results; `None` where no group can be told."""
    sums: dict[str, Decimal] = {}
    totals: dict[str, Decimal] = {}
    for column, cell in zip(header.columns, slots, strict=True):
        if column.key is None:
            continue
        group, _, result = column.key.rpartition("_")
        value = read_number(cell.text if cell else "").value
        if result == "total":
            if value is not None:
                totals[group] = value
        else:
            sums[group] = sums.get(group, Decimal(0)) + (value or 0)
    told = [sums.get(group, Decimal(0)) == total for group, total in totals.items()]
    return all(told) if told else None


def _read_upright(row: Parts, sheet: Sheet) -> None:
    """A table turned on its side: group and result are row labels, with one number behind them."""
    if len(row.values) != 1 or not row.labels:
        return
    result = lexicons().results.match(row.labels[-1].text)
    group = next(
        (
            match.term.key
            for cell in reversed(row.labels[:-1])
            if (match := lexicons().groups.match(cell.text)) is not None
        ),
        None,
    )
    if result is not None and group is not None:
        key = f"{REVIEW}.{group}_{result.term.key}"
        if key not in sheet.figures:
            sheet.put(key, row.values[0])
