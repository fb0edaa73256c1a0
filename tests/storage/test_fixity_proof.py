"""What was found sound is not taken apart again while octets and rows are the same; else it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, update

from storage import fixity, fixity_proof
from storage.fixity_account import account
from storage.fixity_proof import rows_sha256
from storage.models import Capture
from tests.storage.exchanges import PURPOSE, URL, Home, exchange, reply

PAGE = reply(b"a page that is long enough to be referred to " * 20)


@pytest.fixture
def kept(home: Home) -> Iterator[Home]:
    """Two sealed segments, the second of which refers to the first; both found sound."""
    for number in range(2):
        home.archive.add(exchange(PAGE, f"{URL}?{number}", minutes=number), PURPOSE)
        home.archive.close()
    assert verify(home) == (2, 2, 0)
    yield home


def verify(home: Home, *, full: bool = False) -> tuple[int, int, int]:
    """How many segments were read, how many of them record by record, and how many are damaged."""
    begun = fixity.begin(home.folder, home.database, "full" if full else "verify")
    fixity.read(home.folder, home.database, begun, full=full)
    with home.database.read() as session:
        told = account(session, begun.id)
    sizes = sum(path.stat().st_size for path in home.folder.glob("*.warc.gz"))
    assert (told["complete"], told["bytes"], told["records"]) == (True, sizes, 2 * 4)
    return told["segments"], told["read_in_full"], len(told["damaged"])


def test_what_has_not_changed_is_not_taken_apart_again(kept: Home) -> None:
    assert verify(kept) == (2, 0, 0)
    assert verify(kept, full=True) == (2, 2, 0)
    assert verify(kept) == (2, 0, 0)


def test_a_checker_that_finds_more_reads_all_again(kept: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixity_proof, "CHECKER", fixity_proof.CHECKER + 1)
    assert verify(kept) == (2, 2, 0)
    assert verify(kept) == (2, 0, 0)


def test_what_was_found_damaged_proves_nothing(kept: Home) -> None:
    with kept.database.write() as session:
        session.execute(update(Capture).where(Capture.url == f"{URL}?0").values(status=404))
    assert verify(kept) == (2, 1, 1)
    assert verify(kept) == (2, 1, 1)
    with kept.database.write() as session:
        session.execute(update(Capture).where(Capture.url == f"{URL}?0").values(status=200))
    # As it was when it was found sound.
    assert verify(kept) == (2, 0, 0)


def test_every_column_that_is_looked_at_counts(kept: Home) -> None:
    other: dict[str, Any] = {
        "url": "https://other.example/", "captured_at": exchange(minutes=77).captured_at, "status": 500,
        "record_id": "urn:uuid:0", "record_offset": 7, "request_offset": 7, "request_bytes": 7,
        "response_offset": 7, "response_bytes": 7, "payload_sha256": "0" * 64, "payload_sha1": "A" * 32,
        "payload_bytes": 7,
    }  # fmt: skip
    first, second = (kept.folder / path.name for path in sorted(kept.folder.glob("*.warc.gz")))
    seen = {digest(kept, second.name)}
    for column, value in other.items():
        _set(kept, "1", {column: value})
        seen.add(digest(kept, second.name))
    assert len(seen) == len(other) + 1
    # Of an original, its id and its payload; of what refers to it, that it does.
    before = digest(kept, first.name)
    for column in ("record_id", "payload_sha256"):
        _set(kept, "0", {column: other[column]})
        seen.add(digest(kept, second.name))
    _set(kept, "1", {"original_segment_id": None, "original_offset": None})
    seen.add(digest(kept, second.name))
    assert len(seen) == len(other) + 4
    assert digest(kept, first.name) != before


def digest(home: Home, name: str) -> str:
    with home.database.read() as session:
        return rows_sha256(session, name.removesuffix(".warc.gz"))


def _set(home: Home, number: str, values: dict[str, Any]) -> None:
    with home.database.write() as session:
        capture = session.scalar(select(Capture.id).order_by(Capture.id).offset(int(number)).limit(1))
        session.execute(update(Capture).where(Capture.id == capture).values(**values))
