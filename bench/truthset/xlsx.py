"""XLSX workbooks, written by hand: shared and own strings, numbers behind formats, formulas with results."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from html import escape
from random import Random

from bench.truthset.content import Content
from bench.truthset.sheets import Entry, Sheet, sheets

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_FIRST_OWN_FORMAT = 164


def xlsx(content: Content, rng: Random) -> bytes:
    """The report as a workbook."""
    shared = rng.random() < 0.6
    content.features += ["shared"] if shared else []
    return _Book(rng, shared=shared).package(sheets(content, rng))


class _Book:
    """Collects the strings and formats that cells refer to by number."""

    def __init__(self, rng: Random, *, shared: bool) -> None:
        self.rng = rng
        self.shared = shared
        self.strings: dict[str, int] = {}
        self.formats: dict[str, int] = {"General": 0}

    def package(self, found: Sequence[Sheet]) -> bytes:
        parts = {f"xl/worksheets/sheet{number}.xml": self._sheet(one) for number, one in enumerate(found, 1)}
        names = "".join(
            f'<sheet name="{escape(one.name)}" sheetId="{number}"{_state(one)} r:id="r{number}"/>'
            for number, one in enumerate(found, 1)
        )
        parts["xl/workbook.xml"] = (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{names}</sheets></workbook>'
        )
        targets = {f"r{number}": ("worksheet", f"worksheets/sheet{number}.xml") for number in _numbers(found)}
        targets |= {"s": ("styles", "styles.xml"), "t": ("sharedStrings", "sharedStrings.xml")}
        parts["xl/_rels/workbook.xml.rels"] = _relations(targets)
        parts["_rels/.rels"] = _relations({"r1": ("officeDocument", "xl/workbook.xml")})
        parts["xl/styles.xml"] = self._styles()
        items = "".join(self._item(text) for text in self.strings)
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{items}</sst>'
        parts["[Content_Types].xml"] = _content_types(len(found))
        octets = io.BytesIO()
        with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in sorted(parts.items()):
                head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
                archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), head + text)
        return octets.getvalue()

    def _sheet(self, sheet: Sheet) -> str:
        rows: dict[int, list[Entry]] = {}
        for entry in sheet.entries:
            rows.setdefault(entry.row, []).append(entry)
        lines = []
        for row, entries in sorted(rows.items()):
            cells = "".join(self._cell(one) for one in sorted(entries, key=lambda one: one.column))
            hidden = ' hidden="1"' if row in sheet.hidden_rows else ""
            lines.append(f'<row r="{row + 1}"{hidden}>{cells}</row>')
        areas = [
            f'<mergeCell ref="{place(one.row, one.column)}:'
            f'{place(one.row + one.down - 1, one.column + one.across - 1)}"/>'
            for one in sheet.entries
            if one.down * one.across > 1
        ]
        merged = f"<mergeCells>{''.join(areas)}</mergeCells>" if areas else ""
        return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData>{merged}</worksheet>'

    def _cell(self, entry: Entry) -> str:
        where = place(entry.row, entry.column)
        if entry.number:
            style = self.formats.setdefault(entry.format_code, len(self.formats))
            formula = "<f>SUM(A1)</f>" if entry.formula else ""
            stored = entry.number
            if "." in stored and self.rng.random() < 0.3:
                stored = f"{float(stored):.17g}"
            return f'<c r="{where}" s="{style}">{formula}<v>{stored}</v></c>'
        if entry.text.isdigit() and self.rng.random() < 0.02:
            return f'<c r="{where}" t="inlineStr"><is>{self._worn(entry.text)}</is></c>'
        if not entry.text:
            return f'<c r="{where}" s="0"/>' if self.rng.random() < 0.7 else ""
        if self.shared:
            return f'<c r="{where}" t="s"><v>{self.strings.setdefault(entry.text, len(self.strings))}</v></c>'
        return f'<c r="{where}" t="inlineStr"><is>{_spoken(entry.text)}</is></c>'

    def _worn(self, text: str) -> str:
        """A number behind another that is struck out, or before the raised mark of a note."""
        if self.rng.random() < 0.5:
            old = self.rng.randint(0, 99)
            return f"<r><rPr><strike/></rPr>{_spoken(str(old))}</r><r>{_spoken(text)}</r>"
        raised = '<rPr><vertAlign val="superscript"/></rPr>'
        return f"<r>{_spoken(text)}</r><r>{raised}{_spoken(str(self.rng.randint(1, 3)))}</r>"

    def _item(self, text: str) -> str:
        """A shared string: plain, or in runs as after formatting a part of it."""
        if len(text) < 2 or self.rng.random() > 0.2:
            return f"<si>{_spoken(text)}</si>"
        at = self.rng.randint(1, len(text) - 1)
        reading = '<rPh sb="0" eb="1"><t>77</t></rPh>'
        return f"<si><r>{_spoken(text[:at])}</r><r><rPr><b/></rPr>{_spoken(text[at:])}</r>{reading}</si>"

    def _styles(self) -> str:
        own = [code for code in self.formats if code != "General"]
        listed = "".join(
            f'<numFmt numFmtId="{_FIRST_OWN_FORMAT + number}" formatCode="{escape(code)}"/>'
            for number, code in enumerate(own)
        )
        numbers = [0, *[_FIRST_OWN_FORMAT + number for number in range(len(own))]]
        styles = "".join(f'<xf numFmtId="{number}" applyNumberFormat="1"/>' for number in numbers)
        return (
            f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(own)}">{listed}</numFmts>'
            '<fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts>'
            '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
            '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
            f'<cellXfs count="{len(numbers)}">{styles}</cellXfs></styleSheet>'
        )


def place(row: int, column: int) -> str:
    """`B7` of (6, 1)."""
    letters = chr(65 + column) if column < 26 else chr(64 + column // 26) + chr(65 + column % 26)
    return f"{letters}{row + 1}"


def _spoken(text: str) -> str:
    return f'<t xml:space="preserve">{escape(text, quote=False)}</t>'


def _state(sheet: Sheet) -> str:
    return ' state="hidden"' if sheet.hidden else ""


def _numbers(found: Sequence[Sheet]) -> range:
    return range(1, len(found) + 1)


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def _content_types(count: int) -> str:
    parts = {"workbook": "sheet.main", "styles": "styles", "sharedStrings": "sharedStrings"}
    parts |= {f"worksheets/sheet{number}": "worksheet" for number in range(1, count + 1)}
    overrides = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{SHEET_TYPE}.{kind}+xml"/>'
        for part, kind in parts.items()
    )
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )
