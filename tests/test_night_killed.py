"""A night that meets its end, or a disk that refuses, at any of its calls, and the next that completes it."""

from __future__ import annotations

import csv
import errno
import json
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database
from storage.salvage import salvage
from tests.databases import empty_database, url_of
from tests.night_victims import TOLD, End, NightVictims, Order
from tests.nights import assert_whole, captures, rows
from tests.small_sites import HOSTS, SmallSites

pytestmark = [
    pytest.mark.timeout(600),
    pytest.mark.sqlite("the calls at which a night is killed are numbered as SQLite's nights make them"),
]
Point = tuple[str, str, int]
Asked = list[str]

FIRST_NIGHT: dict[str, list[Point]] = {
    "before anything is kept": [
        ("begin", "before commit", 1),
        ("begin", "after commit", 1),
        ("crawl", "before append", 1),
        ("crawl", "inside append", 1),
    ],
    "inside an append": [
        ("crawl", "inside append", 4),
        ("crawl", "inside append", 4),
        ("crawl", "inside append", 5),
    ],
    "between append and sync": [
        ("crawl", "after append", 3),
        ("crawl", "before fdatasync", 4),
        ("crawl", "before fdatasync", 4),
    ],
    "between sync and index": [
        ("crawl", "after fdatasync", 3),
        ("crawl", "after fdatasync", 4),
        ("crawl", "after fdatasync", 5),
    ],
    "around an index transaction": [
        ("crawl", "before commit", 6),
        ("crawl", "after commit", 7),
        ("crawl", "after commit", 8),
    ],
    "between index and callback": [
        ("crawl", "before release", 2),
        ("crawl", "before release", 3),
        ("crawl", "before release", 3),
    ],
    "after a callback": [
        ("crawl", "after release", 1),
        ("crawl", "after release", 2),
        ("crawl", "after release", 4),
    ],
    "inside sealing": [
        ("crawl", "before fsync", 3),
        ("crawl", "before rename", 1),
    ],
    "between sealing and its row": [
        ("crawl", "after rename", 1),
        ("crawl", "before fsync", 3),
    ],
    "after sealing": [
        ("crawl", "after rename", 2),
        ("after crawl", "before statement", 1),
        ("after crawl", "after statement", 9),
    ],
    "in a statement of the walk": [
        ("crawl", "before statement", 20),
        ("crawl", "after statement", 30),
        ("crawl", "after statement", 40),
    ],
    "while it is salvaged": [
        ("crawl", "inside append", 5),
        ("begin", "after fsync", 1),
        ("begin", "before ftruncate", 1),
        ("begin", "after ftruncate", 1),
        ("begin", "before rename", 1),
        ("begin", "after rename", 1),
    ],
    "as it hands over to the parser": [
        ("read", "before worker", 1),
        ("read", "after worker", 1),
        ("read", "before commit", 1),
        ("read", "after commit", 1),
        ("after read", "after statement", 2),
    ],
    "while it records": [
        ("record", "before statement", 1),
        ("record", "after statement", 300),
        ("record", "before commit", 1),
        ("record", "after commit", 1),
        ("record", "after commit", 2),
    ],
    "while it hands out": [
        ("export", "before statement", 3),
        ("export", "before replace", 1),
        ("export", "after replace", 17),
        ("export", "before unlink", 1),
    ],
    "in its last steps": [
        ("export", "after fsync", 32),
        ("verify", "after commit", 1),
        ("after verify", "before statement", 5),
        ("after verify", "before commit", 1),
    ],
}
"""Each list is what one home goes through, one kill after the other, before a night is let live."""

SECOND_NIGHT: dict[str, list[Point]] = {
    "where little is new": [
        ("crawl", "inside append", 3),
        ("crawl", "after fdatasync", 5),
        ("crawl", "before commit", 6),
    ],
    "when all was seen": [
        ("crawl", "after rename", 2),
        ("read", "before commit", 1),
        ("record", "before commit", 2),
        ("export", "after replace", 2),
    ],
}
KILLS = sum(map(len, (*FIRST_NIGHT.values(), *SECOND_NIGHT.values())))


