"""Chunks: pieces of text that stand apart on a line, the parts that tables without rules are made of."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from parser.document import Box
from parser.readers.geometry import Glyph, enclosing
from parser.readers.geometry_lines import GAP_OF_DIGITS, is_cjk, spelled

_GAP_OF_NUMBERS = 0.45
_GAP_OF_TEXT = 0.85
_GAP_OF_COLUMNS = 0.08
_GAP_OF_LABELS = 0.15
_WRAP = 1.62
_LINE = 1.45
_SWEEP = 12
_VALUE = re.compile(
    r"[-−－+]?\s*(?:[\d０-９]{1,3}(?:[,，][\d０-９]{3})+|[\d０-９]+)(?:[.．][\d０-９]+)?\s*[%％]?"
    r"\s*(?:元|万元|亿元|件|条|次|篇|个|人|人次|项|宗)?\s*(?:[(（].*)?"
    r"|[/／—－\-–]{1,2}|无|空"
)


def is_value(text: str) -> bool:
    """Whether a text is a number, or stands for none."""
    return _VALUE.fullmatch(text.strip()) is not None


NUMBERED = re.compile(
    r"[(（]?([一二三四五六七八九十]{1,3}|\d{1,2}|[１-９])\s*[)）、.．]|其中|[①-⑳㈠-㈩]|第.{1,3}[条章项]"
)
"""How a label begins that is one of several."""

_BEFORE_COMMA = re.compile(r"[\d０-９]{1,3}(?:[,，][\d０-９]{3})*[,，]")
_ENDS = "0123456789０１２３４５６７８９元件条次篇个人项宗"
_NOTHING = frozenset(("无", "空"))
_UNITS = frozenset(("元", "万元", "亿元", "件", "条", "次", "篇", "个", "人", "人次", "项", "宗"))
_THOUSAND = re.compile(r"[\d０-９]{3}(?:\D|$)")


@dataclass(slots=True, eq=False)
class Chunk:
    """Neighbouring characters of one line."""

    glyphs: list[Glyph]
    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    is_value: bool = field(init=False)

    def __post_init__(self) -> None:
        self.is_value = is_value(self.text)

    @property
    def x(self) -> float:
        """The middle, across."""
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        """The middle, down."""
        return (self.top + self.bottom) / 2

    @property
    def box(self) -> Box:
        """The edges."""
        return (self.left, self.top, self.right, self.bottom)


def chunks(glyphs: Sequence[Glyph]) -> list[Chunk]:
    """Upright characters as chunks."""
    runs: list[list[Glyph]] = []
    open_runs: list[tuple[list[Glyph], float]] = []
    upright = sorted((glyph for glyph in glyphs if not glyph.turn), key=lambda glyph: glyph.left)
    for number, glyph in enumerate(upright):
        left, y = glyph.left, glyph.y
        if number % _SWEEP == 0:
            open_runs = [found for found in open_runs if left - found[0][-1].right < found[0][-1].size]
        best = -1
        for index, (run, height) in enumerate(open_runs):
            last = run[-1]
            if -0.35 * last.size < y - height < 0.35 * last.size and _touch(last, glyph):
                best = index if best < 0 or last.right > open_runs[best][0][-1].right else best
        if best < 0:
            runs.append([glyph])
            open_runs.append((runs[-1], y))
        else:
            open_runs[best][0].append(glyph)
            open_runs[best] = (open_runs[best][0], y)
    return [_chunk(run) for run in runs if any(glyph.text != " " for glyph in run)]


def with_remarks(parts: Sequence[Chunk]) -> list[Chunk]:
    """Values that wrap, as one chunk each: within a remark in brackets, or behind the comma of a thousand."""
    left = sorted(parts, key=lambda part: part.y)
    found: list[Chunk] = []
    taken: set[int] = set()
    for index, part in enumerate(left):
        if id(part) in taken:
            continue
        whole = part
        while whole.is_value or _BEFORE_COMMA.fullmatch(whole.text):
            below = next(
                (
                    other
                    for other in left[index + 1 :]
                    if id(other) not in taken
                    and 0.5 * part.size < other.y - whole.glyphs[-1].y < _WRAP * part.size
                    and other.left < whole.right
                    and other.right > whole.left
                    and _goes_on(whole.text, other.text)
                ),
                None,
            )
            if below is None:
                break
            taken.add(id(below))
            box = enclosing((whole.box, below.box))
            whole = Chunk([*whole.glyphs, *below.glyphs], whole.text + below.text, *box, part.size)
        found.append(whole)
    return found


def without_serials(parts: Sequence[Chunk]) -> None:
    """Numbers that only count the rows of a table (1, 2, 3 …, each with text behind it) are no values."""
    columns: list[list[Chunk]] = []
    counting = [part for part in parts if part.is_value and part.text.isdecimal() and len(part.text) < 4]
    for part in sorted(counting, key=lambda part: part.x):
        if columns and part.x - columns[-1][-1].x < 0.7 * part.size:
            columns[-1].append(part)
        else:
            columns.append([part])
    words = [part for part in parts if not part.is_value]
    for column in columns:
        column.sort(key=lambda part: part.y)
        # A table that begins below another one counts from 1 again.
        steps = [int(two.text) - int(one.text) == 1 or int(two.text) == 1 for one, two in pairwise(column)]
        if len(steps) < 2 or sum(steps) < 0.8 * len(steps) or all(part.text == "1" for part in column):
            continue
        if all(
            any(abs(word.y - part.y) < part.size and word.left > part.x for word in words) for part in column
        ):
            for part in column:
                part.is_value = False


def without_words(parts: Sequence[Chunk]) -> None:
    """A word for nothing that is a line of a label (（四）, 无, 法提供) is no value."""
    words = [part for part in parts if not part.is_value and len(part.text) > 1]
    for part in parts:
        if part.is_value and part.text in _NOTHING:
            near = [
                word.y - part.y
                for word in words
                if abs(word.left - part.left) < 1 and abs(word.y - part.y) < _LINE * part.size
            ]
            part.is_value = not near or min(near) * max(near) >= 0


def split_before_values(parts: Sequence[Chunk]) -> list[Chunk]:
    """All chunks; cut where a value begins close behind words, at an edge where other values begin, and where
    only a blank is between values that stand in columns with others."""
    values = [part for part in parts if part.is_value]
    lefts = sorted(part.left for part in values)
    rights = sorted(part.right for part in values)
    middles = sorted(part.x for part in values)
    found: list[Chunk] = []
    for part in parts:
        cut = 0 if part.is_value else _start_of_value(part, lefts)
        pieces = [_chunk(part.glyphs[:cut]), _chunk(part.glyphs[cut:])] if cut else [part]
        if not part.is_value and not cut and " " in part.text:
            apart = _split(part, lambda one, two: one.text == " " != two.text)
            places = [((lefts, one.left), (rights, one.right), (middles, one.x)) for one in apart]
            aligned = [any(_count_at(edges, at) for edges, at in place) for place in places]
            if all(aligned) and all(piece.is_value for piece in apart):
                pieces = apart
        found += pieces
    return found


def _start_of_value(part: Chunk, edges: Sequence[float]) -> int:
    """The place of the character with which a value at the end of words begins; 0 where there is none."""
    printed = [place for place, glyph in enumerate(part.glyphs) if glyph.text != " "]
    for before, place in reversed(list(pairwise(printed))):
        one, two = part.glyphs[before], part.glyphs[place]
        if not (two.text.isdigit() or two.text in _NOTHING or two.text in ".．,，"):
            return 0
        if two.left - one.right > _GAP_OF_LABELS * two.size and _count_at(edges, two.left) > 1:
            return place if is_value("".join(glyph.text for glyph in part.glyphs[place:])) else 0
    return 0


def _goes_on(text: str, below: str) -> bool:
    """Whether the text below is the next line of a value: of a remark that is open, the remark itself, its
    unit, or the digits behind a comma."""
    if _BEFORE_COMMA.fullmatch(text):
        return _THOUSAND.match(below) is not None
    if sum(text.count(sign) for sign in "(（") > sum(text.count(sign) for sign in ")）"):
        return True
    if text[-1].isdecimal() and below in _UNITS:
        return True
    return text[-1] in _ENDS and below[0] in "(（" and NUMBERED.match(below) is None


def _touch(one: Glyph, two: Glyph) -> bool:
    gap = (two.left - one.right) / max(one.size, two.size)
    if one.text.isdigit() and two.text.isdigit():
        return -0.7 < gap < GAP_OF_DIGITS
    wide = (is_cjk(one.text) or one.text == " ") and (is_cjk(two.text) or two.text == " ")
    return -0.7 < gap < (_GAP_OF_TEXT if wide else _GAP_OF_NUMBERS)


def _chunk(run: Iterable[Glyph]) -> Chunk:
    glyphs = list(run)
    while glyphs[-1].text == " ":
        glyphs.pop()
    while glyphs[0].text == " ":
        glyphs.pop(0)
    box = enclosing((glyph.left, glyph.top, glyph.right, glyph.bottom) for glyph in glyphs)
    return Chunk(glyphs, spelled(glyphs), *box, max(glyph.size for glyph in glyphs))


def walls(parts: Sequence[Chunk]) -> list[float]:
    """Left edges that several pieces of text share."""
    lefts = sorted(part.left for part in parts)
    return [left for left in lefts if sum(abs(other - left) < 1 for other in lefts) > 2]


def split_at_walls(chunk: Chunk, walls: Sequence[float]) -> list[Chunk]:
    """The chunk, cut where a character begins at one of `walls` (x positions) after a gap: the label of the
    next column, close behind."""

    def parted(one: Glyph, two: Glyph) -> bool:
        near = any(abs(two.left - wall) < 1.5 for wall in walls)
        return near and two.left - one.right > _GAP_OF_LABELS * two.size

    return _split(chunk, parted)


def split_at_numbering(parts: Sequence[Chunk]) -> list[Chunk]:
    """All chunks; words cut where a label begins close behind another one: at an edge where two labels with
    numbers begin, or a label with a number and a further piece of text."""
    words = [part for part in parts if not part.is_value]
    lefts = sorted(part.left for part in words)
    starts = [start for part in words for start in _numbered_starts(part)]
    edges = sorted([*(part.left for part in words if NUMBERED.match(part.text)), *starts])

    def parted(one: Glyph, two: Glyph) -> bool:
        if two.left - one.right <= _GAP_OF_LABELS * two.size:
            return False
        return _count_at(edges, two.left) > 1 or (two.left in starts and _count_at(lefts, two.left) > 0)

    return [piece for part in parts for piece in ([part] if part.is_value else _split(part, parted))]


def _numbered_starts(part: Chunk) -> list[float]:
    """Where, behind a gap within the chunk, a text begins that has a number."""
    return [
        two.left
        for place, (one, two) in enumerate(pairwise(part.glyphs), 1)
        if two.left - one.right > _GAP_OF_LABELS * two.size
        and NUMBERED.match("".join(glyph.text for glyph in part.glyphs[place : place + 5]))
    ]


def _count_at(edges: Sequence[float], place: float) -> int:
    """How many of the sorted edges are at a place."""
    return bisect_left(edges, place + 1) - bisect_left(edges, place - 1)


def split_over_columns(chunk: Chunk, middles: Sequence[float], lefts: Sequence[float]) -> list[Chunk]:
    """The chunk, cut at gaps where it stands over several columns (given by their middles), or where other
    lines of a header begin (`lefts`, sorted)."""
    several = sum(chunk.left <= middle <= chunk.right for middle in middles) > 1

    def parted(one: Glyph, two: Glyph) -> bool:
        gap = (two.left - one.right) / two.size
        if " " in (one.text, two.text):
            # A blank behind a word reaches into the room between it and the next.
            return one.text == " " and several and gap > _GAP_OF_NUMBERS
        if gap < _GAP_OF_COLUMNS:
            return False
        if gap > _GAP_OF_LABELS and _count_at(lefts, two.left) > 1:
            return True
        return _nearest(middles, one.x) != _nearest(middles, two.x) or (several and gap > _GAP_OF_NUMBERS)

    return _split(chunk, parted)


def _nearest(middles: Sequence[float], x: float) -> int:
    return min(range(len(middles)), key=lambda index: abs(middles[index] - x))


def _split(chunk: Chunk, parted: Callable[[Glyph, Glyph], bool]) -> list[Chunk]:
    cuts = [
        place for place in range(1, len(chunk.glyphs)) if parted(chunk.glyphs[place - 1], chunk.glyphs[place])
    ]
    if not cuts:
        return [chunk]
    edges = [0, *cuts, len(chunk.glyphs)]
    runs = [chunk.glyphs[start:end] for start, end in pairwise(edges)]
    return [_chunk(run) for run in runs if any(glyph.text != " " for glyph in run)]


def rows_of(parts: Iterable[Chunk]) -> list[list[Chunk]]:
    """Chunks at one height, from left to right, the rows from top to bottom."""
    rows: list[list[Chunk]] = []
    for part in sorted(parts, key=lambda part: part.y):
        if rows and part.y - rows[-1][0].y < 0.45 * min(part.size, rows[-1][0].size):
            rows[-1].append(part)
        else:
            rows.append([part])
    return [sorted(row, key=lambda part: part.left) for row in rows]
