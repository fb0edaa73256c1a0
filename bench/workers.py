"""The parser's processes: how much two do beside one, and whether the memory of one stays flat.

`python -m bench.workers`: 200 mixed documents through the night's pool with one process and with one a core;
then 1,000 documents in one process, and what it holds after each hundred.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path

from bench.truthset.documents import half
from config import Settings
from crawler.handover import hand_over, unread
from parser import parse
from storage.archive import Archive
from storage.database import Database
from storage.exchange import Exchange, Purpose
from storage.models import Run, Sighting, Site

DOCUMENTS = 200
SITE = "made.example.invalid"
PAGE = os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Measure and print."""
    payloads = [made.payload for made in half("open", DOCUMENTS, 7)]
    counts = (1, os.cpu_count() or 1)
    seconds = {}
    for workers in counts:
        with tempfile.TemporaryDirectory() as folder:
            seconds[workers], own, theirs = _night(Path(folder), payloads, workers)
        print(
            f"{DOCUMENTS} documents, {workers} processes: {seconds[workers]:.1f} s "
            f"(processor: {theirs:.1f} s of the workers, {own:.1f} s of the night; "
            f"{(own + theirs) / seconds[workers]:.2f} cores; load {os.getloadavg()[0]:.1f})"
        )
    print(f"{seconds[counts[0]] / seconds[counts[-1]]:.2f} times as fast with {counts[-1]}")
    for number, payload in enumerate(islice(cycle(payloads), 1000), start=1):
        parse(payload)
        if number in (1, 100, 250, 500, 750, 1000):
            print(f"after {number} documents: {_resident_mib():.0f} MiB")


def _night(home: Path, payloads: list[bytes], workers: int) -> tuple[float, float, float]:
    """Seconds of reading an archive of these documents: by the clock, of this process, and of the workers."""
    settings = Settings(home=home, workers=workers)
    database = Database(settings.database)
    _archive(settings, database, payloads)
    with database.read() as session:
        places = unread(session, run_id=1)
    before = [_spent(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    started = time.perf_counter()
    hand_over(settings, database, places, lambda amount: None)
    wall = time.perf_counter() - started
    database.close()
    own, theirs = (_spent(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return wall, own - before[0], theirs - before[1]


def _spent(who: int) -> float:
    """Processor seconds of this process, or of those that it waited for."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def _archive(settings: Settings, database: Database, payloads: list[bytes]) -> None:
    now = datetime.now(UTC)
    with database.write() as session:
        run = Run(id=1, kind="crawl", state="running", started_at=now, sites=[SITE], summary={}, resumed=0)
        session.add_all([Site(domain=SITE, name="made"), run])
    archive = Archive(
        settings.archive_dir, database, run_id=1, site=SITE, segment_bytes=1 << 30, info={"software": "bench"}
    )
    for url, response in _responses(payloads):
        exchange = Exchange(url, "GET", now, b"GET / HTTP/1.1\r\n\r\n", response, "complete")
        capture = archive.add(exchange, Purpose("report", "made"))
        with database.write() as session:
            session.add(
                Sighting(
                    run_id=1,
                    site=SITE,
                    report_url=url,
                    source_url=url,
                    capture_id=capture.id,
                    part="page",
                    title="",
                    evidence=[],
                )
            )
    archive.close()


def _responses(payloads: list[bytes]) -> Iterator[tuple[str, bytes]]:
    for number, payload in enumerate(payloads):
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(payload)}\r\n\r\n"
        yield f"http://{SITE}/{number}", head.encode() + payload


def _resident_mib() -> float:
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * PAGE / 2**20


if __name__ == "__main__":
    main()
