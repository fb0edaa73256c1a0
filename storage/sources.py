"""The copies of a report that a run saw: its page and the files attached to it, each with its reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from storage.models import PAGE_STATUSES, Capture, ReadingRow, Sighting

REPORT = "report"
"""State of a reading that holds a report."""

NOT_A_REPORT = "not_a_report"
"""State of a reading that was understood and holds none; presence of a report whose copies all say so."""


class Chosen(Protocol):
    """The copy that was taken, by its place, and the record with what came of comparing."""

    @property
    def place(self) -> int: ...
    @property
    def record(self) -> dict[str, Any]: ...


Choose = Callable[[Sequence[tuple[str, str, Mapping[str, Any], str]]], Chosen | None]
"""Chooses among copies given as (part, URL, reading, the words that announced it); `None`: no report."""


@dataclass(frozen=True, slots=True)
class Source:
    """A copy of a report: the capture of its page or file, and the reading, which is `None` where the present
    parser has not read it (its segment could not be read)."""

    site: str
    part: str
    announced: str
    capture: Capture
    reading: ReadingRow | None

    @property
    def is_report(self) -> bool:
        """Whether a report was read in it."""
        return self.reading is not None and self.reading.state == REPORT


@dataclass(frozen=True, slots=True)
class Best:
    """The copy that a record is taken from, and the record."""

    capture: Capture
    record: dict[str, Any]


def seen_sources(
    session: Session, run_id: int, parser_version: str, report_url: str | None = None
) -> dict[str, list[Source]]:
    """What a run saw of each report (or of one) whose page or file came whole, by the report's address."""
    query = (
        select(Sighting, Capture, ReadingRow)
        .join(Capture, Sighting.capture_id == Capture.id)
        .outerjoin(
            ReadingRow,
            and_(
                ReadingRow.payload_sha256 == Capture.payload_sha256,
                ReadingRow.parser_version == parser_version,
            ),
        )
        .where(
            Sighting.run_id == run_id,
            Capture.status.in_(PAGE_STATUSES),
            Capture.outcome == "complete",
            Capture.blocked.is_(None),
        )
        .order_by(Sighting.id)
    )
    if report_url is not None:
        query = query.where(Sighting.report_url == report_url)
    found: dict[str, list[Source]] = {}
    for sighting, capture, reading in session.execute(query):
        source = Source(sighting.site, sighting.part, sighting.title, capture, reading)
        found.setdefault(sighting.report_url, []).append(source)
    return found


def best_of(sources: Sequence[Source], choose: Choose) -> Best | None:
    """The record of a report from its copies; `None` where none of them holds it."""
    known = [(source, source.reading) for source in sources if source.reading is not None]
    chosen = choose(
        [
            (source.part, source.capture.url, {**reading.record, "state": reading.state}, source.announced)
            for source, reading in known
        ]
    )
    return None if chosen is None else Best(known[chosen.place][0].capture, chosen.record)
