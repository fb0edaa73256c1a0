"""What `nianbao diff` compares: versions of reports and captures of addresses, as people name them.

    REPORT          the latest version        REPORT@2        version 2
    REPORT@TIME     as it was known then      URL@TIME        the capture that was the last one then
    56              capture 56                URL             the latest version there, else the last capture

A report may be named by its id, a beginning of it, or its address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cli.content import version_record
from cli.moments import parse_moment
from errors import BadTime, NoCapture, NoReply, NoVersion, UnknownReport
from storage.captures import nearest
from storage.identities import find_report
from storage.knowledge import knowledge
from storage.models import Capture, ReadingRow, ReportRow, Version
from storage.sources import REPORT

_NUMBER_DIGITS = 9
"""A version or capture has fewer digits than this; a time without dashes has fourteen."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: a capture, and what was read of it, recorded in a version or left by the parser."""

    name: str
    capture: Capture
    version: Version | None
    record: dict[str, Any] | None
    parser_version: str | None

    def is_same(self, other: Side) -> bool:
        mine, theirs = (side.version.id if side.version else None for side in (self, other))
        return mine == theirs and (mine is not None or self.capture.id == other.capture.id)


def last_two(session: Session, wanted: str) -> tuple[Side, Side] | None:
    """The last two versions of a report, or `None` where it has only one. Raises `UnknownReport`."""
    row = find_report(session, wanted)
    if len(row.versions) < 2:
        return None
    old, new = row.versions[-2:]
    return _version_side(old), _version_side(new)


def side(session: Session, wanted: str) -> Side:
    """The version or capture that is meant. Raises what is `NotFound`, `Ambiguous` or `BadTime`."""
    if wanted.isdecimal():
        return _capture_side(session, _capture(session, wanted))
    name, at, when = wanted.rpartition("@")
    if not at:
        return _latest(session, wanted)
    if when.isdecimal() and len(when) <= _NUMBER_DIGITS:
        return _version_side(_version(find_report(session, name), int(when)))
    try:
        moment = parse_moment(when)
    except BadTime:
        if "://" in wanted:  # an address may hold the sign itself
            return _latest(session, wanted)
        raise
    if "://" in name:
        return _capture_side(session, nearest(session, name, moment))
    row = find_report(session, name)
    version = knowledge(session, row, moment).version
    return _version_side(version if version is not None else _version(row, 1))


def _latest(session: Session, wanted: str) -> Side:
    try:
        row = find_report(session, wanted)
    except UnknownReport:
        if "://" not in wanted:
            raise
        return _capture_side(session, nearest(session, wanted))
    return _version_side(row.versions[-1] if row.versions else _version(row, 1))


def _version(row: ReportRow, number: int) -> Version:
    found = next((version for version in row.versions if version.number == number), None)
    if found is None:
        raise NoVersion(report=row.id, number=number)
    return found


def _capture(session: Session, number: str) -> Capture:
    capture = session.get(Capture, int(number)) if len(number) <= _NUMBER_DIGITS else None
    if capture is None:
        raise NoCapture(number=number)
    return capture


def _version_side(version: Version) -> Side:
    name = f"{version.report_id}@{version.number}"
    return Side(name, version.capture, version, version_record(version), version.parser_version)


def _capture_side(session: Session, capture: Capture) -> Side:
    if capture.payload_sha256 is None:
        raise NoReply(number=capture.id, url=capture.url, problem=capture.problem or capture.outcome)
    reading = session.scalar(
        select(ReadingRow)
        .where(ReadingRow.payload_sha256 == capture.payload_sha256, ReadingRow.state == REPORT)
        .order_by(ReadingRow.read_at.desc(), ReadingRow.parser_version.desc())
        .limit(1)
    )
    record, parser = (reading.record, reading.parser_version) if reading else (None, None)
    return Side(str(capture.id), capture, None, record, parser)
