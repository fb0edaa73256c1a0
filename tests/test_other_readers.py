"""The segments of three nights as the checkers of warcio and FastWARC find them.

WARC 1.1 §5.9 has the payload digest of the entity, without transfer coding. Both take it over the chunks as
they stand, and call ours wrong where a reply is chunked, and only there.
"""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from storage.exchange import take_apart
from tests.nights import Nights, captures

pytestmark = pytest.mark.usefixtures("databases")
WARCIO = Path(sys.executable).parent / "warcio"


def segments(nights: Nights) -> list[Path]:
    return sorted((nights.home / "archive").glob("*.warc.gz"))


def chunked(nights: Nights) -> dict[str, bytes]:
    """The entities of the replies that came in chunks, by the id of their records."""
    found = {}
    for path in segments(nights):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False, record_types=WarcRecordType.response):
                block = record.reader.read()
                if b"transfer-encoding: chunked" in block.partition(b"\r\n\r\n")[0].lower():
                    found[record.headers["WARC-Record-ID"].strip("<>")] = bytes(take_apart(block).payload)
    assert len(found) > 3
    return found


def test_warcio_check_finds_fault_with_chunked_replies_only(nights: Nights) -> None:
    done = subprocess.run(
        [WARCIO, "check", "-v", *segments(nights)], capture_output=True, text=True, timeout=100, check=False
    )
    verdicts: dict[str, str] = {}
    said: dict[str, str] = {}
    for line in done.stdout.splitlines():
        if record := re.search(r"WARC-Record-ID <(.*?)>", line):
            last = record[1]
        elif line.startswith("    "):
            verdicts[last] = line.strip().partition(" sha1:")[0]
            said[last] = line.rpartition(" ")[2]
    assert Counter(verdicts.values())["digest pass"] > 150
    entities = chunked(nights)
    wrong = {record_id for record_id, verdict in verdicts.items() if "fail" in verdict}
    assert wrong == entities.keys()
    for record_id, entity in entities.items():
        sha1 = hashlib.sha1(entity, usedforsecurity=False).digest()
        assert said[record_id] == f"sha1:{base64.b32encode(sha1).decode()}"


def test_fastwarc_verifies_every_digest_but_those_of_chunked_replies(nights: Nights) -> None:
    blocks = 0
    for path in segments(nights):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, parse_http=False):
                if "WARC-Block-Digest" in record.headers:
                    assert record.verify_block_digest(), record.record_id
                    blocks += 1
    assert blocks > len(captures(nights.home))
    wrong = set()
    for path in segments(nights):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, record_types=WarcRecordType.response):
                if not record.verify_payload_digest():
                    wrong.add(record.headers["WARC-Record-ID"].strip("<>"))
    assert wrong == chunked(nights).keys()
