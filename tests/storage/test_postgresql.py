"""What only a server has: logins, databases that are not there, other machines, connections that break."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import URL, make_url

from errors import DatabaseBusy, DatabaseError, EmptyDatabase, HomeBusy
from storage.database import Database
from storage.home import FIXITY_LOCK, NIGHT_LOCK, hold, is_free
from storage.models import Capture, ReadingRow, ReportRow, Sighting
from storage.salvage import salvage
from tests.cli.console import is_one_line, nianbao_here
from tests.databases import url_of
from tests.postgresql import PASSWORD
from tests.storage.exchanges import NOON, PURPOSE, SITE, Home, exchange, reply
from tests.storage.exchanges import URL as PAGE

pytestmark = pytest.mark.usefixtures("postgresql")


def shown(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture
def server(postgresql: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(postgresql, autocommit=True) as connection:
        yield connection


def on_loopback(url: str, **other: object) -> str:
    """A URL of the server with host and port, as of another machine."""
    parsed = make_url(url)
    at = {"host": "127.0.0.1", "port": int(str(parsed.query["port"])), "query": {}}
    return shown(parsed.set(**(at | other)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "other"}, 'password authentication failed for user "nianbao"'),
        ({"username": "nobody-here"}, 'password authentication failed for user "nobody-here"'),
        ({"database": "no such"}, 'database "no such" does not exist'),
        ({"port": 1}, "Connection refused"),
        ({"host": "nowhere.invalid"}, "nowhere.invalid"),
    ],
)
@pytest.mark.parametrize("command", ["status", "nightly"])
def test_a_server_that_cannot_be_used_is_one_line(
    tmp_path: Path, postgresql: str, change: dict[str, object], said: str, command: str
) -> None:
    url = on_loopback(postgresql, **change)
    done = nianbao_here(command, home=tmp_path, NIANBAO_DATABASE_URL=url)
    assert (done.code, done.octets) == (4, b"")
    assert is_one_line(done.complaint)
    assert said in done.complaint
    assert "cannot be used" in done.complaint
    for secret in (PASSWORD, "other"):
        assert f":{secret}" not in done.complaint
        assert f"={secret}" not in done.complaint


def test_a_password_in_the_query_is_not_shown_either(tmp_path: Path, postgresql: str) -> None:
    url = f"postgresql://127.0.0.1:1/db?user=me&password={PASSWORD}"
    done = nianbao_here("status", home=tmp_path, NIANBAO_DATABASE_URL=url)
    assert (done.code, PASSWORD in done.complaint) == (4, False)


def test_an_empty_database_is_not_filled_by_looking(tmp_path: Path) -> None:
    for language, words in (("en", "there is nothing in the database"), ("zh", "中还没有数据")):
        done = nianbao_here("status", home=tmp_path, NIANBAO_LANG=language)
        assert (done.code, is_one_line(done.complaint)) == (3, True)
        assert words in done.complaint
    with pytest.raises(EmptyDatabase):
        Database(url_of(tmp_path), create=False)
    with psycopg.connect(url_of(tmp_path)) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        assert found == (0,)


def test_a_database_that_keeps_no_characters_is_refused(
    server: psycopg.Connection[tuple[object, ...]], postgresql: str
) -> None:
    server.execute("CREATE DATABASE octets ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(DatabaseError, match=r"keeps text as SQL_ASCII; make one with ENCODING 'UTF8'"):
        Database(shown(make_url(postgresql).set(database="octets")))
    server.execute("DROP DATABASE octets")


HOLDER = """
import sys
from pathlib import Path
from storage.home import hold
with hold(Path(sys.argv[1]), "night.lock", sys.argv[2]):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_two_machines_do_not_run_one_night(tmp_path: Path) -> None:
    """Two homes, one database: the other one is named, and its end lets go, whatever it was."""
    here, there, url = tmp_path / "here", tmp_path / "there", url_of(tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(there), url],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        assert not is_free(here, NIGHT_LOCK, url)
        assert is_free(here, FIXITY_LOCK, url)
        with pytest.raises(DatabaseBusy) as caught, hold(here, NIGHT_LOCK, url):
            pass
        assert isinstance(caught.value, HomeBusy)
        assert f"process {other.pid})" in caught.value.message()
        assert PASSWORD not in caught.value.message()
        done = nianbao_here("nightly", home=here, NIANBAO_DATABASE_URL=url)
        assert (done.code, is_one_line(done.complaint)) == (4, True)
        assert f"process {other.pid})" in done.complaint
        with hold(here, FIXITY_LOCK, url):
            pass
        other.send_signal(signal.SIGKILL)
    with hold(here, NIGHT_LOCK, url):
        assert not is_free(there, NIGHT_LOCK, url)


