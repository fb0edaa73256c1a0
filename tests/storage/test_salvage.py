"""What a crash leaves behind, at every kind of byte, and how it is brought into order."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from errors import CannotWrite, Damaged
from storage.archive import read_payload
from storage.members import members
from storage.models import Capture, Run, Segment
from storage.salvage import salvage
from tests.storage.exchanges import CHUNKED, CHUNKED_PAYLOAD, NOON, PURPOSE, URL, Home, exchange, reply
from tests.storage.readers import by_fastwarc, by_warcio

THIRD = reply(bytes(range(256)) * 8)


def crash(home: Home) -> Path:
    """Three acknowledged exchanges in a segment whose writer is gone: its path."""
    home.archive.add(exchange(CHUNKED, f"{URL}?1", ip_address="203.0.113.7"), PURPOSE)
    home.archive.add(exchange(b"", f"{URL}?2", minutes=1, problem="refused"), PURPOSE)
    home.archive.add(exchange(THIRD, f"{URL}?3", minutes=2), PURPOSE, blocked="challenge")
    let_go(home)
    return home.segment_file("open")


def let_go(home: Home) -> None:
    """What the kernel does for a process that is killed."""
    assert home.archive._writer is not None
    home.archive._writer.abandon()
    home.archive._writer = None


def forget(home: Home, *numbers: int) -> None:
    """Take rows out of the index, as if the crash had come before them."""
    with home.database.write() as session:
        session.execute(delete(Capture).where(Capture.id.in_(numbers)))


def rows(home: Home) -> list[dict[str, Any]]:
    """All of the index but the numbers of its rows."""
    with home.database.read() as session:
        return [
            {
                column.name: getattr(row, column.name)
                for column in Capture.__table__.columns
                if column.name != "id"
            }
            for row in session.scalars(select(Capture).order_by(Capture.record_offset))
        ]


def payloads(home: Home) -> list[bytes]:
    with home.database.read() as session:
        found = session.scalars(select(Capture).order_by(Capture.record_offset)).all()
        return [read_payload(home.folder, capture) for capture in found]


def only_segment(home: Home) -> Segment:
    with home.database.read() as session:
        return session.scalars(select(Segment)).one()


def check_in_order(home: Home, exchanges: int) -> None:
    """Sealed, noted with its digest, read to its end by both readers; a second salvage does nothing."""
    path = home.segment_file()
    segment = only_segment(home)
    assert (segment.state, segment.bytes) == ("sealed", path.stat().st_size)
    assert segment.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    for read in (by_warcio, by_fastwarc):
        types = [record.type for record in read(path)]
        assert types[0] == "warcinfo"
        assert types.count("metadata") == exchanges
        assert types[-1] in ("metadata", "warcinfo")
    before = (sorted(home.folder.iterdir()), rows(home), segment.sealed_at)
    assert salvage(home.folder, home.database) == []
    assert before == (sorted(home.folder.iterdir()), rows(home), only_segment(home).sealed_at)


def test_a_clean_crash(home: Home) -> None:
    name = crash(home).name.removesuffix(".warc.gz.open")
    before = rows(home)
    assert salvage(home.folder, home.database) == [
        f"{name}: 3 exchanges, 0 indexed again, 0 torn bytes aside"
    ]
    assert rows(home) == before
    assert home.files() == ["sealed"]
    assert payloads(home) == [CHUNKED_PAYLOAD, b"", bytes(range(256)) * 8]
    check_in_order(home, 3)


def test_a_row_made_again_is_the_row_that_was(home: Home) -> None:
    crash(home)
    before = rows(home)
    forget(home, 1, 2, 3)
    (line,) = salvage(home.folder, home.database)
    assert "3 exchanges, 3 indexed again" in line
    assert rows(home) == before
    check_in_order(home, 3)


@pytest.mark.parametrize(
    "case",
    [
        "first byte", "inside the response", "end of the response", "inside the request",
        "end of the request", "inside the metadata", "checksum of the metadata",
    ],
)  # fmt: skip
@pytest.mark.parametrize("tail", [b"", b"\0" * 9000, b"\xde\xad\xbe\xef" * 99], ids=["cut", "zeros", "junk"])
def test_a_torn_last_exchange(home: Home, case: str, tail: bytes) -> None:
    path = crash(home)
    with path.open("rb") as file:
        response, request, metadata = list(members(file))[-3:]
    kept = {
        "first byte": response.offset + 1,
        "inside the response": response.offset + response.bytes // 2,
        "end of the response": request.offset,
        "inside the request": request.offset + request.bytes // 2,
        "end of the request": metadata.offset,
        "inside the metadata": metadata.offset + metadata.bytes // 2,
        "checksum of the metadata": metadata.offset + metadata.bytes - 6,
    }[case]
    forget(home, 3)
    octets = path.read_bytes()[:kept] + tail
    path.write_bytes(octets)
    (line,) = salvage(home.folder, home.database)
    assert line.endswith(f"2 exchanges, 0 indexed again, {len(octets) - response.offset} torn bytes aside")
    assert home.files() == ["sealed", "torn"]
    assert home.segment_file().read_bytes() == octets[: response.offset]
    assert home.segment_file("torn").read_bytes() == octets[response.offset :]
    assert payloads(home) == [CHUNKED_PAYLOAD, b""]
    check_in_order(home, 2)


@pytest.mark.parametrize(
    "tail",
    [
        b"\0" * 4096,
        b"\0",
        b"half a record",
        gzip.compress(b"a whole gzip member that is no record"),
        gzip.compress(b""),
        gzip.compress(b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 90\r\n\r\nshort\r\n\r\n"),
    ],
    ids=["zeros", "zero", "text", "member", "empty member", "short record"],
)
def test_what_follows_the_last_exchange_is_moved_aside(home: Home, tail: bytes) -> None:
    path = crash(home)
    with path.open("ab") as file:
        file.write(tail)
    (line,) = salvage(home.folder, home.database)
    assert line.endswith(f"3 exchanges, 0 indexed again, {len(tail)} torn bytes aside")
    assert home.segment_file("torn").read_bytes() == tail
    check_in_order(home, 3)


@pytest.mark.parametrize(
    "octets", [b"", b"\0" * 100, b"\x1f\x8b\x08\x00", b"junk"], ids=["empty", "zeros", "magic", "junk"]
)
def test_a_segment_with_nothing_whole_in_it(home: Home, octets: bytes) -> None:
    home.folder.mkdir()
    (home.folder / "nianbao-x-1.warc.gz.open").write_bytes(octets)
    with home.database.write() as session:
        session.add(Segment(name="nianbao-x-1", state="open", created_at=NOON))
    assert salvage(home.folder, home.database) == [
        f"nianbao-x-1: nothing whole in it, {len(octets)} bytes moved aside"
    ]
    assert home.files() == (["torn"] if octets else [])
    if octets:
        assert home.segment_file("torn").read_bytes() == octets
    assert salvage(home.folder, home.database) == []


def test_a_segment_that_had_only_begun(home: Home) -> None:
    crash(home)
    path = home.segment_file("open")
    with path.open("rb") as file:
        first = next(members(file))
    os.truncate(path, first.bytes)
    with home.database.write() as session:
        session.execute(delete(Capture))
        session.execute(delete(Segment))
    (line,) = salvage(home.folder, home.database)
    assert line.endswith("0 exchanges, 0 indexed again, 0 torn bytes aside")
    check_in_order(home, 0)


def test_a_segment_of_another_database(home: Home) -> None:
    crash(home)
    with home.database.write() as session:
        session.execute(delete(Capture))
        session.execute(delete(Segment))
        session.execute(delete(Run))
    (line,) = salvage(home.folder, home.database)
    assert line.endswith("0 indexed again, 0 torn bytes aside, 3 of a run this database does not know")
    assert rows(home) == []
    check_in_order(home, 3)


def test_acknowledged_exchanges_behind_a_damaged_one_are_named_and_kept_aside(home: Home) -> None:
    path = crash(home)
    octets = bytearray(path.read_bytes())
    second = rows(home)[1]
    octets[second["record_offset"] + 40] ^= 0xFF
    path.write_bytes(octets)
    (line,) = salvage(home.folder, home.database)
    assert line.endswith(f", 2 in the index but no longer in the segment: {URL}?2 {URL}?3")
    assert home.segment_file("torn").read_bytes() == octets[second["record_offset"] :]
    with home.database.read() as session:
        third = session.scalars(select(Capture).where(Capture.url == f"{URL}?3")).one()
        with pytest.raises(Damaged, match="no record begins here"):
            read_payload(home.folder, third)
    check_in_order(home, 1)


def test_renamed_but_not_yet_noted(home: Home) -> None:
    path = crash(home)
    path.rename(path.with_name(path.name.removesuffix(".open")))
    (line,) = salvage(home.folder, home.database)
    assert line.endswith(": sealed already, noted now")
    check_in_order(home, 3)


def test_an_open_segment_whose_file_is_gone_is_told(home: Home) -> None:
    path = crash(home)
    path.unlink()
    (line,) = salvage(home.folder, home.database)
    assert line == f"{path.name.removesuffix('.warc.gz.open')}: the file is missing"


def test_sealed_segments_are_never_touched(home: Home) -> None:
    home.archive.add(exchange(CHUNKED), PURPOSE)
    home.archive.close()
    path = home.segment_file()
    path.write_bytes(path.read_bytes() + b"\0\0\0")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    assert salvage(home.folder, home.database) == []
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_no_archive_yet(home: Home) -> None:
    assert salvage(home.folder, home.database) == []


def test_a_crash_inside_salvage_is_salvaged(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = crash(home)
    forget(home, 3)
    with path.open("ab") as file:
        file.write(b"torn")

    def refuse(where: Path, target: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", refuse)
        with pytest.raises(CannotWrite, match=r"cannot write .*\.open: Input/output error"):
            salvage(home.folder, home.database)
    assert home.files() == ["open", "torn"]
    (line,) = salvage(home.folder, home.database)
    assert line.endswith("3 exchanges, 0 indexed again, 0 torn bytes aside")
    assert home.segment_file("torn").read_bytes() == b"torn"
    check_in_order(home, 3)


def test_a_tail_that_cannot_be_moved_aside_is_not_cut_off(home: Home) -> None:
    path = crash(home)
    with path.open("ab") as file:
        file.write(b"torn")
    path.with_name(f"{path.name}.torn").mkdir()
    with pytest.raises(CannotWrite, match="Is a directory"):
        salvage(home.folder, home.database)
    assert path.read_bytes().endswith(b"torn")


def test_a_segment_that_a_living_process_writes_is_left_alone(home: Home) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.storage.exchanges import *\n"
        "home = Home(Path(sys.argv[1]))\n"
        "home.archive.add(exchange(CHUNKED), PURPOSE); print('kept', flush=True); sys.stdin.readline()\n"
        "home.archive.add(exchange(CHUNKED), PURPOSE); home.archive.close(); home.database.close()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(home.path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as writer:  # fmt: skip
        assert writer.stdin is not None
        assert writer.stdout is not None
        assert writer.stdout.readline() == "kept\n"
        path = home.segment_file("open")
        before = path.read_bytes()
        assert salvage(home.folder, home.database) == []
        assert path.read_bytes() == before
        writer.communicate("go on\n")
    assert writer.returncode == 0
    assert home.files() == ["sealed"]
    assert payloads(home) == [CHUNKED_PAYLOAD] * 2
    check_in_order(home, 2)


def test_an_unreadable_number_of_a_run_is_not_indexed(home: Home) -> None:
    home.archive._run_id = 10**6
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        home.archive.add(exchange(CHUNKED), PURPOSE)
    (line,) = salvage(home.folder, home.database)
    assert line.endswith("1 of a run this database does not know")
    assert rows(home) == []


def test_salvage_is_bounded_in_memory(home: Home) -> None:
    """Each group is let go of before the next: a segment may be larger than the memory."""
    import tracemalloc

    body = os.urandom(1 << 20)
    for n in range(12):
        home.archive.add(exchange(reply(body), f"{URL}?{n}"), PURPOSE)
    let_go(home)
    with home.database.write() as session:
        session.execute(delete(Capture))
    tracemalloc.start()
    try:
        salvage(home.folder, home.database)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 9 << 20
    assert len(rows(home)) == 12
