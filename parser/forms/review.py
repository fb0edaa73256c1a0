"""Section 四, reviews and suits: one row of 15 cells under a header of two or three rows; or a table for each
kind of remedy; or a table whose rows name the remedy or the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
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
_TOTALS = frozenset({"合计", "总计", "总数", "共计", "数量", "件数", "案件数", "数目"})
_WIDEST = 500
"""Columns that a caption stands over: all of them."""


@dataclass(slots=True)
class _Piece:
    """Header lines and the rows below them."""

    heads: list[Line] = field(default_factory=list)
    rows: list[tuple[Line, Parts]] = field(default_factory=list)


def read_review(region: Region) -> Sheet:
    """The figures `review_litigation.<group>_<result>` of a region, and what is doubtful about them."""
    sheet = Sheet()
    pieces = [piece for piece in _pieces(region, sheet) if piece.rows]
    if sheet.figures or not pieces:
        return sheet
    read: list[tuple[Header, list[tuple[Line, Parts]]]] = []
    for piece in pieces:
        if _read_by_labels(piece, sheet):
            continue
        header = _header(piece.heads)
        again = next((rows for one, rows in read if header is None or one.alike(header)), None)
        if again is not None:
            again += piece.rows
        elif header is not None:
            read.append((header, piece.rows))
    if not read and not sheet.figures:
        sheet.doubt(
            "missing_header", REVIEW, "The table of reviews and suits has no header that was understood."
        )
    if read:
        _check_headers([header for header, _ in read], sheet)
    for header, rows in read:
        _read_row(header, rows, sheet)
    return sheet


def _pieces(region: Region, sheet: Sheet) -> list[_Piece]:
    """The region parted where a header begins anew below numbers. Rows of a table that is turned on its side
    are read at once."""
    pieces = [_Piece()]
    for printed in region.lines:
        line = _caption(printed) if printed.loose else printed
        row = line.parts
        labelled = any(cell.row == line.row for cell in row.labels)
        if _is_header(line) and not _is_blank_remedy(row, pieces[-1].heads):
            if pieces[-1].rows:
                pieces.append(_Piece())
            pieces[-1].heads.append(line)
        elif labelled and not any(cell.text for cell in row.values) and not lexicons().groups.knows(row.name):
            continue
        elif len(row.values) >= _FEWEST_VALUES and not line.loose:
            pieces[-1].rows.append((line, row))
        elif not line.loose:
            _read_upright(row, sheet)
    return pieces


def _is_blank_remedy(row: Parts, heads: Sequence[Line]) -> bool:
    """Whether a remedy's name and cells without a number are its row, below a header of results alone, and no
    header."""
    if len(row.labels) != 1 or len(row.values) < _FEWEST_VALUES:
        return False
    above = [cell for line in heads for cell in line.own if cell.text]
    known = lexicons()
    return any(known.results.knows(cell.text) for cell in above) and not any(
        known.groups.knows(cell.text) or fold(cell.text) == _SUITS for cell in above
    )


def _caption(line: Line) -> Line:
    """A remedy's name above a table as the header of all its columns."""
    if not line.cells or not lexicons().groups.knows(line.cells[0].text):
        return line
    return replace(line, cells=(replace(line.cells[0], colspan=_WIDEST),))


