"""Broken and hostile replies for tests, on a host name of their own and linked from nowhere.

| path | what happens |
|---|---|
| `/_fault/short` | fewer octets than `Content-Length` says, then the connection closes |
| `/_fault/reset` | the connection is reset inside the body |
| `/_fault/nothing` | the connection closes without a reply |
| `/_fault/huge?mb=200` | that many MiB of HTML, streamed |
| `/_fault/slow?s=5` | half of the body, then that many seconds of silence, then the rest |
| `/_fault/empty` | 200 without a body |
| `/_fault/chunked-trailer` | chunk extensions and a trailer field |
| `/_fault/bad-chunk` | a chunk size that is no number |
| `/_fault/status?code=503` | that status with a short text |
| `/_fault/loop` | a redirect to itself |
| `/_fault/truncated.pdf` | the first half of a report, sent as if whole |
| `/_fault/locked.pdf` | a PDF that asks for a password |

Every handler says whether the connection may be used again.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from demo.messages import head
from demo.pdf import locked_pdf, report_pdf
from demo.report import all_reports

HOST = "faults.example.invalid"
BLOCK = 64 * 1024
HTML = ("Content-Type", "text/html; charset=utf-8")
PDF = ("Content-Type", "application/pdf")

Query = Mapping[str, str]
Handler = Callable[[asyncio.StreamWriter, Query], Awaitable[bool]]


async def serve(writer: asyncio.StreamWriter, url: str) -> bool:
    """Answer `url` with its fault."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    handler = FAULTS.get(parts.path, _unknown)
    keep = await handler(writer, query)
    await writer.drain()
    return keep


def _whole(writer: asyncio.StreamWriter, status: int, body: bytes, kind: tuple[str, str] = HTML) -> bool:
    writer.write(head(status, [kind, ("Content-Length", str(len(body)))]) + body)
    return True


async def _unknown(writer: asyncio.StreamWriter, _query: Query) -> bool:
    return _whole(writer, 404, b"no such fault\n")


async def _short(writer: asyncio.StreamWriter, _query: Query) -> bool:
    writer.write(head(200, [HTML, ("Content-Length", "1000")]) + b"<p>cut short</p>" * 10)
    return False


async def _reset(writer: asyncio.StreamWriter, _query: Query) -> bool:
    writer.write(head(200, [HTML, ("Content-Length", "1000")]) + b"<p>reset</p>" * 10)
    await writer.drain()
    connection = writer.get_extra_info("socket")
    # A linger time of zero turns the close into a reset.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False


async def _nothing(_writer: asyncio.StreamWriter, _query: Query) -> bool:
    return False


async def _huge(writer: asyncio.StreamWriter, query: Query) -> bool:
    size = int(query.get("mb", "200")) * 1024 * 1024
    writer.write(head(200, [HTML, ("Content-Length", str(size))]))
    line = "<p>政府信息公开</p>\n".encode()
    block = (line * (BLOCK // len(line) + 1))[:BLOCK]
    for _ in range(size // BLOCK):
        writer.write(block)
        await writer.drain()
    return True


async def _slow(writer: asyncio.StreamWriter, query: Query) -> bool:
    body = b"<p>slow</p>" * 20
    writer.write(head(200, [HTML, ("Content-Length", str(len(body)))]) + body[:100])
    await writer.drain()
    await asyncio.sleep(float(query.get("s", "5")))
    writer.write(body[100:])
    return True


async def _empty(writer: asyncio.StreamWriter, _query: Query) -> bool:
    return _whole(writer, 200, b"")


async def _trailer(writer: asyncio.StreamWriter, _query: Query) -> bool:
    writer.write(
        head(200, [HTML, ("Transfer-Encoding", "chunked"), ("Trailer", "X-Checked")])
        + b"5;name=value\r\n<p>on\r\nB\r\ne</p><p>two\r\n4\r\n</p>\r\n0\r\nX-Checked: yes\r\n\r\n"
    )
    return True


async def _bad_chunk(writer: asyncio.StreamWriter, _query: Query) -> bool:
    writer.write(
        head(200, [HTML, ("Transfer-Encoding", "chunked")]) + b"5\r\n<p>on\r\nzz\r\ne</p>\r\n0\r\n\r\n"
    )
    return False


async def _status(writer: asyncio.StreamWriter, query: Query) -> bool:
    status = HTTPStatus(int(query.get("code", "503")))
    return _whole(writer, status.value, f"<p>{status.phrase}</p>\n".encode())


async def _loop(writer: asyncio.StreamWriter, _query: Query) -> bool:
    headers = [HTML, ("Location", f"http://{HOST}/_fault/loop"), ("Content-Length", "0")]
    writer.write(head(302, headers))
    return True


async def _truncated(writer: asyncio.StreamWriter, _query: Query) -> bool:
    whole = report_pdf(all_reports()["shizuishan-police-2023"], "演示网站")
    return _whole(writer, 200, whole[: len(whole) // 2], PDF)


async def _locked(writer: asyncio.StreamWriter, _query: Query) -> bool:
    return _whole(writer, 200, locked_pdf(), PDF)


FAULTS: Mapping[str, Handler] = {
    "/_fault/short": _short,
    "/_fault/reset": _reset,
    "/_fault/nothing": _nothing,
    "/_fault/huge": _huge,
    "/_fault/slow": _slow,
    "/_fault/empty": _empty,
    "/_fault/chunked-trailer": _trailer,
    "/_fault/bad-chunk": _bad_chunk,
    "/_fault/status": _status,
    "/_fault/loop": _loop,
    "/_fault/truncated.pdf": _truncated,
    "/_fault/locked.pdf": _locked,
}
