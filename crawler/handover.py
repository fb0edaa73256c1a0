"""Hands archived captures to the parser, in worker processes with a limit on time and memory a document.

A worker reads the octets from the archive by itself and gives back what the parser made of them. A document
that takes too long, needs too much memory or kills its worker is quarantined with the reason, and the next
one goes to a fresh worker.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures import TimeoutError as OutOfTime
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload

from config import Settings
from errors import CannotRead, NianbaoError
from parser import PARSER_VERSION, Reading, State, parse
from parser.reading import MAX_PAYLOAD
from storage.archive import Place, place_of, read_reply
from storage.database import Database
from storage.exchange import decode_content
from storage.models import PAGE_STATUSES, Capture, ReadingRow, ReportRow, Sighting, Version

TASKS_A_WORKER = 200
"""A worker is replaced after so many documents, so that no leak of a library outlives them."""


Reader = Callable[[Path, Place], tuple[dict[str, Any], float]]
"""What runs in a worker: the archive's folder and a place in it give the account and the seconds it took."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one payload: the parser's account as JSON-ready values, and the seconds it took."""

    place: Place
    account: dict[str, Any]
    seconds: float


def hand_over(
    settings: Settings, database: Database, places: list[Place], advance: Callable[[int], None]
) -> None:
    """Let the parser read these payloads; each reading is stored as soon as it is there.

    `advance` is told how many more were read.
    """
    for outcome in read_all(settings, places):
        with database.write() as session:
            session.merge(_row(outcome))
        advance(1)


def unread(session: Session, *, run_id: int | None = None, since: datetime | None = None) -> list[Place]:
    """The places of payloads that await this parser version, each payload once.

    Those that a run saw, or that any run saw; and the payloads behind the latest versions, so that what the
    source changed and what the parser changed can be told apart. With `since`, only what was captured then
    or later.
    """
    read = select(ReadingRow.payload_sha256).where(ReadingRow.parser_version == PARSER_VERSION)
    seen = (
        select(Capture)
        .join(Sighting, Sighting.capture_id == Capture.id)
        .where(
            Capture.outcome == "complete",
            Capture.status.in_(PAGE_STATUSES),
            Capture.blocked.is_(None),
            Capture.payload_sha256.not_in(read),
        )
    )
    latest = select(func.max(Version.id)).group_by(Version.report_id)
    # The page and the files that such a version was chosen from, not the chosen one alone.
    chosen = aliased(Capture)
    outdated = (
        select(Capture)
        .join(Sighting, Sighting.capture_id == Capture.id)
        .join(ReportRow, ReportRow.url == Sighting.report_url)
        .join(Version, Version.report_id == ReportRow.id)
        .join(chosen, chosen.id == Version.capture_id)
        .where(Version.id.in_(latest), Sighting.run_id == chosen.run_id, Capture.payload_sha256.not_in(read))
    )
    if run_id is not None:
        seen = seen.where(Sighting.run_id == run_id)
    if since is not None:
        seen = seen.where(Capture.captured_at >= since)
        outdated = outdated.where(Capture.captured_at >= since)
    found: dict[str, Place] = {}
    for query in (seen, outdated):
        for capture in session.scalars(query.options(joinedload(Capture.segment))):
            place = place_of(capture)
            if place is not None:
                found.setdefault(place.payload_sha256, place)
    return list(found.values())


def read_all(settings: Settings, places: list[Place], reader: Reader | None = None) -> Iterator[Outcome]:
    """Run the parser (or another `reader`) over these payloads, in any order, and yield what became of each.

    A payload whose segment cannot be read now is left out: that says nothing of the document, and the next
    night tries again.
    """
    if not places:
        return
    workers = min(settings.workers or os.cpu_count() or 1, len(places))
    pool = ProcessPool(
        max_workers=workers,
        max_tasks=TASKS_A_WORKER,
        initializer=_limit_worker,
        initargs=(settings.parse_memory_mb,),
        context=multiprocessing.get_context("spawn"),
    )
    waiting = iter(places)
    running: dict[Future[tuple[dict[str, Any], float]], Place] = {}
    try:
        while True:
            # A short queue, so that a long night does not sit in memory.
            while len(running) < 4 * workers and (place := next(waiting, None)) is not None:
                future = pool.schedule(
                    reader or read_one, args=(settings.archive_dir, place), timeout=settings.parse_seconds
                )
                running[future] = place
            if not running:
                return
            for done in wait(running, return_when=FIRST_COMPLETED).done:
                place = running.pop(done)
                try:
                    yield _outcome(done, place, settings)
                except CannotRead as error:
                    logger.error("%s is not read now: %s", place.url, error)
    finally:
        # Also where the night is told to stop half-way: it does not wait for documents nobody asks for.
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()


def read_one(folder: Path, place: Place) -> tuple[dict[str, Any], float]:
    """In a worker: the parser's account of an archived payload, and the seconds it took."""
    reply = read_reply(folder, place)
    started = time.perf_counter()
    try:
        octets = decode_content(reply, MAX_PAYLOAD)
    except ValueError as error:
        return _account(State.DAMAGED, str(error)), time.perf_counter() - started
    account = parse(octets).as_dict()
    keys = Counter(figure["key"] for figure in account.get("figures", []))
    twice = [key for key, count in keys.items() if count > 1]
    if twice:
        raise ValueError(f"it gave {twice[0]} twice")
    return account, time.perf_counter() - started


def _outcome(future: Future[tuple[dict[str, Any], float]], place: Place, settings: Settings) -> Outcome:
    try:
        account, seconds = future.result()
    except OutOfTime:
        reason = f"took longer than {settings.parse_seconds:g} s"
    except MemoryError:
        reason = f"needed more than {settings.parse_memory_mb} MiB"
    except ProcessExpired as error:
        reason = f"killed its parser process (exit code {error.exitcode})"
    except CannotRead:
        raise
    except NianbaoError as error:
        reason = error.message()
    except Exception as error:  # noqa: BLE001 - a defect of the parser costs one document, not the night
        reason = f"made the parser fail: {type(error).__name__}: {error}"
    else:
        return Outcome(place, account, seconds)
    return Outcome(place, _account(State.QUARANTINED, reason), 0.0)


def _account(state: State, reason: str) -> dict[str, Any]:
    return Reading(state, "unknown", reason).as_dict()


def _row(outcome: Outcome) -> ReadingRow:
    return ReadingRow(
        payload_sha256=outcome.place.payload_sha256,
        parser_version=PARSER_VERSION,
        state=outcome.account["state"],
        reason=outcome.account["reason"],
        record=outcome.account,
        seconds=outcome.seconds,
        read_at=datetime.now(UTC),
    )


def _limit_worker(memory_mb: int) -> None:
    # Ctrl-C is for the night, which ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
