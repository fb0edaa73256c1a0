"""What lies in a segment: its gzip members, and the records that are read back from them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from storage.spool import Octets, Spool

_SCAN_BYTES = 1 << 14
"""Small: what follows a member in the chunk is copied once for each member that ends in it."""
_PIECE_BYTES = 1 << 20
_HEAD = re.compile(rb"WARC/1\.[01]\r\n((?:[^\r\n]+\r\n)+)\r\n")
"""Ours say 1.1; what others wrote, and we took in, may say 1.0."""
_FOLDED = re.compile(r"\r\n[ \t]+")
_NAMES = {
    name.lower(): name
    for name in (
        "Content-Length", "Content-Type", "WARC-Block-Digest", "WARC-Concurrent-To", "WARC-Date",
        "WARC-IP-Address", "WARC-Payload-Digest", "WARC-Profile", "WARC-Record-ID", "WARC-Refers-To",
        "WARC-Refers-To-Date", "WARC-Refers-To-Target-URI", "WARC-Target-URI", "WARC-Truncated", "WARC-Type",
    )
}  # fmt: skip
"""Field names have no case (WARC 1.1 §4); these are how the standard writes them."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a record lies in its segment: byte offset and length of its gzip member."""

    offset: int
    bytes: int


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record read back: its WARC header fields and its block."""

    type: str
    headers: dict[str, str]
    block: Octets


def members(file: IO[bytes]) -> Iterator[Placed]:
    """The whole gzip members from the start of a file, ending silently before the first torn one.

    The caller may move the file's position between two of them.
    """
    offset = read = 0
    ahead = b""
    while True:
        inflate = zlib.decompressobj(wbits=31)
        length = 0
        try:
            while not inflate.eof:
                if not ahead:
                    file.seek(read)
                    ahead = file.read(_SCAN_BYTES)
                    read += len(ahead)
                    if not ahead:
                        return
                # The text is thrown away, a piece at a time: only the member's end and checksum matter here.
                inflate.decompress(ahead, _SCAN_BYTES)
                rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
                length += len(ahead) - len(rest)
                ahead = rest
        except zlib.error:
            return
        yield Placed(offset, length)
        offset += length


def read_record(file: IO[bytes], offset: int) -> StoredRecord:
    """The record whose member begins at this offset. Raises `ValueError` saying what is wrong with it."""
    # Unpacked to its end first: only then has the member's checksum been looked at.
    plain = _unpack_member(file, offset)
    head = _HEAD.match(plain)
    if head is None:
        raise ValueError("no record begins here")
    headers = _fields(head.group(1))
    length = headers.get("Content-Length", "")
    end = head.end() + int(length) if length.isdecimal() else -1
    if plain[end:] != b"\r\n\r\n":
        raise ValueError("the record is cut short")
    return StoredRecord(headers.get("WARC-Type", "unknown"), headers, plain[head.end() : end])


def parse_head(octets: Octets) -> dict[str, str] | None:
    """The header fields of the record that begins here; `None` where none does."""
    head = _HEAD.match(octets)
    return None if head is None else _fields(head.group(1))


def _fields(octets: bytes) -> dict[str, str]:
    lines = _FOLDED.sub(" ", octets.decode("utf-8", "replace")).split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return {_NAMES.get(name.strip().lower(), name): value.strip() for name, colon, value in pairs if colon}


def _unpack_member(file: IO[bytes], offset: int) -> Octets:
    try:
        file.seek(offset)
    except (OSError, OverflowError, ValueError) as error:  # an offset that no file has
        raise ValueError("no record begins here") from error
    inflate = zlib.decompressobj(wbits=31)
    plain = Spool()
    try:
        while not inflate.eof:
            chunk = file.read(_SCAN_BYTES)
            if not chunk:
                raise ValueError("the record is cut short" if len(plain) else "no record begins here")
            while chunk and not inflate.eof:
                plain.append(inflate.decompress(chunk, _PIECE_BYTES))
                chunk = inflate.unconsumed_tail
    except zlib.error as error:
        raise ValueError(str(error) if len(plain) else "no record begins here") from error
    except OSError as error:
        raise ValueError(f"the disk does not give it out: {error.strerror}") from error
    return plain.octets()


def parse_fields(block: Octets) -> dict[str, str]:
    """The name: value lines of an `application/warc-fields` block."""
    pairs = (line.partition(": ") for line in bytes(block).decode("utf-8", "replace").splitlines())
    return {name: value for name, colon, value in pairs if colon}
