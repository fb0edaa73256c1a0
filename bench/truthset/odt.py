"""OpenDocument texts: spans and covered cells, list numbers that a style writes, tracked changes."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from html import escape
from random import Random

from bench.truthset.content import Content, Heading, Text
from bench.truthset.layout import Cell, Table, placed
from bench.truthset.naming import Title

SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing"),
    )
)  # fmt: skip
NUMERALS = "一二三四五六七八九"
_LIST = (
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-suffix="、" '
    'style:num-format="一, 二, 三, ..."/></text:list-style>'
    '<style:style style:name="away" style:family="text"><style:text-properties text:display="none"/>'
    '</style:style><style:style style:name="struck" style:family="text"><style:text-properties '
    'style:text-line-through-style="solid" style:text-line-through-type="single"/></style:style>'
    '<style:style style:name="raised" style:family="text"><style:text-properties '
    'style:text-position="super 58%"/></style:style>'
)
_DELETED = (
    '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p>99</text:p>'
    "</text:deletion></text:changed-region></text:tracked-changes>"
)


@dataclass
class Traps:
    """What is special about a file. `bare` leaves out the covered cells, as some programs do; `framed` puts
    a table into a frame; `outer` into a cell of another table; `typed` gives numbers their office values;
    `worn`: struck-out numbers before others, and raised marks of notes behind."""

    numbered: bool = False
    bare: bool = False
    header_rows: bool = False
    tracked: bool = False
    unseen: bool = False
    cut_runs: bool = False
    framed: bool = False
    outer: bool = False
    typed: bool = False
    noted: bool = False
    worn: bool = False


def odt(content: Content, rng: Random) -> bytes:
    """The report as an ODT file."""
    traps = Traps(**{name: rng.random() < 0.2 for name in vars(Traps())})
    content.features += [name for name, on in vars(traps).items() if on]
    body = _Writer(traps, rng).body(content)
    return package("text", _LIST, f"{_DELETED if traps.tracked else ''}{body}")


class _Writer:
    def __init__(self, traps: Traps, rng: Random) -> None:
        self.traps = traps
        self.rng = rng
        self.headings = 0

    def body(self, content: Content) -> str:
        written = []
        for piece in content.pieces:
            if isinstance(piece, Title):
                written += [f"<text:p>{self._runs(line)}</text:p>" for line in piece.lines]
            elif isinstance(piece, Heading):
                written.append(self._heading(piece.text))
            elif isinstance(piece, Text):
                note = "<text:note><text:note-body><text:p>88</text:p></text:note-body></text:note>"
                shown = self._runs(piece.text) + (note if self.traps.noted else "")
                written.append(f"<text:p>{shown}<text:soft-page-break/></text:p>")
            else:
                written.append(self._table(piece))
        return "".join(written)

    def _heading(self, text: str) -> str:
        """一、总体情况; with automatic numbering, 一、 is not in the text."""
        if (
            self.traps.numbered
            and text[:1] == NUMERALS[self.headings : self.headings + 1]
            and text[1] == "、"
        ):
            goes_on = ' text:continue-numbering="true"' if self.headings else ""
            self.headings += 1
            item = f'<text:h text:outline-level="1">{self._runs(text[2:])}</text:h>'
            items = f"<text:list-item>{item}</text:list-item>"
            return f'<text:list text:style-name="L1"{goes_on}>{items}</text:list>'
        return f'<text:h text:outline-level="1">{self._runs(text)}</text:h>'

    def _table(self, table: Table) -> str:
        lines: list[list[tuple[int, str]]] = [[] for _ in table.rows]
        hidden = "" if self.traps.bare else "<table:covered-table-cell/>"
        for row, column, cell in placed(table):
            for down in range(min(cell.rowspan, len(lines) - row)):
                for across in range(cell.colspan):
                    own = down == across == 0
                    lines[row + down].append((column + across, self._cell(cell) if own else hidden))
        rows = [
            f"<table:table-row>{''.join(text for _, text in sorted(line, key=_first))}</table:table-row>"
            for line in lines
        ]
        if self.traps.header_rows and table.heads:
            head = "".join(rows[: table.heads])
            rows[: table.heads] = [f"<table:table-header-rows>{head}</table:table-header-rows>"]
        columns = f'<table:table-column table:number-columns-repeated="{table.columns}"/>'
        whole = f"<table:table>{columns}{''.join(rows)}</table:table>"
        if self.traps.framed and self.rng.random() < 0.3:
            return f"<text:p><draw:frame><draw:text-box>{whole}</draw:text-box></draw:frame></text:p>"
        if self.traps.outer and self.rng.random() < 0.3:
            outer = f"<table:table-cell>{whole}<text:p/></table:table-cell>"
            return f"<table:table><table:table-row>{outer}</table:table-row></table:table>"
        return f"{whole}<text:p/>"

    def _cell(self, cell: Cell) -> str:
        spans = ""
        if cell.rowspan * cell.colspan > 1:
            spans = (
                f' table:number-rows-spanned="{cell.rowspan}" table:number-columns-spanned="{cell.colspan}"'
            )
        if self.traps.typed and cell.kind == "value" and cell.text.isascii() and cell.text.isdigit():
            spans += f' office:value-type="float" office:value="{cell.text}"'
        if self.rng.random() < 0.5:
            inner = "".join(f"<text:p>{self._runs(line)}</text:p>" for line in cell.text.split("\n"))
        else:
            inner = f"<text:p>{'<text:line-break/>'.join(map(self._runs, cell.text.split(chr(10))))}</text:p>"
        return f"<table:table-cell{spans}>{inner}</table:table-cell>"

    def _runs(self, text: str) -> str:
        """Characters in spans; a blank of no width more than one is an element of its own."""
        if not text:
            return self.rng.choice(("", "<text:s/>"))
        pieces = [text]
        if self.traps.cut_runs and len(text) > 1:
            place = self.rng.randint(1, len(text) - 1)
            pieces = [text[:place], text[place:]]
        shown = "<text:bookmark/>".join(
            f"<text:span>{_spaced(piece)}</text:span>" if len(pieces) > 1 else _spaced(piece)
            for piece in pieces
        )
        if self.traps.tracked and self.rng.random() < 0.1:
            shown = f'<text:change text:change-id="c1"/>{shown}'
        if self.traps.worn and text.isdigit() and self.rng.random() < 0.1:
            if self.rng.random() < 0.5:
                return f'<text:span text:style-name="struck">{self.rng.randint(0, 99)}</text:span>{shown}'
            return f'{shown}<text:span text:style-name="raised">{self.rng.randint(1, 3)}</text:span>'
        if self.traps.unseen and self.rng.random() < 0.1:
            shown = f'<text:span text:style-name="away">66</text:span>{shown}'
        return shown


def _first(one: tuple[int, str]) -> int:
    return one[0]


def _spaced(text: str) -> str:
    return escape(text, quote=False).replace("  ", ' <text:s text:c="1"/>')


def package(kind: str, styles: str, body: str) -> bytes:
    """An OpenDocument file of that kind (`text`, `spreadsheet`), the same octets each time."""
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
        f'manifest:version="1.2"><manifest:file-entry manifest:full-path="/" manifest:media-type="{mimetype}"'
        '/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    content = (
        f'<office:document-content {SPACES} office:version="1.2"><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body>"
        "</office:document-content>"
    )
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text, how in (
            ("mimetype", mimetype, zipfile.ZIP_STORED),
            ("META-INF/manifest.xml", manifest, zipfile.ZIP_DEFLATED),
            ("content.xml", content, zipfile.ZIP_DEFLATED),
        ):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text, how)
    return octets.getvalue()
