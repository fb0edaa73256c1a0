"""The record: versions of what reports said, and the log of what changed.

Append-only, and with both times: when the source said it (the capture's) and when we knew it (the record's).
A new version appears only when the content differs; where a thing is printed on the page (its locator) is not
content. Whether the source or the parser made the difference is found by comparing like with like: the
payload of the last version as the present parser reads it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from storage.changelog import ChangeLog
from storage.content import (
    as_read,
    content_hash,
    doubt_row,
    figure_row,
    finding_row,
)
from storage.database import Database
from storage.identities import free_id
from storage.models import (
    Agency,
    Capture,
    Change,
    ReadingRow,
    ReportRow,
    Run,
    Sighting,
    Version,
)
from storage.overrides import NO_OVERRIDES, Overrides
from storage.page_images import digests
from storage.presences import PRESENCES, presence_of
from storage.runs import IMPORT
from storage.sources import NOT_A_REPORT, REPORT, Best, Choose, Source, best_of, seen_sources


def record_run(
    database: Database,
    run_id: int,
    parser_version: str,
    now: datetime,
    *,
    choose: Choose,
    overrides: Overrides = NO_OVERRIDES,
    note: Callable[[str], None] = lambda line: None,
) -> Counter[str]:
    """Write down what a run saw: the changes by kind. Running it again adds nothing.

    `choose` (`parser.copies.best_copy`) takes one of a report's page and files. `overrides` are applied to
    what the parser read; `note` is told of those that have lapsed.
    """
    counts: Counter[str] = Counter()
    with database.read() as session:
        sources = _with_reports(seen_sources(session, run_id, parser_version))
    for url, found in sources.items():
        with database.write() as session:
            recorder = _Recorder(session, run_id, parser_version, now, choose=choose, overrides=overrides)
            counts.update(recorder.take(url, found))
        for line in recorder.lapsed:
            note(line)
    with database.write() as session:
        recorder = _Recorder(session, run_id, parser_version, now, choose=choose, overrides=overrides)
        counts.update(recorder.presences(set(sources)))
    return counts


def record_again(
    session: Session, run_id: int, parser_version: str, now: datetime, *, choose: Choose, overrides: Overrides
) -> tuple[Counter[str], list[str]]:
    """Hold every report's latest version against what the present parser and the overrides make of it.

    Also takes reports that were seen earlier and can only now be read. Gives the changes by kind, and a line
    for each override that has lapsed. All in the caller's transaction.
    """
    recorder = _Recorder(session, run_id, parser_version, now, choose=choose, overrides=overrides)
    counts: Counter[str] = Counter()
    reports = session.scalars(select(ReportRow).order_by(ReportRow.id)).all()
    for report in reports:
        counts.update(recorder.reread(report))
        counts.update(recorder.withdraw(report))
    known = {report.url for report in reports}
    runs = session.scalars(select(Sighting.run_id).distinct().order_by(Sighting.run_id.desc())).all()
    for seen_in in runs:
        for url, found in _with_reports(seen_sources(session, seen_in, parser_version)).items():
            if url not in known:
                known.add(url)
                counts.update(recorder.take(url, found))
    return counts, recorder.lapsed


def _with_reports(sources: dict[str, list[Source]]) -> dict[str, list[Source]]:
    """Those that hold a report."""
    return {url: found for url, found in sources.items() if any(source.is_report for source in found)}


class _Recorder:
    """Writes versions and changes in one transaction. `lapsed`: a line for each override that has lapsed."""

    def __init__(
        self,
        session: Session,
        run_id: int,
        parser_version: str,
        now: datetime,
        *,
        choose: Choose,
        overrides: Overrides,
    ) -> None:
        self._session = session
        self._run_id = run_id
        self._changes = ChangeLog(session, run_id, now)
        self._imported = session.get_one(Run, run_id).kind == IMPORT
        self._parser_version = parser_version
        self._now = now
        self._choose = choose
        self._overrides = overrides
        self.lapsed: list[str] = []

    def take(self, url: str, found: list[Source]) -> Iterable[str]:
        """A report was read: add a version if it says something else than the last one."""
        report = self._session.scalar(select(ReportRow).where(ReportRow.url == url))
        if report is not None and self._outdated(report, found[0].capture):
            return
        if report is not None:
            yield from self.reread(report)
        last = self._last(report) if report is not None else None
        copies = found if report is None or last is None else [*found, *self._unanswered(report, last, found)]
        if last is not None and any(source.reading is None for source in copies):
            return  # what cannot be read now says nothing; the next night tries again
        best = best_of(copies, self._choose)
        if best is None or (last is not None and best.capture.run_id != found[0].capture.run_id):
            return  # what was read now only stands in for the page or file that did not answer
        if report is None:
            report = self._new(url, found[0].site, best.capture)
        record = self._said(report, best.record)
        if last is None:
            version = self._add(report, record, best, "source_changed", 1)
            yield self._changes.add(report, "new", "source_changed", new=version)
        elif report.presence != "published":
            yield self._changes.add(report, "returned", "source_changed", old=last, new_capture=best.capture)
        if last is not None and last.content_hash != content_hash(record):
            cause = self._cause(last, best.capture)
            version = self._add(report, record, best, cause, last.number + 1)
            yield self._changes.add(report, "changed", cause, old=last, new=version)
        report.presence = "published"
        report.last_seen = max(report.last_seen, best.capture.captured_at)

    def presences(self, taken: set[str]) -> Iterable[str]:
        """Look after the known reports that this run did not read: gone, blocked, moved, unreadable?"""
        if self._imported:
            return  # what others kept says nothing of what they left out, nor who was answered with a 404
        sites = select(Capture.site).where(Capture.run_id == self._run_id).distinct()
        known = self._session.scalars(
            select(ReportRow).where(ReportRow.site.in_(sites)).order_by(ReportRow.id)
        )
        for report in [report for report in known if report.url not in taken]:
            capture = self._seen(report.url)
            presence, note = presence_of(capture)
            if capture is None or presence in (None, report.presence) or self._outdated(report, capture):
                continue
            if report.presence == NOT_A_REPORT:
                continue  # what never was a report is neither gone nor blocked
            last = self._last(report)
            if last is not None and last.capture.url != report.url and self._did_not_answer(last.capture.url):
                continue  # the page is no more than it was: it announces a file
            cause = "source_changed"
            if presence == "unreadable" and last is not None:
                if any(map(self._is_readable, digests(self._session, capture, self._parser_version))):
                    continue  # no page of this run led there, but it says what it says
                if any(one.images and self._is_silent(one) for one in self._copies(report, last)):
                    continue  # the page shows images, and one of them did not answer
                cause = self._cause(last, capture)
                if cause == "parser_changed":
                    presence, note = self._unread(self._copies(report, last)) or (presence, note)
                    if presence == report.presence:
                        continue
            report.presence = presence or report.presence
            yield self._changes.add(report, report.presence, cause, old=last, new_capture=capture, note=note)

    def reread(self, report: ReportRow) -> Iterable[str]:
        """What the present parser and the overrides make of the copies that the last version was chosen from.

        Done before the source is compared, so that what we changed and what the source changed stay apart.
        """
        last = self._last(report)
        if last is None:
            return
        copies = self._copies(report, last)
        best = best_of(copies, self._choose)
        if best is None or any(source.reading is None for source in copies):
            return
        yield from self._read_again(report, last)
        record = self._said(report, best.record)
        if content_hash(record) == last.content_hash:
            return
        read_alike = content_hash(as_read(last.record)) == content_hash(best.record)
        cause = "override" if read_alike else "parser_changed"
        version = self._add(report, record, best, cause, last.number + 1)
        yield self._changes.add(report, "changed", cause, old=last, new=version)

    def withdraw(self, report: ReportRow) -> Iterable[str]:
        """Say so where the present parser reads no report in what the last version was read from."""
        last = self._last(report)
        if last is None:
            return
        presence, note = self._unread(self._copies(report, last)) or (report.presence, "")
        # What is gone or blocked stays so where we only fail to read what it was.
        if presence == report.presence or (presence != NOT_A_REPORT and report.presence != "published"):
            return
        report.presence = presence
        yield self._changes.add(
            report, presence, "parser_changed", old=last, new_capture=last.capture, note=note
        )

    def _unread(self, copies: list[Source]) -> tuple[str, str] | None:
        """The presence of a report in none of whose copies the present parser reads one, and why.

        `None` where it does, or has not read them all. A copy that it fails to read proves nothing.
        """
        readings = [source.reading for source in copies if source.reading is not None]
        if not readings or len(readings) < len(copies) or any(source.is_report for source in copies):
            return None
        failed = [reading for reading in readings if reading.state != NOT_A_REPORT]
        if failed:
            return "unreadable", f"no longer read: {failed[0].state}: {failed[0].reason}"
        return NOT_A_REPORT, f"no longer a report: {readings[0].reason}"

    def _read_again(self, report: ReportRow, last: Version) -> Iterable[str]:
        """The way back of `withdraw`: the report is again what it was before."""
        kinds = ("new", "returned", *PRESENCES, NOT_A_REPORT)
        log = select(Change).where(Change.report_id == report.id, Change.kind.in_(kinds))
        newest = self._session.scalars(log.order_by(Change.seq.desc())).all()
        if not newest or newest[0].cause != "parser_changed" or newest[0].kind != report.presence:
            return
        before = next((one.kind for one in newest if one.cause != "parser_changed"), "new")
        report.presence = before if before in PRESENCES else "published"
        kind = before if before in PRESENCES else "returned"
        note = "read as a report again"
        yield self._changes.add(report, kind, "parser_changed", old=last, new_capture=last.capture, note=note)

    def _outdated(self, report: ReportRow, capture: Capture) -> bool:
        """Whether another run has recorded something newer: this one was cut, and is completed late."""
        # What others captured is brought in whenever it is found, in any order; only its time tells.
        order = Capture.captured_at if self._imported else Capture.id
        newest = self._session.scalar(
            select(Capture)
            .join(Change, Change.new_capture_id == Capture.id)
            .where(Change.report_id == report.id)
            .order_by(order.desc())
            .limit(1)
        )
        if newest is None or capture.run_id == newest.run_id:
            return False
        return capture.captured_at <= newest.captured_at if self._imported else capture.id < newest.id

    def _copies(self, report: ReportRow, version: Version) -> list[Source]:
        """The page and files that a version was chosen from."""
        run_id = version.capture.run_id
        return seen_sources(self._session, run_id, self._parser_version, report.url).get(report.url, [])

    def _unanswered(self, report: ReportRow, last: Version, found: list[Source]) -> list[Source]:
        """The last version's page and files that did not answer now.

        A file that timed out is no sign that its figures were withdrawn.
        """
        here = {(source.images is not None, source.capture.url) for source in found}
        return [
            source
            for source in self._copies(report, last)
            if (source.images is not None, source.capture.url) not in here and self._is_silent(source)
        ]

    def _is_silent(self, source: Source) -> bool:
        """Whether a copy, or one of the images that it is, was asked for and gave nothing to be judged."""
        return any(self._did_not_answer(url) for url in source.addresses)

    def _did_not_answer(self, url: str) -> bool:
        """Whether a URL was asked for in this run and gave nothing that could be judged.

        Of what others did not capture nobody knows whether they asked, nor what they would have been told.
        """
        now = self._seen(url)
        return self._imported if now is None else presence_of(now)[0] in (None, "blocked")

    def _cause(self, last: Version, capture: Capture) -> str:
        """Why a report reads otherwise: by our doing where its page or file is as it was, but unreadable."""
        now = capture if capture.url == last.capture.url else self._seen(last.capture.url)
        unchanged = now is not None and last.payload_sha256 in digests(
            self._session, now, self._parser_version
        )
        return (
            "parser_changed" if unchanged and not self._is_readable(last.payload_sha256) else "source_changed"
        )

    def _seen(self, url: str) -> Capture | None:
        """The last capture of a URL in this run."""
        return self._session.scalar(
            select(Capture)
            .where(Capture.run_id == self._run_id, Capture.url == url)
            .order_by(Capture.id.desc())
            .limit(1)
        )

    def _is_readable(self, payload_sha256: str | None) -> bool:
        reading = self._session.get(ReadingRow, (payload_sha256, self._parser_version))
        return reading is not None and reading.state == REPORT

    def _new(self, url: str, site: str, capture: Capture) -> ReportRow:
        report = ReportRow(
            id=free_id(self._session, site, url),
            site=site,
            url=url,
            presence="published",
            first_seen=capture.captured_at,
            last_seen=capture.captured_at,
        )
        self._session.add(report)
        self._session.flush()
        return report

    def _said(self, report: ReportRow, said: dict[str, Any]) -> dict[str, Any]:
        record, lapsed = self._overrides.apply(report.id, said)
        self.lapsed += [line for line in lapsed if line not in self.lapsed]
        return record

    def _last(self, report: ReportRow) -> Version | None:
        return self._session.scalar(
            select(Version)
            .where(Version.report_id == report.id)
            .order_by(Version.number.desc())
            .limit(1)
            .options(joinedload(Version.capture))
        )

    def _add(self, report: ReportRow, record: dict[str, Any], best: Best, cause: str, number: int) -> Version:
        capture = best.capture
        version = Version(
            report_id=report.id,
            number=number,
            cause=cause,
            content_hash=content_hash(record),
            capture_id=capture.id,
            payload_sha256=best.digest,
            parser_version=self._parser_version,
            captured_at=capture.captured_at,
            recorded_at=self._now,
            form=record["form"],
            title=record["title"],
            record=record,
            figures=[figure_row(figure) for figure in record["figures"]],
            findings=[finding_row(finding) for finding in record["findings"]],
            doubts=[doubt_row(doubt) for doubt in record["doubts"]],
        )
        self._session.add(version)
        report.year = record["year"]
        report.agency = self._agency(report.site, record["agency"])
        self._session.flush()
        return version

    def _agency(self, site: str, name: str | None) -> Agency | None:
        if not name:
            return None
        agency = self._session.scalar(select(Agency).where(Agency.site == site, Agency.name == name))
        if agency is None:
            agency = Agency(site=site, name=name)
            self._session.add(agency)
        return agency
