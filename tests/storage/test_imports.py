"""Captures of others: made by warcio, by hand, hostile; all of a file is taken in, or nothing."""

from __future__ import annotations

import gc
import gzip
import hashlib
import io
import json
import signal
import subprocess
import sys
import warnings
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from errors import BadImport, NoFile
from storage.archive import read_payload
from storage.captures import history
from storage.imports import Judges, Taken, take_in
from storage.models import Capture, Import, Run, Segment
from tests.storage.exchanges import PURPOSE, Home, exchange, reply
from tests.storage.test_wacz import NOW, pack

URL = "http://gaj.example.gov.cn/Nb/"
PAGE = b"<html>" + b"a report that somebody else has kept " * 20
JUDGES = Judges(lambda url: url.split("/")[2], lambda reply: None)


def warc(*, packed: bool = True, version: str = "1.0") -> bytes:
    """What warcio writes: a page, its request, the page again as a revisit, a record that is no reply."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # warcio leaves its own files open
        made = _by_warcio(packed=packed, version=version)
        gc.collect()
    return made


def _by_warcio(*, packed: bool, version: str) -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed, warc_version=version)
    writer.write_record(writer.create_warcinfo_record("other.warc.gz", {"software": "Other/1"}))
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html"), ("ETag", '"1"')], "HTTP/1.1")
    first = writer.create_warc_record(
        URL, "response", io.BytesIO(PAGE), http_headers=head,
        warc_headers_dict={"WARC-Date": "2023-03-01T02:03:04Z"},
    )  # fmt: skip
    request = writer.create_warc_record(
        URL,
        "request",
        http_headers=StatusAndHeaders("GET /Nb/ HTTP/1.1", [("Host", "x")], is_http_request=True),
    )
    writer.write_request_response_pair(request, first)
    again = writer.create_revisit_record(
        URL, first.rec_headers["WARC-Payload-Digest"], URL, "2023-03-01T02:03:04Z", http_headers=head,
        warc_headers_dict={"WARC-Date": "2023-03-02T02:03:04Z"},
    )  # fmt: skip
    writer.write_record(again)
    writer.write_record(
        writer.create_warc_record(
            "urn:text:1", "resource", io.BytesIO(b"text"), warc_content_type="text/plain"
        )
    )
    return out.getvalue()


def by_hand(*records: tuple[str, str, bytes]) -> bytes:
    """Gzip members of records, each of its type, its further head lines, and its block."""
    made = b""
    for number, (kind, lines, block) in enumerate(records):
        head = (
            f"WARC/1.1\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
            f"WARC-Date: 2023-03-01T02:03:04Z\r\nWARC-Target-URI: {URL}\r\n{lines}"
            f"Content-Length: {len(block)}\r\n\r\n"
        )
        made += gzip.compress(head.encode() + block + b"\r\n\r\n")
    return made


def wacz(
    name: str, octets: bytes, *, method: int = zipfile.ZIP_STORED, listed: dict[str, str] | None = None
) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        package.writestr(name, octets)
        resources = [{"path": path, "hash": digest} for path, digest in (listed or {}).items()]
        package.writestr("datapackage.json", json.dumps({"title": "by hand", "resources": resources}))
    return out.getvalue()


def take(home: Home, octets: bytes, name: str = "other.warc.gz", *, block: int = 1 << 20) -> Taken:
    path = home.path / name
    path.write_bytes(octets)
    return take_in(home.database, home.folder, path, block=block, now=NOW, judges=JUDGES)


def rows(home: Home, table: Any) -> int:
    with home.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize("version", ["1.0", "1.1"])
@pytest.mark.parametrize("form", ["by record", "plain", "as a whole"])
def test_all_forms_of_warc_files_are_taken_in(home: Home, form: str, version: str) -> None:
    octets = warc(packed=form == "by record", version=version)
    octets = gzip.compress(octets) if form == "as a whole" else octets
    taken = take(home, octets)
    assert (taken.captures, taken.known, taken.lost, taken.other) == (2, 0, 0, 1)
    with home.database.read() as session:
        first, again = history(session, URL)
        (imported,) = session.scalars(select(Import))
        segment = session.get_one(Segment, imported.segment_id)
    assert first.captured_at == datetime(2023, 3, 1, 2, 3, 4, tzinfo=UTC)
    assert (first.status, first.site) == (200, "gaj.example.gov.cn")
    # What shows a page again is of another round, as if each had been a night.
    assert [first.run_id, again.run_id] == taken.runs
    assert first.request_offset is not None
    assert (first.etag, first.role, first.followed) == (None, "imported", "imported from other.warc.gz")
    assert (again.original_segment_id, again.original_offset) == (first.segment_id, first.record_offset)
    assert [read_payload(home.folder, one) for one in (first, again)] == [PAGE, PAGE]
    kept = (home.folder / f"{segment.name}.warc.gz").read_bytes()
    assert segment.sha256 == hashlib.sha256(kept).hexdigest()
    assert (imported.source, imported.about["software"]) == ("other.warc.gz", "Other/1")
    assert imported.sha256 == hashlib.sha256(octets).hexdigest()
    assert imported.repacked == (form != "by record")
    # By record, the segment is the file; otherwise it has the records, octet for octet.
    assert kept == octets if form == "by record" else gzip.decompress(kept) == warc_text(octets, form)


def warc_text(octets: bytes, form: str) -> bytes:
    return gzip.decompress(octets) if form == "as a whole" else octets


def test_the_same_file_twice_brings_nothing_new(home: Home) -> None:
    octets = warc()
    first = take(home, octets)
    with home.database.write() as session:
        for run_id in first.runs:
            session.get_one(Run, run_id).state = "done"
    counts = [rows(home, table) for table in (Capture, Segment, Import, Run)]
    again = take(home, octets, "renamed.warc.gz")
    assert (again.runs, again.captures, again.known) == ([], 0, 2)
    # The same records in a WACZ are the same captures.
    packed = take(home, wacz("archive/data.warc.gz", octets + warc()[:0]), "other.wacz")
    assert (packed.runs, packed.captures, packed.known) == ([], 0, 2)
    assert [rows(home, table) for table in (Capture, Segment, Import, Run)] == counts


def test_a_file_that_was_known_in_part_is_counted_whole_when_it_comes_again(home: Home) -> None:
    first = warc()
    take(home, first)
    both = first + warc()
    came, again = take(home, both, "both.warc.gz"), take(home, both, "both.warc.gz")
    assert (came.captures, came.known, came.other) == (2, 2, 2)
    assert (again.captures, again.known) == (0, 4)


def test_our_own_package_brings_nothing_new(home: Home) -> None:
    home.archive.add(exchange(reply(PAGE)), PURPOSE)
    home.archive.add(exchange(reply(PAGE), minutes=1), PURPOSE)
    home.archive.close()
    package = pack(home).filename
    assert package is not None
    taken = take(home, Path(package).read_bytes(), "ours.wacz")
    assert (taken.captures, taken.known) == (0, 2)
    assert len(home.files()) == 1


def test_an_import_that_was_cut_is_completed_by_the_next(home: Home) -> None:
    octets = warc()
    first = take(home, octets)
    assert len(first.runs) == 2
    assert take(home, octets).runs == first.runs
    with home.database.write() as session:
        session.get_one(Run, first.runs[0]).state = "done"
    assert take(home, octets).runs == first.runs[1:]


def test_what_refers_to_nothing_is_kept_and_counted(home: Home) -> None:
    revisit = "WARC-Profile: x\r\nWARC-Payload-Digest: sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ\r\n"
    taken = take(home, by_hand(("revisit", revisit, b"HTTP/1.1 200 OK\r\n\r\n")))
    assert (taken.captures, taken.lost) == (1, 1)
    with home.database.read() as session:
        (capture,) = history(session, URL)
    assert (capture.payload_sha256, read_payload(home.folder, capture)) == (None, b"")


OK = b"HTTP/1.1 200 OK\r\n\r\n"
SMALL = by_hand(("response", "", OK + PAGE))
UNDATED = gzip.compress(gzip.decompress(SMALL).replace(b"2023-03-01", b"yesterday!"))
LISTED = {"archive/a.warc.gz": "sha256:" + "0" * 64}
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"


@pytest.mark.parametrize("payload", [b"abc", b"3\r\nabc\r\n0\r\n\r\n"])
def test_a_digest_of_the_octets_as_they_came_is_right_too(home: Home, payload: bytes) -> None:
    digest = f"WARC-Payload-Digest: sha256:{hashlib.sha256(payload).hexdigest()}\r\n"
    assert take(home, by_hand(("response", digest, CHUNKED))).captures == 1


@pytest.mark.parametrize(
    ("octets", "problem"),
    [
        (b"", "neither a WARC file nor a WACZ"),
        (b"<html>not an archive", "neither a WARC file nor a WACZ"),
        (b"PK\x03\x04 and then nothing of a ZIP", "the ZIP cannot be read"),
        (gzip.compress(b"a text file"), "not a WARC file"),
        (b"\x1f\x8b\x08\x00 broken", "not a WARC file"),
        (b"WARC/0.18\r\nWARC-Type: response\r\n", "not a WARC file of version 1.0 or 1.1"),
        (SMALL[:-20], "cut short"),
        (warc()[:-30], "cut short"),
        (warc(packed=False)[:-6], "cut short"),
        (SMALL + b"\x00" * 512, "damaged at byte"),
        (b"WARC/1.1\r\nWARC-Type: response\r\n\r\n", "how long"),
        (b"WARC/1.1\r\nContent-Length: 99999999999\r\n\r\n", "larger than"),
        (b"WARC/1.1\r\n" + b"X: y\r\n" * 20_000, "no end to its head"),
        (by_hand(("response", "WARC-Block-Digest: sha1:" + "A" * 32 + "\r\n", OK + PAGE)), "the block of"),
        (by_hand(("response", "WARC-Payload-Digest: md5:" + "0" * 32 + "\r\n", OK + PAGE)), "the payload"),
        (by_hand(("response", "WARC-Block-Digest: sha256:no digest\r\n", OK + PAGE)), "the block of"),
        (UNDATED, "date"),
        (by_hand(("response", "", OK + b"\0" * (2 << 20))), "larger than"),
        (wacz("../archive/evil.warc.gz", SMALL), "leads out of it"),
        (wacz("/archive/evil.warc.gz", SMALL), "leads out of it"),
        (wacz("archive\\..\\..\\evil.warc.gz", SMALL), "leads out of it"),
        (wacz("pages/pages.jsonl", b"{}"), "no WARC file in archive/"),
        (wacz("archive/a.warc.gz", b"no warc"), "a.warc.gz"),
        (wacz("archive/a.warc.gz", SMALL, listed=LISTED), "datapackage.json lists"),
        (wacz("archive/a.warc.gz", SMALL).replace(SMALL[40:60], b"x" * 20), "a.warc.gz"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_in_one_line_and_leaves_nothing(
    home: Home, octets: bytes, problem: str
) -> None:
    outside = sorted(home.path.parent.iterdir())
    with pytest.raises(BadImport, match=problem) as refused:
        take(home, octets, "hostile.wacz")
    message = refused.value.message("en")
    assert message.endswith("nothing of it was taken in")
    assert "\n" not in message
    assert [rows(home, table) for table in (Capture, Segment, Import)] == [0, 0, 0]
    assert not home.folder.exists() or list(home.folder.iterdir()) == []
    assert sorted(home.path.parent.iterdir()) == outside


def test_nothing_of_a_file_is_taken_where_its_last_part_is_bad(home: Home) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("archive/a.warc.gz", SMALL)
        package.writestr("archive/b.warc.gz", SMALL[:-9])
    with pytest.raises(BadImport, match=r"b\.warc\.gz: .*cut short"):
        take(home, out.getvalue(), "other.wacz")
    assert [rows(home, table) for table in (Capture, Segment, Import)] == [0, 0, 0]
    assert list(home.folder.iterdir()) == []


def test_a_bomb_is_not_unpacked(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.foreign._FREE", 1 << 20)
    zeros = b"\0" * 900_000
    bomb = by_hand(*[("response", "", OK + zeros)] * 8)
    with pytest.raises(BadImport, match="200 times its size"):
        take(home, bomb)
    packed = wacz("archive/a.warc", b"WARC/1.1\r\n" + b"\0" * (8 << 20), method=zipfile.ZIP_DEFLATED)
    with pytest.raises(BadImport, match="200 times its size"):
        take(home, packed, "bomb.wacz")
    assert list(home.folder.iterdir()) == []


def test_what_is_not_there_is_said(home: Home) -> None:
    with pytest.raises(NoFile, match=r"nowhere\.warc"):
        take_in(home.database, home.folder, home.path / "nowhere.warc", block=1, now=NOW, judges=JUDGES)
    with pytest.raises(NoFile):
        take_in(home.database, home.folder, home.path, block=1, now=NOW, judges=JUDGES)


KILLED = """
import os, signal, sys
from pathlib import Path
import storage.imports as imports
from tests.storage.exchanges import Home
from tests.storage.test_imports import JUDGES, NOW