EXPORTED = ("figures", "findings", "doubts", "changed_figures", "coverage")
NUMBERS = ("capture_id", "finding_id", "doubt_id", "seq")
"""Columns that hang on which site was quicker."""


class World:
    """The sites, who dies on them, and two nights that nothing disturbed."""

    def __init__(self, folder: Path, server: SmallSites, victims: NightVictims) -> None:
        self._folder = folder
        self.server = server
        self._victims = victims
        self.before: dict[int, Path] = {}
        self.after: dict[int, dict[str, Any]] = {}
        home = self.home("undisturbed")
        for day in (1, 2):
            self.before[day] = folder / f"before-{day}"
            shutil.copytree(home, self.before[day])
            server.begin(day)
            assert self.night(home).state == "done"
            self.after[day] = outcome(home)

    def home(self, name: str, day: int = 1) -> Path:
        """A new home, as it is before the night of that day."""
        home = self._folder / name
        if day in self.before:
            shutil.copytree(self.before[day], home)
        else:
            empty_database(home).close()
        return home

    def night(self, home: Path, point: Point | None = None, fault: str = "kill", minutes: float = 0) -> End:
        order = Order(str(home), self.server.profiles, self.server.proxy, point, fault, minutes)
        return self._victims.night(order)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, databases: None) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("killed")
    with SmallSites(folder / "sites") as server, NightVictims() as victims:
        yield World(folder, server, victims)


def outcome(home: Path) -> dict[str, Any]:
    """What a home knows and hands out, but for when it learnt it, in which order, and how often it asked."""
    ((state, summary),) = rows(home, "SELECT state, summary FROM runs ORDER BY id DESC LIMIT 1")
    told = json.loads(summary)
    return {
        "state": state,
        "summary": {name: told[name] for name in ("reports_read", "figures", "changes", "sites")},
        "runs": rows(home, "SELECT id, kind, state FROM runs ORDER BY id"),
        "reports": rows(home, "SELECT url, id, year, presence FROM reports ORDER BY url"),
        "versions": rows(home, "SELECT report_id, number, cause, content_hash FROM versions ORDER BY 1, 2"),
        "changes": sorted(rows(home, "SELECT run_id, kind, cause, report_id, note FROM changes"), key=str),
        "sequence": rows(home, "SELECT seq FROM changes ORDER BY seq"),
        "sightings": rows(
            home, "SELECT run_id, report_url, source_url, part FROM sightings ORDER BY 1, 2, 3"
        ),
        "exported": {name: exported(home / "export" / f"{name}.csv") for name in EXPORTED},
        "files": sorted(path.name for path in (home / "export").iterdir()),
    }


def exported(table: Path) -> list[list[tuple[str, str]]]:
    with table.open(encoding="utf-8-sig", newline="") as file:
        lines = [[(name, value) for name, value in row.items() if name not in NUMBERS]
                 for row in csv.DictReader(file)]  # fmt: skip
    return sorted(lines)


def acknowledged(home: Path) -> set[str]:
    return set((home / TOLD).read_text().split()) if (home / TOLD).exists() else set()


def check_salvaged_copy(home: Path, scratch: Path) -> None:
    """What the next start makes of what the kill left: all that was told is there, every file is whole."""
    shutil.copytree(home, scratch, ignore=shutil.ignore_patterns("export", "logs"))
    database = Database(url_of(scratch), create=False)
    salvage(scratch / "archive", database)
    database.close()
    if any((scratch / "archive").glob("*.warc.gz")):
        assert_whole(scratch)
    assert acknowledged(home) <= {capture.url for capture in captures(scratch)}
    assert not [*(scratch / "archive").glob("*.open")]
    shutil.rmtree(scratch)


