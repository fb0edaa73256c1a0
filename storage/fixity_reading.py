"""One segment read again, and what it is found to be."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from errors import CannotRead
from storage.archive import open_segment
from storage.database import Database
from storage.fixity_proof import Rows, found_sound
from storage.import_ledger import ImportLedger
from storage.segment import IMPORTED
from storage.segment_check import Checked, Damage, Ledger, check_segment

_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Choice:
    """A segment to be read. Without `sha256` there is nothing to read, and `damage` says what is wrong."""

    name: str
    size: int
    sha256: str | None
    damage: Damage | None = None


def check(
    folder: Path,
    database: Database,
    choice: Choice,
    advance: Callable[[int], None] = lambda _: None,
    *,
    full: bool = True,
) -> Checked:
    """What one segment is found to be. Raises `DatabaseError`, and what `advance` raises.

    Unless `full`, records are not read again where octets and rows are those that were found sound.
    """
    if choice.sha256 is None:
        return Checked(0, 0, None, [choice.damage] if choice.damage else [])
    try:
        _, file = open_segment(folder, choice.name)
        with file, database.read() as session:
            earlier = None if full else found_sound(session, choice.name, choice.sha256)
            if earlier is not None:
                now, size = _measured(file, advance)
                if now == choice.sha256:
                    return Checked(size, earlier.records, now, [], earlier.rows_sha256, full=False)
                file.seek(0)
                advance = _told_already(advance)
            ledger = ImportLedger if choice.name.startswith(IMPORTED) else Ledger
            with Rows(session, choice.name) as rows:
                checked = check_segment(file, choice.size, choice.sha256, ledger(iter(rows)), advance=advance)
                return replace(checked, rows_sha256=rows.sha256())
    except CannotRead as error:
        return Checked(0, 0, None, [Damage("missing", None, str(error.details["problem"]))])
    except OSError as error:
        problem = f"the disk does not give it out: {error.strerror or error}"
        return Checked(0, 0, None, [Damage("unreadable", None, problem)])


def _measured(file: IO[bytes], advance: Callable[[int], None]) -> tuple[str, int]:
    """The sha256 and the size of a file."""
    digest, size = hashlib.sha256(), 0
    while piece := file.read(_PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
        advance(len(piece))
    return digest.hexdigest(), size


def _told_already(advance: Callable[[int], None]) -> Callable[[int], None]:
    """What is read a second time is no progress; but who reads it may be stopped."""
    return lambda _: advance(0)
