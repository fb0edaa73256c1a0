"""Rich Text Format as Word, WPS and LibreOffice write it: octets or code points, cells by their edges, groups
that are not printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from bench.truthset.content import Content, Heading, Text
from bench.truthset.layout import Cell, Table, placed
from bench.truthset.naming import Title

NUMERALS = "一二三四五六七八九"
_TWIPS = 90
"""Twips (1/1440 inch) for one unit of a column's relative width."""


@dataclass
class Traps:
    """What is special about a file. `numbered`: Word's own text of an automatic number; `across`: cells that
    go on with the one on their left, instead of wider ones; `nested`: the table stands in a cell of another;
    `again`: a row is defined before and behind its cells; `shaky`: edges that differ by a few twips; `worn`:
    struck-out numbers before others, and raised marks of notes behind."""

    numbered: bool = False
    across: bool = False
    again: bool = False
    shaky: bool = False
    unseen: bool = False
    fields: bool = False
    bookmarks: bool = False
    cut_runs: bool = False
    nested: bool = False
    worn: bool = False


def rtf(content: Content, rng: Random) -> bytes:
    """The report as an RTF file."""
    traps = Traps(**{name: rng.random() < 0.25 for name in vars(Traps())})
    letters = rng.choice((_octets, _code_points, _both))
    page = rng.choice((936, 936, 1252))
    content.features += [name for name, on in vars(traps).items() if on]
    content.features += [letters.__name__.strip("_"), f"page={page}"]
    body = _Writer(traps, letters, rng).body(content)
    head = (
        f"{{\\rtf1\\ansi\\ansicpg{page}\\uc1\\deff0"
        f"{{\\fonttbl{{\\f0\\fnil\\fcharset134 {letters('宋体')};}}{{\\f1\\froman\\fcharset0 Times;}}}}"
        "{\\colortbl;\\red0\\green0\\blue0;}{\\stylesheet{\\s0 Normal;}{\\s1\\outlinelevel0 heading 1;}}"
        f"{{\\*\\generator Writer 7;}}{{\\info{{\\title {letters('文档')}}}}}"
        "{\\header\\pard\\plain\\f1 77\\par}\n"
    )
    return f"{head}{body}}}".encode("ascii")


