"""A small database for the tests of exports and coverage, as a night leaves it; its export read back."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from storage.models import (
    Agency,
    Capture,
    Change,
    ChangedFigure,
    DoubtRow,
    FigureRow,
    FindingRow,
    ReportRow,
    Run,
    Segment,
    Sighting,
    Site,
    Version,
)

SITE = "gaj.example.gov.cn"
NIGHT = datetime(2024, 4, 2, 18, 0, 0, 250_000, tzinfo=UTC)


class Rows:
    """Adds rows to a session, with what they need around them."""

    def __init__(self, session: Session, site: str = SITE) -> None:
        self.session, self.site = session, site
        self.run = Run(
            kind="night",
            state="done",
            started_at=NIGHT,
            ended_at=NIGHT + timedelta(hours=1),
            sites=[site],
            summary={},
        )
        self.segment = Segment(name=f"{site}.warc.gz", state="open", created_at=NIGHT)
        session.add_all([Site(domain=site, name="网站"), self.run, self.segment])
        session.flush()
        self._offset = 0

    def capture(self, url: str, **differing: Any) -> Capture:
        self._offset += 1000
        row = Capture(
            **{
                "run_id": self.run.id,
                "site": self.site,
                "url": url,
                "captured_at": NIGHT,
                "method": "GET",
                "status": 200,
                "outcome": "complete",
                "content_type": "text/html",
                "payload_sha256": "a" * 64,
                "payload_sha1": "B" * 32,
                "payload_bytes": 10,
                "role": "report",
                "followed": "link text 政府信息公开年报",
                "segment_id": self.segment.id,
                "record_id": f"<urn:uuid:{self._offset}>",
                "record_offset": self._offset,
                "request_offset": self._offset,
                "request_bytes": 300,
                "response_offset": self._offset + 300,
                "response_bytes": 700,
            }
            | differing
        )
        self.session.add(row)
        self.session.flush()
        return row

    def agency(self, name: str) -> Agency:
        row = self.session.query(Agency).filter_by(site=self.site, name=name).one_or_none()
        if row is None:
            row = Agency(site=self.site, name=name)
            self.session.add(row)
            self.session.flush()
        return row

    def report(
        self,
        report_id: str,
        agency: str | None,
        year: int | None,
        *,
        presence: str = "published",
        published: str | None = None,
        versions: int = 1,
    ) -> ReportRow:
        url = f"https://{self.site}/{report_id}.html"
        row = ReportRow(
            id=report_id,
            site=self.site,
            url=url,
            year=year,
            presence=presence,
            agency_id=self.agency(agency).id if agency else None,
            first_seen=NIGHT,
            last_seen=NIGHT,
        )
        self.session.add(row)
        self.session.flush()
        for number in range(1, versions + 1):
            self.version(row, number, published)
        return row

    def version(self, report: ReportRow, number: int, published: str | None) -> Version:
        row = Version(
            report_id=report.id,
            number=number,
            cause="source_changed",
            content_hash=f"{number}" * 8,
            capture_id=self.capture(report.url).id,
            payload_sha256="a" * 64,
            parser_version="1",
            captured_at=NIGHT,
            recorded_at=NIGHT,
            form="2021",
            title=f"{report.year}年年度报告",
            record={"published": published, "sections": []},
        )
        self.session.add(row)
        self.session.flush()
        return row

    def sighting(self, report: ReportRow, title: str) -> None:
        capture = self.capture(report.url)
        self.session.add(
            Sighting(
                run_id=self.run.id,
                site=self.site,
                report_url=report.url,
                source_url=report.url,
                capture_id=capture.id,
                part="page",
                title=title,
                evidence=[],
            )
        )
        self.session.flush()


def fill(session: Session) -> None:
    """Two reports, one of them with two versions, and one address that was never read."""
    rows = Rows(session)
    rows.capture(f"https://{SITE}/robots.txt", role="robots", status=404)
    rows.capture(
        f"https://{SITE}/",
        outcome="failed",
        status=None,
        problem="=cmd|' /C calc'!A0",
        payload_sha256=None,
        payload_sha1=None,
        payload_bytes=None,
        response_offset=None,
        response_bytes=None,
    )
    first = rows.report("gaj-2022", "某市公安局", 2022, published="2023-01-30 10:11", versions=2)
    (year_before,) = rows.report("gaj-2021", "某市公安局", 2021, published="2022-02-03").versions
    rows.report("gaj-scan", None, None, presence="unreadable", versions=0)
    old, new = first.versions
    for version, licences in ((old, "301842"), (new, "301843")):
        figures = [
            ("proactive.administrative_licensing.decisions", licences, None),
            ("proactive.administrative_fees.amount_wanyuan", "314.4765", None),
            ("requests.granted.total", "0", None),
            ("requests.granted.other", None, None),
            ("requests.change.total", "-18", "其中修订16件"),
            ("statistics.未知/1", "1234567890123456789012345678901234567890.5", "=SUM(A1)"),
        ]
        for number, (key, value, remark) in enumerate(figures):
            session.add(
                FigureRow(
                    version_id=version.id,
                    key=key,
                    value=Decimal(value) if value else None,
                    unit="件",
                    printed=value or "",
                    remark=remark,
                    locator={"xpath": f"/html/body/table/tr[{number}]/td[2]"},
                    override={"read": 0, "who": "某人", "reason": "…"} if remark == "其中修订16件" else None,
                )
            )
    session.add_all(
        [
            FindingRow(
                version_id=new.id,
                rule="row_total",
                place="requests.granted",
                expected="-3",
                found="3",
                severity="hard",
                locators=[{"line": 3}],
                against_version_id=year_before.id,
            ),
            DoubtRow(
                version_id=new.id,
                kind="unknown_row",
                place="requests",
                message='行“其他，\n"未知"”',
                locator={},
            ),
            FindingRow(
                version_id=old.id,
                rule="row_total",
                place="requests.old",
                expected="1",
                found="2",
                severity="hard",
                locators=[],
            ),
            Change(
                seq=1,
                at=NIGHT,
                run_id=rows.run.id,
                report_id=first.id,
                kind="new",
                cause="source_changed",
                new_version_id=old.id,
                new_capture_id=old.capture_id,
            ),
            Change(
                seq=2,
                at=NIGHT,
                run_id=rows.run.id,
                report_id=first.id,
                kind="changed",
                cause="source_changed",
                old_version_id=old.id,
                new_version_id=new.id,
                old_capture_id=old.capture_id,
                new_capture_id=new.capture_id,
            ),
        ]
    )
    session.flush()
    session.add(
        ChangedFigure(
            change_seq=2,
            key="proactive.administrative_licensing.decisions",
            old_printed="301842",
            new_printed="301843",
            old_value=Decimal(301842),
            new_value=Decimal(301843),
            unit="件",
        )
    )


def read_csv(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_jsonl(folder: Path, table: str) -> list[dict[str, Any]]:
    text = (folder / f"{table}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in text.splitlines()]


def read_parquet(folder: Path, table: str) -> list[dict[str, Any]]:
    return pl.read_parquet(folder / f"{table}.parquet").to_dicts()


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def figure(rows: list[dict[str, Any]], key: str) -> dict[str, Any]:
    return next(row for row in rows if row["key"] == key)
