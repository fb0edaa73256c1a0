"""Three nights on one server: what is asked for whole, what for changes only, who is no longer believed."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.archive import read_payload
from storage.database import Database
from storage.models import FalseValidator, Run
from tests.crawler.raw_server import Action, RawServer, Script
from tests.crawler.test_recording import page, profile
from tests.crawler.visits import Visit, visit
from tests.databases import copy_home, url_of
from tests.nights import nianbao, told

pytestmark = pytest.mark.usefixtures("databases")

LONG = "/long?q=" + "%E5%B9%B4%E6%8A%A5" * 450
PATHS = ("/tagged", "/dated", "/plain", "/moves", "/lies", "/packed", "/gone", "/there", "/deaf", LONG)
ETAG = b'ETag: "one"\r\n'
DATE = b"Last-Modified: Fri, 17 Jan 2025 04:00:00 GMT\r\n"
UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nETag: "one"\r\n\r\n'


class Turns(list[Action]):
    """Sends one of its pieces each time that it is asked for."""

    def __iter__(self) -> Iterator[Action]:
        return iter([self.pop(0)])


def body(word: str) -> bytes:
    return f"<html><p>{word}</p>{'一、总体情况' * 30}</html>".encode()


def packed(level: int) -> bytes:
    octets = gzip.compress(body("packed"), level, mtime=level)
    return page(octets, more=ETAG + b"Content-Encoding: gzip\r\n")


@dataclass(frozen=True, slots=True)
class Nights:
    server: RawServer
    first: Visit
    whole: Visit
    third: Visit

    def request(self, path: str, night: int) -> bytes:
        """The last request for a path in a night (1, 2 or 3)."""
        return [one.request for one in self.server.of(self.url(path))][night - 1]

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.port}{path}"


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    home = tmp_path_factory.mktemp("nights")
    scripts: dict[str, Script] = {
        "/robots.txt": [page(b"User-agent: *\nDisallow:\n")],
        "/tagged": [page(body("tagged"), more=ETAG + DATE)],
        "/dated": [page(body("dated"), more=DATE)],
        "/plain": [page(body("plain"))],
        "/moves": [page(body("moves"), more=ETAG)],
        "/lies": [page(body("the first"), more=ETAG)],
        "/packed": [packed(1)],
        "/gone": [page(body("gone"), more=ETAG)],
        "/there": [page(body("there"))],
        "/deaf": [page(body("deaf"), more=ETAG)],
        "/long": [page(body("long"))],
    }
    with RawServer(scripts) as server:
        urls = [f"http://127.0.0.1:{server.port}{path}" for path in PATHS]

        def night(**environment: str) -> Visit:
            return visit(home, urls, profile=profile(server), environment=environment)

        first = night()
        server.scripts |= {"/lies": [page(body("the second"), more=ETAG)], "/packed": [packed(9)]}
        whole = night(NIANBAO_WHOLE_EVERY_NIGHTS="1")
        server.scripts |= {path: [UNCHANGED] for path in ("/tagged", "/dated", "/packed")}
        server.scripts |= {
            "/moves": [page(b"", b"301 Moved", b"Location: /there\r\n")],
            "/gone": [page(b"<html>404</html>", b"404 Not Found")],
        }
        third = night()
        yield Nights(server, first, whole, third)


def test_the_first_night_asks_for_everything_whole(nights: Nights) -> None:
    assert all(b"\r\nIf-" not in nights.request(path, 1) for path in PATHS)


def test_a_page_whose_time_is_up_is_fetched_whole(nights: Nights) -> None:
    assert all(b"\r\nIf-" not in nights.request(path, 2) for path in PATHS)
    again = nights.third.of(nights.url("/tagged"))
    assert [capture.status for capture in again] == [200, 200, 304]
    assert again[1].original_offset == again[0].response_offset


def test_the_server_is_asked_by_what_it_said(nights: Nights) -> None:
    tagged = nights.request("/tagged", 3)
    assert b'\r\nIf-None-Match: "one"\r\n' in tagged
    assert b"\r\nIf-Modified-Since: Fri, 17 Jan 2025 04:00:00 GMT\r\n" in tagged
    assert b"\r\nIf-None-Match" not in nights.request("/dated", 3)
    assert b"\r\nIf-Modified-Since: Fri, 17 Jan 2025" in nights.request("/dated", 3)
    assert b"\r\nIf-" not in nights.request("/plain", 3)


def test_to_a_304_the_spider_gets_the_page(nights: Nights) -> None:
    for path in ("/tagged", "/dated"):
        seen, capture = nights.third.seen[nights.url(path)], nights.third.of(nights.url(path))[-1]
        assert (seen["status"], seen["body"]) == (200, len(body(path[1:])))
        assert (seen["told"], capture.status) == (capture.id, 304)
        assert read_payload(nights.third.home / "archive", capture) == body(path[1:])


def test_what_a_page_was_asked_by_does_not_go_where_it_moved(nights: Nights) -> None:
    assert b"\r\nIf-None-Match" in nights.request("/moves", 3)
    assert all(b"\r\nIf-" not in one.request for one in nights.server.of(nights.url("/there")))


def test_a_page_that_is_gone_is_told_as_gone(nights: Nights) -> None:
    assert b"\r\nIf-None-Match" in nights.request("/gone", 3)
    assert nights.third.of(nights.url("/gone"))[-1].status == 404


def test_a_validator_that_lied_is_written_down_and_not_believed_again(nights: Nights) -> None:
    database = Database(url_of(nights.third.home), create=False)
    with database.read() as session:
        (found,) = session.scalars(select(FalseValidator)).all()
        assert (found.url, found.validator) == (nights.url("/lies"), 'ETag: "one"')
        assert [found.earlier_capture_id, found.later_capture_id] == [
            capture.id for capture in nights.third.of(nights.url("/lies"))[:2]
        ]
    database.close()
    assert b"\r\nIf-" not in nights.request("/lies", 3)


def test_a_page_packed_anew_is_no_lie(nights: Nights) -> None:
    first, second, third = nights.third.of(nights.url("/packed"))
    assert first.payload_sha256 != second.payload_sha256 == third.payload_sha256
    assert b"\r\nIf-None-Match" in nights.request("/packed", 3)
    assert nights.third.seen[nights.url("/packed")]["body"] == len(body("packed"))


def test_a_server_that_does_not_listen_costs_no_room(nights: Nights) -> None:
    assert b"\r\nIf-None-Match" in nights.request("/deaf", 3)
    captures = nights.third.of(nights.url("/deaf"))
    assert [capture.status for capture in captures] == [200, 200, 200]
    assert all(capture.original_offset is not None for capture in captures[1:])


def test_a_page_that_cannot_be_read_back_is_asked_for_again(tmp_path: Path) -> None:
    """The archive's first segment is lost: a 304 alone would leave the walk without its page."""
    scripts: dict[str, Script] = {
        "/robots.txt": [page(b"User-agent: *\nDisallow:\n")],
        "/tagged": [page(body("tagged"), more=ETAG)],
    }
    with RawServer(scripts) as server:
        url = f"http://127.0.0.1:{server.port}/tagged"
        visit(tmp_path, [url], profile=profile(server))
        (segment,) = (tmp_path / "archive").iterdir()
        segment.unlink()
        server.scripts["/tagged"] = Turns([UNCHANGED, page(body("tagged"), more=ETAG)])
        done = visit(tmp_path, [url], profile=profile(server))
    assert [capture.status for capture in done.of(url)] == [200, 304, 200]
    assert done.seen[url]["body"] == len(body("tagged"))
    last = done.of(url)[-1]
    assert last.original_offset is None
    assert read_payload(tmp_path / "archive", last) == body("tagged")


