"""Lets the present parser read the archive again, and says which records it reads otherwise, and how.

Readings are a function of (payload, parser version), so they are kept also of a dry run; versions and changes
are only written by a real one.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from config import Settings
from crawler.handover import hand_over, unread, unread_images
from crawler.watching import Watcher
from parser import PARSER_VERSION
from parser.copies import best_copy
from parser.series import across_years
from storage import runs
from storage.database import Database
from storage.home import NIGHT_LOCK, hold
from storage.models import Change, FigureRow
from storage.overrides import Overrides
from storage.records import record_again
from storage.series import relate_changed
from storage.sources import NOT_A_REPORT

SAMPLES = 5
"""How many changes of one figure are shown with their values."""


class _NotForGoodError(Exception):
    """Ends a transaction that was only to show what would change."""


def reparse(
    settings: Settings,
    watcher: Watcher,
    *,
    since: datetime | None = None,
    dry_run: bool = False,
    quarantined: bool = False,
) -> dict[str, Any]:
    """Read again what was captured after `since` (or all): what changed, JSON-ready. With `quarantined` also
    what the present parser could not read within its limits, which may be others now.

    The result has `parser_version`, `documents`, `dry_run`, `changes` and `causes` (how many of each),
    `figures` (`key`, `count`, `samples` of `report`, `old`, `new`), `reports` (`report`, `kind`, `cause`,
    `note`, `figures`: how many differ, or are withdrawn with what is no report any more) and `lapsed` (a line
    for each override that no longer fits).
    Raises `HomeBusy` while a night runs, and the storage's errors.
    """
    with hold(settings.home, NIGHT_LOCK, settings.database):
        database = Database(settings.database, create=False)
        try:
            documents = 0
            for awaiting in (unread, unread_images):
                with database.read() as session:
                    tasks = awaiting(session, since=since, quarantined=quarantined)
                watcher.start("read", len(tasks))
                hand_over(settings, database, tasks, lambda amount: watcher.advance("read", amount))
                watcher.finish("read")
                documents += len(tasks)
            result: dict[str, Any] = {}
            try:
                with database.write() as session:
                    result = _record(session, Overrides.load(settings.overrides_dir))
                    if dry_run:
                        raise _NotForGoodError
            except _NotForGoodError:
                pass
            return {
                "parser_version": PARSER_VERSION,
                "documents": documents,
                "dry_run": dry_run,
                **result,
            }
        finally:
            database.close()


def _record(session: Session, overrides: Overrides) -> dict[str, Any]:
    now = datetime.now(UTC)
    run = runs.begin(session, "reparse", [], now)
    counts, lapsed = record_again(session, run.id, PARSER_VERSION, now, choose=best_copy, overrides=overrides)
    relate_changed(session, run.id, across_years)
    changes = session.scalars(
        select(Change)
        .where(Change.run_id == run.id)
        .order_by(Change.seq)
        .options(selectinload(Change.figures))
    ).all()
    withdrawn = _withdrawn(session, run.id)
    summary = {
        "changes": dict(counts),
        "causes": dict(Counter(change.cause for change in changes)),
        "figures": _by_key(changes),
        "reports": [_change(change, withdrawn.get(change.seq, 0)) for change in changes],
        "lapsed": lapsed,
    }
    runs.finish(session, run.id, "done", summary | {"reports": len(changes)}, now)
    return summary


def _by_key(changes: Any) -> list[dict[str, Any]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for change in changes:
        for figure in change.figures:
            sample = {"report": change.report_id, "old": figure.old_printed, "new": figure.new_printed}
            found.setdefault(figure.key, []).append(sample)
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [{"key": key, "count": len(samples), "samples": samples[:SAMPLES]} for key, samples in ordered]


def _withdrawn(session: Session, run_id: int) -> dict[int, int]:
    """How many figures left the dataset with each report that is none, by the change's number."""
    counted = (
        select(Change.seq, func.count())
        .join(FigureRow, FigureRow.version_id == Change.old_version_id)
        .where(Change.run_id == run_id, Change.kind == NOT_A_REPORT)
        .group_by(Change.seq)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def _change(change: Change, withdrawn: int) -> dict[str, Any]:
    return {
        "report": change.report_id,
        "kind": change.kind,
        "cause": change.cause,
        "note": change.note,
        "figures": len(change.figures) or withdrawn,
    }
