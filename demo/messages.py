"""HTTP/1.1 messages of the replica: a request as read, a reply as written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

from demo.resource import Resource

REPLICA_HEADER = ("X-Replica", "nianbao-demo")
CHUNK = 1400
Headers = list[tuple[str, str]]


class BadRequestError(ValueError):
    """What came in is not an HTTP/1 request."""


@dataclass(frozen=True, slots=True)
class Request:
    """The head of a request; header names in lower case, the last of several wins."""

    method: str
    target: str
    version: str
    headers: Mapping[str, str]

    @property
    def keeps_alive(self) -> bool:
        wish = {self.headers.get(name, "").lower() for name in ("connection", "proxy-connection")}
        return self.version == "HTTP/1.1" and "close" not in wish

    @property
    def accepts_gzip(self) -> bool:
        codings = self.headers.get("accept-encoding", "").lower().split(",")
        return any(coding.partition(";")[0].strip() == "gzip" for coding in codings)


@dataclass(frozen=True, slots=True)
class Reply:
    """The octets of a reply, and the payload in them (after chunking is taken off)."""

    status: int
    octets: bytes
    payload: bytes


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection, `None` when the client has closed it."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise BadRequestError("the request ends inside its head") from end
        return None
    except asyncio.LimitOverrunError as error:
        raise BadRequestError("the head of the request is too long") from error
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequestError("the first line is not an HTTP/1 request line")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    length = headers.get("content-length", "0")
    if not length.isdigit():
        raise BadRequestError("Content-Length is not a number")
    try:
        await reader.readexactly(int(length))
    except asyncio.IncompleteReadError as end:
        raise BadRequestError("the request ends inside its body") from end
    return Request(parts[0], parts[1], parts[2], headers)


def head(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    """Status line and header block, with the header that every reply of the replica carries."""
    now = format_datetime(datetime.now(UTC), usegmt=True)
    first: Headers = [("Server", "nianbao-demo"), ("Date", now)]
    lines = [f"{name}: {value}" for name, value in [*first, *headers, REPLICA_HEADER]]
    return "\r\n".join([f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *lines, "\r\n"]).encode("latin-1")


def said(status: int, line: str) -> Reply:
    """A reply of the proxy itself: one line of text, then the connection is closed."""
    payload = f"{line}\n".encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(payload))),
        ("Connection", "close"),
    ]
    return Reply(status, head(status, headers) + payload, payload)


def reply(request: Request, resource: Resource) -> Reply:
    """What a site answers with `resource`."""
    headers: Headers = []
    gzip = resource.gzip and request.accepts_gzip
    etag = f'{resource.etag[:-1]}-gzip"' if gzip else resource.etag
    may_be_asked = resource.status == 200 and not resource.dynamic
    if may_be_asked:
        headers += [("Last-Modified", resource.last_modified), ("ETag", etag)]
    if resource.gzip:
        headers.append(("Vary", "Accept-Encoding"))
    if not request.keeps_alive:
        headers.append(("Connection", "close"))
    if may_be_asked and _unchanged(request, resource, etag):
        return Reply(304, head(304, headers), b"")
    headers.append(("Content-Type", resource.content_type))
    if gzip:
        headers.append(("Content-Encoding", "gzip"))
    if resource.location:
        headers.append(("Location", resource.location))
    if resource.cookie:
        headers.append(("Set-Cookie", resource.cookie))
    payload = resource.encoded(accepts_gzip=gzip)
    if resource.framing == "chunked" and request.version == "HTTP/1.1":
        headers.append(("Transfer-Encoding", "chunked"))
        body = chunked(payload)
    else:
        headers.append(("Content-Length", str(len(payload))))
        body = payload
    if request.method == "HEAD":
        return Reply(resource.status, head(resource.status, headers), b"")
    return Reply(resource.status, head(resource.status, headers) + body, payload)


def chunked(payload: bytes, size: int = CHUNK) -> bytes:
    """The payload in chunks, with the last one."""
    pieces = (payload[start : start + size] for start in range(0, len(payload), size))
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def _unchanged(request: Request, resource: Resource, etag: str) -> bool:
    known = request.headers.get("if-none-match")
    if known is not None:
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return etag in tags or "*" in tags
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return resource.modified <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
