"""What is printed on a scanned page, dark on even white: without the red seal, without shade and yellow."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from parser.readers.ocr import Gray

_REDNESS = 0.4
_COARSE = 8
_REACH = 15
_DARKEST_PAPER = 40


def printed(picture: NDArray[np.uint8]) -> Gray:
    """A gray picture of what is printed in black, from a gray or RGB one of the same size.

    The red channel does not see the seal: red ink sends red light back. What is left of it there is lifted by
    how red the dot is.
    """
    if picture.ndim == 3:
        planes = picture.astype(np.int16)
        red, green, blue = planes[:, :, 0], planes[:, :, 1], planes[:, :, 2]
        redness = np.maximum(red - (green + blue) // 2, 0)
        gray = np.minimum(red + _REDNESS * redness, 255).astype(np.uint8)
    else:
        gray = picture
    return _even(gray)


def _even(gray: Gray) -> Gray:
    """The picture divided by its paper, as bright as that is all round each dot."""
    height, width = gray.shape
    small = (max(width // _COARSE, 1), max(height // _COARSE, 1))
    coarse: Any = cv2.resize(gray, small, interpolation=cv2.INTER_AREA)
    paper = cv2.morphologyEx(coarse, cv2.MORPH_CLOSE, np.ones((_REACH, _REACH), np.uint8))
    paper = cv2.GaussianBlur(paper, (0, 0), _REACH / 3)
    level = np.maximum(cv2.resize(paper, (width, height)).astype(np.float32), _DARKEST_PAPER)
    return np.minimum(gray.astype(np.float32) * (250.0 / level), 255).astype(np.uint8)
