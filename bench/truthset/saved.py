"""Documents as offices save them "as something else", often under the name of a DOC or XLS file: a web
archive, values parted by commas or tabs, the workbook of Excel 2003 in one XML file."""

from __future__ import annotations

import base64
import csv
import io
import quopri
from collections.abc import Sequence
from html import escape
from random import Random

from bench.truthset import html
from bench.truthset.content import Content
from bench.truthset.layout import Table, matrix
from bench.truthset.naming import Title
from bench.truthset.sheets import Entry, Sheet, sheets
from parser.readers.charset import decode

_EDGE = "----=_NextPart_01D9F3A2.6C1E"
_EXCEL = "urn:schemas-microsoft-com:office:"


def mhtml(content: Content, rng: Random) -> bytes:
    """The report as a web archive: its page, and the list of files that Word writes beside it."""
    charset = rng.choice(("gb2312", "utf-8", "unicode"))
    written = "base64" if charset == "unicode" else rng.choice(("quoted-printable", "base64"))
    content.features += [charset, written]
    encoding = {"gb2312": "gb18030", "unicode": "utf-16"}.get(charset, charset)
    page = decode(html.html(content, rng)).text.encode(encoding)
    parts = [("report.htm", f'text/html; charset="{charset}"', page)]
    parts.append(("report.files/filelist.xml", 'text/xml; charset="utf-8"', b"<xml><o:File/></xml>"))
    head = f'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="{_EDGE}"\r\n\r\n'
    pieces = [head.encode(), "此文档是“单个文件网页”。\r\n".encode("gb18030")]
    for name, kind, octets in parts:
        body = base64.encodebytes(octets) if written == "base64" else quopri.encodestring(octets)
        fields = (
            f"\r\n--{_EDGE}\r\nContent-Location: file:///C:/7A2B/{name}\r\n"
            f"Content-Transfer-Encoding: {written}\r\nContent-Type: {kind}\r\n\r\n"
        )
        pieces += [fields.encode(), body.replace(b"\n", b"\r\n")]
    pieces.append(f"\r\n--{_EDGE}--\r\n".encode())
    return b"".join(pieces)


def separated(content: Content, rng: Random) -> bytes:
    """The report as values parted by commas or tabs. Rows are as long as the longest, as a spreadsheet
    program writes them, or as long as they are."""
    sign = rng.choice((",", ",", "\t"))
    even = sign == "\t" or rng.random() < 0.7
    encoding = rng.choice(("gb18030", "utf-8-sig", "utf-16" if sign == "\t" else "utf-8"))
    content.features += [encoding, "even" if even else "ragged", "tabs" if sign == "\t" else "commas"]
    rows: list[list[str]] = []
    for piece in content.pieces:
        if isinstance(piece, Table):
            rows += matrix(piece)
        else:
            rows += [[line] for line in (piece.lines if isinstance(piece, Title) else (piece.text,))]
        rows += [[]] if rng.random() < 0.2 else []
    width = max(map(len, rows))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=sign, lineterminator="\r\n")
    writer.writerows([*row, *[""] * (width - len(row))] if even else row for row in rows)
    return text.getvalue().encode(encoding)


def excel_xml(content: Content, rng: Random) -> bytes:
    """The report as a workbook of Excel 2003 in XML."""
    found = sheets(content, rng)
    codes = sorted({entry.format_code for sheet in found for entry in sheet.entries if entry.number})
    styles = "".join(
        f'<Style ss:ID="s{number}"><NumberFormat ss:Format="{escape(code)}"/></Style>'
        for number, code in enumerate(codes)
    )
    body = "".join(_sheet(sheet, codes) for sheet in found)
    return (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        f'<Workbook xmlns="{_EXCEL}spreadsheet" xmlns:x="{_EXCEL}excel" xmlns:ss="{_EXCEL}spreadsheet">'
        f"<Styles>{styles}</Styles>{body}</Workbook>"
    ).encode()


def _sheet(sheet: Sheet, codes: Sequence[str]) -> str:
    rows: dict[int, list[Entry]] = {}
    for entry in sheet.entries:
        rows.setdefault(entry.row, []).append(entry)
    lines = []
    for row, entries in sorted(rows.items()):
        cells = "".join(_cell(one, codes) for one in sorted(entries, key=lambda one: one.column))
        hidden = ' ss:Hidden="1"' if row in sheet.hidden_rows else ""
        lines.append(f'<Row ss:Index="{row + 1}"{hidden}>{cells}</Row>')
    away = "<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions>"
    return (
        f'<Worksheet ss:Name="{escape(sheet.name)}"><Table>{"".join(lines)}</Table>'
        f"{away if sheet.hidden else ''}</Worksheet>"
    )


def _cell(entry: Entry, codes: Sequence[str]) -> str:
    spans = f' ss:Index="{entry.column + 1}"'
    spans += f' ss:MergeAcross="{entry.across - 1}"' if entry.across > 1 else ""
    spans += f' ss:MergeDown="{entry.down - 1}"' if entry.down > 1 else ""
    if entry.number:
        spans += f' ss:StyleID="s{codes.index(entry.format_code)}"'
        formula = ' ss:Formula="=SUM(R1C1)"' if entry.formula else ""
        return f'<Cell{spans}{formula}><Data ss:Type="Number">{entry.number}</Data></Cell>'
    text = escape(entry.text, quote=False).replace("\n", "&#10;")
    return f'<Cell{spans}><Data ss:Type="String">{text}</Data></Cell>' if text else f"<Cell{spans}/>"
