"""What a group of exchanges asks of the index, and puts into it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import BindParameter, Dialect, Select, bindparam, insert, select
from sqlalchemy.engine.interfaces import DBAPICursor

from storage.driver import Statement
from storage.models import Capture


class GroupIndex:
    """The index of one database, for groups of exchanges."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._put: Statement | None = None
        self._ids = Statement(_IDS, dialect)
        self._looks: dict[int, Statement] = {}

    def may_have(self, cursor: DBAPICursor, payloads: Collection[str]) -> bool:
        """Whether a record may have one of these payloads (sha256). Most groups bring new ones only."""
        if not payloads:
            return False
        # One statement for each power of two.
        places = 1 << (len(payloads) - 1).bit_length()
        if places not in self._looks:
            self._looks[places] = Statement(_look(places), self._dialect)
        digests = list(payloads)
        digests += digests[:1] * (places - len(digests))
        wanted = {_name(place): digest for place, digest in enumerate(digests)}
        return bool(self._looks[places].run(cursor, wanted)[0][0])

    def add(self, cursor: DBAPICursor, rows: Sequence[dict[str, Any]]) -> list[int]:
        """Put rows of one segment into the index: their ids, in the order of the rows."""
        self._put = self._put or Statement(insert(Capture).inline(), self._dialect, list(rows[0]))
        self._put.run_for_each(cursor, rows)
        where = {"segment": rows[0]["segment_id"], "offset": rows[0]["record_offset"]}
        return [capture_id for (capture_id,) in self._ids.run(cursor, where)]


_IDS = (
    select(Capture.id)
    .where(
        Capture.segment_id == bindparam("segment"),
        Capture.record_offset >= bindparam("offset"),
    )
    .order_by(Capture.record_offset)
)


def _name(place: int) -> str:
    return f"payload{place}"


def _look(places: int) -> Select[tuple[bool]]:
    wanted: list[BindParameter[str]] = [bindparam(_name(place)) for place in range(places)]
    originals = select(Capture.id).where(
        Capture.payload_sha256.in_(wanted), Capture.original_offset.is_(None)
    )
    return select(originals.exists())