home = Home(Path(sys.argv[1]))
when = getattr(imports, sys.argv[2])

def killed(*arguments):
    if sys.argv[3] == "after":
        when(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(imports, sys.argv[2], killed)
imports.take_in(
    home.database, home.folder, home.path / "other.warc.gz", block=1 << 20, now=NOW, judges=JUDGES
)
"""


@pytest.mark.parametrize(("call", "when"), [("measure", "before"), ("sync_folder", "after")])
def test_a_killed_import_leaves_nothing_that_the_next_does_not_mend(
    tmp_path: Path, databases: None, call: str, when: str
) -> None:
    (tmp_path / "other.warc.gz").write_bytes(warc())
    killed = [sys.executable, "-c", KILLED, str(tmp_path), call, when]
    done = subprocess.run(killed, cwd=Path(__file__).parents[2], timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    home = Home(tmp_path)
    try:
        assert [rows(home, table) for table in (Capture, Segment, Import)] == [0, 0, 0]
        assert len(list(home.folder.iterdir())) == 1
        taken = take_in(
            home.database, home.folder, tmp_path / "other.warc.gz", block=1 << 20, now=NOW, judges=JUDGES
        )
        assert taken.captures == 2
        assert home.files() == ["sealed"]
    finally:
        home.database.close()
