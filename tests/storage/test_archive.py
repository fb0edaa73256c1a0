"""The archive: what is acknowledged is there, exact, and a fault is one line."""

from __future__ import annotations

import hashlib
import os
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from errors import CannotRead, CannotWrite, Damaged, DatabaseError
from storage.archive import Place, place_of, read_payload, read_reply
from storage.models import Capture, Segment
from storage.salvage import salvage
from tests.storage.exchanges import CHUNKED, CHUNKED_PAYLOAD, NOON, PURPOSE, SITE, URL, Home, exchange, reply
from tests.storage.readers import by_fastwarc, by_warcio


def segments(home: Home) -> list[Segment]:
    with home.database.read() as session:
        return list(session.scalars(select(Segment).order_by(Segment.id)))


def captures(home: Home) -> list[Capture]:
    with home.database.read() as session:
        return list(session.scalars(select(Capture).order_by(Capture.id)))


def payload(home: Home, capture_id: int) -> bytes:
    with home.database.read() as session:
        return read_payload(home.folder, session.get_one(Capture, capture_id))


def place(home: Home, capture_id: int) -> Place:
    with home.database.read() as session:
        found = place_of(session.get_one(Capture, capture_id))
    assert found is not None
    return found


def test_an_acknowledged_capture_is_in_the_index_and_readable(home: Home) -> None:
    row = home.archive.add(exchange(CHUNKED), PURPOSE)
    (found,) = captures(home)
    assert found.id == row.id
    assert found.url == URL
    assert (found.captured_at, found.method, found.status) == (NOON, "GET", 200)
    assert (found.outcome, found.problem, found.blocked) == ("complete", None, None)
    assert found.content_type == "text/html"
    assert found.payload_sha256 == hashlib.sha256(CHUNKED_PAYLOAD).hexdigest()
    assert found.payload_sha1 == "OBY3OQNWBS34Q7LKWJNTCDKK7ZG6ZDJV"
    assert found.payload_bytes == len(CHUNKED_PAYLOAD)
    assert (found.role, found.followed, found.referrer) == (
        PURPOSE.role, PURPOSE.followed, PURPOSE.referrer,
    )  # fmt: skip
    assert (found.run_id, found.site, found.reconstructed) == (home.run_id, SITE, False)
    assert payload(home, row.id) == CHUNKED_PAYLOAD
    again = read_reply(home.folder, place(home, row.id))
    assert (again.status, again.reason, again.header(b"server")) == (200, "", b"\xd6\xd0\xb9\xfa\xe9")
    assert home.files() == ["open"]
    assert [segment.state for segment in segments(home)] == ["open"]


def test_rows_say_where_the_members_lie(home: Home) -> None:
    home.archive.add(exchange(reply(b"x")), PURPOSE)
    home.archive.add(exchange(), PURPOSE)
    home.archive.close()
    whole, failed = captures(home)
    seen = by_warcio(home.segment_file())
    assert (whole.record_offset, whole.response_offset) == (seen[1].offset, seen[1].offset)
    assert whole.request_offset == seen[2].offset
    assert whole.response_bytes == seen[2].offset - seen[1].offset
    assert whole.request_bytes == seen[3].offset - seen[2].offset
    assert seen[1].headers["WARC-Record-ID"] == f"<{whole.record_id}>"
    assert (failed.record_offset, failed.request_offset) == (seen[4].offset, seen[4].offset)
    assert (failed.response_offset, failed.response_bytes) == (None, None)
    assert seen[5].headers["WARC-Record-ID"] == f"<{failed.record_id}>"


def test_a_failed_exchange_has_no_payload(home: Home) -> None:
    row = home.archive.add(exchange(problem="refused"), PURPOSE)
    assert (row.status, row.outcome, row.problem) == (None, "failed", "refused")
    assert (row.payload_sha256, row.payload_sha1, row.payload_bytes) == (None, None, None)
    with home.database.read() as session:
        assert place_of(session.get_one(Capture, row.id)) is None
    assert payload(home, row.id) == b""


def test_a_partial_exchange_keeps_what_came(home: Home) -> None:
    row = home.archive.add(exchange(CHUNKED[:-30], outcome="partial", problem="reset"), PURPOSE)
    assert (row.outcome, row.problem, row.status) == ("partial", "reset", 200)
    assert payload(home, row.id) == b"\x00\xff\r\n012345"


def test_an_empty_payload_is_not_the_same_as_none(home: Home) -> None:
    row = home.archive.add(exchange(reply(b"")), PURPOSE)
    assert (row.payload_bytes, row.payload_sha256) == (0, hashlib.sha256(b"").hexdigest())
    assert payload(home, row.id) == b""


