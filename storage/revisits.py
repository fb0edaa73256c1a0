"""Payloads that the archive has already: they are referred to, and not written again.

A `revisit` record (WARC 1.1 §6.7.2) stands for a reply whose payload lies in another record, its original:

    identical-payload-digest   the payload came again, from this address or from any other: the head of the
                               reply is kept as it came, the payload is left out
    server-not-modified        304, nothing came: the block is empty, because that is what replays; the octets
                               of the 304 stand in the metadata record of the exchange, as `received`

An original is never a revisit. A payload of fewer than `LEAST_BYTES` is written each time it comes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import Session

from storage.exchange import Digests, Exchange, Purpose, Reply
from storage.models import Capture, Segment
from storage.spool import Octets

IDENTICAL_PAYLOAD = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
LEAST_BYTES = 256
"""The fields of a revisit that name its original take more room than a smaller payload."""
RECEIVED = "received"
"""The field of a metadata record that holds the octets of a 304."""
NO_ORIGINAL = {"original_segment_id": None, "original_offset": None}
"""What the index says of a capture whose payload lies in its own record."""
_PLAIN = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")


@dataclass(frozen=True, slots=True)
class Original:
    """A record that has a payload: where it lies, and what a revisit says of it."""

    url: str
    captured_at: datetime
    segment_id: int
    segment: str
    offset: int
    record_id: str
    content_type: str | None
    sha256: str
    sha1: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Revisit:
    """A reply whose payload is that of an original. `block` is what is written of the reply itself."""

    profile: str
    original: Original
    block: Octets
    received: Octets | None = None
    """the octets of a 304"""

    def fields(self) -> dict[str, str]:
        """The fields of its WARC header that say what it refers to."""
        original = self.original
        return {
            "WARC-Profile": self.profile,
            "WARC-Refers-To": f"<{original.record_id}>",
            "WARC-Refers-To-Target-URI": original.url,
            "WARC-Refers-To-Date": warc_date(original.captured_at),
            "WARC-Payload-Digest": f"sha1:{original.sha1}",
        }

    def notes(self) -> dict[str, str]:
        """What the metadata record says of it."""
        return {} if self.received is None else {RECEIVED: _in_one_line(bytes(self.received))}

    def columns(self) -> dict[str, Any]:
        """What the index says of it."""
        original = self.original
        return {
            "content_type": original.content_type,
            "payload_sha256": original.sha256,
            "payload_sha1": original.sha1,
            "payload_bytes": original.bytes,
            "original_segment_id": original.segment_id,
            "original_offset": original.offset,
        }


@dataclass(frozen=True, slots=True)
class Known:
    """Originals that a group of exchanges may refer to: by payload (sha256), by the capture asked about."""

    by_payload: dict[str, Original]
    by_capture: dict[int, Original]

    def revisit(
        self, exchange: Exchange, purpose: Purpose, reply: Reply, payload: Digests | None
    ) -> Revisit | None:
        """How this exchange is written, where the archive has its payload already."""
        if exchange.outcome != "complete":
            return None
        if reply.status == 304 and purpose.revalidates in self.by_capture:
            return Revisit(NOT_MODIFIED, self.by_capture[purpose.revalidates], b"", exchange.response)
        if payload is None or payload.sha256 not in self.by_payload or not may_refer(exchange, reply):
            return None
        head = exchange.response[: reply.head_bytes]
        return Revisit(IDENTICAL_PAYLOAD, self.by_payload[payload.sha256], head)


def warc_date(time: datetime) -> str:
    """A time as WARC writes it, in UTC, to the microsecond."""
    return f"{time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def _in_one_line(octets: bytes) -> str:
    """Readable, and exact: a blank is only written as itself where it stands alone."""
    return quote_from_bytes(octets, _PLAIN).replace("  ", " %20")


def received(notes: Mapping[str, str]) -> bytes:
    """The octets of a 304, from the fields of its metadata record."""
    return unquote_to_bytes(notes.get(RECEIVED, ""))


def may_refer(exchange: Exchange, reply: Reply) -> bool:
    """Whether the payload of this exchange may be left out where the archive has it, or be referred to."""
    return exchange.outcome == "complete" and reply.status is not None and len(reply.payload) >= LEAST_BYTES


def originals(connection: Connection, digests: Collection[str]) -> dict[str, Original]:
    """The newest record that has each of these payloads (sha256), where there is one.

    The newest: where an older one is found to be damaged, the payload is written again.
    """
    if not digests:
        return {}
    rows = connection.execute(_BY_PAYLOAD, {"payloads": list(digests)})
    return {original.sha256: original for original in (_original(row) for row in rows)}


@dataclass(frozen=True, slots=True)
class LastWhole:
    """The last time that an address answered with a whole page, and what it may be asked by."""

    capture_id: int
    etag: str | None
    last_modified: str | None
    captured_at: datetime
    original: Original

    @property
    def validator(self) -> str | None:
        """What decides when a server is asked: the ETag where there is one (RFC 9110 §13.2.2)."""
        if self.etag is not None:
            return f"ETag: {self.etag}"
        return None if self.last_modified is None else f"Last-Modified: {self.last_modified}"


def last_whole(session: Session, url: str) -> LastWhole | None:
    """The last capture of a URL that brought a page (200, whole, not a block page), other than by a 304."""
    row = session.execute(
        select(
            Capture.id, Capture.etag, Capture.last_modified, Capture.captured_at, *_COLUMNS,
            Capture.original_segment_id, Capture.original_offset,
        )
        .join(Segment, Segment.id == Capture.segment_id)
        .where(
            Capture.url == url,
            Capture.status == 200,
            Capture.outcome == "complete",
            Capture.blocked.is_(None),
            Capture.method == "GET",
            Capture.payload_sha256.is_not(None),
        )
        .order_by(Capture.captured_at.desc(), Capture.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    if row is None:
        return None
    *mine, segment_id, offset = row[4:]
    original = _original(mine) if offset is None else _original_in(session, segment_id, offset)
    return None if original is None else LastWhole(*row[:4], original)


def original_of(connection: Connection, capture_id: int) -> Original | None:
    """Where the payload of a capture lies: in its own record, or in its original's."""
    where = connection.execute(
        select(
            func.coalesce(Capture.original_segment_id, Capture.segment_id),
            func.coalesce(Capture.original_offset, Capture.record_offset),
        ).where(Capture.id == capture_id)
    ).first()
    return _original_in(connection, *where) if where else None


