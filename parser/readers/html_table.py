"""HTML tables as grids, with spans expanded as browsers do and wrong spans taken for what they can mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Cell, Grid, Locator
from parser.readers.html_text import paths, text_of

MOST_COLUMNS = 200
"""A table is not wider than this; a larger colspan is a slip of the pen."""

_SPAN = re.compile(r"^\s*\+?(\d{1,6})")
_LONG_TEXT = 300
_PARAGRAPHS = 6
_ARTICLE = 3000
_LONG_LINE = 40
_LINES_OF_SHEET = 2
_CELLS_OF_SHEET = 3
_FEWEST_FRAMES = 6
_CELLS_FOR_ONE = 20
"""Cells of a data table for each table inside one of them."""


def has_layout_parts(table: Element) -> bool:
    """Whether a table holds what no data table does: other tables, headings, frames. Tables in a few cells of
    many, as an editor leaves them behind round a pasted text, lay out nothing; nor do frames round cells."""
    if next(table.iterdescendants("h1", "h2", "iframe"), None) is not None:
        return True
    inner = sum(1 for _ in table.iterdescendants("table"))
    if not inner:
        return False
    cells = sum(1 for row in _rows(table) for cell in row if cell.tag in ("td", "th"))
    if inner >= _FEWEST_FRAMES and 2 * inner >= cells and all(map(_is_frame, table.iterdescendants("table"))):
        return False
    return cells < _CELLS_FOR_ONE * inner


def _is_frame(table: Element) -> bool:
    """Whether a table is no more than the frame round one cell."""
    cells = (cell for row in _rows(table) for cell in row if cell.tag in ("td", "th"))
    return next(cells, None) is not None and next(cells, None) is None


def lays_out(grid: Grid) -> bool:
    """Whether a grid holds whole articles in its cells: it lays out the page rather than data."""
    return any(
        len(cell.text) > _LONG_TEXT
        and (cell.row == 0 or len(cell.text) > _ARTICLE or cell.text.count("\n") >= _PARAGRAPHS)
        for cell in grid.cells
    )


def holds_sheet(grid: Grid) -> bool:
    """Whether a grid is the whole sheet of a workbook, text and tables: it begins with a line across it, and
    has lines of running text across it as well as rows of many cells."""
    filled: dict[int, list[Cell]] = {}
    for cell in grid.cells:
        if cell.text:
            filled.setdefault(cell.row, []).append(cell)
    rows = list(filled.values())
    lines = [row[0] for row in rows if len(row) == 1 and row[0].rowspan == 1]
    spoken = sum(1 for cell in lines if _LONG_LINE < len(cell.text) < _ARTICLE)
    return (
        bool(rows)
        and len(rows[0]) == 1
        and spoken >= _LINES_OF_SHEET
        and max(len(row) for row in rows) >= _CELLS_OF_SHEET
    )


def build_grid(table: Element, hidden: frozenset[Element]) -> Grid:
    """The cells of a table at the places where a browser draws them, without those in `hidden`.

    A rowspan ends with the table; a span that is no number, or 0, counts as 1; what lies right of
    `MOST_COLUMNS` is left out.
    """
    rows = [row for row in _rows(table) if row not in hidden]
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    for number, row in enumerate(rows):
        column = 0
        for element, tag, path in _cells(row):
            if element in hidden:
                continue
            while (number, column) in taken:
                column += 1
            if column >= MOST_COLUMNS:
                break
            rowspan = min(_span(written), len(rows) - number) if (written := element.get("rowspan")) else 1
            colspan = min(_span(written), MOST_COLUMNS - column) if (written := element.get("colspan")) else 1
            cells.append(
                Cell(
                    row=number,
                    column=column,
                    text=text_of(element, hidden),
                    rowspan=rowspan,
                    colspan=colspan,
                    locator=Locator(xpath=path),
                    header=tag == "th",
                )
            )
            if rowspan > 1:
                taken.update(
                    (below, place)
                    for below in range(number + 1, number + rowspan)
                    for place in range(column, column + colspan)
                )
            column += colspan
    return Grid(tuple(_narrowed(cells)), Locator(xpath=paths(table)))


def _narrowed(cells: list[Cell]) -> Iterator[Cell]:
    """Cells clamped to the table's width, which those that claim all columns there can be do not make."""
    ends = [cell.column + cell.colspan for cell in cells]
    if max(ends, default=0) < MOST_COLUMNS:
        yield from cells
        return
    starts = [cell.column + 1 for cell in cells]
    width = max((end for end in (*starts, *ends) if end < MOST_COLUMNS), default=MOST_COLUMNS)
    for cell, end in zip(cells, ends, strict=True):
        yield cell if end <= width else replace(cell, colspan=max(1, width - cell.column))


def _span(written: str) -> int:
    """`5px` is 5, `0`, `-1` and `auto` are 1."""
    found = _SPAN.match(written)
    return max(1, int(found.group(1))) if found else 1


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("tbody", "thead", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _cells(row: Element) -> list[tuple[Element, str, str]]:
    """The cells of a row, each with its tag and its absolute XPath."""
    cells = [(child, tag) for child in row if (tag := child.tag) in ("td", "th")]
    if not cells:
        return []
    base = paths(row)
    many = Counter([tag for _, tag in cells])
    seen: dict[str, int] = {}
    found = []
    for cell, tag in cells:
        seen[tag] = number = seen.get(tag, 0) + 1
        place = f"[{number}]" if many[tag] > 1 else ""
        found.append((cell, tag, f"{base}/{tag}{place}"))
    return found
