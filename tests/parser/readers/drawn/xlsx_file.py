"""A made report as an XLSX workbook."""

from __future__ import annotations

import io
import random
import re
import zipfile
from xml.sax.saxutils import escape

from tests.parser.made.tables import Rows
from tests.parser.readers.drawn.reports import Made

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_NUMBER = re.compile(r"^-?(?:0|[1-9]\d*)(?:\.\d*[1-9])?$")


def workbook(made: Made, seed: int) -> bytes:
    """All tables on one sheet below the title, or a sheet a table; numbers as numbers, and some as text."""
    dice = random.Random(seed)
    if dice.random() < 0.5:
        sheets = [("年报", _one_sheet(made))]
    else:
        sheets = [
            (f"表{number}", [[(made.title, 1, 5)], *table]) for number, table in enumerate(made.tables, 1)
        ]
    return package([(name, sheet_xml(rows, dice)) for name, rows in sheets])


def _one_sheet(made: Made) -> Rows:
    rows: Rows = []
    for block in made.blocks:
        rows += [[(block, 1, 8)]] if isinstance(block, str) else block
    return rows


def sheet_xml(rows: Rows, dice: random.Random) -> str:
    """The XML of a sheet with these rows."""
    taken: set[tuple[int, int]] = set()
    lines, merged = [], []
    for number, row in enumerate(rows):
        column, cells = 0, []
        for text, down, across in row:
            while (number, column) in taken:
                column += 1
            taken |= {(number + r, column + c) for r in range(down) for c in range(across)}
            place = f"{_letters(column)}{number + 1}"
            if down * across > 1:
                merged.append(f"{place}:{_letters(column + across - 1)}{number + down}")
            cells.append(_cell(place, text, dice))
            column += across
        lines.append(f'<row r="{number + 1}">{"".join(cells)}</row>')
    areas = "".join(f'<mergeCell ref="{area}"/>' for area in merged)
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData>'
        f"<mergeCells>{areas}</mergeCells></worksheet>"
    )


def _cell(place: str, text: str, dice: random.Random) -> str:
    if not text:
        return f'<c r="{place}" s="0"/>'
    if _NUMBER.match(text) and dice.random() < 0.9:
        stored = f"{float(text):.17g}" if dice.random() < 0.5 else text
        return f'<c r="{place}"><v>{stored}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _letters(column: int) -> str:
    return chr(65 + column) if column < 26 else chr(64 + column // 26) + chr(65 + column % 26)


def package(sheets: list[tuple[str, str]], styles: str = "", drawing: str = "") -> bytes:
    """A workbook of these sheets: name and XML of each; `styles` is the XML of the style part, `drawing` that
    of what is drawn on the first sheet."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships'
            '+xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument'
            '.spreadsheetml.sheet.main+xml"/>'
            + "".join(
                f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="application/vnd.'
                'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
                for number in range(1, len(sheets) + 1)
            )
            + "</Types>")  # fmt: skip
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        names = "".join(
            f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}"/>'
            for number, (name, _) in enumerate(sheets, 1)
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{names}</sheets></workbook>',
        )
        relations = "".join(
            f'<Relationship Id="r{number}" Type="{_RELATIONS}/worksheet" '
            f'Target="worksheets/sheet{number}.xml"/>'
            for number in range(1, len(sheets) + 1)
        )
        if styles:
            relations += f'<Relationship Id="s" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
            archive.writestr("xl/styles.xml", styles)
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
        )
        for number, (_, xml) in enumerate(sheets, 1):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", xml)
        if drawing:
            archive.writestr("xl/drawings/drawing1.xml", drawing)
            archive.writestr(
                "xl/worksheets/_rels/sheet1.xml.rels",
                f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
                f'Type="{_RELATIONS}/drawing" Target="../drawings/drawing1.xml"/></Relationships>',
            )
    return stream.getvalue()
