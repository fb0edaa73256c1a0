"""Octets of which there may be too many to hold in memory: past a limit they lie in a file without a name."""

from __future__ import annotations

import mmap
import tempfile
from pathlib import Path
from typing import IO

Octets = bytes | memoryview
"""Octets in memory, or mapped from a file: both are sliced, searched, hashed and written alike."""

SPOOL_BYTES = 8 * 1024 * 1024
"""No page that anyone reads is longer; what is longer is a document, which nobody but the archive needs."""


class Spool:
    """Grows at its end. What is too long lies in `folder`, by default where the system keeps such files.

    The file has no name, so that whatever ends the process leaves nothing behind.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._held = bytearray()
        self._file: IO[bytes] | None = None
        self._mapped: memoryview | None = None
        self._size = 0

    def __len__(self) -> int:
        return self._size

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def spilled(self) -> bool:
        """Whether it went to a file."""
        return self._file is not None

    def append(self, octets: Octets) -> None:
        """Raises `OSError` where the file cannot take them."""
        if self._file is None and self._size + len(octets) > SPOOL_BYTES:
            if self._folder is not None:
                self._folder.mkdir(parents=True, exist_ok=True)
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - kept open
            self._file.write(self._held)
            self._held = bytearray()
        if self._file is None:
            self._held += octets
        else:
            self._file.write(octets)
        self._size += len(octets)

    def clear(self) -> None:
        """Begin anew."""
        if self._file is not None:
            self._file.close()
        self._file, self._mapped, self._size = None, None, 0
        self._held = bytearray()

    def octets(self) -> Octets:
        """All of it, to which no more can be appended once it lies in a file. Raises `OSError`."""
        if self._file is None:
            return bytes(self._held)
        if self._mapped is None:
            self._file.flush()
            self._mapped = memoryview(mmap.mmap(self._file.fileno(), self._size, access=mmap.ACCESS_READ))
            self._file.close()
        return self._mapped