def _read_by_labels(piece: _Piece, sheet: Sheet) -> bool:
    """Read a table whose header names the results alone, and its rows the remedies, or the other way round.
    `False` where it is no such table."""
    known = lexicons()
    heads = [cell for line in piece.heads for cell in line.own if cell.text]
    results = [match.term.key for cell in heads if (match := known.results.match(cell.text))]
    groups = [match.term.key for cell in heads if (match := known.groups.match(cell.text))]
    if bool(results) == bool(groups):
        return False
    named = known.groups if results else known.results
    keys = results or groups
    rows = [(line, row, named.match(row.name)) for line, row in piece.rows]
    if len(set(keys)) != len(keys) or sum(match is not None for _, _, match in rows) < 2:
        return False
    for line, row, match in rows:
        spare = row.values[len(keys) :]
        if match is None or len(row.values) < len(keys) or any(cell.text for cell in spare):
            message = f"The row “{row.name}” ({row.numbers}) was not understood."
            sheet.doubt("unknown_row", REVIEW, message, line.locator)
            continue
        for key, cell in zip(keys, row.values, strict=False):
            group, result = (match.term.key, key) if results else (key, match.term.key)
            where = f"{REVIEW}.{group}_{result}"
            if where not in sheet.figures:
                sheet.put(where, cell)
    return True


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
    """The group of each column: the label above it, or, where a text lost the spans of the labels, the only
    one there is, or the form's order when all three groups and all their results are there in that order."""
    above = [
        next((key for key, start, end in reversed(groups) if start <= column.start < end), None)
        for column in built.columns
    ]
    if built.placed and None not in above:
        return above
    names = [column.key for column in built.columns]
    if len(groups) == 1 and len(set(names)) == len(names):
        return [groups[0][0]] * len(names)
    results = [term.key for term in vocabulary().review_results]
    order = [term.key for term in vocabulary().review_groups]
    in_order = names == results * len(order)
    if in_order and [key for key, _, _ in sorted(groups, key=lambda group: order.index(group[0]))] == order:
        return [key for key in order for _ in results]
    if in_order and len(groups) > 1 and all(_heads_its_own(built, group, order) for group in groups):
        # A page cut or a narrow span left the name of one kind of remedy out; its columns are all there.
        return [key for key in order for _ in results]
    return above if built.placed else [None] * len(built.columns)


def _heads_its_own(built: Header, group: tuple[str, int, int], order: Sequence[str]) -> bool:
    """Whether a group's label begins over one of the columns that are its in the form."""
    key, start, _ = group
    place = next((at for at, one in enumerate(built.columns) if one.start <= start < one.end), None)
    return place is not None and built.placed and order[place * len(order) // len(built)] == key


def _groups(lines: Sequence[Line]) -> list[tuple[str, int, int]]:
    """Group labels of a header with spans: key and grid columns, outer ones first."""
    found = []
    for line in lines:
        for cell in line.own:
            match = lexicons().groups.match(cell.text) if cell.text and fold(cell.text) != _SUITS else None
            if match:
                found.append((match.term.key, cell.column, cell.column + cell.colspan))
    return found


def _check_headers(headers: Sequence[Header], sheet: Sheet) -> None:
    columns = [column for header in headers for column in header.columns]
    keys = [column.key for column in columns]
    for group in vocabulary().review_groups:
        for result in vocabulary().review_results:
            where = f"{REVIEW}.{group.key}_{result.key}"
            if f"{group.key}_{result.key}" not in keys and where not in sheet.figures:
                sheet.doubt(
                    "missing_column", where, f"The table has no column {group.label} / {result.label}."
                )
    for column in columns:
        if column.key is None:
            sheet.doubt("unknown_column", REVIEW, f"The column “{fold(column.label)}” was not understood.")
        elif keys.count(column.key) > 1:
            sheet.doubt("repeated_column", f"{REVIEW}.{column.key}", "Two columns carry this label.")


def _chosen(header: Header, rows: Sequence[tuple[Line, Parts]], sheet: Sheet) -> tuple[Line, Parts] | None:
    """The table's one row of numbers; further ones are reported. Where rows have names, as those of several
    organs, it is the one that is called their total."""
    narrow = [one for one in rows if _name(*one) and 2 * len(one[1].values) < len(header)]
    fitting = [one for one in rows if one not in narrow]
    printed = [one for one in fitting if any(cell.text for cell in one[1].values)] or fitting
    plain = [one for one in printed if not _name(*one)]
    totals = [one for one in printed if _name(*one) in _TOTALS]
    named = [one for one in printed if one not in plain and one not in totals]
    first = next(iter(plain or totals or (named if len(named) == 1 else [])), None)
    left = [*narrow, *plain, *totals, *(named if plain or not totals else [])]
    for line, row in left:
        if first is None or (line is not first[0] and _texts(row) != _texts(first[1])):
            message = f"A further row of numbers was left out: {row.path}, {row.numbers}."
            sheet.doubt("second_table", REVIEW, message, line.locator)
    return first


def _name(line: Line, row: Parts) -> str:
    """The row's own label."""
    return next((fold(cell.text) for cell in reversed(row.labels) if cell.row == line.row), "")


def _texts(row: Parts) -> list[str]:
    return [cell.text for cell in row.values]


def _read_row(header: Header, rows: Sequence[tuple[Line, Parts]], sheet: Sheet) -> None:
    chosen = _chosen(header, rows, sheet)
    if chosen is None:
        return
    line, row = chosen
    name = _name(line, row)
    if name and name not in _TOTALS:
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
