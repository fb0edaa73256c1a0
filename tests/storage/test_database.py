"""The database: its guarantees, its schema, and one line for everything that cannot be used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, delete, inspect, select, text

from errors import CannotRead, CannotWrite, DatabaseError, NianbaoError, NoHome, SchemaTooNew
from storage.database import Database
from storage.models import Capture, FigureRow, Run, Segment, Site
from tests.databases import empty_database, url_of
from tests.postgresql import PASSWORD
from tests.storage.dataset_rows import Rows

NOON = datetime(2026, 11, 22, 4, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path, databases: None) -> Iterator[Database]:
    made = empty_database(tmp_path)
    yield made
    made.close()


def a_run(**differing: Any) -> Run:
    return Run(
        **{"kind": "night", "state": "running", "started_at": NOON, "sites": [], "summary": {}} | differing
    )


@pytest.mark.sqlite("its own settings")
def test_sqlite_is_set_up_to_lose_nothing(database: Database) -> None:
    def ask(pragma: str) -> list[object]:
        answers = []
        for opened in (database.read, database.write):
            with opened() as session:
                answers.append(session.scalar(text(f"PRAGMA {pragma}")))
        return answers

    assert ask("journal_mode") == ["wal", "wal"]
    assert ask("synchronous") == [2, 2], "2 is FULL"
    assert ask("foreign_keys") == [1, 1]
    assert ask("busy_timeout") == [60_000, 60_000]


def test_a_write_is_whole_or_not_at_all(database: Database) -> None:
    def fail() -> None:
        with database.write() as session:
            session.add(a_run())
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.write() as session:
        session.add(a_run(kind="crawl"))
    with database.read() as session:
        assert [run.kind for run in session.scalars(select(Run))] == ["crawl"]


def test_a_reader_sees_one_moment_and_never_waits(database: Database) -> None:
    with database.read() as reading:
        assert reading.scalars(select(Run)).all() == []
        with database.write() as writing:
            writing.add(a_run())
        assert reading.scalars(select(Run)).all() == []
    with database.read() as reading:
        assert len(reading.scalars(select(Run)).all()) == 1
    with database.write() as writing:
        writing.add(a_run())
        writing.flush()
        with database.read() as reading:
            assert len(reading.scalars(select(Run)).all()) == 1


def test_a_second_writer_waits_its_turn(database: Database) -> None:
    order = []
    other = Database(database.url.render_as_string(hide_password=False))

    def second() -> None:
        with other.write() as session:
            order.append(f"second sees {len(session.scalars(select(Run.id)).all())}")

    with database.write() as session:
        session.scalars(select(Run.id)).all()
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        session.add(a_run())
        order.append("first ends")
    thread.join()
    other.close()
    assert order == ["first ends", "second sees 1"]


def test_two_processes_count_together(tmp_path: Path, database: Database) -> None:
    """Each reads a number and writes the next: without the lock at the begin, steps would be lost."""
    with database.write() as session:
        session.add(Site(domain="0", name="counter"))
    script = (
        "import sys; from sqlalchemy import select; from storage.database import Database\n"
        "from storage.models import Site\n"
        "database = Database(sys.argv[1])\n"
        "for _ in range(60):\n"
        "    with database.write() as session:\n"
        "        site = session.scalars(select(Site)).one(); site.name = str(site.name) + '.'\n"
        "database.close()"
    )
    command = [sys.executable, "-c", script, url_of(tmp_path)]
    children = [subprocess.Popen(command) for _ in range(2)]
    assert [child.wait() for child in children] == [0, 0]
    with database.read() as session:
        assert session.scalars(select(Site.name)).one() == "counter" + 120 * "."


def test_several_processes_make_one_new_home(tmp_path: Path, databases: None) -> None:
    script = (
        "import sys; from storage.database import Database\n"
        "sys.stdin.readline(); Database(sys.argv[1]).close()"
    )
    command = [sys.executable, "-c", script, url_of(tmp_path / "new")]
    children = [subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    for child in children:
        assert child.stdin is not None
        child.stdin.write(b"\n")
        child.stdin.flush()
    assert [child.communicate()[1] for child in children] == [b""] * 3
    Database(url_of(tmp_path / "new"), create=False).close()


def test_foreign_keys_are_enforced(database: Database) -> None:
    with pytest.raises(DatabaseError, match=r"(?i)foreign key constraint"), database.write() as session:
        session.add(Segment(name="s", state="open", created_at=NOON))
        Rows(session).capture("https://a/", run_id=99)
    with database.write() as session:
        Rows(session).capture("https://a/")
    with pytest.raises(DatabaseError, match=r"(?i)foreign key"), database.write() as session:
        session.execute(delete(Segment))
    with database.read() as session:
        assert len(session.scalars(select(Capture)).all()) == 1


def test_times_are_utc_and_aware(database: Database) -> None:
    beijing = NOON.astimezone(timezone(timedelta(hours=8)))
    with database.write() as session:
        session.add(a_run(started_at=beijing))
    with database.read() as session:
        run = session.scalars(select(Run).where(Run.started_at == beijing)).one()
        assert run.started_at == NOON
        assert run.started_at.isoformat() == "2026-11-22T04:00:00.123456+00:00"
        assert run.ended_at is None
        assert session.scalars(select(Run).where(Run.started_at > beijing)).all() == []


def test_a_time_without_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 11, 22)  # noqa: DTZ001 - what is tested
    refused = pytest.raises(DatabaseError, match="a time without time zone cannot be stored")
    with refused, database.write() as session:
        session.add(a_run(started_at=naive))
    with database.read() as session:
        assert session.scalars(select(Run)).all() == []


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("314.4765", "314.4765"),
        ("0", "0"),
        ("-18", "-18"),
        ("10.00", "10.00"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("0.000000000000000000000000000001", "0.000000000000000000000000000001"),
        ("1E+3", "1000"),
        ("1E-7", "0.0000001"),
    ],
)
def test_numbers_keep_their_digits(database: Database, number: str, digits: str) -> None:
    with database.write() as session:
        report = Rows(session).report("r", "某市公安局", 2022)
        version = report.versions[0]
        session.add(
            FigureRow(version_id=version.id, key="k", value=Decimal(number), printed=number, locator={})
        )
    with database.read() as session:
        value = session.scalars(select(FigureRow.value)).one()
        stored = session.scalar(text("SELECT value || '' FROM figures"))
    assert value is not None
    assert format(value, "f") == stored == digits
    assert value == Decimal(number)


def test_a_blank_is_not_zero(database: Database) -> None:
    with database.write() as session:
        report = Rows(session).report("r", "某市公安局", 2022)
        session.add(FigureRow(version_id=report.versions[0].id, key="k", value=None, printed="", locator={}))
    with database.read() as session:
        assert session.scalars(select(FigureRow.value)).one() is None


def test_opening_again_changes_nothing(tmp_path: Path, database: Database) -> None:
    with database.write() as session:
        session.add(a_run())
    again = Database(url_of(tmp_path), create=False)
    with again.read() as session:
        assert session.scalars(select(Run.id)).all() == [1]
    again.close()


def test_a_database_of_a_newer_nianbao(tmp_path: Path, database: Database) -> None:
    shown = url_of(tmp_path).replace(PASSWORD, "***")
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew) as caught:
        Database(url_of(tmp_path))
    assert caught.value.message() == (
        f"the database {shown} was made by a newer Nianbao (schema 9999); update Nianbao"
    )


@pytest.mark.sqlite("a file that is not there")
def test_an_empty_home_is_not_made_by_looking(tmp_path: Path, databases: None) -> None:
    home = tmp_path / "home"
    with pytest.raises(NoHome) as caught:
        Database(url_of(home), create=False)
    assert str(home) in caught.value.message()
    assert not home.exists()
    home.mkdir()
    with pytest.raises(NoHome):
        Database(url_of(home), create=False)
    assert list(home.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("sqlite:///{tmp}/no-database", "file is not a database"),
        ("sqlite:///{tmp}", "unable to open database file"),
        ("sqlite:///{tmp}/no-database/home/nianbao.sqlite", "Not a directory"),
        ("sqlite://", "it names no file"),
        ("sqlite:///:memory:", "it names no file"),
        ("nosuch:///x", "nosuch is neither sqlite nor postgresql"),
        ("nianbao.sqlite", "Could not parse SQLAlchemy URL"),
        ("", "Could not parse SQLAlchemy URL"),
        ("postgresql//me:secret@host/db", "Could not parse SQLAlchemy URL"),
        ("postgresql+psycopg://me:secret@host:port/db", "invalid literal for int"),
        ("postgresql://me:top@secret@host/db", "an @ in the password is written %40"),
        ("postgresql:///db?password=secret&host=/nowhere", r"No such file or directory"),
        ("postgresql+asyncpg://me:secret@host/db", "neither sqlite nor postgresql"),
        ("mysql://me:secret@host/db", "mysql is neither sqlite nor postgresql"),
        ("sqlite:////proc/1/nothing/here/nianbao.sqlite", "No such file or directory|Permission denied"),
    ],
)
@pytest.mark.parametrize("create", [True, False])
def test_what_cannot_be_used_is_one_line(tmp_path: Path, url: str, problem: str, create: bool) -> None:
    (tmp_path / "no-database").write_text("just some text, longer than the header of a database file\n" * 9)
    with pytest.raises(NianbaoError, match=problem if create else None) as caught:
        Database(url.format(tmp=tmp_path), create=create)
    assert isinstance(caught.value, DatabaseError | CannotWrite | CannotRead | NoHome)
    assert create is False or not isinstance(caught.value, NoHome)
    line = caught.value.message()
    assert "\n" not in line
    assert "Background on this error" not in line
    assert "secret" not in line
    assert (tmp_path / "no-database").read_text().startswith("just some text")


def test_a_broken_statement_is_one_line_without_its_parameters(database: Database) -> None:
    with pytest.raises(DatabaseError) as caught, database.write() as session:
        session.execute(text("SELECT b FROM nowhere WHERE a = :a"), {"a": "private"})
    assert caught.value.message() == (
        f"the database {database.url.render_as_string()} cannot be used: "
        + ("no such table: nowhere" if database.is_sqlite else 'relation "nowhere" does not exist')
    )


@pytest.fixture
def read_only_mount(tmp_path: Path, databases: None) -> Iterator[Path]:
    """A file system with a home of one run in it, then mounted read-only."""
    folder = tmp_path / "disk 100% #1"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.getuid() or shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("a file system can only be mounted by root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def remount(folder: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)


@pytest.mark.sqlite("its file")
def test_a_read_only_mount_can_be_read(read_only_mount: Path) -> None:
    made = Database(url_of(read_only_mount))
    with made.write() as session:
        session.add(a_run())
    made.close()
    remount(read_only_mount)
    database = Database(url_of(read_only_mount), create=False)
    with database.read() as session:
        assert session.scalars(select(Run.started_at)).all() == [NOON]
    refused = pytest.raises(DatabaseError, match="attempt to write a readonly database")
    with refused, database.write() as session:
        session.add(a_run())
    database.close()


@pytest.mark.sqlite("its file")
def test_a_read_only_mount_of_a_home_that_was_killed(read_only_mount: Path) -> None:
    script = (
        "import os, sys; from storage.database import Database\n"
        "from tests.storage.test_database import a_run\n"
        "with Database(sys.argv[1]).write() as session: session.add(a_run())\n"
        "os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", script, url_of(read_only_mount)], check=False)
    assert (read_only_mount / "nianbao.sqlite-wal").stat().st_size > 0
    remount(read_only_mount)
    try:
        database = Database(url_of(read_only_mount), create=False)
    except DatabaseError as error:
        assert "\n" not in error.message()
        return
    with database.read() as session:
        assert session.scalars(select(Run.started_at)).all() == [NOON]
    database.close()


@pytest.mark.sqlite("its file")
def test_a_folder_of_another_user_can_be_read(tmp_path: Path, databases: None) -> None:
    Database(url_of(tmp_path)).close()
    script = (
        "import os, sqlite3, sys; from sqlalchemy import text\n"
        "from sqlalchemy.dialects.sqlite import pysqlite\n"
        "from storage.database import Database\n"
        "if not os.getuid(): os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "database = Database(sys.argv[1], create=False)\n"
        "with database.read() as session: print(session.scalar(text('SELECT count(*) FROM runs')))\n"
        "database.close()"
    )
    if not os.getuid():
        # Nobody must be able to walk down to it; as root, folders of tests are closed to others.
        for parent in takewhile(lambda folder: "pytest" in str(folder), (tmp_path, *tmp_path.parents)):
            parent.chmod(0o755)
    (tmp_path / "nianbao.sqlite").chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        command = [sys.executable, "-c", script, url_of(tmp_path)]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        tmp_path.chmod(0o755)
    assert (told.stdout, told.stderr) == ("0\n", "")


@pytest.mark.sqlite("its file")
def test_a_damaged_database_is_one_line(tmp_path: Path, databases: None) -> None:
    Database(url_of(tmp_path)).close()
    path = tmp_path / "nianbao.sqlite"
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 9000)
    with pytest.raises(DatabaseError, match=r"malformed|not a database"):
        Database(url_of(tmp_path))


def test_a_database_of_something_else_is_left_as_it_is(tmp_path: Path, databases: None) -> None:
    engine = create_engine(url_of(tmp_path))
    with engine.begin() as other:
        other.execute(text("CREATE TABLE runs (what TEXT)"))
    with pytest.raises(DatabaseError, match=r"table runs already exists|relation \"runs\" already exists"):
        Database(url_of(tmp_path))
    with engine.connect() as other:
        assert inspect(other).get_table_names() == ["runs"]
    engine.dispose()
