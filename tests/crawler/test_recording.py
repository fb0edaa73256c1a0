"""What is recorded, when, and how politely it was asked for: real crawls over real sockets."""

from __future__ import annotations

import gzip
import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database
from storage.models import Run
from tests.crawler.raw_server import CLOSE, RawServer, Script
from tests.crawler.visits import Visit, visit
from tests.databases import url_of

pytestmark = pytest.mark.usefixtures("databases")

HTML = b"Content-Type: text/html; charset=utf-8\r\n"


def page(body: bytes, status: bytes = b"200 OK", more: bytes = b"") -> bytes:
    head = b"HTTP/1.1 " + status + b"\r\n" + HTML + more + b"Content-Length: %d\r\n\r\n" % len(body)
    return head + body


ROBOTS = b"User-agent: *\nDisallow: /private/\n"
SCRIPTS: dict[str, Script] = {
    "/robots.txt": [page(ROBOTS)],
    "/": [page(b"<html>home</html>")],
    "/private/a": [page(b"<html>not for robots</html>")],
    "/moved": [page(b"", b"301 Moved", b"Location: /there\r\n")],
    "/there": [page(b"<html>there</html>")],
    "/self": [page(b"", b"302 Found", b"Location: /self\r\n")],
    "/missing": [page(b"<html>404</html>", b"404 Not Found")],
    "/broken": [page(b"<html>500</html>", b"500 Oops")],
    "/short": [page(b"<html>short</html>").replace(b"Length: 18", b"Length: 99"), CLOSE],
    "/slow": [page(b"x" * 100)[:90], 3.0, b"x" * 40],
    "/challenge": [page(b"<html><script>$_ts=window['$_ts'];</script></html>", b"412 Precondition Failed")],
}


def profile(server: RawServer, **more: Any) -> dict[str, Any]:
    return {
        "domain": "127.0.0.1",
        "name": "test",
        "entry": [f"http://127.0.0.1:{server.port}/"],
        "publishers": [{"agency": "某某局"}],
    } | more


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass(frozen=True, slots=True)
class World:
    server: RawServer
    visit: Visit
    refused: str

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.port}{path}"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with RawServer(SCRIPTS) as server:
        refused = f"http://127.0.0.1:{closed_port()}/"
        root = f"http://127.0.0.1:{server.port}"
        urls = [root + path for path in SCRIPTS if path not in ("/robots.txt", "/there")]
        visited = visit(
            tmp_path_factory.mktemp("recording"),
            [*urls, refused, "http://nowhere.example.invalid/"],
            profile=profile(server, hosts=["nowhere.example.invalid"]),
            environment={"NIANBAO_TIMEOUT": "1.5"},
            scrapy={"STATUSES": [404]},
        )
        yield World(server, visited, refused)


@pytest.mark.parametrize(
    ("path", "status", "outcome", "problem", "blocked"),
    [
        ("/robots.txt", 200, "complete", None, None),
        ("/", 200, "complete", None, None),
        ("/moved", 301, "complete", None, None),
        ("/there", 200, "complete", None, None),
        ("/self", 302, "complete", None, None),
        ("/missing", 404, "complete", None, None),
        ("/broken", 500, "complete", None, None),
        ("/short", 200, "partial", "ResponseDataLossError", None),
        ("/slow", 200, "partial", "DownloadTimeoutError", None),
        ("/challenge", 412, "complete", None, "script-challenge"),
    ],
)
def test_every_exchange_is_in_the_index_with_its_outcome(
    world: World, *, path: str, status: int, outcome: str, problem: str | None, blocked: str | None
) -> None:
    (capture,) = world.visit.of(world.url(path))
    assert (capture.status, capture.outcome, capture.blocked) == (status, outcome, blocked)
    assert (capture.problem or "").startswith(problem or "")
    assert bool(capture.problem) == bool(problem)
    (served,) = world.server.of(world.url(path))
    assert world.visit.block(capture, request=True) == served.request


