"""Engines, sessions and the schema's revision.

One installation has one database. SQLite is opened twice: a writing engine whose transactions take the write
lock at once (`BEGIN IMMEDIATE`, so two writers queue instead of failing half-way) and a reading engine whose
transactions never wait for a writer (WAL). Where its folder cannot be written (a read-only mount), it can
still be read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from errors import CannotRead, CannotWrite, DatabaseError, NoHome, SchemaTooNew

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MS = 60_000
_PASSWORD = re.compile(r":[^:@/]+@")


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
        self._read_only = False
        if self.is_sqlite:
            self._prepare_file(create=create)
        self._writer = self._engine(writing=True)
        self._reader = self._engine(writing=False)
        try:
            self._upgrade()
        except SQLAlchemyError as error:
            self.close()
            raise self.problem(error) from error
        except BaseException:
            self.close()
            raise

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

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """As `write`, without objects: a session costs more than the few rows of a capture."""
        try:
            with self._writer.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise self.problem(error) from error

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """As `read`, without objects."""
        try:
            with self._reader.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise self.problem(error) from error

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()

    def problem(self, error: SQLAlchemyError) -> DatabaseError:
        """The error as one line, without the statement and its parameters."""
        original = getattr(error, "orig", None) or error
        return DatabaseError(url=self.url.render_as_string(), problem=_first_line(original))

    def _prepare_file(self, *, create: bool) -> None:
        if not self.url.database or self.url.database == ":memory:":
            raise DatabaseError(url=self.url.render_as_string(), problem="it names no file")
        path = Path(self.url.database)
        try:
            if not create and not path.exists():
                raise NoHome(home=path.parent)
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise (CannotWrite if create else CannotRead)(path=path.parent, problem=error.strerror) from error
        self._read_only = path.exists() and not os.access(path.parent, os.W_OK)

    def _engine(self, *, writing: bool) -> Engine:
        try:
            engine = create_engine(_read_only(self.url) if self._read_only else self.url)
        except (ImportError, SQLAlchemyError) as error:
            raise DatabaseError(url=self.url.render_as_string(), problem=_first_line(error)) from error
        if self.is_sqlite:
            event.listen(engine, "connect", _set_up_reading if self._read_only else _configure_sqlite)
            event.listen(engine, "begin", _begin_immediate if writing else _begin_deferred)
        return engine

    def _upgrade(self) -> None:
        revisions = sorted(path.stem.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*.py"))
        with self._reader.connect() as connection:
            current = None
            if inspect(connection).has_table("alembic_version"):
                current = connection.scalar(text("SELECT version_num FROM alembic_version"))
        if current == revisions[-1]:
            return
        if current is not None and current not in revisions:
            raise SchemaTooNew(url=self.url.render_as_string(), revision=current)
        self._migrate()

    def _migrate(self) -> None:
        # Imported where it is needed: it takes longer to load than a database to open.
        from alembic import command  # noqa: PLC0415
        from alembic.config import Config  # noqa: PLC0415
        from alembic.util import CommandError  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        try:
            with self._writer.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError as error:
            raise DatabaseError(url=self.url.render_as_string(), problem=_first_line(error)) from error


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise DatabaseError(url=_PASSWORD.sub(":***@", url), problem=_first_line(error)) from error
    return parsed


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)


def _read_only(url: URL) -> URL:
    """The URL of the same SQLite file for a folder in which SQLite cannot put its own files beside it.

    Nobody writes there, so without a log to be merged in, SQLite may take the file for immutable.
    """
    path = Path(url.database or "")
    log = path.with_name(f"{path.name}-wal")
    merged = not log.exists() or log.stat().st_size == 0
    query = {"uri": "true", "mode": "ro"} | ({"immutable": "1"} if merged else {})
    return url.set(database=f"file:{quote(str(path.absolute()))}", query=query)


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


def _set_up_reading(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