def test_a_third_night_that_was_cut_is_completed_without_asking_twice(nights: Nights, tmp_path: Path) -> None:
    """Where a 304 came, or a payload that was there, the walk gets the page; the rest is fetched."""
    home = tmp_path / "home"
    copy_home(nights.third.home, home)
    database = Database(url_of(home))
    with database.write() as session:
        last = session.scalars(select(Run).order_by(Run.id.desc())).first()
        assert last is not None
        last.state, last.ended_at = "running", None
    database.close()
    run = last.id
    before, served = len(nights.third.captures), len(nights.server.served)
    nights.server.scripts["/fresh"] = [page(body("fresh"))]
    fresh = nights.url("/fresh")
    urls = [nights.url(path) for path in ("/tagged", "/dated", "/packed", "/deaf", "/plain")]
    done = visit(home, [*urls, fresh], profile=profile(nights.server))
    assert [one.url for one in nights.server.served[served:]] == [fresh]
    assert {url: done.seen[url]["body"] for url in [*urls, fresh]} == {
        url: nights.first.seen[url]["body"] for url in urls
    } | {fresh: len(body("fresh"))}
    assert all(done.seen[url]["told"] == done.of(url)[-1].id for url in [*urls, fresh])
    assert [(capture.url, capture.run_id) for capture in done.captures[before:]] == [(fresh, run)]


def test_an_address_with_8_kb_of_query_is_fetched_and_given_back(nights: Nights) -> None:
    assert len(LONG) > 8000
    assert LONG.encode() in nights.request(LONG, 1)
    done = nianbao(nights.third.home, "raw", nights.url(LONG))
    assert (done.returncode, done.stdout) == (0, body("long"))


def test_the_user_is_told_who_lied(nights: Nights) -> None:
    earlier, later, _ = nights.third.of(nights.url("/lies"))
    done = nianbao(nights.third.home, "versions", nights.url("/lies"))
    line = done.stdout.decode().splitlines()[-1]
    assert line.startswith(f'ETag: "one" stood for two pages, captures {earlier.id} and {later.id}: ')
    (lie,) = told(nights.third.home, "versions", nights.url("/lies"))["false_validators"]
    assert (lie["validator"], lie["later_capture"]) == ('ETag: "one"', later.id)
