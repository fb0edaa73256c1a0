"""One exchange with a server, as the octets that crossed the wire, and what HTTP says about them.

An HTTP reply is taken apart only to describe it (status, headers, payload); the archive keeps `response` as
it came. Sources: RFC 9110 (semantics), RFC 9112 (message framing).
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Outcome = Literal["complete", "partial", "failed"]

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]+(.*))?$")
_FOLDED = re.compile(rb"\r?\n[ \t]+")


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
    response: bytes
    outcome: Outcome
    ip_address: str | None = None
    problem: str | None = None
    truncated: str | None = None
    reconstructed: bool = False
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why an exchange was made: its role in the crawl, the reason in words, and the page that led there."""

    role: str
    followed: str
    referrer: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP reply taken apart. `payload` is the entity after de-chunking, before content decoding."""

    status: int | None
    reason: str
    headers: tuple[tuple[bytes, bytes], ...]
    payload: bytes

    def header(self, name: bytes) -> bytes | None:
        """The first value of a header, whatever the case of its name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def content_type(self) -> str | None:
        """The media type without parameters, in lower case."""
        value = self.header(b"content-type")
        return value.split(b";")[0].strip().lower().decode("latin-1")[:255] if value else None


def take_apart(response: bytes) -> Reply:
    """The final reply in these octets. Interim 1xx replies before it are passed over.

    Octets that are not HTTP give a reply without status whose payload is all of them.
    """
    rest = response
    while True:
        end = _HEAD_END.search(rest)
        head, body = (rest[: end.start()], rest[end.end() :]) if end else (rest, b"")
        lines = _FOLDED.sub(b" ", head).split(b"\n")
        match = _STATUS_LINE.match(lines[0].strip())
        if match is None:
            return Reply(None, "", (), response)
        status = int(match.group(1))
        if 100 <= status < 200 and status != 101 and body:
            rest = body
            continue
        headers = tuple(_header_lines(lines[1:]))
        reply = Reply(status, (match.group(2) or b"").decode("latin-1"), headers, body)
        coding = reply.header(b"transfer-encoding") or b""
        if b"chunked" in coding.lower():
            reply = Reply(reply.status, reply.reason, headers, dechunk(body))
        return reply


def decode_content(reply: Reply, limit: int) -> bytes:
    """The payload without its content coding (gzip, deflate, and any stack of them), at most `limit` bytes.

    A stream that is cut short gives what it holds. Raises `ValueError` for an unknown coding, for octets
    that are not in the coding they claim, and past the limit.
    """
    codings = (reply.header(b"content-encoding") or b"").decode("latin-1").lower().split(",")
    octets = reply.payload
    for coding in reversed([name.strip() for name in codings]):
        if coding in ("", "identity"):
            continue
        if coding not in ("gzip", "x-gzip", "deflate"):
            raise ValueError(f"unknown content coding {coding!r}")
        octets = _inflate(octets, raw_allowed=coding == "deflate", limit=limit)
    if len(octets) > limit:
        raise ValueError(f"larger than {limit} bytes")
    return octets


def _inflate(octets: bytes, *, raw_allowed: bool, limit: int) -> bytes:
    # wbits: 47 takes gzip or zlib by its header; -15 is the headerless deflate that some servers send.
    for wbits in (47, -15) if raw_allowed else (47,):
        stream = zlib.decompressobj(wbits=wbits)
        try:
            plain = stream.decompress(octets, limit + 1)
        except zlib.error as error:
            problem = error
            continue
        if len(plain) > limit:
            raise ValueError(f"larger than {limit} bytes once unpacked")
        return plain
    raise ValueError(f"not in its content coding: {problem}")


def dechunk(body: bytes) -> bytes:
    """The entity inside a chunked body; extensions and trailers dropped, a cut body as far as it goes."""
    pieces = []
    at = 0
    while True:
        line_end = body.find(b"\n", at)
        if line_end < 0:
            break
        size_text = body[at:line_end].split(b";")[0].strip()
        try:
            size = int(size_text, 16)
        except ValueError:
            break
        if size <= 0:
            break
        start = line_end + 1
        pieces.append(body[start : start + size])
        at = start + size
        at += 2 if body[at : at + 2] == b"\r\n" else 1
    return b"".join(pieces)


def _header_lines(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    pairs = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if colon:
            pairs.append((name.strip(), value.strip()))
    return pairs
