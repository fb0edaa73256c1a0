"""What a night does for the archive once its own work is done. Nothing of it can fail the night."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from config import Settings
from crawler.watching import Watcher
from errors import HomeBusy
from storage import fixity
from storage.database import Database
from storage.fixity_account import account
from storage.home import FIXITY_LOCK, hold


def upkeep(settings: Settings, database: Database, watcher: Watcher) -> dict[str, Any]:
    """Read a part of the archive again: what of it goes into the run's summary, as `fixity`.

    A line for the operator for each damaged segment. While `nianbao verify` runs, it is left to that.
    """
    if not settings.fixity_days:
        return {}
    try:
        with hold(settings.home, FIXITY_LOCK):
            return {"fixity": _verify(settings, database, watcher)}
    except HomeBusy:
        return {}


def _verify(settings: Settings, database: Database, watcher: Watcher) -> dict[str, Any]:
    percent = fixity.percent_due(database, settings.fixity_days, datetime.now(UTC))
    begun = fixity.begin(settings.archive_dir, database, "night", percent=percent)
    watcher.start("verify", begun.bytes)
    fixity.read(
        settings.archive_dir, database, begun, threads=os.cpu_count() or 1,
        advance=lambda amount: watcher.advance("verify", amount),
    )  # fmt: skip
    watcher.finish("verify")
    with database.read() as session:
        told = account(session, begun.id)
    for segment in told["damaged"]:
        first, count = segment["damages"][0], len(segment["captures"])
        watcher.note(f"{segment['segment']} is damaged: {first['problem']}; captures concerned: {count}")
    damaged = [one["segment"] for one in told["damaged"]]
    return {"segments": told["segments"], "bytes": told["bytes"], "damaged": damaged}
