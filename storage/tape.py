"""A segment as its checker reads it: once from start to end, each record with its digests worked out.

Behind what cannot be read, the next record is looked for.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from isal import isal_zlib

from storage.exchange import Digests, in_base32, take_apart
from storage.members import parse_head
from storage.spool import SPOOL_BYTES, Octets, Spool

RESPONSES = ("response", "revisit", "resource")
_CHUNK_BYTES = 1 << 20
_FIRST_BYTES = 1 << 12
"""Most requests and notes are packed into less; what is handed to the unpacker beyond a member is copied."""
_NEXT_BYTES = 1 << 15
_PACKED_HEAD_BYTES = 10
_MAGIC = b"\x1f\x8b\x08"
_NotPacked: type[Exception] = isal_zlib.error  # type: ignore[assignment]
_HEAD_BYTES = 1 << 12
_VERSION = "WARC/1.1"
_END = b"\r\n\r\n"
_ALWAYS = {"WARC-Type", "WARC-Record-ID", "WARC-Date", "Content-Length"}
_SHA1 = "sha1:"
_SHA1_LETTERS = 32
_NO_DIGIT = b"!"
_DIGITS = bytes.maketrans(
    bytes(range(256)),
    _NO_DIGIT * 50 + b"qrstuv" + _NO_DIGIT * 9 + b"0123456789abcdefghijklmnop" + _NO_DIGIT * 165,
)
"""The letters of base32 (RFC 4648 §6) as Python's digits of a number to the base 32."""


@dataclass(slots=True)
class Record:
    """A record, or what stands where one should. `digests` are those of its payload, where it has one."""

    offset: int
    length: int
    packed_head: bytes
    type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    problem: str | None = None
    damages: list[tuple[str, str]] = field(default_factory=list)
    status: int | None = None
    digests: Digests | None = None
    payload_bytes: int = 0

    @property
    def id(self) -> str:
        return self.headers.get("WARC-Record-ID", "").strip("<>")


class Tape:
    """The file, read once from start to end, whose sha256 is made on the way; and, for a reader that lost its
    place, any part of it again."""

    def __init__(self, file: IO[bytes], advance: Callable[[int], None]) -> None:
        self._file = file
        self._advance = advance
        self._hash = hashlib.sha256()
        self._held = memoryview(b"")
        self._start = 0
        self._size = 0
        """how much of the file was read for its sha256"""

    def at(self, offset: int, length: int) -> memoryview:
        """So many octets from here on; fewer at the end of the file."""
        begin = offset - self._start
        if begin < 0 or begin + length > len(self._held):
            self._hold(offset, length)
            begin = offset - self._start
        return self._held[begin : begin + length]

    def finish(self) -> tuple[str, int]:
        """Read what is left: the sha256 and the size of the file."""
        while self._read_on():
            pass
        return self._hash.hexdigest(), self._size

    def _hold(self, offset: int, length: int) -> None:
        """Have octets from this offset on, as many as that or all that follow."""
        while self._size < offset and self._read_on():
            pass
        known = self._held[offset - self._start :] if offset >= self._start else memoryview(b"")
        if offset + len(known) == self._size:
            pieces: list[Octets] = [known]
            while self._size < offset + length and (piece := self._read_on()):
                pieces.append(piece)
            self._held = memoryview(b"".join(pieces))
        else:
            # It was read before, and is asked for again.
            self._file.seek(offset)
            self._held = memoryview(self._file.read(max(length, _CHUNK_BYTES)))
        self._start = offset

    def _read_on(self) -> bytes:
        self._file.seek(self._size)
        chunk = self._file.read(_CHUNK_BYTES)
        if chunk:
            self._hash.update(chunk)
            self._size += len(chunk)
            self._advance(len(chunk))
        return chunk


def records(tape: Tape) -> Iterator[Record]:
    """Every record of the file in order, those that cannot be read as such."""
    offset = 0
    while window := tape.at(offset, _FIRST_BYTES):
        packed_head = bytes(window[:_PACKED_HEAD_BYTES])
        try:
            plain, end = _unpack(tape, offset, window)
            record = _record(offset, end - offset, packed_head, plain)
        except ValueError as error:
            end = _next_record(tape, offset + 1)
            record = Record(offset, end - offset, packed_head, problem=str(error))
        yield record
        offset = end


def _unpack(tape: Tape, offset: int, window: memoryview) -> tuple[Octets, int]:
    """A member without its packing, and where it ends; `window`: its first octets. Raises `ValueError`."""
    inflate = isal_zlib.decompressobj(wbits=31)
    try:
        plain = inflate.decompress(window)
        at = offset + len(window)
        if not inflate.eof:
            return _unpack_on(tape, at, inflate, plain)
    except _NotPacked as error:
        raise ValueError(f"it cannot be unpacked: {str(error).strip()}") from error
    return plain, at - len(inflate.unused_data)


