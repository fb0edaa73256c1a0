"""What a night does for the archive: segments sent away, some read again; nothing of it fails the night."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config import Settings
from crawler.upkeep import upkeep
from storage.home import FIXITY_LOCK, hold
from tests.databases import url_of
from tests.storage.exchanges import PURPOSE, Home, exchange, reply
from tests.storage.s3_server import KEY, SECRET, URL, S3Server


class Notes:
    """Writes down what an operator is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def start(self, phase: str, total: int | None) -> None: ...
    def advance(self, phase: str, amount: int = 1) -> None: ...
    def finish(self, phase: str) -> None: ...
    def note(self, line: str) -> None:
        self.lines.append(line)


@pytest.fixture
def home(tmp_path: Path, databases: None) -> Iterator[Home]:
    made = Home(tmp_path)
    made.archive.add(exchange(reply(b"page" * 100)), PURPOSE)
    made.archive.close()
    yield made
    made.database.close()


def settings(home: Home, **chosen: object) -> Settings:
    return Settings.model_validate(
        {"home": home.path, "database_url": url_of(home.path), "lang": "en", **chosen}
    )


def test_a_store_that_does_not_answer_is_one_line(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with S3Server(home.path / "s3") as server:
        chosen = settings(home, archive_url=URL, archive_endpoint=server.endpoint)
        server.kill()
        notes = Notes()
        told = upkeep(chosen, home.database, notes)
        (line,) = notes.lines
        assert line.startswith("the object store s3://archive/nianbao cannot be used: ")
        assert (told["store"]["sent"], told["store"]["waiting"], told["store"]["problem"]) == (0, 1, line)
        assert told["fixity"]["segments"] == 1
        server.start()
        told = upkeep(chosen, home.database, notes)
        assert (told["store"]["sent"], told["store"]["waiting"], told["store"]["problem"]) == (1, 0, None)
        assert len(notes.lines) == 1


def test_damage_is_told_and_fails_nothing(home: Home) -> None:
    name = home.segment_file().name.removesuffix(".warc.gz")
    home.segment_file().unlink()
    notes = Notes()
    told = upkeep(settings(home), home.database, notes)
    assert told["fixity"]["damaged"] == [name]
    assert notes.lines == [f"{name} is damaged: the file is missing; captures concerned: 1"]


def test_nothing_is_read_twice_at_once(home: Home) -> None:
    with hold(home.path, FIXITY_LOCK, url_of(home.path)):
        assert upkeep(settings(home), home.database, Notes()) == {}
    assert upkeep(settings(home, fixity_days=0), home.database, Notes()) == {}
