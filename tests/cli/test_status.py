"""`nianbao status`, `nianbao sites`: damage that was found, runs that were cut, imports as no visits."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from storage.database import Database
from storage.models import Run
from tests.cli.conftest import DAY_2, SITE, URL_2021
from tests.cli.console import nianbao_here
from tests.databases import copy_home, url_of


@pytest.fixture
def kept(home: Path, tmp_path: Path) -> Path:
    """A home of the test's own."""
    return copy_home(home, tmp_path / "home")


def _add_run(home: Path, **fields: object) -> None:
    database = Database(url_of(home))
    with database.write() as session:
        session.add(Run(**{"sites": [SITE], "started_at": DAY_2, "summary": {}} | fields))
    database.close()


def test_damage_is_told_until_it_is_repaired(kept: Path, home: Path) -> None:
    first = min((kept / "archive").glob("*.warc.gz"))
    octets = bytearray(first.read_bytes())
    octets[len(octets) * 4 // 5] ^= 1
    first.write_bytes(octets)
    assert nianbao_here("status", "--json", home=kept).json["damage"] == []

    assert nianbao_here("verify", home=kept).code == 4
    (told,) = nianbao_here("status", "--json", home=kept).json["damage"]
    assert (told["segment"], told["captures"]) == (first.name.removesuffix(".warc.gz"), 1)
    assert {one["url"] for one in told["damages"]} == {None, URL_2021}
    assert nianbao_here("verify", home=kept).code == 4
    (again,) = nianbao_here("status", "--json", home=kept).json["damage"]
    assert again["found_at"] == told["found_at"]
    assert abs((datetime.fromisoformat(told["found_at"]) - datetime.now().astimezone()).total_seconds()) < 60

    heading, _, row, *_ = nianbao_here("status", home=kept).out.splitlines()
    assert heading == (
        "DAMAGED segments: 1, captures concerned: 1; "
        "`nianbao verify --repair-from DIR` restores them from copies"
    )
    assert row.split("\t")[0] == told["segment"]
    assert row.split("\t")[2:] == ["1", "the file, record"]
    assert "归档文件损坏：1" in nianbao_here("status", home=kept, NIANBAO_LANG="zh").out

    assert nianbao_here("verify", "--repair-from", str(home / "archive"), home=kept).code == 0
    assert nianbao_here("status", "--json", home=kept).json["damage"] == []
    assert "DAMAGED" not in nianbao_here("status", home=kept).out


def test_a_file_that_nobody_knows_is_told_as_long_as_it_is_there(kept: Path) -> None:
    stray = kept / "archive" / "stray.warc.gz"
    stray.write_bytes(b"")
    assert nianbao_here("verify", home=kept).code == 4
    (told,) = nianbao_here("status", "--json", home=kept).json["damage"]
    assert (told["segment"], told["captures"], told["damages"][0]["kind"]) == ("stray", 0, "stray")
    stray.unlink()
    assert nianbao_here("status", "--json", home=kept).json["damage"] == []


def test_a_run_is_counted_by_what_the_index_has_of_it(kept: Path) -> None:
    database = Database(url_of(kept))
    with database.write() as session:
        cut, completed = session.get_one(Run, 1), session.get_one(Run, 2)
        cut.state, cut.summary, cut.ended_at = "running", {}, None
        completed.summary = completed.summary | {"captures": 1}
    database.close()
    runs = nianbao_here("status", "--json", home=kept).json["runs"]
    counted = [(run["run"], run["state"], run["captures"], run["blocked"], run["failed"]) for run in runs]
    assert counted == [(2, "done", 2, 1, 0), (1, "interrupted", 2, 0, 0)]
    rows = nianbao_here("status", home=kept).rows
    assert [row[5:] for row in rows if row[:2] in (["1", "night"], ["2", "night"])] == [
        ["2", "1", "0", "1"],
        ["2", "0", "0", ""],
    ]


def test_what_broke_in_the_night_stands_until_the_next_one(kept: Path) -> None:
    before = nianbao_here("status", "--json", home=kept).json["trouble"]
    assert "blocked" in {one["kind"] for one in before}
    _add_run(kept, id=3, kind="reparse", state="done")
    assert nianbao_here("status", "--json", home=kept).json["trouble"] == before
    _add_run(kept, id=4, kind="night", state="done")
    assert nianbao_here("status", "--json", home=kept).json["trouble"] == []


def test_an_import_is_no_visit(kept: Path) -> None:
    other = "www.wuzhong.gov.cn"
    _add_run(kept, id=3, kind="import", state="done", sites=[SITE, other], summary={"sites": {other: "ok"}})
    told = {site["domain"]: site for site in nianbao_here("sites", "--json", home=kept).json}
    assert told[SITE]["last_run"] == 2
    assert (told[other]["last_run"], told[other]["last_visit"], told[other]["last_outcome"]) == (None,) * 3
