"""Engines, sessions and the schema's revision.

One installation has one database. SQLite is opened twice: a writing engine whose transactions take the write
lock at once (`BEGIN IMMEDIATE`, so two writers queue instead of failing half-way) and a reading engine whose
transactions never wait for a writer (WAL).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from errors import CannotWrite, DatabaseError, NoHome, SchemaTooNew

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 60_000


class Database:
    """The database of one installation; close it when done.

    `write()` and `read()` give sessions; a `write()` commits when its block ends, or rolls back if it raises.
    """

    def __init__(self, url: str, *, create: bool = True) -> None:
        """Open the database and bring its schema up to date.

        Raises `NoHome` where there is none and `create` is false, `DatabaseError` where it cannot be used,
        `SchemaTooNew` where a newer Nianbao made it.
        """
        self.url = _parse(url)
        path = Path(self.url.database) if self.url.database and self.is_sqlite else None
        if path is not None:
            if not create and not path.exists():
                raise NoHome(home=path.parent)
            _make_folder(path.parent)
        self._writer = self._engine(writing=True)
        self._reader = self._engine(writing=False)
        try:
            self._upgrade()
        except SQLAlchemyError as error:
            self.close()
            raise self.problem(error) from error

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are committed together, or not at all."""
        try:
            with Session(self._writer, expire_on_commit=False) as session, session.begin():
                yield session
        except SQLAlchemyError as error:
            raise self.problem(error) from error

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one moment of the database."""
        try:
            with Session(self._reader, expire_on_commit=False) as session:
                yield session
        except SQLAlchemyError as error:
            raise self.problem(error) from error

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()

    def problem(self, error: SQLAlchemyError) -> DatabaseError:
        """The error as one line, without the statement and its parameters."""
        original = getattr(error, "orig", None) or error
        return DatabaseError(url=self.url.render_as_string(), problem=str(original).splitlines()[0])

    def _engine(self, *, writing: bool) -> Engine:
        try:
            engine = create_engine(self.url)
        except (ImportError, SQLAlchemyError) as error:
            raise DatabaseError(url=self.url.render_as_string(), problem=error) from error
        if self.is_sqlite:
            event.listen(engine, "connect", _configure_sqlite)
            event.listen(engine, "begin", _begin_immediate if writing else _begin_deferred)
        return engine

    def _upgrade(self) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        script = ScriptDirectory.from_config(config)
        with self._reader.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
        if current == script.get_current_head():
            return
        if current is not None and current not in {revision.revision for revision in script.walk_revisions()}:
            raise SchemaTooNew(url=self.url.render_as_string(), revision=current)
        with self._writer.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        raise DatabaseError(url=url, problem=error) from error
    return parsed


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWrite(path=folder, problem=error.strerror) from error


def _configure_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # Transactions are begun by the listeners below, never by the driver behind our back.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    # FULL: a committed index row survives a power cut, as the record it points to does.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
