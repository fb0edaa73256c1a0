"""A sheet that was photographed as it lay on a desk: what is beyond its edges is no part of it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_COARSE = 8
_SMOOTHED = 5
_STEEP = 20
_CLOSED = 5
_SMALLEST = 0.3
_LARGEST = 0.97
_WHOLE = 0.95
_FOUR_SIDED = 0.9
_ROUGH = 0.02
_CORNERS = 4
_EDGE = 3
_DARKER = 25.0
_MOSTLY = 0.7
_WHITE = 250


def without_desk(page: NDArray[np.uint8], gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The page, white where the picture `gray` of the same size shows what the sheet lies on. A desk that is
    hardly darker than the paper, and one that a shadow makes part of the sheet, stay."""
    height, width = gray.shape
    small = (max(width // _COARSE, 1), max(height // _COARSE, 1))
    coarse: Any = cv2.resize(gray, small, interpolation=cv2.INTER_AREA)
    sheet = _sheet(coarse)
    if sheet is None:
        return page
    inside: Any = cv2.resize(sheet, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.where(np.asarray(inside) > 0, page, np.uint8(_WHITE))


def _sheet(coarse: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """1 on the sheet without its outermost edge; `None` where no whole sheet with four sides is told."""
    # From its border the desk goes on to where it turns lighter from one dot to the next; a shadow is softer.
    smooth: Any = cv2.medianBlur(coarse, _SMOOTHED)
    steep: Any = cv2.morphologyEx(smooth, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    _, labels = cv2.connectedComponents((steep < _STEEP).astype(np.uint8), connectivity=4)
    places = np.asarray(labels)
    border = np.unique(np.concatenate([places[0], places[-1], places[:, 0], places[:, -1]]))
    light: Any = (~np.isin(places, border[border > 0])).astype(np.uint8)
    light = cv2.morphologyEx(light, cv2.MORPH_OPEN, np.ones((_CLOSED, _CLOSED), np.uint8))
    outlines, _ = cv2.findContours(light, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return None
    outline = max(outlines, key=cv2.contourArea)
    hull = cv2.convexHull(outline)
    area = float(cv2.contourArea(hull))
    share = area / coarse.size
    if not _SMALLEST < share < _LARGEST or cv2.contourArea(outline) < _WHOLE * area:
        return None
    corners = cv2.approxPolyDP(hull, _ROUGH * cv2.arcLength(hull, closed=True), closed=True)
    if cv2.contourArea(corners) < _FOUR_SIDED * area or len(corners) != _CORNERS:
        return None
    sheet = np.zeros(coarse.shape, np.uint8)
    cv2.fillPoly(sheet, [np.asarray(hull, np.int32)], (1,))
    kernel = np.ones((2 * _EDGE + 1, 2 * _EDGE + 1), np.uint8)
    inner: Any = cv2.erode(sheet, kernel, borderValue=1)
    outer: Any = cv2.dilate(sheet, kernel)
    # All along its edges the paper is lighter than what it lies on.
    paper: Any = cv2.dilate(np.where(inner > 0, coarse, 0).astype(np.uint8), kernel, iterations=2)
    ring = (outer > 0) & (sheet == 0)
    darker = paper[ring].astype(np.float32) - coarse[ring] > _DARKER
    if not ring.any() or darker.mean() < _MOSTLY:
        return None
    return np.asarray(inner, np.uint8)
