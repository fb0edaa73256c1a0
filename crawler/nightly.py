"""The night's order of work: put in order, walk, read, record, hand out.

    salvage ──► crawl ──► read ──► record ──► export ──► verify
    what a      into the  worker   versions,  tables for  a part of
    crash left  archive   processes changes   people      the archive

Each step takes its work from what the step before has written down, so that a night that was killed is
completed by the next call: what the archive has is not asked for again, what was read is not read again.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from config import Settings
from crawler.handover import hand_over, unread, unread_images
from crawler.run_log import RunLog
from crawler.summary import summarise
from crawler.upkeep import upkeep
from crawler.walk import walk
from crawler.watching import Watcher
from errors import CannotWrite, NianbaoError, NightFailed, StorageError
from parser import PARSER_VERSION
from parser.copies import best_copy
from parser.forms.vocabulary import entries
from parser.series import across_years
from spiders.site import SiteProfile, choose_profiles, expected_publishers, load_profiles
from storage import runs
from storage.database import Database
from storage.datasets import export
from storage.home import NIGHT_LOCK, hold
from storage.overrides import Overrides
from storage.records import record_run
from storage.salvage import salvage
from storage.series import relate_changed


def crawl(settings: Settings, domains: list[str], watcher: Watcher) -> dict[str, Any]:
    """Walk the sites (all where none is named), archive, read and record: the run's summary.

    Raises `NightFailed` where no site showed anything, and every `NianbaoError` of the storage.
    """
    profiles = choose_profiles(load_profiles(settings.sites_dir), domains)
    with hold(settings.home, NIGHT_LOCK, settings.database), _stoppable():
        return _Night(settings, profiles, watcher).run("crawl")


def night(settings: Settings, domains: list[str], watcher: Watcher) -> dict[str, Any]:
    """`crawl`, and then the dataset into `<home>/export`."""
    profiles = choose_profiles(load_profiles(settings.sites_dir), domains)
    with hold(settings.home, NIGHT_LOCK, settings.database), _stoppable():
        return _Night(settings, profiles, watcher).run("night", export_to=settings.home / "export")


@contextmanager
def _stoppable() -> Iterator[None]:
    """SIGTERM stops the night as Ctrl-C does: in order, so that the next one completes it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Night:
    """One run, from salvage to summary."""

    def __init__(self, settings: Settings, profiles: list[SiteProfile], watcher: Watcher) -> None:
        self._settings = settings
        self._profiles = profiles
        self._watcher = watcher
        self._shortfalls: dict[str, NianbaoError] = {}
        self._upkeep: dict[str, Any] = {}
        self._log: RunLog | None = None

    def run(self, kind: str, *, export_to: Path | None = None) -> dict[str, Any]:
        database = Database(self._settings.database)
        try:
            for line in salvage(self._settings.archive_dir, database):
                self._watcher.note(line)
            with database.write() as session:
                run = runs.begin(session, kind, [p.domain for p in self._profiles], datetime.now(UTC))
            return self._complete(database, run.id, resumed=run.resumed > 0, export_to=export_to)
        finally:
            database.close()

    def _complete(
        self, database: Database, run_id: int, *, resumed: bool, export_to: Path | None
    ) -> dict[str, Any]:
        try:
            state = self._work(database, run_id, resumed=resumed, export_to=export_to)
        except KeyboardInterrupt:
            state = "interrupted"  # what is written is enough for the next night to go on from
        except BaseException as error:
            storage = isinstance(error, StorageError | OSError)
            with suppress(StorageError):  # what hindered the night may hinder this too, and is told below
                self._finish(database, run_id, "interrupted" if storage else "failed")
            if isinstance(error, OSError):
                path = error.filename or self._settings.home
                raise CannotWrite(path=path, problem=error.strerror or error) from error
            raise
        summary = self._finish(database, run_id, state)
        if self._log is not None and self._log.problem is not None:
            self._watcher.note(self._log.problem.message(self._settings.language))
        if state == "failed":
            lines = {site: error.message(self._settings.language) for site, error in self._shortfalls.items()}
            if len(lines) == 1:
                raise NightFailed(problem=next(iter(lines.values())))
            for line in lines.values():
                self._watcher.note(line)
            raise NightFailed(problem=", ".join(lines))
        return summary

    def _work(self, database: Database, run_id: int, *, resumed: bool, export_to: Path | None) -> str:
        """All of it, to the state that the run ends in."""
        walked = walk(self._settings, self._profiles, run_id, resumed=resumed, watcher=self._watcher)
        self._shortfalls, self._log = walked.shortfalls, walked.log
        if walked.stopped:
            # A site that was not walked to its end has not fallen short of anything yet.
            self._shortfalls = {}
            return "interrupted"
        self._read(database, run_id)
        self._record(database, run_id)
        if export_to is not None:
            self._export(database, export_to)
            self._upkeep = upkeep(self._settings, database, self._watcher)
        return "done" if len(self._shortfalls) < len(self._profiles) else "failed"

    def _read(self, database: Database, run_id: int) -> None:
        for awaiting in (unread, unread_images):
            with database.read() as session:
                tasks = awaiting(session, run_id=run_id)
            self._watcher.start("read", len(tasks))
            hand_over(self._settings, database, tasks, lambda amount: self._watcher.advance("read", amount))
            self._watcher.finish("read")

    def _record(self, database: Database, run_id: int) -> None:
        self._watcher.start("record", None)
        overrides = Overrides.load(self._settings.overrides_dir)
        now = datetime.now(UTC)
        record_run(
            database,
            run_id,
            PARSER_VERSION,
            now,
            choose=best_copy,
            overrides=overrides,
            note=self._watcher.note,
        )
        with database.write() as session:
            relate_changed(session, run_id, across_years)
        self._watcher.finish("record")

    def _export(self, database: Database, folder: Path) -> None:
        self._watcher.start("export", None)
        profiles = load_profiles(self._settings.sites_dir)
        export(database, folder, expected_publishers(profiles), entries(), now=datetime.now(UTC))
        self._watcher.finish("export")

    def _finish(self, database: Database, run_id: int, state: str) -> dict[str, Any]:
        language = self._settings.language
        outcomes = {p.domain: "ok" for p in self._profiles}
        outcomes |= {domain: error.message(language) for domain, error in self._shortfalls.items()}
        with database.write() as session:
            summary = summarise(session, run_id, state, outcomes, PARSER_VERSION) | self._upkeep
            runs.finish(session, run_id, state, summary, datetime.now(UTC))
        return summary
