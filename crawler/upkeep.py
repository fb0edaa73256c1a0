"""What a night does for the archive once its own work is done. Nothing of it can fail the night."""

from __future__ import annotations

import os
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from config import Settings
from crawler.watching import Watcher
from errors import HomeBusy, NianbaoError, StorageError
from storage import fixity
from storage.database import Database
from storage.fixity_account import account
from storage.home import FIXITY_LOCK, hold


def upkeep(settings: Settings, database: Database, watcher: Watcher) -> dict[str, Any]:
    """Send sealed segments to the object store, read a part of the archive again: for the run's summary.

    A line for the operator for each damaged segment, and where the store cannot be used: then a later night
    does it. While `nianbao verify` runs, reading is left to that.
    """
    told: dict[str, Any] = {}
    if settings.archive_url:
        told["store"] = _stow(settings, database, watcher)
    if settings.fixity_days:
        try:
            with hold(settings.home, FIXITY_LOCK, settings.database):
                told["fixity"] = _verify(settings, database, watcher)
        except HomeBusy:
            pass
        except StorageError as error:
            watcher.note(error.message(settings.language))
    return told


def _stow(settings: Settings, database: Database, watcher: Watcher) -> dict[str, Any]:
    from storage import stowing  # noqa: PLC0415 - few have a store
    from storage.store import Store  # noqa: PLC0415

    stowed = stowing.Stowed()
    folder = settings.archive_dir
    problem = None
    try:
        store = Store(settings.archive_url, settings.archive_endpoint)
        for line in stowing.send(folder, database, store, stowed):
            watcher.note(line)
        if settings.archive_local_days:
            before = datetime.now(UTC) - timedelta(days=settings.archive_local_days)
            stowing.drop(folder, database, store, before, stowed)
    except NianbaoError as error:
        problem = error.message(settings.language)
        watcher.note(problem)
    return asdict(stowed) | {"problem": problem}


def _verify(settings: Settings, database: Database, watcher: Watcher) -> dict[str, Any]:
    percent = fixity.percent_due(database, settings.fixity_days, datetime.now(UTC))
    begun = fixity.begin(settings.archive_dir, database, "night", percent=percent)
    watcher.start("verify", begun.bytes)
    fixity.read(
        settings.archive_dir, database, begun, processes=settings.workers or os.cpu_count() or 1,
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
