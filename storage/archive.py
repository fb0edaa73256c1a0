"""The archive: exchanges go in for good, exact octets come out.

An exchange is acknowledged (its `Capture` returned) only when its records are on disk and its row is in the
index, in this order. A crash between the two leaves records without a row, which `salvage` indexes; a crash
inside a record leaves a torn tail, which `salvage` moves aside. A sealed segment is never touched again.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from errors import CannotRead, CannotWrite, Damaged, HomeBusy
from storage.captures import capture_row, payload_digest
from storage.database import Database
from storage.exchange import Exchange, Outcome, Purpose, Reply, take_apart
from storage.models import Capture, Run, Segment
from storage.segment import (
    OPEN_SUFFIX,
    SEALED_SUFFIX,
    Placed,
    PlacedGroup,
    SegmentWriter,
    StoredRecord,
    locate,
    lock_abandoned,
    measure,
    members,
    parse_fields,
    read_record,
    seal_file,
    sync_folder,
)


class Archive:
    """Takes the exchanges of one site in one run. Safe to call from several threads."""

    def __init__(
        self,
        folder: Path,
        database: Database,
        *,
        run_id: int,
        site: str,
        segment_bytes: int,
        info: dict[str, str],
    ) -> None:
        """`segment_bytes`: a segment is sealed once it reaches this size. `info`: the warcinfo fields."""
        self._folder = folder
        self._database = database
        self._run_id = run_id
        self._site = site
        self._segment_bytes = segment_bytes
        self._info = info
        self._lock = threading.Lock()
        self._writer: SegmentWriter | None = None
        self._segment_id = 0

    def add(self, exchange: Exchange, purpose: Purpose, *, blocked: str | None = None) -> Capture:
        """Keep an exchange. When this returns, its octets are on disk and its row is in the index.

        `blocked` names the kind of block page, where the reply is one. Raises `CannotWrite`, `DatabaseError`;
        what was kept before stays whole.
        """
        reply = take_apart(exchange.response)
        with self._lock:
            writer = self._open()
            facts = {"run": str(self._run_id), "site": self._site} | ({"blocked": blocked} if blocked else {})
            try:
                group = writer.append(exchange, purpose, reply, facts)
                writer.sync()
                row = capture_row(
                    exchange, purpose, reply, group,
                    run_id=self._run_id, site=self._site, segment_id=self._segment_id, blocked=blocked,
                )  # fmt: skip
                with self._database.write() as session:
                    session.add(row)
            except BaseException:
                # Left open for the next start, which puts segment and index in order before it seals.
                self._writer = None
                writer.abandon()
                raise
            if writer.size >= self._segment_bytes:
                self._seal()
        return row

    def close(self) -> None:
        """Seal the segment being written."""
        with self._lock:
            if self._writer is not None:
                self._seal()

    def _open(self) -> SegmentWriter:
        if self._writer is None:
            started = datetime.now(UTC)
            name = f"nianbao-{self._site}-{started:%Y%m%d%H%M%S%f}-{os.getpid()}"
            writer = SegmentWriter(self._folder, name, self._info)
            row = Segment(name=name, state="open", created_at=started)
            try:
                with self._database.write() as session:
                    session.add(row)
            except BaseException:
                writer.abandon()
                raise
            self._writer, self._segment_id = writer, row.id
        return self._writer

    def _seal(self) -> None:
        assert self._writer is not None
        writer, self._writer = self._writer, None
        size, digest = writer.seal()
        with self._database.write() as session:
            _mark_sealed(session, self._segment_id, size, digest)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reply of a capture lies: all that a reader in another process needs."""

    url: str
    segment: str
    offset: int
    record_id: str
    payload_sha256: str


def place_of(capture: Capture) -> Place | None:
    """The place of a capture's reply (`capture.segment` must be loaded), or `None` where none came."""
    if capture.response_offset is None or capture.payload_sha256 is None:
        return None
    return Place(
        capture.url, capture.segment.name, capture.response_offset, capture.record_id, capture.payload_sha256
    )


def read_reply(folder: Path, place: Place) -> Reply:
    """A reply from the archive, taken apart; its payload is checked against its sha256.

    Raises `CannotRead` (segment missing) or `Damaged`.
    """
    reply = take_apart(_read_block(folder, place))
    if payload_digest(reply.payload) != place.payload_sha256:
        raise Damaged(
            segment=place.segment, offset=place.offset, url=place.url,
            problem="the payload is not the one that was captured",
        )  # fmt: skip
    return reply