class _Writer:
    def __init__(self, traps: Traps, letters: Callable[[str], str], rng: Random) -> None:
        self.traps = traps
        self.letters = letters
        self.rng = rng
        self.inner = False

    def body(self, content: Content) -> str:
        written = []
        for piece in content.pieces:
            if isinstance(piece, Title):
                written += [
                    f"\\pard\\plain\\qc {{\\b\\f0\\fs44 {self._runs(line)}}}\\par\n" for line in piece.lines
                ]
            elif isinstance(piece, Heading):
                written.append(self._heading(piece.text))
            elif isinstance(piece, Text):
                written.append(f"\\pard\\plain\\qj\\fi640 {{\\f0\\fs32 {self._runs(piece.text)}}}\\par\n")
            else:
                written.append(self._table(piece))
        return "".join(written)

    def _heading(self, text: str) -> str:
        if self.traps.numbered and text[:1] in NUMERALS and text[1:2] == "、":
            number = f"{{\\listtext\\pard\\plain\\f0 {self.letters(text[:2])}}}"
            return f"\\pard\\plain{number}\\ls1\\ilvl0 {{\\f0\\fs32 {self._runs(text[2:])}}}\\par\n"
        return f"\\pard\\plain\\s1\\outlinelevel0 {{\\f0\\fs32 {self._runs(text)}}}\\par\n"

    def _table(self, table: Table) -> str:
        self.inner = self.traps.nested and self.rng.random() < 0.4
        rows = "".join(self._row(table, number) for number in range(len(table.rows)))
        if self.inner:
            width = int(sum(table.widths) * _TWIPS) + 400
            return f"{rows}\\pard\\intbl\\itap1\\cell\\trowd\\cellx{width}\\row\n\\pard\\par\n"
        # Two tables without a paragraph between them would be one.
        return f"{rows}\\pard\\par\n"

    def _row(self, table: Table, number: int) -> str:
        """One row: the cells that begin in it, and those that reach into it from above."""
        edges: list[str] = []
        cells: list[str] = []
        for row, column, cell in sorted(placed(table), key=lambda one: one[1]):
            if not row <= number < row + cell.rowspan:
                continue
            down = ""
            if cell.rowspan > 1:
                down = "\\clvmgf" if row == number else "\\clvmrg"
            if self.traps.across and cell.colspan > 1:
                for place in range(cell.colspan):
                    joined = "\\clmgf" if place == 0 else "\\clmrg"
                    edges.append(f"{down}{joined}{self._edge(table, column + place + 1)}")
                    cells.append(self._cell(cell if row == number and place == 0 else Cell("")))
            else:
                edges.append(f"{down}\\clbrdrt\\brdrs{self._edge(table, column + cell.colspan)}")
                cells.append(self._cell(cell if row == number else Cell("")))
        defined = f"\\trowd\\trgaph108\\trleft0{''.join(edges)}"
        shown = "".join(cells)
        if self.inner:
            return f"{shown}{{\\*\\nesttableprops{defined}\\nestrow}}{{\\nonesttables\\par}}\n"
        return f"{defined}\n{shown}\n" + (f"{{{defined}\\row}}\n" if self.traps.again else "\\row\n")

    def _edge(self, table: Table, column: int) -> str:
        right = int(sum(table.widths[:column]) * _TWIPS)
        return f"\\cellx{right + (self.rng.randint(-9, 9) if self.traps.shaky else 0)}"

    def _cell(self, cell: Cell) -> str:
        mark = self.rng.choice(("\\line ", "\\par "))
        shown = mark.join(self._runs(line) for line in cell.text.split("\n"))
        inner = f"{{\\f0\\fs21 {shown}}}" if cell.text else self.rng.choice(("", "{\\f1 }"))
        if self.inner:
            return f"\\pard\\intbl\\itap2\\qc {inner}\\nestcell{{\\nonesttables\\par}}"
        return f"\\pard\\intbl\\qc {inner}\\cell"

    def _runs(self, text: str) -> str:
        """Characters, with what stands between them in files of Word."""
        shown = self.letters(text)
        if self.traps.cut_runs and len(text) > 1:
            place = self.rng.randint(1, len(text) - 1)
            shown = f"{self.letters(text[:place])}}}{{\\f0\\fs21 {self.letters(text[place:])}"
        if not text or self.rng.random() > 0.15:
            return shown
        if self.traps.worn and text.isdigit():
            old = f"{{\\strike {self.rng.randint(0, 99)}}}"
            return (
                f"{old}{shown}" if self.rng.random() < 0.5 else f"{shown}{{\\super {self.rng.randint(1, 3)}}}"
            )
        if self.traps.unseen:
            return f"{{\\v {self.letters('99')}}}{{\\deleted 7}}{shown}"
        if self.traps.fields:
            return f"{{\\field{{\\*\\fldinst  REF x }}{{\\fldrslt {{{shown}}}}}}}"
        if self.traps.bookmarks:
            return f"{{\\*\\bkmkstart _GoBack}}{shown}{{\\*\\bkmkend _GoBack}}"
        return shown


def _octets(text: str) -> str:
    """Octets of the code page, which old programs write; what it lacks as code points."""
    written = []
    for letter in text:
        try:
            raw = letter.encode("gbk")
        except UnicodeEncodeError:
            written.append(_code_points(letter))
            continue
        written.append(_plain(letter) if len(raw) == 1 else "".join(f"\\'{octet:02x}" for octet in raw))
    return "".join(written)


def _code_points(text: str) -> str:
    return "".join(_plain(letter) if letter.isascii() else f"\\u{_signed(letter)} ?" for letter in text)


def _both(text: str) -> str:
    """Each character twice: its code point, and its octets for old readers."""
    written = []
    for letter in text:
        raw = letter.encode("gbk", "replace")
        again = "".join(f"\\'{octet:02x}" for octet in raw)
        written.append(_plain(letter) if letter.isascii() else f"\\uc{len(raw)}\\u{_signed(letter)}{again}")
    return "".join(written)


def _plain(letter: str) -> str:
    return f"\\{letter}" if letter in "\\{}" else letter


def _signed(letter: str) -> int:
    code = ord(letter)
    return code - 65536 if code > 32767 else code
