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

from sqlalchemy import select
from sqlalchemy.orm import Session

from errors import CannotWrite, Damaged, HomeBusy, NianbaoError
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
            group = writer.append(exchange, purpose, reply, facts)
            writer.sync()
            row = capture_row(
                exchange, purpose, reply, group,
                run_id=self._run_id, site=self._site, segment_id=self._segment_id, blocked=blocked,
            )  # fmt: skip
            with self._database.write() as session:
                session.add(row)
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
            except NianbaoError:
                writer.abandon()
                raise
            self._writer, self._segment_id = writer, row.id
        return self._writer

    def _seal(self) -> None:
        assert self._writer is not None
        size, digest = self._writer.seal()
        self._writer = None
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
    path = locate(folder, place.segment)
    problem: object
    try:
        with path.open("rb") as file:
            record = read_record(file, place.offset)
        if record.headers.get("WARC-Record-ID") == f"<{place.record_id}>":
            return record.block
        problem = "another record lies here"
    except ValueError as error:
        problem = error
    raise Damaged(segment=path.name, offset=place.offset, url=place.url, problem=problem)


def salvage(folder: Path, database: Database) -> list[str]:
    """Bring what a crash left behind into order; a line for people for each segment that was touched.

    For each open segment without a living writer: a torn tail is moved to `<segment>.torn`, whole exchanges
    without a row are indexed, and the segment is sealed. Segments being written are left alone.
    """
    lines = []
    for path in sorted(folder.glob(f"*{OPEN_SUFFIX}")):
        try:
            file = lock_abandoned(path)
        except HomeBusy:
            continue
        except OSError as error:
            raise CannotWrite(path=path, problem=error.strerror) from error
        with file:
            lines.append(_salvage_segment(path, file, database))
    return lines + list(_finish_sealing(folder, database))


def _salvage_segment(path: Path, file: IO[bytes], database: Database) -> str:
    name = path.name.removesuffix(OPEN_SUFFIX)
    groups, end = _groups(file)
    size = path.stat().st_size
    torn = size - end
    if torn:
        file.seek(end)
        with path.with_name(f"{path.name}.torn").open("wb") as aside:
            shutil.copyfileobj(file, aside)
            aside.flush()
            os.fsync(aside.fileno())
        os.ftruncate(file.fileno(), end)
        os.fsync(file.fileno())
    if end == 0:
        path.unlink()
        return f"{name}: nothing whole in it, {torn} bytes moved aside"
    with database.write() as session:
        segment = session.scalar(select(Segment).where(Segment.name == name))
        if segment is None:
            segment = Segment(name=name, state="open", created_at=datetime.now(UTC))
            session.add(segment)
            session.flush()
        known = set(session.scalars(select(Capture.record_offset).where(Capture.segment_id == segment.id)))
        rows = [_row_again(group, segment.id) for group in groups if group[0][0].offset not in known]
        runs = set(session.scalars(select(Run.id)))
        lost = [row.url for row in rows if row.run_id not in runs]
        session.add_all(row for row in rows if row.run_id in runs)
        segment_id = segment.id
    bytes_, digest = seal_file(path)
    with database.write() as session:
        _mark_sealed(session, segment_id, bytes_, digest)
    line = f"{name}: {len(groups)} exchanges, {len(rows) - len(lost)} indexed again, {torn} torn bytes aside"
    return line + (f", {len(lost)} of a run this database does not know" if lost else "")


def _finish_sealing(folder: Path, database: Database) -> Iterator[str]:
    """Segments renamed by a writer that was killed before it could say so in the index."""
    with database.read() as session:
        opened = list(session.scalars(select(Segment).where(Segment.state == "open")))
    for segment in opened:
        path = folder / f"{segment.name}{SEALED_SUFFIX}"
        if path.exists():
            size, digest = measure(path)
            with database.write() as session:
                _mark_sealed(session, segment.id, size, digest)
            yield f"{segment.name}: sealed already, noted now"


Group = list[tuple[Placed, StoredRecord]]


def _groups(file: IO[bytes]) -> tuple[list[Group], int]:
    """The whole exchanges of a segment, and the offset after the last of them."""
    groups: list[Group] = []
    current: Group = []
    end = 0
    for placed in members(file):
        record = read_record(file, placed.offset)
        if record.type == "warcinfo":
            end = placed.offset + placed.bytes
            continue
        current.append((placed, record))
        if record.type == "metadata":
            groups.append(current)
            current = []
            end = placed.offset + placed.bytes
    return groups, end


def _row_again(group: Group, segment_id: int) -> Capture:
    """The index row of an exchange, from its records alone."""
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
    return capture_row(
        exchange, purpose, take_apart(exchange.response), placed,
        run_id=int(notes.get("run", "0")), site=notes.get("site", ""), segment_id=segment_id,
        blocked=notes.get("blocked"),
    )  # fmt: skip


def _mark_sealed(session: Session, segment_id: int, size: int, digest: str) -> None:
    segment = session.get_one(Segment, segment_id)
    segment.state, segment.bytes, segment.sha256 = "sealed", size, digest
    segment.sealed_at = datetime.now(UTC)
