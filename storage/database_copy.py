"""An installation's index and records moved to another database, with proof that they are the same.

All tables are copied in one transaction of the new database, read back there, and held against what was
read in the old one: so many rows, and the digest of all that they say, in the order of their keys. Only then
is the transaction committed; one that is cut leaves nothing. The old database is only read, as of one moment.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select

from errors import CopyDiffers, DatabaseNotEmpty
from storage import postgresql
from storage.column_types import storable
from storage.database import Database, hold_in_database
from storage.database_url import shown
from storage.home import NIGHT_LOCK, hold
from storage.models import Base

BATCH = 200
"""Rows at a time: of the parser's records each may be hundreds of kilobytes."""
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """`sha256`: of all rows, in the order of their keys."""

    name: str
    rows: int
    sha256: str


def tables() -> list[Table]:
    """All tables, those that others refer to first."""
    return list(Base.metadata.sorted_tables)


def copy(
    source: str,
    target: str,
    home: Path,
    *,
    start: Callable[[int], None] = lambda _: None,
    advance: Callable[[int], None] = lambda _: None,
) -> list[CopiedTable]:
    """Copy the database at one URL to another, which must be empty; `home` is this installation's.

    `start` is told how many steps there are, `advance` how many were done. Raises `NoHome`, `EmptyDatabase`
    and `SchemaTooOld` of the source, `DatabaseNotEmpty` and `SchemaTooOld` of the target, `HomeBusy` while a
    night writes to either, `CopyDiffers`, `DatabaseError`; then nothing was copied.
    """
    with ExitStack() as opened:
        old = Database(source, create=False, upgrade=False)
        opened.callback(old.close)
        new = Database(target, upgrade=False)
        opened.callback(new.close)
        with new.connection() as there:
            _check_empty(new, there)
        opened.enter_context(_no_night(old, source, home))
        opened.enter_context(hold_in_database(target, NIGHT_LOCK))
        here = opened.enter_context(old.connection())
        start(2 * sum(_count(here, table) for table in tables()))
        with new.write() as session:
            there = session.connection()
            _check_empty(new, there)
            copied = [_copy(here, there, table, advance) for table in tables()]
            for table in copied:
                found = _read_back(there, table, advance)
                if found != table:
                    raise CopyDiffers(url=shown(new.url), table=table.name, rows=table.rows, found=found.rows)
            if not new.is_sqlite:
                postgresql.number_on(there, tables())
    return copied


@contextmanager
def _no_night(old: Database, url: str, home: Path) -> Iterator[None]:
    """See to it that no night writes to the old database: what it wrote from now on would be left behind."""
    folder = Path(old.url.database or "").parent if old.is_sqlite else home
    if old.is_sqlite and old.file_is_read_only:
        yield
        return
    with hold(folder, NIGHT_LOCK, url):
        yield


def _check_empty(new: Database, connection: Connection) -> None:
    for table in tables():
        if rows := _count(connection, table):
            raise DatabaseNotEmpty(url=shown(new.url), table=table.name, rows=rows)


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _copy(here: Connection, there: Connection, table: Table, advance: Callable[[int], None]) -> CopiedTable:
    names = [column.name for column in table.columns]
    count, digest = 0, hashlib.sha256()
    for batch in _batches(here, table):
        _add_to(digest, batch)
        there.execute(insert(table), [dict(zip(names, row, strict=True)) for row in batch])
        count += len(batch)
        advance(len(batch))
    return CopiedTable(table.name, count, digest.hexdigest())


def _read_back(there: Connection, copied: CopiedTable, advance: Callable[[int], None]) -> CopiedTable:
    count, digest = 0, hashlib.sha256()
    for batch in _batches(there, Base.metadata.tables[copied.name]):
        _add_to(digest, batch)
        count += len(batch)
        advance(len(batch))
    return CopiedTable(copied.name, count, digest.hexdigest())


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[Row]]:
    query = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH)
    return connection.execute(query).partitions()


def _add_to(digest: Any, rows: Iterable[Row]) -> None:
    for row in rows:
        line = json.dumps(storable(tuple(row)), ensure_ascii=False, separators=(",", ":"), default=_told)
        digest.update(line.encode() + b"\n")


def _told(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"no column has a {type(value).__name__}")
