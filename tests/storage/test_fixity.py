"""The archive read again: whatever was done to it is found, with the captures concerned, and put right."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, update

from storage import fixity
from storage.fixity_account import account
from storage.fixity_reading import check
from storage.members import members
from storage.models import Capture, FixityCheck, FixityPass, Segment
from tests.databases import copy_home
from tests.storage.exchanges import CHUNKED, NOON, PURPOSE, URL, Home, exchange, reply

PAGE = reply("政府信息公开工作年度报告".encode() * 40)
"""Long enough to be kept once; it packs well."""
NOISE = bytes((at * 7919 + at // 3) % 251 for at in range(3000))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, databases: None) -> Iterator[Path]:
    """Two segments: pages, a chunked reply, a failure; then a page that came again, from another address."""
    path = tmp_path_factory.mktemp("fixity")
    home = Home(path)
    for number, response in enumerate((PAGE, CHUNKED, b"", reply(NOISE))):
        home.archive.add(exchange(response, f"{URL}?{number}", minutes=number), PURPOSE)
    home.archive.close()
    home.archive.add(exchange(PAGE, f"{URL}?again", minutes=9), PURPOSE)
    home.archive.add(exchange(reply(NOISE[::-1]), f"{URL}?last", minutes=10), PURPOSE)
    home.archive.close()
    home.database.close()
    yield path


@pytest.fixture(params=[False, True], ids=["never_read", "found_sound_before"])
def kept(made: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Home]:
    """A copy of that home, to be damaged; never read again yet, or found sound before."""
    home = Home(copy_home(made, tmp_path / "kept"))
    if request.param:
        assert verify(home)["damaged"] == []
    yield home
    home.database.close()


def verify(home: Home, **asked: Any) -> dict[str, Any]:
    begun = fixity.begin(home.folder, home.database, "verify", **asked)
    fixity.read(home.folder, home.database, begun, processes=2)
    with home.database.read() as session:
        return account(session, begun.id)


def segments(home: Home) -> list[Path]:
    return sorted(home.folder.glob("*.warc.gz"))


def concerned(result: dict[str, Any]) -> list[str]:
    """What the captures concerned are called, in their order."""
    return [one["url"].rpartition("?")[2] for segment in result["damaged"] for one in segment["captures"]]


def kinds(result: dict[str, Any]) -> set[str]:
    return {one["kind"] for segment in result["damaged"] for one in segment["damages"]}


def flip(path: Path, at: int, bit: int = 1) -> None:
    octets = bytearray(path.read_bytes())
    octets[at] ^= bit
    path.write_bytes(octets)


def test_a_whole_archive_is_sound(kept: Home) -> None:
    result = verify(kept)
    assert (result["complete"], result["damaged"], result["repaired"]) == (True, [], [])
    assert (result["segments"], result["records"]) == (2, 2 + 3 + 3 + 2 + 3 + 3 + 3)
    assert result["bytes"] == sum(path.stat().st_size for path in segments(kept))


def test_a_flipped_byte_in_any_record_is_found_with_its_captures(kept: Home) -> None:
    # Three places in each record: the head of its packing, its middle, its checksum.
    first = segments(kept)[0]
    whole = first.read_bytes()
    with first.open("rb") as file:
        records = list(members(file))
    nobody: list[str] = []
    owners = [nobody] + [["0", "again"]] * 3 + [["1"]] * 3 + [["2"]] * 2 + [["3"]] * 3
    assert len(records) == len(owners)
    for record, owner in zip(records, owners, strict=True):
        for at in (3, record.bytes // 2, record.bytes - 6):
            first.write_bytes(whole)
            flip(first, record.offset + at)
            result = verify(kept)
            (segment,) = result["damaged"]
            assert segment["segment"] == first.name.removesuffix(".warc.gz")
            assert segment["damages"][0]["kind"] == "octets"
            assert record.offset in {one["offset"] for one in segment["damages"]}, (record, at)
            assert concerned(result) == owner, (record, at)


def test_a_truncated_segment_names_what_is_lost(kept: Home) -> None:
    first = segments(kept)[0]
    with first.open("rb") as file:
        last = list(members(file))[-3]
    with first.open("r+b") as file:
        file.truncate(last.offset + 100)
    result = verify(kept)
    assert concerned(result) == ["3"]
    assert "bytes" in result["damaged"][0]["damages"][0]["problem"]


def test_swapped_segments_name_all_that_they_held(kept: Home) -> None:
    first, second = segments(kept)
    octets = first.read_bytes(), second.read_bytes()
    first.write_bytes(octets[1])
    second.write_bytes(octets[0])
    result = verify(kept)
    assert len(result["damaged"]) == 2
    assert kinds(result) - {"row"} == {"octets", "no_row", "no_record"}  # one may begin where another did
    assert set(concerned(result)) == {"0", "1", "2", "3", "again", "last"}


def test_a_missing_segment_names_its_captures_and_what_refers_to_them(kept: Home) -> None:
    segments(kept)[0].unlink()
    result = verify(kept, percent=1.0)  # found by the smallest sample
    assert "missing" in kinds(result)
    assert concerned(result) == ["0", "1", "2", "3", "again"]


def test_a_file_that_the_index_does_not_know_is_found(kept: Home) -> None:
    shutil.copy(segments(kept)[0], kept.folder / "nianbao-other.warc.gz")
    result = verify(kept)
    assert [one["segment"] for one in result["damaged"]] == ["nianbao-other"]
    assert kinds(result) == {"stray"}


@pytest.mark.parametrize("number", ["1", "2", "3", "again"])
def test_a_deleted_row_is_found(kept: Home, number: str) -> None:
    with kept.database.write() as session:
        session.execute(delete(Capture).where(Capture.url == f"{URL}?{number}"))
    result = verify(kept)
    assert kinds(result) == {"no_row"}
    assert concerned(result) == [number]


@pytest.mark.parametrize("moved", [1, 10_000_000, "request"])
def test_an_extra_row_is_found(kept: Home, moved: int | str) -> None:
    with kept.database.write() as session:
        row = dict(
            session.execute(select(Capture.__table__).where(Capture.url == f"{URL}?1")).mappings().one()
        )
        offset = row["request_offset"] if moved == "request" else row["record_offset"] + int(moved)
        session.execute(
            insert(Capture).values(row | {"id": 99, "url": f"{URL}?extra", "record_offset": offset})
        )
    result = verify(kept)
    assert kinds(result) == {"no_record"}
    assert concerned(result) == ["extra"]


@pytest.mark.parametrize(
    ("number", "wrong"),
    [
        ("1", {"payload_sha256": "0" * 64}),
        ("1", {"payload_sha1": "A" * 32}),
        ("1", {"payload_bytes": 1}),
        ("1", {"status": 404}),
        ("1", {"url": "https://other.example/?1"}),
        ("1", {"captured_at": NOON}),
        ("1", {"record_id": "urn:uuid:0"}),
        ("2", {"record_id": "urn:uuid:0"}),
        ("1", {"response_bytes": 1}),
        ("1", {"request_offset": None}),
        ("again", {"payload_sha256": "0" * 64}),
        ("again", {"payload_sha1": "A" * 32}),
        ("again", {"original_segment_id": None, "original_offset": None}),
    ],
)
def test_a_row_that_tells_other_than_its_record_is_found(
    kept: Home, number: str, wrong: dict[str, Any]
) -> None:
    with kept.database.write() as session:
        session.execute(update(Capture).where(Capture.url == f"{URL}?{number}").values(**wrong))
    result = verify(kept)
    assert kinds(result) == {"row"}
    assert concerned(result) == [number]


def test_the_digests_of_a_record_are_looked_at(kept: Home) -> None:
    """A segment that was written anew by someone, who sealed it too: only the digests tell."""
    import gzip
    import hashlib

    first = segments(kept)[0]
    octets = first.read_bytes()
    with first.open("rb") as file:
        at = list(members(file))[1]
    plain = gzip.decompress(octets[at.offset : at.offset + at.bytes])
    altered = plain[:-5] + bytes([plain[-5] ^ 1]) + plain[-4:]
    first.write_bytes(octets[: at.offset] + gzip.compress(altered) + octets[at.offset + at.bytes :])
    with kept.database.write() as session:
        sealed = {"sha256": hashlib.sha256(first.read_bytes()).hexdigest(), "bytes": first.stat().st_size}
        session.execute(update(Segment).where(Segment.name == first.name[:-8]).values(**sealed))
    result = verify(kept)
    assert {"block", "payload", "row"} <= kinds(result)


def test_what_is_damaged_is_restored_from_a_copy(kept: Home, made: Path, tmp_path: Path) -> None:
    first, second = segments(kept)
    whole = first.read_bytes(), second.read_bytes()
    flip(first, 2000)
    second.unlink()
    broken = first.read_bytes()
    begun = fixity.begin(kept.folder, kept.database, "verify")
    fixity.read(kept.folder, kept.database, begun)
    assert list(fixity.repair(kept.folder, kept.database, begun.id, made)) == []
    assert (first.read_bytes(), second.read_bytes()) == whole
    assert (kept.folder / f"{first.name}.damaged").read_bytes() == broken
    with kept.database.read() as session:
        told = account(session, begun.id)
    assert (told["damaged"], told["repaired"]) == ([], [first.name[:-8], second.name[:-8]])
    assert verify(kept)["damaged"] == []


def test_a_copy_that_is_not_what_was_sealed_is_refused(kept: Home, made: Path, tmp_path: Path) -> None:
    first = segments(kept)[0]
    flip(first, 2000)
    broken = first.read_bytes()
    copies = tmp_path / "copies"
    shutil.copytree(made / "archive", copies)
    flip(copies / first.name, 2001)
    begun = fixity.begin(kept.folder, kept.database, "verify")
    fixity.read(kept.folder, kept.database, begun)
    (line,) = fixity.repair(kept.folder, kept.database, begun.id, copies)
    assert line == f"{first.name[:-8]}: the copy in {copies} is damaged too: it has another sha256"
    assert first.read_bytes() == broken
    assert [path.name for path in kept.folder.iterdir() if path.suffix != ".gz"] == []


def test_a_pass_that_was_cut_goes_on(kept: Home) -> None:
    def cut(amount: int) -> None:
        raise KeyboardInterrupt

    begun = fixity.begin(kept.folder, kept.database, "verify")
    fixity.note(
        kept.database, begun.id, begun.choices[0].name,
        check(kept.folder, kept.database, begun.choices[0]),
    )  # fmt: skip
    again = fixity.begin(kept.folder, kept.database, "verify")
    assert (again.id, again.resumed) == (begun.id, True)
    with pytest.raises(KeyboardInterrupt):
        fixity.read(kept.folder, kept.database, again, advance=cut)
    again = fixity.begin(kept.folder, kept.database, "verify")
    assert [choice.name for choice in again.choices] == [begun.choices[1].name]
    fixity.read(kept.folder, kept.database, again)
    with kept.database.read() as session:
        assert account(session, again.id)["segments"] == 2
    assert not fixity.begin(kept.folder, kept.database, "verify").resumed


def test_samples_reach_everything_in_their_time(tmp_path: Path, databases: None) -> None:
    home = Home(tmp_path, segment_bytes=1)  # a segment for each exchange
    for number in range(10):
        home.archive.add(exchange(reply(NOISE), f"{URL}?{number}", minutes=number), PURPOSE)
    for night in range(5):
        percent = fixity.percent_due(home.database, 5, datetime.now(UTC))
        assert percent == 20
        begun = fixity.begin(home.folder, home.database, "night", percent=percent)
        fixity.read(home.folder, home.database, begun)
        with home.database.read() as session:
            read = session.scalar(select(func.count(FixityCheck.segment.distinct())))
        assert read in range(2 * (night + 1), 2 * (night + 1) + night + 2)
    assert read == 10
    with home.database.write() as session:
        session.execute(update(FixityPass).values(started_at=datetime.now(UTC) - timedelta(days=3)))
    assert fixity.percent_due(home.database, 5, datetime.now(UTC)) == 60
    home.archive.close()
    home.database.close()


def test_since_takes_what_was_sealed_from_then_on(kept: Home) -> None:
    with kept.database.write() as session:
        session.execute(
            update(Segment).where(Segment.name == segments(kept)[0].name[:-8]).values(sealed_at=NOON)
        )
    assert verify(kept, since=NOON + timedelta(days=-1))["segments"] == 2
    assert verify(kept, since=NOON + timedelta(seconds=1))["segments"] in (1, 0)
