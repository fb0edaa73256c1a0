"""A payload is kept once: what comes again refers to it, and is given out as it came."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from errors import CannotRead, Damaged
from storage.archive import Arrival, place_of, read_payload, read_reply
from storage.captures import history, nearest
from storage.exchange import take_apart
from storage.members import members, parse_fields, read_record
from storage.models import Capture
from storage.revisits import LEAST_BYTES, last_whole, received
from storage.salvage import salvage
from storage.segment import locate
from tests.nights import record_counts
from tests.storage.exchanges import HEAD, NOON, PURPOSE, SITE, URL, Home, exchange, reply

PAGE = "一、总体情况 ".encode() * 40
OTHER_URL = URL.replace("_1", "_2")
NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag:  "a%b"\r\nX-\xe9: \t1\r\n\r\n'


def kept(
    home: Home, response: bytes, url: str = URL, minutes: float = 0, asked: int | None = None
) -> Capture:
    made = exchange(response, url, minutes=minutes)
    return home.archive.add(made, replace(PURPOSE, revalidates=asked))


def records(home: Home, capture: Capture) -> dict[str, tuple[dict[str, str], bytes]]:
    """The records of an exchange, by type."""
    found: dict[str, tuple[dict[str, str], bytes]] = {}
    with locate(home.folder, capture.segment.name).open("rb") as file:
        for placed in members(file):
            if placed.offset >= capture.record_offset and "metadata" not in found:
                record = read_record(file, placed.offset)
                found[record.type] = (record.headers, bytes(record.block))
    return found


def test_the_same_payload_at_another_address_is_a_revisit(home: Home) -> None:
    first = kept(home, reply(PAGE))
    head = b"HTTP/1.1 200 Fine\r\nx-Odd: \xe9\r\nTransfer-Encoding: chunked\r\n\r\n"
    second = kept(home, head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(PAGE), PAGE), OTHER_URL, minutes=1)
    headers, block = records(home, second)["revisit"]
    assert headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert headers["WARC-Refers-To"] == f"<{first.record_id}>"
    assert headers["WARC-Refers-To-Target-URI"] == URL
    assert headers["WARC-Refers-To-Date"] == "2026-11-22T04:00:00.123456Z"
    assert headers["WARC-Payload-Digest"] == f"sha1:{first.payload_sha1}"
    assert block == head
    assert (second.payload_sha256, second.payload_bytes) == (first.payload_sha256, len(PAGE))
    place = place_of(second)
    assert place is not None
    assert read_reply(home.folder, place) == replace(take_apart(head), payload=PAGE)
    home.archive.close()
    assert all(by_warcio == by_fastwarc for by_warcio, by_fastwarc in record_counts(home.path))


def test_a_revisit_never_refers_to_a_revisit(home: Home) -> None:
    captures = [kept(home, reply(PAGE), minutes=minute) for minute in range(4)]
    captures.append(kept(home, NOT_MODIFIED, minutes=5, asked=captures[3].id))
    where = {(one.original_segment_id, one.original_offset) for one in captures[1:]}
    assert where == {(captures[0].segment_id, captures[0].response_offset)}


def test_within_one_group(home: Home) -> None:
    made = [exchange(reply(PAGE), url) for url in (URL, OTHER_URL)]
    home.archive.add_all([Arrival(one, PURPOSE, take_apart(one.response)) for one in made])
    with home.database.read() as session:
        second = nearest(session, OTHER_URL)
    assert second.original_offset is not None
    assert read_payload(home.folder, second) == PAGE


def test_what_is_written_each_time(home: Home) -> None:
    """Small and cut payloads, and what is no HTTP; a whole payload does not refer to a cut one."""
    small = b"x" * (LEAST_BYTES - 1)
    cut = exchange(reply(PAGE), outcome="partial")
    for made in (exchange(reply(small)), cut, exchange(PAGE * 9)):
        for again in (0, 1):
            capture = home.archive.add(replace(made, url=f"{URL}{again}"), PURPOSE)
            assert capture.original_offset is None
    assert kept(home, reply(PAGE)).original_offset is None
    assert kept(home, reply(b"x" * LEAST_BYTES)).original_offset is None
    assert kept(home, reply(b"x" * LEAST_BYTES)).original_offset is not None


def test_a_304_stands_for_the_page_and_is_kept_to_the_octet(home: Home) -> None:
    first = kept(home, HEAD + b'ETag: "a%%b"\r\nContent-Length: %d\r\n\r\n' % len(PAGE) + PAGE)
    second = kept(home, NOT_MODIFIED, minutes=1, asked=first.id)
    found = records(home, second)
    headers, block = found["revisit"]
    assert headers["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert (headers["WARC-Refers-To"], block) == (f"<{first.record_id}>", b"")
    assert received(parse_fields(found["metadata"][1])) == NOT_MODIFIED
    assert (second.status, second.payload_sha256) == (304, first.payload_sha256)
    assert (second.content_type, second.payload_bytes) == ("text/html", len(PAGE))
    assert read_payload(home.folder, second) == PAGE
    place = place_of(second)
    assert place is not None
    assert read_reply(home.folder, place).status == 200


def test_a_304_that_nobody_asked_for_stands_for_nothing(home: Home) -> None:
    capture = kept(home, NOT_MODIFIED)
    assert (capture.status, capture.payload_sha256, capture.original_offset) == (304, None, None)
    assert set(records(home, capture)) >= {"response", "request", "metadata"}


def test_a_missing_segment_is_one_line_and_its_payload_is_written_again(home: Home) -> None:
    first = kept(home, reply(PAGE))
    home.archive.close()
    second = kept(home, reply(PAGE), minutes=1)
    path = locate(home.folder, first.segment.name)
    shutil.move(path, home.path / "lost")
    with pytest.raises(CannotRead) as caught:
        read_payload(home.folder, second)
    assert caught.value.message() == f"cannot read {path}: the segment is missing; {URL} refers to it"
    third = kept(home, reply(PAGE), minutes=2)
    assert third.original_offset is None
    assert read_payload(home.folder, third) == PAGE
    fourth = kept(home, reply(PAGE), minutes=3)
    assert fourth.original_offset == third.response_offset


def test_a_damaged_original_is_one_line_and_its_payload_is_written_again(home: Home) -> None:
    first = kept(home, reply(PAGE))
    home.archive.close()
    second = kept(home, reply(PAGE), minutes=1)
    path = locate(home.folder, first.segment.name)
    octets = bytearray(path.read_bytes())
    assert first.response_offset is not None
    octets[first.response_offset + 40] ^= 1
    path.write_bytes(octets)
    with pytest.raises(Damaged) as caught:
        read_payload(home.folder, second)
    assert caught.value.details["segment"] == path.name
    assert kept(home, reply(PAGE), minutes=2).original_offset is None


def test_revisits_without_a_row_are_indexed_again_as_they_were(home: Home) -> None:
    old = kept(home, reply(PAGE))
    home.archive.close()
    new = reply(PAGE * 2)
    kept(home, new, OTHER_URL, minutes=1)
    kept(home, new, minutes=2)
    kept(home, reply(PAGE), minutes=3)
    kept(home, NOT_MODIFIED, minutes=4, asked=old.id)

    def rows() -> list[tuple[object, ...]]:
        with home.database.read() as session:
            found = history(session, URL) + history(session, OTHER_URL)
        return [
            (one.url, one.status, one.payload_sha256, one.payload_bytes, one.original_segment_id,
             one.original_offset, one.response_offset, one.content_type)
            for one in found
        ]  # fmt: skip

    before = rows()
    with home.database.write() as session:
        for capture in session.query(Capture).where(Capture.id > old.id).order_by(Capture.id.desc()):
            session.delete(capture)
            session.flush()
    assert home.archive._writer is not None
    home.archive._writer.abandon()
    home.archive._writer = None
    (line,) = salvage(home.folder, home.database)
    assert line.endswith("4 exchanges, 4 indexed again, 0 torn bytes aside")
    assert rows() == before


def test_the_last_whole_answer_and_what_it_may_be_asked_by(home: Home) -> None:
    dated = HEAD + b"Last-Modified: Fri, 17 Jan 2025 04:00:00 GMT\r\n\r\n"
    tagged = HEAD + b'ETag: W/"\xe9"\r\n\r\n'
    first = kept(home, dated + PAGE)
    second = kept(home, tagged + PAGE, minutes=1)
    kept(home, NOT_MODIFIED, minutes=2, asked=second.id)
    kept(home, b'HTTP/1.1 404 Not Found\r\nETag: "no"\r\n\r\n' + PAGE, minutes=3)
    home.archive.add(exchange(tagged, minutes=4), PURPOSE, blocked="waf-page")
    with home.database.read() as session:
        last = last_whole(session, URL)
        assert last_whole(session, OTHER_URL) is None
    assert last is not None
    assert (last.capture_id, last.captured_at.minute) == (second.id, NOON.minute + 1)
    assert last.validator == 'ETag: W/"é"'
    assert (last.original.record_id, last.original.url) == (first.record_id, URL)
    assert last.original.segment == first.segment.name
    assert SITE in last.original.url
