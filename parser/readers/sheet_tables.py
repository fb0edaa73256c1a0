"""The tables of a sheet, told from the lines of text between them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import accumulate, groupby, pairwise

from parser.document import Block, Cell, Grid, Paragraph
from parser.readers.sheet_sides import beside_tables

_WIDE = 0.6
"""The share of a table's width from which a merged line is written across it."""

_WIDEST = 5
"""Columns that are enough for that, however wide the table is."""

_NO_WORD = re.compile(r"^[^\u4e00-\u9fff]*$|^[-−]?\d(?!\d?[.．、]\D)")
_COUNTED = re.compile(r"^[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)、.．]")
_HAN = re.compile("[\u4e00-\u9fff]")
_SENTENCE = re.compile(
    r"(?<!^注)[。；].*[\u4e00-\u9fff]|[，,：].*。$|(?:负责人|审核人|填[报表]人|电话|填[报表]日期)[:：]",
    re.DOTALL,
)
"""A sentence that goes on, one that ends, or who signs a table."""
_SECTION = re.compile(r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])")
_HEAD_ROWS = 3
"""Rows below a heading in which the head of its table begins."""
_FEWEST_HEADS = 3
_FEWEST_COUNTED = 6
"""Words of a row that make it the head of a table though they are counted, as the labels of rows are."""


def tables_and_lines(cells: Iterable[Cell], apart: Collection[int] = ()) -> Iterator[Block]:
    """The tables of a sheet, and the lines of text that are written across it or below a table, in reading
    order. `cells` come row by row; `apart` are the rows with an empty one above them. For whatever holds a
    whole sheet as one table."""
    rows = [list(row) for _, row in groupby(cells, lambda cell: cell.row)]
    if not rows:
        return
    notes = _take_notes(rows, apart)
    table: list[Cell] = []
    columns: set[int] = set()
    labels: set[tuple[int, int]] = set()
    reach = 0
    empty = {number for number, row in enumerate(rows) if not any(cell.text for cell in row)}
    below_tables = set(_below_tables(rows, {*apart, *(number + 1 for number in empty)}))
    for number, (row, width) in enumerate(zip(rows, _widths(rows), strict=True)):
        if number >= reach and number in below_tables:
            if table:
                yield _grid(table)
                table, columns, labels = [], set(), set()
            text = next(cell for cell in row if cell.text)
            yield Paragraph(text.text, text.locator)
            continue
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
    for note in notes:
        yield Paragraph(note.text, note.locator)


def _take_notes(rows: list[list[Cell]], apart: Collection[int]) -> list[Cell]:
    """The notes beside tables, taken out of their rows. A table ends at an empty row, or where a heading
    has the head of another one below it."""
    notes: list[Cell] = []
    titled = {
        number
        for number, row in enumerate(rows)
        if _line(row) and _heading(row) and any(map(_heads, rows[number + 1 : number + 1 + _HEAD_ROWS]))
    }
    bounds = [0, *sorted({*apart, *titled}), len(rows)]
    for first, last in pairwise(bounds):
        notes += beside_tables(rows[first:last], _heads)
    taken = {(note.row, note.column) for note in notes}
    for number, row in enumerate(rows):
        if any((cell.row, cell.column) in taken for cell in row):
            rows[number] = [
                replace(cell, text="") if (cell.row, cell.column) in taken else cell for cell in row
            ]
    return notes


def _line(row: list[Cell]) -> Cell | None:
    """The only cell with text of a row, where it can be a line of running text: no cell of the row, be it
    empty, goes on in the next one."""
    filled = [cell for cell in row if cell.text]
    if len(filled) != 1 or any(cell.rowspan > 1 for cell in row) or filled[0].text[0].isdigit():
        return None
    return filled[0]


def _below_tables(rows: list[list[Cell]], apart: Collection[int]) -> Iterator[int]:
    """The rows of running text below a table, each in one cell that nobody merged: from the first one that
    stands apart or is a sentence, with the heading above it, to the head of the next table or the end."""
    run: list[int] = []
    for number, row in enumerate([*rows, []]):
        alone = [cell.text for cell in row if cell.text]
        if len(alone) == 1 and _HAN.search(alone[0]) and all(cell.rowspan == 1 for cell in row):
            run.append(number)
            continue
        if not row or _heads(row):
            yield from _from_first_line(rows, run, apart)
        run = []


def _from_first_line(rows: list[list[Cell]], run: list[int], apart: Collection[int]) -> list[int]:
    for place, number in enumerate(run):
        cell = next(cell for cell in rows[number] if cell.text)
        if cell.colspan == 1 and (number in apart or _SENTENCE.search(cell.text)):
            first = place
            while first and number not in apart and _is_plain_heading(rows[run[first - 1]]):
                first -= 1
            return run[first:]
    return []


def _is_plain_heading(row: list[Cell]) -> bool:
    return _heading(row) and all(cell.colspan == 1 for cell in row if cell.text)


def _heading(row: list[Cell]) -> bool:
    cell = next(cell for cell in row if cell.text)
    return _SECTION.match(cell.text) is not None


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