class Life:
    """What one home goes through: what was told to it stays so, and is not asked for again."""

    def __init__(self, world: World, home: Path, day: int) -> None:
        self._world, self.home = world, home
        self._rows = {one.id: (one.url, one.payload_sha256, one.record_id) for one in captures(home)}
        self._asked: set[str] = set()
        (home / TOLD).unlink(missing_ok=True)
        world.server.begin(day)

    def night(self, point: Point | None = None, fault: str = "kill", minutes: float = 0) -> End:
        told = acknowledged(self.home)
        before = len(self._world.server.hits)
        end = self._world.night(self.home, point, fault, minutes)
        asked = self._world.server.hits[before:]
        assert len(asked) == len(set(asked))
        assert not told & set(asked), "what was acknowledged was asked for again"
        assert len(self._asked & set(asked)) <= len(HOSTS), "more than what was under way"
        self._asked |= set(asked)
        rows_now = {one.id: (one.url, one.payload_sha256, one.record_id) for one in captures(self.home)}
        assert self._rows.items() <= rows_now.items()
        self._rows = rows_now
        check_salvaged_copy(self.home, self.home.with_name(f"{self.home.name}-salvaged"))
        return end

    def complete(self, day: int, minutes: float = 0) -> None:
        """The next night, which is let live, knows what an undisturbed one does."""
        end = self.night(minutes=minutes)
        assert (end.code, end.state, end.error) == (0, "done", "")
        assert outcome(self.home) == self._world.after[day]
        assert not [*(self.home / "archive").glob("*.open")]


def test_kills_are_many_and_spread() -> None:
    points = [point for chain in FIRST_NIGHT.values() for point in chain]
    assert KILLS >= 50
    assert {phase for phase, _, _ in points} >= {"begin", "crawl", "read", "record", "export", "verify"}


@pytest.mark.parametrize("chain", FIRST_NIGHT.values(), ids=FIRST_NIGHT)
def test_a_first_night_killed_and_killed_again(world: World, chain: list[Point]) -> None:
    _kill_and_complete(world, chain, 1)


@pytest.mark.parametrize("chain", SECOND_NIGHT.values(), ids=SECOND_NIGHT)
def test_a_second_night_killed_and_killed_again(world: World, chain: list[Point]) -> None:
    _kill_and_complete(world, chain, 2)


def _kill_and_complete(world: World, chain: list[Point], day: int) -> None:
    life = Life(world, world.home(f"{day}-{'-'.join(map(str, chain[0]))}", day), day)
    for point in chain:
        assert life.night(point).code == -signal.SIGKILL, f"{point} was not reached"
    life.complete(day)


REFUSALS: list[tuple[str, Point]] = [
    ("ENOSPC", ("crawl", "before append", 1)),
    ("ENOSPC", ("crawl", "inside append", 5)),
    ("EIO", ("crawl", "before fdatasync", 1)),
    ("EIO", ("crawl", "before fdatasync", 6)),
    ("EIO", ("crawl", "before fsync", 1)),
    ("EIO", ("crawl", "before fsync", 5)),
    ("ENOSPC", ("crawl", "before rename", 2)),
    ("ENOSPC", ("export", "before replace", 3)),
    ("EIO", ("export", "before fsync", 2)),
]


@pytest.mark.parametrize(("fault", "point"), REFUSALS, ids=str)
def test_a_disk_that_refuses_once(world: World, fault: str, point: Point) -> None:
    """Once, and never again: a kernel tells of a failed write-back to the first who asks only."""
    life = Life(world, world.home(f"refused-{point}"), 1)
    end = life.night(point, fault)
    assert end.code == 0
    assert end.error.startswith(f"CannotWrite: cannot write {life.home}")
    assert os.strerror(getattr(errno, fault)) in end.error
    assert rows(life.home, "SELECT state FROM runs") == [("interrupted",)]
    life.complete(1)


def test_a_clock_that_is_set_back(world: World) -> None:
    """While a night is cut and completed, and again before the second one."""
    life = Life(world, world.home("clock"), 1)
    assert life.night(("crawl", "inside append", 6)).code == -signal.SIGKILL
    assert life.night(("crawl", "before rename", 1), minutes=-90).code == -signal.SIGKILL
    life.complete(1, minutes=-180)
    names = {path.name for path in (life.home / "archive").iterdir()}
    second = Life(world, life.home, 2)
    assert second.night(("read", "before commit", 1), minutes=-2 * 1440).code == -signal.SIGKILL
    second.complete(2, minutes=-2 * 1440 - 30)
    assert names < {path.name for path in (life.home / "archive").iterdir()}
