"""Lone strokes in the cells of a scan, a dash or a slash, told by their shape.

They mean that there is nothing to report, and a table may be full of them. The model for lines of text takes
a short dash for a 2, a slash for a 1, and wavers between a long dash and the 一 of the same form; what a
stroke is needs no model.
"""

from __future__ import annotations

import math

import numpy as np

from parser.readers.ocr import Letter
from parser.readers.scan_cells import Piece

_LIGHTEST = 200
_DASH_HEIGHT = 0.26
_DASH_WIDTH = 0.62
_FLAT = 1.3
_LONG_WIDTH = 2.6
_LONG_FLAT = 5.0
_WHOLE = 0.75
_SLANT = (0.24, 1.3)
_THIN = 0.3
_SURE = 0.97


def stroke(piece: Piece, *, narrow: bool) -> list[Letter]:
    """The dash or the slash that is alone in a cell; nothing where it is neither for certain. `narrow` pieces
    have no room for two signs: what is wider may be a long dash, but no slash."""
    high, wide = piece.ink[3] - piece.ink[1], piece.ink[2] - piece.ink[0]
    flat = high <= _DASH_HEIGHT * piece.em
    if not flat and not narrow:
        return []
    weights = np.clip(_LIGHTEST - piece.picture.astype(np.float64), 0, None)
    total = weights.sum()
    if not total:
        return []
    down, across = np.arange(weights.shape[0]), np.arange(weights.shape[1])
    rows, columns = weights.sum(axis=1), weights.sum(axis=0)
    middle_y, middle_x = float(rows @ down / total), float(columns @ across / total)
    tall = float(rows @ (down - middle_y) ** 2 / total)
    broad = float(columns @ (across - middle_x) ** 2 / total)
    if flat:
        form = math.sqrt(broad / max(tall, 0.01))
        if narrow and wide <= _DASH_WIDTH * piece.em:
            return [Letter("-", _SURE, 0.5)] if form >= _FLAT else []
        inked = np.flatnonzero(columns > 0)
        whole = len(inked) >= _WHOLE * (inked[-1] - inked[0] + 1)
        long = wide <= _LONG_WIDTH * piece.em and form >= _LONG_FLAT
        return [Letter("—", _SURE, 0.5)] if whole and long else []
    both = float((down - middle_y) @ weights @ (across - middle_x) / total)
    return [Letter("/", _SURE, 0.5)] if _is_slash(tall, broad, both) else []


def _is_slash(tall: float, broad: float, both: float) -> bool:
    """Whether ink with these second moments is one thin stroke that leans to the right. A 1 stands upright, a
    7 is not thin."""
    half, turn = (tall + broad) / 2, math.hypot((tall - broad) / 2, both)
    longest, shortest = half + turn, max(half - turn, 0.0)
    upward = longest - broad
    lean = -both / upward if upward > 0 else 0.0
    return _SLANT[0] <= lean <= _SLANT[1] and math.sqrt(shortest / longest) <= _THIN
