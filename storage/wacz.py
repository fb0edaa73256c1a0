"""A part of the archive as one file that opens everywhere: WACZ 1.1.1.

    archive/<segment>.warc.gz    the records of the chosen captures and of what they refer to, as they lie in
                                 the segments, octet for octet, one file a segment
    indexes/index.cdx.gz, .idx   where each lies in there
    pages/pages.jsonl            the pages that people look at, with their titles and texts
    datapackage.json             what is in the package, with the sha256 of each file
    datapackage-digest.json      the sha256 of that, signed where there is a key

The files are stored in the ZIP and not packed again, so that a reader can fetch a record by its range.
https://specs.webrecorder.net/wacz/1.1.1/
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.archive import place_of, read_reply
from storage.cdxj import Row, cdxj_line
from storage.exchange import Reply
from storage.merging import sorted_lines
from storage.models import PAGE_STATUSES, Capture
from storage.outfile import whole_file
from storage.packing import SegmentCopy, open_segment, size_of
from storage.segment import SEALED_SUFFIX
from storage.selection import Selection
from storage.signing import Signer

VERSION = "1.1.1"
PAGE_ROLES = frozenset({"entry", "way", "listing", "report", "attachment", "imported", "other"})
"""What a person would open; the others belong to a page."""
_LINES = 300
"""Lines of the index in one gzip member."""
_ROWS = 500
_MARGIN = 1 << 16
"""What a file may become larger by than what it is made of: heads, and packing what cannot be packed."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a page: its title and its text; either may be empty."""

    title: str
    text: str


Describe = Callable[[Capture, Reply], Told | None]
"""Gives title and text of a page; `None` for what nobody would open by itself."""


@dataclass(slots=True)
class Packed:
    """What a package holds."""

    captures: int = 0
    pages: int = 0
    segments: int = 0
    bytes: int = 0


