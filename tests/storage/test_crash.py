"""A writer killed anywhere, and a disk that fills up: what was acknowledged is there and can be read."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.archive import read_payload
from storage.models import Capture, Segment
from storage.salvage import salvage
from tests.storage.exchanges import Home
from tests.storage.readers import by_fastwarc, by_warcio

KILLS = 24

COMMON = """
import os, sys
from pathlib import Path
from errors import NianbaoError
from tests.storage.exchanges import *
from tests.storage.test_crash import body
def write(home, tell):
    for n in range(100_000):
        with home.database.write() as session:
            session.connection().exec_driver_sql("PRAGMA wal_autocheckpoint = 20")
        row = home.archive.add(exchange(reply(body(n)), f"{URL}?{n}"), PURPOSE)
        os.write(tell, f"{row.id} {n}\\n".encode())
"""
VICTIMS = (
    COMMON
    + """
for line in sys.stdin:
    child = os.fork()
    if not child:
        folder = Path(line.strip())
        tell = os.open(folder / "told", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        write(Home(folder, segment_bytes=60_000), tell)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
)
FILLER = (
    COMMON
    + """
import resource, signal
home = Home(Path(sys.argv[1]))
if len(sys.argv) > 2:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
for attempt in (lambda: write(home, 1), lambda: write(home, 1), home.archive.close):
    try:
        attempt()
    except NianbaoError as error:
        print(type(error).__name__, error.message(), flush=True)
"""
)


def body(n: int) -> bytes:
    """The page that the writer keeps as its n-th."""
    noise = random.Random(n)
    return b"%d " % n + noise.randbytes(noise.choice((10, 500, 5_000, 20_000)))


def acknowledged(text: str) -> dict[int, int]:
    """Capture id and page number of all that the writer was told is kept."""
    pairs = [line.split() for line in text.splitlines() if line[:1].isdigit()]
    return {int(capture): int(n) for capture, n in pairs}


def check(home: Home, told: dict[int, int]) -> None:
    """Nothing that was told is lost, every row can be read, every segment is read to its end by both."""
    with home.database.read() as session:
        rows = {row.id: row for row in session.scalars(select(Capture))}
        assert told.keys() <= rows.keys()
        for row in rows.values():
            n = int(row.url.partition("?")[2])
            assert told.get(row.id, n) == n
            assert read_payload(home.folder, row) == body(n)
        assert set(session.scalars(select(Segment.state))) == {"sealed"}
    records = 0
    for path in home.folder.glob("*.warc.gz"):
        types = [record.type for record in by_warcio(path)]
        assert types == [record.type for record in by_fastwarc(path)]
        records += types.count("metadata")
    assert records == len(rows)
    assert salvage(home.folder, home.database) == []


def test_killed_at_many_points(tmp_path: Path) -> None:
    """The kill comes after so many captures and a moment more: inside an append, a sync, a row or a seal."""
    moment = random.Random(20261122)
    with subprocess.Popen(
        [sys.executable, "-c", VICTIMS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as victims:
        assert victims.stdin is not None
        assert victims.stdout is not None
        for kill in range(KILLS):
            folder = tmp_path / f"home{kill}"
            folder.mkdir()
            told = folder / "told"
            told.touch()
            victims.stdin.write(f"{folder}\n")
            victims.stdin.flush()
            child = int(victims.stdout.readline())
            until = time.monotonic() + 30
            while told.read_bytes().count(b"\n") <= kill and time.monotonic() < until:
                time.sleep(0.0005)
            time.sleep(moment.random() * 0.012)
            os.kill(child, signal.SIGKILL)
            assert victims.stdout.readline() == f"{-signal.SIGKILL}\n"
            home = Home(folder)
            salvage(home.folder, home.database)
            kept = acknowledged(told.read_text())
            assert len(kept) > kill
            check(home, kept)
            home.database.close()
            shutil.rmtree(folder)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.getuid() or shutil.which("mount") is None or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small file system can only be made by root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def fill(home: Path, *limit: str) -> tuple[dict[int, int], list[str]]:
    """Write until nothing more goes in: what was told to be kept, and the lines of the errors."""
    command = [sys.executable, "-c", FILLER, str(home), *limit]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stderr == ""
    return acknowledged(told.stdout), [line for line in told.stdout.splitlines() if line[:1].isalpha()]


def test_a_full_disk(small_disk: Path, tmp_path: Path) -> None:
    kept, errors = fill(small_disk)
    assert len(kept) > 20
    assert 2 <= len(errors) <= 3
    line = r"CannotWrite cannot write .*: No space left on device; what was archived before is untouched"
    full = r"DatabaseError the database .* cannot be used: (database or disk is full|disk I/O error)"
    assert all(re.fullmatch(f"{line}|{full}", error) for error in errors), errors
    for path in (small_disk / "archive").iterdir():
        assert by_warcio(path)[-1].type in ("metadata", "warcinfo"), "a file ends at the last good group"
        assert by_fastwarc(path)[-1].type in ("metadata", "warcinfo")
    # The operator makes room.
    roomy = tmp_path / "roomy"
    shutil.copytree(small_disk, roomy)
    home = Home(roomy)
    salvage(home.folder, home.database)
    check(home, kept)
    home.database.close()


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    """As a full disk is to the segment alone: the database, whose log is kept short here, has room."""
    kept, errors = fill(tmp_path, "600000")
    assert len(kept) > 20
    assert re.fullmatch(
        r"CannotWrite cannot write .*\.warc\.gz\.open: File too large; what was archived before is untouched",
        errors[0],
    )
    home = Home(tmp_path)
    salvage(home.folder, home.database)
    check(home, kept)
    home.database.close()
