"""The home that most of these tests ask: an address or a few for each thing that can be archived."""

from __future__ import annotations

import gzip
import zlib
from datetime import timedelta
from pathlib import Path

from sqlalchemy import insert

from storage.models import Capture
from storage.timemap import PAGE as PAGE_OF_A_MAP
from tests.storage.exchanges import CHUNKED, NOON, SITE, reply
from tests.storage.test_imports import take, warc
from tests.web.served import Kept

HOST = f"http://{SITE}"
PAGE = "<!DOCTYPE html><title>年报</title><h1>一、总体情况</h1>".encode() * 20
LATER = PAGE.replace("总体".encode(), "整体".encode())
VISITED = f"{HOST}/zwgk/"
"""Captured 0, 10 (unchanged), 20 (304), 30 (otherwise), 40 (gone) minutes after noon; between these a block
page, a reply cut short, one that is no HTTP, and one that never came."""
CODED = f"{HOST}/gzip.html"
DEFLATED = f"{HOST}/deflate.html"
LYING = f"{HOST}/lying.html"
UNKNOWN_CODING = f"{HOST}/br.html"
CHUNKS = f"{HOST}/chunks"
PAPER = f"{HOST}/files/2022%E5%B9%B4%E5%B9%B4%E6%8A%A5.pdf"
NO_TYPE = f"{HOST}/no-type"
MOVED = f"{HOST}/moved"
LONG = f"{HOST}/long?{'q' * 8100}"
STRANGE_HEADERS = f"{HOST}/headers"
TYPED = {
    "text/html": "text/html",
    "text/plain;charset=gb2312": "text/plain; charset=gb2312",
    'Text/HTML; Charset="UTF-8"': "text/html; charset=UTF-8",
    "image/png": "image/png",
    "application/xhtml+xml": "application/xhtml+xml",
    "text/html\tx": "text/plain",
    "nonsense": "text/plain",
}
"""What a server said, and what is said of it."""
SAVED = ("application/pdf", "application/msword", "multipart/x-mixed-replace", "application/javascript")
STATUSES = (201, 204, 205, 206, 300, 401, 403, 404, 407, 410, 416, 500, 503, 600, 999, 99)
LOCATIONS = {
    "/new": f"{HOST}/new",
    "//www.example.cn/a b": "http://www.example.cn/a%20b",
    "https://www.example.cn/年#top": "https://www.example.cn/%E5%B9%B4",
    "javascript:alert(1)": None,
    "data:text/html,<script>alert(1)</script>": None,
    "file:///etc/passwd": None,
    "ftp://www.example.cn/": None,
    "http://[broken": None,
    "": None,
}
"""Where a server sent its visitors, and which address that is."""
CROWDED = f"{HOST}/crowded"
CROWD = 2 * PAGE_OF_A_MAP + 7
"""Captures of that address, one a minute; the index knows of them, the archive does not."""
SPELLINGS = (
    f"{HOST}/%E5%B9%B4%E6%8A%A5?x=1&y=%C4%EA",
    "http://www.example.cn/年报|二 〇?a",  # as some who archive write it
    f"{HOST}/a?b?c=http://d/e?f#g".partition("#")[0],
    f"{HOST}/lower%e5%b9%b4",
    f"{HOST}/x?",
    f"{HOST}/memento/20260101000000/http://a.cn/?page=2",
)


def typed(kind: str) -> str:
    return f"{HOST}/typed?{kind.encode().hex()}"


def answered(status: int) -> str:
    return f"{HOST}/status/{status}"


def sent_to(location: str) -> str:
    return f"{HOST}/sent?{location.encode().hex()}"


def said(head: str, body: bytes = PAGE) -> bytes:
    return f"HTTP/1.1 {head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def fill(path: Path) -> Kept:
    """The home, at this path."""
    kept = Kept(path)
    first = kept.add(reply(PAGE), VISITED)
    kept.add(said("412 Precondition Failed", b"challenge"), VISITED, 5, blocked="script-challenge")
    kept.add(reply(PAGE), VISITED, 10)
    kept.add(reply(PAGE)[:200], VISITED, 12, outcome="partial")
    kept.add(b"SSH-2.0-x\r\n", VISITED, 15)
    kept.add(b"HTTP/1.1 304 Not Modified\r\n\r\n", VISITED, 20, revalidates=first.id)
    kept.add(b"", VISITED, 25)
    kept.add(reply(LATER), VISITED, 30)
    kept.add(said("404 Not Found", b"gone"), VISITED, 40)
    kept.add(said("200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip", gzip.compress(PAGE)), CODED)
    bare = zlib.compress(LATER)[2:-4]
    kept.add(said("200 OK\r\nContent-Type: text/html\r\nContent-Encoding: deflate", bare), DEFLATED)
    kept.add(
        said("200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip", b"plain all the same"), LYING
    )
    kept.add(
        said("200 OK\r\nContent-Type: text/html\r\nContent-Encoding: br", b"\x0b\x02\x80x"), UNKNOWN_CODING
    )
    kept.add(CHUNKED, CHUNKS)
    kept.add(said("200 OK\r\nContent-Type: application/pdf", b"%PDF-1.7"), PAPER)
    kept.add(said("200 OK", b"<script>"), NO_TYPE)
    kept.add(said("200 OK", b"long"), LONG)
    strange = "".join(f"X-{number}: {'v' * 900}\r\n" for number in range(40))
    dangerous = "".join(
        f"{name}: {value}\r\n"
        for name, value in {
            "Set-Cookie": "stolen=1", "Location": "http://live.example/", "Refresh": "0; url=http://a/",
            "Service-Worker-Allowed": "/", "Content-Security-Policy": "default-src *",
            "Access-Control-Allow-Origin": "*", "Clear-Site-Data": '"*"', "Link": "<//x>; rel=preload",
            "Strict-Transport-Security": "max-age=9",
            "X Odd(": "\xe9\x01", "Alt-Svc": 'h2="live:1"', "NEL": "{}", "Report-To": "{}", "Vary": "*",
        }.items()
    )  # fmt: skip
    kept.add(
        said(f"200 OK\r\n{dangerous}{strange}Last: 1").replace("\xe9".encode(), b"\xe9"), STRANGE_HEADERS
    )
    for number, kind in enumerate((*TYPED, *SAVED)):
        kept.add(said(f"200 OK\r\nContent-Type: {kind}", b"<b>%d" % number), typed(kind))
    for status in STATUSES:
        kept.add(said(f"{status:03} Thus", b"" if status in (204, 205) else b"%d" % status), answered(status))
    for location in LOCATIONS:
        kept.add(said(f"302 Found\r\nLocation: {location}", b"moved"), sent_to(location))
    kept.add(said("301 Moved\r\nLocation: ./moved"), MOVED)
    for url in SPELLINGS:
        kept.add(said("200 OK", url.encode()), url)
    take(kept.home, warc())
    _crowd(kept)
    kept.close()
    return kept


def _crowd(kept: Kept) -> None:
    row = {
        "run_id": kept.home.run_id, "site": SITE, "url": CROWDED, "method": "GET", "status": 200,
        "outcome": "complete", "payload_sha256": "0" * 64, "role": "report", "followed": "link",
        "segment_id": 1, "record_id": "", "reconstructed": False,
    }  # fmt: skip
    times = ({"captured_at": NOON + timedelta(minutes=minutes)} for minutes in range(CROWD))
    rows = [row | at | {"record_offset": 1 << 40 | number} for number, at in enumerate(times)]
    with kept.home.database.write() as session:
        session.execute(insert(Capture), rows)
