"""Segments that others made, beside the index: not every record has a row, requests stand on either side."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from storage.segment_check import Ledger, Row, head_differences, payload_differences
from storage.tape import Record

_REQUESTS_BACK = 1000
"""How far behind its reply a request is looked for; who writes them in turns has one between."""


class ImportLedger(Ledger):
    """Each record by itself. A row stands beside its reply; what has no row was known, or is no reply."""

    def __init__(self, rows: Iterator[Row]) -> None:
        super().__init__(rows)
        self._requests: deque[Record] = deque(maxlen=_REQUESTS_BACK)
        self._awaited: dict[int, Row] = {}
        """rows whose request is still to come, by its offset"""

    def take(self, record: Record) -> None:
        while row := self._next(record.offset):
            self._lost(row)
        row = self._next(record.offset + 1)
        asked = self._awaited.pop(record.offset, None)
        self._look_at(record, [record], row or asked)
        if asked is not None and record.problem is None and not _is_request(asked, record):
            self._differs(asked, "its request is not where the index says")
        if record.type == "request":
            self._requests.append(record)
        if row is not None and record.problem is None:
            for problem in self._differences(row, record):
                self._differs(row, problem)
        while row := self._next(record.offset + record.length):
            self._lost(row)

    def _close(self) -> None:
        """There are no series to be closed."""

    def _differences(self, row: Row, record: Record) -> Iterator[str]:
        if record.type not in ("response", "revisit") or record.length != row.response_bytes:
            yield "its response is not where the index says"
            return
        if record.id != row.record_id:
            yield "the record has another id"
        yield from head_differences(row, record)
        if record.type == "revisit":
            if row.original_offset is not None and row.original_sha256 != row.payload_sha256:
                yield "what it refers to has another payload"
        else:
            if record.status != row.status:
                yield "the reply has another status"
            yield from payload_differences(row, record)
        if row.request_offset is not None and row.request_offset > record.offset:
            self._awaited[row.request_offset] = row
        elif row.request_offset is not None and not any(_is_request(row, one) for one in self._requests):
            yield "its request is not where the index says"


def _is_request(row: Row, record: Record) -> bool:
    place = (record.offset, record.length)
    return record.type == "request" and place == (row.request_offset, row.request_bytes)
