"""A picture of a page as a `Sheet`: set upright and straight, its rules found, its characters recognised.

The sheet goes through the same geometry as one of a PDF. Where a cell is ruled, what is printed in it is read
by itself, so that neighbours cannot run together; an empty cell is not read at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parser.document import Box
from parser.readers.geometry import Rule, Sheet, turned
from parser.readers.ocr import Gray, recognise
from parser.readers.scan_cells import pieces_of
from parser.readers.scan_ink import printed
from parser.readers.scan_letters import glyphs_of, stand_ins
from parser.readers.scan_lines import CORE, Found, areas, fitted, ink_level, search, slopes
from parser.readers.scan_rules import rules
from parser.readers.scan_straight import Bend, bend_of, stretches
from parser.readers.scan_upright import Line

DPI = 200
"""Dots an inch at which pages are read."""

POINT = DPI / 72
"""Dots of a PDF point."""

MOST_LINES = 1_500
"""Lines, or words that stand apart, on one page; a dense table has three hundred."""

_SIDEWAYS = 1.3
_PROBES = 8
_PROBE_LENGTH = 10


@dataclass(slots=True)
class ScannedSheet(Sheet):
    """A sheet that was a picture. `bend` and `unit` lead from its points to the picture as the file has it:
    `unit` is how long a dot of the picture is there (points of a PDF page, dots of an image file)."""

    bend: Bend = field(default_factory=lambda: Bend(0, 0))
    unit: float = 1.0

    def source_box(self, box: Box) -> Box:
        """A box of this sheet on the page, or in the image, as it was before it was set straight."""
        left, top, right, bottom = (edge * POINT for edge in box)
        crooked = self.bend.source_box((left, top, right, bottom))
        back = turned(crooked, -self.turn, float(self.bend.width), float(self.bend.height))
        return (back[0] * self.unit, back[1] * self.unit, back[2] * self.unit, back[3] * self.unit)


def read_picture(picture: NDArray[np.uint8], number: int, unit: float) -> ScannedSheet:
    """The sheet of a picture (gray or RGB) that has `DPI` dots an inch. `unit` as in `ScannedSheet`."""
    page = printed(picture)
    found = search(page)
    if not areas(found):
        height, width = page.shape
        return ScannedSheet(number, width / POINT, height / POINT, images=1.0, unit=unit)
    turns = _quarter_turns(page, found)
    if turns:
        page = np.ascontiguousarray(np.rot90(page, -turns))
        likely = np.ascontiguousarray(np.rot90(found.likely, -turns))
        found = Found(likely, page.shape[1] / likely.shape[1], page.shape[0] / likely.shape[0])
    height, width = page.shape
    bend = bend_of(width, height, [*stretches(page), *slopes(found)])
    page = bend.straight(page, 255.0)
    likely = bend.straight(found.likely, 0.0, (found.across, found.down))
    sheet = ScannedSheet(number, width / POINT, height / POINT, turns, images=1.0, bend=bend, unit=unit)
    _read(sheet, page, Found(likely, found.across, found.down))
    if sheet.glyphs:
        # It is no picture any more that nobody has read.
        sheet.images = 0.0
    return sheet


def _read(sheet: ScannedSheet, page: Gray, found: Found) -> None:
    cores, around = areas(found, CORE), areas(found)
    if not cores:
        return
    level = ink_level(page, cores)
    dark = page < level
    inked = [
        place for place, (left, top, right, bottom) in enumerate(cores) if dark[top:bottom, left:right].any()
    ]
    if len(inked) > MOST_LINES:
        sheet.crowded = True
        return
    cores, around = [cores[place] for place in inked], [around[place] for place in inked]
    lines = [fitted(core, room, dark) for core, room in zip(cores, around, strict=True)]
    across, down, cover = rules(page, lines, around)
    sheet.across = [_rule(line) for line in across]
    sheet.down = [_rule(line) for line in down]
    sheet.glyphs = stand_ins(cores)
    sheet.glyphs, sheet.stains = glyphs_of(pieces_of(sheet, page, cover, lines, level))
    sheet.layer.update(glyph.text for glyph in sheet.glyphs if glyph.text != " ")


def _rule(line: Line) -> Rule:
    at, start, end = line
    return Rule((at + 0.5) / POINT, start / POINT, end / POINT)


def _quarter_turns(page: Gray, found: Found) -> int:
    """By how many quarter turns clockwise the picture must be turned for its writing to stand upright."""
    boxes = areas(found)
    if not boxes:
        return 0
    along = sum(right - left for left, _, right, _ in boxes)
    up = sum(bottom - top for _, top, _, bottom in boxes)
    turns = 1 if up > _SIDEWAYS * along else 0
    if turns:
        height = page.shape[0]
        page = np.ascontiguousarray(np.rot90(page, -1))
        boxes = [(height - bottom, left, height - top, right) for left, top, right, bottom in boxes]
    boxes.sort(key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), reverse=True)
    probes: list[Any] = []
    for left, top, right, bottom in boxes[:_PROBES]:
        end = min(right, left + _PROBE_LENGTH * (bottom - top))
        probes.append(page[max(top, 0) : bottom, max(left, 0) : end])
    probes = [probe for probe in probes if min(probe.shape) > 4]
    upright = recognise(probes)
    reversed_ = recognise([cv2.rotate(probe, cv2.ROTATE_180) for probe in probes])
    sure = [
        sum(letter.confidence - 0.5 for line in lines for letter in line) for lines in (upright, reversed_)
    ]
    return turns + 2 if sure[1] > sure[0] else turns
