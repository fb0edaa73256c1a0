"""OpenDocument spreadsheets: their cells carry the text that the sheet shows."""

from __future__ import annotations

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Block, Document, State, Unreadable
from parser.readers.sheet_content import MOST_COLUMNS, SheetContent

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_MOST_ROWS = 1_048_576
_MOST_COPIES = 1000


def document(root: Element) -> Document:
    """The sheets that a `content.xml` shows. Raises `Unreadable` where there are none."""
    body = root.find(f"{_OFFICE}body")
    spreadsheet = body.find(f"{_OFFICE}spreadsheet") if body is not None else None
    if spreadsheet is None:
        raise Unreadable(State.UNSUPPORTED, "The OpenDocument file is neither a text nor a spreadsheet.")
    blocks: list[Block] = []
    notes: list[str] = []
    unseen = _unseen_styles(root)
    for table in spreadsheet.findall(f"{_TABLE}table"):
        content = SheetContent(table.get(f"{_TABLE}name", ""))
        _fill(content, table)
        shown = list(content.blocks())
        if shown and table.get(f"{_TABLE}style-name") in unseen:
            notes.append(f"The sheet “{content.name}” is hidden; it is left out.")
            continue
        blocks.extend(shown)
        notes.extend(content.notes.values())
    if not blocks:
        raise Unreadable(State.EMPTY, "No sheet of the workbook shows anything.")
    return Document("ods", tuple(blocks), notes=tuple(notes))


def _unseen_styles(root: Element) -> set[str]:
    """The styles of tables that hide a sheet."""
    return {
        style.get(f"{_STYLE}name", "")
        for style in root.iter(f"{_STYLE}style")
        for properties in style.iter(f"{_STYLE}table-properties")
        if properties.get(f"{_TABLE}display") == "false"
    }


def _fill(content: SheetContent, table: Element) -> None:
    number = 0
    for row in table.iter(f"{_TABLE}table-row"):
        cells = [(cell, _times(cell, "number-columns-repeated", MOST_COLUMNS)) for cell in row]
        filled = any(len(cell) for cell, _ in cells)
        copies = _times(row, "number-rows-repeated", _MOST_COPIES if filled else _MOST_ROWS)
        for place in range(number, number + (copies if filled else 0)):
            if row.get(f"{_TABLE}visibility") in ("collapse", "filter"):
                content.hidden_rows.add(place)
            _fill_row(content, place, cells)
        number += copies


def _fill_row(content: SheetContent, row: int, cells: list[tuple[Element, int]]) -> None:
    column = 0
    for cell, times in cells:
        text = "\n".join("".join(one.itertext()) for one in cell.findall(f"{_TEXT}p"))
        for place in range(column, min(column + times, MOST_COLUMNS) if text else column):
            content.put(row, place, text)
        down = _times(cell, "number-rows-spanned", _MOST_COPIES)
        across = _times(cell, "number-columns-spanned", MOST_COLUMNS)
        if down * across > 1:
            content.merged.append((row, column, row + down - 1, column + across - 1))
        column += times


def _times(element: Element, name: str, most: int) -> int:
    text = element.get(f"{_TABLE}{name}") or "1"
    return max(1, min(int(text[:9]), most)) if text.isascii() and text.isdigit() else 1
