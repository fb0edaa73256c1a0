"""Tables of a text whose columns are parted by nothing but blanks, and stand below each other.

`pdftotext -layout`, `<pre>` and exports with a fixed width draw a table as a page does: by where characters
stand. So the lines become a page of characters of one width (two for a Chinese one), and the builder of bare
tables reads it (`geometry_bare`).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

from parser.document import Grid, Locator
from parser.numbers import is_unit, read_number
from parser.readers.geometry import Glyph, Sheet
from parser.readers.geometry_bare import bare_grids

MOST_LINES = 3_000
"""Lines of a text that is looked at; a long report has some 600."""

_SHEET = 250
"""Lines of one page, if no table is cut there: the builder takes four times as long for twice as many."""

PIECE = re.compile(r"\S+(?:[ \xa0]\S+)*")
"""What stands in one column: words parted by one blank at most."""

_EM = 10.0
_PITCH, _CLOSE = 18.0, 16.0
"""Ems and line heights of the page that a text is set on, in its points; close lines may be one label."""
_OPENS = re.compile(r"[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s*[、.．)）]|第|其中")
_REST = 20
_FEWEST_RESTS = 3
_WORD = re.compile("[\u4e00-\u9fff（《“](?<![无零空])")
_LONGEST = 300
_LONG_PROSE = 40
_FEWEST_ROWS = 3
_FEWEST_VALUES = 5
_ALIKE = 0.95


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table, its first line (from 0), and for each of its lines what of it stands outside the table."""

    grid: Grid
    first: int
    rest: dict[int, str]

    def below(self, lines: int) -> Drawn:
        """The same, so many lines further down."""
        if not lines:
            return self
        cells = tuple(replace(cell, locator=_moved(cell.locator, lines)) for cell in self.grid.cells)
        grid = Grid(cells, _moved(self.grid.locator, lines))
        return Drawn(grid, self.first + lines, {line + lines: rest for line, rest in self.rest.items()})


def _moved(place: Locator, lines: int) -> Locator:
    return replace(place, line=(place.line or 1) + lines)


