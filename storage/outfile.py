"""A file of our making is there whole, or is not there: it is written aside, and named when it is on disk."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from errors import CannotWrite
from storage.segment import sync_folder


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Write to this, and `path` has it, in place of what was there, once the block has ended well.

    Whatever ends it otherwise leaves `path` as it was; a process that is killed leaves `.<name>.<…>.part`
    beside it. Raises `CannotWrite`.
    """
    try:
        handle, name = tempfile.mkstemp(".part", f".{path.name}.", path.parent)
    except OSError as error:
        raise CannotWrite(path=path, problem=error.strerror) from error
    aside = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), 0o666 & ~_umask())
            os.fsync(file.fileno())
        aside.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CannotWrite(path=path, problem=error.strerror or error) from error
        raise


def _umask() -> int:
    # There is no other way to ask for it than to set it; only the files of this moment could notice.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
