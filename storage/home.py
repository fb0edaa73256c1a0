"""Locks in the home folder, so that two programs do not do one job at once.

Where the database is on a server, several machines may have it, each with a home: there the lock is in the
database too.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from errors import CannotWrite, HomeBusy
from storage.database import hold_in_database, is_free_in_database

NIGHT_LOCK = "night.lock"
SCHEDULER_LOCK = "scheduler.lock"
FIXITY_LOCK = "fixity.lock"


@contextmanager
def hold(home: Path, lock: str, database: str) -> Iterator[None]:
    """Hold `<home>/<lock>` while the block runs; the kernel lets go of it however the process ends.

    `database` is the URL of the database. Raises `HomeBusy` naming the process that has it (`DatabaseBusy`
    where it has another home), `CannotWrite` where the home cannot be written, `DatabaseError`.
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
        with hold_in_database(database, lock):
            yield


def is_free(home: Path, lock: str, database: str) -> bool:
    """Whether nobody holds that lock now. Raises `DatabaseError`."""
    path = home / lock
    if path.exists():
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
    return is_free_in_database(database, lock)
