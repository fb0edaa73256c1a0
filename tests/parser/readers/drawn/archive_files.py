"""Archives with the habits of the programs that officials use."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib


def zipped(files: dict[str, bytes], encoding: str = "utf-8") -> bytes:
    """A ZIP whose names are in this encoding; only UTF-8 is announced, as Windows does it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, octets in files.items():
            written = name if encoding == "utf-8" else name.encode(encoding).decode("cp437")
            info = zipfile.ZipInfo(written)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, octets)
    octets = stream.getvalue()
    return octets if encoding == "utf-8" else _in_cp437(octets, files, encoding)


def _in_cp437(octets: bytes, files: dict[str, bytes], encoding: str) -> bytes:
    """Python announces every name that is not ASCII as UTF-8; put the octets of the old way in their place."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(files.values()):
            name = list(files)[number].encode(encoding)
            archive.writestr("x" * (len(name) - 3) + f"{number:03}", content)
    octets = stream.getvalue()
    for number, name in enumerate(files):
        written = name.encode(encoding)
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
