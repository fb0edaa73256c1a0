"""Chunks: pieces of text that stand apart on a line, the parts that tables without rules are made of."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from parser.document import Box
from parser.readers.geometry import Glyph, enclosing
from parser.readers.geometry_lines import GAP_OF_DIGITS, is_cjk, spelled

GAP_OF_NUMBERS = 0.45
"""The widest gap within a piece of text that has figures or Latin letters, in em."""
_GAP_OF_TEXT = 0.85
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

_UNFINISHED = re.compile(r"[\d０-９]{1,3}(?:[,，][\d０-９]{3})*[,，]([\d０-９]{0,2})")
"""A number that ends in the middle of a thousand."""
_BEFORE_POINT = re.compile(r"[\d０-９,，]+[.．]")
_TWO_DECIMALS = re.compile(r"[\d０-９,，]+[.．][\d０-９]{2}")
_ABREAST = 0.2
_ENDS = "0123456789０１２３４５６７８９元件条次篇个人项宗"
NOTHING = frozenset(("无", "空"))
"""Words that stand for no number."""
_DASHES = frozenset("-－−–—―")
_SERIAL_HEADS = frozenset(("序号", "序", "编号", "行次"))
_UNITS = frozenset(("元", "万元", "亿元", "件", "条", "次", "篇", "个", "人", "人次", "项", "宗"))
_DIGITS = re.compile(r"[\d０-９]+")


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
    return [chunk_of(run) for run in runs if any(glyph.text != " " for glyph in run)]


def with_remarks(parts: Sequence[Chunk]) -> list[Chunk]:
    """Values that wrap, as one chunk each: in a remark in brackets, in a thousand, or at the decimals."""
    left = sorted(parts, key=lambda part: part.y)
    heights = [part.y for part in left if part.is_value]
    found: list[Chunk] = []
    taken: set[int] = set()
    for index, part in enumerate(left):
        if id(part) in taken:
            continue
        whole = part
        while whole.is_value or _UNFINISHED.fullmatch(whole.text) or _BEFORE_POINT.fullmatch(whole.text):
            below = next(
                (
                    other
                    for other in left[index + 1 :]
                    if id(other) not in taken
                    and 0.5 * part.size < other.y - whole.glyphs[-1].y < _WRAP * part.size
                    and other.left < whole.right
                    and other.right > whole.left
                    and (
                        _goes_on(whole.text, other.text)
                        or _wraps_at_decimals(whole, other, heights)
                        or _wraps_in_its_row(whole, other, heights)
                    )
                ),
                None,
            )
            if below is None:
                break
            taken.add(id(below))
            box = enclosing((whole.box, below.box))
            whole = Chunk([*whole.glyphs, *below.glyphs], whole.text + below.text, *box, part.size)
        found.append(whole if whole is part else _at_its_row(whole, part, heights))
    return found


def _at_its_row(whole: Chunk, first: Chunk, heights: Sequence[float]) -> Chunk:
    """A value of several lines, at the height of the other values of its row, where those beside it
    (`heights`, sorted) tell: a cell may end in a blank line."""
    near = [
        height
        for height in heights[bisect_left(heights, whole.top) : bisect_left(heights, whole.bottom)]
        if abs(height - first.y) > _ABREAST * first.size
    ]
    if not near or near[-1] - near[0] > _ABREAST * first.size:
        return whole
    middle = (near[0] + near[-1]) / 2
    reach = max(middle - whole.top, whole.bottom - middle)
    box = (whole.left, middle - reach, whole.right, middle + reach)
    return Chunk(whole.glyphs, whole.text, *box, whole.size)


def without_serials(parts: Sequence[Chunk]) -> None:
    """Numbers that only count the rows of a table (1, 2, 3 …, each with text behind it) are no values."""
    columns: list[list[Chunk]] = []
    counting = [part for part in parts if part.is_value and part.text.isdecimal() and len(part.text) < 4]
    for part in sorted(counting, key=lambda part: part.x):
        if columns and part.x - columns[-1][-1].x < 0.7 * part.size:
            columns[-1].append(part)
        else:
            columns.append([part])
    _without_first_numbers(counting, parts)
    words = [part for part in parts if not part.is_value]
    heads = [word for word in words if word.text.replace(" ", "") in _SERIAL_HEADS]
    for column in columns:
        column.sort(key=lambda part: part.y)
        headed = any(word.left < column[0].x < word.right and word.y < column[0].y for word in heads)
        # A table that begins below another one counts from 1 again.
        steps = [int(two.text) - int(one.text) == 1 or int(two.text) == 1 for one, two in pairwise(column)]
        if len(steps) < (0 if headed else 2) or sum(steps) < 0.8 * len(steps):
            continue
        if all(part.text == "1" for part in column) and not headed:
            continue
        if all(
            any(abs(word.y - part.y) < part.size and word.left > part.x for word in words) for part in column
        ):
            for part in column:
                part.is_value = False


def _without_first_numbers(counting: Sequence[Chunk], parts: Sequence[Chunk]) -> None:
    """A number in front of a label that has a number of its own, with values behind it, is no value, be it
    the only one of the page."""
    ordered = sorted(parts, key=_height)
    heights = [part.y for part in ordered]
    for part in counting:
        reach = _ABREAST * part.size
        row = ordered[bisect_left(heights, part.y - reach) : bisect_left(heights, part.y + reach)]
        row.sort(key=_left)
        if row[0] is part and len(row) > 2 and not row[1].is_value and NUMBERED.match(row[1].text):
            part.is_value = not row[-1].is_value


def _height(part: Chunk) -> float:
    return part.y


def _left(part: Chunk) -> float:
    return part.left


def without_words(parts: Sequence[Chunk]) -> None:
    """A word for nothing that is a line of a label (（四）, 无, 法提供) is no value."""
    words = [part for part in parts if not part.is_value and len(part.text) > 1]
    for part in parts:
        if part.is_value and part.text in NOTHING:
            near = [
                word.y - part.y
                for word in words
                if abs(word.left - part.left) < 1 and abs(word.y - part.y) < _LINE * part.size
            ]
            part.is_value = not near or min(near) * max(near) >= 0


def _goes_on(text: str, below: str) -> bool:
    """Whether the text below is the next line of a value: of a remark that is open, the remark itself, its
    unit, or what a thousand lacks."""
    if unfinished := _UNFINISHED.fullmatch(text):
        digits = _DIGITS.match(below)
        return digits is not None and len(unfinished[1]) + digits.end() == 3
    if sum(text.count(sign) for sign in "(（") > sum(text.count(sign) for sign in ")）"):
        return True
    if text[-1].isdecimal() and below in _UNITS:
        return True
    return text[-1] in _ENDS and below[0] in "(（" and NUMBERED.match(below) is None


def _wraps_at_decimals(one: Chunk, two: Chunk, heights: Sequence[float]) -> bool:
    """Whether two lines are one number with its decimals: the second begins with the point, or values that
    do not wrap stand half way between the two (`heights`, sorted)."""
    if _TWO_DECIMALS.fullmatch(one.text + two.text) is None:
        return False
    if two.text[0] in ".．":
        return True
    if not any(sign in one.text for sign in ".．"):
        return False
    return _have_between(one, two, heights)


def _wraps_in_its_row(one: Chunk, two: Chunk, heights: Sequence[float]) -> bool:
    """Whether two lines of digits are one number: values that do not wrap stand half way between them
    (`heights`, sorted), where no row has room beside theirs."""
    if not _DIGITS.fullmatch(one.text) or not _DIGITS.fullmatch(two.text):
        return False
    return _have_between(one, two, heights)


def _have_between(one: Chunk, two: Chunk, heights: Sequence[float]) -> bool:
    """Whether a value stands half way between two lines."""
    middle, slack = (one.y + two.y) / 2, _ABREAST * one.size
    place = bisect_left(heights, middle - slack)
    return place < len(heights) and heights[place] <= middle + slack


def _touch(one: Glyph, two: Glyph) -> bool:
    gap = (two.left - one.right) / max(one.size, two.size)
    if one.text.isdigit() and two.text.isdigit():
        return -0.7 < gap < GAP_OF_DIGITS
    if {one.text, two.text} & _DASHES and (one.text.isdigit() or two.text.isdigit()):
        return -0.7 < gap < GAP_OF_NUMBERS
    wide = (is_cjk(one.text) or one.text == " ") and (is_cjk(two.text) or two.text == " ")
    return -0.7 < gap < (_GAP_OF_TEXT if wide else GAP_OF_NUMBERS)


def chunk_of(run: Iterable[Glyph]) -> Chunk:
    glyphs = list(run)
    while glyphs[-1].text == " ":
        glyphs.pop()
    while glyphs[0].text == " ":
        glyphs.pop(0)
    box = enclosing((glyph.left, glyph.top, glyph.right, glyph.bottom) for glyph in glyphs)
    return Chunk(glyphs, spelled(glyphs), *box, max(glyph.size for glyph in glyphs))


def rows_of(parts: Iterable[Chunk]) -> list[list[Chunk]]:
    """Chunks at one height, from left to right, the rows from top to bottom."""
    rows: list[list[Chunk]] = []
    for part in sorted(parts, key=lambda part: part.y):
        if rows and part.y - rows[-1][0].y < 0.45 * min(part.size, rows[-1][0].size):
            rows[-1].append(part)
        else:
            rows.append([part])
    return [sorted(row, key=lambda part: part.left) for row in rows]
