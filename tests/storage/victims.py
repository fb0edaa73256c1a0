"""Writers and salvagers that are killed at a call of theirs, each in a process of its own.

As a script it takes orders on standard input, one a line, and forks a child for each, so that everything is
imported once: `FOLDER JOB POINT`. A point is a call to the file system or the database, counted from 1: odd
ones are just before a call, even ones just after it. The child kills itself there; with point 0 it lives, and
the number of points that it passed is told.
"""

from __future__ import annotations

import io
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType, TracebackType
from typing import Any, Self

from storage.archive import Arrival
from storage.exchange import take_apart
from storage.salvage import salvage
from tests.storage.exchanges import PURPOSE, URL, Home, exchange, reply

GROUPS = 7
GROUP = 3
SEGMENT_BYTES = 60_000
_CALLS = {"fdatasync", "fsync", "rename", "ftruncate", "unlink", "commit", "executemany"}


def body(n: int) -> bytes:
    """The page that the writer keeps as its n-th."""
    noise = random.Random(n)
    return b"%d " % n + noise.randbytes(noise.choice((10, 500, 5_000, 20_000)))


def page(n: int) -> Arrival:
    """The n-th page on its way into the archive."""
    made = exchange(reply(body(n)), f"{URL}?{n}")
    return Arrival(made, PURPOSE, take_apart(made.response))


def write(folder: Path) -> None:
    """Keep group after group, and say after each what was acknowledged, and how long the open segment is."""
    home = Home(folder, segment_bytes=SEGMENT_BYTES)
    with (folder / "told").open("ab", buffering=0) as told:
        for group in range(GROUPS):
            numbers = range(group * GROUP, (group + 1) * GROUP)
            ids = home.archive.add_all([page(n) for n in numbers])
            length = sum(path.stat().st_size for path in home.folder.glob("*.open"))
            told.write(b"".join(b"%d %d %d\n" % (i, n, length) for i, n in zip(ids, numbers, strict=True)))
    home.archive.close()
    home.database.close()


def put_in_order(folder: Path) -> None:
    """What the next start does first."""
    home = Home(folder)
    salvage(home.folder, home.database)


JOBS: dict[str, Callable[[Path], None]] = {"write": write, "salvage": put_in_order}


class Victims:
    """The process that forks them."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.victims"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate(timeout=30)

    def run(self, folder: Path, job: str, point: int) -> int:
        """Run a job up to a point: how many points were passed. Fails where it ended otherwise."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{folder} {job} {point}\n")
        self._process.stdin.flush()
        code, passed = map(int, self._process.stdout.readline().split())
        assert code == (-signal.SIGKILL if point else 0)
        return passed


def _die_at(point: int) -> list[int]:
    passed = [0]

    def count(frame: FrameType, event: str, called: Any) -> None:
        if event in ("c_call", "c_return"):
            written = called.__name__ == "write" and isinstance(called.__self__, io.FileIO)
            counts = called.__name__ in _CALLS or (written and not str(called.__self__.name).endswith("told"))
        else:  # this driver is not written in C throughout
            counts = frame.f_code.co_name in _CALLS and "psycopg" in frame.f_code.co_filename
        if counts:
            passed[0] += 1
            if passed[0] == point:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    return passed


def _obey(order: str) -> None:
    folder, job, point = order.split()
    read, tell = os.pipe()
    child = os.fork()
    if not child:
        passed = _die_at(int(point))
        JOBS[job](Path(folder))
        sys.setprofile(None)
        os.write(tell, b"%d" % passed[0])
        os._exit(0)
    os.close(tell)
    with os.fdopen(read) as told:
        passed_by = told.read() or "0"
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.stdout.write(f"{code} {passed_by}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with TemporaryDirectory() as scratch:  # so that no child has to make the tables or learn the statements
        write(Path(scratch))
    for line in sys.stdin:
        _obey(line)
