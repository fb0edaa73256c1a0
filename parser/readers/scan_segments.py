"""The rules of a table, piece by piece: each one between two rules that it crosses is there or it is not.

Where the rules of a table lie is known once some of each have been found. Between two neighbours that cross
it, a rule is dark all the way, however faint or dotted it is; the edges of letters one below the other are
not. So a piece that is white somewhere was never a rule, and one that was lost (beside a seal, under a line
of text) is found where its rule would go on. Both directions are looked at in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from parser.readers.geometry_joining import connected
from parser.readers.ocr import Gray
from parser.readers.scan_upright import Line, bands

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
_VISIBLE = 0.2
_DRAWN = 0.35
_EVEN = 0.45
_OVERHANG = 14
_LOCAL = 8
_PART = 150
_SMALL_PART = 0.36
_FIRM = 0.55
_TALL = 1.6

Darkness = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Page:
    """A page: how dark each dot is, which dots rules cover that have been found, and which lie under a seal,
    where nothing can be told."""

    ink: Darkness
    cover: NDArray[np.bool_]
    stamp: NDArray[np.bool_]

    def turned(self) -> _Page:
        """The page with rows for columns."""
        ink, cover, stamp = self.ink.T, self.cover.T, self.stamp.T
        return _Page(np.ascontiguousarray(ink), np.ascontiguousarray(cover), np.ascontiguousarray(stamp))


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
    and mostly; how dark it is where it is lightest (but for a small part), and the same under seals as well;
    and where it lies at the end."""

    least: float
    middle: float
    lightest: float
    veiled: float
    at: float


def settled(
    page: Gray,
    lines: tuple[Sequence[Line], Sequence[Line]],
    guessed: Sequence[Line],
    dots: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    em: float,
) -> tuple[list[Line], list[Line], NDArray[np.bool_]]:
    """Rules across, rules down and the dots that they cover: those given, without the pieces that are none,
    and with those that were lost. `guessed` are those of the rules down that text hides, which must be as
    clear as one that was not found: in a tight row, strokes of letters reach nearly from rule to rule. `dots`
    are those that the rules cover and those under a seal; `em` is how high a line of text is. Sizes hold for
    200 dots an inch."""
    cover, stamp = dots
    here = _Page((255 - page).astype(np.float32), cover, stamp)
    aside = here.turned()
    level: list[Line] = []
    upright: list[Line] = []
    for rows, columns in _tables(*lines):
        firm = _settled(here, columns, rows, em, guessed)
        firm_rows = _settled(aside, rows, firm, em)
        level += firm_rows
        # Where a rule across was lost, the pieces of those down were too long to tell.
        upright += _settled(here, firm, firm_rows, em)
    kept = np.zeros_like(cover)
    for found, own, known in ((level, kept.T, cover.T), (upright, kept, cover)):
        for at, start, end in found:
            middle = round(at)
            beside = slice(max(middle - _LOCAL, 0), middle + _LOCAL + 1)
            own[start:end, beside] |= known[start:end, beside]
            own[start:end, max(middle - 1, 0) : middle + 2] = True
    return level, upright, kept


def _settled(
    page: _Page, lines: Sequence[Line], crossing: Sequence[Line], em: float, guessed: Sequence[Line] = ()
) -> list[Line]:
    """Upright lines of one table, piece by piece. `guessed` as in `settled`."""
    if not crossing or not lines:
        return list(lines)
    # Without the gaps of dots, a white spot of a few dots tells that there is no rule.
    for window in (_SHORT_WINDOW, _WINDOW):
        pieces, traces = _pieces(page, lines, crossing, window, guessed)
        usual, whole = _usual(pieces, traces)
        if whole >= _UNBROKEN:
            break
    more = _unseen(page, lines, crossing, (usual, window), em) if usual else []
    if more:
        pieces, traces = _pieces(page, [*lines, *more], crossing, window, guessed)
    drawn = [
        (piece, trace)
        for piece, trace in zip(pieces, traces, strict=True)
        if _is_drawn(trace, usual, had=piece.had)
    ]
    found = [(piece.at, piece.top, piece.bottom) for piece, _ in drawn if piece.had and piece.at is not None]
    for piece, trace in drawn:
        # Pieces of one rule that leans may have been found at two levels.
        if trace is not None and not piece.had and not _runs_beside(trace.at, piece, found):
            found.append((trace.at, piece.top, piece.bottom))
    return found


def _runs_beside(at: float, piece: _Piece, lines: Sequence[Line]) -> bool:
    """Whether one of the lines runs there, or hardly beside."""
    middle = (piece.top + piece.bottom) / 2
    return any(abs(at - other) <= _LOCAL and start < middle < end for other, start, end in lines)