def test_a_refused_connection_and_an_unknown_name_are_captures_too(world: World) -> None:
    (refused,) = world.visit.of(world.refused)
    (unknown,) = world.visit.of("http://nowhere.example.invalid/")
    assert (refused.outcome, unknown.outcome) == ("failed", "failed")
    assert (refused.problem or "").startswith("DownloadConnectionRefusedError")
    assert (unknown.problem or "").startswith("CannotResolveHostError")
    assert refused.response_offset is None
    assert refused.payload_sha256 is None


def test_the_archive_has_it_before_the_callback(world: World) -> None:
    called = [item for item in world.visit.seen.values() if "error" not in item]
    assert {item["url"].rpartition("/")[2] for item in called} == {"", "there", "missing"}
    for item in called:
        assert item["capture"] == item["told"]
        assert item["octets"] > item["body"] > 0


def test_the_archive_has_it_before_the_error_is_told(world: World) -> None:
    failed = {item["url"]: item for item in world.visit.seen.values() if "error" in item}
    for path, outcome in (("/short", "partial"), ("/slow", "partial"), ("/challenge", "complete")):
        assert failed[world.url(path)]["outcome"] == outcome
        assert failed[world.url(path)]["octets"] > 0
    assert failed[world.refused]["outcome"] == "failed"


def test_a_redirect_says_where_it_came_from(world: World) -> None:
    (capture,) = world.visit.of(world.url("/there"))
    assert capture.referrer == world.url("/moved")
    assert capture.followed == f"redirected from {world.url('/moved')}; a plan of the tests"


def test_robots_are_obeyed(world: World) -> None:
    assert world.server.of(world.url("/private/a")) == []
    assert world.visit.of(world.url("/private/a")) == []
    (robots,) = world.visit.of(world.url("/robots.txt"))
    assert (robots.role, robots.followed) == ("robots", "the site's rules for robots")


def test_the_request_names_us_and_asks_for_codings_that_can_be_replayed(world: World) -> None:
    (served,) = world.server.of(world.url("/"))
    fields = dict(line.split(b": ", 1) for line in served.request.split(b"\r\n")[1:] if line)
    assert re.fullmatch(rb"Nianbao/\S+ \(\+operator@example\.invalid\)", fields[b"User-Agent"])
    assert fields[b"Accept-Encoding"] == b"gzip, deflate"
    assert b"Cookie" not in fields


def test_the_run_is_done_and_the_lock_free(world: World) -> None:
    database = Database(url_of(world.visit.home), create=False)
    with database.read() as session:
        run = session.get_one(Run, 1)
    database.close()
    assert (run.kind, run.state, run.sites) == ("scrapy", "done", ["127.0.0.1"])


def test_one_request_at_a_time_and_the_delay_kept(tmp_path: Path) -> None:
    delay = 0.3
    scripts: dict[str, Script] = {f"/{name}": [page(b"<html>"), 0.0] for name in "abcd"}
    slow = page(b"<html>slow</html>")
    scripts |= {f"/slow{number}": [slow[:20], 0.4, slow[20:]] for number in range(2)}
    with RawServer(scripts) as server:
        here, there = f"http://127.0.0.1:{server.port}", f"http://localhost:{server.port}"
        for number in range(3):
            location = f"Location: {there}/{'abc'[number]}\r\n".encode()
            server.scripts[f"/to{number}"] = [page(b"", b"302 Found", location)]
        urls = [f"{here}/to{number}" for number in range(3)]
        urls += [f"{there}/slow0", f"{there}/slow1", f"{here}/d"]
        visit(
            tmp_path,
            urls,
            profile=profile(server, hosts=["localhost"]),
            environment={"NIANBAO_DELAY": str(delay)},
        )
        served = list(server.served)
    for host in ("127.0.0.1", "localhost"):
        mine = sorted((item.began, item.ended) for item in served if item.host == host)
        assert len(mine) == {"127.0.0.1": 5, "localhost": 6}[host]
        for (began, ended), (following, _) in pairwise(mine):
            assert following - began > delay - 0.1
            assert following >= ended


