"""Documents that hang, swell or kill, read in real worker processes."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config import Settings
from crawler import handover
from crawler.handover import hand_over, read_all, unread
from parser import PARSER_VERSION
from storage.archive import place_of
from storage.database import Database
from storage.models import Capture, ReadingRow
from tests.crawler.readers_of_the_tests import misbehave
from tests.crawler.seen import SITE, a_run
from tests.databases import settings_of

ORDINARY = "<html><h1>通知</h1><p>第{}号</p></html>"
BAD = {
    "sleep": "took longer than 4 s",
    "eat": "needed more than 512 MiB",
    "die": "killed its parser process (SIGKILL)",
    "exit": "killed its parser process (exit code 3)",
    "raise": "made the parser fail: RuntimeError: a defect",
}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, databases: None) -> Settings:
    for name, value in settings_of(tmp_path).items():
        monkeypatch.setenv(name, value)
    return Settings(workers=1, parse_seconds=4, parse_memory_mb=512)


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database)
    yield database
    database.close()


def handed_over(settings: Settings, database: Database, run_id: int) -> int:
    """Have a run's documents read: how many the crawl counted, and was told of one by one."""
    with database.read() as session:
        places = unread(session, run_id=run_id)
    steps: list[int] = []
    hand_over(settings, database, places, steps.append)
    return sum(steps)


def readings(database: Database) -> dict[str, tuple[str, str]]:
    """State and reason of each reading by the payload's beginning."""
    with database.read() as session:
        rows = session.execute(
            select(Capture.url, ReadingRow.state, ReadingRow.reason).join(
                ReadingRow, ReadingRow.payload_sha256 == Capture.payload_sha256
            )
        )
        return {url: (state, reason) for url, state, reason in rows}


def test_a_document_that_kills_its_worker_costs_itself_only(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handover, "read_one", misbehave)
    payloads: list[bytes] = []
    for number, bad in enumerate(BAD):
        payloads += [bad.encode(), ORDINARY.format(number).encode()]
    run_id = a_run(settings, database, payloads)
    assert handed_over(settings, database, run_id) == len(payloads)
    found = readings(database)
    for number, (bad, reason) in enumerate(BAD.items()):
        assert found[f"http://{SITE}/{2 * number}.html"] == ("quarantined", reason), bad
        assert found[f"http://{SITE}/{2 * number + 1}.html"][0] == "not_a_report"
    with database.read() as session:
        assert unread(session, run_id=run_id) == []
        # An operator who has widened the limits may ask for them.
        assert len(unread(session, quarantined=True)) == len(BAD)
    # The next night sees the same payloads: nothing is tried again with this parser.
    again = a_run(settings, database, payloads)
    assert handed_over(settings, database, again) == 0


def test_a_newer_parser_tries_again(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = a_run(settings, database, [b"<html>a</html>", b"<html>b</html>", b"<html>a</html>"])
    assert handed_over(settings, database, run_id) == 2
    assert handed_over(settings, database, run_id) == 0
    monkeypatch.setattr(handover, "PARSER_VERSION", f"{PARSER_VERSION}+1")
    assert handed_over(settings, database, run_id) == 2


def test_octets_that_are_not_in_their_coding_are_damaged(settings: Settings, database: Database) -> None:
    run_id = a_run(settings, database, [b"no gzip"], b"Content-Encoding: gzip\r\n")
    handed_over(settings, database, run_id)
    ((state, reason),) = readings(database).values()
    assert state == "damaged"
    assert "not in its content coding" in reason


def test_a_bomb_in_gzip_is_too_large_and_costs_no_memory(settings: Settings, database: Database) -> None:
    bomb = gzip.compress(bytes(90 << 20), 1)
    run_id = a_run(settings, database, [bomb, ORDINARY.encode()], b"Content-Encoding: gzip\r\n")
    handed_over(settings, database, run_id)
    states = readings(database)
    assert states[f"http://{SITE}/0.html"][0] == "too_large"
    assert "larger than" in states[f"http://{SITE}/0.html"][1]


def test_an_altered_segment_is_told_and_a_missing_one_is_tried_again(
    settings: Settings, database: Database
) -> None:
    run_id = a_run(settings, database, [b"<html>one</html>"])
    (segment,) = settings.archive_dir.glob("*.warc.gz")
    octets = segment.read_bytes()
    segment.rename(segment.with_suffix(".away"))
    handed_over(settings, database, run_id)
    assert readings(database) == {}
    segment.write_bytes(octets[:-200] + bytes(100) + octets[-100:])
    with database.read() as session:
        (place,) = unread(session, run_id=run_id)
    segment.write_bytes(octets[: place.offset] + bytes(60) + octets[place.offset + 60 :])
    handed_over(settings, database, run_id)
    ((state, reason),) = readings(database).values()
    assert state == "quarantined"
    assert "is damaged at byte" in reason


def test_giving_up_half_way_does_not_wait(settings: Settings, database: Database) -> None:
    run_id = a_run(settings, database, [b"sleep", b"<html>a</html>", b"<html>b</html>"])
    with database.read() as session:
        places = [
            place
            for capture in session.scalars(select(Capture).where(Capture.run_id == run_id))
            if (place := place_of(capture)) is not None
        ]
    patient: Any = settings.model_copy(update={"parse_seconds": 60.0, "workers": 2})
    outcomes = read_all(patient, places, misbehave)
    assert next(outcomes).account["state"] == "not_a_report"
    before = time.monotonic()
    outcomes.close()
    assert time.monotonic() - before < 30
