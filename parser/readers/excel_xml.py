"""The workbook of Excel 2003 in one XML file, which many export programs write under the name of an XLS."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element as Element  # type: ignore[import-untyped]

from parser.document import Document
from parser.folding import RAISED
from parser.readers.cell_numbers import GENERAL
from parser.readers.sheet_content import MOST_COLUMNS, SheetContent, shown

_SPACE = "{urn:schemas-microsoft-com:office:spreadsheet}"
_EXCEL = "{urn:schemas-microsoft-com:office:excel}"
_FORMATS = {
    "General Number": GENERAL,
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Percent": "0.00%",
    "Currency": "#,##0.00",
}
_MOST_ROWS = 1_048_576


def document(root: Element) -> Document:
    """The sheets that such a workbook shows. Raises `Unreadable` where there are none."""
    formats = dict(_formats(root))
    return shown("xml", (_sheet(sheet, formats) for sheet in root.iter(f"{_SPACE}Worksheet")))


def _formats(root: Element) -> Iterator[tuple[str, str]]:
    for style in root.iter(f"{_SPACE}Style"):
        written = style.find(f"{_SPACE}NumberFormat")
        code = written.get(f"{_SPACE}Format", GENERAL) if written is not None else GENERAL
        yield style.get(f"{_SPACE}ID", ""), _FORMATS.get(code, code)


def _sheet(sheet: Element, formats: dict[str, str]) -> SheetContent:
    visible = sheet.findtext(f"{_EXCEL}WorksheetOptions/{_EXCEL}Visible") or ""
    content = SheetContent(sheet.get(f"{_SPACE}Name", ""), "hidden" in visible.lower())
    table = sheet.find(f"{_SPACE}Table")
    row = column = -1
    for node in table if table is not None else ():
        hidden = node.get(f"{_SPACE}Hidden") == "1"
        if node.tag == f"{_SPACE}Column":
            column = _place(node, column)
            last = min(column + _count(node, "Span"), MOST_COLUMNS)
            content.hidden_columns.update(range(column, last + 1) if hidden else ())
            column = last
        elif node.tag == f"{_SPACE}Row":
            row = _place(node, row)
            if hidden:
                content.hidden_rows.update(range(row, min(row + _count(node, "Span"), row + 1000) + 1))
            _fill(content, row, node, formats)
            row = min(row + _count(node, "Span"), _MOST_ROWS)
    return content


def _fill(content: SheetContent, row: int, node: Element, formats: dict[str, str]) -> None:
    column = -1
    for cell in node.iterchildren(f"{_SPACE}Cell"):
        column = _place(cell, column)
        across, down = _count(cell, "MergeAcross"), _count(cell, "MergeDown")
        if across or down:
            content.merged.append((row, column, row + down, column + across))
        data = cell.find(f"{_SPACE}Data")
        text = _spoken(data) if data is not None else ""
        number = _number(text) if data is not None and data.get(f"{_SPACE}Type") == "Number" else None
        format_code = formats.get(cell.get(f"{_SPACE}StyleID", ""), GENERAL)
        content.put(row, column, text if number is None else number, format_code)
        if data is None and cell.get(f"{_SPACE}Formula"):
            content.note_lost_result(row, column)
        column += across


def _spoken(data: Element) -> str:
    """The text of a cell without what is struck out; raised digits behind a text are the mark of a note."""
    pieces = [data.text or ""]
    for part in data:
        name = str(part.tag).rpartition("}")[2].lower()
        if name == "sup" and "".join(pieces).strip():
            pieces.append(_spoken(part).translate(RAISED))
        elif name != "s":
            pieces.append(_spoken(part))
        pieces.append(part.tail or "")
    return "".join(pieces)


def _place(node: Element, last: int) -> int:
    """The place of a row, column or cell: its own number, or behind the last one."""
    own = _count(node, "Index")
    return own - 1 if own else last + 1


def _count(node: Element, name: str) -> int:
    text = node.get(f"{_SPACE}{name}", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