def original_at(session: Session, url: str, captured_at: datetime, record_id: str) -> Original | None:
    """The original that a revisit record names, by what WARC says of it."""
    row = session.execute(
        _ORIGINALS.where(
            Capture.url == url, Capture.captured_at == captured_at, Capture.record_id == record_id
        )
    ).first()
    return _original(row) if row else None


def _original_in(session: Session | Connection, segment_id: int, offset: int) -> Original | None:
    row = session.execute(
        _ORIGINALS.where(Capture.segment_id == segment_id, Capture.record_offset == offset)
    ).first()
    return _original(row) if row else None


def _original(row: Sequence[Any]) -> Original:
    """From a row of `_COLUMNS`."""
    return Original(*row)


_COLUMNS = (
    Capture.url, Capture.captured_at, Capture.segment_id, Segment.name, Capture.response_offset,
    Capture.record_id, Capture.content_type, Capture.payload_sha256, Capture.payload_sha1,
    Capture.payload_bytes,
)  # fmt: skip
_ORIGINALS = select(*_COLUMNS).join(Segment, Segment.id == Capture.segment_id)
# Made once: to put a statement together takes longer than to run it.
_BY_PAYLOAD = _ORIGINALS.where(
    Capture.payload_sha256.in_(bindparam("payloads", expanding=True)),
    Capture.original_offset.is_(None),
    Capture.outcome == "complete",
    Capture.status.is_not(None),
    Capture.payload_bytes >= LEAST_BYTES,
).order_by(Capture.id)
