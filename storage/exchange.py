"""One exchange with a server, as the octets that crossed the wire, and what HTTP says about them.

An HTTP reply is taken apart only to describe it (status, headers, payload); the archive keeps `response` as
it came. Sources: RFC 9110 (semantics), RFC 9112 (message framing).
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from storage.spool import SPOOL_BYTES, Octets, Spool

Outcome = Literal["complete", "partial", "failed"]

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]+(.*))?$")
_FOLDED = re.compile(rb"\r?\n[ \t]+")
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]+)[ \t]*(?:;[^\n]*)?\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_LENGTH_LETTERS = len("content-length")
_CODING_LETTERS = len("transfer-encoding")
_GZIP_MAGIC = b"\x1f\x8b"
_BY_HEADER = 47
"""zlib's `wbits` for gzip or zlib, as the stream's header says"""
_HEADERLESS = -15
"""zlib's `wbits` for the bare deflate that some servers send"""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what came back.

    `request` and `response` are octets as sent and received, transfer coding included; either is empty where
    nothing crossed. `problem` says in words why the exchange is not complete. `reconstructed` is true where
    the octets were put together from a parsed reply. `truncated` is a reason of WARC 1.1 §5.13
    (`length`, `time`, `disconnect`, `unspecified`). `notes` are further facts for the metadata record.
    """

    url: str
    method: str
    captured_at: datetime
    request: bytes
    response: Octets
    outcome: Outcome
    ip_address: str | None = None
    problem: str | None = None
    truncated: str | None = None
    reconstructed: bool = False
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why an exchange was made: its role in the crawl, the reason in words, and the page that led there.

    `revalidates`: the capture whose ETag or date was sent, so that a 304 stands for its payload.
    """

    role: str
    followed: str
    referrer: str | None = None
    revalidates: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP reply taken apart. `payload` is the entity after de-chunking, before content decoding.

    `head_bytes`: how many octets of the reply stand before its body, interim replies among them.
    """

    status: int | None
    reason: str
    headers: tuple[tuple[bytes, bytes], ...]
    payload: Octets
    head_bytes: int = 0

    def header(self, name: bytes) -> bytes | None:
        """The first value of a header, whatever the case of its name."""
        name = name.lower()
        for key, value in self.headers:
            if key.lower() == name:
                return value
        return None

    def listed(self, name: bytes) -> list[bytes]:
        """The members of a list-valued header in lower case, over all its lines (RFC 9110 §5.6.1)."""
        name = name.lower()
        return _members([value for key, value in self.headers if key.lower() == name])

    @property
    def content_type(self) -> str | None:
        """The media type without parameters, in lower case."""
        value = self.header(b"content-type")
        return value.split(b";")[0].strip().lower().decode("latin-1")[:255] if value else None


def take_apart(response: Octets) -> Reply:
    """The final reply in these octets. Interim 1xx replies before it are passed over.

    Octets that are not HTTP give a reply without status whose payload is all of them.
    """
    rest = response
    while True:
        end = _HEAD_END.search(rest)
        head, body = (bytes(rest[: end.start()]), rest[end.end() :]) if end else (bytes(rest), b"")
        if b"\n " in head or b"\n\t" in head:
            head = _FOLDED.sub(b" ", head)
        lines = head.split(b"\n")
        match = _STATUS_LINE.match(lines[0].strip())
        if match is None:
            return Reply(None, "", (), response)
        status = int(match.group(1))
        if 100 <= status < 200 and status != 101 and body:
            rest = body
            continue
        headers = _header_lines(lines)
        reason = (match.group(2) or b"").decode("latin-1")
        return Reply(status, reason, headers, _framed(status, headers, body), len(response) - len(body))


def _framed(status: int, headers: tuple[tuple[bytes, bytes], ...], body: Octets) -> Octets:
    """The part of what follows the head that is the reply's entity (RFC 9112 §6.3)."""
    if status in (204, 304) or not body:
        return b""
    lengths: list[bytes] = []
    codings: list[bytes] = []
    for name, value in headers:
        # Few other names are that long.
        if len(name) == _LENGTH_LETTERS and name.lower() == b"content-length":
            lengths.append(value)
        elif len(name) == _CODING_LETTERS and name.lower() == b"transfer-encoding":
            codings.append(value)
    if codings and _members(codings)[-1:] == [b"chunked"]:
        return dechunk(body)
    if lengths and len(said := set(_members(lengths))) == 1:
        (length,) = said
        if length.isdigit() and len(length) < 20:
            return body[: int(length)]
    return body


