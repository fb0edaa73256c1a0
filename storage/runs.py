"""Runs: one walk over one or several sites, from its start to its end or its interruption."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Run

VISITS = ("crawl", "night")
"""The kinds of runs that go to sites; they are made under the night's lock."""

IMPORT = "import"
"""The kind of run that brings in what others captured."""

RESUMABLE = timedelta(hours=20)
"""A run that was cut less than this ago is completed by the next one of its kind; later, a new one begins,
because a walk over two days would mix what the sites said on each."""


def awaits_completion(session: Session, kind: str, now: datetime) -> Run | None:
    """The last run of a kind, if it was cut recently enough to be completed."""
    last = session.scalar(select(Run).where(Run.kind == kind).order_by(Run.id.desc()).limit(1))
    if last is None or now - last.started_at >= RESUMABLE or last.state not in ("running", "interrupted"):
        return None
    return last


def begin(session: Session, kind: str, sites: list[str], now: datetime) -> Run:
    """A new run, or the cut one of the same kind over the same sites, to be completed.

    The caller holds the night's lock, so that a run of its kind that is not ended is dead.
    """
    last = awaits_completion(session, kind, now)
    if last is not None and sorted(last.sites) == sorted(sites):
        last.state, last.ended_at = "running", None
        last.resumed += 1
        return last
    mark_interrupted(session, now, kind=kind)
    run = Run(kind=kind, state="running", started_at=now, sites=sites, summary={}, resumed=0)
    session.add(run)
    session.flush()
    return run


def finish(session: Session, run_id: int, state: str, summary: dict[str, Any], now: datetime) -> None:
    """Write how a run ended (`done` or `failed`) and what it did."""
    run = session.get_one(Run, run_id)
    run.state, run.summary, run.ended_at = state, summary, now


def mark_interrupted(session: Session, now: datetime, *, kind: str) -> list[int]:
    """Mark the unended runs of a kind as interrupted: their ids. The caller knows that they are dead."""
    running = select(Run).where(Run.kind == kind, Run.state == "running").order_by(Run.id)
    dead = list(session.scalars(running))
    for run in dead:
        run.state, run.ended_at = "interrupted", now
    return [run.id for run in dead]
