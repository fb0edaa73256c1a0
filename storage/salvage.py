"""What a crash left behind is brought into order before anything new is written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import delete, insert, select

from errors import CannotRead, CannotWrite, HomeBusy
from storage.archive import mark_sealed
from storage.captures import capture_row
from storage.database import Database
from storage.exchange import Exchange, Outcome, Purpose, entity_digests, take_apart
from storage.members import Placed, StoredRecord, members, parse_fields, read_record
from storage.models import Capture, Run, Segment
from storage.revisits import Original, Revisit, original_at, received
from storage.segment import (
    OPEN_SUFFIX,
    SEALED_SUFFIX,
    PlacedGroup,
    lock_abandoned,
    measure,
    seal_file,
    sync_folder,
)

_MOST_NAMED = 20
_LONGEST_NAMED = 200


def salvage(folder: Path, database: Database) -> list[str]:
    """Bring what a crash left behind into order; a line for people for each segment that was touched.

    For each open segment without a living writer: a torn tail is moved to `<segment>.torn`, whole exchanges
    without a row are indexed, rows whose exchange is not there are named, and the segment is sealed.
    Segments being written are left alone. Raises `CannotWrite`, `DatabaseError`.
    """
    lines = []
    for path in sorted(folder.glob(f"*{OPEN_SUFFIX}")):
        try:
            with lock_abandoned(path) as file:
                lines.append(_salvage_segment(path, file, database))
        except HomeBusy:
            continue
        except OSError as error:
            raise CannotWrite(path=path, problem=error.strerror) from error
    return lines + list(_finish_sealing(folder, database))


def _salvage_segment(path: Path, file: IO[bytes], database: Database) -> str:
    name = path.name.removesuffix(OPEN_SUFFIX)
    with database.read() as session:
        indexed_at = select(Capture.record_offset, Capture.url).join(Segment).where(Segment.name == name)
        rows_of = session.execute(indexed_at.order_by(Capture.record_offset))
        known = {row.record_offset: row.url for row in rows_of}
        runs = set(session.scalars(select(Run.id)))
    found: set[int] = set()
    rows: list[dict[str, Any]] = []
    end = 0
    for group, after in _groups(file):
        end = after
        if group:
            found.add(group[0][0].offset)
            if group[0][0].offset not in known:
                rows.append(_row_again(group, lambda record: _original(database, record, name, rows)))
    torn = path.stat().st_size - end
    if torn:
        _move_aside(path, file, end)
    # What is whole may lie in memory only; a row must not be more durable than its records.
    os.fsync(file.fileno())
    if end == 0:
        path.unlink()
        if not known:
            with database.write() as session:
                session.execute(delete(Segment).where(Segment.name == name))
        return f"{name}: nothing whole in it, {torn} bytes moved aside{_without(list(known.values()))}"
    with database.write() as session:
        segment = session.scalar(select(Segment).where(Segment.name == name))
        if segment is None:
            segment = Segment(name=name, state="open", created_at=datetime.now(UTC))
            session.add(segment)
            session.flush()
        segment_id = segment.id
        indexed = [_of_segment(row, segment_id) for row in rows if row["run_id"] in runs]
        if indexed:
            session.connection().execute(insert(Capture), indexed)
    bytes_, digest = seal_file(path)
    with database.write() as session:
        mark_sealed(session, segment_id, bytes_, digest)
    strange = len(rows) - len(indexed)
    lost = [url for offset, url in known.items() if offset not in found]
    line = f"{name}: {len(found)} exchanges, {len(indexed)} indexed again, {torn} torn bytes aside"
    line += f", {strange} of a run this database does not know" if strange else ""
    return line + _without(lost)


def _without(urls: list[str]) -> str:
    """What is said of rows whose exchange is not there: how many, and which addresses, as far as they fit."""
    if not urls:
        return ""
    named = [
        url if len(url) <= _LONGEST_NAMED else f"{url[:_LONGEST_NAMED]}..." for url in urls[:_MOST_NAMED]
    ]
    more = f" and {len(urls) - _MOST_NAMED} more" if len(urls) > _MOST_NAMED else ""
    return f", {len(urls)} in the index but no longer in the segment: {' '.join(named)}{more}"


def _move_aside(path: Path, file: IO[bytes], end: int) -> None:
    """Keep what follows the last whole exchange in a file of its own, and then cut it off."""
    file.seek(end)
    with path.with_name(f"{path.name}.torn").open("wb") as aside:
        shutil.copyfileobj(file, aside)
        aside.flush()
        os.fsync(aside.fileno())
    sync_folder(path.parent)
    os.ftruncate(file.fileno(), end)
    os.fsync(file.fileno())


def _finish_sealing(folder: Path, database: Database) -> Iterator[str]:
    """Segments renamed by a writer that was killed before it could say so in the index."""
    with database.read() as session:
        opened = list(session.scalars(select(Segment).where(Segment.state == "open").order_by(Segment.id)))
    for segment in opened:
        if (folder / f"{segment.name}{OPEN_SUFFIX}").exists():
            continue
        path = folder / f"{segment.name}{SEALED_SUFFIX}"
        try:
            size, digest = measure(path)
        except FileNotFoundError:
            yield f"{segment.name}: the file is missing"
            continue
        except OSError as error:
            raise CannotRead(path=path, problem=error.strerror) from error
        with database.write() as session:
            mark_sealed(session, segment.id, size, digest)
        yield f"{segment.name}: sealed already, noted now"


THIS_SEGMENT = 0
"""Stands for the id of the segment being salvaged, until it is known."""

Group = list[tuple[Placed, StoredRecord]]


def _groups(file: IO[bytes]) -> Iterator[tuple[Group, int]]:
    """The whole exchanges of a segment, each with the offset after it; first the warcinfo, an empty group.

    Only one is held at a time: a segment may be larger than the memory.
    """
    current: Group = []
    for placed in members(file):
        try:
            record = read_record(file, placed.offset)
        except ValueError:
            return  # a whole gzip member that is no record
        if record.type == "warcinfo":
            yield [], placed.offset + placed.bytes
            continue
        current.append((placed, record))
        if record.type == "metadata":
            yield current, placed.offset + placed.bytes
            current = []


def _original(
    database: Database, record: StoredRecord, name: str, rows: list[dict[str, Any]]
) -> Original | None:
    """What a revisit record refers to: in the index, or among the rows of its own segment, `name`."""
    record_id = record.headers.get("WARC-Refers-To", "").strip("<>")
    for row in rows:
        if row["record_id"] == record_id:
            return Original(
                row["url"], row["captured_at"], THIS_SEGMENT, name, row["record_offset"], record_id,
                row["content_type"], row["payload_sha256"], row["payload_sha1"], row["payload_bytes"],
            )  # fmt: skip
    url, date = (record.headers.get(f"WARC-Refers-To-{name}", "") for name in ("Target-URI", "Date"))
    try:
        captured_at = datetime.fromisoformat(date)
    except ValueError:
        return None
    with database.read() as session:
        return original_at(session, url, captured_at, record_id)


def _of_segment(row: dict[str, Any], segment_id: int) -> dict[str, Any]:
    own = {"original_segment_id": segment_id} if row["original_segment_id"] == THIS_SEGMENT else {}
    return row | {"segment_id": segment_id} | own


def _row_again(group: Group, original_of: Callable[[StoredRecord], Original | None]) -> dict[str, Any]:
    """The index row of an exchange, from its records alone; its segment's id is the caller's to set."""
    records = {record.type: (placed, record) for placed, record in group}
    _, metadata = records["metadata"]
    notes = parse_fields(metadata.block)
    response = records.get("response") or records.get("revisit")
    request = records.get("request")
    outcome: Outcome = "failed"
    if notes.get("outcome") == "complete":
        outcome = "complete"
    elif notes.get("outcome") == "partial":
        outcome = "partial"
    exchange = Exchange(
        url=metadata.headers["WARC-Target-URI"],
        method=notes.get("method", "GET"),
        captured_at=datetime.fromisoformat(metadata.headers["WARC-Date"]),
        request=bytes(request[1].block) if request else b"",
        response=(received(notes) or response[1].block) if response else b"",
        outcome=outcome,
        problem=notes.get("problem"),
        reconstructed=notes.get("reconstructed") == "yes",
    )
    purpose = Purpose(notes.get("role", ""), notes.get("followed", ""), notes.get("via"))
    first = response or (group[-1][0], metadata)
    record_id = first[1].headers["WARC-Record-ID"].strip("<>")
    placed = PlacedGroup(
        record_id, group[0][0].offset, response[0] if response else None, request[0] if request else None
    )
    run = notes.get("run", "")
    reply = take_apart(exchange.response)
    revisit = None
    if response and response[1].type == "revisit":
        original = original_of(response[1])
        revisit = Revisit(response[1].headers.get("WARC-Profile", ""), original, b"") if original else None
    payload = entity_digests(reply) if response and response[1].type == "response" else None
    return capture_row(
        exchange, purpose, reply, payload, placed,
        run_id=int(run) if run.isdecimal() else 0, site=notes.get("site", ""), segment_id=0,
        blocked=notes.get("blocked"), revisit=revisit,
    )  # fmt: skip
