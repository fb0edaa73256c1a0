"""Locks of the home."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from errors import CannotWrite, HomeBusy
from storage.home import NIGHT_LOCK, SCHEDULER_LOCK, hold, is_free

FILE = "sqlite:///x"
HOLDER = (
    "import sys; from pathlib import Path; from storage.home import hold\n"
    "with hold(Path(sys.argv[1]), 'night.lock', 'sqlite:///x'):\n"
    "    print('held', flush=True); sys.stdin.readline()"
)


def test_a_lock_makes_its_home_and_is_let_go(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    assert is_free(home, NIGHT_LOCK, FILE)
    with hold(home, NIGHT_LOCK, FILE):
        assert not is_free(home, NIGHT_LOCK, FILE)
        assert is_free(home, SCHEDULER_LOCK, FILE)
        with hold(home, SCHEDULER_LOCK, FILE):
            pass
    assert is_free(home, NIGHT_LOCK, FILE)
    with hold(home, NIGHT_LOCK, FILE):
        pass


def test_it_is_let_go_when_the_block_raises(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), hold(tmp_path, NIGHT_LOCK, FILE):
        raise RuntimeError
    with hold(tmp_path, NIGHT_LOCK, FILE):
        pass


def test_the_other_process_is_named_and_a_killed_one_lets_go(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as holder:  # fmt: skip
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert not is_free(tmp_path, NIGHT_LOCK, FILE)
        with pytest.raises(HomeBusy) as caught, hold(tmp_path, NIGHT_LOCK, FILE):
            pass
        assert caught.value.message() == (
            f"another Nianbao is writing to {tmp_path} (process {holder.pid}); wait for it or stop it"
        )
        holder.send_signal(signal.SIGKILL)
    assert (tmp_path / NIGHT_LOCK).read_text() == f"{holder.pid}\n", "what a dead process leaves counts not"
    with hold(tmp_path, NIGHT_LOCK, FILE):
        pass


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = pytest.raises(CannotWrite, match=r"cannot write .*night\.lock: Not a directory")
    with refused, hold(tmp_path / "file" / "home", NIGHT_LOCK, FILE):
        pass


def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    (tmp_path / NIGHT_LOCK).symlink_to("/dev/full")
    refused = pytest.raises(CannotWrite, match=r"night\.lock: (No space left on device|Invalid argument)")
    with refused, hold(tmp_path, NIGHT_LOCK, FILE):
        pass
