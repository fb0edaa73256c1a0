"""What was known of a report at a time. Nothing is forgotten, so the past can be asked.

Every version carries two times: when the source said it (`captured_at`) and when we knew it (`recorded_at`).
What was known then is the version with the largest `recorded_at` that is not later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from errors import NotYetKnown, UnknownReport
from storage.models import PAGE_STATUSES, Capture, Change, FindingRow, ReportRow, Sighting, Version
from storage.presences import PRESENCES
from storage.sources import NOT_A_REPORT

_PRESENCES = {"new": "published", "returned": "published"} | {
    kind: kind for kind in (*PRESENCES, NOT_A_REPORT)
}
"""What a change says of a report's presence; `changed` says nothing of it."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A report as it was known: its last version then, all up to it, where it was, when it was last seen."""

    report: ReportRow
    versions: list[Version]
    presence: str
    last_seen: datetime
    findings: list[FindingRow]
    """of the last version; those across years are worked out anew and stand here if both sides were known"""

    @property
    def version(self) -> Version | None:
        return self.versions[-1] if self.versions else None


def knowledge(session: Session, report: ReportRow, at: datetime | None = None) -> Knowledge:
    """What is known of a report, or was known at that time. Raises `NotYetKnown`,
    or `UnknownReport` where nothing was ever read of it."""
    if at is None:
        findings = report.versions[-1].findings if report.versions else []
        return Knowledge(report, list(report.versions), report.presence, report.last_seen, list(findings))
    versions = sorted(
        (version for version in report.versions if version.recorded_at <= at),
        key=lambda version: (version.recorded_at, version.number),
    )
    if not versions:
        if not report.versions:
            raise UnknownReport(report=report.id)
        first = min(version.recorded_at for version in report.versions)
        raise NotYetKnown(report=report.id, time=at, first=first)
    return Knowledge(
        report,
        versions,
        _presence(session, report, at),
        _last_seen(session, report, at) or versions[-1].captured_at,
        _findings(session, versions[-1], at),
    )


def _presence(session: Session, report: ReportRow, at: datetime) -> str:
    kind = session.scalar(
        select(Change.kind)
        .where(Change.report_id == report.id, Change.at <= at, Change.kind.in_(_PRESENCES))
        .order_by(Change.seq.desc())
        .limit(1)
    )
    return _PRESENCES[kind] if kind else "published"


def _last_seen(session: Session, report: ReportRow, at: datetime) -> datetime | None:
    return session.scalar(
        select(func.max(Capture.captured_at))
        .join(Sighting, Sighting.capture_id == Capture.id)
        .where(
            Sighting.report_url == report.url,
            Capture.captured_at <= at,
            Capture.outcome == "complete",
            Capture.status.in_(PAGE_STATUSES),
            Capture.blocked.is_(None),
        )
    )


def _findings(session: Session, version: Version, at: datetime) -> list[FindingRow]:
    against = {finding.against_version_id for finding in version.findings} - {None}
    later = set(session.scalars(select(Version.id).where(Version.id.in_(against), Version.recorded_at > at)))
    return [finding for finding in version.findings if finding.against_version_id not in later]
