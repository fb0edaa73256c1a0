"""The index as CDXJ: which captures have a line, and what it says."""

from __future__ import annotations

import io
import json
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storage import merging
from storage.cdxj import write_cdxj
from storage.merging import sorted_lines
from storage.selection import Selection
from tests.storage.exchanges import CHUNKED, NOON, PURPOSE, Home, exchange, reply
from tests.storage.readers import by_warcio

PAGE = b"<html>" + b"a page that is long enough to be referred to " * 10
NOT_MODIFIED = b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\n\r\n'


def lines(home: Home, selection: Selection | None = None) -> list[tuple[str, str, dict[str, Any]]]:
    out = io.BytesIO()
    with home.database.read() as session:
        count = write_cdxj(session, selection or Selection(), out)
    octets = out.getvalue().splitlines()
    assert len(octets) == count
    assert octets == sorted(octets)
    split = [line.decode("ascii").split(" ", 2) for line in octets]
    return [(key, time, json.loads(fields)) for key, time, fields in split]


def test_a_line_a_reply_with_what_its_record_says(home: Home) -> None:
    add = home.archive.add
    whole = add(exchange(reply(PAGE)), PURPOSE)
    add(exchange(reply(PAGE), minutes=1), PURPOSE)
    add(exchange(NOT_MODIFIED, minutes=2), replace(PURPOSE, revalidates=whole.id))
    add(exchange(NOT_MODIFIED, minutes=3), PURPOSE)
    add(exchange(CHUNKED, minutes=4), PURPOSE)
    add(exchange(b"HTTP/1.1 301 Moved\r\nLocation: /x\r\n\r\n", minutes=5), PURPOSE)
    add(exchange(minutes=6, problem="timed out"), PURPOSE)
    home.archive.close()

    found = lines(home)
    records = [seen for seen in by_warcio(home.segment_file()) if seen.type in ("response", "revisit")]
    starts = [seen.offset for seen in records]
    assert [key for key, _, _ in found] == ["cn,gov,example,gaj)/zwgk/t20230130_1.html"] * 6
    assert [time for _, time, _ in found] == [f"202611220{minute:03}00" for minute in range(400, 406)]
    assert [int(fields["offset"]) for _, _, fields in found] == starts
    assert [fields.get("mime") for _, _, fields in found] == [
        "text/html", "warc/revisit", "warc/revisit", None, "text/html", None,
    ]  # fmt: skip
    assert [fields.get("status") for _, _, fields in found] == ["200", "200", None, "304", "200", "301"]
    digests = [fields["digest"] for _, _, fields in found]
    for digest, record in zip(digests, records, strict=True):
        assert record.headers.get("WARC-Payload-Digest", "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ") == digest
    assert digests[0] == digests[1] == digests[2]
    _, _, first = found[0]
    assert list(first) == ["url", "mime", "status", "digest", "length", "offset", "filename"]
    assert first["filename"] == home.segment_file().name
    segment = home.segment_file().read_bytes()
    assert segment[int(first["offset"]) + int(first["length"]) :].startswith(b"\x1f\x8b")


def test_a_part_has_what_it_refers_to(home: Home) -> None:
    home.archive.add(exchange(reply(PAGE)), PURPOSE)
    home.archive.add(exchange(reply(b"other" * 100), minutes=1), PURPOSE)
    home.archive.add(exchange(reply(PAGE), minutes=2), PURPOSE)
    times = [time for _, time, _ in lines(home, Selection(since=NOON + timedelta(minutes=2)))]
    assert times == ["20261122040000", "20261122040200"]
    until = Selection(until=NOON + timedelta(minutes=1))
    assert [time for _, time, _ in lines(home, until)] == ["20261122040000", "20261122040100"]
    assert lines(home, Selection(site="www.other.gov.cn")) == []


def test_more_lines_than_memory_are_sorted_by_their_octets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "PIECE_BYTES", 500)
    chance = random.Random(6)
    made = [f"{chance.choice('aA年)')}{chance.randrange(300)}\n".encode() for _ in range(5000)]
    assert list(sorted_lines(made)) == sorted(set(made))
    assert list(sorted_lines([])) == []
