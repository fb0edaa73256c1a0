"""A picture at the head of a site, as heavy as the photographs that real sites have there.

What a night costs is told by what a site weighs, and most of that are pictures, which cannot be compressed.
Drawn from a digest, so that it is the same on every machine: a sky over a plain, with the grain of a camera.
"""

from __future__ import annotations

import struct
import zlib
from functools import cache
from hashlib import shake_256

from demo.resource import zlib_stored

WIDTH, HEIGHT = 1280, 420
GRAIN = 40
"""Levels of brightness by which a pixel may differ from its place in the picture."""
_SKY, _HORIZON, _PLAIN = (96, 140, 190), (222, 208, 180), (86, 96, 64)


@cache
def skyline(site: str) -> bytes:
    """The PNG of a site."""
    rows = b"".join(b"\x00" + _row(site, y) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib_stored(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _row(site: str, y: int) -> bytes:
    grain = shake_256(f"{site} {y}".encode()).digest(WIDTH * 3)
    row = bytearray(WIDTH * 3)
    for channel, level in enumerate(_colour(y / HEIGHT)):
        tones = bytes(max(0, min(255, level - GRAIN + value * 2 * GRAIN // 255)) for value in range(256))
        row[channel::3] = grain[channel::3].translate(tones)
    return bytes(row)


def _colour(height: float) -> tuple[int, ...]:
    """The colour at a height, 0 at the top and 1 at the bottom; the horizon lies at two thirds."""
    top, bottom = (_SKY, _HORIZON) if height < 2 / 3 else (_HORIZON, _PLAIN)
    share = height * 1.5 if height < 2 / 3 else (height - 2 / 3) * 3
    return tuple(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True))


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
