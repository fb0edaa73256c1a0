"""Hands archived captures to the parser, in worker processes with a limit on time and memory a document.

A worker (`crawler.workers`) reads the octets from the archive by itself and gives back what the parser made
of them. A document that takes too long, needs too much memory or kills its worker is quarantined with the
reason.
"""

from __future__ import annotations

import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from config import Settings
from crawler.image_pages import read_images
from crawler.worker import Limits
from crawler.workers import Ended, Fate, each
from errors import CannotRead, NianbaoError
from parser import PARSER_VERSION, Reading, State, parse
from parser.reading import MAX_PAYLOAD
from storage.archive import Place, place_of, read_reply
from storage.database import Database
from storage.exchange import TooLong, decode_content
from storage.models import PAGE_STATUSES, Capture, ReadingRow, ReportRow, Sighting, Version
from storage.page_images import PageImages, images_of

Task = Place | PageImages
"""What is read as one document: a payload, or a page with its images."""

Reader = Callable[[Path, Any], tuple[dict[str, Any], float]]
"""What runs in a worker: the archive's folder and a task give the account and the seconds it took."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one task: the parser's account as JSON-ready values, and the seconds it took."""

    place: Task
    account: dict[str, Any]
    seconds: float


def hand_over(
    settings: Settings, database: Database, places: Sequence[Task], advance: Callable[[int], None]
) -> None:
    """Let the parser read these payloads; each reading is stored as soon as it is there.

    `advance` is told how many more were read.
    """
    with closing(read_all(settings, places)) as outcomes:
        for outcome in outcomes:
            with database.write() as session:
                session.merge(_row(outcome))
            advance(1)


def unread(
    session: Session, *, run_id: int | None = None, since: datetime | None = None, quarantined: bool = False
) -> list[Place]:
    """The places of payloads that await this parser version, each payload once; with `quarantined` also those
    that it could not read within its limits.

    Those that a run saw, or that any run saw; and the payloads behind the latest versions, so that what the
    source changed and what the parser changed can be told apart. With `since`, only what was captured then
    or later.
    """
    read = _read(quarantined)
    found: dict[str, Place] = {}
    for query in _wanted(run_id, since):
        awaiting = query.where(Capture.payload_sha256.not_in(read))
        for capture in session.scalars(awaiting.options(joinedload(Capture.segment))):
            place = place_of(capture)
            if place is not None:
                found.setdefault(place.payload_sha256, place)
    return list(found.values())


def unread_images(
    session: Session, *, run_id: int | None = None, since: datetime | None = None, quarantined: bool = False
) -> list[PageImages]:
    """The pages whose images await this parser version. To be asked when the pages themselves are read, since
    their readings name the images; chosen like `unread`."""
    named = ReadingRow.record["images"].as_string().is_not(None)
    found: dict[str, PageImages] = {}
    for query in _wanted(run_id, since):
        pages = query.add_columns(ReadingRow.record).join(
            ReadingRow,
            and_(
                ReadingRow.payload_sha256 == Capture.payload_sha256,
                ReadingRow.parser_version == PARSER_VERSION,
            ),
        )
        for capture, record in session.execute(pages.where(Sighting.part == "page", named)):
            images = images_of(session, capture, record)
            if images is not None:
                found.setdefault(images.payload_sha256, images)
    read = session.scalars(_read(quarantined).where(ReadingRow.payload_sha256.in_(found)))
    for digest in list(read):
        del found[digest]
    return list(found.values())


def _read(quarantined: bool) -> Select[str]:
    """The digests that need no reading; with `quarantined`, those of quarantined documents are none."""
    query = select(ReadingRow.payload_sha256).where(ReadingRow.parser_version == PARSER_VERSION)
    return query.where(ReadingRow.state != State.QUARANTINED) if quarantined else query


