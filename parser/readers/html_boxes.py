"""Tables that a page draws without `<table>`: boxes that CSS or ARIA roles make rows and cells, and blocks in
blocks that are built like rows and filled like a table.

Spans are those of `aria-colspan`, of a CSS grid's `span`, or none at all: a box that only looks wider tells
nobody over what it stands. Rows then simply have fewer cells, as in a text export.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Cell, Grid, Locator
from parser.numbers import read_number
from parser.readers.html_text import BLOCK_TAGS, SKIPPED_TAGS, paths, text_of

MOST_CELLS = 20_000
"""Boxes of one page that are placed; a report's tables have some 400 cells."""

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_CLASS = re.compile(r"(?:^|[\s>+~\w])\.([\w-]+)\s*$")
_DECLARED = re.compile(
    r"(?:^|[;\s])(display|grid-template-columns|grid-column|grid-row)\s*:\s*([^;!]+)", re.IGNORECASE
)
_REPEAT = re.compile(r"repeat\(\s*(\d{1,3})\s*,[^()]*(?:\([^()]*\)[^()]*)*\)")
_SPAN = re.compile(r"span\s+(\d{1,3})")
_LINES = re.compile(r"^\s*(\d{1,3})\s*/\s*(\d{1,3})\s*$")
_GROUPS = frozenset({"table-row-group", "table-header-group", "table-footer-group"})
_TABLES = frozenset({"table", "inline-table"})
_GRIDS = frozenset({"grid", "inline-grid"})
_ROW_TAGS = frozenset({"div", "section", "li", "ul", "dl", "ol", "article"})
_CELL_TAGS = frozenset({"div", "section", "p", "li", "dd", "dt", "ul"})
_FAR_TOO_LONG = 400
_LONGEST = 120
_FEWEST_ROWS = 3
_FEWEST_CELLS = 3
_FEWEST_VALUES = 3
_WIDEST = 200

Styles = dict[str, str]


@dataclass(frozen=True, slots=True)
class Box:
    """An element as a cell, with its spans."""

    element: Element
    wide: int = 1
    deep: int = 1


