"""Large characters that lie over or under the text of a page: a watermark that is not written aslant."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from parser.readers.geometry import Glyph

_LARGE = 2.0
_INNER = 0.1
_NEXT = 2.5


def watermarks(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The characters of lines in which one is much larger than another that stands within it. Titles
    are large too, but nothing stands within them."""
    printed = [glyph for glyph in glyphs if glyph.text != " "]
    if not printed:
        return []
    smallest, largest = min(glyph.size for glyph in printed), max(glyph.size for glyph in printed)
    if largest < _LARGE * smallest:
        return []
    small = sorted((glyph for glyph in printed if _LARGE * glyph.size <= largest), key=_height)
    heights = [glyph.y for glyph in small]
    found: list[Glyph] = []
    for line in _lines([glyph for glyph in printed if glyph.size >= _LARGE * smallest]):
        if any(_holds(glyph, small, heights) for glyph in line):
            found += line
    return found


def _height(glyph: Glyph) -> float:
    return glyph.y


def _lines(large: Sequence[Glyph]) -> list[list[Glyph]]:
    """Large characters that follow each other in the file, side by side."""
    found = [[glyph] for glyph in large[:1]]
    for one, two in pairwise(large):
        near = abs(one.x - two.x) < _NEXT * one.size and abs(one.y - two.y) < _NEXT * one.size
        if near and abs(one.size - two.size) < _INNER * one.size:
            found[-1].append(two)
        else:
            found.append([two])
    return found


def _holds(large: Glyph, small: Sequence[Glyph], heights: Sequence[float]) -> bool:
    """Whether the middle of a small character lies well within a large one."""
    slack = _INNER * large.size
    left, right = large.left + slack, large.right - slack
    first, last = bisect_left(heights, large.top + slack), bisect_right(heights, large.bottom - slack)
    return any(
        left < small[place].x < right and _LARGE * small[place].size <= large.size
        for place in range(first, last)
    )
