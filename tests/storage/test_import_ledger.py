"""What others captured is read again as our own is: sound however it came in, and each harm is told."""

from __future__ import annotations

import gzip
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from storage.members import members
from storage.models import Capture, Segment
from tests.databases import copy_home
from tests.storage.exchanges import Home
from tests.storage.test_fixity import flip, kinds, segments, verify
from tests.storage.test_imports import KILLED, PAGE, URL, by_hand, take, warc

ASKED_FIRST = by_hand(
    (
        "request",
        "Content-Type: application/http;msgtype=request\r\nWARC-Concurrent-To: <urn:uuid:1>\r\n",
        b"GET /Nb/ HTTP/1.1\r\nHost: gaj.example.gov.cn\r\n\r\n",
    ),
    (
        "response",
        "Content-Type: application/http;msgtype=response\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE,
    ),
)
"""As some crawlers write it: the request, then what came."""


@pytest.fixture(scope="module")
def octets() -> bytes:
    return warc()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, databases: None, octets: bytes) -> Iterator[Path]:
    """A home that took in one file: a page with its request behind it, the page again, a text."""
    path = tmp_path_factory.mktemp("imported")
    home = Home(path)
    assert take(home, octets).captures == 2
    home.database.close()
    yield path


@pytest.fixture
def imported(made: Path, tmp_path: Path) -> Iterator[Home]:
    """A copy of it, to be damaged."""
    home = Home(copy_home(made, tmp_path / "imported"))
    yield home
    home.database.close()


def captured(result: dict[str, Any]) -> list[str]:
    """The captures of the index that are concerned, by the day on which they were made."""
    concerned = [one for segment in result["damaged"] for one in segment["captures"]]
    return [one["captured_at"][:10] for one in concerned if one["capture"] is not None]


FIRST, AGAIN = "2023-03-01", "2023-03-02"


def test_a_file_that_came_twice_is_sound(imported: Home, octets: bytes) -> None:
    before = verify(imported)
    assert (before["segments"], before["records"], before["damaged"]) == (1, 5, [])
    assert take(imported, octets, "renamed.warc.gz").captures == 0
    assert verify(imported)["damaged"] == []
    # In other clothes: the same records, not packed.
    assert take(imported, gzip.decompress(octets), "third.warc").known == 2
    assert verify(imported)["records"] == before["records"]


@pytest.mark.parametrize(("call", "when"), [("measure", "before"), ("sync_folder", "after")])
def test_a_file_whose_import_was_cut_is_sound_when_it_came_again(
    tmp_path: Path, databases: None, octets: bytes, call: str, when: str
) -> None:
    (tmp_path / "other.warc.gz").write_bytes(octets)
    command = [sys.executable, "-c", KILLED, str(tmp_path), call, when]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    home = Home(tmp_path)
    assert take(home, octets).captures == 2
    result = verify(home)
    home.database.close()
    assert (result["segments"], result["records"], result["damaged"]) == (1, 5, [])


@pytest.mark.parametrize("form", ["plain", "asked first", "plain and asked first"])
def test_whatever_the_order_and_the_packing(home: Home, form: str) -> None:
    brought = {
        "plain": [warc(packed=False)],
        "asked first": [ASKED_FIRST],
        "plain and asked first": [warc(packed=False), ASKED_FIRST],
    }
    for number, one in enumerate(brought[form]):
        assert take(home, one, f"{number}.warc").captures > 0
    result = verify(home)
    assert (result["segments"], result["damaged"]) == (len(brought[form]), [])


