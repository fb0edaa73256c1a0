"""Three nights on the replica, end to end: what the user is told, number by number and octet by octet."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from demo import EVENTS, report_url, reports
from demo.forms import STATISTICS_ROWS
from demo.replica import Hit, Replica
from storage.archive import read_payload
from storage.captures import nearest
from storage.database import Database
from storage.models import Run
from tests.cli.console import nianbao_here
from tests.databases import url_of
from tests.nights import Nights, assert_whole, captures, nianbao, rows

pytestmark = pytest.mark.timeout(400)
REPLICA = Replica()
REPORTS = [*reports(1)]
HEADINGS = {f"statistics.{row.code}" for row in STATISTICS_ROWS if not row.unit}


def without_headings(figures: dict[str, Decimal | None]) -> dict[str, Decimal | None]:
    """The figures but for rows that are only headings, which the parser keeps as blanks."""
    assert {figures[key] for key in HEADINGS & figures.keys()} <= {None}
    return {key: value for key, value in figures.items() if key not in HEADINGS}


@pytest.mark.parametrize("name", REPORTS)
def test_day_1_reads_every_report_as_it_was_made(nights: Nights, name: str) -> None:
    made = reports(1)[name]
    read = nights.reports[1][report_url(made)]
    assert (read["agency"], read["year"], read["form"]) == (made.agency, made.year, made.form)
    assert "".join(read["title"].split()) == "".join(made.title.split())
    assert without_headings(read["figures"]) == made.figures


def test_day_1_finds_nothing_else(nights: Nights) -> None:
    assert nights.reports[1].keys() == {report_url(made) for made in reports(1).values()}
    assert Counter(change["kind"] for change in nights.changes_of(1)) == {"new": len(REPORTS)}
    summary = nights.summaries[1]
    assert summary["fixity"] == {"segments": 1, "bytes": summary["fixity"]["bytes"], "damaged": []}
    assert summary["sites"] == {"gaj.shizuishan.gov.cn": "ok", "www.wuzhong.gov.cn": "ok"}
    assert (summary["state"], summary["blocked"], summary["failed"]) == ("done", 0, 0)
    assert (summary["reports_read"], summary["doubts"], summary["quarantined"]) == (len(REPORTS), 0, 0)
    assert summary["figures"] == sum(len(report["figures"]) for report in nights.reports[1].values())


def test_the_replica_adds_up(nights: Nights) -> None:
    assert rows(nights.home, "SELECT place FROM findings WHERE severity = 'hard'") == []


def test_the_real_figures(nights: Nights) -> None:
    by_name = {
        name: nights.reports[1][report_url(reports(1)[name])]["figures"]
        for name in ("shizuishan-police-2022", "wuzhong-police-2018")
    }
    shizuishan, wuzhong = by_name["shizuishan-police-2022"], by_name["wuzhong-police-2018"]
    assert shizuishan["proactive.administrative_licensing.decisions"] == 301843
    assert shizuishan["proactive.administrative_fees.amount_wanyuan"] == Decimal("314.4765")
    assert shizuishan["requests.unable_not_held.natural_person"] == 3
    assert shizuishan["review_litigation.litigation_direct_total"] == 36
    assert wuzhong["statistics.一/(一)"] == 2475
    assert wuzhong["statistics.九/(三)"] == 45
    assert wuzhong["statistics.八/(四)"] is None


def test_day_2_is_one_edit_one_new_one_gone_one_blocked(nights: Nights) -> None:
    before, after = reports(1), reports(2)
    found = {(change["kind"], change["url"]) for change in nights.changes_of(2)}
    assert found == {
        ("changed", report_url(before[EVENTS.edited])),
        ("new", report_url(after[EVENTS.new])),
        ("gone", report_url(before[EVENTS.gone])),
        ("blocked", report_url(before[EVENTS.blocked])),
    }
    assert len(nights.changes_of(2)) == 4
    presence = {report["url"]: report["presence"] for report in nights.reports[2].values()}
    assert presence[report_url(before[EVENTS.gone])] == "gone"
    assert presence[report_url(before[EVENTS.blocked])] == "blocked"
    assert nights.summaries[2]["blocked"] == 1


def test_the_edit_is_shown_number_by_number_with_both_captures(nights: Nights) -> None:
    (change,) = [change for change in nights.changes_of(2) if change["kind"] == "changed"]
    assert change["cause"] == "source_changed"
    figures = {
        figure["key"]: (figure["old"]["value"], figure["new"]["value"]) for figure in change["figures"]
    }
    assert figures == {edit.key: (edit.old, edit.new) for edit in EVENTS.edits}
    url = report_url(reports(1)[EVENTS.edited])
    sent = {hit.day: hit.sha256 for hit in nights.hits if hit.url == url and hit.status == 200}
    assert change["old_capture"]["payload_sha256"] == sent[1]
    assert change["new_capture"]["payload_sha256"] == sent[2]
    assert nights.reports[2][url]["figures"] == reports(2)[EVENTS.edited].figures


def test_what_is_gone_or_blocked_keeps_its_figures(nights: Nights) -> None:
    for name in (EVENTS.gone, EVENTS.blocked):
        made = reports(1)[name]
        assert nights.reports[3][report_url(made)]["figures"] == made.figures


def test_day_3_adds_no_version_and_no_change(nights: Nights) -> None:
    assert nights.changes_of(3) == []
    assert set(nights.summaries[3]["changes"].values()) == {0}
    last_seen = {url: report.pop("last_seen") for url, report in nights.reports[3].items()}
    assert nights.reports[3] == {
        url: {key: value for key, value in report.items() if key != "last_seen"}
        for url, report in nights.reports[2].items()
    }
    assert max(last_seen.values()) > max(report["last_seen"] for report in nights.reports[2].values())
    assert rows(nights.home, "SELECT count(*) FROM versions") == [(len(REPORTS) + 2,)]


@pytest.mark.parametrize("name", [EVENTS.blocked, "wuzhong-police-2022"])
def test_raw_gives_the_octets_of_day_1(nights: Nights, name: str) -> None:
    url = report_url(reports(1)[name])
    at = nights.reports[1][url]["captured_at"]
    done = nianbao(nights.home, "raw", url, "--at", at)
    assert done.returncode == 0
    (sent,) = {hit.sha256 for hit in nights.hits if hit.url == url and hit.day == 1}
    assert hashlib.sha256(done.stdout).hexdigest() == sent
    assert done.stdout == REPLICA.body(url, day=1)


def test_the_archive_holds_what_the_replica_sent_and_nothing_is_asked_twice(nights: Nights) -> None:
    kept = [
        (capture.run_id, capture.url, capture.status, capture.payload_sha256)
        for capture in captures(nights.home)
    ]
    # A 304 stands for what the replica would have sent whole.
    sent = [
        (hit.day, hit.url, hit.status, page_of(nights, hit) if hit.status == 304 else hit.sha256)
        for hit in nights.hits
    ]
    assert sorted(map(str, kept)) == sorted(map(str, sent))
    assert len(set(kept)) == len(kept)


def test_a_night_on_which_nothing_changed_costs_next_to_nothing(nights: Nights) -> None:
    segments = {day: archive_bytes(nights.home_after(day)) for day in (1, 2, 3)}
    on_the_wire = {day: sum(hit.length for hit in nights.hits if hit.day == day) for day in (1, 3)}
    assert (segments[3] - segments[2]) / segments[1] < 0.03
    assert on_the_wire[3] / on_the_wire[1] < 0.03
    third = [capture for capture in captures(nights.home) if capture.run_id == 3]
    assert Counter(capture.status for capture in third)[304] > 30
    # A page that is made for each visitor has no validator: it comes whole, and is kept once.
    (home,) = [one for one in third if one.url == "http://gaj.shizuishan.gov.cn/"]
    assert (home.status, home.original_offset is not None) == (200, True)
    assert nights.summaries[3]["unchanged"] == sum(one.original_offset is not None for one in third)


def test_every_address_can_be_had_as_of_every_night(nights: Nights) -> None:
    database = Database(url_of(nights.home), create=False)
    with database.read() as session:
        ended = {run.id: run.ended_at for run in session.scalars(select(Run))}
        for hit in nights.hits:
            payload = read_payload(nights.home / "archive", nearest(session, hit.url, ended[hit.day]))
            assert hashlib.sha256(payload).hexdigest() == page_of(nights, hit), hit
    database.close()


def page_of(nights: Nights, hit: Hit) -> str:
    """The digest of what an address holds on the day of a reply."""
    return hashlib.sha256(REPLICA.body(hit.url, hit.day)).hexdigest()


def archive_bytes(home: Path) -> int:
    return sum(path.stat().st_size for path in (home / "archive").iterdir())


def test_every_segment_reads_to_its_end(nights: Nights) -> None:
    assert_whole(nights.home)
    names = {path.name for path in (nights.home / "archive").iterdir()}
    assert len(names) == 6
    assert all(name.endswith(".warc.gz") for name in names)


def test_robots_are_obeyed_and_robots_are_archived(nights: Nights) -> None:
    paths = {hit.url for hit in nights.hits}
    assert "http://gaj.shizuishan.gov.cn/robots.txt" in paths
    for forbidden in ("/jmhd/wyxx/", "/ysqgk/", "/print/", "/hdjl/ldxx/"):
        # The second site's own 依申请公开 is not forbidden there.
        assert not [url for url in paths if forbidden in url and "wuzhong.gov.cn/xxgk" not in url]


def test_every_request_has_its_reason(nights: Nights) -> None:
    by_url = {capture.url: capture for capture in captures(nights.home)}
    listing = by_url["https://www.wuzhong.gov.cn/xxgk/zfxxgkml/bmgkbg_x3/"]
    assert listing.role == "listing"
    assert listing.followed.startswith("link «政府信息公开工作年度报告» names the column")
    assert listing.referrer == "https://www.wuzhong.gov.cn/xxgk/zfxxgkml/"
    second = by_url["https://www.wuzhong.gov.cn/xxgk/zfxxgkml/bmgkbg_x3/index_1.html"]
    assert second.followed == "page 2 of 2 by createPageHTML"
    gone = [capture for capture in captures(nights.home) if capture.status == 404 and capture.run_id > 1]
    assert any("no page of this run led there" in capture.followed for capture in gone)
    assert all(capture.role and capture.followed for capture in by_url.values())


def test_a_page_can_be_shown_again_with_its_style_and_images(nights: Nights) -> None:
    roles = {capture.url.rpartition("/")[2]: capture.role for capture in captures(nights.home)}
    assert roles["site.css"] == "requisite"
    assert roles["ground.png"] == "requisite"  # which only the style sheet names


def test_the_night_hands_out_its_tables(nights: Nights) -> None:
    names = {path.name for path in (nights.home / "export").iterdir()}
    assert {"datapackage.json", "figures.parquet", "figures.csv", "figures.jsonl"} <= names


def test_it_moves_to_another_database_and_says_the_same(nights: Nights, tmp_path: Path) -> None:
    moved = {"NIANBAO_DATABASE_URL": f"sqlite:///{tmp_path / 'moved.sqlite'}"}
    done = nianbao(nights.home, "db", "copy", url_of(nights.home), *moved.values(), "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    copied = {table["name"]: table["rows"] for table in json.loads(done.stdout)}
    assert (copied["captures"], copied["runs"]) == (len(captures(nights.home)), 3)
    for asked in (
        ("reports", "--json"),
        ("changes", "--json"),
        ("versions", report_url(reports(1)[REPORTS[0]]), "--json"),
    ):
        before, after = (
            nianbao_here(*asked, home=nights.home),
            nianbao_here(*asked, home=nights.home, **moved),
        )
        assert (before.code, after.code) == (0, 0)
        assert after.octets == before.octets
    for folder, further in (("before", {}), ("after", moved)):
        assert nianbao_here("export", str(tmp_path / folder), home=nights.home, **further).code == 0
    compared = [path.name for path in (tmp_path / "before").iterdir() if path.suffix != ".parquet"]
    assert len(compared) > 15
    for name in compared:
        assert (tmp_path / "after" / name).read_bytes() == (tmp_path / "before" / name).read_bytes(), name
