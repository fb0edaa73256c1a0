"""Whether a sealed segment is what was sealed, record by record, and whether the index says the same of it.

Series of records and rows of the index are laid side by side, both in the order of the file.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, NamedTuple

from storage.revisits import NOT_MODIFIED
from storage.tape import RESPONSES, Record, Tape, records

_HEADED = 20
_LAST = ("metadata", "warcinfo")
_REQUESTS = ("request",)


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong, and the capture that it concerns, where it concerns one.

    `kind`: `octets` (not the file that was sealed), `missing`, `unreadable`, `stray` (a file without a
    segment), `record` (cannot be read), `block`, `payload` (not what its digest says), `no_row` (a record
    without its row), `no_record` (a row without its record), `row` (it says other than its record).
    """

    kind: str
    offset: int | None
    problem: str
    capture_id: int | None = None
    url: str | None = None
    captured_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What one segment was found to be. `sha256`: of the file as it is now; none where there is no file.

    `rows_sha256`: of the rows that it was laid beside, if these stood still. `full`: its records were read.
    """

    bytes: int
    records: int
    sha256: str | None
    damages: list[Damage]
    rows_sha256: str | None = None
    full: bool = True


class Row(NamedTuple):
    """What the index says of one capture of the segment, and of the original that it refers to."""

    id: int
    url: str
    captured_at: datetime
    status: int | None
    record_id: str
    record_offset: int
    request_offset: int | None
    request_bytes: int | None
    response_offset: int | None
    response_bytes: int | None
    payload_sha256: str | None
    payload_sha1: str | None
    payload_bytes: int | None
    original_offset: int | None
    original_record_id: str | None
    original_sha256: str | None


def check_segment(
    file: IO[bytes],
    size: int,
    sha256: str,
    ledger: Ledger,
    *,
    advance: Callable[[int], None] = lambda _: None,
) -> Checked:
    """Read a sealed segment to its end. `size`, `sha256`: as it was sealed; `ledger`: of its rows.

    `advance` is told how many bytes were read, and may raise to stop. Raises `OSError`.
    """
    tape = Tape(file, advance)
    whole = 0
    for record in records(tape):
        whole += record.problem is None
        ledger.take(record)
    damages = ledger.finish()
    now, bytes_ = tape.finish()
    if now != sha256:
        problem = f"its sha256 is {now}, {sha256} when it was sealed"
        if bytes_ != size:
            problem = f"it has {bytes_} bytes, {size} when it was sealed"
        damages = [Damage("octets", None, problem), *(damages or ledger.unusual())]
    return Checked(bytes_, whole, now, damages)


class Ledger:
    """Series of records and rows of the index, side by side; the rows in the order of the file."""

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows
        self._ahead: deque[Row] = deque()
        self._series: list[Record] = []
        self._damages: list[Damage] = []
        self._heads: dict[bytes, int] = {}
        self._headed: dict[bytes, list[Damage]] = {}

    def take(self, record: Record) -> None:
        """The next record of the file."""
        if self._series and not self._goes_on(record):
            self._close()
        self._series.append(record)
        if record.type in _LAST:
            self._close()

    def finish(self) -> list[Damage]:
        """All that is wrong, once the last record was taken."""
        if self._series:
            self._close()
        while row := self._next(None):
            self._lost(row)
        return self._damages

    def unusual(self) -> list[Damage]:
        """The records whose packing begins unlike that of the others, the first few.

        No checksum of gzip covers that head, so it tells where a segment was altered.
        """
        usual = max(self._heads, key=self._heads.__getitem__, default=b"")
        return [one for head, damages in self._headed.items() if head != usual for one in damages]

    def _goes_on(self, record: Record) -> bool:
        """Whether a record belongs to the series before it, of which the end may be what cannot be read."""
        first = self._series[0]
        beside = record.headers.get("WARC-Concurrent-To")
        if beside is not None and first.problem is None and beside == first.headers.get("WARC-Record-ID"):
            return True
        return record.offset not in (row.record_offset for row in self._peek(record.offset))

    def _peek(self, offset: int) -> deque[Row]:
        """The rows up to this offset that no series was laid beside yet."""
        while not self._ahead or self._ahead[-1].record_offset < offset:
            row = next(self._rows, None)
            if row is None:
                break
            self._ahead.append(row)
        return self._ahead

    def _next(self, before: int | None) -> Row | None:
        """The next row, where it begins before this offset."""
        ahead = self._ahead
        if not ahead:
            if (row := next(self._rows, None)) is None:
                return None
            ahead.append(row)
        return ahead.popleft() if before is None or ahead[0].record_offset < before else None

    def _lost(self, row: Row) -> None:
        problem = "no record begins where the index says"
        self._damages.append(
            Damage("no_record", row.record_offset, problem, row.id, row.url, row.captured_at)
        )

    def _close(self) -> None:
        """Lay the series beside its row."""
        series, self._series = self._series, []
        start, end = series[0].offset, series[-1].offset + series[-1].length
        while row := self._next(start):
            self._lost(row)
        row = self._next(start + 1)
        readable = True
        for record in series:
            self._look_at(record, series, row)
            readable = readable and record.problem is None
        if row is not None:
            for problem in _differences(row, series, readable=readable):
                self._differs(row, problem)
        elif readable and series[0].type != "warcinfo":
            self._note(series[0], "no_row", "the index does not know it", series, None)
        while stray := self._next(end):
            self._lost(stray)

    def _differs(self, row: Row, problem: str) -> None:
        self._damages.append(Damage("row", row.record_offset, problem, row.id, row.url, row.captured_at))

    def _look_at(self, record: Record, series: list[Record], row: Row | None) -> None:
        """Note what is wrong with a record by itself."""
        if record.problem is not None:
            self._note(record, "record", record.problem, series, row)
        head = record.packed_head
        self._heads[head] = seen = self._heads.get(head, 0) + 1
        if seen <= _HEADED:
            damage = _damage(record, "record", "the head of its packing has changed", series, row)
            self._headed.setdefault(head, []).append(damage)
        for kind, problem in record.damages:
            self._note(record, kind, problem, series, row)

    def _note(self, record: Record, kind: str, problem: str, series: list[Record], row: Row | None) -> None:
        self._damages.append(_damage(record, kind, problem, series, row))


def _damage(record: Record, kind: str, problem: str, series: list[Record], row: Row | None) -> Damage:
    if row is not None:
        return Damage(kind, record.offset, problem, row.id, row.url, row.captured_at)
    url, time = (
        next((one.headers[name] for one in series if name in one.headers and one.type != "warcinfo"), None)
        for name in ("WARC-Target-URI", "WARC-Date")
    )
    return Damage(kind, record.offset, problem, None, url, _moment(time))


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _differences(row: Row, series: list[Record], *, readable: bool) -> Iterator[str]:
    """What a row says otherwise than its records, in words."""
    at = {record.offset: record for record in series}
    said = (
        ("response", row.response_offset, row.response_bytes, RESPONSES),
        ("request", row.request_offset, row.request_bytes, _REQUESTS),
    )
    for name, offset, length, types in said:
        if offset is None:
            if readable and any(record.type in types for record in series):
                yield f"it has a {name} that the index does not tell of"
        else:
            record = at.get(offset)
            if record is None or (
                record.problem is None and (record.type not in types or record.length != length)
            ):
                yield f"its {name} is not where the index says"
    first = at.get(row.record_offset if row.response_offset is None else row.response_offset)
    if first is None or first.problem is not None:
        return
    named = first if row.response_offset is not None else series[-1]
    if named.problem is None and named.id != row.record_id:
        yield "the record has another id"
    yield from head_differences(row, first)
    if row.response_offset is not None:
        yield from _reply_differences(row, first)


def head_differences(row: Row, record: Record) -> Iterator[str]:
    """What a row says otherwise of address and time."""
    url = row.url.replace("\r", "%0D").replace("\n", "%0A")
    if record.headers.get("WARC-Target-URI", "").strip("<>") != url:
        yield "the record is of another address"
    if _moment(record.headers.get("WARC-Date")) != row.captured_at:
        yield "the record is of another time"


def _reply_differences(row: Row, reply: Record) -> Iterator[str]:
    not_modified = reply.headers.get("WARC-Profile") == NOT_MODIFIED
    if reply.type != "resource" and not not_modified and reply.status != row.status:
        yield "the reply has another status"
    if reply.type == "revisit":
        if row.original_offset is None or row.original_sha256 is None:
            yield "what it refers to is not in the index"
        elif (
            row.original_sha256 != row.payload_sha256
            or reply.headers.get("WARC-Refers-To", "").strip("<>") != row.original_record_id
            or reply.headers.get("WARC-Payload-Digest") != f"sha1:{row.payload_sha1}"
        ):
            yield "what it refers to has another payload"
        return
    yield from payload_differences(row, reply)


def payload_differences(row: Row, reply: Record) -> Iterator[str]:
    """What a row says otherwise of the payload in its own record."""
    if row.original_offset is not None:
        yield "the index has it refer to another record, and it is whole"
    now = reply.digests
    found = (now.sha256, now.sha1, reply.payload_bytes) if now else (None, None, None)
    if found != (row.payload_sha256, row.payload_sha1, row.payload_bytes):
        yield "the payload is not the one that the index knows"
