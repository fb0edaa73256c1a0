"""The database of a home in the tests: SQLite in the home, or one of its own on a PostgreSQL server.

A test that has to do with one takes the fixture `databases`, itself or by another fixture; `pytest --database
postgresql` runs those tests, on PostgreSQL. Processes that tests start know the server by `SERVER`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from storage import postgresql
from storage.database import Database
from storage.models import Base

SERVER = "TESTS_POSTGRESQL"
"""The variable of the environment that has the URL of the server, when the tests run on one."""
EMPTY = "nianbao_empty"
"""The database on the server that has the tables and nothing in them."""
permitted = True
"""Whether the test that runs has taken the fixture; kept by `tests/conftest.py`."""
_made: dict[Path, str] = {}


def on_postgresql() -> bool:
    return SERVER in os.environ


def url_of(home: Path) -> str:
    """The URL of a home's database. On a server there is one from now on, without tables."""
    assert permitted, "this test has to do with a database: let it take the fixture `databases`"
    if not on_postgresql():
        return f"sqlite:///{home.absolute() / 'nianbao.sqlite'}"
    return _url(_made.get(home.absolute()) or _make(home, "template0"))


def settings_of(home: Path) -> dict[str, str]:
    """The variables by which a program finds a home. One that is not there has to do with no database."""
    found = {"NIANBAO_HOME": str(home)}
    if not permitted and not home.is_dir():
        return found
    url = url_of(home)
    return found | ({"NIANBAO_DATABASE_URL": url} if on_postgresql() else {})


def empty_database(home: Path) -> Database:
    """The database of a home, with its tables; a copy, since the migrations take their time."""
    if on_postgresql():
        _make(home, EMPTY)
    elif not (path := home / "nianbao.sqlite").exists():
        home.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_template())
    return Database(url_of(home))


def copy_home(home: Path, target: Path) -> Path:
    """A copy of a home, and of its database; nobody writes to it meanwhile."""
    shutil.copytree(home, target)
    if on_postgresql():
        _make(target, _name(home))
    return target


def server_url() -> str:
    """The URL of a database of the server that is nobody's home."""
    return os.environ[SERVER]


def number_on(session: Session) -> None:
    """What the tests have numbered themselves is not numbered so again."""
    if on_postgresql():
        postgresql.number_on(session.connection(), Base.metadata.sorted_tables)


def drop_below(folder: Path) -> None:
    """Drop the databases of the homes in a folder."""
    for home in [home for home in _made if home.is_relative_to(folder)]:
        _ask(f"DROP DATABASE IF EXISTS {_made.pop(home)} WITH (FORCE)")


def prepare_server(url: str) -> None:
    """Make the server of this URL the one of the tests, here and in the processes started from now on."""
    os.environ[SERVER] = url
    _ask(f"CREATE DATABASE {EMPTY} TEMPLATE template0")
    Database(_url(EMPTY)).close()


def _url(database: str) -> str:
    return make_url(os.environ[SERVER]).set(database=database).render_as_string(hide_password=False)


def _name(home: Path) -> str:
    return f"home_{hashlib.sha256(str(home.absolute()).encode()).hexdigest()[:24]}"


def _make(home: Path, template: str) -> str:
    """The database of a home: the copy of another, unless it is there."""
    name = _name(home)
    with suppress(psycopg.errors.DuplicateDatabase):
        # Copied as files, which takes the server half the time that going through its log does.
        _ask(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    _made[home.absolute()] = name
    return name


def _ask(statement: str) -> None:
    server = os.environ[SERVER].replace("postgresql+psycopg:", "postgresql:")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())


@cache
def _template() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "nianbao.sqlite"
        Database(f"sqlite:///{path}").close()
        return path.read_bytes()
