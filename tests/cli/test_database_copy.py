"""`nianbao db copy`: an installation on another database says what it said before."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

from storage.database import Database
from storage.home import NIGHT_LOCK, hold
from storage.models import Agency, Base, Capture, ReportRow, Run
from tests.cli.conftest import DAY_1, ID_2022, SITE, URL_2022
from tests.cli.console import Outcome, environment, is_one_line, nianbao_here
from tests.databases import copy_home, on_postgresql, url_of

ASKED = (
    ("reports", "--json"), ("versions", URL_2022, "--json"), ("changes", "--json"), ("status", "--json"),
    ("report", ID_2022, "--json"), ("show", ID_2022, "--as-of", "2024-01-31", "--json"),
)  # fmt: skip


@pytest.fixture
def kept(home: Path, tmp_path: Path) -> Path:
    """A home of the test's own."""
    return copy_home(home, tmp_path / "home")


def copied(home: Path, source: str, target: str) -> Outcome:
    return nianbao_here("db", "copy", source, target, "--json", home=home)


def file_url(path: Path) -> str:
    return f"sqlite:///{path}"


def said(home: Path, url: str, folder: Path) -> list[Any]:
    """All that people and programs get out of an installation, on that database."""
    setting = {"NIANBAO_DATABASE_URL": url}
    told = [nianbao_here(*arguments, home=home, **setting) for arguments in ASKED]
    exported = nianbao_here("export", str(folder), home=home, **setting)
    assert [(one.code, one.complaint) for one in told] == [(0, "")] * len(ASKED)
    assert exported.code == 0
    files = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix != ".parquet"
    }
    assert len(files) > 15
    return [*(one.octets for one in told), files]


def rows(url: str) -> dict[str, int]:
    database = Database(url)
    with database.connection() as connection:
        counts = {
            name: select(func.count()).select_from(table) for name, table in Base.metadata.tables.items()
        }
        found = {name: connection.scalar(count) or 0 for name, count in counts.items()}
    database.close()
    return found


def test_it_says_the_same_on_the_new_database(kept: Path, tmp_path: Path) -> None:
    """From this one into a file, from there into one of this kind again; also of what no organ is known."""
    database = Database(url_of(kept))
    with database.write() as session:
        seen = {"first_seen": DAY_1, "last_seen": DAY_1, "presence": "gone"}
        session.add(ReportRow(id="nobody", site=SITE, url=f"http://{SITE}/nobody.html", **seen))
    database.close()
    file, again = file_url(tmp_path / "new" / "file.sqlite"), url_of(tmp_path / "again")
    before = said(kept, url_of(kept), tmp_path / "a")
    first, second = copied(kept, url_of(kept), file), copied(kept, file, again)
    assert (first.code, first.complaint, second.code, second.complaint) == (0, "", 0, "")
    assert first.json == second.json
    assert {one["name"]: one["rows"] for one in first.json} == rows(url_of(kept))
    assert sum(one["rows"] for one in first.json) > 30
    assert said(kept, file, tmp_path / "b") == before
    assert said(kept, again, tmp_path / "c") == before


def test_the_old_database_is_only_read(kept: Path, tmp_path: Path) -> None:
    file = tmp_path / "old" / "file.sqlite"
    assert copied(kept, url_of(kept), file_url(file)).code == 0
    before = file.read_bytes()
    assert copied(kept, file_url(file), file_url(tmp_path / "file.sqlite")).code == 0
    assert file.read_bytes() == before


def test_numbers_go_on_where_they_were(kept: Path, tmp_path: Path) -> None:
    target = url_of(tmp_path / "new")
    assert copied(kept, url_of(kept), target).code == 0
    database = Database(target)
    with database.write() as session:
        last = session.scalars(select(Run.id).order_by(Run.id.desc())).first()
        started = session.get_one(Run, last).started_at
        run = Run(kind="night", state="done", started_at=started, sites=[], summary={})
        agency = Agency(site=session.scalars(select(Capture.site)).first(), name="某某局")
        session.add_all([run, agency])
        session.flush()
        assert (run.id, agency.id) == ((last or 0) + 1, 2)
    database.close()


