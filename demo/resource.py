"""What one address answers with on one day: octets and how they are sent."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Literal

STORED_BLOCK = 0xFFFF

Framing = Literal["length", "chunked"]


@dataclass(frozen=True, slots=True)
class Resource:
    """A reply without its connection: the same octets in every run and on every machine.

    `dynamic`: a program makes the page for each visitor, so that it comes without ETag and Last-Modified.
    """

    body: bytes
    content_type: str
    modified: datetime
    status: int = 200
    location: str | None = None
    framing: Framing = "length"
    gzip: bool = False
    cookie: str | None = None
    dynamic: bool = False

    @property
    def etag(self) -> str:
        return f'"{sha256(self.body).hexdigest()[:20]}"'

    @property
    def last_modified(self) -> str:
        return format_datetime(self.modified.astimezone(UTC), usegmt=True)

    def encoded(self, *, accepts_gzip: bool) -> bytes:
        """The payload as it is sent to a client."""
        return gzipped(self.body) if self.gzip and accepts_gzip else self.body


def gzipped(body: bytes) -> bytes:
    """`body` as one gzip member of stored blocks.

    Written by hand because deflate is free to choose: two builds of zlib give different octets for the same
    text, and the replica promises the same octets everywhere.
    """
    head = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
    return head + _stored(body) + struct.pack("<II", zlib.crc32(body), len(body) & 0xFFFFFFFF)


def zlib_stored(body: bytes) -> bytes:
    """`body` as a zlib stream of stored blocks, as a PNG wants it."""
    return b"\x78\x01" + _stored(body) + struct.pack(">I", zlib.adler32(body))


def _stored(body: bytes) -> bytes:
    blocks = []
    starts = range(0, len(body), STORED_BLOCK) or range(1)
    for start in starts:
        piece = body[start : start + STORED_BLOCK]
        final = start + STORED_BLOCK >= len(body)
        blocks.append(struct.pack("<BHH", final, len(piece), len(piece) ^ 0xFFFF) + piece)
    return b"".join(blocks)
