"""The seal on a sheet that was scanned without colour: gray rings and letters between the black ones."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parser.readers.ocr import Gray

_COARSE = 8
_PAPER = 250
_LIGHTEST = 215
_DARKEST = 70
_BLACKER = 50.0
_SMALLEST, _LARGEST = 136, 210
_RING = 0.8
_STANDS_OUT = 0.5
_BESIDE = 3
_MOST = 4
_ALIKE = 45.0
_BEYOND = 1.12
_STRIDE = 3
_BLACK = 0.3
_SOLID = 5


def without_seals(page: Gray) -> tuple[Gray, NDArray[np.uint8]]:
    """The page without its gray seals, and 1 where their ink was, or beside it: what is printed there may be
    read with what is left of them. The page has even white paper and 200 dots an inch; a seal is a ring of 34
    to 53 mm that is lighter than the print."""
    veil = np.zeros(page.shape, np.uint8)
    # A ring is thicker than the soft edge of a letter.
    gray: Any = cv2.inRange(page, np.array([_DARKEST]), np.array([_LIGHTEST]))
    thick: Any = cv2.morphologyEx(gray, cv2.MORPH_OPEN, np.ones((_SOLID, _SOLID), np.uint8))
    darkest = float(np.percentile(page[::_STRIDE, ::_STRIDE], _BLACK))
    clean = page
    for x, y, radius in _rings(thick):
        place = (slice(max(y - radius, 0), y + radius + 1), slice(max(x - radius, 0), x + radius + 1))
        part = clean[place]
        inks = part[thick[place] > 0]
        level = float(np.median(inks)) if len(inks) else 0.0
        if level - darkest < _BLACKER:
            # As dark as the print: nothing tells one from the other.
            continue
        alike = np.asarray(np.abs(part.astype(np.float32) - level) < _ALIKE, np.uint8)
        own: Any = cv2.morphologyEx(alike, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        own = cv2.dilate(own, np.ones((5, 5), np.uint8))
        lifted = np.minimum(part.astype(np.float32) * (_PAPER / level), _PAPER)
        faint = (own > 0) & (part > level - _ALIKE)
        clean = clean.copy()
        clean[place] = np.where(faint, _PAPER, np.where(own > 0, lifted, part)).astype(np.uint8)
        veil[place] |= own
    return clean, veil


def _rings(thick: NDArray[np.uint8]) -> list[tuple[int, int, int]]:
    """Middle (x, y) and outer reach of rings of the size of a seal, the clearest first."""
    height, width = thick.shape
    small = (max(width // _COARSE, 1), max(height // _COARSE, 1))
    coarse: Any = cv2.resize((thick > 0).astype(np.float32), small, interpolation=cv2.INTER_AREA)
    dotted: Any = cv2.dilate((coarse > 0.1).astype(np.float32), np.ones((2, 2), np.uint8))
    left = np.asarray(dotted)
    found: list[tuple[int, int, int]] = []
    for _ in range(_MOST):
        best = (0.0, 0, 0, 0)
        for radius in range(_SMALLEST // _COARSE, _LARGEST // _COARSE + 1):
            ring, within, around = (_share(left, radius + step) for step in (0, -_BESIDE, _BESIDE))
            # Small gray print is as dark all round, but not only there.
            score = np.where(ring >= _RING, ring - np.maximum(within, around), 0)
            _, most, _, (x, y) = cv2.minMaxLoc(score)
            best = max(best, (float(most), x, y, radius))
        share, x, y, radius = best
        if share < _STANDS_OUT:
            break
        reach = round(radius * _BEYOND)
        found.append((x * _COARSE, y * _COARSE, reach * _COARSE))
        left = left.copy()
        cv2.circle(left, (x, y), reach, (0.0,), -1)
    return found


def _share(dotted: NDArray[np.float32], radius: int) -> NDArray[np.float32]:
    """How much of the circle of a radius round each dot is dotted."""
    size = 2 * radius + 3
    ring = np.zeros((size, size), np.float32)
    cv2.circle(ring, (radius + 1, radius + 1), radius, (1.0,), 1)
    share: Any = cv2.filter2D(dotted, -1, ring / ring.sum(), borderType=cv2.BORDER_CONSTANT)
    return np.asarray(share, np.float32)
