"""OpenDocument workbooks: what a cell shows stands in it as text; empty ones are told once with a count."""

from __future__ import annotations

from html import escape
from random import Random

from bench.truthset.content import Content
from bench.truthset.odt import package
from bench.truthset.sheets import Entry, Sheet, sheets

_LAST_COLUMN = 1024
_LAST_ROW = 1_048_576
_STYLES = (
    '<style:style style:name="away" style:family="table"><style:table-properties table:display="false"/>'
)


def ods(content: Content, rng: Random) -> bytes:
    """The report as an ODS workbook."""
    found = sheets(content, rng)
    return package("spreadsheet", f"{_STYLES}</style:style>", "".join(_sheet(one) for one in found))


def _sheet(sheet: Sheet) -> str:
    texts: dict[int, dict[int, str]] = {}
    for entry in sheet.entries:
        for down in range(entry.down):
            for across in range(entry.across):
                shown = _cell(entry) if down == across == 0 else "<table:covered-table-cell/>"
                texts.setdefault(entry.row + down, {})[entry.column + across] = shown
    written = []
    last = 0
    for row, cells in sorted(texts.items()):
        if row > last:
            written.append(_row(_empty(_LAST_COLUMN), f' table:number-rows-repeated="{row - last}"'))
        written.append(_row(_filled(cells), _hidden(sheet, row)))
        last = row + 1
    written.append(_row(_empty(_LAST_COLUMN), f' table:number-rows-repeated="{_LAST_ROW - last}"'))
    style = ' table:style-name="away"' if sheet.hidden else ""
    return f'<table:table table:name="{escape(sheet.name)}"{style}>{"".join(written)}</table:table>'


def _filled(cells: dict[int, str]) -> str:
    shown = []
    last = 0
    for column, text in sorted(cells.items()):
        if column > last:
            shown.append(_empty(column - last))
        shown.append(text)
        last = column + 1
    return "".join(shown) + _empty(_LAST_COLUMN - last)


def _row(cells: str, more: str) -> str:
    return f"<table:table-row{more}>{cells}</table:table-row>"


def _hidden(sheet: Sheet, row: int) -> str:
    return ' table:visibility="collapse"' if row in sheet.hidden_rows else ""


def _empty(count: int) -> str:
    return f'<table:table-cell table:number-columns-repeated="{count}"/>'


def _cell(entry: Entry) -> str:
    spans = ""
    if entry.down * entry.across > 1:
        spans = f' table:number-rows-spanned="{entry.down}" table:number-columns-spanned="{entry.across}"'
    if entry.number:
        formula = ' table:formula="of:=SUM([.A1])"' if entry.formula else ""
        spans += f'{formula} office:value-type="float" office:value="{entry.number}"'
    text = entry.text or entry.number
    shown = "".join(f"<text:p>{escape(line, quote=False)}</text:p>" for line in text.split("\n") if text)
    return f"<table:table-cell{spans}>{shown}</table:table-cell>"
