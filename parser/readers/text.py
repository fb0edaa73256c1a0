"""Plain text and Markdown: reports as text exports write them.

A line with tabs, or with bars, is a row of a table; its cells stand where the tabs put them. A line of a
paragraph that an editor wrapped is joined to the next. Locators give the line and the character in it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from parser.document import Block, Cell, Document, Grid, Heading, Locator, Paragraph, State, Unreadable
from parser.readers.charset import decode
from parser.readers.markdown import plain
from parser.readers.text_cells import stacked_tables
from parser.readers.text_columns import tables
from parser.readers.text_rows import rows_of

_RULE = re.compile(r"^(?=.*[\-=─━┄—])[\s|:+\-=─━┄—]+$")
_SINGLE_SIGNS = re.compile(r"^\s*[|｜]?(?:\s*[\-—─]?\s*[|｜])+\s*[\-—─]?\s*$")
"""A row whose cells are blank or hold one dash: values of an office that writes `-` for nothing."""
_MARKDOWN_HEADING = re.compile(r"^(#{1,6})\s*(\S.*?)\s*#*$")
_CORNERS = frozenset("+├┤┬┴┼┌┐└┘╠╣╦╩╬╔╗╚╝")
_BOX = _CORNERS | frozenset(" \u3000|│┃║:-=─━┄┈═")
"""What a rule between the rows of a table drawn with characters is made of; it has at least one corner."""
_HEADING_START = re.compile(
    r"^[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.．]|^[（(][一二三四五六七八九十]{1,3}[）)]"
)
_SENTENCE_ENDS = "。；：！？!?;:…”』」》）)"
MOST_OCTETS = 4 << 20
"""The longest report seen has 60,000 characters."""

_NARROWEST = 40
_RAGGED = 4
_FEWEST_LINES = 6
_MOST_EMPTY = 2
"""Lines looked at behind an empty one for the next row of its table."""
_CUT_LINE = 60
_CUT_REST = 10
_BAR = re.compile("[|｜│┃║]")


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: tuple[tuple[int, str], ...]
    """Character position (from 1) and text of each cell."""
    wide: int = 1
    """Columns that the last cell reaches over."""


def read(payload: bytes) -> Document:
    """Turn text of any encoding into a document. Raises `Unreadable` only for more than a report can be."""
    if len(payload) > MOST_OCTETS:
        raise Unreadable(State.TOO_LARGE, f"The text has more than {MOST_OCTETS} octets.")
    text = decode(payload).text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n")
    return Document("text", tuple(blocks_of(text.split("\n"))))


def blocks_of(lines: list[str]) -> Iterator[Block]:
    """The blocks that lines of text make, with lines and characters for places."""
    rows: list[_Row] = []
    prose: list[tuple[int, str]] = []
    table = list(_rows(lines))
    drawn = _set_apart(lines, table)
    width = _wrap_width([line for line, row in zip(lines, table, strict=True) if row is None])
    for number, (line, row) in enumerate(zip(lines, table, strict=True), start=1):
        if number in drawn:
            yield from _prose(prose)
            prose = []
            if rows:
                yield _grid(rows)
                rows = []
            yield from drawn[number]
        if row is not None:
            yield from _prose(prose)
            prose = []
            if row.cells:
                rows.append(row)
            continue
        if rows and not line.strip() and _goes_on_below(rows[-1], lines, table, number):
            continue
        if rows:
            yield _grid(rows)
            rows = []
        if not line.strip():
            continue
        if prose and not _goes_on(prose[-1], (number, line), width):
            yield from _prose(prose)
            prose = []
        prose.append((number, line))
    if rows:
        yield _grid(rows)
    yield from _prose(prose)


def _set_apart(lines: list[str], table: list[_Row | None]) -> dict[int, list[Grid]]:
    """Tables whose columns stand below each other, by the number of their first line; their lines lose what
    stands in them. Rows whose cells only blanks part are put into `table`."""
    found: dict[int, list[Grid]] = {}
    free = ["" if row is not None else line for line, row in zip(lines, table, strict=True)]
    for drawn in tables(free):
        found.setdefault(drawn.first + 1, []).append(drawn.grid)
        for place, rest in drawn.rest.items():
            lines[place], free[place] = rest, ""
    for place, row in rows_of(free).items():
        table[place] = _Row(place + 1, row.cells, row.wide)
    if not found and not any(table):
        for stacked in stacked_tables(lines):
            found.setdefault(stacked.lines[0] + 1, []).append(stacked.grid)
            for place in stacked.lines:
                lines[place] = ""
    return found


def _goes_on_below(above: _Row, lines: list[str], table: list[_Row | None], place: int) -> bool:
    """Whether a table goes on behind an empty line (or two): the next row has as many cells, and no ruler
    makes it the head of a table of its own."""
    near = range(place, min(place + _MOST_EMPTY, len(lines)))
    following = next((number for number in near if lines[number].strip()), None)
    row = None if following is None else table[following]
    if following is None or row is None or len(row.cells) != len(above.cells):
        return False
    below = table[following + 1] if following + 1 < len(table) else None
    return below is None or bool(below.cells)


def _wrap_width(lines: list[str]) -> int | None:
    """The width at which an editor wrapped the text, or `None` where lines are as long as their
    paragraphs."""
    widths = [width for line in lines if (width := _width(line)) >= _NARROWEST]
    if len(widths) < _FEWEST_LINES:
        return None
    common, _ = Counter(widths).most_common(1)[0]
    near = sum(abs(width - common) <= _RAGGED for width in widths)
    return common if near * 2 > len(widths) else None


def _width(line: str) -> int:
    """Columns on a screen: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line.strip())


