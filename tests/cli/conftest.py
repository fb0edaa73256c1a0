"""A home with real rows and a real archive: two reports in three versions, a block page, a quarantine."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from parser import PARSER_VERSION
from storage.archive import Archive
from storage.database import Database
from storage.exchange import Exchange, Purpose
from storage.models import (
    Agency,
    Capture,
    Change,
    ChangedFigure,
    DoubtRow,
    FigureRow,
    FindingRow,
    ReadingRow,
    ReportRow,
    Run,
    Site,
    Version,
)
from tests.databases import empty_database, number_on

SITE = "gaj.shizuishan.gov.cn"
URL_2022 = f"http://{SITE}/zfxxgk/202301/t20230118_1.html"
URL_2021 = f"http://{SITE}/zfxxgk/202201/t20220118_2.html"
ID_2022 = "shizuishan-police-2022"
ID_2021 = "shizuishan-police-2021"
DAY_1 = datetime(2024, 1, 30, 18, 0, 5, 250000, tzinfo=UTC)
DAY_2 = datetime(2024, 1, 31, 18, 0, 5, 250000, tzinfo=UTC)
PAGE_1 = "石嘴山市公安局2022年政府信息公开工作年度报告 301843".encode()
PAGE_2 = b"\x00\xff not text at all \x1b[31m\r\n" + PAGE_1
HOSTILE_TITLE = "年度报告\x1b[31m\u202e危险\n第二行"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory, databases: None) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "home"
    database = empty_database(folder)
    _runs(database)
    first = _captured(folder, database, 1, DAY_1, pages={URL_2022: PAGE_1, URL_2021: b"2021"})
    second = _captured(folder, database, 2, DAY_2, pages={URL_2022: PAGE_2}, blocked={URL_2021: b"challenge"})
    _records(database, first, second)
    with database.write() as session:
        number_on(session)
    database.close()
    return folder


@pytest.fixture
def nowhere(tmp_path: Path) -> Path:
    """A home that does not exist."""
    return tmp_path / "nowhere"


def _runs(database: Database) -> None:
    with database.write() as session:
        for id_, at in ((1, DAY_1), (2, DAY_2)):
            summary = {"captures": 2, "blocked": id_ - 1, "failed": 0, "reports_read": 1}
            sites = {SITE: "ok" if id_ == 1 else "http://gaj.shizuishan.gov.cn/ did not answer"}
            session.add(
                Run(
                    id=id_,
                    kind="night",
                    state="done",
                    started_at=at,
                    ended_at=at,
                    sites=[SITE],
                    summary=summary | {"sites": sites},
                )
            )


def _captured(
    folder: Path,
    database: Database,
    run: int,
    at: datetime,
    *,
    pages: dict[str, bytes],
    blocked: dict[str, bytes] | None = None,
) -> dict[str, Capture]:
    archive = Archive(
        folder / "archive", database, run_id=run, site=SITE, segment_bytes=2**20, info={"software": "test"}
    )
    captures = {}
    for url, payload in {**pages, **(blocked or {})}.items():
        challenge = bool(blocked) and url in (blocked or {})
        status = b"412 Precondition Failed" if challenge else b"200 OK"
        head = b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % (
            status,
            len(payload),
        )
        exchange = Exchange(
            url=url,
            method="GET",
            captured_at=at,
            request=b"GET / HTTP/1.1\r\n\r\n",
            response=head + payload,
            outcome="complete",
        )
        purpose = Purpose("report", "test")
        captures[url] = archive.add(exchange, purpose, blocked="challenge" if challenge else None)
    archive.close()
    return captures


def _records(database: Database, first: dict[str, Capture], second: dict[str, Capture]) -> None:
    with database.write() as session:
        session.add(Site(domain=SITE, name="石嘴山市公安局"))
        session.flush()
        session.add(Agency(id=1, site=SITE, name="石嘴山市公安局"))
        session.flush()
        for id_, url, year, presence in (
            (ID_2022, URL_2022, 2022, "published"),
            (ID_2021, URL_2021, 2021, "blocked"),
        ):
            session.add(
                ReportRow(
                    id=id_,
                    site=SITE,
                    url=url,
                    agency_id=1,
                    year=year,
                    presence=presence,
                    first_seen=DAY_1,
                    last_seen=DAY_2,
                )
            )
        session.flush()
        session.add(_version(1, ID_2022, 1, first[URL_2022], "301842"))
        session.add(_version(2, ID_2021, 1, first[URL_2021], "7"))
        session.add(_version(3, ID_2022, 2, second[URL_2022], "301843"))
        # By an earlier parser, by the present one too, and one that has not met the present one.
        quarantined = ((URL_2021, "0"), (URL_2021, PARSER_VERSION), (URL_2022, "0"))
        session.add_all(
            ReadingRow(
                payload_sha256=first[url].payload_sha256,
                parser_version=version,
                state="quarantined",
                reason="took longer than 60 s",
                record={},
                seconds=60.0,
                read_at=DAY_1,
            )
            for url, version in quarantined
        )
        session.flush()
        session.add(_finding("carry_cross_year", version=3, against=2))
        _changes(session, first, second)


def _version(id_: int, report: str, number: int, capture: Capture, decisions: str) -> Version:
    figures = [
        FigureRow(
            key="proactive.administrative_licensing.decisions",
            value=Decimal(decisions),
            unit="件",
            printed=decisions,
            locator={"xpath": "/html/body/table[1]/tr[5]/td[2]"},
        ),
        FigureRow(
            key="proactive.administrative_fees.amount_wanyuan",
            value=Decimal("314.4"),
            unit="万元",
            printed="314.4765",
            locator={},
            override={"read": 314.4765, "who": "a person", "reason": "for this test", "date": "2024-02-01"},
        ),
        FigureRow(key="statistics.八/(四)", value=None, unit="万元", printed="", locator={"line": 9}),
    ]
    finding = {
        "rule": "row_total",
        "where": "requests.granted",
        "expected": 3,
        "found": 4,
        "severity": "hard",
        "locators": [],
    }
    doubt = {"kind": "unknown_row", "where": "requests", "message": "unknown row 其它", "locator": {}}
    record = {
        "form": "2021",
        "title": HOSTILE_TITLE,
        "agency": "石嘴山市公安局",
        "year": 2022,
        "period": ["2022-01-01", "2022-12-31"],
        "published": "2023-01-18",
        "contact": {"telephone": "0952-0000000"},
        "sections": [{"heading": "一、总体情况", "text": "概况"}],
        "figures": [
            {
                "key": row.key,
                "value": None,
                "unit": row.unit,
                "printed": row.printed,
                "remark": None,
                "locator": row.locator,
            }
            for row in figures
        ],
        "findings": [finding],
        "doubts": [doubt],
    }
    return Version(
        id=id_,
        report_id=report,
        number=number,
        cause="source_changed",
        content_hash=f"{id_:064d}",
        capture_id=capture.id,
        payload_sha256=capture.payload_sha256 or "",
        parser_version="1",
        captured_at=capture.captured_at,
        recorded_at=capture.captured_at,
        form="2021",
        title=HOSTILE_TITLE,
        record=record,
        figures=figures,
        findings=[_finding("row_total")],
        doubts=[DoubtRow(kind="unknown_row", place="requests", message="unknown row 其它", locator={})],
    )


def _finding(rule: str, version: int | None = None, against: int | None = None) -> FindingRow:
    return FindingRow(
        version_id=version,
        against_version_id=against,
        rule=rule,
        place="requests.granted",
        expected="3",
        found="4",
        severity="hard",
        locators=[],
    )


def _changes(session: Session, first: dict[str, Capture], second: dict[str, Capture]) -> None:
    rows = [
        Change(seq=1, at=DAY_1, run_id=1, report_id=ID_2022, kind="new", cause="source_changed",
               new_version_id=1, new_capture_id=first[URL_2022].id),
        Change(seq=2, at=DAY_1, run_id=1, report_id=ID_2021, kind="new", cause="source_changed",
               new_version_id=2, new_capture_id=first[URL_2021].id),
        Change(seq=3, at=DAY_2, run_id=2, report_id=ID_2022, kind="changed", cause="source_changed",
               old_version_id=1, new_version_id=3,
               old_capture_id=first[URL_2022].id, new_capture_id=second[URL_2022].id),
        Change(seq=4, at=DAY_2, run_id=2, report_id=ID_2021, kind="blocked", cause="source_changed",
               note="challenge page", old_capture_id=first[URL_2021].id, new_capture_id=second[URL_2021].id),
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    session.add(
        ChangedFigure(
            change_seq=3,
            key="proactive.administrative_licensing.decisions",
            old_printed="301842",
            new_printed="301843",
            old_value=Decimal(301842),
            new_value=Decimal(301843),
            unit="件",
        )
    )
