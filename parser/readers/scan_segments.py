"""The rules of a table, piece by piece: each one between two rules that it crosses is there or it is not.

Where the rules of a table lie is known once some of each have been found. Between two neighbours that cross
it, a rule is dark all the way, however faint or dotted it is; the edges of letters one below the other are
not. So a piece that is white somewhere was never a rule, and one that was lost (beside a seal, under a line
of text) is found where its rule would go on. Both directions are looked at in the same way.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from parser.readers.ocr import Gray
from parser.readers.scan_upright import Line

_TOUCH = 9
_NEAR = 6
_DOUBLE = 12
_EDGE = 4
_WINDOW = 9
_SHORT_WINDOW = 3
_UNBROKEN = 0.5
_REACH = 4
_BESIDE = (3, 7)
_MOSTLY = 0.6
_WHITE = 0.15
_WHITEST = 10.0
_DRAWN = 0.35
_EVEN = 0.45
_OVERHANG = 14
_LOCAL = 8
_FIRM = 0.55
_TALL = 1.6

Darkness = NDArray[np.float32]


@dataclass(slots=True)
class _Piece:
    """A rule between two that cross it, or where it would be: its level (unknown until looked for), its ends,
    and whether it was found before."""

    at: float | None
    top: int
    bottom: int
    had: bool


@dataclass(frozen=True, slots=True)
class _Trace:
    """What is seen along a piece, window by window: by how much it is darker than both of its sides, at least
    and mostly; and how dark it is where it is lightest."""

    least: float
    middle: float
    lightest: float


def settled(
    page: Gray, across: Sequence[Line], down: Sequence[Line], cover: NDArray[np.bool_], em: float
) -> tuple[list[Line], list[Line], NDArray[np.bool_]]:
    """Rules across, rules down and the dots that they cover: those given, without the pieces that are none,
    and with those that were lost. `em` is how high a line of text is; sizes hold for 200 dots an inch."""
    ink = (255 - page).astype(np.float32)
    turned, turned_cover = np.ascontiguousarray(ink.T), np.ascontiguousarray(cover.T)
    level: list[Line] = []
    upright: list[Line] = []
    for rows, columns in _tables(across, down):
        firm = _settled(ink, cover, columns, rows, em)
        level += _settled(turned, turned_cover, rows, firm, em)
        upright += firm
    kept = np.zeros_like(cover)
    for lines, dots, known in ((level, kept.T, cover.T), (upright, kept, cover)):
        for at, start, end in lines:
            middle = round(at)
            beside = slice(max(middle - _LOCAL, 0), middle + _LOCAL + 1)
            dots[start:end, beside] |= known[start:end, beside]
            dots[start:end, max(middle - 1, 0) : middle + 2] = True
    return level, upright, kept


def _settled(
    ink: Darkness, cover: NDArray[np.bool_], lines: Sequence[Line], crossing: Sequence[Line], em: float
) -> list[Line]:
    """Upright lines of one table, piece by piece."""
    if not crossing or not lines:
        return list(lines)
    # Without the gaps of dots, a white spot of a few dots tells that there is no rule.
    for window in (_SHORT_WINDOW, _WINDOW):
        pieces, traces = _pieces(ink, cover, lines, crossing, window)
        usual, whole = _usual(pieces, traces)
        if whole >= _UNBROKEN:
            break
    more = _unseen(ink, lines, crossing, (usual, window), em) if usual else []
    if more:
        pieces, traces = _pieces(ink, cover, [*lines, *more], crossing, window)
    return [
        (piece.at, piece.top, piece.bottom)
        for piece, trace in zip(pieces, traces, strict=True)
        if piece.at is not None and _is_drawn(trace, usual, had=piece.had)
    ]


def _pieces(
    ink: Darkness,
    cover: NDArray[np.bool_],
    lines: Sequence[Line],
    crossing: Sequence[Line],
    window: int,
) -> tuple[list[_Piece], list[_Trace | None]]:
    """The pieces of upright lines, and what is seen of each."""
    pieces: list[_Piece] = []
    for group in _groups(lines):
        own = _cut(group, crossing)
        for piece in own:
            if piece.had and piece.at is not None:
                piece.at = _local(cover, piece.at, piece.top, piece.bottom)
        sure = [piece for piece in own if piece.had]
        for piece in own:
            if piece.at is None and sure:
                piece.at = min(sure, key=lambda one: abs(one.top - piece.top)).at
        pieces += own
    traces = [
        None if piece.at is None else _trace(ink, piece.at, piece.top + _EDGE, piece.bottom - _EDGE, window)
        for piece in pieces
    ]
    return pieces, traces


def _usual(pieces: Sequence[_Piece], traces: Sequence[_Trace | None]) -> tuple[float, float]:
    """By how much the rules of a table stand out mostly, and at least as a share of that; 0 where nothing
    tells."""
    seen = [trace for piece, trace in zip(pieces, traces, strict=True) if piece.had and trace]
    if not seen:
        return 0.0, 0.0
    shares = [trace.least / max(trace.middle, 1.0) for trace in seen]
    return float(np.median([trace.middle for trace in seen])), float(np.median(shares))


def _is_drawn(trace: _Trace | None, usual: float, *, had: bool) -> bool:
    if trace is None:
        return had
    if had:
        return trace.lightest >= max(_WHITE * usual, _WHITEST)
    return trace.least >= max(_DRAWN * usual, _WHITEST, _EVEN * trace.middle)


def _trace(ink: Darkness, at: float, top: int, bottom: int, window: int) -> _Trace | None:
    """What is seen of an upright line near `at`; `None` where the place is too small to tell."""
    middle, room = round(at), _REACH + _BESIDE[1]
    if bottom - top < window + 1 or middle < room or middle + room >= ink.shape[1]:
        return None
    strip = ink[top:bottom, middle - room : middle + room + 1]
    sums = np.vstack([np.zeros((1, strip.shape[1]), np.float32), np.cumsum(strip, axis=0)])
    mean = (sums[window:] - sums[:-window]) / window
    best: _Trace | None = None
    lightest = 0.0
    near, far = _BESIDE
    for place in range(room - _REACH, room + _REACH + 1):
        line = mean[:, place - 1 : place + 2].max(axis=1)
        sides = np.maximum(
            mean[:, place - far + 1 : place - near + 1].min(axis=1),
            mean[:, place + near : place + far].min(axis=1),
        )
        stands_out = line - sides
        lightest = max(lightest, float(line.min()))
        least = float(stands_out.min())
        if best is None or least > best.least:
            best = _Trace(least, float(np.median(stands_out)), 0.0)
    return _Trace(best.least, best.middle, lightest) if best else None


def _local(cover: NDArray[np.bool_], at: float, top: int, bottom: int) -> float:
    """Where a line that leans a little lies between two others."""
    left = max(round(at) - _LOCAL, 0)
    held = np.flatnonzero(cover[top + _EDGE : bottom - _EDGE, left : round(at) + _LOCAL + 1].any(axis=0))
    return left + float(held.mean()) if len(held) else at


def _cut(group: Sequence[Line], crossing: Sequence[Line]) -> list[_Piece]:
    """Lines at one level cut into pieces where others cross them, without the short ends beyond all these."""
    level = sorted(group, key=lambda line: line[2] - line[1])[-1][0]
    stops: list[list[int]] = []
    for stop in sorted(round(at) for at, start, end in crossing if start - _TOUCH <= level <= end + _TOUCH):
        if stops and stop - stops[-1][-1] <= _DOUBLE:
            stops[-1].append(stop)
        else:
            stops.append([stop])
    pieces = []
    for above, below in pairwise(stops):
        top, bottom = above[-1], below[0]
        shares: dict[float, int] = {}
        for at, start, end in group:
            shares[at] = shares.get(at, 0) + max(min(end, bottom) - max(start, top), 0)
        most = max(shares, key=lambda at: shares[at])
        had = sum(shares.values()) >= _MOSTLY * (bottom - top)
        pieces.append(_Piece(most if had else None, above[0], below[-1], had))
    if not stops:
        return [_Piece(at, start, end, had=True) for at, start, end in group]
    first, last = stops[0][0], stops[-1][-1]
    pieces += [_Piece(at, start, first, had=True) for at, start, _ in group if first - start > _OVERHANG]
    pieces += [_Piece(at, last, end, had=True) for at, _, end in group if end - last > _OVERHANG]
    return pieces


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines at nearly the same level, together."""
    groups: list[list[Line]] = []
    for line in sorted(lines):
        if groups and line[0] - groups[-1][-1][0] <= _NEAR:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _tables(across: Sequence[Line], down: Sequence[Line]) -> list[tuple[list[Line], list[Line]]]:
    """Lines that touch, directly or through others: those across and those down of each table."""
    parent = list(range(len(across) + len(down)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    ordered = sorted(down)
    places = [at for at, _, _ in ordered]
    for number, (at, start, end) in enumerate(across):
        for other in range(bisect_left(places, start - _TOUCH), bisect_right(places, end + _TOUCH)):
            if ordered[other][1] - _TOUCH <= at <= ordered[other][2] + _TOUCH:
                parent[root(len(across) + other)] = root(number)
    tables: dict[int, tuple[list[Line], list[Line]]] = {}
    for number, line in enumerate(across):
        tables.setdefault(root(number), ([], []))[0].append(line)
    for number, line in enumerate(ordered):
        tables.setdefault(root(len(across) + number), ([], []))[1].append(line)
    return list(tables.values())


def _unseen(
    ink: Darkness,
    lines: Sequence[Line],
    crossing: Sequence[Line],
    look: tuple[float, int],
    em: float,
) -> list[Line]:
    """Upright lines that nothing told of, each between two that cross it. Letters may fill a low row from
    rule to rule, but hardly two rows, nor below or above an upright rule. `look`: by how much rules stand out
    here, and in how many dots."""
    usual, window = look
    found: list[Line] = []
    for top, bottom, left, right in _bands(crossing):
        profile = _profile(ink, (top + _EDGE, bottom - _EDGE), (left, right), window)
        if profile is None:
            continue
        least, middle = profile
        good = (least >= max(_FIRM * usual, _WHITEST)) & (least >= _FIRM * middle)
        edges = np.flatnonzero(np.diff(np.concatenate(([0], good.astype(np.int8), [0]))))
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            at = left + (start + end - 1) / 2
            if not any(abs(at - one[0]) <= _LOCAL and one[1] < bottom and top < one[2] for one in lines):
                found.append((at, top, bottom))
    tall = [line for line in found if line[2] - line[1] >= _TALL * em]
    low = [line for line in found if line[2] - line[1] < _TALL * em]
    return tall + [
        line
        for line in low
        if any(
            abs(line[0] - other[0]) <= _REACH
            and (abs(line[1] - other[2]) <= _TOUCH or abs(line[2] - other[1]) <= _TOUCH)
            for other in (*found, *lines)
        )
    ]


def _profile(
    ink: Darkness, rows: tuple[int, int], columns: tuple[int, int], window: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """For every one of the columns, by how much it is darker than both of its sides, at least and on the
    average."""
    (top, bottom), (left, right) = rows, columns
    near, far = _BESIDE
    if bottom - top < window + 1:
        return None
    strip = np.pad(ink[top:bottom, max(left - far, 0) : right + far], ((0, 0), (max(far - left, 0), far)))
    strip = strip[:, : right - left + 2 * far]
    sums = np.vstack([np.zeros((1, strip.shape[1]), np.float32), np.cumsum(strip, axis=0)])
    mean = (sums[window:] - sums[:-window]) / window
    width = right - left

    def beside(step: int) -> NDArray[np.float32]:
        return mean[:, far + step : far + step + width]

    line = np.maximum.reduce([beside(-1), beside(0), beside(1)])
    before = np.minimum.reduce([beside(-step) for step in range(near, far)])
    behind = np.minimum.reduce([beside(step) for step in range(near, far)])
    stands_out = line - np.maximum(before, behind)
    return stands_out.min(axis=0), stands_out.mean(axis=0)


def _bands(crossing: Sequence[Line]) -> list[tuple[int, int, int, int]]:
    """The places between one rule across and the next below it: top, bottom, left, right."""
    first = min(start for _, start, _ in crossing)
    width = max(end for _, _, end in crossing) - first
    last = np.full(width, -1, np.int32)
    bands = []
    for level in sorted({round(at) for at, _, _ in crossing}):
        covered = np.zeros(width, bool)
        for at, start, end in crossing:
            if round(at) == level:
                covered[max(start - first - _TOUCH, 0) : end - first + _TOUCH] = True
        above = np.where(covered, last, -1)
        edges = np.flatnonzero(np.diff(above)) + 1
        for left, right in zip([0, *edges.tolist()], [*edges.tolist(), width], strict=True):
            top = int(above[left])
            if top >= 0 and level - top > _DOUBLE:
                bands.append((top, level, first + left, first + right))
        last[covered] = level
    return bands
