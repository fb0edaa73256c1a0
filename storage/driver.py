"""Statements in the words of the database's driver, for what runs with every group of exchanges.

SQLAlchemy takes ten times as long to have a small statement run as SQLite takes to run it. So it puts such a
statement together once, keeps the connections, and is else left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Dialect, Engine, Insert, Select
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine


class Statement:
    """A statement for one kind of database. What it gives out is as the driver gives it."""

    def __init__(
        self, statement: Select[Any] | Insert, dialect: Dialect, columns: Sequence[str] | None = None
    ) -> None:
        """`columns`: those that an INSERT fills. A statement has no parameters but those that it is given."""
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        assert isinstance(compiled, SQLCompiler)
        self._dialect = dialect
        self._words = compiled.string
        self._by_place = compiled.positiontup is not None
        names = compiled.binds if compiled.positiontup is None else compiled.positiontup
        self._parameters = [(name, _as_kept(compiled.binds[name].type, dialect)) for name in names]

    def run(self, cursor: DBAPICursor, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        """Run it with these parameters: its rows."""
        self._dialect.do_execute(cursor, self._words, self._laid_out(values))
        return cursor.fetchall()

    def run_for_each(self, cursor: DBAPICursor, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of these sets of parameters; it has no rows."""
        self._dialect.do_executemany(cursor, self._words, [self._laid_out(one) for one in rows])

    def _laid_out(self, values: Mapping[str, Any]) -> Any:
        if self._by_place:
            return tuple([kept(values[name]) if kept else values[name] for name, kept in self._parameters])
        return {name: kept(values[name]) if kept else values[name] for name, kept in self._parameters}


def _as_kept(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """How a driver is given values of a type, where it is not given them as they are."""
    return kind.dialect_impl(dialect).bind_processor(dialect)


@contextmanager
def connected(engine: Engine) -> Iterator[PoolProxiedConnection]:
    """A connection of the engine's pool, which rolls back what was not committed.

    Raises the driver's own errors (`Dialect.loaded_dbapi.Error`); the connection is not used again then.
    """
    connection = engine.raw_connection()
    try:
        yield connection
    except engine.dialect.loaded_dbapi.Error as error:
        connection.invalidate(error)
        raise
    finally:
        connection.close()
