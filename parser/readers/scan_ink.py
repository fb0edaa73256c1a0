"""What is printed on a scanned page, dark on even white: without the red seal, without shade and yellow."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parser.readers.ocr import Gray
from parser.readers.scan_desk import without_desk

_REDNESS = 0.4
_RED = 30
_SPILT = 5
_COARSE = 8
_REACH = 15
_DARKEST_PAPER = 40
_WHITE = 250.0
_STRIDE = 3
_DARKEST_INK = 0.1
_PALE = (90.0, 200.0)
_BLACK = 30.0
_BED = 100
_BED_AROUND = 5
_PLAIN = 30.0


def printed(picture: NDArray[np.uint8]) -> Gray:
    """A gray picture of what is printed in black, from a gray or RGB one of the same size.

    The red channel does not see the seal: red ink sends red light back. What is left of it there is lifted by
    how red the dot is.
    """
    if picture.ndim == 3:
        gray = np.minimum(picture[:, :, 0] + _REDNESS * _redness(picture), 255).astype(np.uint8)
    else:
        gray = picture
    page = _strong(_without_bed(without_desk(_even(gray), _darkest(picture))))
    # In a copy of a copy the bed is gray until the ink is black.
    return _without_bed(page)


def _darkest(picture: NDArray[np.uint8]) -> Gray:
    """The darkest of the colours of each dot: wood is bright in red alone, paper in all."""
    return np.asarray(picture.min(axis=2), np.uint8) if picture.ndim == 3 else picture


def stamped(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """1 where there is red ink, on the dot or beside it; what is printed there may have gone with it."""
    if picture.ndim < 3:
        return np.zeros(picture.shape, np.uint8)
    red: Any = (_redness(picture) > _RED).astype(np.uint8)
    # Single dots are noise of the camera.
    red = cv2.morphologyEx(red, cv2.MORPH_OPEN, np.ones((2, 2), np.uint8))
    return np.asarray(cv2.dilate(red, np.ones((_SPILT, _SPILT), np.uint8)), np.uint8)


def _redness(picture: NDArray[np.uint8]) -> NDArray[np.int16]:
    planes = picture.astype(np.int16)
    return np.maximum(planes[:, :, 0] - (planes[:, :, 1] + planes[:, :, 2]) // 2, 0)


def _even(gray: Gray) -> Gray:
    """The picture divided by its paper, as bright as that is all round each dot."""
    height, width = gray.shape
    small = (max(width // _COARSE, 1), max(height // _COARSE, 1))
    coarse: Any = cv2.resize(gray, small, interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, np.ones((_REACH, _REACH), np.uint8))
    paper = cv2.GaussianBlur(paper, (0, 0), _REACH / 3)
    level = np.maximum(cv2.resize(paper, (width, height)).astype(np.float32), _DARKEST_PAPER)
    return np.minimum(gray.astype(np.float32) * (_WHITE / level), 255).astype(np.uint8)


def _strong(page: Gray) -> Gray:
    """The page with black ink, where it is a pale copy; one on which hardly anything is printed stays."""
    darkest = float(np.percentile(page[::_STRIDE, ::_STRIDE], _DARKEST_INK))
    if not _PALE[0] < darkest < _PALE[1]:
        return page
    factor = (_WHITE - _BLACK) / (_WHITE - darkest)
    ink = (_WHITE - page.astype(np.float32)) * factor
    return np.asarray(np.clip(_WHITE - ink, 0, 255), np.uint8)


def _without_bed(page: Gray) -> Gray:
    """The page without dark strips along its edges, where the bed of the scanner or the lid is seen. Their
    edges are long and straight, and would tell how the page lies although they are none of its lines."""
    height, width = page.shape
    small = (max(width // _COARSE, 1), max(height // _COARSE, 1))
    coarse: Any = cv2.resize(page, small, interpolation=cv2.INTER_AREA)
    dark = np.asarray(coarse < _BED, np.uint8)
    _, labels, _, _ = cv2.connectedComponentsWithStats(dark, connectivity=8)
    places = np.asarray(labels)
    border = np.concatenate([places[0], places[-1], places[:, 0], places[:, -1]])
    clean = page
    for number in np.unique(border[border > 0]).tolist():
        own = np.asarray(places == number, np.uint8)
        # Coloured heads of a picture that ends with its table have letters in them.
        if float(np.std(coarse[own > 0])) > _PLAIN:
            continue
        around: Any = cv2.dilate(own, np.ones((_BED_AROUND, _BED_AROUND), np.uint8))
        wide: Any = cv2.resize(around, (width, height), interpolation=cv2.INTER_NEAREST)
        clean = np.where(np.asarray(wide) > 0, np.uint8(_WHITE), clean)
    return clean
