"""The ruled lines of a straight page, whether drawn, gray, dotted or as thin as a hair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parser.readers.ocr import Gray
from parser.readers.scan_lines import Area, typical_height
from parser.readers.scan_segments import settled
from parser.readers.scan_upright import Line, hidden

_THICKEST = 12
_SMOOTH = 9
_FAINT = 20
_GAP = 15
_LENGTH = 30
_SLOPE = 12
_THICK = 20
_PLAIN = 50
_AMONG = 0.75
_WHOLE = 0.88
_UNBROKEN = 0.95
_SHORT = 150
_BLOCK = 0.6
_LINE = 0.9
_STEP = 6
_SPREAD = 12
_DASHES = 3
_UNEVEN = 2.2
_STRIDE = 14
_DOTTED = 0.22
_DASHED = 0.6
_ALONE = 400
_TOUCH = 9
_SIDES = 4


def rules(
    page: Gray, text: Sequence[Area], around: Sequence[Area], stamp: NDArray[np.bool_]
) -> tuple[list[Line], list[Line], NDArray[np.bool_]]:
    """Rules across, rules down, and the dots that they cover. `text` are lines of text as far as their ink
    goes, where no rule is; `around` the same with some room, where a broken line is no rule; `stamp` are the
    dots under a seal.

    Sizes hold for 200 dots an inch.
    """
    bare = 255 - page
    ink = bare.copy()
    for left, top, right, bottom in text:
        ink[top:bottom, left:right] = 0
    near = np.zeros(page.shape, bool)
    for left, top, right, bottom in around:
        near[top:bottom, left:right] = True
    # Where letters crowd a rule, or the detector took two cells for one line, only a whole line is one.
    one = [*_along_rows(ink, near, strict=False), *_along_rows(bare, near, strict=True)]
    sides = (np.ascontiguousarray(ink.T), np.ascontiguousarray(bare.T))
    two = [*_along_rows(sides[0], near.T, strict=False), *_along_rows(sides[1], near.T, strict=True)]
    across = [stroke for stroke in one if _belongs(stroke, two)]
    down = [stroke for stroke in two if _belongs(stroke, one)]
    loose, edges = _cut_off([stroke for stroke in two if not _belongs(stroke, one)], one)
    down += loose
    cover = np.zeros(page.shape, bool)
    for stroke in across:
        cover[stroke.part] |= stroke.dots
    blank = cover.copy()
    for stroke in down:
        cover.T[stroke.part] |= stroke.dots
    level, upright = _levelled(across), _levelled(down)
    more = hidden(page, [*level, *_on_level(edges)], upright, blank, typical_height(text))
    for (at, start, end), thick in more:
        left = max(round(at - (thick - 1) / 2), 0)
        cover[start:end, left : left + thick] = True
    guessed = [line for line, _ in more]
    upright = _on_level([*upright, *guessed])
    return settled(page, (level, upright), guessed, (cover, stamp), typical_height(text))


def _levelled(strokes: Sequence[_Stroke]) -> list[Line]:
    """The lines of strokes; those that lie nearly at one level, as the lines of a double rule do, are put on
    it together."""
    return _on_level([stroke.line for stroke in strokes])


def _on_level(lines: Sequence[Line]) -> list[Line]:
    """The lines of `_levelled`, without their dots."""
    groups: list[list[Line]] = []
    for line in sorted(lines):
        if groups and line[0] - groups[-1][-1][0] <= _STEP and line[0] - groups[-1][0][0] <= _SPREAD:
            groups[-1].append(line)
        else:
            groups.append([line])
    found = []
    for group in groups:
        length = sum(end - start for _, start, end in group)
        level = sum(at * (end - start) for at, start, end in group) / length
        found += [(level, start, end) for _, start, end in group]
    return found


@dataclass(frozen=True, slots=True)
class _Stroke:
    """A connected line: where it runs, and its dots in a part of the picture."""

    line: Line
    part: tuple[slice, slice]
    dots: NDArray[np.bool_]


def _belongs(stroke: _Stroke, crossing: Sequence[_Stroke]) -> bool:
    """Whether a line is of a table: it is long, or touches one that runs the other way; a short one ends at
    such lines."""
    _, start, end = stroke.line
    if end - start > _ALONE:
        return True
    touched = _touched(stroke, crossing)
    if not touched or end - start >= _SHORT:
        return bool(touched)
    return (
        min(touched) - start <= _TOUCH
        and end - max(touched) <= _TOUCH
        and max(touched) - min(touched) > _TOUCH
    )


def _touched(stroke: _Stroke, crossing: Sequence[_Stroke]) -> list[float]:
    """Where lines that run the other way cross one, or end at it."""
    at, start, end = stroke.line
    return [
        other.line[0]
        for other in crossing
        if start - _TOUCH <= other.line[0] <= end + _TOUCH
        and other.line[1] - _TOUCH <= at <= other.line[2] + _TOUCH
    ]


def _cut_off(strokes: Sequence[_Stroke], crossing: Sequence[_Stroke]) -> tuple[list[_Stroke], list[Line]]:
    """The short lines of a row that was cut from its table with the page, without an edge, and where that
    edge would be: they end in the open where several others do, and start where they start."""
    found: list[_Stroke] = []
    edges: list[Line] = []
    for stroke in strokes:
        _, start, end = stroke.line
        row = [
            other
            for other in strokes
            if abs(other.line[1] - start) <= _TOUCH and abs(other.line[2] - end) <= _TOUCH
        ]
        if len(row) < _SIDES or end - start >= _SHORT:
            continue
        touched = _touched(stroke, crossing)
        if not touched:
            continue
        found.append(stroke)
        sides = [other.line[0] for other in row]
        # Smoothed, a line is a little longer than it is.
        for edge, rule in ((start + _SMOOTH // 2, min(touched)), (end - _SMOOTH // 2, max(touched))):
            if abs(edge - rule) > _TOUCH:
                edges.append((float(edge), round(min(sides)), round(max(sides))))
    return found, edges


def _is_even(inked: NDArray[np.bool_]) -> bool:
    """Whether a broken line is one of dots: many pieces of about the same length."""
    steps = np.flatnonzero(np.diff(np.concatenate(([0], inked.astype(np.int8), [0]))))
    lengths = np.sort(steps[1::2] - steps[::2])
    if len(lengths) < max(_DASHES, len(inked) / _STRIDE) or inked.mean() < _DOTTED:
        return False
    return bool(lengths[len(lengths) * 4 // 5] <= _UNEVEN * lengths[len(lengths) // 2])


def _holds_line(thin: Gray) -> bool:
    """Whether a low block has a line from its left to its right, as a double rule does. The letters of a
    small line of text close up to a block too."""
    inked = thin > _PLAIN
    around = inked[:-2] | inked[1:-1] | inked[2:]
    return bool(around.mean(axis=1).max() > _LINE)


def _along_rows(ink: Gray, near: NDArray[np.bool_], *, strict: bool) -> list[_Stroke]:
    column = np.ones((_THICKEST, 1), np.uint8)
    thin: Any = cv2.subtract(ink, cv2.morphologyEx(ink, cv2.MORPH_OPEN, column))
    smooth: Any = cv2.blur(thin, (_SMOOTH, 1))
    # A level line that is off by a fraction of a dot changes its row on the way.
    drawn: Any = cv2.dilate((smooth > _FAINT).astype(np.uint8), np.ones((3, 1), np.uint8))
    # Letters that stay in the picture would close up with the rules beside them.
    gap = np.ones((1, 1 if strict else _GAP), np.uint8)
    mask: Any = cv2.morphologyEx(drawn, cv2.MORPH_CLOSE, gap)
    mask = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((1, _LENGTH), np.uint8))
    _, labels, stats, centres = cv2.connectedComponentsWithStats(mask, connectivity=8)
    found: list[_Stroke] = []
    places = zip(np.asarray(stats).tolist(), np.asarray(centres).tolist(), strict=True)
    for number, ((left, top, width, height, _), (_, y)) in enumerate(places):
        if number == 0 or height > _THICK + width // 100:
            continue
        part = (slice(top, top + height), slice(left, left + width))
        own = np.asarray(labels)[part] == number
        if width < _SHORT and height > _SLOPE and own.mean() > _BLOCK and not _holds_line(thin[part]):
            continue
        inked = (thin[part] > (_PLAIN if strict else _FAINT)).any(axis=0)
        if strict and inked.mean() < _UNBROKEN:
            continue
        whole = inked.mean() > _WHOLE
        if height > _SLOPE + width // 100 and (strict or not whole):
            continue
        among = float(near[part][own].mean())
        dashed = width >= _SHORT and among < _AMONG / 2 and inked.mean() > _DASHED
        if not whole and (among > _AMONG or not (dashed or _is_even(inked))):
            continue
        found.append(_Stroke((y, left, left + width), part, own))
    return found
