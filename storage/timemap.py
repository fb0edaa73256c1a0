"""The time map of an address: when it was captured and what came, without opening a single row of the table.

An address that was captured on a hundred nights has its rows in a hundred places of the table. What a time
map tells lies in one place of `ix_captures_time_map`: an answer takes milliseconds, however many there are.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Capture


class Memento(NamedTuple):
    """A capture that brought a payload."""

    captured_at: datetime
    capture: int
    status: int | None
    payload_sha256: str


def time_map(
    session: Session, url: str, *, after: datetime | None = None, limit: int = 1000
) -> list[Memento]:
    """The captures of a URL that brought a payload, oldest first: those after a time, at most so many."""
    query = select(Capture.captured_at, Capture.id, Capture.status, Capture.payload_sha256).where(
        Capture.url == url, Capture.payload_sha256.is_not(None)
    )
    if after is not None:
        query = query.where(Capture.captured_at > after)
    rows = session.execute(query.order_by(Capture.captured_at, Capture.id).limit(limit))
    return [Memento(at, number, status, str(digest)) for at, number, status, digest in rows]
