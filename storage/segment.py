"""One segment: a WARC 1.1 file with one gzip member a record.

It is `<name>.warc.gz.open` while it is written, held by a file lock of its writer, and `<name>.warc.gz` once
sealed, after which nobody writes to it. Every exchange is a *group* of records, written with one call:

    response   the octets received     (absent where nothing came)
    request    the octets sent         (absent where nothing left)
    metadata   why it was made, how it ended: what WARC has no field for; the end of the group

so a group without its metadata record was never acknowledged. Format: WARC 1.1 (ISO 28500:2017).
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import io
import os
import uuid
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from errors import CannotRead, CannotWrite, HomeBusy
from storage.exchange import Exchange, Purpose, Reply

OPEN_SUFFIX = ".warc.gz.open"
SEALED_SUFFIX = ".warc.gz"
HTTP_RESPONSE = "application/http;msgtype=response"
HTTP_REQUEST = "application/http;msgtype=request"
WARC_FIELDS = "application/warc-fields"
_HASH_BYTES = 1 << 20
_SCAN_BYTES = 1 << 14
"""Small: what follows a member in the chunk is copied once for each member that ends in it."""
RECORD_TYPES = {
    "warcinfo": WarcRecordType.warcinfo,
    "response": WarcRecordType.response,
    "request": WarcRecordType.request,
    "metadata": WarcRecordType.metadata,
}


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a record lies in its segment: byte offset and length of its gzip member."""

    offset: int
    bytes: int


