"""What the archive holds, given out so that it can do nothing: run no script, ask for nothing, read nothing
of ours, and tell a browser nothing that the browser would act on.

Headers of an archived reply are never passed on as they came; they go out as `X-Archive-Orig-*`, which no
program acts on. What a browser shows, it shows in an origin of its own (`sandbox`), without scripts and
without anything from elsewhere. What a browser would give to another program is sent to be saved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote, urlsplit

from storage.exchange import Reply

Headers = list[tuple[bytes, bytes]]

HEADERS: Mapping[str, str] = {
    # Its styles and what stands in the page itself may show; nothing is fetched, nothing runs.
    "Content-Security-Policy": (
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    # A content policy does not keep Chromium from connecting ahead of a request (preconnect, frames).
    "Connection-Allowlist": "()",
    "X-DNS-Prefetch-Control": "off",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Sent with everything that is not our own, whatever it is."""
AS_PAGE = ("document", "empty")
"""What a browser may want archived content as (`Sec-Fetch-Dest`): a page by itself, or octets. Never as the
script, the style, the worker or the frame of another page."""
_TEXT = "text/plain"
_BINARY = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,100}/[a-z0-9][a-z0-9!#$&^_.+-]{0,100}")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", re.I)
_SHOWN = re.compile(r"text/.*|image/.*|application/(xhtml\+xml|xml|json)|.*\+xml")
_NEVER_SENT = re.compile(r"multipart/.*|message/.*")
"""Several things in one, which browsers take apart."""
_NO_TOKEN = re.compile(rb"[^A-Za-z0-9!#$%&'*+.^_`|~-]")
_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
MOST_LINES, MOST_OCTETS = 64, 16_384
"""Original headers that are passed on; clients refuse a reply with many more."""


def is_refused(headers: Mapping[str, str]) -> bool:
    """Whether a browser asks for archived content as a part of something else."""
    return "service-worker" in headers or headers.get("sec-fetch-dest", "empty") not in AS_PAGE


def shown_as(reply: Reply) -> tuple[str, bool]:
    """The content type of a payload that is looked at, and whether a browser may show it."""
    kind = _media_type(reply, _TEXT)
    if not _SHOWN.fullmatch(kind):
        return kind, False
    charset = _CHARSET.search(reply.header(b"content-type") or b"")
    return (f"{kind}; charset={charset[1].decode()}" if charset else kind), True


def sent_as(reply: Reply) -> str:
    """The content type of a payload that is to be saved."""
    declared = reply.header(b"content-type")
    if declared is None or _CONTROLS.search(declared) or len(declared) > 200:
        return _media_type(reply, _BINARY)
    return declared.decode("latin-1") if _media_type(reply, "") else _BINARY


def saved_as(url: str) -> str:
    """The `Content-Disposition` of what is to be saved: under the name that its address gives it."""
    name = re.sub(r'[\x00-\x1f\x7f"\\/:*?<>|]', "_", unquote(urlsplit(url).path.rpartition("/")[2])).strip(
        ". "
    )
    name = name[-100:] or "payload"
    plain = re.sub(r"[^ -~]|%", "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def original_headers(reply: Reply) -> Iterator[tuple[bytes, bytes]]:
    """The headers of an archived reply, under names that nothing acts on; last, how many are left out."""
    yield b"X-Archive-Orig-Status", _value(f"{reply.status:03} {reply.reason}".encode("latin-1", "replace"))
    room, left = MOST_OCTETS, 0
    for number, (name, value) in enumerate(reply.headers):
        pair = b"X-Archive-Orig-" + _NO_TOKEN.sub(b"-", name), _value(value)
        room -= len(pair[0]) + len(pair[1])
        if number < MOST_LINES and room >= 0:
            yield pair
        else:
            left += 1
    if left:
        yield b"X-Archive-Orig-Left-Out", str(left).encode()


def _media_type(reply: Reply, otherwise: str) -> str:
    kind = reply.content_type or ""
    if not _MEDIA_TYPE.fullmatch(kind):
        return otherwise
    return _BINARY if _NEVER_SENT.fullmatch(kind) else kind


def _value(octets: bytes) -> bytes:
    return _CONTROLS.sub(b" ", octets).strip()