def test_a_flipped_byte_in_any_record_is_found_with_its_capture(imported: Home) -> None:
    (segment,) = segments(imported)
    whole = segment.read_bytes()
    with segment.open("rb") as file:
        records = list(members(file))
    # The revisit hangs on the capture that it refers to; a text is nobody's capture.
    owners: list[list[str]] = [[], [FIRST, AGAIN], [FIRST, AGAIN], [AGAIN], []]
    assert len(records) == len(owners)
    for record, owner in zip(records, owners, strict=True):
        for at in (3, record.bytes // 2, record.bytes - 6):
            segment.write_bytes(whole)
            flip(segment, record.offset + at)
            result = verify(imported)
            (damaged,) = result["damaged"]
            assert damaged["damages"][0]["kind"] == "octets"
            assert record.offset in {one["offset"] for one in damaged["damages"]}, (record, at)
            assert captured(result) == owner, (record, at)


@pytest.mark.parametrize(
    ("number", "wrong"),
    [
        (1, {"url": f"{URL}other"}),
        (1, {"captured_at": datetime(2022, 1, 1, tzinfo=UTC)}),
        (1, {"status": 404}),
        (1, {"record_id": "urn:uuid:0"}),
        (1, {"response_bytes": 1}),
        (1, {"request_bytes": 1}),
        (1, {"payload_sha256": "0" * 64}),
        (1, {"payload_sha1": "A" * 32}),
        (1, {"payload_bytes": 1}),
        (2, {"payload_sha256": "0" * 64}),
        (2, {"record_id": "urn:uuid:0"}),
    ],
)
def test_a_row_that_tells_other_than_its_record_is_found(
    imported: Home, number: int, wrong: dict[str, Any]
) -> None:
    with imported.database.write() as session:
        session.execute(update(Capture).where(Capture.id == number).values(**wrong))
    result = verify(imported)
    assert kinds(result) == {"row"}
    concerned = [one["capture"] for segment in result["damaged"] for one in segment["captures"]]
    assert concerned == ([1, 2] if number == 1 else [2]), "the second refers to the first"


@pytest.mark.parametrize("asked_first", [False, True])
def test_a_request_that_is_not_where_the_index_says_is_found(home: Home, asked_first: bool) -> None:
    take(home, ASKED_FIRST if asked_first else warc())
    assert verify(home)["damaged"] == []
    with home.database.write() as session:
        row = session.get_one(Capture, 1)
        assert row.request_offset is not None
        assert (row.request_offset < row.record_offset) == asked_first
        # Where the reply lies: a record, and no request.
        row.request_offset, row.request_bytes = row.record_offset, row.response_bytes
    result = verify(home)
    problems = [one["problem"] for segment in result["damaged"] for one in segment["damages"]]
    assert problems == ["its request is not where the index says"]


def test_a_damaged_request_before_its_reply_is_found_with_its_capture(home: Home) -> None:
    take(home, ASKED_FIRST)
    (segment,) = segments(home)
    with segment.open("rb") as file:
        request = next(members(file))
    flip(segment, request.bytes // 2)
    result = verify(home)
    assert {"octets", "record"} <= kinds(result)
    assert captured(result) == [FIRST]


@pytest.mark.parametrize("moved", [1, 10_000_000])
def test_a_row_without_a_record_is_found(imported: Home, moved: int) -> None:
    with imported.database.write() as session:
        columns = Capture.__table__
        row = dict(session.execute(select(columns).where(columns.c.id == 1)).mappings().one())
        extra = {"id": 99, "url": f"{URL}extra", "record_offset": row["record_offset"] + moved}
        session.execute(insert(Capture).values(row | extra))
    result = verify(imported)
    assert kinds(result) == {"no_record"}
    assert [one["url"] for segment in result["damaged"] for one in segment["captures"]] == [f"{URL}extra"]


def test_an_import_whose_file_is_gone_names_what_it_held(imported: Home) -> None:
    with imported.database.read() as session:
        name = session.scalars(select(Segment.name).where(Segment.name.startswith("import-"))).one()
    segments(imported)[0].unlink()
    result = verify(imported)
    assert [one["segment"] for one in result["damaged"]] == [name]
    assert kinds(result) == {"missing"}
    assert captured(result) == [FIRST, AGAIN]
