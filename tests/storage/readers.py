"""Segments as readers that are not ours see them: warcio and FastWARC."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator as WarcioIterator  # type: ignore[import-untyped]

from storage.members import members


@dataclass
class Seen:
    """A record as an independent reader gives it."""

    type: str
    headers: dict[str, str]
    block: bytes
    offset: int


def by_warcio(path: Path) -> list[Seen]:
    with path.open("rb") as file:
        iterator = WarcioIterator(file, no_record_parse=True)
        return [
            Seen(
                record.rec_type,
                dict(record.rec_headers.headers),
                record.raw_stream.read(),
                iterator.get_record_offset(),
            )
            for record in iterator
        ]


def by_fastwarc(path: Path) -> list[Seen]:
    with path.open("rb") as file:
        return [
            Seen(
                record.headers["WARC-Type"],
                record.headers.to_dict(),
                record.reader.read(),
                record.stream_pos,
            )
            for record in FastIterator(file, parse_http=False)
        ]


def by_hand(path: Path) -> list[bytes]:
    """The gzip members of a file, each unpacked by itself."""
    with path.open("rb") as file:
        octets = path.read_bytes()
        return [gzip.decompress(octets[at.offset : at.offset + at.bytes]) for at in members(file)]