def test_a_block_page_is_kept_as_such(home: Home) -> None:
    row = home.archive.add(exchange(b"HTTP/1.1 412 \r\n\r\n<script>"), PURPOSE, blocked="challenge")
    assert (row.status, row.blocked) == (412, "challenge")


@pytest.mark.parametrize("url", ["http://[oops/x", "https://例子.中国/年报", f"{URL}?q={'%E5%B9' * 1400}"])
def test_any_url_can_be_kept(home: Home, url: str) -> None:
    row = home.archive.add(exchange(reply(b"x"), url), PURPOSE)
    assert row.url == url
    assert payload(home, row.id) == b"x"


def test_sealing_notes_name_size_and_digest(home: Home) -> None:
    home.archive.add(exchange(CHUNKED), PURPOSE)
    home.archive.close()
    path = home.segment_file()
    (segment,) = segments(home)
    assert path.name == f"{segment.name}.warc.gz"
    assert re.fullmatch(rf"nianbao-{re.escape(SITE)}-\d{{20}}-{os.getpid()}", segment.name)
    assert segment.state == "sealed"
    assert segment.bytes == path.stat().st_size
    assert segment.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert segment.sealed_at is not None
    assert segment.sealed_at >= segment.created_at
    home.archive.close()
    assert home.files() == ["sealed"]


def test_an_archive_that_took_nothing_leaves_nothing(home: Home) -> None:
    home.archive.close()
    assert not home.folder.exists()
    assert segments(home) == []


def test_segments_roll_over_by_size(tmp_path: Path, databases: None) -> None:
    home = Home(tmp_path, segment_bytes=30_000)
    rows = [home.archive.add(exchange(reply(os.urandom(10_000))), PURPOSE) for _ in range(7)]
    home.archive.close()
    sizes = [segment.bytes for segment in segments(home)]
    assert [row.segment_id for row in rows] == [1, 1, 1, 2, 2, 2, 3]
    assert all(30_000 <= (size or 0) < 42_000 for size in sizes[:2])
    assert home.files() == ["sealed"] * 3
    for path in home.folder.iterdir():
        assert by_warcio(path)[0].type == "warcinfo"
    assert all(len(payload(home, row.id)) == 10_000 for row in rows)
    home.database.close()


def test_threads_and_two_sites_do_not_mix_their_records(home: Home) -> None:
    other = home.another_archive()
    bodies = {n: os.urandom(2000) for n in range(24)}

    def put(archive: Any, n: int) -> None:
        archive.add(exchange(reply(bodies[n]), f"{URL}?{n}"), PURPOSE)

    threads = [threading.Thread(target=put, args=((home.archive, other)[n % 2], n)) for n in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    home.archive.close()
    rows = captures(home)
    assert len(rows) == 24
    assert {int(row.url.partition("?")[2]): payload(home, row.id) for row in rows} == bodies
    for path in home.folder.iterdir():
        assert [record.type for record in by_fastwarc(path)][:4] == [
            "warcinfo", "response", "request", "metadata",
        ]  # fmt: skip


def test_a_flipped_byte_is_one_line(home: Home) -> None:
    row = home.archive.add(exchange(CHUNKED), PURPOSE)
    assert row.response_offset is not None
    path = home.segment_file("open")
    octets = bytearray(path.read_bytes())
    octets[row.response_offset + 60] ^= 0xFF
    path.write_bytes(octets)
    with pytest.raises(Damaged) as caught:
        payload(home, row.id)
    line = caught.value.message()
    assert line.startswith(f"segment {path.name} is damaged at byte {row.response_offset}: ")
    assert line.endswith(f"; {URL} cannot be given out")


def test_a_missing_segment_is_one_line(home: Home) -> None:
    row = home.archive.add(exchange(CHUNKED), PURPOSE)
    home.archive.close()
    path = home.segment_file()
    path.rename(path.with_name("elsewhere"))
    with pytest.raises(CannotRead) as caught:
        payload(home, row.id)
    assert caught.value.message() == f"cannot read {path}: the segment is missing"


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("past the end", "no record begins here"),
        ("inside a member", "no record begins here"),
        ("request", "another record lies here"),
    ],
)
def test_a_row_that_points_elsewhere_is_one_line(home: Home, field: str, problem: str) -> None:
    row = home.archive.add(exchange(CHUNKED), PURPOSE)
    assert row.response_offset is not None
    assert row.request_offset is not None
    offset = {
        "past the end": 1 << 40,
        "inside a member": row.response_offset + 7,
        "request": row.request_offset,
    }[field]
    with home.database.write() as session:
        session.get_one(Capture, row.id).response_offset = offset
    with pytest.raises(Damaged) as caught:
        payload(home, row.id)
    name = home.segment_file("open").name
    assert caught.value.message() == (
        f"segment {name} is damaged at byte {offset}: {problem}; {URL} cannot be given out"
    )


