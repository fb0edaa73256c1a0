"""The octets of an exchange, over real sockets: plain, through a proxy, and inside TLS."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]

from crawler import wire
from storage.exchange import take_apart
from tests.crawler.raw_server import CLOSE, RESET, RawServer, Script
from tests.crawler.visits import Visit, visit

BODY = b"<html><p>hello</p></html>"
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
PACKED = gzip.compress(BODY, mtime=0)
TWICE = gzip.compress(PACKED, mtime=0)
BARE = zlib.compressobj(wbits=-15)
DEFLATED = BARE.compress(BODY) + BARE.flush()
OK = b"HTTP/1.1 200 OK\r\n"

HOSTILE: dict[str, tuple[str, Script]] = {
    "plain": ("complete", [OK + LENGTH + b"\r\n" + BODY]),
    "case-and-order": (
        "complete",
        [OK + b"x-lAsT: 1\r\nSeRvEr: Odd\r\ncontent-LENGTH: %d\r\nA-First:2\r\n\r\n" % len(BODY) + BODY],
    ),
    "duplicates": (
        "complete",
        [OK + b"Set-Cookie: a=1\r\nX: 1\r\nset-cookie: b=2\r\nX: 1\r\n" + LENGTH + b"\r\n" + BODY],
    ),
    "folded": ("complete", [OK + b"X-Long: one\r\n  two\r\n\tthree\r\n" + LENGTH + b"\r\n" + BODY]),
    "line-feeds": ("complete", [(OK + LENGTH + b"\r\n").replace(b"\r", b"") + BODY]),
    "latin": ("complete", [b"HTTP/1.1 200 D\xe9j\xe0 vu\r\nX-Name: caf\xe9\r\n" + LENGTH + b"\r\n" + BODY]),
    "no-colon": ("complete", [OK + b"this line is no header\r\n" + LENGTH + b"\r\n" + BODY]),
    "chunked": (
        "complete",
        [OK + b'Transfer-Encoding: chunked\r\n\r\n0005;name="v;1"\r\n<html\r\n1;x\r\n>\r\n0;last\r\n\r\n'],
    ),
    "trailer": (
        "complete",
        [OK + b"Transfer-Encoding: ChUnKeD\r\n\r\n6\r\n<html>\r\n0\r\nX-Sum: abc\r\nY: \r\n\r\n"],
    ),
    "old": ("complete", [b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + BODY, CLOSE]),
    "interim": (
        "complete",
        [b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 2, 0.05, OK + LENGTH + b"\r\n" + BODY],
    ),
    "continue": ("complete", [b"HTTP/1.1 100 Continue\r\n\r\n" + OK + LENGTH + b"\r\n" + BODY]),
    "short": ("partial", [OK + b"Content-Length: 1000\r\n\r\n" + BODY, CLOSE]),
    "reset": ("partial", [OK + b"Content-Length: 1000\r\n\r\n" + BODY, 0.2, RESET]),
    "bad-chunk": (
        "partial",
        [OK + b"Transfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\nzz\r\noops\r\n", CLOSE],
    ),
    "gzip": (
        "complete",
        [OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED) + PACKED],
    ),
    "deflate": (
        "complete",
        [OK + b"Content-Encoding: deflate\r\nContent-Length: %d\r\n\r\n" % len(DEFLATED) + DEFLATED],
    ),
    "packed-twice": (
        "complete",
        [OK + b"Content-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n" % len(TWICE) + TWICE],
    ),
    "packed-in-chunks": (
        "complete",
        [
            OK + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"%x\r\n" % len(PACKED) + PACKED + b"\r\n0\r\n\r\n",
        ],
    ),
    "falsely-packed": (
        "complete",
        [OK + b"Content-Encoding: gzip\r\n" + LENGTH + b"\r\n" + BODY],
    ),
    "bare-status": ("complete", [b"HTTP/1.1 200\r\n" + LENGTH + b"\r\n" + BODY]),
    "no-reason": ("complete", [b"HTTP/1.1 200 \r\n" + LENGTH + b"\r\n" + BODY]),
    "empty": ("complete", [OK + b"Content-Length: 0\r\n\r\n"]),
    "garbage-behind": ("complete", [OK + LENGTH + b"\r\n" + BODY + b"\r\n\r\nHTTP/1.1 999 what\r\n"]),
    "drops": ("complete", [*(bytes([octet]) for octet in OK + LENGTH + b"\r\n" + BODY)]),
    "teapot": ("complete", [b"HTTP/1.1 418 I'm a teapot\r\n" + LENGTH + b"\r\n" + BODY]),
    "nothing": ("failed", [CLOSE]),
    "no-http": ("partial", [b"220 mail.example.invalid ESMTP\r\n", CLOSE]),
}
WAYS = ("direct", "tls", "proxy", "tunnel")


@dataclass(frozen=True, slots=True)
class World:
    server: RawServer
    visit: Visit
    roots: dict[str, str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, databases: None) -> Iterator[World]:
    scripts = {f"/{name}": script for name, (_, script) in HOSTILE.items()}
    with RawServer(scripts) as server:
        roots = {
            "direct": f"http://127.0.0.1:{server.port}",
            "tls": f"https://127.0.0.1:{server.tls_port}",
            "proxy": "http://hostile.example.invalid",
            "tunnel": "https://hostile.example.invalid",
        }
        yield World(server, _visit(tmp_path_factory.mktemp("wire"), server, roots), roots)


def _visit(home: Path, server: RawServer, roots: dict[str, str], *, break_contract: bool = False) -> Visit:
    proxy = f"http://127.0.0.1:{server.port}"
    return visit(
        home,
        [f"{root}/{name}" for root in roots.values() for name in HOSTILE],
        profile={
            "domain": "127.0.0.1",
            "name": "test",
            "hosts": ["hostile.example.invalid"],
            "entry": [f"http://127.0.0.1:{server.port}/"],
            "publishers": [{"agency": "某某局"}],
        },
        environment={"http_proxy": proxy, "https_proxy": proxy, "no_proxy": "127.0.0.1"},
        break_contract=break_contract,
    )


def warc_blocks(home: Path) -> dict[tuple[str, str], bytes]:
    """Type and URL of each record, with its octets, as warcio reads them."""
    blocks = {}
    for path in sorted((home / "archive").glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, no_record_parse=True):
                url = record.rec_headers.get_header("WARC-Target-URI")
                blocks[record.rec_type, url] = record.raw_stream.read()
    return blocks


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", HOSTILE)
def test_what_the_server_sent_is_what_the_archive_holds(world: World, way: str, name: str) -> None:
    url = f"{world.roots[way]}/{name}"
    # A request that a kept connection swallowed without a word is sent again over a new one, and counts once.
    *_, served = world.server.of(url)
    (capture,) = world.visit.of(url)
    outcome, _ = HOSTILE[name]
    assert (capture.outcome, capture.reconstructed) == (outcome, False)
    assert world.visit.block(capture, request=True) == served.request
    if served.sent:
        assert world.visit.block(capture) == served.sent
    else:
        assert capture.response_offset is None
    assert bool(capture.problem) == (outcome != "complete")


def test_who_answered_over_tls_is_noted_for_the_first_request_of_a_connection_too(world: World) -> None:
    told = {
        url: re.search(rb"^tls: (.*?)\r?$", block, re.MULTILINE)
        for (kind, url), block in warc_blocks(world.visit.home).items()
        if kind == "metadata" and url.startswith("https:")
    }
    assert len(told) >= 2 * len(HOSTILE)
    for url, found in told.items():
        assert found is not None, url
        assert re.fullmatch(rb"TLSv1\.\d \S+ certificate sha256:[0-9a-f]{64}", found[1]), (url, found[1])


def test_warcio_finds_the_same_octets(world: World) -> None:
    blocks = warc_blocks(world.visit.home)
    for way in WAYS:
        for name in HOSTILE:
            url = f"{world.roots[way]}/{name}"
            *_, served = world.server.of(url)
            assert blocks["request", url] == served.request
            assert blocks.get(("response", url), b"") == served.sent


def test_connections_are_kept_and_their_exchanges_told_apart(world: World) -> None:
    first, second = (
        world.server.of(f"{world.roots['direct']}/{name}")[0] for name in ("plain", "duplicates")
    )
    assert first.connection == second.connection


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("plain", BODY),
        ("chunked", b"<html>"),
        ("trailer", b"<html>"),
        ("interim", BODY),
        ("continue", BODY),
        ("line-feeds", BODY),
        ("garbage-behind", BODY),
        ("gzip", PACKED),
    ],
)
def test_the_payload_is_the_entity(world: World, name: str, payload: bytes) -> None:
    (capture,) = world.visit.of(f"{world.roots['direct']}/{name}")
    assert take_apart(world.visit.block(capture)).payload == payload
    assert capture.payload_bytes == len(payload)


def test_truncation_is_said_in_the_warc(world: World) -> None:
    for path in (world.visit.home / "archive").glob("*.warc.gz"):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, no_record_parse=True):
                url = record.rec_headers.get_header("WARC-Target-URI") or ""
                if record.rec_type == "response":
                    outcome = HOSTILE[url.rpartition("/")[2]][0] if "robots" not in url else "complete"
                    truncated = record.rec_headers.get_header("WARC-Truncated")
                    assert (truncated is not None) == (outcome == "partial"), url


def test_the_contract_holds_today() -> None:
    assert wire.check_contract() is None


def test_a_recorder_that_is_passed_by_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(self: wire.RecordingProtocol, data: bytes) -> None:
        super(wire.RecordingProtocol, self).dataReceived(data)  # type: ignore[no-untyped-call]

    monkeypatch.setattr(wire.RecordingProtocol, "dataReceived", deaf)
    assert wire.check_contract() == "the HTTP client no longer passes its octets through the recorder"


def test_a_renamed_protocol_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("twisted.web._newclient.Request.writeTo")
    problem = wire.check_contract()
    assert problem is not None
    assert "inner names have changed" in problem


def test_without_the_contract_captures_are_marked_and_readable(world: World, tmp_path: Path) -> None:
    again = _visit(tmp_path, world.server, {"direct": world.roots["direct"]}, break_contract=True)
    (capture,) = again.of(f"{world.roots['direct']}/gzip")
    assert (capture.reconstructed, capture.status, capture.outcome) == (True, 200, "complete")
    reply = take_apart(again.block(capture))
    assert (reply.payload, reply.header(b"content-encoding")) == (PACKED, b"gzip")
    assert b"GET " in again.block(capture, request=True)
    notes = warc_blocks(again.home)["metadata", capture.url]
    assert b"reconstructed: yes" in notes
    (chunked,) = again.of(f"{world.roots['direct']}/chunked")
    assert take_apart(again.block(chunked)).payload == b"<html>"
    assert all(capture.reconstructed for capture in again.captures)
    assert "captures will be reconstructed" in (again.home / "scrapy.log").read_text()
