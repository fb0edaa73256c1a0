"""DOCX written by hand: the XML that Word and WPS leave behind, with the traps of real files.

Merged cells, runs that cut numbers, tracked changes, content controls, automatic numbering, field codes, page
headers, and tables without their grid.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from html import escape
from random import Random

from bench.truthset.content import Content, Heading, Text
from bench.truthset.layout import Cell, Table, placed
from bench.truthset.naming import Title

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
NUMERALS = "一二三四五六七八九"
NO_BORDERS = '<w:tblBorders><w:top w:val="nil"/><w:left w:val="nil"/><w:insideH w:val="nil"/></w:tblBorders>'


@dataclass
class Traps:
    """What is special about a file; every one of them is seen in files of Word and WPS."""

    tracked: bool = False
    controls: bool = False
    numbered: bool = False
    fields: bool = False
    cut_runs: bool = False
    no_grid: bool = False
    borderless: bool = False
    gaps: bool = False
    nested: bool = False
    hyphens: bool = False
    worn: bool = False
    """Struck-out numbers before others, and raised marks of notes behind."""


def docx(content: Content, rng: Random, *, foreign: bool = False) -> bytes:
    """The report as a DOCX file; a `foreign` one is for another program to convert, so without what that
    program spoils: content controls, whose text LibreOffice writes twice, and the results of fields."""
    traps = Traps(**{name: rng.random() < 0.2 for name in vars(Traps()) if name != "worn"})
    if foreign:
        traps.controls = traps.fields = False
        traps.worn = rng.random() < 0.2
    content.features += [name for name, on in vars(traps).items() if on]
    writer = _Writer(traps, rng)
    body = writer.body(content)
    return _package(
        {
            "[Content_Types].xml": _content_types(),
            "_rels/.rels": _relations({"rId1": ("officeDocument", "word/document.xml")}),
            "word/document.xml": _part("document", f"<w:body>{body}{_section()}</w:body>"),
            "word/_rels/document.xml.rels": _relations(
                {
                    "rId1": ("styles", "styles.xml"),
                    "rId2": ("numbering", "numbering.xml"),
                    "rId3": ("header", "header1.xml"),
                }
            ),
            "word/styles.xml": _styles(),
            "word/numbering.xml": _numbering(),
            "word/header1.xml": _part("hdr", _paragraph("<w:r><w:t>内部编号 2077</w:t></w:r>")),
        }
    )


class _Writer:
    def __init__(self, traps: Traps, rng: Random) -> None:
        self.traps = traps
        self.rng = rng
        self.in_table = False

    def body(self, content: Content) -> str:
        written = []
        for piece in content.pieces:
            if isinstance(piece, Title):
                written += [
                    _paragraph(self._runs(line), '<w:pStyle w:val="Title"/><w:jc w:val="center"/>')
                    for line in piece.lines
                ]
            elif isinstance(piece, Heading):
                written.append(self._heading(piece.text))
            elif isinstance(piece, Text):
                written.append(_paragraph(self._runs(piece.text), '<w:ind w:firstLine="640"/>'))
            else:
                self.in_table = True
                written.append(self._table(piece))
                self.in_table = False
        return "".join(written)

    def _heading(self, text: str) -> str:
        """一、总体情况; with automatic numbering, 一、 is not in the text."""
        style = '<w:pStyle w:val="Heading1"/>'
        if self.traps.numbered and text[:1] in NUMERALS and text[1:2] == "、":
            numbering = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
            return _paragraph(self._runs(text[2:]), style + numbering)
        return _paragraph(self._runs(text), style)

    def _table(self, table: Table) -> str:
        """Rows with `gridSpan` and `vMerge`; a covered position below a cell is a cell of its own."""
        rows: list[list[tuple[int, str]]] = [[] for _ in table.rows]
        for row, column, cell in placed(table):
            rows[row].append((column, self._cell(table, row, cell, merge="restart")))
            for below in range(row + 1, min(row + cell.rowspan, len(rows))):
                rows[below].append((column, self._cell(table, below, cell, merge="continue")))
        written = []
        for number, cells in enumerate(rows):
            shown = "".join(text for _, text in sorted(cells, key=lambda one: one[0]))
            header = "<w:trPr><w:tblHeader/></w:trPr>" if number < table.heads else ""
            written.append(f"<w:tr>{header}{shown}</w:tr>")
        columns = "".join(f'<w:gridCol w:w="{int(width * 90)}"/>' for width in table.widths)
        grid = "<w:tblGrid/>" if self.traps.no_grid else f"<w:tblGrid>{columns}</w:tblGrid>"
        style = NO_BORDERS if self.traps.borderless else '<w:tblStyle w:val="TableGrid"/>'
        whole = f"<w:tbl><w:tblPr>{style}</w:tblPr>{grid}{''.join(written)}</w:tbl>"
        if self.traps.nested and self.rng.random() < 0.3:
            whole = (
                f"<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc>{whole}<w:p/></w:tc></w:tr>"
                "</w:tbl>"
            )
        # Two tables without a paragraph between them would be one to Word.
        return f"{whole}<w:p/>"

    def _cell(self, table: Table, row: int, cell: Cell, *, merge: str) -> str:
        span = f'<w:gridSpan w:val="{cell.colspan}"/>' if cell.colspan > 1 else ""
        down = ""
        if cell.rowspan > 1:
            down = '<w:vMerge w:val="restart"/>' if merge == "restart" else "<w:vMerge/>"
        text = cell.text if merge == "restart" else ""
        lines = text.split("\n")
        if len(lines) > 1 and self.rng.random() < 0.5:
            paragraphs = _paragraph("<w:r><w:br/></w:r>".join(self._runs(line) for line in lines))
        else:
            is_value = cell.kind == "value" and row >= table.heads
            paragraphs = "".join(_paragraph(self._runs(line, value=is_value)) for line in lines)
        if self.traps.controls and self.rng.random() < 0.15:
            paragraphs = f"<w:sdt><w:sdtPr/><w:sdtContent>{paragraphs}</w:sdtContent></w:sdt>"
        return f"<w:tc><w:tcPr>{span}{down}</w:tcPr>{paragraphs}</w:tc>"

    def _runs(self, text: str, *, value: bool = False) -> str:
        run = _small if self.in_table else _run
        if not text:
            return "" if self.rng.random() < 0.7 else "<w:r><w:t></w:t></w:r>"
        if value and self.traps.worn and text.isdigit() and self.rng.random() < 0.1:
            old, note = self.rng.randint(0, 99), self.rng.randint(1, 3)
            if self.rng.random() < 0.5:
                return _looking(str(old), "<w:strike/>") + run(text)
            return run(text) + _looking(str(note), '<w:vertAlign w:val="superscript"/>')
        if value and self.traps.tracked and self.rng.random() < 0.05:
            old = self.rng.randint(0, 99)
            who = f'w:id="{self.rng.randint(1, 999)}" w:author="A" w:date="2024-01-01T00:00:00Z"'
            return (
                f"<w:del {who}><w:r><w:delText>{old}</w:delText></w:r></w:del>"
                f"<w:ins {who}>{run(text)}</w:ins>"
            )
        if self.traps.fields and value and self.rng.random() < 0.05:
            return (
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
                "<w:r><w:instrText> =SUM(LEFT) 99 </w:instrText></w:r>"
                f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(text)}'
                '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
            )
        if self.traps.cut_runs and len(text) > 1:
            place = self.rng.randint(1, len(text) - 1)
            return f'{run(text[:place])}<w:proofErr w:type="spellStart"/>{run(text[place:])}'
        if value and text.startswith("-") and len(text) > 1 and self.traps.hyphens:
            return f"<w:r><w:noBreakHyphen/></w:r>{run(text[1:])}"
        if self.traps.hyphens and self.rng.random() < 0.1:
            return f'<w:smartTag w:uri="urn:x" w:element="chsdate">{run(text)}</w:smartTag>'
        if self.traps.gaps and self.rng.random() < 0.1:
            return f'<w:bookmarkStart w:id="0" w:name="_GoBack"/>{run(text)}<w:bookmarkEnd w:id="0"/>'
        return run(text)


def _looking(text: str, look: str) -> str:
    return f"<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>"


def _small(text: str) -> str:
    return _run(text, 18)


def _run(text: str, size: int = 28) -> str:
    """A run; `size` is in half points."""
    fonts = f'<w:rPr><w:rFonts w:eastAsia="仿宋_GB2312" w:hint="eastAsia"/><w:sz w:val="{size}"/></w:rPr>'
    return f'<w:r>{fonts}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _paragraph(runs: str, properties: str = "") -> str:
    shown = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f"<w:p>{shown}{runs}</w:p>"


def _part(tag: str, inner: str) -> str:
    return f"{XML}<w:{tag} {NAMESPACES}>{inner}</w:{tag}>"


def _section() -> str:
    header = '<w:headerReference w:type="default" r:id="rId3"/>'
    return f'<w:sectPr>{header}<w:pgSz w:w="11906" w:h="16838"/></w:sectPr>'


def _content_types() -> str:
    parts = {"document": "document.main", "styles": "styles", "numbering": "numbering", "header1": "header"}
    overrides = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{WORD}.{kind}+xml"/>'
        for part, kind in parts.items()
    )
    return (
        f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(targets: dict[str, tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in targets.items()
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def _styles() -> str:
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{shown}"/>{more}</w:style>'
        for name, shown, more in (
            ("Normal", "Normal", ""),
            ("Title", "Title", ""),
            ("Heading1", "heading 1", '<w:pPr><w:outlineLvl w:val="0"/></w:pPr>'),
        )
    )
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    table = (
        '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
        f"<w:tblPr><w:tblBorders>{edges}</w:tblBorders></w:tblPr></w:style>"
    )
    return _part("styles", styles + table)


def _numbering() -> str:
    level = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>'
        '<w:lvlText w:val="%1、"/></w:lvl>'
    )
    return _part(
        "numbering",
        f'<w:abstractNum w:abstractNumId="0">{level}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>',
    )


def _package(parts: dict[str, str]) -> bytes:
    """A ZIP whose octets do not depend on the clock."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return octets.getvalue()
