"""How fast `nianbao verify` reads an archive, beside `sha256sum` over the same files in the same run.

    python -m bench.fixity [--mib 256] [--only KIND]

Archives of made replies (`bench.made_archive`), read from the page cache, so that the disk does not hide what
each costs. `--full` unpacks every record and works out its digests besides; `verify` does so the first time,
later only where octets or index have changed. `sha256sum` has one core, `verify` a process a core; what these
take to begin, which any archive pays once, is told and taken off. Processor seconds are told too: on a busy
machine the time that passes says little. Where it may, a reader takes the processors before all others.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.index import go_first
from bench.made_archive import KINDS, fill
from storage import fixity
from storage.database import Database
from storage.fixity_account import account


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.fixity", description="verify beside sha256sum")
    parser.add_argument("--mib", type=int, default=256, help="replies of each archive, before packing")
    parser.add_argument("--only", choices=KINDS, help="one kind of archive")
    asked = parser.parse_args()
    fixity.ALONE_BYTES = 0
    with TemporaryDirectory() as folder:
        database = _made(Path(folder), "pages", 1)
        start, _ = min(_timed(lambda: _verify(Path(folder), database, full=True)) for _ in range(3))
        database.close()
    print(f"{start:.2f} s until the processes have begun")
    for kind in [asked.only] if asked.only else KINDS:
        with TemporaryDirectory() as folder:
            _measure(kind, Path(folder), asked.mib << 20, start)


def _made(folder: Path, kind: str, size: int) -> Database:
    database = Database(f"sqlite:///{folder / 'nianbao.sqlite'}")
    fill(folder, database, kind, size)
    return database


def _measure(kind: str, folder: Path, size: int, start: float) -> None:
    database = _made(folder, kind, size)
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
    taken_off = {"sha256sum": 0.0, "--full": start, "verify": start}
    rates = {peer: packed / 1e6 / (passed - taken_off[peer]) for peer, (passed, _) in best.items()}
    costs = {peer: busy / packed * 1e9 for peer, (_, busy) in best.items()}
    print(f"{kind} ({KINDS[kind]}): {packed / 1e6:.0f} MB of segments")
    for peer, rate in rates.items():
        print(f"  {peer:10} {rate:6.0f} MB/s  {costs[peer]:5.2f} s of processor a GB")
    for peer in ("--full", "verify"):
        print(f"  {peer:10} {rates[peer] / rates['sha256sum']:6.2f} x sha256sum")


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds that passed, and seconds of processor, children included."""
    with _first():
        busy = _busy()
        start = time.perf_counter()
        work()
        return time.perf_counter() - start, _busy() - busy


@contextmanager
def _first() -> Iterator[None]:
    """Go before all others, with what is started meanwhile: their turns are not our time."""
    go_first()
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def _busy() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def _verify(folder: Path, database: Database, *, full: bool) -> None:
    begun = fixity.begin(folder, database, "full" if full else "verify")
    fixity.read(folder, database, begun, processes=os.cpu_count() or 1, full=full)
    with database.read() as session:
        told = account(session, begun.id)
    assert told["damaged"] == []
    assert told["read_in_full"] == (told["segments"] if full else 0)


if __name__ == "__main__":
    main()
