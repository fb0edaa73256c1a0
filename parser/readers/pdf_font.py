"""One font for every font that a PDF does not bring along.

PDFium looks for such a font on the machine, and where it finds none it *drops characters* (a lone `0` in a
cell has no outline, so it has no place). What a document says must not hang on the machine that reads it.
While a document is read, PDFium is therefore given this font: every character is a thin upright bar, thinner
than any character is wide, because PDFium widens a character's box to its outline. Widths and places come
from the document itself. Drawing a page for people uses the machine's fonts as ever.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pypdfium2  # type: ignore[import-untyped]

_HANDLE = 0x4E49
_NAME = b"NianbaoBars"
_EM = 1000
_DESCENT = -120
_BAR = (100, 0, 140, 700)
_UNICODE_CMAPS = ((0, 4), (3, 1), (3, 10))
_MANY_TO_ONE = 13
_GB2312 = 134


@contextmanager
def bars() -> Iterator[None]:
    """Let PDFium use the bars for all fonts that are not in the file."""
    fonts = _fonts()
    fonts.reading = True
    try:
        yield
    finally:
        fonts.reading = False


@cache
def _fonts() -> _Fonts:
    fonts = _Fonts()
    fonts.setup()
    return fonts


class _Fonts(pypdfium2.PdfSysfontBase):  # type: ignore[misc]
    """PDFium's questions about fonts; answered by PDFium itself unless a document is being read."""

    reading = False

    def MapFont(self, *asked: Any) -> Any:  # noqa: N802 - PDFium's name, like those below
        return _HANDLE if self.reading else super().MapFont(*asked)

    def GetFont(self, this: Any, face: Any) -> Any:  # noqa: N802
        return _HANDLE if self.reading else super().GetFont(this, face)

    def GetFontData(self, this: Any, font: Any, table: int, buffer: Any, size: int) -> Any:  # noqa: N802
        if font != _HANDLE:
            return super().GetFontData(this, font, table, buffer, size)
        if table:
            return 0
        return _filled(buffer, bar_font(), size)

    def GetFaceName(self, this: Any, font: Any, buffer: Any, size: int) -> Any:  # noqa: N802
        if font != _HANDLE:
            return super().GetFaceName(this, font, buffer, size)
        return _filled(buffer, _NAME + b"\0", size)

    def GetFontCharset(self, this: Any, font: Any) -> Any:  # noqa: N802
        return _GB2312 if font == _HANDLE else super().GetFontCharset(this, font)

    def DeleteFont(self, this: Any, font: Any) -> Any:  # noqa: N802
        return None if font == _HANDLE else super().DeleteFont(this, font)


def _filled(buffer: Any, octets: bytes, size: int) -> int:
    """Copy `octets` where there is room for them; how many there are."""
    if buffer and size >= len(octets):
        ctypes.memmove(buffer, octets, len(octets))
    return len(octets)


@cache
def bar_font() -> bytes:
    """A TrueType font in which every character of Unicode is the same bar."""
    tables = {
        b"cmap": _cmap(),
        b"glyf": _glyph() * 2,
        b"head": struct.pack(
            ">IIIIHHQQ4hHHhhh",
            *(0x00010000, 0x00010000, 0, 0x5F0F3CF5, 0, _EM, 0, 0),
            *(*_BAR, 0, 8, 2, 1, 0),
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhh8xhH", 0x00010000, _EM + _DESCENT, _DESCENT, 0, _EM, 0, 0, _EM, 1, 0, 0, 0, 2
        ),
        b"hmtx": struct.pack(">HhHh", _EM, _BAR[0], _EM, _BAR[0]),
        b"loca": struct.pack(">III", 0, len(_glyph()), 2 * len(_glyph())),
        b"maxp": struct.pack(">IH13H", 0x00010000, 2, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    }
    directory = struct.pack(">IHHHH", 0x00010000, len(tables), 64, 2, len(tables) * 16 - 64)
    body = b""
    start = len(directory) + 16 * len(tables)
    for tag, table in sorted(tables.items()):
        directory += struct.pack(">4sIII", tag, 0, start + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    return directory + body


def _glyph() -> bytes:
    """One contour of four points, clockwise."""
    left, bottom, right, top = _BAR
    outline = struct.pack(">hhhhh", 1, left, bottom, right, top) + struct.pack(">HH", 3, 0) + b"\x01" * 4
    steps = struct.pack(">4h4h", left, 0, right - left, 0, bottom, top - bottom, 0, bottom - top)
    return outline + steps + b"\0" * (-len(outline + steps) % 4)


def _cmap() -> bytes:
    """All characters to glyph 1, under every key by which a program asks for Unicode."""
    start = 4 + 8 * len(_UNICODE_CMAPS)
    keys = b"".join(struct.pack(">HHI", platform, encoding, start) for platform, encoding in _UNICODE_CMAPS)
    group = struct.pack(">III", 0x20, 0x10FFFF, 1)
    table = struct.pack(">HHIII", _MANY_TO_ONE, 0, 28, 0, 1) + group
    return struct.pack(">HH", 0, len(_UNICODE_CMAPS)) + keys + table