def _members(values: list[bytes]) -> list[bytes]:
    return [member.strip().lower() for member in b",".join(values).split(b",") if member.strip()]


class TooLong(ValueError):
    """A payload is larger than was asked for once its content coding is taken off."""


def decode_content(reply: Reply, limit: int) -> bytes:
    """The payload without its content coding (gzip, deflate, and any stack of them), at most `limit` bytes.

    A stream that is cut short gives what it holds. Raises `ValueError` for an unknown coding, for octets
    that are not in the coding they claim; `TooLong` past the limit.
    """
    octets: Octets = reply.payload
    for coding in reversed(reply.listed(b"content-encoding")):
        if coding == b"identity":
            continue
        if coding not in (b"gzip", b"x-gzip", b"deflate"):
            raise ValueError(f"unknown content coding {coding.decode('latin-1')!r}")
        octets = _inflate(octets, raw_allowed=coding == b"deflate", limit=limit)
    if len(octets) > limit:
        raise TooLong(f"larger than {limit} bytes")
    return bytes(octets)


def _inflate(octets: Octets, *, raw_allowed: bool, limit: int) -> bytes:
    for wbits in (_BY_HEADER, _HEADERLESS) if raw_allowed else (_BY_HEADER,):
        try:
            return _unpack(octets, wbits, limit)
        except zlib.error as error:
            problem = error
    raise ValueError(f"not in its content coding: {problem}")


def _unpack(octets: Octets, wbits: int, limit: int) -> bytes:
    """A compressed stream, unpacked; of gzip all members (RFC 1952 §2.2). What follows is ignored."""
    plain: list[bytes] = []
    size = 0
    while not plain or (wbits == _BY_HEADER and octets[:2] == _GZIP_MAGIC):
        stream = zlib.decompressobj(wbits=wbits)
        plain.append(stream.decompress(octets, limit + 1 - size))
        size += len(plain[-1])
        if size > limit:
            raise TooLong(f"larger than {limit} bytes once unpacked")
        octets = stream.unused_data
    return b"".join(plain)


def dechunk(body: Octets) -> Octets:
    """The entity inside a chunked body; extensions and trailers dropped, a cut or broken body as far as it
    goes."""
    if len(body) <= SPOOL_BYTES:
        return b"".join(_chunks(body))
    entity = Spool()
    for piece in _chunks(body):
        entity.append(piece)
    return entity.octets()


def _chunks(body: Octets) -> Iterator[Octets]:
    at = 0
    while line := _CHUNK_SIZE.match(body, at):
        size = int(line.group(1), 16)
        if size == 0:
            break
        start = line.end()
        yield body[start : start + size]
        end = _LINE_END.match(body, start + size) if start + size < len(body) else None
        if end is None:
            break
        at = end.end()


@dataclass(frozen=True, slots=True)
class Digests:
    """Of a payload: `sha1` in base32, on which CDX tools join, and the sha256 in hex that the index knows."""

    sha1: str
    sha256: str


def digests(payload: Octets) -> Digests:
    """Both digests of a payload."""
    return Digests(sha1_in_base32(payload), hashlib.sha256(payload).hexdigest())


def sha1_in_base32(octets: Octets) -> str:
    """The sha1 of these octets in the form on which CDX tools join."""
    return in_base32(hashlib.sha1(octets, usedforsecurity=False).digest())


def in_base32(sha1: bytes) -> str:
    """160 bits as 32 letters (RFC 4648 §6)."""
    number = int.from_bytes(sha1)
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_PAIRS = [one + other for one in _LETTERS for other in _LETTERS]
_SHIFTS = range(150, -1, -10)
"""Ten bits at a time: half of what `base64` takes, and there are three digests a page."""


def entity_digests(reply: Reply) -> Digests | None:
    """Both digests of a reply's payload; `None` for a 304, which brings none."""
    return None if reply.status == 304 else digests(reply.payload)


def _header_lines(lines: list[bytes]) -> tuple[tuple[bytes, bytes], ...]:
    """The fields behind the status line, which is the first of these."""
    parts = [line.partition(b":") for line in lines[1:]]
    return tuple([(name.strip(), value.strip()) for name, colon, value in parts if colon])