@dataclass(frozen=True, slots=True)
class PlacedGroup:
    """Where the records of one exchange lie. `record_id` is the response's, or the metadata's without one."""

    record_id: str
    start: int
    response: Placed | None
    request: Placed | None


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record read back: its WARC header fields and its block."""

    type: str
    headers: dict[str, str]
    block: bytes


class SegmentWriter:
    """Appends to one new segment. After any error the file ends where the last good group ended.

    A writer that raised once is to be abandoned: a disk that refused a `sync` may have dropped what it was
    given, and says so only once.
    """

    def __init__(self, folder: Path, name: str, info: dict[str, str]) -> None:
        """Create the file, lock it, and write its warcinfo record (`info` are the fields of that record)."""
        self.name = name
        self.path = folder / f"{name}{OPEN_SUFFIX}"
        self._info_id = _new_id()
        self._file = _create_locked(self.path)
        self.size = 0
        self._synced = 0
        headers = {"WARC-Filename": f"{name}{SEALED_SUFFIX}", "Content-Type": WARC_FIELDS}
        try:
            self._append(_member("warcinfo", self._info_id, None, headers, _fields(info)))
            self.sync()
            sync_folder(folder)
        except CannotWrite:
            self._file.close()
            self.path.unlink(missing_ok=True)
            raise

    def append(
        self, exchange: Exchange, purpose: Purpose, reply: Reply, facts: dict[str, str]
    ) -> PlacedGroup:
        """Write the group of one exchange; it is durable only after `sync`. Raises `CannotWrite`.

        `facts` (the run, the site, …) stand first in the metadata record.
        """
        members = list(self._members(exchange, purpose, reply, facts))
        start = at = self.size
        placed: dict[str, Placed] = {}
        for kind, _, octets in members:
            placed[kind] = Placed(at, len(octets))
            at += len(octets)
        self._append(b"".join(octets for _, _, octets in members))
        record_id = next((rid for kind, rid, _ in members if kind == "response"), members[-1][1])
        return PlacedGroup(record_id, start, placed.get("response"), placed.get("request"))

    def sync(self) -> None:
        """Return when all that was appended is on disk."""
        try:
            os.fdatasync(self._file.fileno())
        except OSError as error:
            self._cut_back(self._synced)
            raise CannotWrite(path=self.path, problem=error.strerror) from error
        self._synced = self.size

    def seal(self) -> tuple[int, str]:
        """Close the segment for good and give it its final name: its size in bytes and its sha256."""
        try:
            os.fsync(self._file.fileno())
            sealed = seal_file(self.path)
        except OSError as error:
            raise CannotWrite(path=self.path, problem=error.strerror) from error
        finally:
            self._file.close()
        return sealed

    def abandon(self) -> None:
        """Close without sealing: what is on disk stays, and the next start salvages it."""
        self._file.close()

    def _members(
        self, exchange: Exchange, purpose: Purpose, reply: Reply, facts: dict[str, str]
    ) -> Iterator[tuple[str, str, bytes]]:
        common = {"WARC-Target-URI": exchange.url, "WARC-Warcinfo-ID": f"<{self._info_id}>"}
        if exchange.ip_address:
            common["WARC-IP-Address"] = exchange.ip_address
        ids = {kind: _new_id() for kind in ("response", "request", "metadata")}
        first = "response" if exchange.response else "request"
        if exchange.response:
            headers = common | {
                "Content-Type": HTTP_RESPONSE,
                "WARC-Block-Digest": sha1_digest(exchange.response),
                "WARC-Payload-Digest": sha1_digest(reply.payload),
            }
            if exchange.truncated:
                headers["WARC-Truncated"] = exchange.truncated
            block = exchange.response
            yield "response", ids["response"], _member("response", ids["response"], exchange, headers, block)
        if exchange.request:
            headers = common | {
                "Content-Type": HTTP_REQUEST,
                "WARC-Block-Digest": sha1_digest(exchange.request),
            }
            if exchange.response:
                headers["WARC-Concurrent-To"] = f"<{ids['response']}>"
            block = exchange.request
            yield "request", ids["request"], _member("request", ids["request"], exchange, headers, block)
        headers = common | {"Content-Type": WARC_FIELDS}
        if exchange.response or exchange.request:
            headers["WARC-Concurrent-To"] = f"<{ids[first]}>"
        block = _fields(facts | _notes(exchange, purpose))
        yield "metadata", ids["metadata"], _member("metadata", ids["metadata"], exchange, headers, block)

    def _append(self, octets: bytes) -> None:
        view = memoryview(octets)
        try:
            while view:
                view = view[self._file.write(view) :]
        except OSError as error:
            # A disk that filled up half-way must not leave half a record behind what is whole.
            self._cut_back(self.size)
            raise CannotWrite(path=self.path, problem=error.strerror) from error
        self.size += len(octets)

    def _cut_back(self, size: int) -> None:
        # A disk that cannot even shorten a file leaves a torn tail, which the next start moves aside.
        with suppress(OSError):
            os.ftruncate(self._file.fileno(), size)
            self._file.seek(size)
        self.size = size


def _create_locked(path: Path) -> IO[bytes]:
    """A new file that this process holds the lock of, unbuffered."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            file: IO[bytes] = path.open("xb", buffering=0)
            fcntl.flock(file, fcntl.LOCK_EX)
            if _lies_at(file, path):
                return file
            # A salvage got between the two calls and cleared the empty file away.
            file.close()
    except OSError as error:
        raise CannotWrite(path=path, problem=error.strerror) from error


def _lies_at(file: IO[bytes], path: Path) -> bool:
    """Whether that path still names that open file."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def seal_file(path: Path) -> tuple[int, str]:
    """Rename an open segment to its sealed name, durably: its size in bytes and its sha256."""
    fixed = measure(path)
    path.rename(sealed_path(path))
    sync_folder(path.parent)
    return fixed


def measure(path: Path) -> tuple[int, str]:
    """The size of a file in bytes and its sha256 in hex."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(_HASH_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def sealed_path(path: Path) -> Path:
    """The sealed name of an open segment's path."""
    return path.with_name(path.name.removesuffix(".open"))