class Boxes:
    """Finds such tables on one page, without the elements in `hidden`."""

    def __init__(self, tree: Element, hidden: frozenset[Element]) -> None:
        self._hidden = hidden
        self._classes: dict[str, Styles] = {}
        self._left = MOST_CELLS
        for sheet in tree.iter("style"):
            for selectors, body in _RULE.findall(sheet.text or ""):
                declared = _declared(body)
                for selector in selectors.split(",") if declared else ():
                    if found := _CLASS.search(selector):
                        self._classes.setdefault(found[1], {}).update(declared)

    def table(self, element: Element) -> Grid | None:
        """The grid that an element itself says it is, if it does."""
        if element.get("role") in ("table", "grid", "treegrid"):
            drawn = list(_with_role(element, frozenset({"row"})))
            if not set(drawn).isdisjoint(row.getparent() for row in drawn):
                return None
            rows = ([_with_aria(cell) for cell in _with_role(row, _CELL_ROLES)] for row in drawn)
            return self._grid(element, rows)
        if "display" not in (element.get("style") or "") and not self._is_styled(element):
            return None
        styles = self._styles(element)
        display = styles.get("display")
        if display in _TABLES:
            return self._grid(
                element, ([Box(cell) for cell in self._seen(row)] for row in self._rows(element))
            )
        columns = _columns(styles.get("grid-template-columns", "")) if display in _GRIDS else 0
        if columns > 1:
            return self._grid(element, self._filled(element, columns))
        return None

    def runs(self, element: Element) -> dict[Element, tuple[Grid, Element]]:
        """Tables among the children of an element, by their first child, each with its last one."""
        children = self._seen(element)
        if len(children) < _FEWEST_ROWS or self._left <= 0:
            return {}
        found: dict[Element, tuple[Grid, Element]] = {}
        run: list[tuple[Element, list[Element]]] = []
        for child in (*children, None):
            may_be = child is not None and (run or child.tag in _ROW_TAGS)
            row = self._row(child) if may_be else None
            if row is not None and (len(row) > 1 or run):
                run.append((child, row))
                continue
            while run and len(run[-1][1]) == 1:
                run.pop()
            if self._is_filled(run):
                grid = self._grid(run[0][0], ([Box(cell) for cell in cells] for _, cells in run))
                if grid is not None:
                    found[run[0][0]] = grid, run[-1][0]
            run = []
        return found

    def _is_styled(self, element: Element) -> bool:
        names = element.get("class") if self._classes else None
        return names is not None and not self._classes.keys().isdisjoint(names.split())

    def _styles(self, element: Element) -> Styles:
        styles: Styles = {}
        for name in (element.get("class") or "").split():
            styles.update(self._classes.get(name, {}))
        styles.update(_declared(element.get("style") or ""))
        return styles

    def _seen(self, element: Element) -> list[Element]:
        return [
            child
            for child in element
            if isinstance(child.tag, str) and child.tag not in SKIPPED_TAGS and child not in self._hidden
        ]

    def _rows(self, table: Element) -> Iterator[Element]:
        """The rows of a table of CSS, through the groups that they may be in."""
        for child in self._seen(table):
            if self._styles(child).get("display") in _GROUPS:
                yield from self._seen(child)
            else:
                yield child

    def _filled(self, element: Element, columns: int) -> Iterator[list[Box]]:
        """The boxes of a CSS grid as its browser places them: one behind the other, row after row."""
        reach = [0] * columns
        row: list[Box] = []
        number = place = 0
        for child in self._seen(element):
            styles = self._styles(child)
            box = Box(
                child, min(_span(styles.get("grid-column", "")), columns), _span(styles.get("grid-row", ""))
            )
            while place + box.wide > columns or any(end > number for end in reach[place : place + box.wide]):
                place += 1
                if place + box.wide > columns:
                    yield row
                    row, place, number = [], 0, number + 1
            row.append(box)
            reach[place : place + box.wide] = [number + box.deep] * box.wide
            place += box.wide
        yield row

    def _row(self, element: Element) -> list[Element] | None:
        """The cells of a block that may be a row of a table: blocks alone, each with a few words; one cell
        where it has no blocks in it. `None` for any other."""
        while True:
            if element.tag not in _ROW_TAGS or _has_own_text(element):
                return None if len(element) or element.tag not in _CELL_TAGS else self._short([element])
            inner = self._seen(element)
            if len(inner) != 1 or inner[0].tag not in BLOCK_TAGS:
                break
            if inner[0].tag not in _ROW_TAGS:
                return self._short(inner)
            element = inner[0]
        if len(inner) < 2 or any(cell.tag not in _CELL_TAGS for cell in inner):
            return None
        return self._short(inner)

    def _short(self, cells: list[Element]) -> list[Element] | None:
        for cell in cells:
            if _is_long(cell) or cell.find(".//table") is not None:
                return None
            if len(text_of(cell, self._hidden)) > _LONGEST:
                return None
        return cells

    def _is_filled(self, run: Sequence[tuple[Element, list[Element]]]) -> bool:
        """Whether rows hold what a table holds: several of them, and values in more than one column."""
        rows = [cells for _, cells in run if len(cells) > 1]
        if len(rows) < _FEWEST_ROWS or max(map(len, rows)) < _FEWEST_CELLS:
            return False
        valued = (
            read_number(text_of(cell, self._hidden)).value is not None for cells in rows for cell in cells
        )
        return sum(valued) >= _FEWEST_VALUES

    def _grid(self, element: Element, rows: Iterable[Sequence[Box]]) -> Grid | None:
        """The boxes at their places; `None` where they are no table."""
        cells: list[Cell] = []
        taken: set[tuple[int, int]] = set()
        for number, boxes in enumerate(rows):
            column = 0
            for box in boxes:
                while (number, column) in taken:
                    column += 1
                self._left -= 1
                if column >= _WIDEST or self._left < 0:
                    break
                text, locator = text_of(box.element, self._hidden), Locator(xpath=paths(box.element))
                cells.append(Cell(number, column, text, box.deep, box.wide, locator))
                taken.update(
                    (number + down, column + across)
                    for down in range(1, box.deep)
                    for across in range(box.wide)
                )
                column += box.wide
        whole = Grid(tuple(cells), Locator(xpath=paths(element)))
        if (
            whole.rows < 2
            or whole.columns < 2
            or not any(read_number(cell.text).value is not None for cell in cells)
        ):
            return None
        return whole


_CELL_ROLES = frozenset({"cell", "columnheader", "rowheader", "gridcell"})


def _with_role(element: Element, roles: frozenset[str]) -> Iterator[Element]:
    return (one for one in element.iterdescendants() if one.get("role") in roles)


def _with_aria(cell: Element) -> Box:
    wide, deep = (cell.get(name) or "" for name in ("aria-colspan", "aria-rowspan"))
    return Box(
        cell, *(int(span) if span.isdecimal() and 0 < int(span) < _WIDEST else 1 for span in (wide, deep))
    )


def _declared(style: str) -> Styles:
    return {name.lower(): value.strip().lower() for name, value in _DECLARED.findall(style)}


def _columns(template: str) -> int:
    """How many columns a `grid-template-columns` names."""
    repeated = sum(int(count) for count in _REPEAT.findall(template))
    return min(repeated + len(_REPEAT.sub(" ", template).split()), _WIDEST)


def _span(placed: str) -> int:
    """How many columns or rows a `grid-column` or `grid-row` covers."""
    if found := _SPAN.search(placed):
        return min(max(int(found[1]), 1), _WIDEST)
    if found := _LINES.match(placed):
        return min(max(int(found[2]) - int(found[1]), 1), _WIDEST)
    return 1


def _is_long(cell: Element) -> bool:
    """Whether there is far more text in an element than in a cell, unseen text counted too. Most of those
    that are asked about hold a good part of the page, whose text nobody has to put together for that."""
    length = 0
    for piece in cell.itertext():
        length += len(piece.strip())
        if length > _FAR_TOO_LONG:
            return True
    return False


def _has_own_text(element: Element) -> bool:
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)
