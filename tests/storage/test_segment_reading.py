"""Reading segments back: members of torn files, records that are damaged."""

from __future__ import annotations

import gzip
import io
import random
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest

from storage.members import Placed, members, read_record
from storage.segment import SegmentWriter
from tests.storage.exchanges import CHUNKED, URL, exchange, keep, reply


def test_members_may_be_read_while_they_are_listed(writer: SegmentWriter) -> None:
    for n in range(30):
        keep(writer, exchange(reply(random.Random(n).randbytes(3000 * n))))
    with writer.path.open("rb") as file:
        types = [read_record(file, at.offset).type for at in members(file)]
    assert types == ["warcinfo"] + ["response", "request", "metadata"] * 30


def test_a_highly_packed_member_is_listed_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(gzip.compress(bytes(300 << 20)) + gzip.compress(b"next"))
    tracemalloc.start()
    try:
        with path.open("rb") as file:
            assert len(list(members(file))) == 2
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20


@pytest.mark.parametrize("tail", [b"", b"\0" * 5000, b"garbage", b"\x1f\x8b\x08\x00"])
def test_members_end_before_what_is_torn(tmp_path: Path, tail: bytes) -> None:
    path = tmp_path / "f"
    one, two = gzip.compress(b"one"), gzip.compress(b"two" * 9)
    path.write_bytes(one + two + tail)
    with path.open("rb") as file:
        assert list(members(file)) == [Placed(0, len(one)), Placed(len(one), len(two))]


def test_members_of_a_file_cut_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "f"
    one, two = gzip.compress(b"one"), gzip.compress(random.Random(3).randbytes(200))
    for cut in range(len(one) + len(two) + 1):
        path.write_bytes((one + two)[:cut])
        with path.open("rb") as file:
            count = (cut >= len(one)) + (cut == len(one) + len(two))
            assert len(list(members(file))) == count, cut


def test_no_flipped_byte_passes_for_the_record(writer: SegmentWriter) -> None:
    group = keep(writer, exchange(CHUNKED))
    assert group.response is not None
    octets = writer.path.read_bytes()
    unnoticed = set()
    for at in range(group.response.bytes):
        place = group.response.offset + at
        for mask in (0x01, 0x20, 0xFF):
            file = io.BytesIO(octets[:place] + bytes([octets[place] ^ mask]) + octets[place + 1 :])
            with suppress(ValueError):
                record = read_record(file, group.response.offset)
                assert (record.block, record.headers["WARC-Target-URI"]) == (CHUNKED, URL)
                unnoticed.add(at)
    # The time stamp and the flags of gzip say nothing about the record, nor do a few spare bits of deflate.
    assert len(unnoticed) < 15


@pytest.mark.parametrize(
    ("octets", "offset", "problem"),
    [
        (b"", 0, "no record begins here"),
        (
            gzip.compress(b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: 0\r\n\r\n\r\n\r\n"),
            9000,
            "no record",
        ),
        (gzip.compress(b"not a record"), 0, "no record begins here"),
        (
            gzip.compress(b"WARC/1.1\r\nWARC-Type: metadata\r\nContent-Length: 90\r\n\r\nshort"),
            0,
            "cut short",
        ),
        (b"\0" * 100, 0, "no record begins here"),
        (b"", -5, "no record begins here"),
        (b"", 1 << 70, "no record begins here"),
    ],
    ids=["empty", "past the end", "text", "short", "zeros", "before the start", "no offset at all"],
)
def test_what_is_no_record_is_said(octets: bytes, offset: int, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_record(io.BytesIO(octets), offset)
