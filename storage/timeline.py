"""What an address answered over time: its captures in stretches of the same answer, and what changed between.

A stretch is a run of captures, one after the other, that brought the same payload with the same status. How a
stretch differs from what was there before it:

    first           nothing was captured before
    insignificant   the payload differs, but not in what it says: counters, dates, navigation, scripts
    content         it says something else; where it is a report, this is a version of it
    status          the answer is of another kind (another status, blocked, cut short, none), or is back again
    unknown         the payloads differ, and the archive cannot give them out to be looked at

Within a stretch every capture but the first is `same`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from errors import NianbaoError
from storage.content import content_hash
from storage.models import Capture, ReadingRow
from storage.sources import REPORT

SAME, FIRST, INSIGNIFICANT, CONTENT, STATUS, UNKNOWN = (
    "same", "first", "insignificant", "content", "status", "unknown",
)  # fmt: skip

Differ = Callable[[Capture, Capture], Sequence[str]]
"""Gives the kinds of what differs between the payloads of two captures (`parser.visible.differences`)."""


@dataclass(slots=True)
class Stretch:
    """Captures of the same answer. `differs` are kinds of differences to what was there before."""

    captures: list[Capture]
    change: str = FIRST
    differs: tuple[str, ...] = ()
    problem: NianbaoError | None = field(default=None)
    """why the payloads could not be looked at"""

    @property
    def first_seen(self) -> datetime:
        return self.captures[0].captured_at

    @property
    def last_seen(self) -> datetime:
        return self.captures[-1].captured_at

    @property
    def capture(self) -> Capture:
        """The capture that brought the answer first."""
        return self.captures[0]


def timeline(
    session: Session, captures: Iterable[Capture], differ: Differ, insignificant: frozenset[str]
) -> list[Stretch]:
    """The captures of one URL (oldest first) in stretches, each held against what was there before.

    `insignificant` are the kinds of differences that leave what a page says as it was. A report's content is
    told by its readings; `differ` decides only where no parser version has read both payloads as a report.
    """
    stretches: list[Stretch] = []
    for capture in captures:
        if stretches and _answer(stretches[-1].capture) == _answer(capture):
            stretches[-1].captures.append(capture)
        else:
            stretches.append(Stretch([capture]))
    said = _Said(session, [stretch.capture for stretch in stretches])
    latest: dict[tuple[object, ...], Stretch] = {}
    for position, stretch in enumerate(stretches):
        kind, payload = _answer(stretch.capture)
        before = latest.get(kind)
        if position:
            turned = _answer(stretches[position - 1].capture)[0] != kind
            if before is None or _answer(before.capture)[1] == payload:
                stretch.change = STATUS
            else:
                _compare(before, stretch, said, differ, insignificant)
                if turned and stretch.change == INSIGNIFICANT:
                    stretch.change = STATUS
        latest[kind] = stretch
    return stretches


def _answer(capture: Capture) -> tuple[tuple[object, ...], str | None]:
    """The kind of an answer, and its payload. 304 says that the payload is the one that was there."""
    status = 200 if capture.status == 304 and capture.payload_sha256 else capture.status
    return (status, capture.outcome, capture.blocked), capture.payload_sha256


def _compare(
    before: Stretch, stretch: Stretch, said: _Said, differ: Differ, insignificant: frozenset[str]
) -> None:
    try:
        stretch.differs = tuple(differ(before.capture, stretch.capture))
    except NianbaoError as error:
        stretch.problem = error
    alike = said.alike(before.capture, stretch.capture)
    if alike is None and stretch.problem is not None:
        stretch.change = UNKNOWN
    elif alike is None:
        stretch.change = INSIGNIFICANT if insignificant.issuperset(stretch.differs) else CONTENT
    else:
        stretch.change = INSIGNIFICANT if alike else CONTENT


class _Said:
    """What the parser made of payloads, as content hashes by parser version."""

    def __init__(self, session: Session, captures: Iterable[Capture]) -> None:
        wanted = sorted({capture.payload_sha256 for capture in captures if capture.payload_sha256})
        self._hashes: dict[str, dict[str, str | None]] = {}
        for start in range(0, len(wanted), 500):
            rows = session.scalars(
                select(ReadingRow)
                .where(ReadingRow.payload_sha256.in_(wanted[start : start + 500]))
                .order_by(ReadingRow.read_at, ReadingRow.parser_version)
            )
            for row in rows:
                said = content_hash(row.record) if row.state == REPORT else None
                self._hashes.setdefault(row.payload_sha256, {})[row.parser_version] = said

    def alike(self, one: Capture, other: Capture) -> bool | None:
        """Whether both say the same by the last parser that read both; `None` where no report is in them."""
        first = self._hashes.get(one.payload_sha256 or "", {})
        second = self._hashes.get(other.payload_sha256 or "", {})
        for parser in reversed(first):
            if parser in second and (first[parser] or second[parser]):
                return first[parser] == second[parser]
        return None
