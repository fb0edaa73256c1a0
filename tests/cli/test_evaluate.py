"""`nianbao evaluate`: scores for people and programs, and a code for silent errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.console import is_one_line, nianbao_here

REPORT = """\
某某市公安局2018年度政务公开年度报告
统计指标\t单位\t统计数
一、主动公开情况\t——\t
（一）主动公开政府信息数\t条\t2475
九、政府信息公开会议和培训情况\t——\t
（三）接受培训人员数\t人次\t45
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(REPORT, encoding="utf-8")
    _truth(tmp_path, 2475)
    return tmp_path


def _truth(folder: Path, published: int) -> None:
    codes = {"一": None, "一/(一)": published, "九": None, "九/(三)": 45}
    truth = {
        "format": "pre2019",
        "agency": "某某市公安局",
        "year": 2018,
        "tables": {
            "proactive": {},
            "requests": {},
            "review_litigation": {},
            "statistics": [{"code": code, "value": value} for code, value in codes.items()],
        },
        "violations": [],
    }
    (folder / "a.truth.json").write_text(json.dumps(truth), encoding="utf-8")


def test_a_right_reading_in_a_table_in_json_and_as_a_page(folder: Path, nowhere: Path) -> None:
    told = nianbao_here("evaluate", str(folder), home=nowhere)
    assert (told.code, told.complaint) == (0, "")
    lines = told.out.splitlines()
    assert lines[1].split("\t")[:8] == ["before 2019", "txt", "1", "1", "2", "2", "0", "0"]
    done = nianbao_here("evaluate", str(folder), "--json", home=nowhere)
    assert (done.json["total"]["right"], done.json["worst"]) == (2, [])
    page = nianbao_here("evaluate", str(folder), "--markdown", home=nowhere, NIANBAO_LANG="zh")
    assert page.out.startswith("# 读取报告的准确度\n")
    assert "| 合计 |" in page.out
    assert not nowhere.exists()


def test_a_silent_error_is_code_1(folder: Path, nowhere: Path) -> None:
    _truth(folder, 2476)
    told = nianbao_here("evaluate", str(folder), home=nowhere)
    assert told.code == 1
    assert "statistics.一/(一): 2476 expected, 2475 found (silent)" in told.out


@pytest.mark.parametrize("content", [None, '{"format": 1}', "{"])
def test_nothing_to_score_is_a_line(tmp_path: Path, nowhere: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "a.txt").write_text("x", encoding="utf-8")
        (tmp_path / "a.truth.json").write_text(content, encoding="utf-8")
    for path in (tmp_path, tmp_path / "nowhere"):
        told = nianbao_here("evaluate", str(path), home=nowhere)
        assert (told.code in {3, 4}, told.octets) == (True, b"")
        assert is_one_line(told.complaint)
