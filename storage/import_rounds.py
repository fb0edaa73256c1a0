"""The rounds in which others captured, as our own nights are: a run each, so that each can make a version.

An address that shows a page again begins a new round. What one file brings is told apart by that alone, since
nothing else in a WARC file says where one crawl ends and the next begins.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from storage.models import PAGE_STATUSES, Capture, Run

_BATCH = 1000


def split(session: Session, run: Run) -> list[int]:
    """Give each round of an import's captures a run of its own: the runs in the order of time.

    The first round stays in `run`, whose captures are all indexed. All in the caller's transaction.
    """
    starts = list(_starts(session, run.id))
    runs = [run]
    for _ in starts:
        runs.append(Run(kind=run.kind, state=run.state, started_at=run.started_at, sites=[], summary={}))
        session.add(runs[-1])
        session.flush()  # one by one: their ids are in the order of time
    sites = _move(session, runs, starts)
    for one, found in zip(runs, sites, strict=True):
        one.sites = sorted(found)
    return [one.id for one in runs]


def _starts(session: Session, run_id: int) -> Iterator[datetime]:
    """When each round but the first begins. What was captured at one moment is of one round."""
    query = (
        select(Capture.captured_at, Capture.url)
        .where(
            Capture.run_id == run_id,
            Capture.status.in_(PAGE_STATUSES),
            Capture.outcome == "complete",
            Capture.blocked.is_(None),
        )
        .order_by(Capture.captured_at, Capture.id)
    )
    seen: set[str] = set()
    for moment, rows in groupby(session.execute(query.execution_options(yield_per=_BATCH)), _captured_at):
        urls = {row.url for row in rows}
        if not seen.isdisjoint(urls):
            seen.clear()
            yield moment
        seen |= urls


_captured_at = attrgetter("captured_at")


def _move(session: Session, runs: list[Run], starts: list[datetime]) -> list[set[str]]:
    """Write into each capture the run of its round: the sites of each run."""
    sites: list[set[str]] = [set() for _ in runs]
    last = 0
    change = update(Capture.__table__).where(Capture.__table__.c.id == bindparam("of"))  # type: ignore[arg-type]
    change = change.values(run_id=bindparam("to"))
    while True:
        # The first run's captures by id: those that were moved are behind, and in no later batch.
        query = select(Capture.id, Capture.captured_at, Capture.site)
        query = query.where(Capture.run_id == runs[0].id, Capture.id > last).order_by(Capture.id)
        batch = session.execute(query.limit(_BATCH)).all()
        if not batch:
            return sites
        last = batch[-1].id
        moved = []
        for capture_id, moment, site in batch:
            number = bisect(starts, moment)
            sites[number].add(site)
            if number:
                moved.append({"of": capture_id, "to": runs[number].id})
        if moved:
            session.connection().execute(change, moved)
