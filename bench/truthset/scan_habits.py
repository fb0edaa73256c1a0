"""What sheets have gone through before and while they are scanned: holes, staples, stamps of receipt, pens,
watermarks, coloured heads, the dark bed of the scanner, a copy of a copy.

`ON_PAPER` are done to the level sheet, `IN_SCANNER` to the picture of it. All take and change an RGB page.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from bench.truthset.scan_paper import font_of

Picture = NDArray[np.uint8]
Habit = Callable[[Picture, int, Random], None]

_SHADE = (222, 238)
"""Gray of shaded head cells on paper."""


def some_habits(rng: Random) -> tuple[str, ...]:
    """One to three habits of an office, for all pages of a report."""
    return tuple(rng.sample(sorted({**ON_PAPER, **IN_SCANNER}), rng.randint(1, 3)))


def _inked(page: Picture, ink: NDArray[Any], colour: tuple[int, int, int], strength: float = 1.0) -> None:
    """Press ink (0 to 255) of a colour on a page; it darkens what is there."""
    share = (strength / 255) * ink.astype(np.float32)[:, :, None]
    page[:] = (page * (1 - share * (1 - np.array(colour, np.float32) / 255))).astype(np.uint8)


def _lettered(page: Picture, text: str, size: int, middle: tuple[float, float], degrees: float) -> Picture:
    """Ink of a text about a point of the page, turned against the clock."""
    height, width = page.shape[:2]
    image = Image.new("L", (width, height), 0)
    ImageDraw.Draw(image).text(middle, text, fill=255, font=font_of(size), anchor="mm")
    return np.asarray(image.rotate(degrees, Image.Resampling.BILINEAR, center=middle), np.uint8)


def holes(page: Picture, dpi: int, rng: Random) -> None:
    """Two or four punched holes, through which the dark lid shows."""
    height = len(page)
    radius, edge = round(0.11 * dpi), round(rng.uniform(0.35, 0.5) * dpi)
    count, gray = rng.choice((2, 4)), rng.choice((20, 90, 170))
    for number in range(count):
        y = round(height / 2 + (number - (count - 1) / 2) * 80 / 25.4 * dpi)
        cv2.circle(page, (edge, y), radius, (gray,) * 3, -1, cv2.LINE_AA)


def staple(page: Picture, dpi: int, rng: Random) -> None:
    """A staple in the upper left corner with its shadow, and a fold."""
    x, y = (round(rng.uniform(0.3, 0.5) * dpi) for _ in range(2))
    reach = round(0.22 * dpi)
    cv2.line(page, (x, y + reach), (x + reach, y), (60, 60, 60), max(dpi // 60, 2), cv2.LINE_AA)
    cv2.line(page, (x + 4, y + reach + 4), (x + reach + 4, y + 4), (190, 190, 190), 4, cv2.LINE_AA)
    fold = round(rng.uniform(1.3, 2.0) * dpi)
    cv2.line(page, (0, fold), (fold, 0), (215, 215, 215), 2, cv2.LINE_AA)


def pen(page: Picture, dpi: int, rng: Random) -> None:
    """Ticks of a clerk beside and over the table and a signature, in blue, black or red."""
    height, width = page.shape[:2]
    colour = rng.choice(((30, 40, 150), (40, 40, 40), (200, 40, 40)))
    ink = np.zeros((height, width), np.uint8)
    for _ in range(rng.randint(2, 4)):
        x, y = rng.uniform(0.12, 0.88) * width, rng.uniform(0.15, 0.85) * height
        size = rng.uniform(0.1, 0.2) * dpi
        tick = [(x - 0.5 * size, y), (x, y + 0.5 * size), (x + size, y - size)]
        _stroke(ink, tick, max(dpi // 80, 2))
    x, y, size = rng.uniform(0.2, 0.6) * width, rng.uniform(0.5, 0.85) * height, 0.22 * dpi
    name = [(x + size * step * 0.35, y + size * rng.uniform(-1, 1)) for step in range(9)]
    _stroke(ink, name, max(dpi // 80, 2))
    _inked(page, ink, colour, 0.9)


def _stroke(ink: Picture, points: list[tuple[float, float]], thick: int) -> None:
    line = np.round(np.array(points)).astype(np.int32).reshape(-1, 1, 2)
    cv2.polylines(ink, [line], isClosed=False, color=255, thickness=thick, lineType=cv2.LINE_AA)


def receipt(page: Picture, dpi: int, rng: Random) -> None:
    """A stamp of receipt with its date in a frame, red, blue or violet, somewhere on the page."""
    height, width = page.shape[:2]
    size = round(0.16 * dpi)
    middle = (rng.uniform(0.2, 0.8) * width, rng.uniform(0.08, 0.9) * height)
    year, month, day = rng.randint(2015, 2025), rng.randint(1, 12), rng.randint(1, 28)
    ink = np.zeros((height, width), np.uint8)
    for line, text in enumerate((f"收文 第{rng.randint(1, 900)}号", f"{year}年{month}月{day}日")):
        at = (middle[0], middle[1] + (line - 0.5) * 1.4 * size)
        ink = np.maximum(ink, _lettered(page, text, size, at, 0))
    half = (round(4.6 * size), round(1.7 * size))
    x, y = (round(one) for one in middle)
    cv2.rectangle(ink, (x - half[0], y - half[1]), (x + half[0], y + half[1]), 255, max(dpi // 70, 2))
    matrix = cv2.getRotationMatrix2D(middle, rng.uniform(-8, 8), 1.0)
    ink = np.asarray(cv2.warpAffine(ink, matrix, (width, height)), np.uint8)
    colour = rng.choice(((215, 50, 50), (60, 70, 180), (120, 60, 160)))
    _inked(page, ink, colour, rng.uniform(0.6, 0.95))


def watermark(page: Picture, dpi: int, rng: Random) -> None:
    """Large pale letters aslant over the page."""
    height, width = page.shape[:2]
    text = rng.choice(("仅供公开查阅", "内部资料 注意保存", "政府信息公开"))
    size = round(rng.uniform(0.45, 0.7) * dpi)
    ink = _lettered(page, text, size, (width / 2, height / 2), rng.uniform(30, 50))
    _inked(page, ink, rng.choice(((90, 90, 90), (90, 120, 200), (210, 90, 90))), rng.uniform(0.15, 0.3))


def tinted(page: Picture, dpi: int, rng: Random) -> None:
    """Shaded cells in colour, as office programs offer them."""
    shaded = np.all((page >= _SHADE[0]) & (page <= _SHADE[1]), axis=2).astype(np.uint8)
    edge = max(dpi // 8, 3)
    shaded = np.asarray(cv2.morphologyEx(shaded, cv2.MORPH_CLOSE, np.ones((edge, edge), np.uint8)), np.uint8)
    colour = rng.choice(((189, 215, 238), (226, 239, 218), (255, 230, 153), (180, 198, 231)))
    _inked(page, 255 * shaded, colour)


def bed(page: Picture, dpi: int, rng: Random) -> None:
    """Dark strips where the sheet left the bed of the scanner bare."""
    height, width = page.shape[:2]
    dark = rng.randint(0, 60)
    for side in rng.sample(range(4), rng.randint(1, 3)):
        wide, lean = rng.uniform(0.03, 0.18) * dpi, rng.uniform(-0.04, 0.04) * dpi
        one, two = max(wide - lean, 1.0), max(wide + lean, 1.0)
        corners = {
            0: [(0, 0), (width, 0), (width, one), (0, two)],
            1: [(width, 0), (width, height), (width - one, height), (width - two, 0)],
            2: [(0, height), (width, height), (width, height - one), (0, height - two)],
            3: [(0, 0), (0, height), (one, height), (two, 0)],
        }[side]
        cv2.fillPoly(page, [np.round(np.array(corners)).astype(np.int32)], (dark,) * 3, cv2.LINE_AA)


def pale(page: Picture, _: int, rng: Random) -> None:
    """A copy of a copy: gray on gray, without colour."""
    gray = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY).astype(np.float32)
    ink, paper = rng.uniform(90, 140), rng.uniform(195, 225)
    page[:] = np.asarray(ink + gray * ((paper - ink) / 255), np.uint8)[:, :, None]


ON_PAPER: dict[str, Habit] = {
    "holes": holes,
    "staple": staple,
    "pen": pen,
    "receipt": receipt,
    "watermark": watermark,
    "tinted": tinted,
}
IN_SCANNER: dict[str, Habit] = {"bed": bed, "pale": pale}