def test_a_row_with_the_digest_of_another_payload_is_one_line(home: Home) -> None:
    row = home.archive.add(exchange(CHUNKED), PURPOSE)
    with home.database.write() as session:
        session.get_one(Capture, row.id).payload_sha256 = "0" * 64
    with pytest.raises(Damaged, match="the payload is not the one that was captured"):
        payload(home, row.id)


def test_an_archive_that_cannot_be_made_is_one_line(home: Home) -> None:
    home.folder.write_bytes(b"a file where the folder should be")
    with pytest.raises(CannotWrite, match=r"cannot write .*\.open: (Not a directory|File exists)"):
        home.archive.add(exchange(CHUNKED), PURPOSE)
    assert captures(home) == []


def test_after_a_failing_sync_nothing_is_appended_to_that_segment(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kernel tells of a failed write-back once; a second fsync of the same file may then lie."""
    first = home.archive.add(exchange(reply(b"first")), PURPOSE)

    def refuse(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", refuse)
        with pytest.raises(CannotWrite, match="Input/output error"):
            home.archive.add(exchange(reply(b"lost")), PURPOSE)
        with pytest.raises(CannotWrite, match="Input/output error"):
            home.archive.add(exchange(reply(b"lost too")), PURPOSE)
    third = home.archive.add(exchange(reply(b"third")), PURPOSE)
    home.archive.close()
    assert home.files() == ["open", "sealed"]
    assert first.segment_id != third.segment_id
    assert [row.id for row in captures(home)] == [first.id, third.id]
    assert len(salvage(home.folder, home.database)) == 1
    assert home.files() == ["sealed", "sealed"]
    assert (payload(home, first.id), payload(home, third.id)) == (b"first", b"third")
    assert len(captures(home)) == 2


def refused_from_now_on(home: Home) -> None:
    """Let the database take no more captures."""
    does = "BEGIN SELECT RAISE(ABORT, 'full'); END"
    with home.database.write() as session:
        if not home.database.is_sqlite:
            body = "BEGIN RAISE EXCEPTION ''full''; END"
            session.execute(text(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS '{body}'"))
            does = "FOR EACH ROW EXECUTE FUNCTION refuse()"
        session.execute(text(f"CREATE TRIGGER refuse BEFORE INSERT ON captures {does}"))


def test_a_database_that_refuses_leaves_the_record_for_salvage(home: Home) -> None:
    first = home.archive.add(exchange(reply(b"first")), PURPOSE)
    refused_from_now_on(home)
    with pytest.raises(DatabaseError, match="cannot be used: full"):
        home.archive.add(exchange(reply(b"second"), f"{URL}?2"), PURPOSE)
    home.archive.close()
    assert home.files() == ["open"], "a record without a row must not be sealed away from salvage"
    with home.database.write() as session:
        session.execute(text(f"DROP TRIGGER refuse{'' if home.database.is_sqlite else ' ON captures'}"))
    (line,) = salvage(home.folder, home.database)
    assert line.endswith("2 exchanges, 1 indexed again, 0 torn bytes aside")
    rows = captures(home)
    assert [row.url for row in rows] == [URL, f"{URL}?2"]
    assert [payload(home, row.id) for row in rows] == [b"first", b"second"]
    assert rows[0].id == first.id


def test_a_seal_that_fails_is_made_up_for_later(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    row = home.archive.add(exchange(reply(b"kept")), PURPOSE)

    def refuse(path: Path, target: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", refuse)
        with pytest.raises(CannotWrite, match="Input/output error"):
            home.archive.close()
    home.archive.close()
    assert home.files() == ["open"]
    salvage(home.folder, home.database)
    assert home.files() == ["sealed"]
    assert payload(home, row.id) == b"kept"
    assert [segment.state for segment in segments(home)] == ["sealed"]


def test_a_segment_sealed_while_it_is_looked_for(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    row = home.archive.add(exchange(reply(b"kept")), PURPOSE)
    there = place(home, row.id)
    opened = Path.open

    def seal_first(path: Path, *how: Any, **more: Any) -> Any:
        if path.suffix == ".open":
            monkeypatch.undo()
            home.archive.close()
        return opened(path, *how, **more)

    monkeypatch.setattr(Path, "open", seal_first)
    assert read_reply(home.folder, there).payload == b"kept"
    assert home.files() == ["sealed"]