def _barred(lines: list[str], place: int) -> bool:
    """Whether a line has bars that part cells: two of them, or one where a line close by has one too."""
    bars = len(_BAR.findall(lines[place]))
    if bars != 1:
        return bars > 1
    near = (*lines[max(place - 2, 0) : place], *lines[place + 1 : place + 3])
    return any(_BAR.search(line) for line in near)


def _rows(lines: list[str]) -> Iterator[_Row | None]:
    """Each line as `_row` has it. Below a ruler of more than one sign a cell, single signs are values."""
    ruled = False
    for number, line in enumerate(lines):
        row = _row(number + 1, line, barred=_barred(lines, number), ruled=ruled)
        ruled = row is not None and (ruled or (not row.cells and not _SINGLE_SIGNS.match(line)))
        yield row


def _row(number: int, line: str, *, barred: bool, ruled: bool) -> _Row | None:
    """The line as a table row; a row without cells for a ruler (`|---|`), `None` for running text."""
    if "\t" in line:
        return _Row(number, tuple(_split(line, "\t")))
    if line[:1] in _BOX and _CORNERS & (signs := set(line)) and signs <= _BOX:
        return _Row(number, ())
    if barred:
        if _RULE.match(line) and not (ruled and _SINGLE_SIGNS.match(line)):
            return _Row(number, ())
        barred_line = _BAR.sub("|", line)
        cells = list(_split(barred_line, "|"))
        if barred_line.lstrip().startswith("|"):
            cells = cells[1:]
        if barred_line.rstrip().endswith("|"):
            cells = cells[:-1]
        return _Row(number, tuple(cells))
    return None


def _split(line: str, mark: str) -> Iterator[tuple[int, str]]:
    place = 0
    for piece in line.split(mark):
        lead = len(piece) - len(piece.lstrip())
        yield place + lead + 1, plain(piece, "\n").strip()
        place += len(piece) + 1


def _grid(rows: list[_Row]) -> Grid:
    cells = tuple(
        Cell(
            place,
            column,
            text,
            colspan=row.wide if column == len(row.cells) - 1 else 1,
            locator=Locator(line=row.line, column=start),
        )
        for place, row in enumerate(rows)
        for column, (start, text) in enumerate(row.cells)
    )
    return Grid(cells, Locator(line=rows[0].line, column=1))


def _prose(lines: list[tuple[int, str]]) -> Iterator[Block]:
    if not lines:
        return
    number, first = lines[0]
    locator = Locator(line=number, column=len(first) - len(first.lstrip()) + 1)
    heading = _MARKDOWN_HEADING.match(first.strip())
    if heading and len(lines) == 1:
        yield Heading(plain(heading.group(2), ""), len(heading.group(1)), locator)
        return
    text = ""
    for _, line in lines:
        text = _join(text, plain(line, "").strip())
    yield Paragraph(text, locator)


def _join(one: str, other: str) -> str:
    """Two lines of a paragraph: a blank only between words of letters."""
    if (
        one
        and other
        and one[-1].isascii()
        and other[0].isascii()
        and one[-1].isalnum()
        and other[0].isalnum()
    ):
        return f"{one} {other}"
    return one + other


def _goes_on(one: tuple[int, str], other: tuple[int, str], width: int | None) -> bool:
    """Whether a paragraph goes on in the next line: the line is full, or a page break cut it; either way it
    ends
    inside a sentence and the next line opens nothing new."""
    line, following = one[1].strip(), other[1].strip()
    if line[-1] in _SENTENCE_ENDS or _MARKDOWN_HEADING.match(line):
        return False
    if _HEADING_START.match(following) or following.startswith(("#", "-", "*")) or other[1][:1] in " \u3000":
        return False
    if other[0] == one[0] + 1:
        return width is not None and abs(_width(line) - width) <= _RAGGED
    return len(line) >= _CUT_LINE and len(following) >= _CUT_REST
