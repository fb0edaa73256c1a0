"""The index as CDXJ, the form that replay tools read: a line a capture, sorted by the octets of the lines.

    cn,gov,shizuishan,gaj)/zwgk 20240131020000 {"url": …, "mime": …, "status": …, "digest": …, "length": …,
                                                "offset": …, "filename": …}

The fields are those of `cdxj-indexer` over the same segments: `length` and `offset` are of the gzip member,
`digest` is what the record says in `WARC-Payload-Digest`, a revisit has `warc/revisit` for its media type.
Format: https://specs.webrecorder.net/cdxj/0.1.0/
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any, NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from storage.cdxkey import cdx_key
from storage.merging import sorted_lines
from storage.models import Capture, Segment
from storage.segment import SEALED_SUFFIX
from storage.selection import Selection

REVISIT = "warc/revisit"
NO_PAYLOAD = "3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
"""The sha1 of nothing, in base32: the payload of a 304 that stands for nothing else."""
_ROWS = 2000


class Row(NamedTuple):
    """What the index knows of a capture that brought a reply, as far as a line tells it."""

    url: str
    captured_at: datetime
    status: int | None
    content_type: str | None
    payload_sha1: str | None
    original_offset: int | None
    offset: int
    bytes: int
    segment: str


COLUMNS = (
    Capture.url, Capture.captured_at, Capture.status, Capture.content_type, Capture.payload_sha1,
    Capture.original_offset, Capture.response_offset, Capture.response_bytes,
)  # fmt: skip
"""The columns of a `Row` that stand in the index; the segment's name is joined to them."""


def write_cdxj(session: Session, selection: Selection, out: IO[bytes]) -> int:
    """Write the lines of a selection: how many. Memory stays flat. Raises `OSError`."""
    return write_lines(session, selection.condition(), out)


def write_lines(session: Session, condition: ColumnElement[bool], out: IO[bytes]) -> int:
    """The same for the rows of which a condition holds."""
    count = 0
    for line in sorted_lines(cdxj_line(row) for row in _rows(session, condition)):
        out.write(line)
        count += 1
    return count


def cdxj_line(row: Row) -> bytes:
    """One line, with its line end."""
    # A reply without a payload of its own, and without one it could be seen to refer to.
    lost = row.payload_sha1 is None and row.status not in (None, 304)
    revisit = lost or row.original_offset is not None
    fields = {"url": row.url}
    if revisit:
        fields["mime"] = REVISIT
    elif row.content_type:
        fields["mime"] = row.content_type
    # The block of a 304 that stands for a payload is empty, and has no status.
    if row.status is not None and not (revisit and row.status == 304):
        fields["status"] = str(row.status)
    if not lost:
        fields["digest"] = f"sha1:{row.payload_sha1 or NO_PAYLOAD}"
    fields["length"] = str(row.bytes)
    fields["offset"] = str(row.offset)
    fields["filename"] = f"{row.segment}{SEALED_SUFFIX}"
    return f"{cdx_key(row.url)} {row.captured_at:%Y%m%d%H%M%S} {json.dumps(fields)}\n".encode()


def _rows(session: Session, condition: ColumnElement[bool]) -> Iterator[Row]:
    query = (
        select(*COLUMNS, Segment.name)
        .join(Segment, Segment.id == Capture.segment_id)
        .where(Capture.response_offset.is_not(None), condition)
        .execution_options(yield_per=_ROWS)
    )
    for row in session.execute(query):
        values: tuple[Any, ...] = tuple(row)  # an offset and a length are there: the query asks for them
        yield Row(*values)
