"""What is SQLite's own: the file, and how a connection to it is set up.

It is opened twice: a writing engine whose transactions take the write lock at once (`BEGIN IMMEDIATE`, so two
writers queue instead of failing half-way) and a reading engine whose transactions never wait for a writer
(WAL). Where its folder cannot be written (a read-only mount), it can still be read.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from errors import CannotRead, CannotWrite, DatabaseError, NoHome

BUSY_MS = 60_000
BEGIN_TO_WRITE = "BEGIN IMMEDIATE"


def prepare_file(url: URL, *, create: bool) -> bool:
    """Make the folder of the file: whether it can only be read. Raises `NoHome` where there is no file and
    `create` is false, `CannotWrite`, `CannotRead`, `DatabaseError`."""
    if not url.database or url.database == ":memory:":
        raise DatabaseError(url=url.render_as_string(), problem="it names no file")
    path = Path(url.database)
    try:
        if not create and not path.exists():
            raise NoHome(home=path.parent)
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise (CannotWrite if create else CannotRead)(path=path.parent, problem=error.strerror) from error
    return path.exists() and not os.access(path.parent, os.W_OK)


def read_only(url: URL) -> URL:
    """The URL of the same file for a folder in which SQLite cannot put its own files beside it.

    Nobody writes there, so without a log to be merged in, SQLite may take the file for immutable.
    """
    path = Path(url.database or "")
    log = path.with_name(f"{path.name}-wal")
    merged = not log.exists() or log.stat().st_size == 0
    query = {"uri": "true", "mode": "ro"} | ({"immutable": "1"} if merged else {})
    return url.set(database=f"file:{quote(str(path.absolute()))}", query=query)


def set_up(engine: Engine, *, writing: bool, file_is_read_only: bool) -> None:
    """Have every connection of an engine set up, and its transactions begun, by us."""
    event.listen(engine, "connect", _set_up_reading if file_is_read_only else _configure)
    event.listen(engine, "begin", _begin_immediate if writing else _begin_deferred)


def _configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
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
    connection.exec_driver_sql(BEGIN_TO_WRITE)


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
