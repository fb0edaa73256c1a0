"""Archives with the habits of the programs that officials use."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib


def zipped(files: dict[str, bytes], encoding: str = "utf-8") -> bytes:
    """A ZIP whose names are in this encoding; only UTF-8 is announced, as Windows does it."""
    # Python announces every name that is not ASCII as UTF-8: of others the octets are put in afterwards.
    names = {name: name.encode(encoding) for name in files}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, octets) in enumerate(files.items()):
            stand_in = "x" * (len(names[name]) - 3) + f"{number:03}"
            info = zipfile.ZipInfo(name if encoding == "utf-8" else stand_in, (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, octets, zipfile.ZIP_DEFLATED)
    octets = stream.getvalue()
    for number, written in enumerate(names.values() if encoding != "utf-8" else ()):
        octets = octets.replace(b"x" * (len(written) - 3) + f"{number:03}".encode(), written)
    return octets


def rar(files: dict[str, bytes]) -> bytes:
    """A RAR 5 archive whose files are stored, not compressed."""
    parts = [b"Rar!\x1a\x07\x01\x00", _block(1, 0, b"", _number(0))]
    for name, octets in files.items():
        written = name.encode()
        body = b"".join(
            (
                _number(4),
                _number(len(octets)),
                _number(0o100644),
                struct.pack("<I", zlib.crc32(octets)),
                _number(0),
                _number(1),
                _number(len(written)),
                written,
            )
        )
        parts += [_block(2, 2, _number(len(octets)), body), octets]
    return b"".join((*parts, _block(5, 0, b"", _number(0))))


def seven_zip(files: dict[str, bytes]) -> bytes:
    """A 7z archive, written by libarchive."""
    import libarchive  # type: ignore[import-untyped]  # noqa: PLC0415 - fails without the system's library

    pieces: list[bytes] = []

    def keep(piece: bytes) -> int:
        pieces.append(bytes(piece))
        return len(piece)

    with libarchive.custom_writer(keep, "7zip") as archive:
        for name, octets in files.items():
            archive.add_file_from_memory(name, len(octets), octets)
    return b"".join(pieces)


def _block(kind: int, flags: int, sizes: bytes, body: bytes) -> bytes:
    content = _number(kind) + _number(flags) + sizes + body
    header = _number(len(content)) + content
    return struct.pack("<I", zlib.crc32(header)) + header


def _number(value: int) -> bytes:
    """Seven bits an octet, the lowest first."""
    octets = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        octets.append(low | (0x80 if value else 0))
        if not value:
            return bytes(octets)
