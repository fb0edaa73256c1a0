"""A segment as its checker reads it: once from start to end, each record with its digests worked out.

What is read goes to the sha256 of the file in a thread of its own, and to the records. Behind what cannot be
read, the next record is looked for.
"""

from __future__ import annotations

import base64
import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import IO, Self

from isal import isal_zlib

from storage.exchange import Digests, digests, take_apart
from storage.members import parse_head
from storage.spool import SPOOL_BYTES, Octets, Spool

_CHUNK_BYTES = 1 << 20
_FIRST_BYTES = 1 << 12
"""Most requests and notes are packed into less; what is handed to the unpacker beyond a member is copied."""
_NEXT_BYTES = 1 << 15
_HASHES_AHEAD = 8
_MAGIC = b"\x1f\x8b\x08"
_NotPacked: type[Exception] = isal_zlib.error  # type: ignore[assignment]
_HEAD_BYTES = 1 << 12
_ALWAYS = {"WARC-Type", "WARC-Record-ID", "WARC-Date", "Content-Length"}
_RESPONSES = ("response", "revisit", "resource")


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
        self._hasher = ThreadPoolExecutor(1, thread_name_prefix="sha256")
        self._hashing: deque[Future[None]] = deque()
        self._chunk = memoryview(b"")
        self._start = 0
        self._size = 0
        """how much of the file was read for its sha256"""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hasher.shutdown()

    def at(self, offset: int, length: int) -> memoryview:
        """Octets from here on, at most `length`; empty at the end of the file."""
        if not self._start <= offset < self._start + len(self._chunk):
            while self._size <= offset and self._read_on():
                pass
            if not self._start <= offset < self._start + len(self._chunk):
                self._go_back(offset)
        begin = offset - self._start
        return self._chunk[begin : begin + length]

    def finish(self) -> tuple[str, int]:
        """Read what is left: the sha256 and the size of the file."""
        while self._read_on():
            pass
        for task in self._hashing:
            task.result()
        return self._hash.hexdigest(), self._size

    def _read_on(self) -> bool:
        self._file.seek(self._size)
        chunk = self._file.read(_CHUNK_BYTES)
        if not chunk:
            return False
        self._hashing.append(self._hasher.submit(self._hash.update, chunk))
        if len(self._hashing) > _HASHES_AHEAD:
            self._hashing.popleft().result()
        self._chunk, self._start = memoryview(chunk), self._size
        self._size += len(chunk)
        self._advance(len(chunk))
        return True

    def _go_back(self, offset: int) -> None:
        self._file.seek(offset)
        self._chunk, self._start = memoryview(self._file.read(_CHUNK_BYTES)), offset


def records(tape: Tape) -> Iterator[Record]:
    """Every record of the file in order, those that cannot be read as such."""
    offset = 0
    while len(packed_head := bytes(tape.at(offset, 10))):
        try:
            plain, end = _unpack(tape, offset)
            record = _record(offset, end - offset, packed_head, plain)
        except ValueError as error:
            end = _next_record(tape, offset + 1)
            record = Record(offset, end - offset, packed_head, problem=str(error))
        yield record
        offset = end


def _unpack(tape: Tape, offset: int) -> tuple[Octets, int]:
    """A member without its packing, and where it ends. Raises `ValueError`."""
    inflate = isal_zlib.decompressobj(wbits=31)
    pieces: list[bytes] = []
    size = 0
    spool: Spool | None = None
    at, length = offset, _FIRST_BYTES
    while not inflate.eof:
        packed = tape.at(at, length)
        if not packed:
            raise ValueError("the record is cut short")
        try:
            piece = inflate.decompress(packed)
        except _NotPacked as error:
            raise ValueError(f"it cannot be unpacked: {str(error).strip()}") from error
        at += len(packed)
        length = _NEXT_BYTES
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
    if spool is not None:
        return spool.octets(), at
    return (pieces[0] if len(pieces) == 1 else b"".join(pieces)), at


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
    if begin < 0 or plain[-4:] != b"\r\n\r\n" or plain[begin - 4 : begin] != b"\r\n\r\n":
        raise ValueError("its length is not the one that it says")
    block = memoryview(plain)[begin:-4]
    record = Record(offset, length, packed_head, headers.get("WARC-Type", ""), headers)
    if not _fits(headers.get("WARC-Block-Digest"), block):
        record.damages.append(("block", "the block is not what its digest says"))
    if record.type in _RESPONSES:
        _look_into(record, block)
    return record


def _plain_head(plain: Octets) -> dict[str, str] | None:
    """The fields of a head written as ours are, in a quarter of the time; none where it may be otherwise."""
    head, whole, _ = bytes(plain[:_HEAD_BYTES]).partition(b"\r\n\r\n")
    version, *lines = head.decode("utf-8", "replace").split("\r\n")
    if not whole or version != "WARC/1.1" or any(line[:1] in " \t" for line in lines):
        return None
    fields = dict(line.split(": ", 1) for line in lines if ": " in line)
    return fields if len(fields) == len(lines) and fields.keys() >= _ALWAYS else None


def _look_into(record: Record, block: memoryview) -> None:
    """The status and the payload of a reply. A revisit has the head only, its payload stands elsewhere."""
    if record.type == "resource":
        record.digests, record.payload_bytes = digests(block), len(block)
    else:
        reply = take_apart(block)
        record.status = reply.status
        if record.type == "revisit" or reply.status == 304:
            return
        record.digests, record.payload_bytes = digests(reply.payload), len(reply.payload)
    said = record.headers.get("WARC-Payload-Digest")
    if said is not None and said != f"sha1:{record.digests.sha1}":
        # What others wrote may have other digests, and over the chunks of a chunked body.
        body = block[reply.head_bytes :] if record.type == "response" else block
        if not _fits(said, reply.payload if record.type == "response" else block) and not _fits(said, body):
            record.damages.append(("payload", "the payload is not what its digest says"))


def _fits(said: str | None, octets: Octets) -> bool:
    """Whether a labelled digest is that of these octets; true for one that is absent or of no known kind."""
    if said is None:
        return True
    if said.startswith("sha1:"):
        sha1 = hashlib.sha1(octets, usedforsecurity=False).digest()
        if said[5:] == base64.b32encode(sha1).decode():
            return True
    label, _, value = said.partition(":")
    algorithm = label.lower().replace("-", "")
    if algorithm not in ("md5", "sha1", "sha256", "sha512"):
        return True
    digest = hashlib.new(algorithm, octets, usedforsecurity=False)
    return value.upper() in (base64.b32encode(digest.digest()).decode(), digest.hexdigest().upper()) or (
        value.upper().rstrip("=") == base64.b32encode(digest.digest()).decode().rstrip("=")
    )
