"""A disk that fills up, or refuses a sync: the group fails clearly, what was kept before stays whole."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Self

import pytest
from sqlalchemy import select

from errors import CannotWrite
from storage.models import Capture
from storage.salvage import salvage
from tests.databases import copy_home
from tests.storage.exchanges import PURPOSE, Home, exchange, reply
from tests.storage.readers import by_fastwarc, by_warcio
from tests.storage.test_crash import check
from tests.storage.victims import GROUP, body, page

FILLER = """
import os, resource, signal, sys
from pathlib import Path
from errors import NianbaoError
from tests.storage.victims import GROUP, page
from tests.storage.exchanges import Home

home = Home(Path(sys.argv[1]))
if len(sys.argv) > 2:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)

def write():
    for group in range(100_000):
        with home.database.write() as session:
            if home.database.is_sqlite:
                session.connection().exec_driver_sql("PRAGMA wal_autocheckpoint = 20")
        numbers = range(group * GROUP, (group + 1) * GROUP)
        for told in zip(home.archive.add_all([page(n) for n in numbers]), numbers):
            os.write(1, b"%d %d\\n" % told)

for attempt in (write, write, home.archive.close):
    try:
        attempt()
    except NianbaoError as error:
        print(type(error).__name__, error.message(), flush=True)
"""


@pytest.fixture
def small_disk(tmp_path: Path, databases: None) -> Iterator[Path]:
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
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    pairs = [line.split() for line in lines if line[:1].isdigit()]
    return {int(capture): int(n) for capture, n in pairs}, [line for line in lines if line[:1].isalpha()]


def test_a_full_disk(small_disk: Path, tmp_path: Path) -> None:
    kept, errors = fill(small_disk)
    assert len(kept) > 20
    assert len(kept) % GROUP == 0, "a group is acknowledged as a whole or not at all"
    assert 2 <= len(errors) <= 3
    line = r"CannotWrite cannot write .*: No space left on device; what was archived before is untouched"
    full = r"DatabaseError the database .* cannot be used: (database or disk is full|disk I/O error)"
    assert all(re.fullmatch(f"{line}|{full}", error) for error in errors), errors
    for path in (small_disk / "archive").iterdir():
        assert by_warcio(path)[-1].type in ("metadata", "warcinfo"), "a file ends at the last good group"
        assert by_fastwarc(path)[-1].type in ("metadata", "warcinfo")
    # The operator makes room.
    roomy = tmp_path / "roomy"
    copy_home(small_disk, roomy)
    home = Home(roomy)
    salvage(home.folder, home.database)
    check(home, kept)
    home.database.close()


def test_a_file_that_may_not_grow(tmp_path: Path, databases: None) -> None:
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


def test_a_sync_that_fails_fails_its_whole_group(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    first = home.archive.add_all([page(n) for n in range(3)])
    size = home.segment_file("open").stat().st_size

    def refuse(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fdatasync", refuse)
        with pytest.raises(CannotWrite, match="Input/output error; what was archived before is untouched"):
            home.archive.add_all([page(n) for n in range(3, 6)])
    assert home.segment_file("open").stat().st_size == size, "nothing of the group stays behind"
    after = home.archive.add_all([page(n) for n in range(6, 9)])
    home.archive.close()
    assert home.files() == ["open", "sealed"], "a file that failed to sync is not appended to"
    salvage(home.folder, home.database)
    check(home, dict(zip(first + after, (0, 1, 2, 6, 7, 8), strict=True)))


def test_a_clock_that_is_set_back(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same moment comes twice: no segment takes the name of another, and the times are kept as told."""

    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls(2026, 11, 22, 2, 0, tzinfo=tz)

    monkeypatch.setattr("storage.archive.datetime", Stopped)
    for minutes in (0, -90, -180):
        home.archive.add(exchange(reply(body(0)), "https://a.example/?0", minutes=minutes), PURPOSE)
        home.archive.close()
    still_open = home.another_archive()
    still_open.add(exchange(reply(body(0)), "https://a.example/?0", minutes=-270), PURPOSE)
    home.archive.add(exchange(reply(body(0)), "https://a.example/?0", minutes=-360), PURPOSE)
    still_open.close()
    home.archive.close()
    assert home.files() == ["sealed"] * 5
    with home.database.read() as session:
        rows = session.scalars(select(Capture).order_by(Capture.id)).all()
    assert [row.captured_at for row in rows] == sorted((row.captured_at for row in rows), reverse=True)
    check(home, {row.id: 0 for row in rows})