def locate(folder: Path, name: str) -> Path:
    """The file of a segment, sealed or still open. Raises `CannotRead`."""
    for suffix in (SEALED_SUFFIX, OPEN_SUFFIX):
        path = folder / f"{name}{suffix}"
        if path.exists():
            return path
    raise CannotRead(path=folder / f"{name}{SEALED_SUFFIX}", problem="the segment is missing")


def lock_abandoned(path: Path) -> IO[bytes]:
    """Open a segment that no living writer holds, for salvage.

    Raises `HomeBusy` where one does, or did until a moment ago and has sealed it since.
    """
    try:
        file = path.open("r+b")
    except FileNotFoundError as error:
        raise HomeBusy(home=path.parent.parent, pid="?") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not _lies_at(file, path):
            raise BlockingIOError
    except BlockingIOError as error:
        file.close()
        raise HomeBusy(home=path.parent.parent, pid="?") from error
    except OSError:
        file.close()
        raise
    return file


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
    # Unpacked to its end first: a reader of the record alone stops before the member's checksum.
    member = io.BytesIO(_unpack_member(file, offset))
    try:
        record = next(iter(ArchiveIterator(member, parse_http=False)), None)
        if record is None or record.stream_pos != 0:
            raise ValueError("no record begins here")
        block = record.reader.read()
    except OSError as error:
        raise ValueError(str(error)) from error
    if len(block) != record.content_length:
        raise ValueError("the record is cut short")
    headers = record.headers.to_dict()
    return StoredRecord(headers.get("WARC-Type", "unknown"), headers, block)


def _unpack_member(file: IO[bytes], offset: int) -> bytes:
    file.seek(offset)
    inflate = zlib.decompressobj(wbits=31)
    plain = bytearray()
    try:
        while not inflate.eof:
            chunk = file.read(_SCAN_BYTES)
            if not chunk:
                raise ValueError("the record is cut short" if plain else "no record begins here")
            plain += inflate.decompress(chunk)
    except zlib.error as error:
        raise ValueError(str(error) if plain else "no record begins here") from error
    return bytes(plain)


def parse_fields(block: bytes) -> dict[str, str]:
    """The name: value lines of an `application/warc-fields` block."""
    pairs = (line.partition(": ") for line in block.decode("utf-8", "replace").splitlines())
    return {name: value for name, colon, value in pairs if colon}


def sha1_digest(octets: bytes) -> str:
    """`sha1:` and the digest in base32, the form on which CDX tools join."""
    digest = hashlib.sha1(octets, usedforsecurity=False).digest()
    return f"sha1:{base64.b32encode(digest).decode()}"


def _notes(exchange: Exchange, purpose: Purpose) -> dict[str, str]:
    notes = {
        "method": exchange.method,
        "role": purpose.role,
        "followed": purpose.followed,
        "via": purpose.referrer or "",
        "outcome": exchange.outcome,
        "problem": exchange.problem or "",
        "reconstructed": "yes" if exchange.reconstructed else "",
    }
    return {name: value for name, value in (notes | exchange.notes).items() if value}


def _fields(fields: dict[str, str]) -> bytes:
    lines = (f"{name}: {' '.join(value.split())}\r\n" for name, value in fields.items())
    return "".join(lines).encode()


def _member(
    kind: str, record_id: str, exchange: Exchange | None, headers: dict[str, str], block: bytes
) -> bytes:
    record = WarcRecord()
    record.init_headers(RECORD_TYPES[kind], record_id.removeprefix("urn:").encode())
    record.record_date = exchange.captured_at if exchange else datetime.now(UTC)
    for name, value in headers.items():
        record.headers.append(name, value)
    record.set_bytes_content(block)
    buffer = io.BytesIO()
    writer = GzipWriter(buffer, compression_level=6)
    record.write(writer)
    writer.finish()
    return buffer.getvalue()


def _new_id() -> str:
    return f"urn:uuid:{uuid.uuid4()}"


def sync_folder(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise CannotWrite(path=folder, problem=error.strerror) from error