def read_payload(folder: Path, capture: Capture) -> bytes:
    """The entity of a capture: after de-chunking, before content decoding; empty where no reply came.

    `capture.segment` must be loaded. Raises `CannotRead` (segment missing) or `Damaged`.
    """
    place = place_of(capture)
    return read_reply(folder, place).payload if place else b""


def _read_block(folder: Path, place: Place) -> bytes:
    problem: object
    try:
        path, file = _open_segment(folder, place.segment)
        with file:
            record = read_record(file, place.offset)
        if record.headers.get("WARC-Record-ID") == f"<{place.record_id}>":
            return record.block
        problem = "another record lies here"
    except ValueError as error:
        problem = error
    raise Damaged(segment=path.name, offset=place.offset, url=place.url, problem=problem)


def _open_segment(folder: Path, name: str) -> tuple[Path, IO[bytes]]:
    while True:
        path = locate(folder, name)
        try:
            return path, path.open("rb")
        except FileNotFoundError:
            continue  # sealed by its writer this very moment
        except OSError as error:
            raise CannotRead(path=path, problem=error.strerror) from error


def salvage(folder: Path, database: Database) -> list[str]:
    """Bring what a crash left behind into order; a line for people for each segment that was touched.

    For each open segment without a living writer: a torn tail is moved to `<segment>.torn`, whole exchanges
    without a row are indexed, rows whose exchange is not there are counted, and the segment is sealed.
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
        known = set(session.scalars(select(Capture.record_offset).join(Segment).where(Segment.name == name)))
        runs = set(session.scalars(select(Run.id)))
    found: set[int] = set()
    rows: list[Capture] = []
    end = 0
    for group, after in _groups(file):
        end = after
        if group:
            found.add(group[0][0].offset)
            if group[0][0].offset not in known:
                rows.append(_row_again(group))
    torn = path.stat().st_size - end
    if torn:
        _move_aside(path, file, end)
    if end == 0:
        path.unlink()
        if not known:
            with database.write() as session:
                session.execute(delete(Segment).where(Segment.name == name))
        return f"{name}: nothing whole in it, {torn} bytes moved aside"
    with database.write() as session:
        segment = session.scalar(select(Segment).where(Segment.name == name))
        if segment is None:
            segment = Segment(name=name, state="open", created_at=datetime.now(UTC))
            session.add(segment)
            session.flush()
        segment_id = segment.id
        for row in (row for row in rows if row.run_id in runs):
            row.segment_id = segment_id
            session.add(row)
    bytes_, digest = seal_file(path)
    with database.write() as session:
        _mark_sealed(session, segment_id, bytes_, digest)
    strange = sum(row.run_id not in runs for row in rows)
    lost = len(known - found)
    line = f"{name}: {len(found)} exchanges, {len(rows) - strange} indexed again, {torn} torn bytes aside"
    line += f", {strange} of a run this database does not know" if strange else ""
    return line + (f", {lost} in the index but no longer in the segment" if lost else "")


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
        opened = list(session.scalars(select(Segment).where(Segment.state == "open")))
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
            _mark_sealed(session, segment.id, size, digest)
        yield f"{segment.name}: sealed already, noted now"


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


def _row_again(group: Group) -> Capture:
    """The index row of an exchange, from its records alone; its segment's id is the caller's to set."""
    records = {record.type: (placed, record) for placed, record in group}
    _, metadata = records["metadata"]
    notes = parse_fields(metadata.block)
    response = records.get("response")
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
        request=request[1].block if request else b"",
        response=response[1].block if response else b"",
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
    return capture_row(
        exchange, purpose, take_apart(exchange.response), placed,
        run_id=int(run) if run.isdecimal() else 0, site=notes.get("site", ""), segment_id=0,
        blocked=notes.get("blocked"),
    )  # fmt: skip


def _mark_sealed(session: Session, segment_id: int, size: int, digest: str) -> None:
    segment = session.get_one(Segment, segment_id)
    segment.state, segment.bytes, segment.sha256 = "sealed", size, digest
    segment.sealed_at = datetime.now(UTC)
