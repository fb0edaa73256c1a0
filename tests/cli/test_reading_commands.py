"""`reports`, `report`, `versions`, `changes`, `raw`, `status`, `sites` on a home with rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import ID_2021, ID_2022, PAGE_1, PAGE_2, SITE, URL_2021, URL_2022
from tests.cli.console import is_one_line, nianbao, nianbao_here


def test_reports_as_json_hold_every_figure_by_its_key(home: Path) -> None:
    done = nianbao_here("reports", "--json", home=home)
    assert (done.code, done.complaint) == (0, "")
    reports = {report["id"]: report for report in done.json}
    assert set(reports) == {ID_2022, ID_2021}
    newest = reports[ID_2022]
    assert newest["figures"] == {
        "proactive.administrative_licensing.decisions": 301843,
        "proactive.administrative_fees.amount_wanyuan": 314.4,
        "statistics.八/(四)": None,
    }
    assert "石嘴山市公安局" in done.out, "Chinese is written as it is, not as escapes"
    expected = {
        "site": SITE, "agency": "石嘴山市公安局", "year": 2022, "form": "2021", "url": URL_2022,
        "presence": "published", "published": "2023-01-18", "version": 2,
        "captured_at": "2024-01-31T18:00:05.250000Z", "findings": 2, "doubts": 1,
    }  # fmt: skip
    assert expected.items() <= newest.items()


def test_reports_for_people_are_tab_separated_lines_when_piped(home: Path) -> None:
    head, *rows = nianbao_here("reports", home=home).rows
    assert head[:4] == ["id", "year", "agency", "presence"]
    assert [row[0] for row in rows] == [ID_2021, ID_2022]
    assert rows[1][1:] == ["2022", "石嘴山市公安局", "published", "2", "3", "2", "1", "2024-01-31"]


@pytest.mark.parametrize(
    ("narrowed", "ids"),
    [
        (["--year", "2021"], [ID_2021]),
        (["--agency", "公安局", "--site", SITE], [ID_2021, ID_2022]),
        (["--agency", "%"], []),
        (["--site", "www.wuzhong.gov.cn"], []),
    ],
)
def test_reports_are_narrowed(home: Path, narrowed: list[str], ids: list[str]) -> None:
    done = nianbao_here("reports", "--json", *narrowed, home=home)
    assert (done.code, [report["id"] for report in done.json]) == (0, ids)


def test_a_report_as_json_holds_the_whole_chain(home: Path) -> None:
    report = nianbao_here("report", ID_2022, "--json", home=home).json
    assert report["figures"][0] == {
        "key": "proactive.administrative_licensing.decisions",
        "value": 301843,
        "unit": "件",
        "printed": "301843",
        "remark": None,
        "locator": {"xpath": "/html/body/table[1]/tr[5]/td[2]"},
        "override": None,
    }
    assert report["figures"][1]["override"]["read"] == 314.4765
    within, across = report["findings"]
    assert (within["rule"], within["expected"], within["against_version"]) == ("row_total", 3, None)
    assert (across["rule"], across["against_version"]) == ("carry_cross_year", 2)
    assert report["doubts"][0]["message"] == "unknown row 其它"
    assert report["sections"] == [{"heading": "一、总体情况", "text": "概况"}]
    assert [version["number"] for version in report["versions"]] == [1, 2]
    source = report["provenance"]
    assert source["url"] == URL_2022
    assert source["captured_at"] == "2024-01-31T18:00:05.250000Z"
    assert source["segment"].startswith(f"nianbao-{SITE}")
    assert source["offset"] > 0
    assert source["length"] > 0
    assert source["record_id"].startswith("urn:uuid:")
    assert len(source["payload_sha256"]) == 64


def test_a_report_for_people_names_figures_and_source_and_no_page_steers_the_terminal(home: Path) -> None:
    done = nianbao_here("report", ID_2022[:-1] + "2", home=home)
    assert done.code == 0
    assert "年度报告 [31m危险 第二行" in done.out
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out
    assert "Findings (the report contradicts itself): 2" in done.out
    assert "Doubts (we are not sure of our reading): 1" in done.out
    assert any(row[0] == "proactive.administrative_licensing.decisions" for row in done.rows)
    assert "314.4765 ⇒ 314.4" in done.out
    assert URL_2022 in done.out


def test_a_report_in_chinese_speaks_chinese(home: Path) -> None:
    done = nianbao_here("report", URL_2022, home=home, NIANBAO_LANG="zh")
    for words in ("发现（报告自相矛盾）：2", "硬性", "行合计", "2021 年格式", "出处", "2（原因：来源）"):
        assert words in done.out


def test_versions_of_a_report_and_captures_of_its_address(home: Path) -> None:
    account = nianbao_here("versions", ID_2022, "--json", home=home).json
    assert (account["report"], account["url"]) == (ID_2022, URL_2022)
    assert [version["number"] for version in account["versions"]] == [1, 2]
    assert [capture["payload_bytes"] for capture in account["captures"]] == [len(PAGE_1), len(PAGE_2)]
    assert nianbao_here("versions", URL_2022, "--json", home=home).json == account
    told = nianbao_here("versions", URL_2021, home=home)
    assert "blocked" in told.out
    assert told.complaint == ""


def test_the_change_feed_shows_old_and_new_and_continues_from_a_cursor(home: Path) -> None:
    feed = nianbao_here("changes", "--json", home=home).json
    assert [(change["seq"], change["kind"]) for change in feed] == [
        (1, "new"), (2, "new"), (3, "changed"), (4, "blocked"),
    ]  # fmt: skip
    changed = feed[2]
    assert changed["figures"] == [
        {
            "key": "proactive.administrative_licensing.decisions",
            "unit": "件",
            "old": {"printed": "301842", "value": 301842},
            "new": {"printed": "301843", "value": 301843},
        }
    ]
    assert changed["old_capture"]["captured_at"] < changed["new_capture"]["captured_at"]
    assert changed["old_capture"]["url"] == changed["new_capture"]["url"] == URL_2022
    assert nianbao_here("changes", "--json", "--since", "3", home=home).json == feed[3:]
    assert nianbao_here("changes", "--json", "--since", "4", home=home).json == []
    told = nianbao_here("changes", "--since", "2", home=home, NIANBAO_LANG="zh").rows
    assert told[1][2:9] == ["修改", ID_2022, "石嘴山市公安局", "2022", told[1][6], "301842", "301843"]
    assert told[2][2] == "被拦截"


@pytest.mark.parametrize(
    ("at", "payload"),
    [
        (None, PAGE_2),
        ("2024-01-30", PAGE_1),
        ("2024-01-31T02:00:05+08:00", PAGE_1),
        ("2024-01-31T18:00:04", PAGE_1),
    ],
)
def test_raw_writes_the_exact_octets_of_a_moment(home: Path, at: str | None, payload: bytes) -> None:
    when = ["--at", at] if at else []
    done = nianbao("raw", URL_2022, *when, home=home, PYTHONIOENCODING="ascii")
    assert (done.code, done.octets, done.complaint) == (0, payload, "")


def test_raw_before_the_first_capture_tells_when_that_was(home: Path) -> None:
    done = nianbao_here("raw", URL_2022, "--at", "2024-01-29", home=home)
    assert (done.code, done.octets) == (3, b"")
    assert is_one_line(done.complaint)
    assert "2024-01-30" in done.complaint


def test_status_tells_runs_trouble_quarantine_and_size(home: Path) -> None:
    account = nianbao_here("status", "--json", home=home).json
    assert [run["run"] for run in account["runs"]] == [2, 1]
    assert {one["kind"] for one in account["trouble"]} == {"site", "blocked"}
    assert account["quarantined"][0]["reason"] == "took longer than 60 s"
    assert account["quarantined"][0]["url"] == URL_2021
    assert (len(account["quarantined"]), account["quarantined_before"]) == (1, 1)
    assert account["reports"] == {"published": 1, "blocked": 1}
    assert account["archive"]["segments"] == {"sealed": 2}
    assert account["archive"]["captures"] == 4
    assert account["archive"]["bytes"] == sum(path.stat().st_size for path in (home / "archive").iterdir())
    told = nianbao_here("status", home=home, NIANBAO_LANG="zh").out
    for words in (
        "已封存 2",
        "被隔离的文档：1",
        "此后未再解析：1",
        "最近一次夜间任务或采集出现的问题：2",
        "did not answer",
    ):
        assert words in told


def test_sites_are_listed_with_their_last_visit_and_without_a_home(home: Path, nowhere: Path) -> None:
    visited = {site["domain"]: site for site in nianbao_here("sites", "--json", home=home).json}
    assert visited[SITE]["last_run"] == 2
    assert visited[SITE]["last_visit"] == "2024-01-31T18:00:05.250000Z"
    assert visited[SITE]["family"] == "trs"
    assert visited["www.wuzhong.gov.cn"]["last_visit"] is None
    fresh = nianbao_here("sites", home=nowhere)
    assert (fresh.code, fresh.complaint) == (0, "")
    assert SITE in fresh.out
    assert not nowhere.exists()
