"""Locks in the home folder, so that two programs do not do one job at once."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from errors import CannotWrite, HomeBusy

NIGHT_LOCK = "night.lock"
SCHEDULER_LOCK = "scheduler.lock"
FIXITY_LOCK = "fixity.lock"


@contextmanager
def hold(home: Path, lock: str) -> Iterator[None]:
    """Hold `<home>/<lock>` while the block runs; the kernel lets go of it however the process ends.

    Raises `HomeBusy` naming the process that has it, `CannotWrite` where the home cannot be written.
    """
    path = home / lock
    try:
        home.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b", buffering=0)
    except OSError as error:
        raise CannotWrite(path=path, problem=error.strerror) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.truncate(0)
            file.write(f"{os.getpid()}\n".encode())
        except BlockingIOError as error:
            file.seek(0)
            raise HomeBusy(home=home, pid=file.read(20).decode("ascii", "replace").strip() or "?") from error
        except OSError as error:
            raise CannotWrite(path=path, problem=error.strerror) from error
        yield


def is_free(home: Path, lock: str) -> bool:
    """Whether nobody holds that lock now."""
    path = home / lock
    if not path.exists():
        return True
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