def test_without_a_delay_it_is_still_one_at_a_time(tmp_path: Path) -> None:
    body = page(b"<html>slow</html>")
    scripts: dict[str, Script] = {f"/{number}": [body[:9], 0.05, body[9:]] for number in range(6)}
    with RawServer(scripts) as server:
        visit(
            tmp_path, [f"http://127.0.0.1:{server.port}{path}" for path in scripts], profile=profile(server)
        )
        times = [(item.began, item.ended) for item in server.served]
    assert len(times) == 7
    assert all(following[0] >= before[1] for before, following in pairwise(times))


BLOCK = b"0123456789abcdef" * 4096
OK = b"HTTP/1.1 200 OK\r\n" + HTML
ENDLESS: dict[str, Script] = {
    "/announced": [OK + b"Content-Length: %d\r\n\r\n" % (len(BLOCK) * 200), *[BLOCK] * 200],
    "/chunked": [OK + b"Transfer-Encoding: chunked\r\n\r\n", *[b"10000\r\n" + BLOCK + b"\r\n"] * 200],
    "/until-close": [OK + b"\r\n", *[BLOCK] * 200, CLOSE],
    "/headers": [OK, *[b"X-More: %b\r\n" % BLOCK[:1000] * 60] * 200],
    "/chunk-sizes": [
        OK + b"Transfer-Encoding: chunked\r\n\r\n",
        *[b"1;%b\r\nx\r\n" % BLOCK[:900] * 60] * 200,
    ],
}


def test_a_reply_without_end_is_cut_at_the_limit(tmp_path: Path) -> None:
    with RawServer(ENDLESS) as server:
        urls = [f"http://127.0.0.1:{server.port}{path}" for path in ENDLESS]
        environment = {"NIANBAO_MAX_PAYLOAD_MB": "1"}
        visited = visit(tmp_path, urls, profile=profile(server), environment=environment)
    for url in urls:
        (capture,) = visited.of(url)
        assert (capture.outcome, capture.problem) == ("partial", "larger than the limit of 1 MiB, cut there")
        octets = visited.block(capture)
        assert len(octets) < 4 * 1024 * 1024
        (served,) = server.of(url)
        assert served.sent.startswith(octets)
    warc = b"".join(gzip.decompress(path.read_bytes()) for path in (tmp_path / "archive").glob("*.gz"))
    assert warc.count(b"WARC-Truncated: length\r\n") == len(urls)
    assert visited.stderr == ""


def test_nothing_is_fetched_that_cannot_be_kept(tmp_path: Path) -> None:
    limit = 1024 * 1024
    scripts: dict[str, Script] = {f"/{number}": [page(os.urandom(400_000))] for number in range(8)}
    with RawServer(scripts) as server:
        urls = [f"http://127.0.0.1:{server.port}{path}" for path in scripts]
        visited = visit(tmp_path, urls, profile=profile(server), file_limit=limit)
        asked = [item.url for item in server.served if "robots" not in item.url]
    assert asked == urls[:3]
    kept = [capture for capture in visited.captures if capture.role == "entry"]
    assert [(capture.url, capture.outcome) for capture in kept] == [(url, "complete") for url in urls[:2]]
    for capture in kept:
        assert visited.block(capture).endswith(b"".join(scripts["/" + capture.url[-1]])[-100:])  # type: ignore[arg-type]
    database = Database(url_of(tmp_path), create=False)
    with database.read() as session:
        assert session.get_one(Run, 1).state == "failed"
    database.close()
    log = (tmp_path / "scrapy.log").read_text()
    assert log.count("recording stopped: cannot write") == 1
