"""The files of an archive, those of archives inside it too, and which of them are one document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from parser.document import State, Unreadable
from parser.readers import BUNDLES, detect
from parser.readers.archives import Allowance, Packed, files
from parser.readers.page_images import in_one_folder

DEEPEST = 2
"""Archives inside an archive, one in the other, that are still opened."""


def packed(payload: bytes, kind: str) -> Iterator[Packed]:
    """All files of an archive of this kind, with their paths from the outermost one. Raises `Unreadable`."""
    return _files(payload, kind, "", Allowance.of(payload), 0)


def member(payload: bytes, path: str) -> bytes:
    """The octets of the file that locators name. Raises `Unreadable` where there is none."""
    for one in packed(payload, detect(payload)):
        if one.path == path and one.failure is None:
            return one.octets
    raise Unreadable(State.DAMAGED, f"The archive holds no file “{path}”.")


def runs(given: Sequence[Packed]) -> list[list[Packed]]:
    """The files that are read, each by itself but for images that are numbered pages; in their order."""
    readable = {one.path: one for one in given if one.failure is None}
    images = [path for path, one in readable.items() if detect(one.octets) == "image"]
    series = {run[0]: run for run in in_one_folder(images)}
    inner = {path for run in series.values() for path in run}
    # A run stands where the first of its files stood.
    order = [path for path in readable if path not in inner or path in series]
    return [[readable[page] for page in series.get(path, (path,))] for path in order]


def _files(payload: bytes, kind: str, folder: str, allowance: Allowance, depth: int) -> Iterator[Packed]:
    """All files, those of inner archives under the archive's own path."""
    for one in files(payload, kind, allowance):
        path = f"{folder}{one.path}"
        inner = detect(one.octets) if one.failure is None else ""
        if inner not in BUNDLES:
            yield Packed(path, one.octets, one.failure)
        elif depth + 1 > DEEPEST:
            failure = Unreadable(State.TOO_LARGE, "Archives stand too deep inside one another.")
            yield Packed(path, b"", failure)
        else:
            try:
                yield from _files(one.octets, inner, f"{path}/", allowance, depth + 1)
            except Unreadable as failure:
                if failure.state is State.TOO_LARGE:
                    raise
                yield Packed(path, b"", failure)
