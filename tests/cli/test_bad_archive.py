"""What is asked of an archive that lacks it or is damaged: one clear line each, and never wrong octets."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, update

from storage.database import Database
from storage.models import Capture, Segment
from tests.cli.conftest import ID_2022, URL_2022
from tests.cli.console import Outcome, is_one_line, nianbao_here
from tests.databases import copy_home, url_of


@pytest.fixture
def broken(home: Path, tmp_path: Path) -> Path:
    """A copy of the home, to be broken."""
    return copy_home(home, tmp_path / "home")


def place(home: Path) -> tuple[Path, int, int]:
    """The segment of the last capture of the page, and where in it its reply lies."""
    database = Database(url_of(home))
    with database.read() as session:
        query = select(Segment.name, Capture.response_offset, Capture.response_bytes).join(Capture.segment)
        last = query.where(Capture.url == URL_2022).order_by(Capture.captured_at.desc()).limit(1)
        name, offset, length = session.execute(last).one()
        assert offset is not None
        assert length is not None
    database.close()
    return home / "archive" / f"{name}.warc.gz", offset, length


def refused(done: Outcome, code: int, *said: str) -> None:
    assert (done.code, done.octets) == (code, b"")
    assert is_one_line(done.complaint)
    for words in said:
        assert words in done.complaint


def test_an_address_that_was_never_seen(home: Path) -> None:
    for command in ("raw", "versions"):
        refused(
            nianbao_here(command, "http://example.org/x", home=home),
            3,
            "http://example.org/x",
            "never captured",
        )


def test_an_address_of_eight_thousand_characters_is_told_in_short(home: Path) -> None:
    url = "http://example.org/?q=" + "1234567&" * 1024
    for command in ("raw", "versions"):
        done = nianbao_here(command, url, home=home)
        refused(done, 3, "http://example.org/?q=1234567&", "...", "never captured")
        assert len(done.complaint) < 500


def test_a_segment_that_is_missing(broken: Path) -> None:
    path, _, _ = place(broken)
    path.unlink()
    refused(nianbao_here("raw", URL_2022, home=broken), 4, path.name.removesuffix(".warc.gz"), "cannot read")


def test_every_flipped_byte_of_a_record_is_noticed(broken: Path) -> None:
    path, offset, length = place(broken)
    whole = path.read_bytes()
    for at in (offset, offset + 12, offset + length // 2, offset + length - 3):
        octets = bytearray(whole)
        octets[at] ^= 0x10
        path.write_bytes(octets)
        refused(nianbao_here("raw", URL_2022, home=broken), 4, path.name, str(offset), "damaged")


@pytest.mark.parametrize("offset", [10**9, 2**40, 2**63 - 1, -1])
def test_an_index_row_past_the_end_of_its_segment(broken: Path, offset: int) -> None:
    path, _, _ = place(broken)
    database = Database(url_of(broken))
    with database.write() as session:
        session.execute(update(Capture).where(Capture.url == URL_2022).values(response_offset=offset))
    database.close()
    refused(nianbao_here("raw", URL_2022, home=broken), 4, path.name, str(offset))


def test_records_are_compared_though_the_octets_cannot_be(broken: Path) -> None:
    path, _, _ = place(broken)
    path.unlink()
    done = nianbao_here("diff", ID_2022, "--json", home=broken)
    assert done.code == 4
    assert is_one_line(done.complaint)
    assert len(done.json["record"]["figures"]) == 1
    assert path.name.removesuffix(".warc.gz") in done.json["payload"]["problem"]


def test_a_history_says_what_it_cannot_tell(broken: Path) -> None:
    path, _, _ = place(broken)
    path.unlink()
    (line,) = nianbao_here("versions", ID_2022, "--json", home=broken).json["timelines"]
    assert [stretch["change"] for stretch in line["stretches"]] == ["first", "unknown"]
    assert "cannot be told" in nianbao_here("versions", ID_2022, home=broken).out