def test_for_people(kept: Path, tmp_path: Path) -> None:
    done = nianbao_here("db", "copy", url_of(kept), file_url(tmp_path / "x.sqlite"), home=kept)
    assert done.rows[0] == ["table", "rows", "sha256"]
    assert ["captures", "4"] in [row[:2] for row in done.rows]
    assert done.rows[-1][0].startswith("Copied, read back and found the same.")


def refused(done: Outcome, code: int, *words: str) -> None:
    assert (done.code, done.octets) == (code, b"")
    assert is_one_line(done.complaint)
    for word in words:
        assert word in done.complaint


def test_what_has_something_in_it_is_not_copied_to(kept: Path, tmp_path: Path) -> None:
    refused(copied(kept, url_of(kept), url_of(kept)), 2, "is not empty (readings: 3 rows)")
    file = file_url(tmp_path / "file.sqlite")
    assert copied(kept, url_of(kept), file).code == 0
    before = rows(file)
    refused(copied(kept, url_of(kept), file), 2, "is not empty", "file.sqlite")
    assert rows(file) == before


@pytest.mark.parametrize("side", ["source", "target"])
@pytest.mark.parametrize("words", ["older Nianbao (schema 0000)", "newer Nianbao (schema 9999)"])
def test_another_schema_is_refused(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: str, words: str
) -> None:
    from storage import database as room

    migrations = tmp_path / "migrations"
    (migrations / "versions").mkdir(parents=True)
    for name in ("0000_none", "0001_the_first_tables"):
        (migrations / "versions" / f"{name}.py").touch()
    revision = words[-5:-1]
    target = url_of(tmp_path / "new")
    Database(target).close()
    changed = Database(url_of(kept) if side == "source" else target)
    with changed.write() as session:
        session.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
    monkeypatch.setattr(room, "MIGRATIONS", migrations)
    refused(copied(kept, url_of(kept), target), 4, words)
    with changed.connection() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == revision
    changed.close()


def test_a_source_that_is_not_there(kept: Path, tmp_path: Path) -> None:
    refused(
        copied(kept, file_url(tmp_path / "no.sqlite"), file_url(tmp_path / "x.sqlite")), 3, "no.sqlite yet;"
    )
    assert not (tmp_path / "no.sqlite").exists()
    assert not (tmp_path / "x.sqlite").exists()


def test_nothing_is_copied_while_a_night_writes(kept: Path, tmp_path: Path) -> None:
    with hold(kept, NIGHT_LOCK, url_of(kept)):
        refused(copied(kept, url_of(kept), file_url(tmp_path / "x.sqlite")), 4, "another Nianbao is writing")


KILLED = """
import os, signal, sys
from pathlib import Path
from storage import database_copy

whole = database_copy._copy

def cut(here, there, table, advance):
    done = whole(here, there, table, advance)
    if table.name == "figures":
        os.kill(os.getpid(), signal.SIGKILL)
    return done

database_copy._copy = cut
database_copy.copy(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
"""


def test_a_copy_that_was_killed_left_nothing(kept: Path, tmp_path: Path) -> None:
    target = url_of(tmp_path / "new")
    command = [sys.executable, "-c", KILLED, url_of(kept), target, str(kept)]
    done = subprocess.run(command, env=environment(kept), cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == -signal.SIGKILL
    assert set(rows(target).values()) == {0}
    assert copied(kept, url_of(kept), target).code == 0


def test_a_row_that_comes_out_otherwise_is_noticed(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here by a trigger; it may be a driver or a server with a defect."""
    target = url_of(tmp_path / "new")
    database = Database(target)
    with database.write() as session:
        if on_postgresql():
            body = "BEGIN NEW.printed = ''0''; RETURN NEW; END"
            session.execute(text(f"CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS '{body}'"))
            spoils = "BEFORE INSERT ON figures FOR EACH ROW EXECUTE FUNCTION spoil()"
        else:
            change = "UPDATE figures SET printed = '0' WHERE id = NEW.id"
            spoils = f"AFTER INSERT ON figures BEGIN {change}; END"
        session.execute(text(f"CREATE TRIGGER spoil {spoils}"))
    refused(copied(kept, url_of(kept), target), 4, "table figures came out otherwise", "nothing was copied")
    assert set(rows(target).values()) == {0}
    database.close()


def test_an_unknown_action(kept: Path) -> None:
    refused(nianbao_here("db", "move", "a", "b", home=kept), 2, "no `db move`", "nianbao db --help")
