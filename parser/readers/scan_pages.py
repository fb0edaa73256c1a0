"""Pages that are pictures: whether they can be read here, at what size, and what to say where they cannot."""

from __future__ import annotations

import math
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from parser.pace import page_recognised

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from parser.readers.scan import ScannedSheet

MOST_SCANNED = 60
"""Pages of one document that are recognised, at two to six seconds each."""

MOST_DOTS = 12_000_000
"""Dots of a page as it is read: an A3 sheet has eight million."""

THINNEST = 32
"""Dots of the shorter edge of a page as it is read below which no line of text has room."""

LARGEST_EDGE = 32_000
"""Dots of the longer edge above which OpenCV sets no picture straight; such a strip is as thin as a line."""

WANTING = "install the extra `ocr` to have such pages read: pip install 'nianbao[ocr]'"

_DPI = 200
_PARTS = ("cv2", "numpy", "onnxruntime", "rapidocr")
_A4 = (8.27, 11.69)
_LONGEST = 17.0
_SHORTEST = 5.5
_PAPER = 1.6


def can_read() -> bool:
    """Whether the extra `ocr` is installed."""
    return all(find_spec(part) for part in _PARTS)


def scale_of(width: float, height: float, per_inch: float) -> float:
    """By how much a page of this size is enlarged to have 200 dots an inch. `per_inch` is what the file says
    of its unit; where that makes no sheet of paper, the page is taken for an A4 sheet, or for a strip as wide
    as one."""
    short, long = sorted((width, height))
    if per_inch > 0 and _SHORTEST <= long / per_inch <= _LONGEST:
        scale = _DPI / per_inch
    elif long <= _PAPER * short:
        scale = _DPI * _A4[1] / long
    else:
        scale = _DPI * _A4[0] / width
    return min(scale, math.sqrt(MOST_DOTS / (width * height)))


def recognised(picture: NDArray[np.uint8], number: int, unit: float) -> ScannedSheet:
    """The sheet of a picture as `parser.readers.scan.read_picture` gives it; a blank one where the picture is
    too thin or too long to hold a line of text. Whoever keeps the time of the document hears of the page."""
    from parser.readers.scan import POINT, ScannedSheet, read_picture  # noqa: PLC0415 - of the extra `ocr`

    height, width = picture.shape[:2]
    if min(height, width) < THINNEST or max(height, width) > LARGEST_EDGE:
        return ScannedSheet(number, width / POINT, height / POINT, images=1.0, unit=unit)
    sheet = read_picture(picture, number, unit)
    page_recognised()
    return sheet


def recognised_page(document: Any, index: int) -> ScannedSheet:
    """The sheet of a page of an open PDF, read from its picture. The page's own rotation is left out, as in
    every locator."""
    import numpy as np  # noqa: PLC0415 - of the extra `ocr`

    page = document[index]
    try:
        rotation = page.get_rotation()
        page.set_rotation(0)
        width, height = page.get_size()
        scale = scale_of(width, height, 72.0)
        bitmap = page.render(scale=scale, rev_byteorder=True)
        page.set_rotation(rotation)
        picture = np.asarray(bitmap.to_numpy())[:, :, :3]
        return recognised(np.ascontiguousarray(picture, np.uint8), index + 1, 1 / scale)
    finally:
        page.close()
