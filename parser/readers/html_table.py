"""HTML tables as grids, with spans expanded as browsers do and wrong spans taken for what they can mean."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Cell, Grid, Locator
from parser.readers.html_text import is_hidden, paths, text_of

MOST_COLUMNS = 200
"""A table is not wider than this; a larger colspan is a slip of the pen."""

_SPAN = re.compile(r"^\s*\+?(\d{1,6})")
_LONG_TEXT = 300
_PARAGRAPHS = 6
_ARTICLE = 3000


def is_layout(table: Element) -> bool:
    """Whether a table lays out the page rather than holding data: it has tables, headings or whole articles
    in its cells."""
    if next(table.iterdescendants("table", "h1", "h2", "iframe"), None) is not None:
        return True
    return any(
        (number == 0 or length > _ARTICLE or sum(1 for _ in cell.iter("p")) >= _PARAGRAPHS)
        for number, row in enumerate(_rows(table))
        for cell in _cells(row)
        if (length := len("".join(cell.itertext()))) > _LONG_TEXT
    )


def build_grid(table: Element, with_hidden: bool = False) -> Grid:
    """The cells of a data table at the places where a browser draws them.

    A rowspan ends with its row group and with the table; a span that is no number, or 0, counts as 1.
    """
    rows = [row for row in _rows(table) if with_hidden or not is_hidden(row)]
    taken: set[tuple[int, int]] = set()
    cells: list[Cell] = []
    base = paths(table)
    for number, row in enumerate(rows):
        column = 0
        row_path: str | None = None
        counts: dict[str, int] = {}
        kinds = {tag: sum(1 for child in row if child.tag == tag) for tag in ("td", "th")}
        for element in _cells(row):
            tag = str(element.tag)
            counts[tag] = counts.get(tag, 0) + 1
            if is_hidden(element) and not with_hidden:
                continue
            while (number, column) in taken:
                column += 1
            rowspan = min(_span(element, "rowspan"), len(rows) - number)
            colspan = min(_span(element, "colspan"), MOST_COLUMNS)
            if row_path is None:
                row_path = paths(row)
            step = f"{tag}[{counts[tag]}]" if kinds[tag] > 1 else tag
            cells.append(
                Cell(
                    row=number,
                    column=column,
                    text=text_of(element, with_hidden),
                    rowspan=rowspan,
                    colspan=colspan,
                    locator=Locator(xpath=f"{row_path}/{step}"),
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
    return Grid(tuple(_narrowed(cells)), Locator(xpath=base))


def _narrowed(cells: list[Cell]) -> Iterator[Cell]:
    """Cells clamped to the table's width: what a single cell in its row claims beyond all others is not
    there."""
    width = max((cell.column + 1 for cell in cells), default=0)
    for cell in cells:
        if cell.colspan > 1 and cell.column + cell.colspan > width:
            others = [
                one.column + one.colspan for one in cells if one is not cell and one.colspan < MOST_COLUMNS
            ]
            edge = max([width, *others])
            if cell.column + cell.colspan > edge:
                yield Cell(
                    cell.row,
                    cell.column,
                    cell.text,
                    cell.rowspan,
                    max(1, edge - cell.column),
                    cell.locator,
                    cell.header,
                )
                continue
        yield cell


def _span(element: Element, name: str) -> int:
    """`5px` is 5, `0`, `-1`, `auto` and nothing are 1."""
    found = _SPAN.match(element.get(name) or "")
    return max(1, int(found.group(1))) if found else 1


def _rows(table: Element) -> Iterator[Element]:
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in ("tbody", "thead", "tfoot"):
            yield from (row for row in child if row.tag == "tr")


def _cells(row: Element) -> Iterator[Element]:
    return (child for child in row if child.tag in ("td", "th"))
