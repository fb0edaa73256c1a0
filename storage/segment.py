"""One segment: a WARC 1.1 file with one gzip member a record.

It is `<name>.warc.gz.open` while it is written, held by a file lock of its writer, and `<name>.warc.gz` once
sealed, after which nobody writes to it. Every exchange is a *group* of records, written with one call:

    response   the octets received     (absent where nothing came; a `revisit` where the archive has them)
    request    the octets sent         (absent where nothing left)
    metadata   why it was made, how it ended: what WARC has no field for; the end of the group

so a group without its metadata record was never acknowledged. Format: WARC 1.1 (ISO 28500:2017).
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from errors import CannotRead, CannotWrite, HomeBusy
from storage.exchange import Digests, Exchange, Purpose, sha1_in_base32
from storage.gzip_member import pack, pack_in_pieces
from storage.members import Placed
from storage.redaction import redact
from storage.revisits import Revisit, warc_date
from storage.spool import Octets

OPEN_SUFFIX = ".warc.gz.open"
SEALED_SUFFIX = ".warc.gz"
IMPORTED = "import-"
"""Begins the name of a segment that others made."""
HTTP_RESPONSE = "application/http;msgtype=response"
HTTP_REQUEST = "application/http;msgtype=request"
WARC_FIELDS = "application/warc-fields"
_RECORD_END = b"\r\n\r\n"
_HASH_BYTES = 1 << 20
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class PlacedGroup:
    """Where the records of one exchange lie. `record_id` is the response's, or the metadata's without one."""

    record_id: str
    start: int
    response: Placed | None
    request: Placed | None


class SegmentWriter:
    """Appends to one new segment. After any error the file ends where the last `sync` left it.

    A writer that raised once is to be abandoned: a disk that refused a `sync` may have dropped what it was
    given, and says so only once.
    """

    def __init__(self, folder: Path, name: str, info: dict[str, str]) -> None:
        """Create the file, lock it, and write its warcinfo record (`info` are the fields of that record)."""
        self.name = name
        self.path = folder / f"{name}{OPEN_SUFFIX}"
        self._info_id = _new_id()
        self._file = _create_locked(self.path)
        self._ahead = bytearray()
        self.size = 0
        self._synced = 0
        headers = {"WARC-Filename": f"{name}{SEALED_SUFFIX}", "Content-Type": WARC_FIELDS}
        try:
            self._append("warcinfo", self._info_id, warc_date(datetime.now(UTC)), headers, _fields(info))
            self.sync()
            sync_folder(folder)
        except CannotWrite:
            self._file.close()
            self.path.unlink(missing_ok=True)
            raise

    def append(
        self,
        exchange: Exchange,
        purpose: Purpose,
        digests: Digests | None,
        facts: dict[str, str],
        revisit: Revisit | None = None,
    ) -> PlacedGroup:
        """Take the group of one exchange; it is durable only after `sync`. Raises `CannotWrite`.

        `digests` are those of the reply's payload. `facts` (the run, the site, …) stand first in the metadata
        record.
        """
        start = self.size
        date = warc_date(exchange.captured_at)
        common = {"WARC-Target-URI": _one_line(exchange.url)}
        if exchange.ip_address:
            common["WARC-IP-Address"] = exchange.ip_address
        # Said once a group: the records that follow its first name that one.
        tie = {"WARC-Warcinfo-ID": f"<{self._info_id}>"}
        first: str | None = None
        response = request = None
        if revisit is not None:
            headers = common | tie | revisit.fields()
            if revisit.block:
                headers |= {"Content-Type": HTTP_RESPONSE, "WARC-Block-Digest": sha1_digest(revisit.block)}
            first = _new_id()
            response = self._append("revisit", first, date, headers, revisit.block)
        elif exchange.response:
            headers = common | tie | {"Content-Type": HTTP_RESPONSE}
            headers["WARC-Block-Digest"] = sha1_digest(exchange.response)
            if digests is not None:
                headers["WARC-Payload-Digest"] = f"sha1:{digests.sha1}"
            if exchange.truncated:
                headers["WARC-Truncated"] = exchange.truncated
            first = _new_id()
            response = self._append("response", first, date, headers, exchange.response)
        sent, redacted = redact(exchange.request)
        if sent:
            tie = {"WARC-Concurrent-To": f"<{first}>"} if first else tie
            headers = common | tie | {"Content-Type": HTTP_REQUEST, "WARC-Block-Digest": sha1_digest(sent)}
            request_id = _new_id()
            request = self._append("request", request_id, date, headers, sent)
            first = first or request_id
        tie = {"WARC-Concurrent-To": f"<{first}>"} if first else tie
        metadata_id = _new_id()
        notes = facts | _notes(exchange, purpose, redacted) | (revisit.notes() if revisit else {})
        self._append(
            "metadata", metadata_id, date, common | tie | {"Content-Type": WARC_FIELDS}, _fields(notes)
        )
        return PlacedGroup(first if response and first else metadata_id, start, response, request)

    def sync(self) -> None:
        """Return when all that was appended is on disk. Raises `CannotWrite`: then nothing of it is."""
        self._flush()
        try:
            os.fdatasync(self._file.fileno())
        except OSError as error:
            self._cut_back()
            raise CannotWrite(path=self.path, problem=error.strerror) from error
        self._synced = self.size

    def seal(self) -> tuple[int, str]:
        """Close the segment for good and give it its final name: its size in bytes and its sha256."""
        try:
            self._flush()
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

    def _append(self, kind: str, record_id: str, date: str, headers: dict[str, str], block: Octets) -> Placed:
        start = self.size
        head = _head(kind, record_id, date, headers, len(block))
        if len(block) <= _PIECE_BYTES:
            self._take(pack(b"".join((head, block, _RECORD_END))))
        else:
            for octets in pack_in_pieces(head, block, _RECORD_END):
                self._take(octets)
        return Placed(start, self.size - start)

    def _take(self, octets: bytes) -> None:
        self._ahead += octets
        self.size += len(octets)
        if len(self._ahead) >= _PIECE_BYTES:
            self._flush()

    def _flush(self) -> None:
        try:
            with memoryview(self._ahead) as view:
                done = 0
                while done < len(view):
                    done += self._file.write(view[done:])
        except OSError as error:
            # A disk that filled up half-way must not leave half a record behind what is whole.
            self._cut_back()
            raise CannotWrite(path=self.path, problem=error.strerror) from error
        self._ahead = bytearray()

    def _cut_back(self) -> None:
        """Drop what came after the last sync: nobody was told that it is kept."""
        # A disk that cannot even shorten a file leaves a torn tail, which the next start moves aside.
        with suppress(OSError):
            os.ftruncate(self._file.fileno(), self._synced)
            self._file.seek(self._synced)
        self._ahead = bytearray()
        self.size = self._synced


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
    if sealed_path(path).exists():
        raise FileExistsError(errno.EEXIST, "a sealed segment has that name already", str(path))
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


def sha1_digest(octets: Octets) -> str:
    """`sha1:` and the digest, as a WARC record tells it."""
    return f"sha1:{sha1_in_base32(octets)}"


def _notes(exchange: Exchange, purpose: Purpose, redacted: str | None) -> dict[str, str]:
    notes = {
        "method": exchange.method,
        "role": purpose.role,
        "followed": purpose.followed,
        "via": purpose.referrer or "",
        "outcome": exchange.outcome,
        "problem": exchange.problem or "",
        "reconstructed": "yes" if exchange.reconstructed else "",
        "redacted": redacted or "",
    }
    return {name: value for name, value in (notes | exchange.notes).items() if value}


def _fields(fields: dict[str, str]) -> bytes:
    return "".join([f"{name}: {' '.join(value.split())}\r\n" for name, value in fields.items()]).encode()


def _head(kind: str, record_id: str, date: str, headers: dict[str, str], length: int) -> bytes:
    said = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    return (
        f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <{record_id}>\r\nWARC-Date: {date}\r\n"
        f"{said}Content-Length: {length}\r\n\r\n"
    ).encode()


def _one_line(url: str) -> str:
    # No URL has a line end in it; one that had would forge a header.
    return url.replace("\r", "%0D").replace("\n", "%0A")


def _new_id() -> str:
    """A random UUID (RFC 9562 §5.4), put together by hand: `uuid` takes three times as long."""
    bits = os.urandom(16).hex()
    variant = "89ab"[int(bits[16], 16) & 3]
    return f"urn:uuid:{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-{variant}{bits[17:20]}-{bits[20:]}"


def sync_folder(folder: Path) -> None:
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise CannotWrite(path=folder, problem=error.strerror) from error
