"""A picture of a page as a `Sheet`: set upright and straight, its rules found, its characters recognised. Two
pages side by side in one picture are two.

The sheet goes through the same geometry as one of a PDF. Where a cell is ruled, what is printed in it is read
by itself, so that neighbours cannot run together; an empty cell is not read at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parser.document import Box
from parser.readers.geometry import Rule, Sheet, turned
from parser.readers.ocr import Gray, recognise
from parser.readers.scan_bars import Barred
from parser.readers.scan_cells import pieces_of
from parser.readers.scan_ink import printed, stamped
from parser.readers.scan_letters import glyphs_of, stand_ins
from parser.readers.scan_lines import CORE, Found, areas, fitted, ink_level, search, slopes, typical_height
from parser.readers.scan_rules import rules
from parser.readers.scan_seal import without_seals
from parser.readers.scan_spread import gutter
from parser.readers.scan_straight import Bend, bend_of, stretches
from parser.readers.scan_upright import Line

DPI = 200
"""Dots an inch at which pages are read."""

POINT = DPI / 72
"""Dots of a PDF point."""

MOST_LINES = 1_500
"""Lines, or words that stand apart, on one page; a dense table has three hundred."""

_SIDEWAYS = 1.3
_SINGLE_LINE = 1.5
_SEVERAL = 3
_PROBES = 5
_PROBE_LENGTH = 8
_VEIL = 2


@dataclass(slots=True)
class ScannedSheet(Sheet):
    """A sheet that was a picture. `bend`, `first` and `unit` lead from its points to the picture as the file
    has it: `first` is how many dots of the straight picture lie left of it, `unit` how long a dot of the
    picture is there (points of a PDF page, dots of an image file)."""

    bend: Bend = field(default_factory=lambda: Bend(0, 0))
    first: int = 0
    unit: float = 1.0

    def source_box(self, box: Box) -> Box:
        """A box of this sheet on the page, or in the image, as it was before it was set straight."""
        left, top, right, bottom = (edge * POINT for edge in box)
        crooked = self.bend.source_box((left + self.first, top, right + self.first, bottom))
        back = turned(crooked, -self.turn, float(self.bend.width), float(self.bend.height))
        return (back[0] * self.unit, back[1] * self.unit, back[2] * self.unit, back[3] * self.unit)


def read_picture(picture: NDArray[np.uint8], number: int, unit: float) -> ScannedSheet:
    """The sheet of a picture (gray or RGB) that has `DPI` dots an inch. `unit` as in `ScannedSheet`."""
    page, veil = without_seals(printed(picture))
    stamp = np.where(veil > 0, np.uint8(_VEIL), stamped(picture))
    found = search(page)
    if not areas(found):
        height, width = page.shape
        return ScannedSheet(number, width / POINT, height / POINT, images=1.0, unit=unit)
    turns = 1 if _is_sideways(found) else 0
    page, stamp, found = _turned(page, turns), _turned(stamp, turns), _map_turned(found, turns)
    height, width = page.shape
    bend = bend_of(width, height, [*stretches(page), *slopes(found)])
    page, stamp = bend.straight(page, 255.0), bend.straight(stamp, 0.0)
    found = replace(found, likely=bend.straight(found.likely, 0.0, (found.across, found.down)))
    if _is_upside_down(page, found):
        turns += 2
        page, stamp, found = _turned(page, 2), _turned(stamp, 2), _map_turned(found, 2)
        bend = bend.upside_down()
    blank = partial(ScannedSheet, number, height=height / POINT, turn=turns, images=1.0, bend=bend, unit=unit)
    cut = gutter(width, height, areas(found), stretches(page)) if width > height else None
    if cut is None:
        return _read(blank(width=width / POINT), page, stamp, found)
    first, second = (
        _read(
            blank(width=(end - start) / POINT, first=start),
            np.ascontiguousarray(page[:, start:end]),
            np.ascontiguousarray(stamp[:, start:end]),
            # Two pages have smaller letters than one where lines are looked for.
            search(page[:, start:end]),
        )
        for start, end in ((0, cut), (cut, width))
    )
    first.beside = second
    return first


def _read(sheet: ScannedSheet, page: Gray, stamp: NDArray[np.uint8], found: Found) -> ScannedSheet:
    """The blank sheet with what stands on its page. `stamp` is 1 under a red seal and `_VEIL` under a gray
    one, of which something may be left: what is read there has a doubt."""
    cores, around = areas(found, CORE), areas(found)
    if not cores:
        return sheet
    level = ink_level(page, cores)
    dark = page < level
    inked = [
        place for place, (left, top, right, bottom) in enumerate(cores) if dark[top:bottom, left:right].any()
    ]
    if len(inked) > MOST_LINES:
        sheet.crowded = True
        return sheet
    cores, around = [cores[place] for place in inked], [around[place] for place in inked]
    lines = [fitted(core, room, dark) for core, room in zip(cores, around, strict=True)]
    across, down, cover = rules(page, lines, around, stamp > 0)
    sheet.across = [_rule(line) for line in across]
    sheet.down = [_rule(line) for line in down]
    sheet.glyphs = stand_ins(cores)
    pieces = pieces_of(sheet, page, cover, lines, level)
    for piece in pieces:
        left, top, right, bottom = piece.ink
        if (stamp[top:bottom, left:right] == _VEIL).any():
            piece.barred |= Barred.WITHIN
    sheet.glyphs, sheet.stains = glyphs_of(pieces)
    sheet.layer.update(glyph.text for glyph in sheet.glyphs if glyph.text != " ")
    if sheet.glyphs:
        # It is no picture any more that nobody has read.
        sheet.images = 0.0
    return sheet


def _rule(line: Line) -> Rule:
    at, start, end = line
    return Rule((at + 0.5) / POINT, start / POINT, end / POINT)


def _turned(page: NDArray[Any], turns: int) -> NDArray[Any]:
    return np.ascontiguousarray(np.rot90(page, -turns))


def _map_turned(found: Found, turns: int) -> Found:
    across, down = (found.down, found.across) if turns % 2 else (found.across, found.down)
    return Found(_turned(found.likely, turns), across, down)


def _is_sideways(found: Found) -> bool:
    """Whether lines of writing run up or down the picture."""
    boxes = areas(found)
    along = sum(right - left for left, _, right, _ in boxes)
    up = sum(bottom - top for _, top, _, bottom in boxes)
    return up > _SIDEWAYS * along


def _is_upside_down(page: Gray, found: Found) -> bool:
    """Whether the writing of a straight page, level as it is, stands on its head: some of its longest lines
    are read both ways."""
    # Lone digits tell little, and where the detector took several lines for one, neither way can be read.
    boxes = [box for box in areas(found) if box[2] - box[0] >= _SEVERAL * (box[3] - box[1])] or areas(found)
    highest = _SINGLE_LINE * typical_height(boxes)
    boxes = [box for box in boxes if box[3] - box[1] <= highest]
    boxes.sort(key=lambda box: box[2] - box[0], reverse=True)
    probes: list[Any] = []
    for left, top, right, bottom in boxes[:_PROBES]:
        end = min(right, left + _PROBE_LENGTH * (bottom - top))
        probes.append(page[max(top, 0) : bottom, max(left, 0) : end])
    probes = [probe for probe in probes if min(probe.shape) > 4]
    upright, reversed_ = (
        sum(letter.confidence - 0.5 for line in recognise(some) for letter in line)
        for some in (probes, [cv2.rotate(probe, cv2.ROTATE_180) for probe in probes])
    )
    return reversed_ > upright
