"""WARC files that others made, as hostile as they come: taken apart record by record, within limits.

WARC 1.0 and 1.1 are read, plain, with one gzip member a record, or packed as a whole. What is not one member
a record is packed anew, each record's octets as they were, because a record is read by its place.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from isal import isal_zlib

from storage.exchange import Reply, decode_content
from storage.members import Placed, StoredRecord, parse_head
from storage.packing import Sink
from storage.spool import Octets, Spool

GZIP_MAGIC = b"\x1f\x8b"
MOST_OF_A_HEAD = 1 << 16
PACKED_AT_MOST = 200
"""A file may unpack to so many times its size, once it unpacks to more than a GiB; pages do to ten times."""
_FREE = 1 << 30
_PIECE = 1 << 20
_READ = 1 << 16
_END = b"\r\n\r\n"
_VERSION = re.compile(rb"WARC/1\.[01]\r\n")
_ALGORITHMS = ("md5", "sha1", "sha256", "sha384", "sha512")


class NotByRecordError(Exception):
    """A gzip member holds more than a record, or less."""


@dataclass(slots=True)
class Allowance:
    """How much a file may unpack to: a record's block, and all of it."""

    block: int
    packed: int
    taken: int = 0

    def take(self, size: int) -> None:
        """Count octets. Raises `ValueError` past what is allowed."""
        self.taken += size
        if self.taken > _FREE and self.taken > PACKED_AT_MOST * self.packed:
            raise ValueError(f"it unpacks to more than {PACKED_AT_MOST} times its size")


def records(file: IO[bytes], allowance: Allowance) -> Iterator[tuple[Placed, StoredRecord]]:
    """The records of a file with one gzip member a record, with the place of each.

    Raises `NotByRecordError`, or `ValueError` saying what is wrong with the file.
    """
    offset = 0
    while True:
        file.seek(offset)
        if not file.read(1):
            return
        plain, end = _member(file, offset, allowance)
        yield Placed(offset, end - offset), _record(plain, offset)
        offset = end


def repack(file: IO[bytes], out: Sink, allowance: Allowance) -> None:
    """Write the records of any WARC file, one gzip member each. Raises `ValueError`."""
    file.seek(0)
    packed = file.read(2) == GZIP_MAGIC
    file.seek(0)
    kept: Any = gzip.GzipFile(fileobj=file) if packed else _Kept(file)
    plain = io.BufferedReader(kept)
    try:
        while _repack_one(plain, out, allowance):
            pass
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"it cannot be unpacked: {error}") from error
    finally:
        plain.detach()


