"""Engines, sessions and the schema's revision.

One installation has one database: a file of SQLite, or a database of a PostgreSQL server. Both keep the same
promises: a transaction that writes has its turn alone, from its begin to its commit; one that reads waits for
nobody, and sees one moment; what is committed survives a power cut. How each keeps them stands in
`storage.sqlite` and `storage.postgresql`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Dialect, Engine, create_engine, inspect, text
from sqlalchemy.engine import URL, Connection
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection

from errors import DatabaseError, EmptyDatabase, SchemaTooNew, SchemaTooOld
from storage import postgresql, sqlite
from storage.column_types import storable
from storage.database_url import is_postgresql, parse, shown
from storage.driver import connected

MIGRATIONS = Path(__file__).parent / "migrations"
_UNSTORABLE = re.compile(r"\\u(?:0000|d[89a-f])")


class Database:
    """The database of one installation; close it when done.

    `write()` and `read()` give sessions; a `write()` commits when its block ends, or rolls back if it raises.
    """

    def __init__(self, url: str, *, create: bool = True, upgrade: bool = True) -> None:
        """Open the database and bring its schema up to date (or, without `upgrade`, leave it as it is).

        Raises `NoHome` or `EmptyDatabase` where there is none and `create` is false, `DatabaseError` where it
        cannot be used, `SchemaTooNew` where a newer Nianbao made it, `SchemaTooOld` where an older one did
        and it is not to be touched.
        """
        self.url = parse(url)
        self.file_is_read_only = False
        if self.is_sqlite:
            self.file_is_read_only = sqlite.prepare_file(self.url, create=create)
        self._writer = self._engine(writing=True)
        self._reader = self._engine(writing=False)
        try:
            self._look_at_schema(create=create, upgrade=upgrade)
        except SQLAlchemyError as error:
            self.close()
            raise self.problem(error) from error
        except BaseException:
            self.close()
            raise

    @property
    def is_sqlite(self) -> bool:
        return not is_postgresql(self.url)

    @property
    def dialect(self) -> Dialect:
        """What its driver is like."""
        return self._writer.dialect

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose changes are committed together, or not at all. No two are open at a time."""
        try:
            with Session(self._writer, expire_on_commit=False) as session, session.begin():
                self._take_turn(session.connection())
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
    def transaction(self) -> Iterator[DBAPICursor]:
        """As `write`, in the words of the driver (`storage.driver`).

        A server lets several of these go on beside each other: only for rows that no other transaction has to
        do with.
        """
        with self._in_its_words(self._writer) as connection:
            cursor = connection.cursor()
            self.dialect.do_execute(
                cursor, sqlite.BEGIN_TO_WRITE if self.is_sqlite else postgresql.TURN_BESIDE_OTHERS, ()
            )
            yield cursor
            self.dialect.do_commit(connection)

    @contextmanager
    def look(self) -> Iterator[DBAPICursor]:
        """For one statement that reads, in the words of the driver."""
        with self._in_its_words(self._reader) as connection:
            yield connection.cursor()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """As `read`, without objects: a session costs more than a few rows."""
        try:
            with self._reader.connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise self.problem(error) from error

    def close(self) -> None:
        self._writer.dispose()
        self._reader.dispose()

    def problem(self, error: Exception) -> DatabaseError:
        """The error as one line, without the statement and its parameters."""
        return _problem(self.url, error)

    def _engine(self, *, writing: bool) -> Engine:
        url = sqlite.read_only(self.url) if self.file_is_read_only else self.url
        # A reader takes a new connection where the server was started anew. A writer fails: its lock is gone.
        options: dict[str, Any] = (
            {} if self.is_sqlite
            else {"connect_args": postgresql.arguments(url), "pool_pre_ping": not writing}
        )  # fmt: skip
        try:
            engine = create_engine(url, json_serializer=_json, **options)
        except (ImportError, SQLAlchemyError) as error:
            raise _problem(self.url, error) from error
        if self.is_sqlite:
            sqlite.set_up(engine, writing=writing, file_is_read_only=self.file_is_read_only)
        else:
            postgresql.set_up(engine, writing=writing)
        return engine

    @contextmanager
    def _in_its_words(self, engine: Engine) -> Iterator[PoolProxiedConnection]:
        try:
            with connected(engine) as connection:
                yield connection
        except (SQLAlchemyError, self.dialect.loaded_dbapi.Error) as error:
            raise self.problem(error) from error

    def _take_turn(self, connection: Connection) -> None:
        if not self.is_sqlite:
            postgresql.take_turn(connection)

    def _look_at_schema(self, *, create: bool, upgrade: bool) -> None:
        revisions = sorted(path.stem.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*.py"))
        with self._reader.connect() as connection:
            if not self.is_sqlite and (encoding := postgresql.encoding(connection)) != "UTF8":
                problem = f"it keeps text as {encoding}; make one with ENCODING 'UTF8' TEMPLATE template0"
                raise DatabaseError(url=shown(self.url), problem=problem)
            current = _revision(connection)
        if current == revisions[-1]:
            return
        if current is not None and current not in revisions:
            raise SchemaTooNew(url=shown(self.url), revision=current)
        if current is None and not create and not (self.is_sqlite and upgrade):
            raise EmptyDatabase(url=shown(self.url))
        if current is not None and not upgrade:
            raise SchemaTooOld(url=shown(self.url), revision=current)
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
                # Where several come at once, the others wait here, and then find nothing to do.
                self._take_turn(connection)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError as error:
            raise DatabaseError(url=shown(self.url), problem=_first_line(error)) from error


@contextmanager
def hold_in_database(url: str, lock: str) -> Iterator[None]:
    """Hold a lock in the database while the block runs, where other machines may have the database too.

    Raises `DatabaseBusy` naming who has it, `DatabaseError`.
    """
    parsed = parse(url)
    if not is_postgresql(parsed):
        yield
        return
    with ExitStack() as held:
        try:
            held.enter_context(postgresql.hold(parsed, lock))
        except (ImportError, SQLAlchemyError) as error:
            raise _problem(parsed, error) from error
        yield


def is_free_in_database(url: str, lock: str) -> bool:
    """Whether no machine holds that lock now. Raises `DatabaseError`."""
    parsed = parse(url)
    try:
        return not is_postgresql(parsed) or postgresql.is_free(parsed, lock)
    except (ImportError, SQLAlchemyError) as error:
        raise _problem(parsed, error) from error


def _problem(url: URL, error: Exception) -> DatabaseError:
    """The error as one line, without the statement and its parameters."""
    line = _first_line(getattr(error, "orig", None) or error)
    if isinstance(error, ModuleNotFoundError):
        line += "; the extra nianbao[postgres] has it"
    return DatabaseError(url=shown(url), problem=line)


def _revision(connection: Connection) -> str | None:
    """The revision of the schema; none where there are no tables of ours."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _json(value: object) -> str:
    """JSON of ASCII characters, without what a database does not take (`storage.column_types.storable`)."""
    written = json.dumps(value)
    return json.dumps(storable(value)) if _UNSTORABLE.search(written) else written


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
