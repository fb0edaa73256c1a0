"""Upright bars in the cells of a scan: pieces of rules not found as such, which the model takes for a `1`.

A double rule has a second line inside each cell, and where a blurred one is found a few dots off, that line
stands in the cell, next to its figure. A rule runs from the one above to the one below; a character has white
over or under it. What is left of a bar that is broken cannot be told from a `1`, and is not trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Flag, auto

import numpy as np
from numpy.typing import NDArray

from parser.readers.scan_lines import Area

_COVERED = 0.5
_ACROSS = 0.6
_LOWEST = 0.6
_WHOLE = 0.9
_WHITE_OVER = 0.08
_LEAST_WHITE = 3
_SLIM = 0.34
_THREAD = 0.2
_SOLID = 0.85
_TALL = 0.4
_UNLIKE = 0.15
_DOTS = 3
_NEAR = 8
_OUTERMOST = 2
_UPRIGHT = 0.7


class Barred(Flag):
    """Where a bar may be in what is read as one line."""

    NOWHERE = 0
    FIRST = auto()
    LAST = auto()
    WITHIN = auto()


@dataclass(frozen=True, slots=True)
class Mark:
    """Connected ink in a cell: where on the page, and how many dots."""

    area: Area
    dots: int

    @property
    def wide(self) -> int:
        """Dots from its left to its right."""
        return self.area[2] - self.area[0]

    @property
    def high(self) -> int:
        """Dots from its top to its bottom."""
        return self.area[3] - self.area[1]


def bars(inked: NDArray[np.bool_], cover: NDArray[np.bool_], em: float) -> list[tuple[int, int]]:
    """The columns of a cell, first and behind the last, in which ink runs from the rule above to that below.

    `inked` and `cover` are the dots of the cell that are dark, its rules with them, and those that rules
    cover; `em` is how high a line of text is. Letters may fill a low cell from top to bottom, which tells
    nothing.
    """
    free = np.flatnonzero(cover.mean(axis=1) < _COVERED)
    if not len(free) or free[-1] + 1 - free[0] < _LOWEST * em:
        return []
    part = inked[free[0] : free[-1] + 1]
    # A rule that leans changes its column on the way.
    leaning = part.copy()
    leaning[:, 1:] |= part[:, :-1]
    leaning[:, :-1] |= part[:, 1:]
    full = leaning.mean(axis=0) >= _WHOLE
    text = part & ~cover[free[0] : free[-1] + 1] & ~full
    held = np.flatnonzero((text.sum(axis=1) > 1) & (part.mean(axis=1) < _ACROSS))
    white = len(part) - (held[-1] + 1 - held[0]) if len(held) else len(part)
    if white < max(_LEAST_WHITE, _WHITE_OVER * em):
        return []
    edges = np.flatnonzero(np.diff(np.concatenate(([0], full.astype(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def like_bar(mark: Mark, em: float) -> bool:
    """Whether a mark is an even stroke from top to bottom, which a 1 with its flag or foot is not."""
    if mark.high < _TALL * em or mark.wide > _SLIM * mark.high:
        return False
    return mark.wide <= _THREAD * mark.high or mark.dots >= _SOLID * mark.wide * mark.high


def signs(marks: Sequence[Mark], em: float) -> int:
    """How many marks are as high as a digit; fewer than the digits where some are joined."""
    return sum(one.high >= _TALL * em for one in marks)


def upright(inked: NDArray[np.bool_], marks: Sequence[Mark]) -> Barred:
    """At which ends of a line an upright stroke stands that is joined with what is beside it. `inked` are the
    dark dots of the line, without margins. A slim mark is a stroke by itself, and `barred` tells of it."""
    found = Barred.NOWHERE
    first, last = min(marks, key=lambda one: one.area[0]), max(marks, key=lambda one: one.area[2])
    for end, mark, columns in (
        (Barred.FIRST, first, inked[:, :_OUTERMOST]),
        (Barred.LAST, last, inked[:, -_OUTERMOST:]),
    ):
        slim = mark.wide <= _SLIM * mark.high + 1
        if not slim and columns.mean(axis=0).max(initial=0) >= _UPRIGHT:
            found |= end
    return found


def barred(marks: Sequence[Mark], room: Area, em: float) -> Barred:
    """At which ends of a line of marks in a cell a rule may stand: a slim mark that is near the edge of the
    cell, or an even stroke, or not as high as the others."""
    found = Barred.NOWHERE
    first, last = min(marks, key=lambda one: one.area[0]), max(marks, key=lambda one: one.area[2])
    ends = (
        (Barred.FIRST, first, first.area[0] - room[0]),
        (Barred.LAST, last, room[2] - last.area[2]),
    )
    for end, mark, gap in ends:
        others = sorted(one.high for one in marks if one is not mark and one.high >= _TALL * em)
        usual = others[len(others) // 2] if others else mark.high
        unlike = abs(mark.high - usual) > max(_UNLIKE * usual, _DOTS)
        slim = mark.high >= _TALL * em and mark.wide <= _SLIM * mark.high
        if like_bar(mark, em) or (slim and (unlike or gap <= _NEAR)):
            found |= end
    return found