def write_wacz(
    session: Session,
    folder: Path,
    selection: Selection,
    path: Path,
    *,
    title: str,
    software: str,
    now: datetime,
    describe: Describe,
    signer: Signer | None = None,
) -> Packed:
    """Write the captures of a selection as a WACZ: what is in it.

    Raises `CannotWrite` (nothing is there under that name then), `CannotRead`, `Damaged`.
    """
    packed = Packed()
    with whole_file(path) as out, tempfile.TemporaryFile() as pages:
        with zipfile.ZipFile(out, "w") as package:
            parts = _Parts(package, now)
            captures = session.scalars(
                select(Capture)
                .where(selection.condition())
                .order_by(Capture.segment_id, Capture.record_offset)
                .execution_options(yield_per=_ROWS)
            )
            listing = _Pages(pages, folder, selection, describe)
            lines = _Counted(_copy(captures, folder, parts, packed, listing))
            _write_index(parts, sorted_lines(lines), lines)
            length = pages.tell()
            pages.seek(0)
            with parts.open("pages/pages.jsonl", length + _MARGIN) as part:
                part.write(_json({"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}))
                while piece := pages.read(1 << 20):
                    part.write(piece)
            _describe_package(parts, {"title": title, "software": software} | _main(selection), signer)
        packed.bytes = out.tell()
    return packed


@dataclass
class _Parts:
    """The files of a package, as they are written."""

    package: zipfile.ZipFile
    now: datetime
    resources: list[dict[str, Any]] = field(default_factory=list)

    @contextmanager
    def open(self, name: str, at_most: int) -> Iterator[_Measured]:
        """A file that is listed in the descriptor, and how large it may become.

        The fields for more than 2 GiB are only written where they are needed: ReplayWeb.page looks for the
        octets of a file where they would begin without them.
        """
        info = zipfile.ZipInfo(name, self.now.timetuple()[:6])
        info.external_attr = 0o644 << 16
        info.file_size = at_most
        with self.package.open(info, "w") as file:
            part = _Measured(file)
            yield part
        self.resources.append(
            {
                "name": name.rpartition("/")[2].lower(),
                "path": name,
                "hash": f"sha256:{part.digest.hexdigest()}",
                "bytes": part.size,
            }
        )


class _Measured:
    """Counts and hashes what passes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, octets: bytes) -> None:
        self._file.write(octets)
        self.digest.update(octets)
        self.size += len(octets)


def _copy(
    captures: Iterable[Capture], folder: Path, parts: _Parts, packed: Packed, pages: _Pages
) -> Iterator[bytes]:
    """Copy the records, segment by segment: the lines of the index, as they become known."""
    for name, group in groupby(captures, lambda capture: capture.segment.name):
        packed.segments += 1
        with (
            open_segment(folder, name) as file,
            parts.open(f"archive/{name}{SEALED_SUFFIX}", size_of(file) + _MARGIN) as part,
        ):
            copy = SegmentCopy(name, file, part)
            for capture in group:
                packed.captures += 1
                offset = copy.take(capture)
                if offset is not None:
                    packed.pages += pages.consider(capture)
                    yield cdxj_line(_row(capture, offset))


def _row(capture: Capture, offset: int) -> Row:
    return Row(
        capture.url, capture.captured_at, capture.status, capture.content_type, capture.payload_sha1,
        capture.original_offset, offset, capture.response_bytes or 0, capture.segment.name,
    )  # fmt: skip


class _Pages:
    """The list of pages: each answer of an address once, where it was first given."""

    def __init__(self, out: IO[bytes], folder: Path, selection: Selection, describe: Describe) -> None:
        self._out = out
        self._folder = folder
        self._selection = selection
        self._describe = describe
        self._listed: set[bytes] = set()

    def consider(self, capture: Capture) -> bool:
        """List this capture if it is a page that is not listed yet. Raises `CannotRead`, `Damaged`."""
        place = place_of(capture)
        if (
            place is None
            or capture.role not in PAGE_ROLES
            or capture.status not in PAGE_STATUSES
            or capture.blocked is not None
            or capture.outcome != "complete"
            or not self._selection.chosen(capture)
        ):
            return False
        key = hashlib.sha256(f"{capture.url}\n{capture.payload_sha256}".encode()).digest()[:16]
        if key in self._listed:
            return False
        told = self._describe(capture, read_reply(self._folder, place))
        if told is None:
            return False
        self._listed.add(key)
        page = {"id": str(capture.id), "url": capture.url, "ts": _moment(capture.captured_at)}
        self._out.write(_json(page | {"title": told.title or capture.url, "text": told.text}))
        return True


class _Counted:
    """Counts the octets of lines that pass."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self.octets = 0

    def __iter__(self) -> Iterator[bytes]:
        for line in self._lines:
            self.octets += len(line)
            yield line


def _write_index(parts: _Parts, lines: Iterator[bytes], counted: _Counted) -> None:
    """The index in pieces that can be read one by one, and the list of the pieces."""
    head = {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}
    listed = [b"!meta 0 " + _json(head)]
    with parts.open("indexes/index.cdx.gz", counted.octets + _MARGIN) as part:
        for _, numbered in groupby(enumerate(lines), lambda pair: pair[0] // _LINES):
            piece = [line for _, line in numbered]
            packer = zlib.compressobj(wbits=31)
            octets = packer.compress(b"".join(piece)) + packer.flush()
            key, time, _ = piece[0].split(b" ", 2)
            digest = f"sha256:{hashlib.sha256(octets).hexdigest()}"
            place = {"offset": part.size, "length": len(octets), "digest": digest, "filename": "index.cdx.gz"}
            listed.append(key + b" " + time + b" " + _json(place))
            part.write(octets)
    octets = b"".join(listed)
    with parts.open("indexes/index.idx", len(octets)) as part:
        part.write(octets)


def _main(selection: Selection) -> dict[str, str]:
    return {} if selection.main_url is None else {"mainPageUrl": selection.main_url}


def _describe_package(parts: _Parts, about: dict[str, str], signer: Signer | None) -> None:
    created = _moment(parts.now)
    descriptor = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "created": created,
        "modified": created,
        **about,
        "resources": parts.resources,
    }
    octets = json.dumps(descriptor, ensure_ascii=False, indent=2).encode() + b"\n"
    digest = f"sha256:{hashlib.sha256(octets).hexdigest()}"
    seal: dict[str, Any] = {"path": "datapackage.json", "hash": digest}
    if signer is not None:
        seal["signedData"] = signer.sign(digest, created, about["software"])
    for name, text in (
        ("datapackage.json", octets),
        ("datapackage-digest.json", json.dumps(seal, indent=2).encode() + b"\n"),
    ):
        info = zipfile.ZipInfo(name, parts.now.timetuple()[:6])
        info.external_attr = 0o644 << 16
        parts.package.writestr(info, text)


def _json(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


def _moment(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
