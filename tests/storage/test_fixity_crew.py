"""The archive read by several processes: the same is found, and none of them outlives its parent's wish."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from errors import NoHome, ReaderEnded
from storage import fixity
from storage.fixity_account import account
from storage.fixity_crew import Reading, in_processes
from storage.fixity_reading import Choice
from storage.models import Capture
from tests.storage.exchanges import PURPOSE, URL, Home, exchange, reply
from tests.storage.test_fixity import flip, segments


@pytest.fixture
def kept(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """Three sealed segments, to be read by processes however small they are; the first is the largest."""
    for number in range(3):
        body = os.urandom((3 << 20) - (number << 19))
        home.archive.add(exchange(reply(body), f"{URL}?{number}", minutes=number), PURPOSE)
        home.archive.close()
    monkeypatch.setattr(fixity, "ALONE_BYTES", 0)
    yield home


def verify(home: Home, advance: Callable[[int], None] = lambda _: None, processes: int = 2) -> dict[str, Any]:
    begun = fixity.begin(home.folder, home.database, "verify")
    fixity.read(home.folder, home.database, begun, processes=processes, advance=advance)
    with home.database.read() as session:
        return account(session, begun.id)


def readers() -> list[int]:
    """The processes that read for this one."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            stat, command = (process / "stat").read_text(), (process / "cmdline").read_text()
        except OSError:  # it ended meanwhile
            continue
        if int(stat.rpartition(")")[2].split()[1]) == os.getpid() and "fixity_crew" in command:
            found.append(int(process.name))
    return found


def test_processes_find_what_one_finds(kept: Home) -> None:
    flip(segments(kept)[0], 2000)
    with kept.database.write() as session:
        session.execute(delete(Capture).where(Capture.url == f"{URL}?1"))
    told: list[int] = []
    seen: set[int] = set()

    def advance(amount: int) -> None:
        told.append(amount)
        seen.update(readers())

    together = verify(kept, advance)
    assert (len(seen), readers()) == (2, [])
    assert sum(told) == together["bytes"] == sum(path.stat().st_size for path in segments(kept))
    assert len(told) > 6
    alone = verify(kept, processes=1)
    for result in (together, alone):
        result["damaged"].sort(key=lambda one: one["segment"])
    assert [one["segment"] for one in together["damaged"]] == [path.name[:-8] for path in segments(kept)[:2]]
    # What was found sound by a process stands for the next one.
    assert (together["read_in_full"], alone["read_in_full"]) == (3, 2)
    assert together | {"pass": 0, "read_in_full": 0} == alone | {"pass": 0, "read_in_full": 0}


def test_a_process_that_is_killed_costs_its_segment_only(kept: Home) -> None:
    first = segments(kept)[0]
    whole = first.read_bytes()
    first.unlink()
    os.mkfifo(first)  # whoever reads it waits until it is killed

    def kill(_: int) -> None:
        if not killed:
            killed.extend(readers())
            for process in killed:
                os.kill(process, signal.SIGKILL)

    killed: list[int] = []
    with pytest.raises(ReaderEnded, match=r"^the process that read segment \S+ again was ended \(SIGKILL; "):
        verify(kept, kill)
    assert (len(killed), readers()) == (2, [])
    left = fixity.begin(kept.folder, kept.database, "verify")
    assert left.resumed
    # The other one that was killed may have been done by then.
    assert first.name[:-8] in (names := [one.name for one in left.choices])
    assert len(names) < 3
    first.unlink()
    first.write_bytes(whole)
    told = verify(kept)
    assert (told["segments"], told["damaged"]) == (3, [])


def test_ctrl_c_leaves_no_process_behind(kept: Home) -> None:
    def cut(_: int) -> None:
        assert len(readers()) == 2
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify(kept, cut)
    assert readers() == []


KILLED = """
import os, signal, sys
from pathlib import Path
from storage import fixity
from storage.database import Database

fixity.ALONE_BYTES = 0
database = Database(os.environ["DATABASE"])
begun = fixity.begin(Path(sys.argv[1]), database, "verify")
fixity.read(
    Path(sys.argv[1]), database, begun, processes=2, advance=lambda _: os.kill(os.getpid(), signal.SIGKILL)
)
"""


def test_processes_end_with_the_one_that_is_killed(kept: Home) -> None:
    database = kept.database.url.render_as_string(hide_password=False)
    # They have its output too: that is read to its end once all of them have ended.
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(kept.folder)],
        env=os.environ | {"DATABASE": database, "PYTHONPATH": str(Path(fixity.__file__).parents[1])},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGKILL, b"", b"")


def test_what_reading_raises_is_raised_as_it_is(tmp_path: Path) -> None:
    nowhere = Reading(tmp_path, f"sqlite:///{tmp_path}/none/nianbao.sqlite", full=False)
    with pytest.raises(NoHome):
        list(in_processes(nowhere, [Choice("a", 1, "0" * 64)], 2, lambda _: None))
    assert readers() == []
