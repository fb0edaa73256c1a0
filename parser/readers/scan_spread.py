"""Two pages side by side on one sheet: an open book on the scanner, or two pages printed on a broad sheet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from parser.readers.scan_lines import Area
from parser.readers.scan_straight import Stretch

_BROAD = 1.2
_MIDDLE = (0.44, 0.56)
_GUTTER = 0.025
_WIDE = 0.3
_FEWEST = 3


def gutter(width: int, height: int, text: Sequence[Area], edges: Sequence[Stretch]) -> int | None:
    """Where a straight page parts into two, in dots from the left; `None` where it is one. `text` are its
    lines of text, `edges` its long straight ones.

    Nothing stands in the middle or crosses it, and both sides are written or ruled in their width: a table
    with a wide gap has words on one side and single numbers on the other.
    """
    if width < _BROAD * height:
        return None
    level = [(x1, x2) for x1, y1, x2, y2 in edges if abs(y2 - y1) < abs(x2 - x1)]
    spans = [(min(one, two), max(one, two)) for one, two in level]
    spans += [(left, right) for left, _, right, _ in text]
    free = np.ones(width + 2, bool)
    first, last = (round(share * width) for share in _MIDDLE)
    free[:first] = free[last:] = False
    for start, end in spans:
        free[max(int(start), 0) : max(int(end) + 1, 0)] = False
    steps = np.flatnonzero(np.diff(free.astype(np.int8)))
    runs = [(end - start, (start + end) // 2) for start, end in zip(steps[::2], steps[1::2], strict=True)]
    room, middle = max(runs, default=(0, 0))
    if room < _GUTTER * width:
        return None
    left = sum(end - start >= _WIDE * middle for start, end in spans if end <= middle)
    right = sum(end - start >= _WIDE * (width - middle) for start, end in spans if start >= middle)
    return int(middle) if min(left, right) >= _FEWEST else None
