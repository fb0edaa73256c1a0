"""A damaged segment is put right from a copy that is what was sealed; the damaged file is kept aside."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from typing import IO

from errors import CannotWrite
from storage.segment import SEALED_SUFFIX, sync_folder

_PIECE_BYTES = 1 << 20


def restore(folder: Path, name: str, sha256: str, copies: Path) -> str | None:
    """Put a segment right from the folder `copies` (or its `archive` folder): why not, or nothing when done.

    The copy is measured while it is taken, and only what has that sha256 takes the segment's place, at once:
    there is no moment without a file. Raises `CannotWrite`.
    """
    file_name = f"{name}{SEALED_SUFFIX}"
    sources = [path for path in (copies / file_name, copies / "archive" / file_name) if path.is_file()]
    if not sources:
        return f"{copies} has no copy of it"
    target = folder / file_name
    part = folder / f"{file_name}.part"
    for source in sources:
        try:
            with source.open("rb") as file:
                if not _take(file, part, sha256):
                    continue
        except OSError as error:
            return f"{source} cannot be read: {error.strerror}"
        try:
            _set_aside(target)
            part.replace(target)
            sync_folder(folder)
        except OSError as error:
            raise CannotWrite(path=target, problem=error.strerror) from error
        return None
    return f"the copy in {copies} is damaged too: it has another sha256"


def _take(source: IO[bytes], part: Path, sha256: str) -> bool:
    """Copy to a file beside, durably; whether it is what was sealed. Where it is not, nothing is left."""
    digest = hashlib.sha256()
    try:
        with part.open("wb") as file:
            while piece := source.read(_PIECE_BYTES):
                digest.update(piece)
                _write(file, piece, part)
            file.flush()
            os.fsync(file.fileno())
        return digest.hexdigest() == sha256
    finally:
        if digest.hexdigest() != sha256:
            part.unlink(missing_ok=True)


def _write(file: IO[bytes], piece: bytes, part: Path) -> None:
    try:
        file.write(piece)
    except OSError as error:
        raise CannotWrite(path=part, problem=error.strerror) from error


def _set_aside(target: Path) -> None:
    """Give the damaged file a second name, under which it stays."""
    aside = target.with_name(f"{target.name}.damaged")
    again = 1
    while aside.exists():
        again += 1
        aside = target.with_name(f"{target.name}.damaged-{again}")
    with suppress(FileNotFoundError):
        os.link(target, aside)
