"""Reports that a night met by their titles and that are not in the record: what came in their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from spiders.evidence import is_report_title
from spiders.files import is_attachment
from spiders.neighbours import registered
from storage.models import Capture, ReadingRow, ReportRow, Run, Sighting
from storage.page_images import addresses, images_of
from storage.sources import NOT_A_REPORT, REPORT

PUBLISHED = "published"
PAGE = "page"


def announced(session: Session, run: Run) -> Iterator[dict[str, Any]]:
    """The address, title and site of each report that this run saw announced and that cannot be read, and as
    `problem` what came of its page and files, in words."""
    known = select(ReportRow.id).where(ReportRow.url == Sighting.report_url, ReportRow.presence == PUBLISHED)
    rows = session.execute(
        select(Sighting, Capture)
        .join(Capture, Sighting.capture_id == Capture.id)
        .where(Sighting.run_id == run.id, ~known.exists())
        .order_by(Sighting.id)
    )
    found: dict[str, list[tuple[Sighting, Capture]]] = {}
    for sighting, capture in rows:
        found.setdefault(sighting.report_url, []).append((sighting, capture))
    for url, copies in found.items():
        title = next((one.title for one, _ in copies if is_report_title(one.title)), None)
        if title is None:
            continue
        problems = [*_read(session, copies), *_not_had(session, run, url, copies)]
        problems = problems or [*_page(session, copies)]
        yield {
            "site": copies[0][0].site,
            "url": url,
            "title": title,
            "problem": "; ".join(problems) or "nothing of it could be read",
        }


def _read(session: Session, copies: Sequence[tuple[Sighting, Capture]]) -> Iterator[str]:
    """What was made of each copy, but for a page that only announces."""
    for sighting, capture in copies:
        reading = _latest(session, capture.payload_sha256)
        if reading is None:
            continue
        announces = sighting.part == PAGE and reading.state == NOT_A_REPORT
        if reading.state != REPORT and not announces:
            yield f"{sighting.source_url}: {_told(reading)}"
        if sighting.part == PAGE:
            images = images_of(session, capture, reading.record)
            shown = _latest(session, images.payload_sha256) if images is not None else None
            if shown is not None and shown.state != REPORT:
                yield f"its images: {_told(shown)}"


def _page(session: Session, copies: Sequence[tuple[Sighting, Capture]]) -> Iterator[str]:
    """What was made of the page, where nothing else tells why there is no report."""
    for sighting, capture in copies:
        reading = _latest(session, capture.payload_sha256)
        if sighting.part == PAGE and reading is not None:
            yield _told(reading)


def _not_had(
    session: Session, run: Run, url: str, copies: Sequence[tuple[Sighting, Capture]]
) -> Iterator[str]:
    """Files of the page that did not come, and those that were not asked for."""
    seen = {capture.id for _, capture in copies}
    asked = session.scalars(
        select(Capture)
        .where(Capture.run_id == run.id, Capture.referrer == url, Capture.role == "attachment")
        .order_by(Capture.id)
    )
    for capture in asked:
        # What a redirect leads to is a sighting of its own, unless it did not come.
        moved = capture.status is not None and 300 <= capture.status < 400 and len(copies) > 1
        if capture.id not in seen and not moved:
            yield f"{capture.url}: {capture.blocked or capture.problem or f'status {capture.status}'}"
    page = next((capture for sighting, capture in copies if sighting.part == PAGE), None)
    reading = _latest(session, page.payload_sha256) if page is not None else None
    if page is None or reading is None:
        return
    for file in addresses(page.url, {"images": reading.record.get("attachments", ())}):
        captured = select(Capture.id).where(Capture.run_id == run.id, Capture.url == file).limit(1)
        if is_attachment(file) and session.scalar(captured) is None:
            host, home = (urlsplit(one).hostname or "" for one in (file, page.url))
            ours = host == home or (registered(host) or host) == registered(home)
            yield f"{file}: not asked for" + ("" if ours else f", {host} is none of the site's `hosts`")


def _latest(session: Session, payload_sha256: str | None) -> ReadingRow | None:
    return session.scalar(
        select(ReadingRow)
        .where(ReadingRow.payload_sha256 == payload_sha256)
        .order_by(ReadingRow.read_at.desc())
        .limit(1)
    )


def _told(reading: ReadingRow) -> str:
    return f"{reading.state}, {reading.reason}" if reading.reason else reading.state
