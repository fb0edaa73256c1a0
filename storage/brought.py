"""A file that is brought in: the WARC files in it, copied aside into the archive's folder.

A WACZ is only read, never unpacked by the names in it: a WARC file of it goes to a name of ours.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from errors import BadImport, CannotWrite, NoFile
from storage.foreign import GZIP_MAGIC, Allowance, repack

ASIDE = ".importing"
_WARC = re.compile(r"archive/[^/]+\.warc(\.gz)?")
_ZIP_MAGIC = b"PK"
_PIECE = 1 << 20
_MOST_OF_A_DESCRIPTOR = 16 << 20
_ABOUT = ("title", "description", "software", "created", "mainPageUrl")


@dataclass(slots=True)
class Staged:
    """A WARC file in the archive's folder, not yet part of it: one gzip member a record.

    `sha256` is that of the file as it was brought; `member` its name in a WACZ; `repacked` says whether its
    records were packed anew; `about` is what the WACZ says of itself.
    """

    path: Path
    sha256: str
    member: str | None
    repacked: bool = False
    about: dict[str, Any] = field(default_factory=dict)

    def refused(self, path: Path, problem: object) -> BadImport:
        """The error of the file that it came from."""
        return BadImport(path=path, problem=f"{self.member}: {problem}" if self.member else problem)


def stage(folder: Path, path: Path, block: int) -> Iterator[Staged]:
    """Copy the WARC files of a file aside, one after the other. `block`: octets of the largest record.

    Raises `NoFile`, `BadImport`, `CannotWrite`. Who calls clears away what was staged (`clear`).
    """
    try:
        source = path.open("rb")
    except OSError as error:
        raise NoFile(path=path, problem=error.strerror) from error
    with source:
        try:
            start = source.read(4)
        except OSError as error:
            raise NoFile(path=path, problem=error.strerror) from error
        source.seek(0)
        if start[:2] == _ZIP_MAGIC:
            yield from _of_wacz(folder, path, source, block)
        elif start[:2] == GZIP_MAGIC or start == b"WARC":
            yield _staged(folder, path, source, block)
        else:
            raise BadImport(path=path, problem="it is neither a WARC file nor a WACZ")


def clear(folder: Path) -> None:
    """Take away what an import left that did not end. Raises `CannotWrite`."""
    for path in folder.glob(f"*{ASIDE}"):
        try:
            path.unlink()
        except OSError as error:
            raise CannotWrite(path=path, problem=error.strerror) from error


def _of_wacz(folder: Path, path: Path, source: IO[bytes], block: int) -> Iterator[Staged]:
    try:
        package = zipfile.ZipFile(source)
        infos = package.infolist()
        descriptor = _descriptor(package)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, zlib.error, EOFError) as error:
        raise BadImport(path=path, problem=f"the ZIP cannot be read: {error}") from error
    except (RuntimeError, OSError) as error:
        raise BadImport(path=path, problem=f"the ZIP cannot be read: {error}") from error
    for info in infos:
        name = PurePosixPath(info.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts:
            raise BadImport(path=path, problem=f"the ZIP has a name that leads out of it: {info.filename}")
    wanted = [info for info in infos if _WARC.fullmatch(info.filename)]
    if not wanted:
        raise BadImport(path=path, problem="the ZIP has no WARC file in archive/, so it is no WACZ")
    size = os.fstat(source.fileno()).st_size
    allowance = Allowance(block, size)
    hashes = _hashes(descriptor)
    about = {key: str(descriptor[key])[:500] for key in _ABOUT if descriptor.get(key)}
    for info in wanted:
        try:
            with package.open(info) as member:
                staged = _staged(folder, path, member, block, member=info.filename, allowance=allowance)
        except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, RuntimeError) as error:
            raise BadImport(path=path, problem=f"{info.filename}: {error}") from error
        said = hashes.get(info.filename)
        if said is not None and said != f"sha256:{staged.sha256}":
            problem = f"{info.filename} is not the one that datapackage.json lists"
            raise BadImport(path=path, problem=problem)
        staged.about = about
        yield staged


def _descriptor(package: zipfile.ZipFile) -> dict[str, Any]:
    try:
        info = package.getinfo("datapackage.json")
    except KeyError:
        return {}
    if info.file_size > _MOST_OF_A_DESCRIPTOR:
        raise ValueError("its datapackage.json is too large")
    with package.open(info) as file:
        found = json.loads(file.read(_MOST_OF_A_DESCRIPTOR))
    return found if isinstance(found, dict) else {}


def _hashes(descriptor: dict[str, Any]) -> dict[str, str]:
    listed = descriptor.get("resources")
    resources = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return {
        str(one.get("path")): str(one["hash"])
        for one in resources
        if str(one.get("hash", "")).startswith("sha256:")
    }


def _staged(
    folder: Path, path: Path, source: IO[bytes], block: int, *, member: str | None = None,
    allowance: Allowance | None = None,
) -> Staged:  # fmt: skip
    """Copy one WARC file aside, and pack it anew where its records are not packed each by itself."""
    digest = hashlib.sha256()

    def copied(out: IO[bytes]) -> None:
        while piece := source.read(_PIECE):
            if allowance is not None:
                allowance.take(len(piece))
            digest.update(piece)
            out.write(piece)

    try:
        aside = _write(folder, copied)
    except ValueError as error:
        raise BadImport(path=path, problem=f"{member}: {error}") from error
    staged = Staged(aside, digest.hexdigest(), member)
    with staged.path.open("rb") as file:
        packed = file.read(2) == GZIP_MAGIC
    if not packed:
        pack_anew(folder, path, staged, block)
    return staged


def pack_anew(folder: Path, path: Path, staged: Staged, block: int) -> None:
    """Pack each record of a staged file by itself. Raises `BadImport`, `CannotWrite`."""
    old = staged.path
    try:
        with old.open("rb") as file:
            limits = Allowance(block, os.fstat(file.fileno()).st_size)
            staged.path = _write(folder, lambda out: repack(file, out, limits))
    except ValueError as error:
        raise staged.refused(path, error) from error
    staged.repacked = True
    old.unlink()


def _write(folder: Path, fill: Callable[[IO[bytes]], None]) -> Path:
    """A file aside, on disk. Raises `CannotWrite`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(ASIDE, "", folder)
        with os.fdopen(handle, "wb") as out:
            fill(out)
            out.flush()
            os.fsync(out.fileno())
            os.fchmod(out.fileno(), 0o644)
    except OSError as error:
        raise CannotWrite(path=error.filename or folder, problem=error.strerror or error) from error
    return Path(name)
