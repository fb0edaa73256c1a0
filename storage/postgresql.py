"""What is PostgreSQL's own: how a connection is set up, whose turn it is to write, locks between machines.

Several machines may have one database, so what the kernel does for one home (`storage.home`) is done here by
advisory locks: the server lets go of them however the program or its machine ends.
"""

from __future__ import annotations

import os
import socket
import time
import weakref
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, Select, Table, create_engine, event, func, select, text
from sqlalchemy.engine import URL, Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from errors import DatabaseBusy
from storage.database_url import shown

WAIT_MS = 60_000
"""As long as this a writer waits its turn; as with SQLite."""
_PATIENCE = 1.0
"""Seconds that a lock is tried for: a server takes a moment to see that a program was killed."""
_OURS = 0x6E69_616E
"""The first half of the key of every lock of ours."""
_WRITING = 0
_NETWORK = {
    "connect_timeout": "10",
    # A server whose machine is gone says nothing more; the system's own patience is two hours.
    "keepalives_idle": "60",
    "keepalives_interval": "10",
    "keepalives_count": "6",
}


def arguments(url: URL) -> Mapping[str, Any]:
    """What libpq is told of the connection beside what the URL says."""
    name = f"nianbao on {socket.gethostname()[:30]}, process {os.getpid()}"
    wanted = _NETWORK | {"application_name": name, "client_encoding": "utf8"}
    return {key: value for key, value in wanted.items() if key not in url.query}


def set_up(engine: Engine, *, writing: bool) -> None:
    """Have every connection of an engine set up."""
    event.listen(engine, "connect", _configure if writing else _configure_reading)
    event.listen(engine, "after_cursor_execute", _note_cursor)
    event.listen(engine, "reset", _close_cursors)


def _configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # An extra, so imported where it is there: whoever comes here is connected by it.
    from psycopg.types.numeric import IntLoader  # noqa: PLC0415

    # No column is numeric. A sum of whole numbers is, and shall be the whole number that it is in SQLite.
    connection.adapters.register_loader("numeric", IntLoader)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(
        f"SET timezone = 'UTC'; SET lock_timeout = {WAIT_MS};"
        # The lock of a machine that was switched off is free after a minute or two.
        " SET tcp_keepalives_idle = 60; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 6"
    )
    # A committed index row survives a power cut, as the record it points to does.
    cursor.execute(
        "SELECT set_config('synchronous_commit', 'on', false)"
        " WHERE current_setting('synchronous_commit') = 'off'"
    )
    cursor.close()
    connection.autocommit = False


def _configure_reading(connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    from psycopg import IsolationLevel  # noqa: PLC0415 - an extra

    _configure(connection, entry)
    # One moment for all that a session reads, as SQLite has it by itself.
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    connection.read_only = True


def _note_cursor(connection: Connection, cursor: Any, *_: object) -> None:
    if getattr(cursor, "name", None):
        connection.info.setdefault(_CURSORS, []).append(weakref.ref(cursor))


def _close_cursors(_: DBAPIConnection, entry: ConnectionPoolEntry, _state: object) -> None:
    """Rows that a session was not asked for any more stay with the server until their cursor is closed."""
    for reference in entry.info.pop(_CURSORS, ()):
        cursor = reference()
        if cursor is not None and not cursor.closed:
            cursor.close()


_CURSORS = "cursors"


def take_turn(connection: Connection) -> None:
    """Wait until no other transaction writes. So writers see all that was committed before, and what they
    number follows the order of commits, as with SQLite."""
    connection.execute(_TURN)


_TURN: Select[Any] = select(func.pg_advisory_xact_lock(_OURS, _WRITING))
TURN_BESIDE_OTHERS = f"SELECT pg_advisory_xact_lock_shared({_OURS}, {_WRITING})"
"""The turn of those who only wait for these writers, not for each other; for the driver."""


def encoding(connection: Connection) -> str:
    """How the server keeps text."""
    return str(connection.scalar(text("SHOW server_encoding")))


@contextmanager
def hold(url: URL, lock: str) -> Iterator[None]:
    """Hold a lock in the database while the block runs, on a connection of its own.

    Raises `DatabaseBusy` naming who has it, and what SQLAlchemy raises.
    """
    engine = _engine(url)
    connection = engine.connect()
    try:
        if not _take(connection, lock):
            raise DatabaseBusy(url=shown(url), pid=_holder(connection, lock) or "?")
        # The server may still be at the last words of a program that was killed.
        connection.execute(select(func.pg_advisory_lock(_OURS, _WRITING)))
        connection.execute(select(func.pg_advisory_unlock(_OURS, _WRITING)))
        yield
    finally:
        # Closed, not given back: where the server is gone there is nobody to give it back to.
        connection.invalidate()
        connection.close()


def _take(connection: Connection, lock: str) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while not connection.scalar(select(func.pg_try_advisory_lock(_OURS, _key(lock)))):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def is_free(url: URL, lock: str) -> bool:
    """Whether nobody holds that lock now. Raises what SQLAlchemy raises."""
    with _engine(url).connect() as connection:
        return _holder(connection, lock) is None


def _engine(url: URL) -> Engine:
    return create_engine(url, connect_args=arguments(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")


def _key(lock: str) -> int:
    return zlib.crc32(lock.encode()) & 0x7FFF_FFFF or 1


def _holder(connection: Connection, lock: str) -> str | None:
    held = text(
        "SELECT coalesce(nullif(application_name, ''), 'process ' || pid) FROM pg_locks"
        " LEFT JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND classid = :ours AND objid = :key"
    )
    holder: str | None = connection.scalar(held, {"ours": _OURS, "key": _key(lock)})
    return holder


def number_on(connection: Connection, tables: Iterable[Table]) -> None:
    """Number new rows of these tables from the last that is there, where numbers were brought along."""
    for table in tables:
        key = table.autoincrement_column
        if key is not None:
            sequence = func.pg_get_serial_sequence(table.name, key.name)
            last = select(func.max(key)).scalar_subquery()
            connection.execute(select(func.setval(sequence, last)).where(last.is_not(None)))
