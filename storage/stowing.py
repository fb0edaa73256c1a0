"""Sealed segments on their way to the object store, and their local copies when these have had their time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from errors import CannotWrite
from storage.database import Database
from storage.models import Segment
from storage.segment import SEALED_SUFFIX, measure
from storage.store import Store

LARGEST_PUT = 5 << 30
"""Octets of one request that S3 takes; only what was imported, or sealed at a limit set higher, is larger."""


@dataclass(slots=True)
class Stowed:
    """What was done: segments and bytes sent up, local copies dropped, and what is still only here."""

    sent: int = 0
    bytes: int = 0
    dropped: int = 0
    waiting: int = 0


def waiting(database: Database, store: Store) -> list[Segment]:
    """The sealed segments that this store is not known to have, the oldest first."""
    with database.read() as session:
        return list(
            session.scalars(
                select(Segment)
                .where(Segment.state == "sealed", Segment.stored_in.is_distinct_from(store.url))
                .order_by(Segment.sealed_at, Segment.id)
            )
        )


def send(folder: Path, database: Database, store: Store, stowed: Stowed) -> Iterator[str]:
    """Send up what is waiting, and note each once the store has it; a line for what is not as it was sealed.

    What a call that was cut had sent is only read back. `stowed` tells what was done so far. Raises
    `StoreTrouble`.
    """
    left = waiting(database, store)
    stowed.waiting = len(left)
    for segment in left:
        path = folder / f"{segment.name}{SEALED_SUFFIX}"
        size, sha256 = segment.bytes or 0, segment.sha256 or ""
        if size > LARGEST_PUT:
            yield f"{segment.name} stays here: {size >> 30} GiB is more than a store takes in one piece"
            continue
        if not (store.size(segment.name) == size and store.sha256(segment.name) == sha256):
            try:
                if measure(path) != (size, sha256):
                    yield f"{segment.name} is not sent away: it is not what was sealed; see `nianbao verify`"
                    continue
                store.put(path, segment.name, sha256)
            except OSError as error:
                yield f"{segment.name} cannot be sent away: {error.strerror or error}"
                continue
            stowed.bytes += size
        with database.write() as session:
            session.get_one(Segment, segment.id).stored_in = store.url
        stowed.sent += 1
        stowed.waiting -= 1


def drop(folder: Path, database: Database, store: Store, before: datetime, stowed: Stowed) -> None:
    """Take away the local copies of what was sealed before that time and lies in the store.

    The store is asked once more for each. Raises `StoreTrouble`, `CannotWrite`.
    """
    with database.read() as session:
        old = select(Segment).where(Segment.stored_in == store.url, Segment.sealed_at < before)
        stored = list(session.scalars(old.order_by(Segment.id)))
    for segment in stored:
        path = folder / f"{segment.name}{SEALED_SUFFIX}"
        if path.exists() and store.size(segment.name) == segment.bytes:
            try:
                path.unlink()
            except OSError as error:
                raise CannotWrite(path=path, problem=error.strerror) from error
            stowed.dropped += 1
