"""Upright rules that text hides: looked for row by row of a table, between two rules across."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parser.readers.ocr import Gray

Line = tuple[float, int, int]
"""Where a rule lies, where it starts and ends, in dots."""

_SMOOTH = 11
_LEAST_SEEN = 3 / _SMOOTH
_FAINT = 20
_FAINTEST = 9
_UNEVEN = 0.2
_LONG = 3
_NEXT = 2
_EDGE = 3
_EVEN = 0.4
_THICKEST = 9
_BESIDE = 4
_WHITE_ROWS = 0.6
_REACH = 9
_LOWEST = 18
_TALL = 1.6
_AGREES = 4
_KNOWN = 6


@dataclass(frozen=True, slots=True)
class Band:
    """A part of a page between a rule across and the next one below it."""

    top: int
    bottom: int
    left: int
    right: int


def hidden(
    page: Gray, across: Sequence[Line], down: Sequence[Line], blank: NDArray[np.bool_], em: float
) -> list[tuple[Line, int]]:
    """Upright rules that are not in `down`, each from a rule across to the next, and how many dots thick.

    `blank` are the dots of the rules across, `em` is how high a line of text is. Smoothed along its height, a
    rule is dark all the way whether it is drawn or dotted; letters are not, as there is room above and below.
    """
    seen = np.where(blank, 0, 1).astype(np.float32)
    ink = (255 - page).astype(np.float32) * seen
    share: Any = cv2.blur(seen, (1, _SMOOTH))
    smooth: Any = cv2.blur(ink, (1, _SMOOTH)) / np.maximum(share, _LEAST_SEEN)
    wide: Any = cv2.dilate(smooth, np.ones((1, 3), np.uint8))
    strong: list[tuple[Line, int]] = []
    weak: list[tuple[Line, int]] = []
    for band in bands(across, page.shape[1], _LOWEST):
        hold = np.asarray(share)[band.top : band.bottom, band.left : band.right] >= _LEAST_SEEN
        for line, thick, firm in _upright(np.asarray(smooth), np.asarray(wide), hold, band):
            if not _is_known(line, down):
                (strong if firm else weak).append((line, thick))
    # Letters may fill a low row from rule to rule, but hardly two rows, nor below an upright rule.
    sure = [
        one
        for one in strong
        if _height(one[0]) >= _TALL * em
        or any(two is not one and _goes_on(one[0], two[0], _NEXT) for two in strong)
    ]
    left = [one for one in [*strong, *weak] if one not in sure]
    known = [line for line in down if _height(line) >= _LONG * em] + [line for line, _ in sure]
    while agreed := [one for one in left if any(_goes_on(one[0], line, 2 * em) for line in known)]:
        left = [one for one in left if one not in agreed]
        sure += agreed
        known = [line for line, _ in agreed]
    return sure


def _height(line: Line) -> int:
    return line[2] - line[1]


def bands(across: Sequence[Line], width: int, lowest: int) -> list[Band]:
    """The places between a rule across and the next below it, at least `lowest` dots high, on a page of that
    width."""
    last = np.full(width, -1, np.int32)
    found: list[Band] = []
    for level in sorted({round(at) for at, _, _ in across}):
        covered = np.zeros(width, bool)
        for at, start, end in across:
            if round(at) == level:
                covered[max(start - _REACH, 0) : end + _REACH] = True
        above = np.where(covered, last, -1)
        edges = np.flatnonzero(np.diff(above)) + 1
        for left, right in zip([0, *edges.tolist()], [*edges.tolist(), width], strict=True):
            top = int(above[left])
            if top >= 0 and level - top >= lowest and right - left > 2 * _REACH:
                found.append(Band(top, level, left, right))
        last[covered] = level
    return found


def _upright(
    smooth: NDArray[np.float32], wide: NDArray[np.float32], seen: NDArray[np.bool_], band: Band
) -> list[tuple[Line, int, bool]]:
    """Upright rules of a band, how thick they are, and whether they are clear enough to need no witness."""
    left, right = band.left, band.right
    part = np.where(seen, wide[band.top : band.bottom, left:right], np.nan)
    enough = seen.mean(axis=0) > _WHITE_ROWS
    part[:, ~enough] = 0
    # What is left of the rules across is taken for white there.
    part = part[_EDGE:-_EDGE]
    least, middle = np.nanmin(part, axis=0), np.nanmedian(part, axis=0)
    holds = (least > _FAINTEST) & (least > _UNEVEN * middle)
    edges = np.flatnonzero(np.diff(np.concatenate(([0], holds.astype(np.int8), [0]))))
    found: list[tuple[Line, int, bool]] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - start > _THICKEST:
            continue
        dark = float(np.median(middle[start:end]))
        sides = (left + start - _BESIDE, left + start), (left + end, left + end + _BESIDE)
        if any(
            (smooth[band.top : band.bottom, max(one, 0) : two].max(axis=1, initial=0) < _EVEN * dark).mean()
            > _WHITE_ROWS
            for one, two in sides
        ):
            at = left + (start + end - 1) / 2
            lowest = float(least[start:end].max())
            firm = lowest > max(_FAINT, _EVEN * dark)
            found.append(((at, band.top, band.bottom), end - start, firm))
    return found


def _is_known(line: Line, down: Sequence[Line]) -> bool:
    at, top, bottom = line
    there = sum(max(min(bottom, end) - max(top, start), 0) for x, start, end in down if abs(x - at) <= _KNOWN)
    return there >= 0.8 * (bottom - top)


def _goes_on(line: Line, other: Line, reach: float) -> bool:
    """Whether a line lies in one with another that is no further off than `reach`."""
    return abs(line[0] - other[0]) <= _AGREES and line[1] <= other[2] + reach and other[1] <= line[2] + reach