class _Kept(io.RawIOBase):
    """A file that its reader does not close."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        octets = self._file.read(len(buffer))
        buffer[: len(octets)] = octets
        return len(octets)


def _repack_one(plain: io.BufferedReader[Any], out: Sink, allowance: Allowance) -> bool:
    line = plain.readline(MOST_OF_A_HEAD)
    while line in (b"\r\n", b"\n"):
        line = plain.readline(MOST_OF_A_HEAD)
    if not line:
        return False
    if not _VERSION.fullmatch(line):
        raise ValueError("it is not a WARC file of version 1.0 or 1.1")
    head = bytearray(line)
    while line != b"\r\n":
        line = plain.readline(MOST_OF_A_HEAD)
        head += line
        if not line or len(head) > MOST_OF_A_HEAD:
            raise ValueError("a record has no end to its head")
    length = _length(parse_head(bytes(head)), allowance)
    packer = isal_zlib.compressobj(2, wbits=31)
    out.write(packer.compress(bytes(head)))
    while length:
        piece = plain.read(min(length, _PIECE))
        if not piece:
            raise ValueError("the last record is cut short")
        out.write(packer.compress(piece))
        allowance.take(len(piece))
        length -= len(piece)
    out.write(packer.compress(_END) + packer.flush())
    return True


def _length(fields: dict[str, str] | None, allowance: Allowance) -> int:
    length = (fields or {}).get("Content-Length", "")
    if not length.isdecimal() or len(length) > 18:
        raise ValueError("a record does not say how long it is")
    if int(length) > allowance.block:
        raise ValueError(f"a record is larger than {allowance.block} bytes (NIANBAO_MAX_PAYLOAD_MB)")
    return int(length)


def _member(file: IO[bytes], offset: int, allowance: Allowance) -> tuple[Octets, int]:
    """A gzip member, unpacked, and where it ends."""
    file.seek(offset)
    inflate = zlib.decompressobj(wbits=31)
    plain = Spool()
    position = offset
    try:
        while not inflate.eof:
            chunk = file.read(_READ)
            if not chunk:
                raise ValueError("the last record is cut short")
            position += len(chunk)
            while chunk and not inflate.eof:
                piece = inflate.decompress(chunk, _PIECE)
                allowance.take(len(piece))
                plain.append(piece)
                if len(plain) > allowance.block + MOST_OF_A_HEAD:
                    # Too large for a record; or many records, of which each may be small.
                    raise NotByRecordError
                chunk = inflate.unconsumed_tail
    except zlib.error as error:
        if offset == 0:
            raise ValueError("it is not a WARC file") from error
        raise ValueError(f"it is damaged at byte {offset}: {error}") from error
    return plain.octets(), position - len(inflate.unused_data)


def _record(plain: Octets, offset: int) -> StoredRecord:
    fields = parse_head(plain)
    if fields is None:
        if offset == 0:
            raise ValueError("it is not a WARC file of version 1.0 or 1.1")
        raise NotByRecordError
    length = fields.get("Content-Length", "")
    start = bytes(plain[:MOST_OF_A_HEAD]).index(_END) + len(_END)
    if not length.isdecimal() or plain[start + int(length) :] != _END:
        raise NotByRecordError
    return StoredRecord(fields.get("WARC-Type", ""), fields, plain[start : start + int(length)])


def check_block(record: StoredRecord) -> None:
    """Raises `ValueError` where the block is not the one that its digest is of."""
    if not _agrees(record.headers.get("WARC-Block-Digest", ""), [record.block]):
        raise ValueError(f"the block of {_named(record)} is not the one that its digest is of")


def check_payload(record: StoredRecord, reply: Reply, limit: int) -> None:
    """Raises `ValueError` where the payload is not the one that its digest is of.

    The standard asks for the digest of the entity; tools also write that of the octets as they came, chunked,
    or of what is left when the content coding is taken off. A record that says that it was cut says nothing.
    """
    said = record.headers.get("WARC-Payload-Digest", "")
    if "WARC-Truncated" in record.headers or _agrees(said, [reply.payload, record.block[reply.head_bytes :]]):
        return
    try:
        decoded = decode_content(reply, limit)
    except ValueError:
        decoded = b""
    if not _agrees(said, [decoded]):
        raise ValueError(f"the payload of {_named(record)} is not the one that its digest is of")


def _agrees(said: str, octets: list[Octets]) -> bool:
    algorithm, _, text = said.partition(":")
    algorithm = algorithm.lower().replace("-", "")
    if algorithm not in _ALGORITHMS:
        return True  # none is given, or one that we cannot work out
    size = hashlib.new(algorithm, usedforsecurity=False).digest_size
    digest = digest_octets(text, size)
    return digest is not None and any(
        hashlib.new(algorithm, one, usedforsecurity=False).digest() == digest for one in octets
    )


def digest_octets(text: str, size: int) -> bytes | None:
    """A digest that is written in hex or in base32; `None` where it is neither, of that size in octets."""
    for decode in (bytes.fromhex, lambda text: base64.b32decode(text.upper() + "=" * (-len(text) % 8))):
        try:
            octets = decode(text)
        except (ValueError, binascii.Error):
            continue
        if len(octets) == size:
            return octets
    return None


def _named(record: StoredRecord) -> str:
    return record.headers.get("WARC-Target-URI") or record.headers.get("WARC-Record-ID", "a record")
