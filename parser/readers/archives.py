"""The files inside ZIP, 7z and RAR archives, unpacked in memory within limits.

ZIP is read by the standard library, 7z and RAR by libarchive, where the system has it. Nothing is written to
disk, no link is followed, and what an archive claims about sizes is not believed.
"""

from __future__ import annotations

import ctypes
import locale
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

from parser.document import State, Unreadable
from parser.readers.package import Package

MOST_FILES = 2000
"""Files of one archive that are looked at."""

MOST_OCTETS = 160 * 1024 * 1024
"""Octets of all files together, those of inner archives included."""

MOST_OF_A_FILE = 64 * 1024 * 1024
MOST_RATIO = 400
"""How often larger an archive may become; small ones may grow to `_HARMLESS` whatever the ratio."""

_HARMLESS = 16 * 1024 * 1024
_JUNK = re.compile(r"(?:^|/)(?:__MACOSX/|\.|Thumbs\.db$|desktop\.ini$|~\$)", re.IGNORECASE)
_LIBRARY = "libarchive.so.13"
"""The name of libarchive 3 on Linux."""

_UNIX = 3
_UNICODE_PATH = 0x7075
_UTF_8 = 0x800


@dataclass(frozen=True, slots=True)
class Packed:
    """A file of an archive: its path there, and its octets, or why they cannot be had."""

    path: str
    octets: bytes
    failure: Unreadable | None = None


@dataclass(slots=True)
class Allowance:
    """What may still be unpacked of a payload, over all its inner archives."""

    files: int
    octets: int

    @classmethod
    def of(cls, payload: bytes) -> Allowance:
        """The allowance of an archive of this size."""
        return cls(MOST_FILES, min(MOST_OCTETS, max(_HARMLESS, MOST_RATIO * len(payload))))

    def spend(self, octets: int) -> None:
        """Count octets. Raises `Unreadable` where there are too many."""
        self.octets -= octets
        if self.octets < 0:
            raise Unreadable(State.TOO_LARGE, "The archive unpacks to more than a report can have.")

    def open_one(self) -> None:
        """Count a file. Raises `Unreadable` where there are too many."""
        self.files -= 1
        if self.files < 0:
            raise Unreadable(State.TOO_LARGE, f"The archive has more than {MOST_FILES} files.")


def files(payload: bytes, kind: str, allowance: Allowance) -> Iterator[Packed]:
    """The files of an archive of this kind (`zip`, `7z`, `rar`) in order, each under a path of its own: of
    two with one name the second is called `name (2)`. Raises `Unreadable` where there are none to be had."""
    unpacked = _from_zip(payload, allowance) if kind == "zip" else _from_other(payload, kind, allowance)
    taken: set[str] = set()
    for packed in unpacked:
        if packed.octets or packed.failure:
            path, times = packed.path, 1
            while path in taken:
                times += 1
                path = f"{packed.path} ({times})"
            taken.add(path)
            yield replace(packed, path=path)


def _from_zip(payload: bytes, allowance: Allowance) -> Iterator[Packed]:
    package = Package(payload)
    for info in package.entries():
        path = _name(info)
        # `is_dir` of Python 3.11 stumbles over a member without a name.
        if info.filename.endswith("/") or _is_link(info) or _JUNK.search(path):
            continue
        allowance.open_one()
        try:
            octets = package.unpack(info, path, min(MOST_OF_A_FILE, allowance.octets))
        except Unreadable as failure:
            if failure.state is State.TOO_LARGE:
                raise
            yield Packed(path, b"", failure)
            continue
        allowance.spend(len(octets))
        yield Packed(path, octets)


def _is_link(info: zipfile.ZipInfo) -> bool:
    return info.create_system == _UNIX and stat.S_ISLNK(info.external_attr >> 16)


def _inside(path: str) -> str:
    """A path as it leads from the archive's top, whatever it says of the world outside."""
    return "/".join(step for step in path.replace("\\", "/").split("/") if step not in ("", ".", ".."))


def _name(info: zipfile.ZipInfo) -> str:
    """The path as its maker wrote it: in UTF-8 where the archive says so, else UTF-8 or GBK by its octets."""
    if not info.flag_bits & _UTF_8:
        octets = _unicode_path(info.extra)
        if octets is None:
            try:
                octets = info.filename.encode("cp437")
            except UnicodeEncodeError:
                return _inside(info.filename)
        for encoding in ("utf-8", "gb18030"):
            try:
                return _inside(octets.decode(encoding))
            except UnicodeDecodeError:
                continue
    return _inside(info.filename)


def _unicode_path(extra: bytes) -> bytes | None:
    """The path that some programs give again in UTF-8."""
    place = 0
    while place + 4 <= len(extra):
        kind = int.from_bytes(extra[place : place + 2], "little")
        length = int.from_bytes(extra[place + 2 : place + 4], "little")
        if kind == _UNICODE_PATH:
            return extra[place + 9 : place + 4 + length]
        place += 4 + length
    return None


def _from_other(payload: bytes, kind: str, allowance: Allowance) -> Iterator[Packed]:
    library = _libarchive()
    path, some = "", False
    format_name = "7zip" if kind == "7z" else ("rar5" if payload[6:8] == b"\x01\x00" else "rar")
    try:
        with (
            _names_in_utf_8(),
            library.memory_reader(payload, format_name=format_name, filter_name="none") as archive,
        ):
            for entry in archive:
                path = _inside(str(entry.pathname or ""))
                if not entry.isfile or _JUNK.search(path):
                    continue
                allowance.open_one()
                pieces = []
                size = 0
                for piece in entry.get_blocks():
                    allowance.spend(len(piece))
                    size += len(piece)
                    if size > MOST_OF_A_FILE:
                        raise Unreadable(State.TOO_LARGE, f"“{path}” is larger than any report.")
                    pieces.append(piece)
                some = some or size > 0
                yield Packed(path, b"".join(pieces))
    except library.exception.ArchiveError as error:
        failure = Unreadable(State.DAMAGED, f"The archive is damaged: {error.msg}.")
        if re.search("passphrase|encrypt", str(error), re.IGNORECASE):
            failure = Unreadable(State.ENCRYPTED, "The archive is protected with a password.")
        if not some:
            raise failure from error
        # What came before is whole; what comes behind is lost with this file.
        yield Packed(path, b"", failure)


@contextmanager
def _names_in_utf_8() -> Iterator[None]:
    """libarchive loses names that the process's locale cannot write; the reading must not depend on it.

    The locale is the whole process's: parser processes have one thread.
    """
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        yield
        return
    try:
        yield
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


def _libarchive() -> Any:
    # The binding asks a program of the system where the library is, unless it is told. No document shall be
    # the cause that a program starts.
    with suppress(OSError):
        ctypes.CDLL(_LIBRARY)
        os.environ.setdefault("LIBARCHIVE", _LIBRARY)
    try:
        import libarchive  # type: ignore[import-untyped]  # noqa: PLC0415 - needs a library of the system
        import libarchive.exception  # type: ignore[import-untyped]  # noqa: PLC0415
    except (ImportError, OSError, TypeError, AttributeError) as missing:
        raise Unreadable(State.UNSUPPORTED, "7z and RAR need libarchive, which is not here.") from missing
    return libarchive
