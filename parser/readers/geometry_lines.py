"""Lines of text: characters put into rows, and rows into strings, blanks and all.

Blanks are where the file has them or where a gap is too wide for none; never inside a number whose digits
touch. Chinese text that wraps is joined without a blank.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from parser.document import Box
from parser.readers.geometry import Glyph

GAP_OF_DIGITS = 0.3
"""Ems between two digits that are no more of one number."""

_GAP_BETWEEN_LETTERS = 0.3
_GAP_BETWEEN_SIGNS = 1.0
_TOUCHING = 0.12
_PADDED = 0.9
_CJK_FROM = 0x2E80


@dataclass(slots=True)
class Line:
    """Characters on one line, from left to right, without leading and trailing blanks."""

    glyphs: list[Glyph]
    text: str
    box: Box
    size: float


def lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """The lines of a stretch of upright text, from top to bottom."""
    rows: list[list[Glyph]] = []
    top = bottom = 0.0
    for glyph in sorted(_printed(glyphs), key=lambda glyph: glyph.top + glyph.bottom):
        height = glyph.bottom - glyph.top
        shared = min(bottom, glyph.bottom) - max(top, glyph.top)
        if rows and shared > 0.5 * min(height, bottom - top):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
            top, bottom = glyph.top, glyph.bottom
    _return_blanks(rows, [glyph for glyph in glyphs if glyph.text == " "])
    return [line(row) for row in rows]


def line(glyphs: Sequence[Glyph]) -> Line:
    """The characters of one line as a `Line`. At least one of them is not a blank."""
    ordered = sorted(glyphs, key=_from_the_left)
    printed = [glyph for glyph in ordered if glyph.text != " "]
    sizes = {glyph.size for glyph in printed}
    size = printed[0].size
    if len(sizes) > 1:
        size = Counter(round(glyph.size, 1) for glyph in printed).most_common(1)[0][0]
    box = (
        min([glyph.left for glyph in printed]),
        min([glyph.top for glyph in printed]),
        max([glyph.right for glyph in printed]),
        max([glyph.bottom for glyph in printed]),
    )
    return Line(printed, spelled(ordered), box, round(size, 1))


def _from_the_left(glyph: Glyph) -> tuple[float, int]:
    return (glyph.left + glyph.right, glyph.order)


def spelled(ordered: Sequence[Glyph]) -> str:
    """The string that a row of characters makes, given from left to right."""
    parts: list[str] = []
    last: Glyph | None = None
    blank = False
    for glyph in ordered:
        if glyph.text == " ":
            blank = True
            continue
        if (
            last is not None
            and glyph.left - last.right >= _TOUCHING * glyph.size
            and _parted(last, glyph, blank)
        ):
            parts.append(" ")
        parts.append(glyph.text)
        last, blank = glyph, False
    return "".join(parts)


def _parted(one: Glyph, two: Glyph, blank: bool) -> bool:
    """Whether a blank stands between two neighbours; `blank` when the file has one there."""
    gap = (two.left - one.right) / max(one.size, two.size)
    if blank:
        # A blank that lies over both (the padded end of other text) parts nothing.
        return gap >= _TOUCHING
    if one.text.isdigit() and two.text.isdigit():
        return gap > GAP_OF_DIGITS
    wide = is_cjk(one.text) or is_cjk(two.text)
    return gap > (_GAP_BETWEEN_SIGNS if wide else _GAP_BETWEEN_LETTERS)


def is_cjk(text: str) -> bool:
    """Whether the text begins with a Chinese character or full-width sign."""
    return ord(text[0]) >= _CJK_FROM or text[0] in "“”‘’—…·、。"


def joined(texts: Sequence[str], full: Sequence[bool]) -> str:
    """Wrapped lines as one text. `full[i]`: line i reaches the edge, so the break is not the author's.

    Chinese joins without a blank, words with one. Between digits a break stays (`\\n`) unless the line is
    full: one number in a narrow cell wraps, two numbers stand one above the other.
    """
    whole = texts[0]
    for text, wrapped in zip(texts[1:], full, strict=False):
        before, after = whole[-1], text[0]
        if is_cjk(before) or is_cjk(after):
            whole += text
        elif before.isdigit() or after.isdigit() or before in ".," or after in ".,":
            whole += text if wrapped else "\n" + text
        else:
            whole += " " + text
    return whole


def cell_text(glyphs: Sequence[Glyph], box: Box) -> str:
    """The text of one cell, whatever way its writing runs."""
    printed = _printed(glyphs)
    if not printed:
        return ""
    if any(glyph.turn for glyph in printed):
        turn = Counter(glyph.turn for glyph in printed).most_common(1)[0][0]
        if turn:
            return _turned_text(glyphs, turn)
    tops = [glyph.top for glyph in printed]
    if max(tops) - min(tops) < 0.3 * printed[0].size:
        return spelled(sorted(glyphs, key=_from_the_left))
    if _runs_down(printed):
        return "".join(glyph.text for column in _columns(printed) for glyph in column)
    found = lines(glyphs)
    return joined([one.text for one in found], [fills(one, box) for one in found])


def fills(one: Line, box: Box) -> bool:
    """Whether a line of a cell leaves no room for another such character, wherever in the cell it is set."""
    last = one.glyphs[-1]
    room = (box[2] - box[0]) - (one.box[2] - one.box[0])
    return room < _PADDED * one.size + last.right - last.left


def _turned_text(glyphs: Sequence[Glyph], turn: int) -> str:
    """Writing that runs down (1), backwards (2) or up (3): looked at from its own side."""
    upright = [_looked_at(glyph, turn) for glyph in glyphs]
    found = lines(upright)
    return joined([one.text for one in found], [True] * len(found))


def _looked_at(glyph: Glyph, turn: int) -> Glyph:
    left, top, right, bottom = glyph.left, glyph.top, glyph.right, glyph.bottom
    match turn:
        case 1:
            left, top, right, bottom = top, -right, bottom, -left
        case 2:
            left, top, right, bottom = -right, -bottom, -left, -top
        case _:
            left, top, right, bottom = -bottom, left, -top, right
    return Glyph(glyph.text, left, top, right, bottom, glyph.size, 0, glyph.order)


def _runs_down(printed: Sequence[Glyph]) -> bool:
    """Whether most steps from one character to the next in the file go straight down, in several columns."""
    if len(printed) < 4:
        return False
    down = right = 0
    for one, two in pairwise(sorted(printed, key=lambda glyph: glyph.order)):
        across, along = two.x - one.x, two.y - one.y
        if abs(across) < 0.4 * one.size and 0.5 * one.size < along < 2.5 * one.size:
            down += 1
        elif abs(along) < 0.4 * one.size and across > 0:
            right += 1
    return down > 2 * right and len(_columns(printed)) > 1


def _columns(printed: Sequence[Glyph]) -> list[list[Glyph]]:
    """Columns of vertical writing, from right to left, each from top to bottom."""
    columns: list[list[Glyph]] = []
    for glyph in sorted(printed, key=lambda glyph: -glyph.x):
        if columns and columns[-1][0].x - glyph.x < 0.6 * glyph.size:
            columns[-1].append(glyph)
        else:
            columns.append([glyph])
    return [sorted(column, key=lambda glyph: glyph.y) for column in columns]


def _printed(glyphs: Sequence[Glyph]) -> list[Glyph]:
    return [glyph for glyph in glyphs if glyph.text != " "]


def _return_blanks(rows: list[list[Glyph]], blanks: Sequence[Glyph]) -> None:
    """Give each blank back to the row at its height; of two as near, to the first."""
    if not blanks or not rows:
        return
    heights = [sum([glyph.y for glyph in row]) / len(row) for row in rows]
    order = sorted(range(len(rows)), key=heights.__getitem__)
    rising = [heights[index] for index in order]
    for blank in blanks:
        below = bisect_left(rising, blank.y)
        above = bisect_left(rising, rising[below - 1]) if below else 0
        near = [order[place] for place in (above, below) if place < len(order)]
        nearest = min(near, key=lambda index: (abs(heights[index] - blank.y), index))
        if abs(heights[nearest] - blank.y) < 0.5 * max(blank.size, 1.0):
            rows[nearest].append(blank)
