"""Segments as warcio, FastWARC and gzip read them: octets verbatim, WARC 1.1 headers, one member a record."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import random
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator  # type: ignore[import-untyped]

from errors import CannotRead, CannotWrite, HomeBusy
from storage.members import members, parse_fields, read_record
from storage.segment import SegmentWriter, locate, lock_abandoned, measure
from tests.storage.exchanges import (
    CHUNKED,
    CHUNKED_PAYLOAD,
    FACTS,
    INFO,
    NOON,
    PURPOSE,
    REQUEST,
    URL,
    exchange,
    keep,
    reply,
)
from tests.storage.readers import by_fastwarc, by_hand, by_warcio


def sha1(octets: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(octets, usedforsecurity=False).digest()).decode()


def test_octets_come_back_verbatim_by_both_readers(writer: SegmentWriter) -> None:
    pdf = bytes(random.Random(1).randbytes(100_000))
    replies = [CHUNKED, reply(pdf), b"\x00\xffno HTTP\r\n\r\n", b"HTTP/1.1 200 OK\n\n", reply(b"")]
    for made in replies:
        keep(writer, exchange(made, request=REQUEST + b"X: \xe9\r\n"))
    size, sha256 = writer.seal()
    path = writer.path.with_name("nianbao-test-1.warc.gz")
    assert (size, sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    for seen in (by_warcio(path), by_fastwarc(path)):
        assert [record.type for record in seen] == ["warcinfo"] + ["response", "request", "metadata"] * 5
        assert [record.block for record in seen if record.type == "response"] == replies
        assert {record.block for record in seen if record.type == "request"} == {REQUEST + b"X: \xe9\r\n"}
    with path.open("rb") as file:
        placed = [at.offset for at in members(file)]
    assert placed == [record.offset for record in by_warcio(path)]
    assert placed == [record.offset for record in by_fastwarc(path)]
    assert len(by_hand(path)) == 16
    assert all(
        member.startswith(b"WARC/1.1\r\n") and member.endswith(b"\r\n\r\n") for member in by_hand(path)
    )


def test_what_comes_packed_is_stored_as_it_is(writer: SegmentWriter) -> None:
    noise = random.Random(2).randbytes(3 << 20)
    for body in (noise[:100_000], noise, b"words " * 20_000, b"words " * 600_000):
        keep(writer, exchange(reply(body)))
    octets = writer.path.read_bytes()
    with writer.path.open("rb") as file:
        replies = list(members(file))[1::3]
    assert [octets[at.offset + 10] >> 1 & 3 for at in replies[:2]] == [0, 0]  # RFC 1951 §3.2.3: stored
    assert sum(at.bytes for at in replies[:2]) < (3 << 20) + 100_000 + 3000
    assert sum(at.bytes for at in replies[2:]) < 100_000
    # No checksum covers the head of a member: what tells of damage there is that all have the same.
    assert len({octets[at.offset : at.offset + 10] for at in replies}) == 1
    assert [record.block for record in by_warcio(writer.path)][4] == reply(noise)
    assert [record.block for record in by_fastwarc(writer.path)][4] == reply(noise)


def test_headers_of_a_chunked_reply(writer: SegmentWriter) -> None:
    keep(writer, exchange(CHUNKED, ip_address="203.0.113.7", notes={"tls": "TLSv1.3 certificate sha256:ab"}))
    info, response, request, metadata = by_warcio(writer.path)
    assert info.headers["WARC-Filename"] == "nianbao-test-1.warc.gz"
    assert info.headers["Content-Type"] == "application/warc-fields"
    assert info.block.decode() == (
        "software: Nianbao/test\r\nformat: WARC File Format 1.1\r\noperator: 运维 者\r\n"
    )
    ids = [record.headers["WARC-Record-ID"] for record in (info, response, request, metadata)]
    assert len(set(ids)) == 4
    assert all(re.fullmatch(r"<urn:uuid:[0-9a-f-]{36}>", record_id) for record_id in ids)
    for record in (response, request, metadata):
        assert record.headers["WARC-Target-URI"] == URL
        assert record.headers["WARC-Date"] == "2026-11-22T04:00:00.123456Z"
        assert datetime.fromisoformat(record.headers["WARC-Date"]) == NOON
        assert record.headers["WARC-IP-Address"] == "203.0.113.7"
        assert record.headers["Content-Length"] == str(len(record.block))
    # Said once a group: the others name the response, and stand behind the same warcinfo record.
    assert response.headers["WARC-Warcinfo-ID"] == info.headers["WARC-Record-ID"]
    assert "WARC-Warcinfo-ID" not in request.headers | metadata.headers
    assert response.headers["Content-Type"] == "application/http;msgtype=response"
    assert request.headers["Content-Type"] == "application/http;msgtype=request"
    assert metadata.headers["Content-Type"] == "application/warc-fields"
    assert "WARC-Concurrent-To" not in response.headers
    assert request.headers["WARC-Concurrent-To"] == response.headers["WARC-Record-ID"]
    assert metadata.headers["WARC-Concurrent-To"] == response.headers["WARC-Record-ID"]
    assert response.headers["WARC-Block-Digest"] == sha1(CHUNKED)
    assert request.headers["WARC-Block-Digest"] == sha1(REQUEST)
    assert "WARC-Truncated" not in response.headers
    assert parse_fields(metadata.block) == FACTS | {
        "method": "GET",
        "role": "report",
        "followed": PURPOSE.followed,
        "via": str(PURPOSE.referrer),
        "outcome": "complete",
        "tls": "TLSv1.3 certificate sha256:ab",
    }


def test_the_payload_digest_is_that_of_the_entity_without_its_chunks(writer: SegmentWriter) -> None:
    """WARC 1.1 §5.9: the payload is the entity, that is without transfer coding. warcio's checker takes the
    digest over the chunks as they stand, so it calls a right digest of a chunked reply wrong; pinned here are
    our value, and that warcio agrees where nothing is chunked."""
    keep(writer, exchange(CHUNKED))
    keep(writer, exchange(reply(b"plain")))
    chunked, plain = (record for record in by_warcio(writer.path) if record.type == "response")
    assert chunked.headers["WARC-Payload-Digest"] == sha1(CHUNKED_PAYLOAD)
    assert chunked.headers["WARC-Payload-Digest"] == "sha1:OBY3OQNWBS34Q7LKWJNTCDKK7ZG6ZDJV"
    assert plain.headers["WARC-Payload-Digest"] == sha1(b"plain")
    verdicts = {}
    with writer.path.open("rb") as file:
        for record in WarcioIterator(file, check_digests=True):
            record.content_stream().read()
            verdicts[record.rec_headers.get_header("WARC-Record-ID")] = record.digest_checker.passed
    wrong = [record_id for record_id, passed in verdicts.items() if passed is False]
    assert wrong == [chunked.headers["WARC-Record-ID"]]


def test_block_digests_hold_by_fastwarc(writer: SegmentWriter) -> None:
    keep(writer, exchange(CHUNKED))
    with writer.path.open("rb") as file:
        checked = [
            record.verify_block_digest()
            for record in FastIterator(file, parse_http=False)
            if "WARC-Block-Digest" in record.headers
        ]
    assert checked == [True, True]


def test_a_failed_exchange(writer: SegmentWriter) -> None:
    group = keep(writer, exchange(problem="ConnectionRefusedError: refused"))
    _, request, metadata = by_fastwarc(writer.path)
    assert (request.type, metadata.type) == ("request", "metadata")
    assert "WARC-Concurrent-To" not in request.headers
    assert metadata.headers["WARC-Concurrent-To"] == request.headers["WARC-Record-ID"]
    notes = parse_fields(metadata.block)
    assert (notes["outcome"], notes["problem"]) == ("failed", "ConnectionRefusedError: refused")
    assert group.response is None
    assert group.start == request.offset
    assert f"<{group.record_id}>" == metadata.headers["WARC-Record-ID"]


def test_an_exchange_of_which_nothing_left(writer: SegmentWriter) -> None:
    group = keep(writer, exchange(request=b"", problem="DNS lookup failed"))
    _, metadata = by_warcio(writer.path)
    assert metadata.type == "metadata"
    assert "WARC-Concurrent-To" not in metadata.headers
    assert (group.start, group.request, group.response) == (metadata.offset, None, None)


def test_a_partial_exchange_says_that_it_was_cut(writer: SegmentWriter) -> None:
    cut = reply(b"0123456789")[:-4]
    keep(writer, exchange(cut, outcome="partial", problem="reset", truncated="disconnect"))
    _, response, _, metadata = by_warcio(writer.path)
    assert response.block == cut
    assert response.headers["WARC-Truncated"] == "disconnect"
    assert response.headers["WARC-Payload-Digest"] == sha1(b"012345")
    assert parse_fields(metadata.block)["outcome"] == "partial"


def test_a_reconstructed_exchange_says_so(writer: SegmentWriter) -> None:
    keep(writer, exchange(reply(b"x"), reconstructed=True))
    assert parse_fields(by_warcio(writer.path)[3].block)["reconstructed"] == "yes"


def test_a_note_cannot_forge_a_line(writer: SegmentWriter) -> None:
    keep(writer, exchange(problem="reset\r\noutcome: complete\x85run: 9\u2028site: evil"))
    notes = parse_fields(by_warcio(writer.path)[2].block)
    assert notes["problem"] == "reset outcome: complete run: 9 site: evil"
    assert (notes["outcome"], notes["run"], notes["site"]) == ("failed", "7", FACTS["site"])


def test_a_url_outside_ascii_and_of_8_kb(writer: SegmentWriter) -> None:
    urls = ["https://例子.中国/年报?x=é", f"{URL}?q={'%E5%B9%B4' * 910}"]
    for url in urls:
        keep(writer, exchange(reply(b"x"), url))
    for read in (by_warcio, by_fastwarc):
        seen = [
            record.headers["WARC-Target-URI"] for record in read(writer.path) if record.type == "response"
        ]
        assert seen == urls


def test_a_body_of_tens_of_mb(writer: SegmentWriter) -> None:
    body = random.Random(2).randbytes(1 << 20) * 24
    group = keep(writer, exchange(reply(body)))
    writer.seal()
    path = writer.path.with_name("nianbao-test-1.warc.gz")
    assert by_fastwarc(path)[1].block == reply(body)
    assert by_warcio(path)[1].headers["WARC-Payload-Digest"] == sha1(body)
    with path.open("rb") as file:
        assert list(members(file))[1] == group.response


def test_places_point_at_members(writer: SegmentWriter) -> None:
    groups = [keep(writer, exchange(reply(b"x" * n))) for n in (1, 20_000, 3)]
    with writer.path.open("rb") as file:
        placed = list(members(file))
        assert [group.response for group in groups] == placed[1::3]
        assert [group.request for group in groups] == placed[2::3]
        assert [group.start for group in groups] == [at.offset for at in placed[1::3]]
        for group in groups:
            assert group.response is not None
            record = read_record(file, group.response.offset)
            assert record.headers["WARC-Record-ID"] == f"<{group.record_id}>"
        assert placed[-1].offset + placed[-1].bytes == writer.size == writer.path.stat().st_size


def test_the_name_while_written_and_after(tmp_path: Path, writer: SegmentWriter) -> None:
    folder = tmp_path / "archive"
    assert [path.name for path in folder.iterdir()] == ["nianbao-test-1.warc.gz.open"]
    assert locate(folder, "nianbao-test-1") == writer.path
    assert len(by_warcio(writer.path)) == 1
    writer.seal()
    assert [path.name for path in folder.iterdir()] == ["nianbao-test-1.warc.gz"]
    assert locate(folder, "nianbao-test-1").name == "nianbao-test-1.warc.gz"
    with pytest.raises(CannotRead, match=r"nianbao-gone\.warc\.gz: the segment is missing"):
        locate(folder, "nianbao-gone")


def test_a_writer_holds_its_file_until_it_lets_go(writer: SegmentWriter) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from errors import HomeBusy; from storage.segment import lock_abandoned\n"
        "try: lock_abandoned(Path(sys.argv[1])).close(); print('free')\n"
        "except HomeBusy: print('held')"
    )
    command = [sys.executable, "-c", script, str(writer.path)]

    def asked_by_another() -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    assert asked_by_another() == "held"
    writer.abandon()
    assert asked_by_another() == "free"
    assert writer.path.exists()


def test_a_segment_sealed_a_moment_ago_is_not_abandoned(writer: SegmentWriter) -> None:
    writer.seal()
    with pytest.raises(HomeBusy):
        lock_abandoned(writer.path)


def test_a_segment_whose_empty_file_a_salvage_cleared_away_begins_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    lock = fcntl.flock
    cleared: list[Path] = []

    def clear_once(file: io.FileIO, how: int) -> None:
        if not cleared:
            cleared.append(tmp_path / "raced.warc.gz.open")
            cleared[0].unlink()
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", clear_once)
    writer = SegmentWriter(tmp_path, "raced", INFO)
    keep(writer, exchange(reply(b"x")))
    writer.seal()
    assert cleared
    assert len(by_warcio(tmp_path / "raced.warc.gz")) == 4


def test_two_segments_of_one_name_are_refused(tmp_path: Path, writer: SegmentWriter) -> None:
    with pytest.raises(CannotWrite, match=r"nianbao-test-1\.warc\.gz\.open: File exists"):
        SegmentWriter(tmp_path / "archive", "nianbao-test-1", INFO)
    assert writer.path.stat().st_size == writer.size


def test_a_place_that_cannot_hold_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite, match=r"cannot write .*one\.warc\.gz\.open: Not a directory"):
        SegmentWriter(tmp_path / "file" / "archive", "one", INFO)


def test_a_refused_write_leaves_whole_groups(writer: SegmentWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(writer, exchange(reply(b"kept")))
    size = writer.size

    def refuse(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", refuse)
        with pytest.raises(CannotWrite, match=r"Input/output error; what was archived before is untouched"):
            keep(writer, exchange(reply(b"lost")))
    assert writer.path.stat().st_size == size == writer.size
    assert [record.type for record in by_warcio(writer.path)] == [
        "warcinfo", "response", "request", "metadata",
    ]  # fmt: skip


def test_a_segment_that_cannot_be_begun_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdatasync", refuse)
    with pytest.raises(CannotWrite, match="No space left on device"):
        SegmentWriter(tmp_path, "one", INFO)
    assert list(tmp_path.iterdir()) == []


def test_measure(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"abc")
    assert measure(tmp_path / "f") == (
        3,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    )