def width(text: str) -> int:
    """Columns on a screen: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def tables(lines: Sequence[str]) -> Iterator[Drawn]:
    """The tables among the lines, from top to bottom; none where columns do not stand below each other."""
    if len(lines) > MOST_LINES or not _are_aligned(lines):
        return
    for first, stretch in _sheets(lines):
        for drawn in _tables_of(_Page(stretch)):
            yield drawn.below(first)


def _sheets(lines: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """The lines in stretches that are looked at together, each with its first line's number: from one to the
    next empty line behind `_SHEET` lines, or twice as many."""
    first = 0
    for place, line in enumerate(lines):
        if place - first >= _SHEET and (not line.strip() or place - first >= 2 * _SHEET):
            yield first, lines[first:place]
            first = place
    yield first, lines[first:]


def _tables_of(page: _Page) -> Iterator[Drawn]:
    found, left = bare_grids(page.sheet, page.sheet.glyphs)
    kept = {glyph.order for glyph in left}
    taken: dict[int, list[int]] = {}
    for glyph in page.sheet.glyphs:
        if glyph.order not in kept:
            taken.setdefault(page.line_of(glyph.order), []).append(glyph.order)
    for table in found:
        grid = page.located(table.grid)
        places = [(cell.locator.line or 1) - 1 for cell in grid.cells]
        own = [line for line in range(min(places), max(places) + 1) if line in taken]
        rest = {line: page.without(line, taken.pop(line)) for line in own}
        yield Drawn(grid, min(places), rest)


def _are_aligned(lines: Sequence[str]) -> bool:
    """Whether rows of a table are parted by runs of blanks that are wider and narrower, as they are where
    what they part stands below each other."""
    gaps: Counter[int] = Counter()
    rows = values = 0
    for line in lines:
        if len(line) > _LONGEST:
            continue
        pieces = list(PIECE.finditer(line))
        told = [_is_value(piece.group()) for piece in pieces]
        if len(pieces) < 2 or not any(told):
            continue
        rows += 1
        values = max(values, sum(told))
        gaps.update(width(line[one.end() : two.start()]) for one, two in pairwise(pieces))
    if rows < _FEWEST_ROWS and values < _FEWEST_VALUES:
        return False
    return max(gaps.values()) < _ALIKE * gaps.total()


def _wraps(lines: Sequence[str]) -> bool:
    """Whether labels of a table go on in the next line: short pieces alone beside values, that open
    nothing."""
    rests = 0
    for above, line, below in zip(lines, lines[1:], (*lines[2:], ""), strict=False):
        piece = line.strip()
        if len(piece) < _REST and not _OPENS.match(piece) and len(PIECE.findall(piece)) == 1:
            rests += any(_is_value(one) for other in (above, below) for one in PIECE.findall(other))
    return rests >= _FEWEST_RESTS


def _tops(lines: Sequence[str]) -> list[float]:
    """How far down the page each line begins. The lines between two empty ones are set in one way."""
    top = len(lines) * _PITCH
    tops: list[float] = []
    for blank, group in groupby(lines, key=lambda line: not line.strip()):
        stretch = list(group)
        close = not blank and _wraps(stretch)
        for _ in stretch:
            tops.append(top)
            top += _CLOSE if close else _PITCH
    return tops


class _Page:
    """The lines set as a page of one font, with all of them far from its edges, where nothing is cut."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._starts: list[int] = []
        self._tops = _tops(lines)
        glyphs: list[Glyph] = []
        order = 0
        for number, line in enumerate(lines):
            self._starts.append(order)
            if not _is_prose(line):
                glyphs += self._glyphs(number, line, order)
            order += len(line)
        self.sheet = Sheet(1, _EM * _LONGEST, 3 * self._tops[0], glyphs=glyphs)

    def _glyphs(self, number: int, line: str, order: int) -> Iterator[Glyph]:
        top = self._tops[number]
        last: Glyph | None = None
        left = 0.0
        for place, letter in enumerate(line):
            right = left + width(letter) * _EM / 2
            if not letter.isspace():
                if last is not None and left - last.right <= _EM / 2 and _WORD.match(letter):
                    # One blank in front of a Chinese word parts no columns.
                    last.right = left
                last = Glyph(letter, left, top, right, top + _EM, _EM, 0, order + place)
                yield last
            left = right

    def line_of(self, order: int) -> int:
        """The line, counted from 0, of a glyph."""
        return bisect_right(self._starts, order) - 1

    def without(self, line: int, orders: Sequence[int]) -> str:
        """A line without some of its characters."""
        gone = {order - self._starts[line] for order in orders}
        return "".join(
            " " if place in gone else letter for place, letter in enumerate(self._lines[line])
        ).rstrip()

    def located(self, grid: Grid) -> Grid:
        """The grid with lines and characters for places on the page."""
        cells = tuple(replace(cell, locator=self._locator(cell.locator)) for cell in grid.cells)
        return Grid(cells, self._locator(grid.locator))

    def _locator(self, place: Locator) -> Locator:
        left, top, _, _ = place.box or (0.0, self._tops[0], 0.0, 0.0)
        number = max(bisect_right(self._tops, top + _EM / 2) - 1, 0)
        column = 0
        for letter in self._lines[number]:
            left -= width(letter) * _EM / 2
            if left < 0:
                break
            column += 1
        return Locator(line=number + 1, column=column + 1)


def _is_value(piece: str) -> bool:
    return read_number(piece).understood


def _is_prose(line: str) -> bool:
    """Whether a line is too long, or a sentence without a value in a column of its own."""
    if len(line) > _LONGEST:
        return True
    if len(line) < _LONG_PROSE:
        return False
    pieces = PIECE.findall(line)
    return max(map(len, pieces), default=0) >= _LONG_PROSE and not any(
        _is_value(piece) or is_unit(piece) for piece in pieces[1:]
    )
