"""The archive: exchanges go in for good, exact octets come out.

Exchanges are kept in groups. A group is appended to the segment, synced to disk once, indexed in one
transaction, and only then acknowledged; where a step fails, no exchange of the group is. A crash between the
sync and the index leaves records without rows, which `storage.salvage` indexes; a crash inside a record
leaves a torn tail, which it moves aside. A sealed segment is never touched again.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy.orm import Session, joinedload

from errors import CannotRead, Damaged
from storage.captures import capture_row, payload_digest
from storage.database import Database
from storage.exchange import Digests, Exchange, Purpose, Reply, entity_digests, take_apart
from storage.group_index import GroupIndex
from storage.members import StoredRecord, read_record
from storage.models import Capture, Segment
from storage.revisits import NOT_MODIFIED, Known, Original, may_refer, original_of, originals
from storage.segment import IMPORTED, OPEN_SUFFIX, SEALED_SUFFIX, SegmentWriter, locate

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """An exchange on its way into the archive, with its reply taken apart.

    `blocked` names the kind of block page, where the reply is one.
    """

    exchange: Exchange
    purpose: Purpose
    reply: Reply
    blocked: str | None = None


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
        self._index = GroupIndex(database.dialect)
        self._writer: SegmentWriter | None = None
        self._segment_id = 0

    def add(self, exchange: Exchange, purpose: Purpose, *, blocked: str | None = None) -> Capture:
        """Keep one exchange by itself; as `add_all`."""
        (capture_id,) = self.add_all([Arrival(exchange, purpose, take_apart(exchange.response), blocked)])
        with self._database.read() as session:
            return session.get_one(Capture, capture_id, options=[joinedload(Capture.segment)])

    def add_all(self, arrivals: Sequence[Arrival]) -> list[int]:
        """Keep a group of exchanges: the ids of their captures, in order.

        When this returns, their octets are on disk and their rows are in the index. Raises `CannotWrite`,
        `DatabaseError`: then none of them is acknowledged, and what was kept before stays whole.
        """
        payloads = [entity_digests(one.reply) if one.exchange.response else None for one in arrivals]
        with self._lock:
            known = self._known(arrivals, payloads)
            writer = self._open()
            try:
                rows = [
                    self._append(writer, arrival, payload, known)
                    for arrival, payload in zip(arrivals, payloads, strict=True)
                ]
                writer.sync()
                with self._database.transaction() as cursor:
                    ids = self._index.add(cursor, rows)
            except BaseException:
                # Left open for the next start, which puts segment and index in order before it seals.
                self._writer = None
                writer.abandon()
                raise
            if writer.size >= self._segment_bytes:
                self._seal()
        return ids

    def close(self) -> None:
        """Seal the segment being written."""
        with self._lock:
            if self._writer is not None:
                self._seal()

    def _known(self, arrivals: Sequence[Arrival], payloads: Sequence[Digests | None]) -> Known:
        """What the archive has already of what these exchanges brought, or were told has not changed."""
        wanted = {
            payload.sha256
            for one, payload in zip(arrivals, payloads, strict=True)
            if payload is not None and may_refer(one.exchange, one.reply)
        }
        asked = {
            one.purpose.revalidates
            for one in arrivals
            if one.reply.status == 304 and one.purpose.revalidates is not None
        }
        if not wanted and not asked:
            return Known({}, {})
        with self._database.look() as cursor:
            if not asked and not self._index.may_have(cursor, wanted):
                return Known({}, {})
        with self._database.connection() as connection:
            found = originals(connection, wanted)
            known = Known({}, {number: one for number in asked if (one := original_of(connection, number))})
        for digest, original in found.items():
            # What we have in hand is only left out where what we have on disk can be read back.
            try:
                read_reply(self._folder, Place.of(original))
            except (CannotRead, Damaged) as error:
                logger.warning("written again: %s", error)
            else:
                known.by_payload[digest] = original
        return known

    def _append(
        self, writer: SegmentWriter, arrival: Arrival, payload: Digests | None, known: Known
    ) -> dict[str, Any]:
        """Where one exchange becomes records, and what the index will say of it."""
        exchange, reply = arrival.exchange, arrival.reply
        facts = {"run": str(self._run_id), "site": self._site}
        if arrival.blocked:
            facts["blocked"] = arrival.blocked
        revisit = known.revisit(exchange, arrival.purpose, reply, payload)
        placed = writer.append(exchange, arrival.purpose, payload, facts, revisit)
        if revisit is None and payload is not None and placed.response and may_refer(exchange, reply):
            known.by_payload[payload.sha256] = Original(
                exchange.url, exchange.captured_at, self._segment_id, writer.name, placed.response.offset,
                placed.record_id, reply.content_type, payload.sha256, payload.sha1, len(reply.payload),
            )  # fmt: skip
        return capture_row(
            exchange, arrival.purpose, reply, payload, placed,
            run_id=self._run_id, site=self._site, segment_id=self._segment_id, blocked=arrival.blocked,
            revisit=revisit,
        )  # fmt: skip

    def _open(self) -> SegmentWriter:
        if self._writer is None:
            started = datetime.now(UTC)
            name = self._free_name(started)
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

    def _free_name(self, started: datetime) -> str:
        """A name that no segment has: a clock that was set back may tell a moment twice."""
        name = first = f"nianbao-{self._site}-{started:%Y%m%d%H%M%S%f}-{os.getpid()}"
        again = 1
        while any((self._folder / f"{name}{suffix}").exists() for suffix in (SEALED_SUFFIX, OPEN_SUFFIX)):
            again += 1
            name = f"{first}-{again}"
        return name

    def _seal(self) -> None:
        assert self._writer is not None
        writer, self._writer = self._writer, None
        size, digest = writer.seal()
        with self._database.write() as session:
            mark_sealed(session, self._segment_id, size, digest)


def mark_sealed(session: Session, segment_id: int, size: int, digest: str) -> None:
    """Note that a segment is sealed, with its size in bytes and its sha256."""
    segment = session.get_one(Segment, segment_id)
    segment.state, segment.bytes, segment.sha256 = "sealed", size, digest
    segment.sealed_at = datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reply of a capture lies: all that a reader in another process needs.

    `original`: segment and offset of the record that has the payload, where it is not this one.
    """

    url: str
    segment: str
    offset: int
    record_id: str
    payload_sha256: str
    original: tuple[str, int] | None = None

    @classmethod
    def of(cls, original: Original) -> Place:
        """The place of an original."""
        return cls(original.url, original.segment, original.offset, original.record_id, original.sha256)


