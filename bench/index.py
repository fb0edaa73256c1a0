"""How long the index takes to answer, with ten million captures in it: `python -m bench.index`.

Two questions that a Memento client asks: the capture nearest to a time, and the time map of an address that
was captured a hundred times. No address is asked twice, in an order that no cache can know. The rows are
made by SQLite itself, in a temporary folder; they lie in the order of the nights, as a crawl leaves them, so
that the captures of an address are spread over the whole table.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from storage.captures import nearest
from storage.database import Database
from storage.models import Run, Segment
from storage.timemap import time_map

NIGHTS = 100
FIRST = datetime(2026, 1, 1, 18, tzinfo=UTC)
ASKED_MS = 5.0
SEED = 5
SITES = 200
SEGMENT = "s"
_URL = "'https://www.site' || (page % {sites}) || '.gov.cn/xxgk/zfxxgkml/bmgkbg/t' || page || '.html'"
_ROWS = """
WITH RECURSIVE pages(page) AS (SELECT 0 UNION ALL SELECT page + 1 FROM pages WHERE page + 1 < {pages})
INSERT INTO captures (
    run_id, site, url, captured_at, method, status, outcome, content_type, payload_sha256, payload_sha1,
    payload_bytes, reconstructed, role, followed, segment_id, record_id, record_offset, request_offset,
    request_bytes, response_offset, response_bytes {further}
)
SELECT
    1, 'www.site' || (page % {sites}) || '.gov.cn', {url},
    :at, 'GET', 200, 'complete', 'text/html', {sha256}, substr(hex(randomblob(16)), 1, 32),
    43253, 0, 'report', 'a link that says so', 1, {record},
    :night * {pages} + page, 1, 400, {offset}, 12000 {values}
FROM pages
"""


@dataclass(frozen=True, slots=True)
class Rows:
    """What of a row is an expression of SQL: random, or the one record that all of them lead to."""

    sha256: str = "lower(hex(randomblob(32)))"
    record: str = "'urn:uuid:' || lower(hex(randomblob(16)))"
    offset: str = ":night * {pages} + page"


def fill(database: Database, pages: int, made_of: Rows | None = None) -> None:
    """A capture of every page on every night; the indexes are made at the end, which is faster."""
    made_of = made_of or Rows()
    with database.write() as session:
        session.merge(Run(id=1, kind="night", state="done", started_at=FIRST, sites=[], summary={}))
        session.merge(Segment(id=1, name=SEGMENT, state="sealed", created_at=FIRST))
    with sqlite3.connect(database.url.database or "") as raw:
        raw.execute("PRAGMA synchronous = OFF")
        raw.execute("PRAGMA cache_size = -1000000")
        indexes = raw.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'captures' AND sql != ''"
        ).fetchall()
        for name, _ in indexes:
            raw.execute(f"DROP INDEX {name}")
        further, values = _further(raw)
        for night in range(NIGHTS):
            rows = _ROWS.format(
                pages=pages, sites=SITES, url=_URL.format(sites=SITES), further=further, values=values,
                sha256=made_of.sha256, record=made_of.record, offset=made_of.offset.format(pages=pages),
            )  # fmt: skip
            raw.execute(rows, {"at": _stored(night), "night": night})
            raw.commit()
        for _, made in indexes:
            raw.execute(made)
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()


def _further(raw: sqlite3.Connection) -> tuple[str, str]:
    """Columns without a default that this module does not know, filled with nothing."""
    known = (
        _ROWS.partition("(\n")[2].partition(" {further}")[0].replace("\n", " ").replace(" ", "").split(",")
    )
    unknown = [
        (name, kind)
        for _, name, kind, required, default, key in raw.execute("PRAGMA table_info(captures)")
        if required and default is None and not key and name not in known
    ]
    names = "".join(f", {name}" for name, _ in unknown)
    return names, "".join(", 0" if "CHAR" not in kind and kind != "TEXT" else ", ''" for _, kind in unknown)


def _stored(night: int) -> str:
    return (FIRST + timedelta(days=night)).strftime("%Y-%m-%d %H:%M:%S.%f")


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds of one question: until the answer, and those in which this process was at work."""

    wall: float
    processor: float


def ask(database: Database, pages: int, asked: int) -> dict[str, list[Taken]]:
    """What each question took, each in a session of its own, as a request to a server has."""
    chosen = random.Random(SEED)
    addresses = chosen.sample(range(pages), min(pages, asked))
    taken: dict[str, list[Taken]] = {"nearest memento": [], f"time map of {NIGHTS} captures": []}

    def near(session: Session, url: str) -> bool:
        at = FIRST + timedelta(days=chosen.randrange(NIGHTS), hours=chosen.randrange(1, 24))
        return nearest(session, url, at).url == url

    def whole(session: Session, url: str) -> bool:
        found = time_map(session, url)
        return found is not None and len(found.mementos) == NIGHTS

    questions: list[Callable[[Session, str], bool]] = [near, whole]
    for warm_up in (True, False):
        for page in addresses[:20] if warm_up else addresses:
            url = f"https://www.site{page % SITES}.gov.cn/xxgk/zfxxgkml/bmgkbg/t{page}.html"
            for name, question in zip(taken, questions, strict=True):
                started, begun = time.perf_counter(), time.process_time()
                with database.read() as session:
                    right = question(session, url)
                wall, processor = time.perf_counter() - started, time.process_time() - begun
                if not right:
                    raise RuntimeError(f"{name}: a wrong answer for {url}")
                if not warm_up:
                    taken[name].append(Taken(wall * 1000, processor * 1000))
    return taken


def go_first() -> bool:
    """Let this process go before all others, so that their turns are not taken for the index's time.

    Whether it may: that is a privilege.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except (AttributeError, OSError):  # another system than Linux, or an ordinary user
        return False
    return True


def percentile(values: list[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main() -> None:
    """Print the figures and how they stand to what is asked."""
    wanted = argparse.ArgumentParser(description="Measure how long the index takes to answer.")
    wanted.add_argument("--rows", type=int, default=10_000_000, help="captures in the index")
    wanted.add_argument("--asked", type=int, default=1000, help="addresses that are asked for")
    arguments = wanted.parse_args()
    pages = max(SITES, arguments.rows // NIGHTS)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "nianbao.sqlite"
        database = Database(f"sqlite:///{path}")
        started = time.perf_counter()
        fill(database, pages)
        size, seconds = path.stat().st_size / 2**30, time.perf_counter() - started
        print(f"{pages * NIGHTS:,} captures of {pages:,} addresses, {size:.1f} GiB, made in {seconds:.0f} s")
        alone = go_first()
        print(f"other work on this machine {'waits' if alone else 'takes its turn'} while the index is asked")
        for name, taken in ask(database, pages, arguments.asked).items():
            half, most = (percentile([one.wall for one in taken], share) for share in (0.5, 0.99))
            busy = percentile([one.processor for one in taken], 0.99)
            verdict = "met" if most <= ASKED_MS else "missed"
            print(
                f"{name:25} p50 {half:6.2f} ms   p99 {most:6.2f} ms (of the processor {busy:5.2f} ms)   "
                f"asked {ASKED_MS:.0f} ms: {verdict}"
            )
        database.close()


if __name__ == "__main__":
    main()
