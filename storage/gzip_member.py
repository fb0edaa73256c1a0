"""The gzip members of a segment: packed, or stored as they are where packing wins next to nothing.

Images and most documents come packed. Packed once more they are no smaller, and whoever reads them, of ours
or of others, pays thirty times what it costs to read them as they are.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from isal import isal_zlib

from storage.spool import Octets

COMPRESSION_LEVEL = 2
"""Of ISA-L: a sixth of the time of zlib's level 6, for a fifth more octets of what is text."""
_STORED = 0
"""zlib's level for what is not packed; ISA-L's level 0 packs."""
_GZIP = 31
"""zlib's `wbits` for a gzip member"""
_BARE = -15
"""zlib's `wbits` for what stands in one (RFC 1951)"""
_HEAD = bytes.fromhex("1f8b08000000000000ff")
"""RFC 1952 §2.3: as ISA-L writes it. The same for all of ours: no checksum covers it, so that one which is
another tells of damage."""
_PIECE_BYTES = 1 << 20


def pack(octets: bytes) -> bytes:
    """A gzip member that holds these octets."""
    packed: bytes = isal_zlib.compress(octets, COMPRESSION_LEVEL, _GZIP)
    if _is_worth_it(len(packed), len(octets)):
        return packed
    return _HEAD + zlib.compress(octets, _STORED, _BARE) + _tail(isal_zlib.crc32(octets), len(octets))


def pack_in_pieces(head: bytes, block: Octets, end: bytes) -> Iterator[bytes]:
    """One that holds the three, where the block is large: its first MiB speaks for all of it."""
    sample = block[:_PIECE_BYTES]
    stored = not _is_worth_it(len(isal_zlib.compress(sample, COMPRESSION_LEVEL, _BARE)), len(sample))
    packer = (
        zlib.compressobj(_STORED, wbits=_BARE) if stored
        else isal_zlib.compressobj(COMPRESSION_LEVEL, wbits=_BARE)
    )  # fmt: skip
    yield _HEAD
    checksum = size = 0
    for octets in (head, *_pieces(block), end):
        checksum = isal_zlib.crc32(octets, checksum)
        size += len(octets)
        yield packer.compress(octets)
    yield packer.flush() + _tail(checksum, size)


def _pieces(block: Octets) -> Iterator[Octets]:
    for at in range(0, len(block), _PIECE_BYTES):
        yield block[at : at + _PIECE_BYTES]


def _is_worth_it(packed: int, plain: int) -> bool:
    """Whether packing saves a 32nd."""
    return packed <= plain - plain // 32


def _tail(checksum: int, size: int) -> bytes:
    return checksum.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
