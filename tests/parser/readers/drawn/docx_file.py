"""A made report as a DOCX, with the habits of Word and WPS: split runs, tracked changes, content controls."""

from __future__ import annotations

import io
import random
import zipfile
from xml.sax.saxutils import escape

from tests.parser.made.tables import Rows
from tests.parser.readers.drawn.reports import Made

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def document(made: Made, seed: int) -> bytes:
    """The report; what Word adds to it varies with the seed."""
    dice = random.Random(seed)
    parts = [
        paragraph(block, dice) if isinstance(block, str) else table(block, dice) for block in made.blocks
    ]
    return package("".join(parts))


def package(body: str, **others: str) -> bytes:
    """A DOCX with this body; `others` are parts of `word/` by name (`numbering`, `styles`)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr(
            "word/document.xml", f"<w:document {SPACES}><w:body>{body}<w:sectPr/></w:body></w:document>"
        )
        for name, content in others.items():
            archive.writestr(f"word/{name}.xml", f"<w:{name} {SPACES}>{content}</w:{name}>")
    return buffer.getvalue()


def run(text: str) -> str:
    """One run of text."""
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def paragraph(text: str, dice: random.Random) -> str:
    """A paragraph, its text split and wrapped at will."""
    cut = dice.randint(0, len(text))
    one, two = run(text[:cut]), run(text[cut:])
    match dice.randrange(6):
        case 0:
            two = f"<w:ins>{two}</w:ins><w:del><w:r><w:delText>89</w:delText></w:r></w:del>"
        case 1:
            one = f"<w:sdt><w:sdtPr/><w:sdtContent>{one}</w:sdtContent></w:sdt>"
        case 2:
            two = f"<w:smartTag>{two}</w:smartTag><w:r><w:rPr><w:vanish/></w:rPr><w:t>77</w:t></w:r>"
        case 3:
            two = f"<w:hyperlink>{two}</w:hyperlink><w:bookmarkStart/><w:bookmarkEnd/>"
    return f"<w:p><w:pPr/>{one}<w:proofErr/>{two}</w:p>"


def table(rows: Rows, dice: random.Random) -> str:
    """A table with `gridSpan` and `vMerge`; each merged cell goes on as an empty one below."""
    going_on: dict[int, tuple[int, int]] = {}
    lines = []
    for row in rows:
        cells = []
        column = 0
        waiting = list(row)
        while waiting or column in going_on:
            if column in going_on:
                left, width = going_on[column]
                cells.append(_cell("", width, "continue", dice))
                going_on[column] = (left - 1, width)
                if left == 1:
                    del going_on[column]
                column += width
                continue
            text, down, width = waiting.pop(0)
            cells.append(_cell(text, width, "restart" if down > 1 else "", dice))
            if down > 1:
                going_on[column] = (down - 1, width)
            column += width
        line = f"<w:tr>{''.join(cells)}</w:tr>"
        wrap = dice.random() < 0.1
        lines.append(f"<w:sdt><w:sdtContent>{line}</w:sdtContent></w:sdt>" if wrap else line)
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(lines)}</w:tbl>"


def _cell(text: str, width: int, merge: str, dice: random.Random) -> str:
    span = f'<w:gridSpan w:val="{width}"/>' if width > 1 else ""
    down = {"": "", "restart": '<w:vMerge w:val="restart"/>', "continue": "<w:vMerge/>"}[merge]
    cell = f"<w:tc><w:tcPr>{span}{down}</w:tcPr>{paragraph(text, dice)}</w:tc>"
    return f"<w:sdt><w:sdtContent>{cell}</w:sdtContent></w:sdt>" if dice.random() < 0.05 else cell
