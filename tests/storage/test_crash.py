"""A writer, or a salvager, killed at each of its calls: what was acknowledged is there and can be read."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.archive import read_payload
from storage.models import Capture, Segment
from storage.salvage import salvage
from tests.databases import copy_home
from tests.storage.exchanges import Home
from tests.storage.readers import by_fastwarc, by_warcio
from tests.storage.victims import GROUP, GROUPS, Victims, body

WRITER_KILLS = 56
SALVAGER_KILLS = 12


@pytest.fixture(scope="module")
def victims(databases: None) -> Iterator[Victims]:
    with Victims() as running:
        yield running


def acknowledged(folder: Path) -> dict[int, int]:
    """Capture id and page number of all that the writer was told is kept."""
    told = folder / "told"
    lines = [line.split() for line in told.read_text().splitlines()] if told.exists() else []
    return {int(capture): int(n) for capture, n, _ in lines}


def synced(folder: Path) -> int:
    """How many bytes of the open segment were on disk when the writer was last told."""
    last = (folder / "told").read_text().split() if (folder / "told").exists() else []
    return int(last[-1]) if last else 0


def check(home: Home, told: dict[int, int]) -> None:
    """Nothing that was told is lost, every row can be read, every segment is read to its end by both."""
    with home.database.read() as session:
        rows = {row.id: row for row in session.scalars(select(Capture))}
        assert told.keys() <= rows.keys()
        assert len(rows) <= len(told) + GROUP, "more than what was under way"
        for row in rows.values():
            n = int(row.url.partition("?")[2])
            assert told.get(row.id, n) == n
            assert read_payload(home.folder, row) == body(n)
        assert set(session.scalars(select(Segment.state))) <= {"sealed"}
        sealed = {f"{name}.warc.gz" for name in session.scalars(select(Segment.name))}
    records = 0
    for path in home.folder.glob("*.warc.gz"):
        types = [record.type for record in by_warcio(path)]
        assert types == [record.type for record in by_fastwarc(path)]
        records += types.count("metadata")
    assert records == len(rows)
    assert {path.name for path in home.folder.glob("*.warc.gz*") if path.suffix != ".torn"} == sealed
    assert salvage(home.folder, home.database) == []


def put_in_order_and_check(folder: Path, told: dict[int, int]) -> None:
    home = Home(folder)
    salvage(home.folder, home.database)
    check(home, told)
    home.database.close()
    shutil.rmtree(folder)


@pytest.mark.timeout(400)
def test_a_writer_killed_at_its_calls(tmp_path: Path, victims: Victims) -> None:
    points = victims.run(_folder(tmp_path, "whole"), "write", 0)
    told = acknowledged(tmp_path / "whole")
    assert sorted(told.values()) == list(range(GROUP * GROUPS))
    put_in_order_and_check(tmp_path / "whole", told)
    assert points > WRITER_KILLS
    reached = set()
    for kill in range(WRITER_KILLS):
        folder = _folder(tmp_path, f"home{kill}")
        victims.run(folder, "write", 1 + kill * points // WRITER_KILLS)
        told = acknowledged(folder)
        reached.add(len(told))
        put_in_order_and_check(folder, told)
    assert len(reached) >= GROUPS, "the kills are spread over the whole of the work"


@pytest.mark.parametrize("loss", ["cut", "zeros", "noise"])
def test_a_power_cut_leaves_what_was_synced(tmp_path: Path, victims: Victims, loss: str) -> None:
    """What the disk had not been told to keep may be gone in part, or zeros, or what was there before."""
    noise = random.Random(loss)
    torn = 0
    for point in range(28, 84, 7):
        folder = _folder(tmp_path, f"home{point}")
        victims.run(folder, "write", point)
        told, kept = acknowledged(folder), synced(folder)
        for path in (folder / "archive").glob("*.open"):
            octets = path.read_bytes()
            if not 0 < kept < len(octets):
                continue
            at = noise.randrange(kept, len(octets))
            torn += 1
            lost = {"cut": b"", "zeros": bytes(len(octets) - at), "noise": noise.randbytes(len(octets) - at)}
            home = Home(folder)
            with home.database.read() as session:
                indexed = set(session.scalars(select(Capture.id)))
            home.database.close()
            if indexed == told.keys():  # with a row, the records were synced before
                path.write_bytes(octets[:at] + lost[loss])
        put_in_order_and_check(folder, told)
    assert torn >= 2


def test_a_salvager_killed_at_its_calls(tmp_path: Path, victims: Victims) -> None:
    """The start after a crash may itself be cut."""
    crashed = _folder(tmp_path, "crashed")
    victims.run(crashed, "write", 60)
    told = acknowledged(crashed)
    with next((crashed / "archive").glob("*.open")).open("ab") as open_segment:
        open_segment.write(b"\x1f\x8b\x08torn" + bytes(900))
    whole = tmp_path / "whole"
    copy_home(crashed, whole)
    points = victims.run(whole, "salvage", 0)
    assert points >= SALVAGER_KILLS
    (torn,) = (whole / "archive").glob("*.torn")
    assert torn.read_bytes().endswith(bytes(900))
    for kill in range(SALVAGER_KILLS):
        folder = tmp_path / f"home{kill}"
        copy_home(crashed, folder)
        victims.run(folder, "salvage", 1 + kill * points // SALVAGER_KILLS)
        put_in_order_and_check(folder, told)


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder
