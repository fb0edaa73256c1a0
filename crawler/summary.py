"""What a run did, in numbers, and what each site fell short of, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from parser import State
from storage.models import (
    PAGE_STATUSES,
    Capture,
    Change,
    DoubtRow,
    FigureRow,
    FindingRow,
    ReadingRow,
    ReportRow,
    Sighting,
    Version,
)
from storage.page_images import images_of

CHANGES = ("new", "changed", "gone", "blocked", "moved", "unreadable", "not_a_report", "returned")
PAGE_ROLES = ("entry", "way", "listing", "report")
_READ = (State.REPORT, State.NOT_A_REPORT)


def summarise(
    session: Session, run_id: int, state: str, sites: dict[str, str], parser_version: str
) -> dict[str, Any]:
    """The summary of a run, JSON-ready. `sites`: a site's shortfall in words, or `ok`.

    Figures, findings and doubts are those of the latest versions of the reports that the run saw.
    """
    here = Capture.run_id == run_id
    seen = (
        select(ReadingRow.state, func.count(ReadingRow.payload_sha256.distinct()))
        .join(Capture, Capture.payload_sha256 == ReadingRow.payload_sha256)
        .join(Sighting, Sighting.capture_id == Capture.id)
        .where(Sighting.run_id == run_id, ReadingRow.parser_version == parser_version)
        .group_by(ReadingRow.state)
    )
    readings = Counter(_pairs(session, seen)) + _of_images(session, run_id, parser_version)
    changes = select(Change.kind, func.count()).where(Change.run_id == run_id).group_by(Change.kind)
    counted = _pairs(session, changes)
    captures = _count(session, select(func.count()).select_from(Capture).where(here))
    pages = select(func.count()).select_from(Capture).where(here, Capture.status.in_(PAGE_STATUSES))
    rows = select(func.count()).select_from(Capture)
    fetched = select(func.coalesce(func.sum(Capture.payload_bytes), 0))
    return {
        "run": run_id,
        "state": state,
        "exchanges": captures,
        "pages": _count(session, pages.where(Capture.role.in_(PAGE_ROLES))),
        "captures": _count(
            session,
            select(func.count()).select_from(Capture).where(here, Capture.response_offset.is_not(None)),
        ),
        "bytes": _count(session, fetched.where(here, Capture.status.is_distinct_from(304))),
        "unchanged": _count(session, rows.where(here, Capture.original_offset.is_not(None))),
        "blocked": _count(
            session, select(func.count()).select_from(Capture).where(here, Capture.blocked.is_not(None))
        ),
        "failed": _count(
            session, select(func.count()).select_from(Capture).where(here, Capture.outcome != "complete")
        ),
        **known_of(session, [run_id]),
        "quarantined": readings.get(State.QUARANTINED, 0),
        "unread": {name: count for name, count in sorted(readings.items()) if name not in _READ},
        "changes": {kind: counted.get(kind, 0) for kind in CHANGES},
        "sites": sites,
    }


def _of_images(session: Session, run_id: int, parser_version: str) -> Counter[str]:
    """The states of the images that pages of a run show, which are read together."""
    pages = (
        select(Capture, ReadingRow.record)
        .join(Sighting, Sighting.capture_id == Capture.id)
        .join(ReadingRow, ReadingRow.payload_sha256 == Capture.payload_sha256)
        .where(
            Sighting.run_id == run_id,
            Sighting.part == "page",
            ReadingRow.parser_version == parser_version,
            ReadingRow.record["images"].as_string().is_not(None),
        )
    )
    shown = (images_of(session, capture, record) for capture, record in session.execute(pages).all())
    digests = {images.payload_sha256 for images in shown if images is not None}
    read = (session.get(ReadingRow, (digest, parser_version)) for digest in sorted(digests))
    return Counter(reading.state for reading in read if reading is not None)


def known_of(session: Session, run_ids: Sequence[int]) -> dict[str, int]:
    """The reports that these runs saw, and the figures, findings and doubts of their latest versions."""
    latest = (
        select(func.max(Version.id))
        .join(ReportRow, Version.report_id == ReportRow.id)
        .join(Sighting, Sighting.report_url == ReportRow.url)
        .where(Sighting.run_id.in_(run_ids))
        .group_by(Version.report_id)
    )
    return {
        "reports_read": _count(session, select(func.count()).select_from(latest.subquery())),
        "figures": _of(session, FigureRow, latest),
        "findings": _of(session, FindingRow, latest),
        "doubts": _of(session, DoubtRow, latest),
    }


def _count(session: Session, query: Select[Any]) -> int:
    number: int | None = session.scalar(query)
    return number or 0


def _pairs(session: Session, query: Select[str, int]) -> dict[str, int]:
    return {name: count for name, count in session.execute(query)}  # noqa: C416 - rows, not pairs, to the types


def _of(
    session: Session,
    table: type[FigureRow] | type[FindingRow] | type[DoubtRow],
    versions: Select[Any],
) -> int:
    return _count(session, select(func.count()).select_from(table).where(table.version_id.in_(versions)))
