"""How fast `nianbao verify` reads an archive, beside `sha256sum` over the same files in the same run.

    python -m bench.fixity [--mib 256] [--only KIND]

Archives of made replies (`bench.made_archive`), read from the page cache, so that the disk does not hide what
each costs. `--full` unpacks every record and works out its digests besides; `verify` does so the first time,
later only where octets or index have changed. `sha256sum` has one core, `verify` a process a core; what these
take for next to nothing, which an archive of any size pays once, is told and taken off. Processor seconds are
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
    """Seconds that passed, and seconds of processor, children included."""

    passed: float
    busy: float

    def __sub__(self, other: Took) -> Took:
        return Took(self.passed - other.passed, self.busy - other.busy)


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
    start = _best(starts)
    print(f"{start.passed:.2f} s ({start.busy:.2f} s of processor) for the processes to begin and end")
    for kind in [asked.only] if asked.only else KINDS:
        with TemporaryDirectory() as folder:
            _measure(kind, Path(folder), asked.mib << 20, start)


def _made(home: Path, kind: str, size: int) -> Database:
    database = Database(f"sqlite:///{home / 'nianbao.sqlite'}")
    fill(home / "archive", database, kind, size)
    return database


def _measure(kind: str, home: Path, size: int, start: Took) -> None:
    database = _made(home, kind, size)
    packed = sum(path.stat().st_size for path in (home / "archive").iterdir())
    took: dict[str, list[Took]] = {"sha256sum": [], "--full": [], "verify": []}
    for _ in range(3):
        took["sha256sum"].append(_sha256sum(home / "archive"))
        took["--full"].append(_verify(home, database, full=True) - start)
        took["verify"].append(_verify(home, database, full=False) - start)
    database.close()
    print(f"{kind} ({KINDS[kind]}): {packed / 1e6:.0f} MB of segments")
    for peer, times in took.items():
        best, ratio = _best(times), _best(took["sha256sum"]).passed / _best(times).passed
        print(f"  {peer:10} {packed / 1e6 / best.passed:6.0f} MB/s  {ratio:5.2f} x sha256sum", end="")
        print(f"  {best.busy / packed * 1e9:5.2f} s of processor a GB")


def _best(times: list[Took]) -> Took:
    return Took(min(one.passed for one in times), min(one.busy for one in times))


def _sha256sum(folder: Path) -> Took:
    files = sorted(str(path) for path in folder.iterdir())
    with _first():
        busy, begun = _busy(), time.perf_counter()
        subprocess.run(["sha256sum", *files], check=True, capture_output=True)
        return Took(time.perf_counter() - begun, _busy() - busy)


def _verify(home: Path, database: Database, *, full: bool) -> Took:
    with _first():
        busy, begun = _busy(), time.perf_counter()
        done = fixity.begin(home / "archive", database, "full" if full else "verify")
        fixity.read(home / "archive", database, done, processes=os.cpu_count() or 1, full=full)
        took = Took(time.perf_counter() - begun, _busy() - busy)
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
