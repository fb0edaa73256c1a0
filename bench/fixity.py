"""How fast `nianbao verify` reads an archive, beside `sha256sum` over the same files in the same run.

    python -m bench.fixity [--mib 256]

Three archives of made replies: pages (text that packs to a half), files (nothing to be packed: images, PDF),
and four pages for each file. All read from the page cache, so that the disk does not hide what each costs.
`--full` unpacks every record and works out its digests besides; `verify` does so the first time, later only
where octets or index have changed. `sha256sum` has one core, `verify` a thread a core. Processor seconds are
told too: on a busy machine the time that passes says little.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from storage import fixity
from storage.archive import Archive, Arrival
from storage.database import Database
from storage.exchange import Exchange, Purpose, take_apart
from storage.fixity_account import account
from storage.models import Run

SITE = "bench.example"
FILE_BYTES = 200_000
SEGMENTS = 4
MADE_OF = {"pages": 0, "mixed": 5, "files": 1}
"""each so many-th reply is a file"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.fixity", description="verify beside sha256sum")
    parser.add_argument("--mib", type=int, default=256, help="replies of each archive, before packing")
    mib = parser.parse_args().mib
    for name, every in MADE_OF.items():
        with TemporaryDirectory() as folder:
            _measure(name, Path(folder), every, mib << 20)


def _measure(name: str, home: Path, every: int, size: int) -> None:
    database = Database(f"sqlite:///{home / 'nianbao.sqlite'}")
    folder = home / "archive"
    _fill(folder, database, every, size)
    files = sorted(str(path) for path in folder.glob("*.warc.gz"))
    packed = sum(Path(path).stat().st_size for path in files)
    best: dict[str, tuple[float, float]] = {}
    for _ in range(3):
        for peer, work in (
            ("sha256sum", lambda: subprocess.run(["sha256sum", *files], check=True, capture_output=True)),
            ("--full", lambda: _verify(folder, database, full=True)),
            ("verify", lambda: _verify(folder, database, full=False)),
        ):
            seconds = _timed(work)
            best[peer] = min(best.get(peer, seconds), seconds)
    database.close()
    rates = {peer: packed / 1e6 / passed for peer, (passed, _) in best.items()}
    costs = {peer: busy / packed * 1e9 for peer, (_, busy) in best.items()}
    print(f"{name}: {packed / 1e6:.0f} MB of segments")
    for peer, rate in rates.items():
        print(f"  {peer:10} {rate:6.0f} MB/s  {costs[peer]:5.2f} s of processor a GB")
    for peer in ("--full", "verify"):
        print(f"  {peer:10} {rates[peer] / rates['sha256sum']:6.2f} x sha256sum")


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that passed, and seconds of processor, children included."""
    busy = _busy()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start, _busy() - busy


def _busy() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def _verify(folder: Path, database: Database, *, full: bool) -> None:
    begun = fixity.begin(folder, database, "full" if full else "verify")
    fixity.read(folder, database, begun, threads=os.cpu_count() or 1, full=full)
    with database.read() as session:
        told = account(session, begun.id)
    assert told["damaged"] == []
    assert told["read_in_full"] == (told["segments"] if full else 0)


def _fill(folder: Path, database: Database, every: int, size: int) -> None:
    with database.write() as session:
        session.add(
            Run(id=1, kind="night", state="done", started_at=datetime.now(UTC), sites=[SITE], summary={})
        )
    replies = _replies(every, size // SEGMENTS * SEGMENTS)
    started = datetime(2026, 1, 1, tzinfo=UTC)
    number = 0
    for _ in range(SEGMENTS):
        archive = Archive(
            folder, database, run_id=1, site=SITE, segment_bytes=1 << 30, info={"software": "bench"}
        )
        room = size // SEGMENTS
        while room > 0:
            group = []
            for _ in range(40):
                body = next(replies)
                room -= len(body)
                number += 1
                reply = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(
                    body
                )
                url = f"https://{SITE}/zwgk/t{number}.html"
                made = Exchange(
                    url, "GET", started + timedelta(seconds=number), b"GET / HTTP/1.1\r\n\r\n", reply + body,
                    "complete",
                )  # fmt: skip
                group.append(Arrival(made, Purpose("report", "bench"), take_apart(made.response)))
            archive.add_all(group)
        archive.close()


def _replies(every: int, seed: int) -> Iterator[bytes]:
    dice = random.Random(seed)
    words = [f"{dice.getrandbits(40):x}" for _ in range(4000)]
    number = 0
    while True:
        number += 1
        if every and number % every == 0:
            yield dice.randbytes(FILE_BYTES)
        else:
            yield " ".join(dice.choices(words, k=3000)).encode()


if __name__ == "__main__":
    main()
