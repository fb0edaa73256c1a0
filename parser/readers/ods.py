"""OpenDocument spreadsheets: their cells carry the text that the sheet shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Document, State, Unreadable
from parser.readers.cell_numbers import shown_as
from parser.readers.odt_lists import STYLE, TEXT
from parser.readers.odt_words import DRAW, OFFICE, Words
from parser.readers.sheet_content import MOST_COLUMNS, SheetContent, shown

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_HIDDEN = ("collapse", "filter")
_MOST_ROWS = 1_048_576
_MOST_COPIES = 1000


def document(root: Element) -> Document:
    """The sheets that a `content.xml` shows. Raises `Unreadable` where there are none."""
    body = root.find(f"{OFFICE}body")
    spreadsheet = body.find(f"{OFFICE}spreadsheet") if body is not None else None
    if spreadsheet is None:
        raise Unreadable(State.UNSUPPORTED, "The OpenDocument file is neither a text nor a spreadsheet.")
    unseen = _unseen_styles(root)
    words = Words()
    words.learn(root)
    return shown("ods", (_sheet(table, unseen, words) for table in spreadsheet.findall(f"{_TABLE}table")))


def _unseen_styles(root: Element) -> set[str]:
    """The styles of tables that hide a sheet."""
    return {
        style.get(f"{STYLE}name", "")
        for style in root.iter(f"{STYLE}style")
        for properties in style.iter(f"{STYLE}table-properties")
        if properties.get(f"{_TABLE}display") == "false"
    }


@dataclass(frozen=True, slots=True)
class _Looks:
    """The styles of words, and those that cells of a row have unless they say otherwise."""

    words: Words
    row: str | None
    columns: list[str]

    def strikes_out(self, cell: Element, column: int) -> bool:
        """Whether a cell is struck out as a whole."""
        of_column = self.columns[column] if column < len(self.columns) else ""
        return (cell.get(f"{_TABLE}style-name") or self.row or of_column) in self.words.away


def _sheet(table: Element, unseen: set[str], words: Words) -> SheetContent:
    content = SheetContent(table.get(f"{_TABLE}name", ""), table.get(f"{_TABLE}style-name") in unseen)
    number = 0
    columns: list[str] = []
    for shapes in table.findall(f"{_TABLE}shapes"):
        content.boxes += [(0, 0, text) for text in _boxes(shapes, words)]
    for column in table.iter(f"{_TABLE}table-column"):
        times = _times(column, "number-columns-repeated", MOST_COLUMNS - len(columns))
        if column.get(f"{_TABLE}visibility") in _HIDDEN:
            content.hidden_columns.update(range(len(columns), len(columns) + times))
        columns += [column.get(f"{_TABLE}default-cell-style-name", "")] * times
        if len(columns) >= MOST_COLUMNS:
            break
    for row in table.iter(f"{_TABLE}table-row"):
        cells = [(cell, _times(cell, "number-columns-repeated", MOST_COLUMNS)) for cell in row]
        filled = any(len(cell) for cell, _ in cells)
        copies = _times(row, "number-rows-repeated", _MOST_COPIES if filled else _MOST_ROWS)
        for place in range(number, number + (copies if filled else 0)):
            if row.get(f"{_TABLE}visibility") in _HIDDEN:
                content.hidden_rows.add(place)
            looks = _Looks(words, row.get(f"{_TABLE}default-cell-style-name"), columns)
            _fill_row(content, place, cells, looks)
        number += copies
    return content


def _fill_row(content: SheetContent, row: int, cells: list[tuple[Element, int]], looks: _Looks) -> None:
    column = 0
    for cell, times in cells:
        away = looks.strikes_out(cell, column)
        text = "" if away else "\n".join(map(looks.words.spoken, cell.findall(f"{TEXT}p")))
        if away and len(cell):
            content.note_struck(row, column)
        value = None if away else _value(cell)
        if value is not None:
            found = shown_as(text, value)
            content.note_shown(row, column, value, found, text)
            text = found.text
        for place in range(column, min(column + times, MOST_COLUMNS) if text else column):
            content.put(row, place, text)
        content.boxes += [(row, column, line) for line in _boxes(cell, looks.words)]
        down = _times(cell, "number-rows-spanned", _MOST_COPIES)
        across = _times(cell, "number-columns-spanned", MOST_COLUMNS)
        if down * across > 1:
            content.merged.append((row, column, row + down - 1, column + across - 1))
        column += times


def _value(cell: Element) -> float | None:
    """The number that a cell holds; shares are as the sheet shows them."""
    if cell.get(f"{OFFICE}value-type") not in ("float", "currency"):
        return None
    try:
        return float(cell.get(f"{OFFICE}value") or "")
    except ValueError:
        return None


def _boxes(element: Element, words: Words) -> Iterator[str]:
    """The paragraphs of shapes that stand at a cell or on the sheet."""
    for child in element:
        if str(child.tag).startswith(DRAW):
            for paragraph in child.iter(f"{TEXT}p"):
                if text := words.spoken(paragraph).strip():
                    yield text


def _times(element: Element, name: str, most: int) -> int:
    text = element.get(f"{_TABLE}{name}") or "1"
    return max(1, min(int(text[:9]), most)) if text.isascii() and text.isdigit() else 1
