"""Captures that others made, taken into the archive: their segments as they are, rows from their records.

A WARC file becomes a sealed segment `import-<sha256>`, octet for octet where each of its records is packed by
itself. The index gets a row for each reply to an http(s) address that it does not have yet; the table
`imports` says where the segment came from. Either all of a file is taken in, or nothing.

What others say of a server (its ETag, that a page was not there) is kept, and not built upon: no row of an
import is ever asked by.
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from errors import CannotWrite
from storage.brought import Staged, clear, pack_anew, stage
from storage.captures import capture_row
from storage.database import Database
from storage.exchange import Exchange, Outcome, Purpose, Reply, digests, take_apart
from storage.foreign import (
    Allowance,
    NotByRecordError,
    check_block,
    check_payload,
    digest_octets,
    records,
)
from storage.import_rounds import split
from storage.members import Placed, StoredRecord, parse_fields
from storage.models import Capture, Import, Run, Segment
from storage.revisits import NO_ORIGINAL
from storage.runs import IMPORT
from storage.segment import IMPORTED, SEALED_SUFFIX, PlacedGroup, measure, sync_folder

ROLE = "imported"
_BATCH = 500
_RECORD_ID = 64
_ABOUT = ("software", "operator", "hostname", "isPartOf", "description", "format")


@dataclass(frozen=True, slots=True)
class Judges:
    """What the rooms above know of a capture: the site of a URL, and the kind of block page, if it is one."""

    site: Callable[[str], str]
    blocked: Callable[[Reply], str | None]


@dataclass(slots=True)
class Taken:
    """What came of a file. `runs`: those that its captures are of, in the order of time; none where all was
    known."""

    runs: list[int] = field(default_factory=list)
    captures: int = 0
    known: int = 0
    lost: int = 0
    """revisits whose payload is neither in the file nor in the archive"""
    other: int = 0
    """records that are no replies of a web server"""


@dataclass(slots=True)
class _Found:
    """The rows of one staged file, written aside; and what revisits in any file may refer to."""

    staged: Staged
    rows: IO[str]
    about: dict[str, str] = field(default_factory=dict)
    count: int = 0
    known: int = 0
    other: int = 0


def take_in(
    database: Database, folder: Path, path: Path, *, block: int, now: datetime, judges: Judges
) -> Taken:
    """Take a WARC file or a WACZ into the archive. The caller holds the night's lock.

    `block`: octets of the largest record that is taken. Raises `NoFile`, `BadImport`, `CannotWrite`,
    `DatabaseError`; then nothing was taken in.
    """
    clear(folder)
    taken = Taken()
    found: list[_Found] = []
    try:
        for staged in stage(folder, path, block):
            with database.read() as session:
                before = session.scalar(select(Import).where(Import.sha256 == staged.sha256))
            if before is not None:
                taken.known += before.captures
                taken.runs = sorted({*taken.runs, *_unfinished(database, before.segment_id)})
                continue
            reader = _Reader(database, path, judges)
            try:
                found.append(reader.read(staged, block))
            except NotByRecordError:
                pack_anew(folder, path, staged, block)
                reader = _Reader(database, path, judges)
                found.append(reader.read(staged, block))
        taken.known += sum(one.known for one in found)
        taken.other = sum(one.other for one in found)
        fresh = [one for one in found if one.count]
        if fresh:
            runs, taken.lost = _keep(database, folder, path, fresh, now)
            taken.runs += runs
            taken.captures = sum(one.count for one in fresh)
    except OSError as error:
        raise CannotWrite(path=error.filename or folder, problem=error.strerror or error) from error
    finally:
        for one in found:
            one.rows.close()
        clear(folder)
    return taken


def _unfinished(database: Database, segment_id: int) -> list[int]:
    """The runs that brought this segment and were cut before their reports were read."""
    with database.read() as session:
        brought = select(Capture.run_id).where(Capture.segment_id == segment_id)
        cut = select(Run.id).where(Run.id.in_(brought), Run.state != "done")
        return list(session.scalars(cut))


class _Reader:
    """Reads a staged file to its end, checks every record, and gives the rows of what is new."""

    def __init__(self, database: Database, path: Path, judges: Judges) -> None:
        self._database = database
        self._path = path
        self._judges = judges
        self._reply: tuple[Placed, StoredRecord] | None = None
        self._request: tuple[Placed, StoredRecord] | None = None
        self._notes: dict[str, str] = {}

    def read(self, staged: Staged, block: int) -> _Found:
        """Raises `BadImport`, `NotByRecordError`."""
        found = _Found(staged, tempfile.TemporaryFile("w+", encoding="utf-8"))  # noqa: SIM115 - the caller's
        self._block = block
        count = 0
        try:
            with staged.path.open("rb") as file, self._database.read() as session:
                for placed, record in records(file, Allowance(block, staged.path.stat().st_size)):
                    count += 1
                    check_block(record)
                    self._take(session, found, placed, record)
                self._flush(session, found)
            if not count:
                raise ValueError("it holds no record")
        except NotByRecordError:
            found.rows.close()
            if staged.repacked:
                raise staged.refused(self._path, "a record is not as long as it says") from None
            raise
        except ValueError as error:
            found.rows.close()
            raise staged.refused(self._path, error) from error
        return found

    def _take(self, session: Session, found: _Found, placed: Placed, record: StoredRecord) -> None:
        if record.type == "warcinfo":
            fields = parse_fields(record.block[:65536])
            found.about = {key: fields[key][:500] for key in _ABOUT if fields.get(key)}
        elif record.type in ("response", "revisit"):
            self._flush(session, found)
            self._reply = (placed, record)
        elif record.type == "request":
            if self._reply is not None and self._request is None and _together(self._reply[1], record):
                self._request = (placed, record)
                return
            self._flush(session, found)
            self._request = (placed, record)
        elif record.type == "metadata" and self._reply is not None and _together(self._reply[1], record):
            self._notes = parse_fields(record.block[:65536])
        else:
            found.other += 1

    def _flush(self, session: Session, found: _Found) -> None:
        """The row of the reply that came last, with the request before or after it."""
        if self._reply is None:
            return
        (placed, record), self._reply = self._reply, None
        request, self._request = self._request, None
        notes, self._notes = self._notes, {}
        if request is not None and not _together(record, request[1]):
            request = None
        row = self._row(placed, record, request, notes)
        if row is None:
            found.other += 1
            return
        known = session.scalar(
            select(Capture.id).where(
                Capture.url == row["url"],
                Capture.captured_at == row["captured_at"],
                Capture.record_id == row["record_id"],
            )
        )
        if known is not None:
            found.known += 1
            return
        found.count += 1
        row["captured_at"] = row["captured_at"].isoformat()
        found.rows.write(json.dumps(row) + "\n")

    def _row(
        self,
        placed: Placed,
        record: StoredRecord,
        request: tuple[Placed, StoredRecord] | None,
        notes: dict[str, str],
    ) -> dict[str, Any] | None:
        url = record.headers.get("WARC-Target-URI", "").strip("<>")
        record_id = record.headers.get("WARC-Record-ID", "").strip("<>")
        if not url.startswith(("http://", "https://")) or not 0 < len(record_id) <= _RECORD_ID:
            return None
        reply = take_apart(record.block)
        revisit = record.type == "revisit"
        if not revisit:
            check_payload(record, reply, self._block)
        truncated = record.headers.get("WARC-Truncated")
        outcome: Outcome = "partial" if truncated or notes.get("outcome") == "partial" else "complete"
        method = bytes(request[1].block[:32]).split(b" ")[0].decode("ascii", "replace") if request else "GET"
        exchange = Exchange(
            url=url, method=method[:16], captured_at=_time(record), request=b"", response=record.block,
            outcome=outcome, problem=f"the record is truncated: {truncated}" if truncated else None,
        )  # fmt: skip
        followed = f"imported from {self._path.name}"
        purpose = Purpose(
            ROLE, f"{followed}; {notes['followed']}" if notes.get("followed") else followed, notes.get("via")
        )
        group = PlacedGroup(record_id, placed.offset, placed, request[0] if request else None)
        payload = None if revisit or reply.status == 304 else digests(reply.payload)
        row = capture_row(
            exchange, purpose, reply, payload, group,
            run_id=0, site=self._judges.site(url), segment_id=0,
            blocked=None if revisit else self._judges.blocked(reply),
        )  # fmt: skip
        # Only what a server told us is sent back to it.
        row |= {"etag": None, "last_modified": None}
        if revisit:
            profile = record.headers.get("WARC-Profile", "")
            row["status"] = 304 if row["status"] is None and "not-modified" in profile else row["status"]
            row["refers_to"] = _refers_to(record)
        return row


def _together(reply: StoredRecord, other: StoredRecord) -> bool:
    """Whether a request or metadata record belongs to a reply."""
    ids = [one.headers.get("WARC-Record-ID") for one in (reply, other)]
    named = [one.headers.get("WARC-Concurrent-To") for one in (other, reply)]
    if any(name is not None for name in named):
        return any(name is not None and name == id_ for name, id_ in zip(named, ids, strict=True))
    same = ("WARC-Target-URI", "WARC-Date")
    return other.type == "request" and all(reply.headers.get(key) == other.headers.get(key) for key in same)


def _time(record: StoredRecord) -> datetime:
    text = record.headers.get("WARC-Date", "")
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"a record has no date: {text!r}") from error
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _refers_to(record: StoredRecord) -> str | None:
    """What a revisit says of its payload: `sha1:` in base32 as the index has it, or `sha256:` in hex."""
    algorithm, _, text = record.headers.get("WARC-Payload-Digest", "").partition(":")
    if algorithm.lower() == "sha256" and (octets := digest_octets(text, 32)):
        return f"sha256:{octets.hex()}"
    if algorithm.lower() == "sha1" and (octets := digest_octets(text, 20)):
        return f"sha1:{base64.b32encode(octets).decode()}"
    return None


def _keep(
    database: Database, folder: Path, path: Path, fresh: list[_Found], now: datetime
) -> tuple[list[int], int]:
    """Give the files their names, and then tell the index of them, in one transaction: the runs, and how
    many revisits refer to a payload that is nowhere."""
    named: list[tuple[_Found, str, int, str]] = []
    for one in fresh:
        size, digest = measure(one.staged.path)
        name = f"{IMPORTED}{one.staged.sha256[:32]}"
        one.staged.path.replace(folder / f"{name}{SEALED_SUFFIX}")
        named.append((one, name, size, digest))
    sync_folder(folder)
    lost = 0
    with database.write() as session:
        run = Run(kind=IMPORT, state="running", started_at=now, sites=[], summary={})
        session.add(run)
        session.flush()
        originals: dict[str, dict[str, Any]] = {}
        for one, name, size, digest in named:
            segment = Segment(
                name=name, state="sealed", created_at=now, sealed_at=now, bytes=size, sha256=digest
            )
            session.add(segment)
            session.flush()
            one.about |= one.staged.about
            session.add(
                Import(
                    segment_id=segment.id, run_id=run.id, source=path.name, member=one.staged.member,
                    sha256=one.staged.sha256, repacked=one.staged.repacked, about=one.about,
                    captures=one.count + one.known, imported_at=now,
                )
            )  # fmt: skip
            _insert(session, one, {"run_id": run.id, "segment_id": segment.id}, originals)
        for one, name, _, _ in named:
            segment_id = session.scalars(select(Segment.id).where(Segment.name == name)).one()
            lost += _insert_revisits(session, one, {"run_id": run.id, "segment_id": segment_id}, originals)
        return split(session, run), lost


def _insert(
    session: Session, found: _Found, ids: dict[str, int], originals: dict[str, dict[str, Any]]
) -> None:
    """Index what brought its payload itself. `originals` learns of it."""
    batch: list[dict[str, Any]] = []
    for row in _rows(found):
        if "refers_to" in row:
            continue
        row.update(ids)
        batch.append(row)
        if row["payload_sha256"] and row["outcome"] == "complete":
            original = {
                "original_segment_id": ids["segment_id"], "original_offset": row["record_offset"],
                **{key: row[key] for key in _PAYLOAD},
            }  # fmt: skip
            originals.setdefault(f"sha256:{row['payload_sha256']}", original)
            originals.setdefault(f"sha1:{row['payload_sha1']}", original)
        if len(batch) >= _BATCH:
            session.connection().execute(insert(Capture), batch)
            batch = []
    if batch:
        session.connection().execute(insert(Capture), batch)


_PAYLOAD = ("content_type", "payload_sha256", "payload_sha1", "payload_bytes")


def _insert_revisits(
    session: Session, found: _Found, ids: dict[str, int], originals: dict[str, dict[str, Any]]
) -> int:
    """Index what refers to a payload: how many of these payloads are nowhere."""
    lost = 0
    for row in _rows(found):
        if "refers_to" not in row:
            continue
        named = row.pop("refers_to")
        original = originals.get(named or "") or _in_the_archive(session, named, row["url"])
        lost += original is None
        row.update(ids | (original or NO_ORIGINAL))
        session.connection().execute(insert(Capture), [row])
    return lost


def _in_the_archive(session: Session, named: str | None, url: str) -> dict[str, Any] | None:
    algorithm, _, digest = (named or "").partition(":")
    if not digest:
        return None
    # By the sha1 only of the same address: no index finds it among all.
    same = (
        (Capture.payload_sha256 == digest)
        if algorithm == "sha256"
        else ((Capture.url == url) & (Capture.payload_sha1 == digest))
    )
    first = session.scalars(
        select(Capture)
        .where(same, Capture.outcome == "complete", Capture.status.is_not(None))
        .order_by(Capture.id)
        .limit(1)
    ).first()
    if first is None:
        return None
    has_it = first.original_offset is None
    return {
        "original_segment_id": first.segment_id if has_it else first.original_segment_id,
        "original_offset": first.record_offset if has_it else first.original_offset,
        **{key: getattr(first, key) for key in _PAYLOAD},
    }


def _rows(found: _Found) -> Iterator[dict[str, Any]]:
    found.rows.seek(0)
    for line in found.rows:
        row: dict[str, Any] = json.loads(line)
        row["captured_at"] = datetime.fromisoformat(row["captured_at"])
        yield row
