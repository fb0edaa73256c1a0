"""Archives that hold a report among other files: the best reading by evidence is the document.

Every file inside is read as if it had been sent by itself. A report with numbers beats one in words, more
numbers beat fewer. What was taken stands in `meta["member"]` and in every locator; that there were other
reports, or the same one with other numbers, is a note.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from parser.document import Block, Document, Grid, Locator, State, Unreadable
from parser.readers import detect
from parser.readers import read as read_file
from parser.readers.archives import Allowance, Packed, files
from parser.report import Reading

DEEPEST = 2
"""Archives inside an archive, one in the other, that are still opened."""

MOST_READINGS = 60
"""Files that are read; those whose names speak of reports come first."""

ARCHIVES = ("zip", "7z", "rar")
_TELLING = ("年度报告", "年报", "信息公开", "政务公开", "报告")
_UNREAD = (
    State.IMAGE_ONLY,
    State.ENCRYPTED,
    State.TOO_LARGE,
    State.DAMAGED,
    State.UNSUPPORTED,
    State.EMPTY,
)
"""Why nothing could be read, the most telling first."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A file that was read, and what the parser made of it."""

    path: str
    octets: bytes
    kind: str
    reading: Reading

    @property
    def weight(self) -> tuple[bool, int, int]:
        """How much it is the report: whether it is one, how many numbers it has, how much it says."""
        report = self.reading.report
        if report is None:
            return False, 0, 0
        numbers = sum(figure.value is not None for figure in report.figures)
        return True, numbers, sum(len(section.text) for section in report.sections)


def read(payload: bytes) -> Document:
    """The document of the best file in an archive. Raises `Unreadable`."""
    kind = detect(payload)
    packed = list(_files(payload, kind, "", Allowance.of(payload), 0))
    if not packed:
        raise Unreadable(State.EMPTY, "The archive holds no file.")
    # Stable, so that of equal names the first in the archive comes first.
    packed.sort(key=lambda one: not any(word in one.path for word in _TELLING))
    failures = [one.failure for one in packed if one.failure is not None]
    found = [_understood(one) for one in packed[:MOST_READINGS] if one.failure is None]
    unread = len(packed) - MOST_READINGS
    best = max(found, key=lambda one: one.weight, default=None)
    if best is None or best.reading.state not in (State.REPORT, State.NOT_A_REPORT):
        best = next((one for one in found if one.reading.state is State.NOT_A_REPORT), None)
    if best is None:
        raise _nothing(found, failures)
    notes = [*_others(best, found)]
    if unread > 0:
        notes.append(f"The archive holds {unread} files more than are read.")
    return _document(best, kind, notes)


def member(payload: bytes, path: str) -> bytes:
    """The octets of the file that locators name. Raises `Unreadable` where there is none."""
    for one in _files(payload, detect(payload), "", Allowance.of(payload), 0):
        if one.path == path and one.failure is None:
            return one.octets
    raise Unreadable(State.DAMAGED, f"The archive holds no file “{path}”.")


def _files(payload: bytes, kind: str, folder: str, allowance: Allowance, depth: int) -> Iterator[Packed]:
    """All files, those of inner archives under the archive's own path."""
    for one in files(payload, kind, allowance):
        path = f"{folder}{one.path}"
        inner = detect(one.octets) if one.failure is None else ""
        if inner not in ARCHIVES:
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


def _understood(one: Packed) -> _Found:
    # The parser reads archives through this module; it is met again here, for what is inside.
    from parser.reading import parse  # noqa: PLC0415

    return _Found(one.path, one.octets, detect(one.octets), parse(one.octets))


def _others(best: _Found, found: list[_Found]) -> Iterator[str]:
    """What must be said of the reports that were not taken."""
    taken = best.reading.report
    reports = [one for one in found if one.reading.report is not None and one is not best]
    if taken is None or not reports:
        return
    different = []
    for one in reports:
        report = one.reading.report
        assert report is not None
        if (report.agency, report.year) != (taken.agency, taken.year):
            different.append(one.path)
            continue
        values = {figure.key: figure.value for figure in report.figures}
        differing = [
            figure.key
            for figure in taken.figures
            if figure.key in values and values[figure.key] != figure.value
        ]
        if differing:
            yield (
                f"“{one.path}” is the same report with {len(differing)} other numbers (e.g. {differing[0]}); "
                f"“{best.path}” was taken."
            )
    if different:
        yield (
            f"The archive holds {len(different) + 1} reports; “{best.path}” was taken, "
            f"“{different[0]}” is another."
        )


def _nothing(found: list[_Found], failures: list[Unreadable]) -> Unreadable:
    """Why none of the files is a document."""
    reasons = [(failure.state, failure.reason) for failure in failures]
    reasons += [(one.reading.state, f"{one.path}: {one.reading.reason}") for one in found]
    state, reason = min(reasons, key=lambda one: _UNREAD.index(one[0]) if one[0] in _UNREAD else len(_UNREAD))
    return Unreadable(state, f"No file of the archive could be read; {reason}")


def _document(best: _Found, kind: str, notes: list[str]) -> Document:
    """The best file's document, its places led back to the archive."""
    document = read_file(best.octets, best.kind)
    return replace(
        document,
        format=kind,
        blocks=tuple(_placed(block, best.path) for block in document.blocks),
        links=tuple(replace(link, locator=_place(link.locator, best.path)) for link in document.links),
        meta={**document.meta, "member": best.path},
        notes=(*document.notes, *notes),
    )


def _placed(block: Block, path: str) -> Block:
    if isinstance(block, Grid):
        cells = tuple(replace(cell, locator=_place(cell.locator, path)) for cell in block.cells)
        return Grid(cells, _place(block.locator, path))
    return replace(block, locator=_place(block.locator, path))


def _place(locator: Locator, path: str) -> Locator:
    return replace(locator, member=path)
