"""Nights on which reports were seen, as the crawl and the parser leave them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from parser.copies import best_copy
from storage.models import Capture, Change, ReadingRow, ReportRow, Run, Segment, Sighting, Site, Version
from storage.records import record_run
from tests.databases import empty_database
from tests.storage.exchanges import NOON, SITE, URL

ATTACHMENT = URL.replace(".html", ".pdf")


def record(licences: float | str | None = 301842, **differing: Any) -> dict[str, Any]:
    """What the parser makes of a report that prints so many licences."""
    printed = "" if licences is None else str(licences)
    return {
        "form": "2021",
        "title": "某市公安局2022年政府信息公开工作年度报告",
        "agency": "某市公安局",
        "year": 2022,
        "period": ["2022-01-01", "2022-12-31"],
        "published": "2023-01-30",
        "contact": {"telephone": "0952-2013110"},
        "sections": [{"heading": "一、总体情况", "text": "2022年……"}],
        "fee": None,
        "figures": [
            figure("proactive.administrative_licensing.decisions", licences, printed),
            figure("requests.unable_not_held.natural_person", 3, "3"),
        ],
        "findings": [],
        "doubts": [],
    } | differing


def figure(key: str, value: float | str | None, printed: str, **differing: Any) -> dict[str, Any]:
    return {
        "key": key, "value": value, "unit": "件", "printed": printed, "remark": None,
        "locator": {"xpath": "/html/body/table/tr[2]/td[3]"},
    } | differing  # fmt: skip


def payload_of(said: dict[str, Any] | None, source: str | None = None) -> str:
    """The page, or the attachment at `source`, that reads so."""
    return json.dumps([source, said], ensure_ascii=False)


class Nights:
    """A database, and what each night saw."""

    def __init__(self, path: Path) -> None:
        self.database = empty_database(path)
        self.parser = "1"
        self.now = NOON
        self._offset = 0
        with self.database.write() as session:
            session.add_all(
                [Site(domain=SITE, name="网站"), Segment(name="s", state="open", created_at=NOON)]
            )
        self.run_id = self.begin()

    def begin(self) -> int:
        """Another night, a day later."""
        self.now += timedelta(days=1)
        with self.database.write() as session:
            run = Run(kind="night", state="running", started_at=self.now, sites=[SITE], summary={})
            session.add(run)
        self.run_id = run.id
        return run.id

    def capture(self, url: str = URL, payload: str | None = "a page", **differing: Any) -> int:
        self._offset += 1000
        self.now += timedelta(minutes=1)
        answered = payload is not None
        digest = hashlib.sha256((payload or "").encode()).hexdigest()
        row = {
            "run_id": self.run_id, "site": SITE, "url": url, "captured_at": self.now,
            "method": "GET", "status": 200 if answered else None, "role": "report", "followed": "link",
            "outcome": "complete" if answered else "failed",
            "payload_sha256": digest if answered else None,
            "segment_id": 1, "record_id": str(self._offset), "record_offset": self._offset,
        } | differing  # fmt: skip
        with self.database.write() as session:
            capture = Capture(**row)
            session.add(capture)
        return capture.id

    def read(self, payload: str, said: dict[str, Any] | None, state: str = "report") -> None:
        """The present parser reads a payload."""
        digest = hashlib.sha256(payload.encode()).hexdigest()
        with self.database.write() as session:
            session.merge(
                ReadingRow(
                    payload_sha256=digest,
                    parser_version=self.parser,
                    state=state,
                    reason="",
                    record=said or {},
                    seconds=0.1,
                    read_at=self.now,
                )
            )

    def sight(self, capture_id: int, url: str = URL, source: str | None = None) -> None:
        source = source or url
        with self.database.write() as session:
            session.add(
                Sighting(
                    run_id=self.run_id,
                    site=SITE,
                    report_url=url,
                    source_url=source,
                    capture_id=capture_id,
                    part="page" if source == url else "attachment",
                    title="年报",
                    evidence=[],
                )
            )

    def see(self, said: dict[str, Any] | None, url: str = URL, source: str | None = None) -> int:
        """A page (or the attachment at `source`) is captured, sighted, and reads so: the capture's id."""
        payload = payload_of(said, source)
        capture_id = self.capture(source or url, payload)
        self.read(payload, said, "report" if said else "unreadable")
        self.sight(capture_id, url, source)
        return capture_id

    def record(self, run_id: int | None = None) -> Counter[str]:
        return record_run(self.database, run_id or self.run_id, self.parser, self.now, choose=best_copy)

    def night(self, said: dict[str, Any] | None) -> Counter[str]:
        """A whole night on which the one report reads so, recorded."""
        self.begin()
        self.see(said)
        return self.record()

    def changes(self) -> list[Change]:
        with self.database.read() as session:
            query = select(Change).order_by(Change.seq).options(selectinload(Change.figures))
            return list(session.scalars(query))

    def versions(self) -> list[Version]:
        with self.database.read() as session:
            query = (
                select(Version)
                .order_by(Version.id)
                .options(
                    selectinload(Version.figures),
                    selectinload(Version.findings),
                    selectinload(Version.doubts),
                )
            )
            return list(session.scalars(query))

    def report(self, url: str = URL) -> ReportRow:
        with self.database.read() as session:
            query = select(ReportRow).where(ReportRow.url == url).options(joinedload(ReportRow.agency))
            return session.scalars(query).one()

    def moment(self, capture_id: int) -> datetime:
        with self.database.read() as session:
            return session.get_one(Capture, capture_id).captured_at
