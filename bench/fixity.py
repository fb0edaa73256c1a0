"""How fast `nianbao verify` reads an archive, beside `sha256sum` over the same files in the same run.

    python -m bench.fixity [--mib 256] [--only KIND]

Archives of made replies (`bench.made_archive`), read from the page cache, so that the disk does not hide what
each costs. `--full` unpacks every record and works out its digests besides; `verify` does so the first time,
later only where octets or index have changed. `sha256sum` has one core, `verify` a process a core; what these
take until they read, which an archive of any size pays once, is told and not counted. Processor seconds are
told too: on a busy machine the time that passes says little. Where it may, a reader takes the processors
before all others. Archives should be so large that reading takes seconds (`--mib 1024`).
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.index import go_first
from bench.made_archive import KINDS, SEGMENTS, fill
from storage import fixity
from storage.database import Database
from storage.fixity_account import account


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds that passed while it read, seconds until then, and seconds of processor for both."""

    reading: float
    beginning: float
    busy: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.fixity", description="verify beside sha256sum")
    parser.add_argument("--mib", type=int, default=256, help="replies of each archive, before packing")
    parser.add_argument("--only", choices=KINDS, help="one kind of archive")
    asked = parser.parse_args()
    fixity.ALONE_BYTES = 0
    with TemporaryDirectory() as folder:
        database = _made(Path(folder), "pages", SEGMENTS)
        starts = [_verify(Path(folder), database, full=True) for _ in range(3)]
        database.close()
    start = min(starts, key=lambda took: took.busy)
    print(f"{start.beginning:.2f} s ({start.busy:.2f} s of processor) until the processes read")
    for kind in [asked.only] if asked.only else KINDS:
        with TemporaryDirectory() as folder:
            _measure(kind, Path(folder), asked.mib << 20, start.busy)


def _made(home: Path, kind: str, size: int) -> Database:
    database = Database(f"sqlite:///{home / 'nianbao.sqlite'}")
    fill(home / "archive", database, kind, size)
    return database


def _measure(kind: str, home: Path, size: int, start: float) -> None:
    """`start`: seconds of processor that the processes take before they read."""
    database = _made(home, kind, size)
    packed = sum(path.stat().st_size for path in (home / "archive").iterdir())
    took: dict[str, list[Took]] = {"sha256sum": [], "--full": [], "verify": []}
    for _ in range(3):
        took["sha256sum"].append(_sha256sum(home / "archive"))
        took["--full"].append(_verify(home, database, full=True))
        took["verify"].append(_verify(home, database, full=False))
    database.close()
    rates = {peer: packed / 1e6 / min(one.reading for one in times) for peer, times in took.items()}
    print(f"{kind} ({KINDS[kind]}): {packed / 1e6:.0f} MB of segments")
    for peer, times in took.items():
        busy = min(one.busy for one in times) - (0 if peer == "sha256sum" else start)
        print(f"  {peer:10} {rates[peer]:6.0f} MB/s  {busy / packed * 1e9:5.2f} s of processor a GB", end="")
        print(f"  {rates[peer] / rates['sha256sum']:5.2f} x sha256sum")


def _sha256sum(folder: Path) -> Took:
    files = sorted(str(path) for path in folder.iterdir())
    with _first():
        busy, begun = _busy(), time.perf_counter()
        subprocess.run(["sha256sum", *files], check=True, capture_output=True)
        return Took(time.perf_counter() - begun, 0, _busy() - busy)


def _verify(home: Path, database: Database, *, full: bool) -> Took:
    """Its reading begins with the first octets that it tells of."""
    told: list[float] = []
    with _first():
        busy, begun = _busy(), time.perf_counter()
        done = fixity.begin(home / "archive", database, "full" if full else "verify")
        fixity.read(
            home / "archive", database, done, processes=os.cpu_count() or 1, full=full,
            advance=lambda _: told.append(time.perf_counter()),
        )  # fmt: skip
        took = Took(time.perf_counter() - told[0], told[0] - begun, _busy() - busy)
    with database.read() as session:
        result = account(session, done.id)
    assert result["damaged"] == []
    assert result["read_in_full"] == (result["segments"] if full else 0)
    return took


def _busy() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


@contextmanager
def _first() -> Iterator[None]:
    """Go before all others, with what is started meanwhile: their turns are not our time."""
    go_first()
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


if __name__ == "__main__":
    main()