def place_of(capture: Capture) -> Place | None:
    """The place of a capture's reply, or `None` where none came."""
    if capture.response_offset is None or capture.payload_sha256 is None:
        return None
    original = None
    if capture.original_segment is not None and capture.original_offset is not None:
        original = (capture.original_segment.name, capture.original_offset)
    return Place(
        capture.url, capture.segment.name, capture.response_offset, capture.record_id, capture.payload_sha256,
        original,
    )  # fmt: skip


def read_reply(folder: Path, place: Place) -> Reply:
    """A reply from the archive, taken apart; its payload is checked against its sha256.

    A revisit is given out whole: with its own head and its original's payload; a 304, as what it stands for.
    Raises `CannotRead` (segment missing) or `Damaged`.
    """
    record = _read_record(folder, place)
    reply = _revisited(folder, place, record) if record.type == "revisit" else take_apart(record.block)
    if payload_digest(reply.payload) != place.payload_sha256:
        raise Damaged(
            segment=place.segment, offset=place.offset, url=place.url,
            problem="the payload is not the one that was captured",
        )  # fmt: skip
    return reply


def read_payload(folder: Path, capture: Capture) -> bytes:
    """The entity of a capture: after de-chunking, before content decoding; empty where no reply came.

    Raises `CannotRead` (segment missing) or `Damaged`.
    """
    place = place_of(capture)
    return bytes(read_reply(folder, place).payload) if place else b""


def _revisited(folder: Path, place: Place, record: StoredRecord) -> Reply:
    if place.original is None:
        problem = "what it refers to is not in the index"
        raise Damaged(segment=place.segment, offset=place.offset, url=place.url, problem=problem)
    named = record.headers.get("WARC-Refers-To", "").strip("<>")
    if place.segment.startswith(IMPORTED):
        named = ""  # found by the payload's digest, which is checked in the end
    try:
        original = _read_record(folder, Place(place.url, *place.original, named, place.payload_sha256))
    except CannotRead as error:
        problem = f"{error.details['problem']}; {place.url} refers to it"
        raise CannotRead(path=error.details["path"], problem=problem) from error
    reply = take_apart(original.block)
    if record.headers.get("WARC-Profile") == NOT_MODIFIED:
        return reply
    return replace(take_apart(record.block), payload=reply.payload)


def _read_record(folder: Path, place: Place) -> StoredRecord:
    problem: object
    try:
        path, file = open_segment(folder, place.segment)
        with file:
            record = read_record(file, place.offset)
        if place.record_id in ("", record.headers.get("WARC-Record-ID", "").strip("<>")):
            return record
        problem = "another record lies here"
    except ValueError as error:
        problem = error
    raise Damaged(segment=path.name, offset=place.offset, url=place.url, problem=problem)


def open_segment(folder: Path, name: str) -> tuple[Path, IO[bytes]]:
    """A segment to be read from, and where it lies or would: in the folder, else in the object store.

    Raises `CannotRead` where it is in neither, `StoreTrouble`.
    """
    while True:
        try:
            path = locate(folder, name)
        except CannotRead:
            # Loaded where it is needed: few have a store, and what speaks to one is slow to load.
            from storage.store import the_store  # noqa: PLC0415

            store = the_store()
            if store is None:
                raise
            return folder / f"{name}{SEALED_SUFFIX}", store.open(name)
        try:
            return path, path.open("rb")
        except FileNotFoundError:
            continue  # sealed by its writer this very moment
        except OSError as error:
            raise CannotRead(path=path, problem=error.strerror) from error
