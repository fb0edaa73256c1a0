"""What a segment is found to be is a function of its octets and of its rows in the index.

So where both are what they were when all its records were read and nothing was wrong, nothing is wrong: the
sha256 of the file stands for every digest in it. That costs a fraction of taking the records apart.
"""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import Select, select, type_coerce
from sqlalchemy.orm import Session, aliased
from sqlalchemy.types import NullType

from storage.models import Capture, FixityCheck, Segment
from storage.segment_check import Row

CHECKER = 1
"""Raised with every change of what `storage.segment_check` or `storage.import_ledger` finds: all is then read
in full again."""
_ROWS = 1000


def rows_of(name: str, *, typed: bool = True) -> Select[Any]:
    """The columns of each `Row` of a segment, in the order of its records. Untyped: as they come."""
    original = aliased(Capture)
    columns = [getattr(Capture, field) for field in Row._fields[:-2]]
    columns += [original.record_id, original.payload_sha256]
    if not typed:
        columns = [type_coerce(column, NullType()).label(f"c{at}") for at, column in enumerate(columns)]
    return (
        select(*columns)
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


def rows_sha256(session: Session, name: str) -> str:
    """The sha256 of these rows, and of what is looked for in them, in hex."""
    digest = hashlib.sha256(f"{CHECKER} {session.get_bind().dialect.name}\n".encode())
    for part in session.connection().execute(rows_of(name, typed=False)).partitions():
        digest.update(repr([tuple(row) for row in part]).encode())
    return digest.hexdigest()


def found_sound(session: Session, name: str, sha256: str, rows: str) -> FixityCheck | None:
    """The last reading of all records of a file with this sha256, beside these rows, that found it sound."""
    return session.scalar(
        select(FixityCheck)
        .where(
            FixityCheck.segment == name, FixityCheck.sha256 == sha256, FixityCheck.rows_sha256 == rows,
            FixityCheck.full, FixityCheck.state != "damaged",
        )
        .order_by(FixityCheck.id.desc())
        .limit(1)
    )  # fmt: skip
