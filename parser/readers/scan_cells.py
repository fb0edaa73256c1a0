"""Which parts of a straight page are read as one line each: what stands in each cell, and what outside.

The detector knows where lines are; rules cut them at the edges of cells. Ink in a cell that no line covers (a
lone `1` or `-`) is read as well, and told where it cannot be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parser.readers.geometry import Sheet
from parser.readers.geometry_lattice import Lattice, lattices
from parser.readers.ocr import Gray
from parser.readers.scan_bars import Barred, Mark, barred, bars, like_bar, signs, upright
from parser.readers.scan_lines import Area, typical_height
from parser.readers.scan_specks import without_specks

_POINT = 200 / 72
_RULE_EDGE = 5
_BORDER = 6
_SPECK = 0.16
_PAD_UP = 0.16
_PAD_ALONG = 0.25
_LOW = 0.55
_MISSED = 0.8
_TWO_LINES = 1.35
_LINE = 0.5
_ASIDE = 0.6
_ROOM = 1.25
_HIGHER = 0.85


@dataclass(slots=True)
class Piece:
    """One line to be read: its picture, the area of its ink on the page (dots), the area that the picture
    shows, whether it stands in a cell, how high lines of text are there, where a rule may be left in
    it, how many connected marks are as high as a digit, and at which of its ends upright strokes stand."""

    picture: Gray
    ink: Area
    shown: Area
    celled: bool
    em: float
    barred: Barred = Barred.NOWHERE
    signs: int = 0
    upright: Barred = Barred.NOWHERE

    @property
    def low(self) -> bool:
        """Whether its ink is lower than letters are."""
        return self.ink[3] - self.ink[1] < _LOW * self.em


@dataclass(slots=True)
class _Page:
    """A page without its rules, its ink, how high lines of text are, its ink with the rules, and which dots
    these cover."""

    page: Gray
    ink: NDArray[np.uint8]
    em: float
    ruled: NDArray[np.bool_]
    cover: NDArray[np.bool_]


def pieces_of(
    sheet: Sheet, page: Gray, cover: NDArray[np.bool_], lines: Sequence[Area], level: int
) -> list[Piece]:
    """The pieces of a page. `lines` are lines of text as far as their ink goes; dots darker than `level` are
    ink, those of `cover` are rules.
    """
    clean = page.copy()
    wide: Any = cv2.dilate(cover.astype(np.uint8), np.ones((_RULE_EDGE, _RULE_EDGE), np.uint8))
    covered = wide.astype(bool)
    clean[covered] = 250
    without_specks(clean, level)
    ink = (clean < level).astype(np.uint8)
    here = _Page(clean, ink, typical_height(lines), page < level, covered)
    usual = here.em
    left = list(lines)
    pieces: list[Piece] = []
    for lattice in lattices(sheet):
        inside, left = _cut(lattice, left)
        # A table may be set much smaller than the text around it.
        here.em = _height_of([area for areas in inside for area in areas], ink) or usual
        for one, areas in zip(lattice.fields, inside, strict=True):
            room = tuple(round(edge * _POINT) for edge in one.box)
            pieces += _in_cell(here, (room[0], room[1], room[2], room[3]), areas)
    here.em = usual
    for area in left:
        pieces += _piece(here, _whole(here, area, lines), celled=False)
    return pieces


def _height_of(areas: Sequence[Area], ink: NDArray[np.uint8]) -> float:
    """How high lines of text are, with the room that the detector gives them. It gives small ones too much,
    and takes close ones for one; so no more than the ink of the higher lines, which have more than digits,
    asks for."""
    heights: list[int] = []
    for left, top, right, bottom in areas:
        inked = ink[max(top, 0) : bottom, max(left, 0) : right].any(axis=1).astype(np.int8)
        edges = np.flatnonzero(np.diff(inked, prepend=0, append=0))
        if len(edges):
            heights.append(int((edges[1::2] - edges[::2]).max()))
    if not heights:
        return typical_height(areas)
    return min(typical_height(areas), _ROOM * sorted(heights)[int(_HIGHER * len(heights))])


def _whole(here: _Page, area: Area, lines: Sequence[Area]) -> Area:
    """A line outside the cells with what the detector missed at its ends, up to the next line beside it."""
    left, top, right, bottom = area
    beside = [one for one in lines if min(bottom, one[3]) - max(top, one[1]) > 0.3 * (bottom - top)]
    reach = round(_MISSED * (bottom - top))
    first = max([left - 2 * reach, 0, *(one[2] for one in beside if one[2] <= left)])
    last = min([right + 2 * reach, here.page.shape[1], *(one[0] for one in beside if one[0] >= right)])
    inked = np.flatnonzero(here.ink[top:bottom, first:last].sum(axis=0) > 1) + first
    for x in reversed(inked[inked < left]):
        left = int(x) if left - x <= reach else left
    for x in inked[inked >= right]:
        right = int(x) + 1 if x - right < reach else right
    return (left, top, right, bottom)


def _cut(lattice: Lattice, lines: Sequence[Area]) -> tuple[list[list[Area]], list[Area]]:
    """The lines, or parts of them, in each field; and the lines outside of all."""
    find = lattice.locate()
    inside: list[list[Area]] = [[] for _ in lattice.fields]
    outside: list[Area] = []
    for left, top, right, bottom in lines:
        y = (top + bottom) / 2 / _POINT
        step = max(min((bottom - top) // 2, (right - left) // 3), 1)
        runs: list[tuple[int | None, int, int]] = []
        for x in range(left, right, step):
            index = find((x + step / 2) / _POINT, y)
            if runs and runs[-1][0] == index:
                runs[-1] = (index, runs[-1][1], min(x + step, right))
            else:
                runs.append((index, x, min(x + step, right)))
        if all(index is None for index, _, _ in runs):
            outside.append((left, top, right, bottom))
            continue
        for index, start, end in runs:
            if index is not None:
                inside[index].append((start, top, end, bottom))
            elif end - start > bottom - top:
                outside.append((start, top, end, bottom))
    return inside, outside


def _in_cell(here: _Page, room: Area, areas: Sequence[Area]) -> Iterator[Piece]:
    """The pieces of one cell: its ink, in the lines of the detector where those cover it."""
    parted = _without_bars(here, room)
    single = [part for area in areas for part in _lines_of(here, _within(area, room))]
    rows = sorted(single, key=lambda area: area[1] + area[3])
    marks, aside = _marks(here, room, rows)
    rest: dict[int, list[Area]] = {}
    for mark in marks:
        row = _row_of(mark.area, rows)
        if row is None:
            rows.append(mark.area)
            row = len(rows) - 1
        rest.setdefault(row, []).append(mark.area)
    for own in _joined([_around(found) for found in rest.values()], here.em):
        for piece in _piece(here, own, celled=True, room=room):
            inner = [mark for mark in marks if _within(mark.area, own) == mark.area]
            beside = [mark for mark in aside if _meet(mark.area, piece.shown)]
            piece.barred = barred([*inner, *beside], room, here.em)
            piece.signs = signs(inner, here.em)
            piece.upright = upright(here.ink[own[1] : own[3], own[0] : own[2]] > 0, inner)
            if any(own[0] < at < own[2] for at in parted):
                piece.barred |= Barred.WITHIN
            yield piece


def _without_bars(here: _Page, room: Area) -> list[int]:
    """Take rules that were not found away from the sides of a cell; where others are that have ink on both
    sides."""
    left, top, right, bottom = room
    place = (slice(top, bottom), slice(left, right))
    reach = _ASIDE * here.em
    parted = []
    for first, last in bars(here.ruled[place], here.cover[place], here.em):
        start, end = left + max(first - 1, 0), left + last + 1
        if first <= reach or right - left - last <= reach:
            here.page[top:bottom, start:end] = 250
            here.ink[top:bottom, start:end] = 0
        else:
            parted.append((start + end) // 2)
    return parted


def _lines_of(here: _Page, area: Area) -> list[Area]:
    """The lines of an area that the detector took for one: it is parted where no ink is from side to side,
    and as much as a line above and below."""
    left, top, right, bottom = area
    if bottom - top < _TWO_LINES * here.em:
        return [area]
    inked = here.ink[top:bottom, left:right].sum(axis=1) > 0
    edges = np.flatnonzero(np.diff(np.concatenate(([False], inked, [False])).astype(np.int8)))
    starts, ends = (edges[::2] + top).tolist(), (edges[1::2] + top).tolist()
    cuts = [top]
    for end, start in zip(ends, starts[1:], strict=False):
        if min(end - cuts[-1], ends[-1] - start) >= _LINE * here.em:
            cuts.append((end + start) // 2)
    return [(left, one, right, two) for one, two in pairwise([*cuts, bottom])]


def _marks(here: _Page, room: Area, rows: Sequence[Area]) -> tuple[list[Mark], list[Mark]]:
    """The ink in a cell: connected dots, without specks and without what is left of the rules around it; and
    the bars among that. What stands at its edge as high as a letter, next to a row, is a part of that."""
    left, top, right, bottom = room
    count, _, stats, _ = cv2.connectedComponentsWithStats(here.ink[top:bottom, left:right], connectivity=8)
    wide, high = right - left, bottom - top
    found: list[Mark] = []
    aside: list[Mark] = []
    for x, y, width, height, dots in np.asarray(stats)[1:count].tolist():
        edge = x + width <= _BORDER or y + height <= _BORDER or x >= wide - _BORDER or y >= high - _BORDER
        mark = Mark((left + x, top + y, left + x + width, top + y + height), dots)
        if max(width, height) < _SPECK * here.em or dots < 4:
            continue
        if edge and not (0 < x < wide - width and _begins_or_ends(mark.area, rows)):
            if like_bar(mark, here.em):
                aside.append(mark)
            continue
        if width > 0.8 * wide and height < 0.2 * here.em:
            continue
        found.append(mark)
    return found, aside


def _begins_or_ends(mark: Area, rows: Sequence[Area]) -> bool:
    """Whether a mark is about as high as a row and stands directly before or behind it, as a bracket does."""
    left, top, right, bottom = mark
    for row in rows:
        high = row[3] - row[1]
        gap = max(row[0] - right, left - row[2])
        alike = 0.6 * high <= bottom - top <= 1.3 * high
        level = abs(top + bottom - row[1] - row[3]) < 0.5 * high
        if alike and level and -high < gap < 0.5 * high:
            return True
    return False


def _row_of(mark: Area, rows: Sequence[Area]) -> int | None:
    """The row whose height holds the middle of a mark, or else the one that it overlaps most."""
    middle = (mark[1] + mark[3]) / 2
    best, most = None, 0.0
    for number, row in enumerate(rows):
        shared = min(mark[3], row[3]) - max(mark[1], row[1])
        if row[1] <= middle <= row[3] and shared > most:
            best, most = number, shared
    return best


def _joined(rows: list[Area], em: float) -> list[Area]:
    """Rows of marks from top to bottom; those that overlap in height are one."""
    rows.sort(key=lambda row: row[1] + row[3])
    found: list[Area] = []
    for row in rows:
        if found:
            last = found[-1]
            shared = min(last[3], row[3]) - max(last[1], row[1])
            if shared > 0.4 * min(row[3] - row[1], last[3] - last[1]) or _small_beside(last, row, em):
                found[-1] = _around([last, row])
                continue
        found.append(row)
    return found


def _small_beside(one: Area, two: Area, em: float) -> bool:
    """Whether one of two areas is a dot or a stroke at the height of the other."""
    small, large = sorted((one, two), key=lambda area: area[3] - area[1])
    middle = (small[1] + small[3]) / 2
    return small[3] - small[1] < 0.5 * em and large[1] - 0.15 * em <= middle <= large[3] + 0.15 * em


def _piece(here: _Page, area: Area, *, celled: bool, room: Area | None = None) -> Iterator[Piece]:
    """The picture of a line, cut to its ink with a margin."""
    height, width = here.page.shape
    left, top, right, bottom = area
    left, top, right, bottom = max(left, 0), max(top, 0), min(right, width), min(bottom, height)
    if right - left < 2 or bottom - top < 2:
        return
    if not celled:
        dark = here.ink[top:bottom, left:right]
        ys, xs = np.flatnonzero(dark.sum(1) > 0), np.flatnonzero(dark.sum(0) > 0)
        if not len(ys):
            return
        left, top, right, bottom = (
            left + int(xs[0]),
            top + int(ys[0]),
            left + int(xs[-1]) + 1,
            top + int(ys[-1]) + 1,
        )
    ink = (left, top, right, bottom)
    high = max(bottom - top, here.em)
    up = max(_PAD_UP * high, (high * (1 + 2 * _PAD_UP) - (bottom - top)) / 2)
    along = max(_PAD_ALONG * high, (0.9 * high - (right - left)) / 2)
    shown = (round(left - along), round(top - up), round(right + along), round(bottom + up))
    yield Piece(_picture(here.page, shown, room), ink, shown, celled, here.em)


def _picture(page: Gray, shown: Area, room: Area | None) -> Gray:
    """The part of the page, white beyond the page and beyond the room of the cell."""
    left, top, right, bottom = shown
    picture = np.full((bottom - top, right - left), 250, np.uint8)
    limits = room or (0, 0, page.shape[1], page.shape[0])
    inner = _within(shown, limits)
    if inner[2] > inner[0] and inner[3] > inner[1]:
        part = page[inner[1] : inner[3], inner[0] : inner[2]]
        picture[inner[1] - top : inner[3] - top, inner[0] - left : inner[2] - left] = part
    return picture


def _within(area: Area, room: Area) -> Area:
    return (
        max(area[0], room[0], 0),
        max(area[1], room[1], 0),
        min(area[2], room[2]),
        min(area[3], room[3]),
    )


def _meet(one: Area, two: Area) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


def _around(areas: Sequence[Area]) -> Area:
    lefts, tops, rights, bottoms = zip(*areas, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))
