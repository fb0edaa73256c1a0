"""The records of chosen captures, copied out of their segments as they lie there."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from errors import Damaged
from storage import archive
from storage.members import parse_head
from storage.models import Capture

_PIECE = 1 << 16
_HEAD_BYTES = 1 << 14


class Sink(Protocol):
    """Takes octets."""

    def write(self, octets: bytes, /) -> object: ...


class SegmentCopy:
    """Takes captures of one segment, in the order of their offsets, and copies their records."""

    def __init__(self, name: str, file: IO[bytes], out: Sink) -> None:
        self._file = file
        self._name = name
        self._out = out
        self._size = 0
        self._after = 0
        """where what was copied last ends in the segment"""
        kind, end = self._measure(0, name)
        if kind == "warcinfo":
            self._copy(0, end)

    def take(self, capture: Capture) -> int | None:
        """Copy the records of one capture: where its reply lies in the copy. Raises `Damaged`."""
        moved: int | None = None
        for start, end in self._records(capture):
            if start < self._after:
                continue  # one request that two replies name
            if start == capture.response_offset:
                moved = self._size
            self._copy(start, end)
        return moved

    def _records(self, capture: Capture) -> Iterator[tuple[int, int]]:
        starts = {capture.record_offset, capture.response_offset, capture.request_offset} - {None}
        end = 0
        for start in sorted(one for one in starts if one is not None):
            _, end = self._measure(start, capture.url)
            yield start, end
        # The record that says why the exchange was made ends the series; where none came, it is all of it.
        with suppress(EOFError):
            kind, after = self._measure(end, capture.url, ends=True)
            if kind == "metadata":
                yield end, after

    def _measure(self, start: int, url: str, *, ends: bool = False) -> tuple[str, int]:
        """The kind of the record that begins there, and where it ends. `ends`: there may be none."""
        inflate = zlib.decompressobj(wbits=31)
        head = b""
        self._file.seek(start)
        position = start
        try:
            while not inflate.eof:
                chunk = self._file.read(_PIECE)
                if not chunk:
                    if ends and position == start:
                        raise EOFError
                    raise ValueError("the record is cut short")
                position += len(chunk)
                while chunk and not inflate.eof:
                    plain = inflate.decompress(chunk, _PIECE)
                    head += plain[: _HEAD_BYTES - len(head)]
                    chunk = inflate.unconsumed_tail
        except (zlib.error, ValueError) as error:
            raise Damaged(segment=self._name, offset=start, url=url, problem=error) from error
        fields = parse_head(head)
        return (fields.get("WARC-Type", "") if fields else ""), position - len(inflate.unused_data)

    def _copy(self, start: int, end: int) -> None:
        self._file.seek(start)
        left = end - start
        while left:
            octets = self._file.read(min(left, _PIECE))
            self._out.write(octets)
            left -= len(octets)
        self._size += end - start
        self._after = end


def open_segment(folder: Path, name: str) -> IO[bytes]:
    """A segment, wherever it lies. Raises `CannotRead`, `StoreTrouble`."""
    return archive.open_segment(folder, name)[1]


def size_of(file: IO[bytes]) -> int:
    """How large a file is now, in bytes."""
    return file.seek(0, os.SEEK_END)
