"""ZIP, OLE, RAR, 7z and PDF opened and packed again, so that the damage reaches what is inside.

Without this nearly all damage would end at a checksum or in a compressed stream.
"""

from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from bench.truthset.archives import rar, seven_zip
from parser.document import Unreadable
from parser.readers.archives import Allowance, files

_END_OF_CHAIN = 0xFFFFFFF0
_PDF_STREAM = re.compile(
    rb"(<<[^<>]{0,400}?)/Length \d+([^<>]{0,200}>>\s*stream\r?\n)(.*?)(\r?\n?endstream)", re.DOTALL
)


@dataclass(frozen=True)
class Container:
    """What is inside, by name, and how it is packed again with some parts changed."""

    parts: dict[str, bytes]
    pack: Callable[[dict[str, bytes]], bytes]

    def packed(self, changed: dict[str, bytes]) -> bytes:
        """The container with these parts instead of its own."""
        return self.pack(self.parts | changed)


def opened(payload: bytes) -> Container | None:
    """The container, or nothing where it is none or cannot be opened."""
    for mark, opening in _OPENING:
        if payload.startswith(mark):
            try:
                return opening(payload)
            except (
                Unreadable,
                zipfile.BadZipFile,
                zlib.error,
                ValueError,
                IndexError,
                struct.error,
                OSError,
            ):
                return None
    return None


def _zip(payload: bytes) -> Container:
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        return Container({info.filename: archive.read(info) for info in archive.infolist()}, _zipped)


def _zipped(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, octets in parts.items():
            archive.writestr(zipfile.ZipInfo(name), octets)
    return stream.getvalue()


def _archive(kind: str, pack: Callable[[dict[str, bytes]], bytes]) -> Callable[[bytes], Container]:
    def opening(payload: bytes) -> Container:
        return Container({one.path: one.octets for one in files(payload, kind, Allowance.of(payload))}, pack)

    return opening


def _ole(payload: bytes) -> Container:
    """Streams of a compound file; a changed one is cut or filled with zeros to the length that it had."""
    places = {name: where for name, where in _ole_places(payload).items() if where}
    parts = {name: b"".join(payload[start:end] for start, end in where) for name, where in places.items()}

    def pack(changed: dict[str, bytes]) -> bytes:
        octets = bytearray(payload)
        for name, content in changed.items():
            done = 0
            for start, end in places[name]:
                octets[start:end] = content[done : done + end - start].ljust(end - start, b"\x00")
                done += end - start
        return bytes(octets)

    return Container(parts, pack)


def _ole_places(payload: bytes) -> dict[str, list[tuple[int, int]]]:
    """Where the octets of each stream stand in the file."""
    size = 1 << struct.unpack_from("<H", payload, 30)[0]
    directory, _, cutoff, mini_fat = struct.unpack_from("<4I", payload, 48)
    sectors = [sector for sector in struct.unpack_from("<109I", payload, 76) if sector < _END_OF_CHAIN]

    def places(sectors: list[int]) -> list[tuple[int, int]]:
        return [((sector + 1) * size, (sector + 2) * size) for sector in sectors]

    def table(places: list[tuple[int, int]]) -> list[int]:
        octets = b"".join(payload[start:end] for start, end in places)
        return [*struct.unpack(f"<{len(octets) // 4}I", octets[: len(octets) // 4 * 4])]

    def chain(first: int, fat: list[int]) -> list[int]:
        found: list[int] = []
        while first < len(fat) and len(found) <= len(fat):
            found.append(first)
            first = fat[first]
        return found

    fat = table(places(sectors))
    small = table(places(chain(mini_fat, fat)))
    entries = b"".join(payload[start:end] for start, end in places(chain(directory, fat)))
    root = places(chain(struct.unpack_from("<I", entries, 116)[0], fat))
    found = {"/": places(chain(directory, fat)), "FAT": places(sectors)}
    for at in range(128, len(entries) - 127, 128):
        length, sort = struct.unpack_from("<HB", entries, at + 64)
        first, octets = struct.unpack_from("<2I", entries, at + 116)
        if sort != 2:
            continue
        name = entries[at : at + length].decode("utf-16-le", "replace").rstrip("\x00")
        if octets >= cutoff:
            where = places(chain(first, fat))
        else:
            per = size // 64
            where = [
                (root[mini // per][0] + mini % per * 64, root[mini // per][0] + mini % per * 64 + 64)
                for mini in chain(first, small)
            ]
        found[name] = where
    return found


def _pdf(payload: bytes) -> Container:
    """Compressed streams of a PDF as they are unpacked; the file's table of places is then wrong, which every
    reader repairs."""
    found = [*_PDF_STREAM.finditer(payload)]
    parts = {str(number): _unfiltered(one.group()) for number, one in enumerate(found)}

    def pack(changed: dict[str, bytes]) -> bytes:
        written, end = [], 0
        for number, one in enumerate(found):
            octets = changed[str(number)]
            if octets != parts[str(number)]:
                octets = _filtered(octets, one.group())
                written += [
                    payload[end : one.start()],
                    one[1],
                    b"/Length %d" % len(octets),
                    one[2],
                    octets,
                    one[4],
                ]
                end = one.end()
        return b"".join((*written, payload[end:]))

    return Container(parts, pack)


def _unfiltered(stream: bytes) -> bytes:
    found = _PDF_STREAM.search(stream)
    assert found is not None
    octets = found[3]
    if b"ASCII85" in found[1] + found[2]:
        octets = base64.a85decode(octets.strip().removesuffix(b"~>"))
    return zlib.decompress(octets) if b"FlateDecode" in found[1] + found[2] else octets


def _filtered(octets: bytes, stream: bytes) -> bytes:
    head = stream[: stream.index(b"stream")]
    if b"FlateDecode" in head:
        octets = zlib.compress(octets)
    return base64.a85encode(octets) + b"~>" if b"ASCII85" in head else octets


_OPENING: tuple[tuple[bytes, Callable[[bytes], Container]], ...] = (
    (b"PK\x03\x04", _zip),
    (b"\xd0\xcf\x11\xe0", _ole),
    (b"%PDF-", _pdf),
    (b"Rar!", _archive("rar", rar)),
    (b"7z\xbc\xaf", _archive("7z", seven_zip)),
)
