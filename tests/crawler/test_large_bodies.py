"""A body larger than the memory that the crawl may use is kept to its last octet."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator

import pytest

from storage.archive import place_of, read_reply
from storage.segment import locate
from storage.spool import SPOOL_BYTES
from tests.crawler.raw_server import CLOSE, RawServer, Script
from tests.crawler.visits import Visit, visit
from tests.storage.readers import by_fastwarc, by_warcio

pytestmark = pytest.mark.usefixtures("databases")

BLOCK = random.Random(64).randbytes(1 << 20)
BLOCKS = 64
MEMORY = 230 * 1024 * 1024
"""Of which 130 MiB are taken before the first page: a third of what holding three copies would need."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"
TURNED = BLOCK[::-1]
CHUNK = b"%x;part\r\n" % len(TURNED) + TURNED + b"\r\n"
LARGE: dict[str, Script] = {
    "/counted.pdf": [HEAD + b"Content-Length: %d\r\n\r\n" % (len(BLOCK) * BLOCKS), *[BLOCK] * BLOCKS],
    "/chunked.pdf": [
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[CHUNK] * BLOCKS, b"0\r\nX-Sum: 1\r\n\r\n",
    ],
    "/cut.pdf": [HEAD + b"Content-Length: %d\r\n\r\n" % (len(BLOCK) * 99), *[BLOCK] * BLOCKS, CLOSE],
    "/small.pdf": [HEAD + b"Content-Length: 5\r\n\r\n12345"],
}  # fmt: skip


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RawServer, Visit]]:
    with RawServer(LARGE) as server:
        root = f"http://127.0.0.1:{server.port}"
        profile = {
            "domain": "127.0.0.1", "name": "test", "entry": [f"{root}/"],
            "publishers": [{"agency": "某某局"}],
        }  # fmt: skip
        home = tmp_path_factory.mktemp("large")
        environment = {"NIANBAO_MAX_PAYLOAD_MB": "200", "TMPDIR": str(home)}
        urls = [root + path for path in LARGE]
        yield server, visit(home, urls, profile=profile, environment=environment, memory_limit=MEMORY)


@pytest.mark.parametrize(
    ("path", "block", "outcome"),
    [
        ("/counted.pdf", BLOCK, "complete"),
        ("/chunked.pdf", TURNED, "complete"),
        ("/cut.pdf", BLOCK, "partial"),
    ],
    ids=["counted", "chunked", "cut"],
)
def test_every_octet_is_kept(large: tuple[RawServer, Visit], path: str, block: bytes, outcome: str) -> None:
    server, visited = large
    url = f"http://127.0.0.1:{server.port}{path}"
    (capture,) = visited.of(url)
    assert (capture.outcome, capture.status) == (outcome, 200)
    (served,) = server.of(url)
    assert hashlib.sha256(visited.block(capture)).digest() == hashlib.sha256(served.sent).digest()
    whole = hashlib.sha256()
    for _ in range(BLOCKS):
        whole.update(block)
    assert capture.payload_bytes == len(BLOCK) * BLOCKS
    assert capture.payload_sha256 == whole.hexdigest()
    place = place_of(capture)
    assert place is not None
    assert len(read_reply(visited.home / "archive", place).payload) == len(BLOCK) * BLOCKS


def test_the_spider_is_told_of_it_without_its_body(large: tuple[RawServer, Visit]) -> None:
    server, visited = large
    seen = visited.seen[f"http://127.0.0.1:{server.port}/counted.pdf"]
    assert (seen["status"], seen["body"]) == (200, 0)
    assert seen["octets"] > SPOOL_BYTES
    assert visited.seen[f"http://127.0.0.1:{server.port}/small.pdf"]["body"] == 5


def test_nothing_else_is_left_behind_and_both_readers_read_it(large: tuple[RawServer, Visit]) -> None:
    _, visited = large
    archive = visited.home / "archive"
    path = locate(archive, visited.captures[0].segment.name)
    assert [*archive.iterdir()] == [path]
    assert [len(record.block) for record in by_warcio(path)] == [
        len(record.block) for record in by_fastwarc(path)
    ]