def _unpack_on(tape: Tape, at: int, inflate: Any, first: bytes) -> tuple[Octets, int]:
    pieces = [first]
    size = len(first)
    spool: Spool | None = None
    while not inflate.eof:
        packed = tape.at(at, _NEXT_BYTES)
        if not packed:
            raise ValueError("the record is cut short")
        piece = inflate.decompress(packed)
        at += len(packed)
        size += len(piece)
        if spool is None and size > SPOOL_BYTES:
            spool = Spool()
            for earlier in pieces:
                spool.append(earlier)
            pieces.clear()
        if spool is None:
            pieces.append(piece)
        else:
            spool.append(piece)
    at -= len(inflate.unused_data)
    return (b"".join(pieces) if spool is None else spool.octets()), at


def _next_record(tape: Tape, offset: int) -> int:
    """Where the next member begins that holds a record, from here on; or the end of the file."""
    while window := bytes(tape.at(offset, _CHUNK_BYTES)):
        window += bytes(tape.at(offset + len(window), len(_MAGIC) - 1))
        found = window.find(_MAGIC)
        while found >= 0:
            if _begins_record(tape, offset + found):
                return offset + found
            found = window.find(_MAGIC, found + 1)
        offset += max(len(window) - len(_MAGIC) + 1, 1)
        if len(window) < len(_MAGIC):
            break
    return tape.finish()[1]


def _begins_record(tape: Tape, offset: int) -> bool:
    try:
        return isal_zlib.decompressobj(wbits=31).decompress(bytes(tape.at(offset, 512)), 64)[:7] == b"WARC/1."
    except _NotPacked:
        return False


def _record(offset: int, length: int, packed_head: bytes, plain: Octets) -> Record:
    """Raises `ValueError` where no record is in it."""
    headers = _plain_head(plain) or parse_head(plain)
    if headers is None:
        raise ValueError("no record is in it")
    size = headers.get("Content-Length", "")
    begin = len(plain) - 4 - (int(size) if size.isdecimal() else len(plain))
    if begin < 0 or plain[-4:] != _END or plain[begin - 4 : begin] != _END:
        raise ValueError("its length is not the one that it says")
    block = memoryview(plain)[begin:-4]
    record = Record(offset, length, packed_head, headers.get("WARC-Type", ""), headers)
    if not _fits(headers.get("WARC-Block-Digest"), block):
        record.damages.append(("block", "the block is not what its digest says"))
    if record.type in RESPONSES:
        _look_into(record, block)
    return record


def _plain_head(plain: Octets) -> dict[str, str] | None:
    """The fields of a head written as ours are, in a fifth of the time; none where it may be otherwise."""
    head = bytes(plain[:_HEAD_BYTES])
    end = head.find(_END)
    text = head[:end].decode("utf-8", "replace")
    if end < 0 or "\r\n " in text or "\r\n\t" in text:
        return None
    version, *lines = text.split("\r\n")
    if version != _VERSION:
        return None
    try:
        fields = dict([line.split(": ", 1) for line in lines])
    except ValueError:
        return None
    return fields if len(fields) == len(lines) and fields.keys() >= _ALWAYS else None


def _look_into(record: Record, block: memoryview) -> None:
    """The status and the payload of a reply. A revisit has the head only, its payload stands elsewhere."""
    body = payload = block
    if record.type != "resource":
        reply = take_apart(block)
        record.status = reply.status
        if record.type == "revisit" or reply.status == 304:
            return
        payload, body = memoryview(reply.payload), block[reply.head_bytes :]
    record.payload_bytes = len(payload)
    said = record.headers.get("WARC-Payload-Digest")
    sha1, sha256 = hashlib.sha1(payload, usedforsecurity=False).digest(), hashlib.sha256(payload).hexdigest()
    if said is not None and _is_sha1(said, sha1):
        record.digests = Digests(said[len(_SHA1) :], sha256)
        return
    record.digests = Digests(in_base32(sha1), sha256)
    # What others wrote may have other digests, and over the chunks of a chunked body.
    if not _fits(said, payload) and not _fits(said, body):
        record.damages.append(("payload", "the payload is not what its digest says"))


def _is_sha1(said: str, digest: bytes) -> bool:
    """Whether a labelled digest is this sha1 as ours are written, in base32.

    Told by its number, since to write it out takes several times as long.
    """
    if not said.startswith(_SHA1):
        return False
    letters = said[len(_SHA1) :].encode("ascii", "replace").translate(_DIGITS)
    if len(letters) != _SHA1_LETTERS or _NO_DIGIT in letters:
        return False
    return int(letters, 32) == int.from_bytes(digest)


def _fits(said: str | None, octets: Octets) -> bool:
    """Whether a labelled digest is that of these octets; true for one that is absent or of no known kind."""
    if said is None or _is_sha1(said, hashlib.sha1(octets, usedforsecurity=False).digest()):
        return True
    label, _, value = said.partition(":")
    algorithm = label.lower().replace("-", "")
    if algorithm not in ("md5", "sha1", "sha256", "sha512"):
        return True
    digest = hashlib.new(algorithm, octets, usedforsecurity=False)
    return value.upper() in (base64.b32encode(digest.digest()).decode(), digest.hexdigest().upper()) or (
        value.upper().rstrip("=") == base64.b32encode(digest.digest()).decode().rstrip("=")
    )
