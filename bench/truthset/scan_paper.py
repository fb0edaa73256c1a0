"""Paper: what takes the orders of a reportlab canvas and makes pictures of pages, as a printer would.

The font is that of the extra `images`, or another one by path, so that no font of the machine is needed.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFont

from bench.truthset.pdf_text import width_of

FINER = 3
"""Dots printed for each dot that is scanned, along one edge."""


class Paper:
    """Gray pages of `size` points, drawn `FINER` times as fine as `dpi`; they are in `pages` when saved."""

    def __init__(self, size: tuple[float, float], dpi: int, font: Path | None = None) -> None:
        self.scale = dpi / 72 * FINER
        self.size = size
        self.font_file = font
        self.pages: list[Image.Image] = []
        self._letter_size = 12.0
        self._state = (1.0, (0.0, 0.0), 0, 0)
        self._saved: list[tuple[float, tuple[float, float], int, int]] = []
        self._blank()

    def _blank(self) -> None:
        width, height = (round(edge * self.scale) for edge in self.size)
        self._page = Image.new("L", (width, height), 255)
        self._pen = ImageDraw.Draw(self._page)

    def saveState(self) -> None:  # noqa: N802 - reportlab's names, here and below
        self._saved.append(self._state)

    def restoreState(self) -> None:  # noqa: N802
        self._state = self._saved.pop()

    def setLineWidth(self, width: float) -> None:  # noqa: N802
        self._state = (width, *self._state[1:])

    def setDash(self, on: float, off: float) -> None:  # noqa: N802
        self._state = (self._state[0], (on, off), *self._state[2:])

    def setStrokeGray(self, gray: float) -> None:  # noqa: N802
        self._state = (*self._state[:2], round(255 * gray), self._state[3])

    def setFillGray(self, gray: float) -> None:  # noqa: N802
        self._state = (*self._state[:3], round(255 * gray))

    def setFont(self, _: str, size: float) -> None:  # noqa: N802
        self._letter_size = size

    def drawString(self, x: float, y: float, text: str) -> None:  # noqa: N802
        """Characters one by one, each no wider than the room that the layout gave it."""
        for letter in text:
            room = width_of(letter, self._letter_size)
            font = font_of(round(self._letter_size * self.scale), self.font_file)
            natural = font.getlength(letter)
            if natural > 1.02 * room * self.scale:
                font = font_of(int(font.size * room * self.scale / natural), self.font_file)
            middle = (x + room / 2) * self.scale
            self._pen.text((middle, self._down(y)), letter, fill=self._state[3], font=font, anchor="ms")
            x += room

    def lines(self, lines: Sequence[tuple[float, float, float, float]]) -> None:
        for one in lines:
            self.line(*one)

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        on, off = self._state[1]
        x1, x2, y1, y2 = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
        length = max(x2 - x1, y2 - y1)
        start = 0.0
        while start < length:
            end = min(start + on, length) if on else length
            if x2 - x1 > y2 - y1:
                self._stroke(x1 + start, y1, x1 + end, y1)
            else:
                self._stroke(x1, y1 + start, x1, y1 + end)
            start = end + off if on else length

    def _stroke(self, x1: float, y1: float, x2: float, y2: float) -> None:
        half = self._state[0] / 2
        wide, high = (0.0, half) if x2 - x1 > y2 - y1 else (half, 0.0)
        self._box(x1 - wide, y1 - high, x2 + wide, y2 + high, self._state[2])

    def rect(self, x: float, y: float, width: float, height: float, *, stroke: int, fill: int) -> None:
        if fill:
            self._box(x, y, x + width, y + height, self._state[3])
        if stroke:
            for edge in (x, x + width):
                self.line(edge, y, edge, y + height)
            for edge in (y, y + height):
                self.line(x, edge, x + width, edge)

    def _box(self, left: float, bottom: float, right: float, top: float, gray: int) -> None:
        x, y = round(left * self.scale), round(self._down(top))
        wide = max(round((right - left) * self.scale), 1)
        high = max(round((top - bottom) * self.scale), 1)
        box = (x, y, x + wide, y + high)
        # Ink on ink: a shade does not make a rule under it any lighter.
        self._page.paste(ImageChops.darker(self._page.crop(box), Image.new("L", (wide, high), gray)), box)

    def _down(self, y: float) -> float:
        return (self.size[1] - y) * self.scale

    def showPage(self) -> None:  # noqa: N802
        width, height = self._page.size
        self.pages.append(self._page.resize((width // FINER, height // FINER), Image.Resampling.BOX))
        self._blank()
        self._state, self._saved = (1.0, (0.0, 0.0), 0, 0), []

    def save(self) -> None:
        """Nothing is left to do."""


@cache
def font_of(size: int, file: Path | None = None) -> ImageFont.FreeTypeFont:
    """The font at a size in dots, or the one of a file."""
    if file is not None:
        # Face 2 of a collection of Noto is the Chinese of the mainland.
        return ImageFont.truetype(file, size, index=2 if "CJK" in file.name else 0)
    font = ImageFont.truetype(io.BytesIO(_octets()), size, index=2)
    font.set_variation_by_name("Regular")
    return font


@cache
def _octets() -> bytes:
    return resources.files("manimgx_fonts_cjk").joinpath("NotoSansCJK-VF.otf.ttc").read_bytes()
