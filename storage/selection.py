"""Which captures an archive file for others is made of, and whatever they refer to."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, or_, select, true, tuple_
from sqlalchemy.orm import Session

from errors import CannotRead, Damaged
from storage.archive import place_of, read_reply
from storage.exchange import Reply
from storage.models import Capture, ReportRow, Sighting

Needed = Callable[[str, Reply], Iterable[str]]
"""Gives the addresses that a page or a style sheet needs to look as it did: its URL and its reply go in."""

MOST_STEPS = 3
"""A page, its style sheets, and what these import."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Captures of a site, of a time, of a report, or all. `until` is the last moment that counts."""

    site: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    urls: frozenset[str] | None = None
    runs: frozenset[int] | None = None
    main_url: str | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return (self.site, self.since, self.until, self.urls) == (None, None, None, None)

    def condition(self) -> ColumnElement[bool]:
        """What holds of the rows of these captures, and of the originals that they refer to."""
        chosen = self._chosen()
        if self.is_all:
            return chosen
        originals = select(Capture.original_segment_id, Capture.original_offset).where(
            chosen, Capture.original_offset.is_not(None)
        )
        return or_(chosen, tuple_(Capture.segment_id, Capture.record_offset).in_(originals))

    def chosen(self, capture: Capture) -> bool:
        """Whether this capture was asked for itself, and not only because another one refers to it."""
        return (
            self.site in (None, capture.site)
            and (self.since is None or self.since <= capture.captured_at)
            and (self.until is None or capture.captured_at <= self.until)
            and (self.urls is None or capture.url in self.urls)
            and (self.runs is None or capture.run_id in self.runs)
        )

    def _chosen(self) -> ColumnElement[bool]:
        condition: ColumnElement[bool] = true()
        if self.site is not None:
            condition &= Capture.site == self.site
        if self.since is not None:
            condition &= Capture.captured_at >= self.since
        if self.until is not None:
            condition &= Capture.captured_at <= self.until
        if self.urls is not None:
            condition &= Capture.url.in_(self.urls)
        if self.runs is not None:
            condition &= Capture.run_id.in_(self.runs)
        return condition


def of_report(
    session: Session, folder: Path, report: ReportRow, narrowed: Selection, needed: Needed
) -> Selection:
    """A report's page, its files, and their requisites, in every run that saw it.

    A requisite that two pages need is fetched once a run, for the first of them: so what a page needs is read
    out of the page, and not out of the referrers. `narrowed` may name a time.
    """
    seen = session.execute(
        select(Sighting.run_id, Sighting.source_url).where(Sighting.report_url == report.url)
    ).all()
    runs = frozenset(run for run, _ in seen)
    # A night that was told 404 or shown a block page has no sighting, but says something of the report.
    asked = select(Capture.run_id).where(Capture.url == report.url)
    runs |= frozenset(session.scalars(asked.distinct()))
    urls = {report.url, *(url for _, url in seen)}
    fresh = set(urls)
    read: set[tuple[str, str]] = set()
    for _ in range(MOST_STEPS):
        found: set[str] = set()
        captures = session.scalars(
            select(Capture).where(
                Capture.run_id.in_(runs),
                Capture.url.in_(fresh),
                Capture.payload_sha256.is_not(None),
                Capture.blocked.is_(None),
                Capture.outcome == "complete",
            )
        )
        for capture in captures:
            key = (capture.url, capture.payload_sha256 or "")
            if key not in read:
                read.add(key)
                found.update(_needed_by(folder, capture, needed))
        fresh = found - urls
        urls |= found
        if not fresh:
            break
    return replace(narrowed, urls=frozenset(urls), runs=runs, main_url=report.url)


def _needed_by(folder: Path, capture: Capture, needed: Needed) -> Iterable[str]:
    place = place_of(capture)
    if place is None:
        return ()
    try:
        return needed(capture.url, read_reply(folder, place))
    except (CannotRead, Damaged):
        return ()  # told by whoever copies its records