def _pieces(
    page: _Page, lines: Sequence[Line], crossing: Sequence[Line], window: int, guessed: Sequence[Line]
) -> tuple[list[_Piece], list[_Trace | None]]:
    """The pieces of upright lines, and what is seen of each."""
    pieces: list[_Piece] = []
    for group in _groups(lines):
        own = _cut(group, crossing)
        for piece in own:
            if piece.at is not None and _runs_beside(piece.at, piece, guessed):
                piece.had = False
            if piece.at is not None:
                piece.at = _local(page.cover, piece.at, piece.top, piece.bottom)
        sure = [piece for piece in own if piece.had]
        for piece in own:
            if piece.at is None and sure:
                piece.at = min(sure, key=lambda one: abs(one.top - piece.top)).at
        pieces += own
    return pieces, [_followed(page, piece, window) for piece in pieces]


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
        return trace.lightest >= max(_WHITE * usual, _WHITEST) and trace.middle >= _VISIBLE * usual
    # A letter that a seal leaves free is as dark as a rule; the white beside it lies under the seal.
    goes_on = trace.veiled >= max(_WHITE * usual, _WHITEST)
    return goes_on and trace.least >= max(_DRAWN * usual, _WHITEST, _EVEN * trace.middle)


def _followed(page: _Page, piece: _Piece, window: int) -> _Trace | None:
    """What is seen of a piece from end to end. A long one may lean a little: it is followed part by part, by
    its dots where it has been found. `None` where the place is too small to tell."""
    if piece.at is None:
        return None
    top, bottom = piece.top + _EDGE, piece.bottom - _EDGE
    count = max((bottom - top) // _PART, 1)
    edges = [top + (bottom - top) * number // count for number in range(count + 1)]
    at = piece.at
    seen: list[_Trace] = []
    for start, end in pairwise(edges):
        at = _local(page.cover, at, start, end)
        trace = _trace(page, at, (start, end), window)
        if trace is None:
            return None
        at = trace.at
        seen.append(trace)
    return _Trace(
        min(trace.least for trace in seen),
        float(np.median([trace.middle for trace in seen])),
        float(np.median([trace.lightest for trace in seen])),
        min(trace.veiled for trace in seen),
        at,
    )


def _trace(page: _Page, at: float, rows: tuple[int, int], window: int) -> _Trace | None:
    """What is seen of an upright line near `at`."""
    middle, room = round(at), _REACH + _BESIDE[1]
    if middle < room or middle + room >= page.ink.shape[1]:
        return None
    around = slice(middle - room, middle + room + 1)
    stamped = page.stamp[rows[0] : rows[1], around].any(axis=1)
    whole = page.ink[rows[0] : rows[1], around]
    strip = whole[~stamped]
    if len(strip) < window + 1:
        return None
    line, stands_out = _contrast(strip, window)
    least, mostly = stands_out.min(axis=0), np.median(stands_out, axis=0)
    best = int((least + mostly).argmax())
    lightest = _lightest(line, window)
    veiled = _lightest(_contrast(whole, window)[0], window) if stamped.any() else lightest
    return _Trace(float(least[best]), float(mostly[best]), lightest, veiled, middle - _REACH + best)


def _lightest(line: Darkness, window: int) -> float:
    """How dark the darkest of some columns is where it is lightest, but for a small part."""
    return float(np.quantile(line, _SMALL_PART / window, axis=0).max())


def _contrast(strip: Darkness, window: int) -> tuple[Darkness, Darkness]:
    """For every column but the outermost, and every stretch of `window` rows: how dark it is, and by how much
    darker than both of its sides."""
    near, far = _BESIDE
    sums = np.vstack([np.zeros((1, strip.shape[1]), np.float32), np.cumsum(strip, axis=0)])
    mean = np.asarray((sums[window:] - sums[:-window]) / window, np.float32)
    width = strip.shape[1] - 2 * far

    def beside(step: int) -> Darkness:
        return mean[:, far + step : far + step + width]

    line = np.maximum.reduce([beside(-1), beside(0), beside(1)])
    before = np.minimum.reduce([beside(-step) for step in range(near, far)])
    behind = np.minimum.reduce([beside(step) for step in range(near, far)])
    return line, line - np.maximum(before, behind)


def _local(cover: NDArray[np.bool_], at: float, top: int, bottom: int) -> float:
    """Where a line that leans a little lies between two others."""
    left = max(round(at) - _LOCAL, 0)
    held = cover[top + _EDGE : bottom - _EDGE, left : round(at) + _LOCAL + 1].sum(axis=0)
    return left + float(held @ np.arange(len(held)) / held.sum()) if held.any() else at


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
    """The lines across and those down of each table."""
    return [
        ([across[row] for row in rows], sorted(down[column] for column in columns))
        for rows, columns in connected(across, down, _TOUCH)
    ]


def _unseen(
    page: _Page, lines: Sequence[Line], crossing: Sequence[Line], look: tuple[float, int], em: float
) -> list[Line]:
    """Upright lines that nothing told of, each between two that cross it. Letters may fill a low row from
    rule to rule, but hardly two rows, nor below or above an upright rule. `look`: by how much rules stand out
    here, and in how many dots."""
    usual, window = look
    far = _BESIDE[1]
    found: list[Line] = []
    for band in bands(crossing, page.ink.shape[1], _DOUBLE + 1):
        top, bottom = band.top, band.bottom
        left, right = max(band.left, far), min(band.right, page.ink.shape[1] - far)
        strip = page.ink[top + _EDGE : bottom - _EDGE, left - far : right + far]
        if len(strip) < window + 1 or right <= left:
            continue
        _, stands_out = _contrast(strip, window)
        least, middle = stands_out.min(axis=0), stands_out.mean(axis=0)
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
