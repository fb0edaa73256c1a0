"""Specks of a scan, and the points of small figures, which are told from them by where they stand."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parser.readers.ocr import Gray

_SMALL = 12
_SPECK_INK = 330.0
_DIGIT = (6, 60)
_ALIKE = 1.5
_LEVEL = 0.25
_FOOT = 0.4
_BELOW = 0.2
_ROOM = (0.38, 2.0)
_INK = 2.2
_LEAST_INK = 120.0


def without_specks(page: Gray, level: int) -> None:
    """Take away what has less ink than the point of a number, unless it stands where one does in a small one.
    Dots darker than `level` are ink."""
    ink = (page < level).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    boxes = np.asarray(stats)
    areas = boxes[:, cv2.CC_STAT_AREA]
    places = np.asarray(labels)
    small = np.flatnonzero((areas < _SMALL)[places].ravel())
    numbers = places.ravel()[small]
    mass = np.bincount(numbers, weights=255.0 - page.ravel()[small], minlength=count).astype(np.float64)
    light = (areas < _SMALL) & (mass < _SPECK_INK)
    light[_points(boxes, mass, light)] = False
    speck: Any = cv2.dilate(light[places].astype(np.uint8), np.ones((3, 3), np.uint8))
    page[speck.astype(bool) & (ink == 0)] = 250
    page[light[places]] = 250


def _points(boxes: NDArray[Any], mass: NDArray[np.float64], specks: NDArray[np.bool_]) -> list[int]:
    """Which of these specks are the point of a figure: they stand at its foot, between two marks on one level
    that are further apart than digits are, and have as much ink as a point of that size. `boxes` are the
    connected dots of a page as OpenCV tells them, `mass` is the ink of the small ones, `specks` marks those
    in question.
    """
    left, top = boxes[:, cv2.CC_STAT_LEFT], boxes[:, cv2.CC_STAT_TOP]
    right, bottom = left + boxes[:, cv2.CC_STAT_WIDTH], top + boxes[:, cv2.CC_STAT_HEIGHT]
    high = bottom - top
    marks = np.flatnonzero((high >= _DIGIT[0]) & (high <= _DIGIT[1]) & ~specks)
    found = []
    for speck in np.flatnonzero(specks & (mass >= _LEAST_INK)).tolist():
        near = marks[
            (bottom[marks] >= bottom[speck] - _BELOW * high[marks])
            & (bottom[marks] <= bottom[speck] + _FOOT * high[marks])
            & (top[speck] >= bottom[marks] - _FOOT * high[marks])
        ]
        before, behind = near[right[near] <= left[speck]], near[left[near] >= right[speck]]
        if not len(before) or not len(behind):
            continue
        one, two = before[right[before].argmax()], behind[left[behind].argmin()]
        low, tall = sorted((int(high[one]), int(high[two])))
        room = left[two] - right[one]
        if (
            tall <= _ALIKE * low
            and abs(bottom[one] - bottom[two]) <= _LEVEL * low
            and _ROOM[0] * low - 1 <= room <= _ROOM[1] * low
            and mass[speck] >= _INK * low * low
        ):
            found.append(speck)
    return found