def _wanted(run_id: int | None, since: datetime | None) -> tuple[Select[Any], Select[Any]]:
    """Captures of pages and files that were seen, and of those behind the latest versions."""
    seen = (
        select(Capture)
        .join(Sighting, Sighting.capture_id == Capture.id)
        .where(
            Capture.outcome == "complete",
            Capture.status.in_(PAGE_STATUSES),
            Capture.blocked.is_(None),
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
        .where(Version.id.in_(latest), Sighting.run_id == chosen.run_id)
    )
    if run_id is not None:
        seen = seen.where(Sighting.run_id == run_id)
    if since is not None:
        seen = seen.where(Capture.captured_at >= since)
        outdated = outdated.where(Capture.captured_at >= since)
    return seen.order_by(Capture.id), outdated.order_by(Capture.id)


def read_all(settings: Settings, places: Sequence[Task], reader: Reader | None = None) -> Generator[Outcome]:
    """Run the parser (or another `reader`) over these payloads, in any order, and yield what became of each.

    A payload whose segment cannot be read now is left out: that says nothing of the document, and the next
    night tries again.
    """
    limits = Limits(settings.parse_seconds, settings.parse_memory_mb)
    answer = partial(_answer, reader or read_one, settings.archive_dir)
    with closing(each(answer, places, limits, settings.workers or os.cpu_count() or 1)) as endings:
        for ended in endings:
            place, value = ended.task, ended.value
            if ended.fate is not Fate.DONE:
                yield Outcome(place, _account(State.QUARANTINED, _reason(ended)), 0.0)
            elif "unread" in value:
                logger.error("%s is not read now: %s", place.url, value["unread"])
            else:
                yield Outcome(place, value["account"], value["seconds"])


def read_one(folder: Path, place: Task) -> tuple[dict[str, Any], float]:
    """In a worker: the parser's account of a task's octets in the archive, and the seconds it took."""
    if isinstance(place, PageImages):
        started = time.perf_counter()
        return _checked(read_images(folder, place)), time.perf_counter() - started
    reply = read_reply(folder, place)
    started = time.perf_counter()
    try:
        octets = decode_content(reply, MAX_PAYLOAD)
    except TooLong as error:
        return _account(State.TOO_LARGE, str(error)), time.perf_counter() - started
    except ValueError as error:
        return _account(State.DAMAGED, str(error)), time.perf_counter() - started
    return _checked(parse(octets)), time.perf_counter() - started


def _checked(reading: Reading) -> dict[str, Any]:
    account = reading.as_dict()
    keys = Counter(figure["key"] for figure in account.get("figures", []))
    twice = [key for key, count in keys.items() if count > 1]
    if twice:
        raise ValueError(f"it gave {twice[0]} twice")
    return account


def _answer(reader: Reader, folder: Path, place: Task) -> dict[str, Any]:
    """In a worker: what the reader makes of a payload, or why it cannot be read now, as JSON-ready values."""
    try:
        account, seconds = reader(folder, place)
    except CannotRead as error:
        return {"unread": error.message()}
    except NianbaoError as error:
        account, seconds = _account(State.QUARANTINED, error.message()), 0.0
    return {"account": account, "seconds": seconds}


def _reason(ended: Ended[Task]) -> str:
    if ended.fate is Fate.TIME:
        return f"took longer than {ended.detail} s"
    if ended.fate is Fate.MEMORY:
        return f"needed more than {ended.detail} MiB"
    if ended.fate is Fate.DIED:
        return f"killed its parser process ({ended.detail})"
    # A defect of the parser costs one document, not the night.
    return f"made the parser fail: {ended.detail}"


def _account(state: State, reason: str) -> dict[str, Any]:
    return Reading(state, "unknown", reason).as_dict()


def _row(outcome: Outcome) -> ReadingRow:
    # The digest of a page's images is that of no capture: their reading says whose they are.
    page = {"page": outcome.place.url} if isinstance(outcome.place, PageImages) else {}
    return ReadingRow(
        payload_sha256=outcome.place.payload_sha256,
        parser_version=PARSER_VERSION,
        state=outcome.account["state"],
        reason=outcome.account["reason"],
        record=outcome.account | page,
        seconds=outcome.seconds,
        read_at=datetime.now(UTC),
    )
