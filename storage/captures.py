"""The index of captures and its questions in time. Identity is the exact URL."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from errors import NotCaptured, UnknownUrl
from storage.exchange import Digests, Exchange, Purpose, Reply
from storage.models import Capture
from storage.revisits import NO_ORIGINAL, Revisit
from storage.segment import PlacedGroup
from storage.spool import Octets

MOST_OF_A_VALIDATOR = 1024
"""Octets of an ETag that are kept; what is longer is nothing to be sent back every night."""


def capture_row(
    exchange: Exchange,
    purpose: Purpose,
    reply: Reply,
    digests: Digests | None,
    group: PlacedGroup,
    *,
    run_id: int,
    site: str,
    segment_id: int,
    blocked: str | None,
    revisit: Revisit | None = None,
) -> dict[str, Any]:
    """The index row of an exchange that lies in a segment; `digests` are those of its reply's payload."""
    return {
        "run_id": run_id,
        "site": site,
        "url": exchange.url,
        "captured_at": exchange.captured_at,
        "method": exchange.method,
        "status": reply.status,
        "outcome": exchange.outcome,
        "problem": exchange.problem,
        "blocked": blocked,
        "content_type": reply.content_type,
        "etag": _validator(reply, b"etag"),
        "last_modified": _validator(reply, b"last-modified"),
        "payload_sha256": digests.sha256 if digests else None,
        "payload_sha1": digests.sha1 if digests else None,
        "payload_bytes": len(reply.payload) if digests else None,
        "reconstructed": exchange.reconstructed,
        "role": purpose.role,
        "followed": purpose.followed,
        "referrer": purpose.referrer,
        "segment_id": segment_id,
        "record_id": group.record_id,
        "record_offset": group.start,
        "request_offset": group.request.offset if group.request else None,
        "request_bytes": group.request.bytes if group.request else None,
        "response_offset": group.response.offset if group.response else None,
        "response_bytes": group.response.bytes if group.response else None,
        **(revisit.columns() if revisit else NO_ORIGINAL),
    }


def _validator(reply: Reply, name: bytes) -> str | None:
    value = reply.header(name) if reply.status == 200 else None
    return value.decode("latin-1") if value and len(value) <= MOST_OF_A_VALIDATOR else None


def payload_digest(payload: Octets) -> str:
    """The sha256 by which the database knows a payload, in hex."""
    return hashlib.sha256(payload).hexdigest()


def history(session: Session, url: str) -> list[Capture]:
    """All captures of a URL, oldest first, failed ones too. Raises `UnknownUrl`."""
    found = session.scalars(
        select(Capture)
        .where(Capture.url == url)
        .order_by(Capture.captured_at, Capture.id)
        .options(joinedload(Capture.segment))
    )
    captures = list(found)
    if not captures:
        raise UnknownUrl(url=url)
    return captures


def nearest(session: Session, url: str, at: datetime | None = None) -> Capture:
    """The last capture of a URL with a payload that is not after `at` (or the last of all).

    Raises `UnknownUrl`, or `NotCaptured` where the URL was captured only later.
    """
    answered = select(Capture).where(Capture.url == url, Capture.payload_sha256.is_not(None))
    query = answered if at is None else answered.where(Capture.captured_at <= at)
    capture = session.scalar(
        query.order_by(Capture.captured_at.desc(), Capture.id.desc())
        .limit(1)
        .options(joinedload(Capture.segment))
    )
    if capture is not None:
        return capture
    first = session.scalar(
        select(func.min(Capture.captured_at)).where(Capture.url == url, Capture.payload_sha256.is_not(None))
    )
    if first is None or at is None:
        raise UnknownUrl(url=url)
    raise NotCaptured(url=url, time=at, first=first)


def answered_in_run(session: Session, run_id: int, url: str) -> Capture | None:
    """What this run already has of a URL: a complete reply that is not a server's failure, or nothing."""
    return session.scalar(
        select(Capture)
        .where(
            Capture.run_id == run_id,
            Capture.url == url,
            Capture.outcome == "complete",
            Capture.status < 500,
        )
        .order_by(Capture.id.desc())
        .limit(1)
        .options(joinedload(Capture.segment))
    )
