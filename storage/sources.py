"""The copies of a report that a run saw: its page, the images that the page shows, and the files attached to
it, each with its reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from storage.models import PAGE_STATUSES, Capture, ReadingRow, Sighting
from storage.page_images import PageImages, images_of

REPORT = "report"
"""State of a reading that holds a report."""

IMAGES = "images"
"""The part that a page's images are, all together."""

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
    parser has not read it (its segment could not be read). Where the page shows the report as `images`, they
    are a copy of their own, under the capture of the page."""

    site: str
    part: str
    announced: str
    capture: Capture
    reading: ReadingRow | None
    images: PageImages | None = None

    @property
    def digest(self) -> str:
        """What its reading is known by."""
        return self.images.payload_sha256 if self.images else self.capture.payload_sha256 or ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """All that must answer for this copy to be known."""
        images = self.images.images if self.images else ()
        return (self.capture.url, *(url for url, _ in images))

    @property
    def is_report(self) -> bool:
        """Whether a report was read in it."""
        return self.reading is not None and self.reading.state == REPORT


@dataclass(frozen=True, slots=True)
class Best:
    """The copy that a record is taken from, what its reading is known by, and the record."""

    capture: Capture
    digest: str
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
        copies = found.setdefault(sighting.report_url, [])
        copies.append(source)
        if sighting.part == "page" and reading is not None:
            shown = images_of(session, capture, reading.record)
            if shown is not None:
                read = session.get(ReadingRow, (shown.payload_sha256, parser_version))
                copies.append(Source(sighting.site, IMAGES, sighting.title, capture, read, shown))
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
    if chosen is None:
        return None
    taken = known[chosen.place][0]
    return Best(taken.capture, taken.digest, chosen.record)
