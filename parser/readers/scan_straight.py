"""A page set straight: quarter turns, then skew, perspective and a mild curl in one smooth map.

Rules and lines of text are straight and level on paper. From where they run in the picture follows how each
dot must move: `V = v + P(u, v)` makes what lies across level, `U = u + Q(u, v)` sets what runs down upright.
`P` and `Q` are short polynomials found by least squares, so that a few false lines do no harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parser.document import Box
from parser.readers.ocr import Gray

Stretch = tuple[float, float, float, float]
"""A straight line in the picture: x1, y1, x2, y2 in dots."""

_STEEPEST = 0.2
_SHORTEST = 0.03
_ROUNDS = 6
_SLACK = 0.0012
_STIFF = (1e-4, 0.03, 1.0, 2.0)
_SQUARE = 0.05
_GRID = 16
_COARSE = 640
_INKED = 200.0


@dataclass(frozen=True)
class Bend:
    """How a page of `width` by `height` dots is set straight: the weights of P (`down`) and Q (`across`)."""

    width: int
    height: int
    down: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    across: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)

    @property
    def _half(self) -> float:
        return max(self.width, self.height) / 2

    def upside_down(self) -> Bend:
        """The map of the same page turned by half."""
        down, across = (tuple(np.multiply(one, (1, -1, -1, 1)).tolist()) for one in (self.down, self.across))
        return Bend(self.width, self.height, down, across)

    def source(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[Any, Any]:
        """Where in the picture the dots of the straight page come from."""
        goal_u, goal_v = (x - self.width / 2) / self._half, (y - self.height / 2) / self._half
        u, v = goal_u, goal_v
        for _ in range(_ROUNDS):
            u, v = (
                goal_u - _sum(self.across, _swapped(u, v)),
                goal_v - _sum(self.down, _terms(u, v)),
            )
        return u * self._half + self.width / 2, v * self._half + self.height / 2

    def source_box(self, box: Box) -> Box:
        """The box in the picture round a box of the straight page."""
        left, top, right, bottom = box
        x, y = self.source(
            np.array([left, right, right, left], np.float64), np.array([top, top, bottom, bottom], np.float64)
        )
        return float(min(x)), float(min(y)), float(max(x)), float(max(y))

    def straight(self, picture: NDArray[Any], fill: float, scale: tuple[float, float] = (1.0, 1.0)) -> Any:
        """The picture set straight. `scale`: how many dots of the page one of this picture is."""
        height, width = picture.shape[:2]
        across = np.linspace(0, width, max(width // _GRID, 2))
        down = np.linspace(0, height, max(height // _GRID, 2))
        x, y = np.meshgrid(across * scale[0], down * scale[1])
        from_x, from_y = self.source(x, y)
        map_x = _spread(from_x / scale[0], width, height)
        map_y = _spread(from_y / scale[1], width, height)
        return cv2.remap(
            picture,
            map_x,
            map_y,
            cv2.INTER_CUBIC if fill else cv2.INTER_LINEAR,
            borderValue=(fill, fill, fill),
        )


def _spread(coarse: Any, width: int, height: int) -> NDArray[np.float32]:
    """Values at the knots of an even grid, edges included, for every dot."""
    rows, columns = coarse.shape
    x = (np.arange(width, dtype=np.float32) + 0.0) * ((columns - 1) / width)
    y = (np.arange(height, dtype=np.float32) + 0.0) * ((rows - 1) / height)
    map_x, map_y = np.meshgrid(x, y)
    return np.asarray(cv2.remap(coarse.astype(np.float32), map_x, map_y, cv2.INTER_LINEAR), np.float32)


def _terms(u: Any, v: Any) -> tuple[Any, ...]:
    return u, u * v, u * u, u * u * v


def _swapped(u: Any, v: Any) -> tuple[Any, ...]:
    return _terms(v, u)


def _sum(weights: Sequence[float], terms: Sequence[Any]) -> Any:
    return sum(weight * term for weight, term in zip(weights, terms, strict=True))


def stretches(page: Gray) -> list[Stretch]:
    """Long straight edges in a picture, found at half its size."""
    height, width = page.shape
    half: Any = cv2.resize(page, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    found = cv2.createLineSegmentDetector(cv2.LSD_REFINE_NONE).detect(half)[0]
    if found is None:
        return []
    least = _SHORTEST * max(height, width)
    lines = 2 * np.asarray(found, np.float64).reshape(-1, 4)
    lengths = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    return [(line[0], line[1], line[2], line[3]) for line in lines[lengths >= least].tolist()]


def bend_of(width: int, height: int, lines: Sequence[Stretch]) -> Bend:
    """The map that makes these lines level or upright; those far from both are not looked at."""
    half = max(width, height) / 2
    rows, goals, weights = [], [], []
    for x1, y1, x2, y2 in lines:
        u1, v1 = (x1 - width / 2) / half, (y1 - height / 2) / half
        u2, v2 = (x2 - width / 2) / half, (y2 - height / 2) / half
        length = float(np.hypot(u2 - u1, v2 - v1))
        if abs(v2 - v1) < _STEEPEST * abs(u2 - u1):
            change = np.subtract(_terms(u2, v2), _terms(u1, v1))
            rows.append([*change, 0, 0, 0, 0])
            goals.append(v1 - v2)
        elif abs(u2 - u1) < _STEEPEST * abs(v2 - v1):
            change = np.subtract(_swapped(u2, v2), _swapped(u1, v1))
            rows.append([0, 0, 0, 0, *change])
            goals.append(u1 - u2)
        else:
            continue
        weights.append(length)
    if not rows:
        return Bend(width, height)
    solved = _solved(np.array(rows), np.array(goals), np.array(weights))
    return Bend(width, height, tuple(solved[:4].tolist()), tuple(solved[4:].tolist()))


def _solved(rows: Any, goals: Any, lengths: Any) -> Any:
    """Least squares in which lines that do not fit count for less and less."""
    stiff = np.diag([*_STIFF, *_STIFF])
    square = np.zeros((1, 8))
    # Without lines that run down, the page is turned and not sheared.
    square[0, 0] = square[0, 4] = _SQUARE
    trust = np.ones(len(goals))
    solved = np.zeros(8)
    for _ in range(2 * _ROUNDS):
        weight = np.sqrt(lengths * trust)
        system = np.vstack([rows * weight[:, None], stiff * 0.3, square])
        solved = np.linalg.lstsq(system, np.concatenate([goals * weight, np.zeros(9)]), rcond=None)[0]
        off = (rows @ solved - goals) / _SLACK
        trust = 1 / (1 + off * off)
    return solved


def skew_of(page: Gray) -> float:
    """By how many degrees a page must be turned against the clock for its lines to be level or upright, as
    far as the whole of it tells."""
    height, width = page.shape
    scale = _COARSE / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    small: Any = cv2.resize(page, size, interpolation=cv2.INTER_AREA)
    # Grain would be sharpest where nothing is turned.
    ink = cv2.GaussianBlur(np.clip(_INKED - small.astype(np.float32), 0, None), (0, 0), 1.0)
    best = 0.0
    for step, reach in ((0.5, 10), (0.1, 4)):
        tries = [best + step * number for number in range(-reach, reach + 1)]
        best = max(tries, key=lambda degrees: _sharpness(ink, degrees))
    return best


def _sharpness(ink: NDArray[np.float32], degrees: float) -> float:
    """How much the sums along rows, and along columns, change from one to the next."""
    turned: Any = level_by(np.asarray(ink), degrees, 0.0)
    return sum(float((np.diff(turned.sum(axis=axis)) ** 2).sum()) for axis in (0, 1))


def level_by(picture: NDArray[Any], degrees: float, fill: float) -> Any:
    """The picture turned about its middle, against the clock."""
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=(fill,))
