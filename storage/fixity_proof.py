"""What a segment is found to be is a function of its octets and of its rows in the index.

So where both are what they were when all its records were read and nothing was wrong, nothing is wrong: the
sha256 of the file stands for every digest in it. That costs a fraction of taking the records apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import Select, select, type_coerce
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import NullType

from storage.models import Capture, FixityCheck, Segment
from storage.segment_check import Row

CHECKER = 1
"""Raised with every change of what `storage.segment_check` or `storage.import_ledger` finds: all is then read
in full again."""
_ROWS = 1000


class Rows:
    """The rows of a segment in the order of its records, read once, and the sha256 of what was read.

    In a `with` block, closed where reading is stopped: whoever has the connection next would see its moment.
    """

    def __init__(self, session: Session, name: str) -> None:
        connection = session.connection()
        self._digest = hashlib.sha256(f"{CHECKER} {connection.dialect.name}\n".encode())
        self._found = connection.execute(_rows_of(name))
        self._parts = map(self._read, self._found.partitions())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._found.close()

    def __iter__(self) -> Iterator[Row]:
        for part in self._parts:
            for row in part:
                yield Row(row[0], row[1], _moment(row[2]), *row[3:])

    def sha256(self) -> str:
        """Of all these rows, and of what is looked for in them, in hex."""
        for _ in self._parts:
            pass
        return self._digest.hexdigest()

    def _read(self, part: Any) -> list[tuple[Any, ...]]:
        rows = [tuple(row) for row in part]
        self._digest.update(repr(rows).encode())
        return rows


def _rows_of(name: str) -> Select[*tuple[Any, ...]]:
    """The columns of each `Row` of a segment as the database has them: what turns them into objects takes
    longer than to read them."""
    original = aliased(Capture)
    columns = [getattr(Capture, field) for field in Row._fields[:-2]]
    columns += [original.record_id, original.payload_sha256]
    return (
        select(*[type_coerce(column, NullType()).label(f"c{at}") for at, column in enumerate(columns)])
        .join(Segment, Segment.id == Capture.segment_id)
        .outerjoin(
            original,
            (original.segment_id == Capture.original_segment_id)
            & (original.record_offset == Capture.original_offset),
        )
        .where(Segment.name == name)
        .order_by(Capture.record_offset)
        .execution_options(yield_per=_ROWS)
    )


def _moment(kept: str | datetime) -> datetime:
    """A time as `storage.column_types.UtcTime` gives it out."""
    if isinstance(kept, str):
        return datetime.fromisoformat(kept).replace(tzinfo=UTC)
    return kept.astimezone(UTC)


def rows_sha256(session: Session, name: str) -> str:
    """The sha256 of the rows of a segment."""
    with Rows(session, name) as rows:
        return rows.sha256()


def found_sound(session: Session, name: str, sha256: str) -> FixityCheck | None:
    """The last reading of all records of a file with this sha256 and these rows that found it sound."""
    readings = session.scalars(
        select(FixityCheck)
        .where(
            FixityCheck.segment == name, FixityCheck.sha256 == sha256, FixityCheck.rows_sha256.is_not(None),
            FixityCheck.full, FixityCheck.state != "damaged",
        )
        .order_by(FixityCheck.id)
    )  # fmt: skip
    sound = {reading.rows_sha256: reading for reading in readings}
    return sound.get(rows_sha256(session, name)) if sound else None