def test_a_lock_whose_server_went_away_ends_quietly(
    tmp_path: Path, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    with hold(tmp_path, NIGHT_LOCK, url_of(tmp_path)):
        break_off(server, tmp_path)
    assert is_free(tmp_path, NIGHT_LOCK, url_of(tmp_path))


def break_off(server: psycopg.Connection[tuple[object, ...]], home: Path) -> None:
    """As a restart of the server does it: every connection to a home's database ends."""
    name = make_url(url_of(home)).database
    ended = server.execute(
        "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = %s", (name,)
    ).fetchone()
    assert ended is not None
    assert ended[0]


def test_a_connection_that_breaks_leaves_the_record_for_salvage(
    home: Home, server: psycopg.Connection[tuple[object, ...]]
) -> None:
    first = home.archive.add(exchange(reply(b"first")), PURPOSE)
    break_off(server, home.path)
    with pytest.raises(DatabaseError) as caught:
        home.archive.add(exchange(reply(b"second"), f"{PAGE}?2"), PURPOSE)
    assert "terminating connection due to administrator command" in caught.value.message()
    assert "\n" not in caught.value.message()
    home.archive.close()
    assert home.files() == ["open"]
    (line,) = salvage(home.folder, home.database)
    assert line.endswith("2 exchanges, 1 indexed again, 0 torn bytes aside")
    with home.database.read() as session:
        captures = session.scalars(select(Capture).order_by(Capture.record_offset)).all()
        assert [capture.url for capture in captures] == [PAGE, f"{PAGE}?2"]
        assert captures[0].id == first.id


def test_a_reader_takes_a_new_connection(home: Home, server: psycopg.Connection[tuple[object, ...]]) -> None:
    for _ in range(2):
        with home.database.read() as session:
            assert session.scalar(select(func.count(Capture.id))) == 0
        break_off(server, home.path)


def test_a_reader_cannot_write(home: Home) -> None:
    with pytest.raises(DatabaseError, match="read-only transaction"), home.database.read() as session:
        session.execute(text("DELETE FROM runs"))


def test_captures_go_in_beside_each_other_and_a_writer_waits_for_them(home: Home) -> None:
    order: list[str] = []
    beside, waited = threading.Event(), threading.Event()

    def capture() -> None:
        with home.database.transaction() as cursor:
            cursor.execute("SELECT 1")
            order.append("second capture")
            beside.set()

    def write() -> None:
        with home.database.write():
            order.append("writer")
            waited.set()

    with home.database.transaction() as cursor:
        cursor.execute("SELECT 1")
        run(capture)
        assert beside.wait(60)
        writer = run(write)
        assert not waited.wait(0.3)
        order.append("first capture")
    assert waited.wait(60)
    writer.join(60)
    assert order == ["second capture", "first capture", "writer"]


def run(task: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=task, daemon=True)
    thread.start()
    return thread


def test_addresses_are_as_long_as_they_are(home: Home) -> None:
    """Longer than an index of PostgreSQL takes them, and without anything that could be packed."""
    noise = random.Random(1)
    tail = "".join(noise.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=64_000))
    urls = [f"{PAGE}?{tail}{end}" for end in "ab"]
    for url in urls:
        home.archive.add(exchange(reply(url.encode()), url), PURPOSE)
    with home.database.write() as session:
        first, second = session.scalars(select(Capture).order_by(Capture.id))
        assert [first.url, second.url] == urls
        for url, capture in zip(urls, (first, second), strict=True):
            session.add(
                Sighting(
                    run_id=home.run_id, site=SITE, report_url=url, source_url=url, capture_id=capture.id,
                    part="page", title="", evidence=[],
                )
            )  # fmt: skip
            session.add(
                ReportRow(
                    id=url[-1], site=SITE, url=url, presence="published", first_seen=NOON, last_seen=NOON
                )
            )
    with home.database.read() as session:
        assert session.scalars(select(ReportRow.id).where(ReportRow.url == urls[1])).all() == ["b"]
        assert session.scalars(select(Capture.id).where(Capture.url == urls[0])).all() == [first.id]
    with pytest.raises(DatabaseError, match="uq_reports_url"), home.database.write() as session:
        session.add(
            ReportRow(id="c", site=SITE, url=urls[0], presence="published", first_seen=NOON, last_seen=NOON)
        )


def test_an_address_is_found_by_its_index(home: Home) -> None:
    query = select(Capture.id).where(Capture.url == PAGE)
    with home.database.read() as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        asked = query.compile(session.connection(), compile_kwargs={"literal_binds": True})
        plan = "\n".join(session.scalars(text(f"EXPLAIN {asked}")))
    assert "ix_captures_url" in plan


def test_a_sum_of_whole_numbers_is_one(home: Home) -> None:
    for number in range(3):
        home.archive.add(exchange(reply(b"12345"), f"{PAGE}?{number}"), PURPOSE)
    with home.database.read() as session:
        total = session.scalar(select(func.sum(Capture.payload_bytes)))
    assert (type(total), total) == (int, 15)


def test_a_reading_with_characters_that_no_database_takes(home: Home) -> None:
    said = {"title": "a\0b", "sections": [["\ud800 \U0002000b", {"\0": 1}]], "published": None}
    with home.database.write() as session:
        session.add(
            ReadingRow(
                payload_sha256="0" * 64, parser_version="1", state="report", reason="x\0", record=said,
                seconds=1.0, read_at=NOON,
            )
        )  # fmt: skip
    with home.database.read() as session:
        row = session.scalars(select(ReadingRow)).one()
        assert row.reason == "x\ufffd"
        assert row.record == {
            "title": "a\ufffdb", "sections": [["\ufffd \U0002000b", {"\ufffd": 1}]], "published": None
        }  # fmt: skip
        assert session.scalar(select(ReadingRow.record["title"].as_string())) == "a\ufffdb"
