"""A made report as an OpenDocument text."""

from __future__ import annotations

import io
import random
import zipfile
from xml.sax.saxutils import escape

from tests.parser.made.tables import Rows
from tests.parser.readers.drawn.reports import Made

SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing"),
    )
)  # fmt: skip
_TYPE = "application/vnd.oasis.opendocument.text"
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    f'manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="{_TYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)


def text(made: Made, seed: int) -> bytes:
    """The report; the wrapping of cells and paragraphs varies with the seed."""
    dice = random.Random(seed)
    covered = dice.random() < 0.8
    parts = []
    for block in made.blocks:
        if isinstance(block, str):
            tag = "h" if block[1:2] == "、" and dice.random() < 0.5 else "p"
            parts.append(f'<text:{tag} text:outline-level="1">{escape(block)}</text:{tag}>')
        else:
            parts.append(table(block, dice, covered=covered))
    return package("".join(parts))


def table(rows: Rows, dice: random.Random, *, covered: bool = True) -> str:
    """The XML of a table. `covered` writes the covered cells, as the standard asks."""
    width = max(sum(across for _, _, across in row) for row in rows)
    taken: set[tuple[int, int]] = set()
    hidden = "<table:covered-table-cell/>" if covered else ""
    lines: list[str] = []
    for number, row in enumerate(rows):
        cells: list[str] = []
        column = 0
        for shown, down, across in row:
            while (number, column) in taken:
                column += 1
                cells.append(hidden)
            taken |= {(number + r, column + c) for r in range(down) for c in range(across)}
            spans = f' table:number-rows-spanned="{down}" table:number-columns-spanned="{across}"'
            spans = spans if down * across > 1 else ""
            cells.append(f"<table:table-cell{spans}>{_paragraph(shown, dice)}</table:table-cell>")
            cells.extend([hidden] * (across - 1))
            column += across
        cells.extend([hidden] * sum((number, place) in taken for place in range(column, width)))
        lines.append(f"<table:table-row>{''.join(cells)}</table:table-row>")
    head = f'<table:table-column table:number-columns-repeated="{width}"/>'
    if dice.random() < 0.3:
        lines[0] = f"<table:table-header-rows>{lines[0]}</table:table-header-rows>"
    return f"<table:table>{head}{''.join(lines)}</table:table>"


def _paragraph(shown: str, dice: random.Random) -> str:
    if not shown:
        return dice.choice(("<text:p/>", "<text:p><text:s/></text:p>"))
    if len(shown) > 1 and dice.random() < 0.2:
        cut = dice.randrange(1, len(shown))
        run, rest = escape(shown[:cut]), escape(shown[cut:])
        return f"<text:p><text:span>{run}</text:span><text:bookmark/>{rest}</text:p>"
    return f"<text:p>{escape(shown)}</text:p>"


def package(body: str, styles: str = "") -> bytes:
    """A document with this XML in its text; `styles` goes into the automatic styles."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), _TYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr(
            "content.xml",
            f'<office:document-content {SPACES} office:version="1.2">'
            f"<office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:text>{body}</office:text></office:body></office:document-content>",
        )
    return stream.getvalue()
