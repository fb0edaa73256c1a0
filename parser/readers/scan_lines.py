"""Lines of text on a scanned page, as the detector's map shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parser.readers.ocr import Gray, text_map
from parser.readers.scan_straight import level_by, skew_of

SEARCHED_SIDE = 960
"""Dots of the longer side of a page in which lines are looked for."""

GROWN = 1.6
CORE = 0.2

_LIKELY = 0.3
_LEAST = 2
_STEP = 32
_LIGHTER = 20
_LIGHTEST = 190
_FURTHER = 0.3

Area = tuple[int, int, int, int]
"""Left, top, right, bottom in dots; right and bottom lie outside."""


@dataclass(frozen=True, slots=True)
class Found:
    """The detector's map of a page, and how many dots of the page one of its dots is, across and down."""

    likely: NDArray[np.float32]
    across: float
    down: float


def search(page: Gray) -> Found:
    """Where text is on a page, turned any way."""
    height, width = page.shape
    scale = SEARCHED_SIDE / max(height, width)
    wide = max(round(width * scale / _STEP), 1) * _STEP
    high = max(round(height * scale / _STEP), 1) * _STEP
    small: Any = cv2.resize(page, (wide, high), interpolation=cv2.INTER_AREA)
    # In a picture that is aslant, the detector takes close lines for one.
    degrees = skew_of(page)
    likely = text_map(level_by(small, degrees, 255.0))
    return Found(level_by(likely, -degrees, 0.0), width / wide, height / high)


def areas(found: Found, growth: float = GROWN) -> list[Area]:
    """The areas of lines (or of parts of lines that stand apart). The detector marks the core of a line;
    grown by `GROWN` it holds the letters whole, by `CORE` hardly more than the core."""
    likely = (found.likely > _LIKELY).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(likely, connectivity=8)
    boxes: list[Area] = []
    for left, top, width, height, _ in np.asarray(stats)[1:].tolist():
        if width < _LEAST or height < _LEAST:
            continue
        more = growth * width * height / (2 * (width + height)) + 0.5
        boxes.append(
            (
                max(round((left - more) * found.across), 0),
                max(round((top - more) * found.down), 0),
                round((left + width + more) * found.across),
                round((top + height + more) * found.down),
            )
        )
    return boxes


def slopes(found: Found) -> list[tuple[float, float, float, float]]:
    """The middle lines of long lines of text: from (x1, y1) to (x2, y2), in dots of the page."""
    likely = (found.likely > _LIKELY).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(likely, connectivity=8)
    lines = []
    for number, (left, top, width, height, _) in enumerate(np.asarray(stats).tolist()):
        if number == 0 or width < 60 or width < 4 * height:
            continue
        part = np.asarray(labels)[top : top + height, left : left + width] == number
        end = width // 6
        rows = np.arange(height)[:, None]
        one, two = part[:, :end], part[:, width - end :]
        y1, y2 = (float((side * rows).sum() / max(side.sum(), 1)) for side in (one, two))
        lines.append(
            (
                (left + end / 2) * found.across,
                (top + y1 + 0.5) * found.down,
                (left + width - end / 2) * found.across,
                (top + y2 + 0.5) * found.down,
            )
        )
    return lines


def typical_height(boxes: Sequence[Area]) -> float:
    """The middle one of the heights of lines; 0 where there are none."""
    heights = sorted(bottom - top for _, top, _, bottom in boxes)
    return float(heights[len(heights) // 2]) if heights else 0.0


def ink_level(page: Gray, cores: Sequence[Area]) -> int:
    """How dark a dot must be to be ink: between the letters and their paper."""
    letters = np.concatenate([page[top:bottom, left:right].ravel() for left, top, right, bottom in cores])
    level, _ = cv2.threshold(letters, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return int(min(level + _LIGHTER, _LIGHTEST))


def fitted(core: Area, room: Area, dark: NDArray[np.bool_]) -> Area:
    """A line as far as its ink goes: from its middle on to the next row, and column, of dots without ink.

    `room` is where its letters may be. Where there is ink beyond, something else touches the line, and what
    is near its middle is taken.
    """
    more = round(_FURTHER * (room[3] - room[1]))
    outer = (room[0], max(room[1] - more, 0), min(room[2], dark.shape[1]), min(room[3] + more, dark.shape[0]))
    left, top, right, bottom = outer
    if right <= left or bottom <= top:
        return core
    rows = np.asarray(dark[top:bottom, max(core[0], 0) : core[2]].any(axis=1), bool)
    first, last = _run(rows, core[1] - top, core[3] - top, room[1] - top, room[3] - top)
    columns = np.asarray(dark[top + first : top + last, left:right].any(axis=0), bool)
    start, end = _run(columns, core[0] - left, core[2] - left, 0, right - left)
    return (left + start, top + first, left + end, top + last)


def _run(inked: NDArray[np.bool_], start: int, end: int, least: int, most: int) -> tuple[int, int]:
    """Where the ink round `start` to `end` begins and ends; `least` and `most` where it has no end."""
    first, last = max(start, 0), min(end, len(inked))
    while first > 0 and inked[first - 1]:
        first -= 1
    while last < len(inked) and inked[last]:
        last += 1
    touches_before, touches_after = first == 0 and inked[0], last == len(inked) and inked[-1]
    return (max(least, 0) if touches_before else first), (min(most, len(inked)) if touches_after else last)
