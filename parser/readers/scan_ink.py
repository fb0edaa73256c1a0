"""What is printed on a scanned page, dark on even white: without the red seal, without shade and yellow."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parser.readers.ocr import Gray

_REDNESS = 0.4
_RED = 30
_SPILT = 5
_COARSE = 8
_REACH = 15
_DARKEST_PAPER = 40


def printed(picture: NDArray[np.uint8]) -> Gray:
    """A gray picture of what is printed in black, from a gray or RGB one of the same size.

    The red channel does not see the seal: red ink sends red light back. What is left of it there is lifted by
    how red the dot is.
    """
    if picture.ndim == 3:
        gray = np.minimum(picture[:, :, 0] + _REDNESS * _redness(picture), 255).astype(np.uint8)
    else:
        gray = picture
    return _even(gray)


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
    return np.minimum(gray.astype(np.float32) * (250.0 / level), 255).astype(np.uint8)
