"""Lines in the order of their octets, however many there are: sorted in pieces on disk, and merged."""

from __future__ import annotations

import heapq
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

PIECE_BYTES = 32 * 1024 * 1024
"""Lines of so many octets are sorted in memory at a time."""


def sorted_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    """These lines (each with its line end), sorted, equal ones once. All are taken before this returns.

    Memory stays flat; what is too much for it lies in files without a name, in the system's temporary folder.
    Raises `OSError` where they cannot be written.
    """
    pieces: list[IO[bytes]] = []
    held: list[bytes] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= PIECE_BYTES:
            pieces.append(_piece(held))
            held, size = [], 0
    held.sort()
    return _merged(pieces, held)


def _merged(pieces: list[IO[bytes]], held: list[bytes]) -> Iterator[bytes]:
    last = None
    for line in heapq.merge(*pieces, held) if pieces else held:
        if line != last:
            yield line
        last = line
    for piece in pieces:
        piece.close()


def _piece(lines: list[bytes]) -> IO[bytes]:
    lines.sort()
    file = tempfile.TemporaryFile(buffering=1 << 16)  # noqa: SIM115 - closed once it is merged
    file.writelines(lines)
    file.seek(0)
    return file
