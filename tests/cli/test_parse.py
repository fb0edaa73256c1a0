"""`nianbao parse`: one file, no home."""

from __future__ import annotations

import json
import resource
import subprocess
from pathlib import Path

import pytest

from tests.cli.console import is_one_line, nianbao, nianbao_here
from tests.nights import PROGRAM, environment

REPORT = """\
某某市公安局2018年度政务公开年度报告
附件
统计指标\t单位\t统计数
一、主动公开情况\t——\t
（一）主动公开政府信息数\t条\t2475
八、机构建设和保障经费情况\t——\t
（四）政府信息公开专项经费\t万元\t
九、政府信息公开会议和培训情况\t——\t
（三）接受培训人员数\t人次\t45
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "报告.txt"
    path.write_text(REPORT, encoding="utf-8")
    return path


def test_a_report_as_json_from_a_file_and_from_standard_input(page: Path, nowhere: Path) -> None:
    done = nianbao_here("parse", str(page), "--json", home=nowhere)
    assert (done.code, done.complaint) == (0, "")
    values = {figure["key"]: figure["value"] for figure in done.json["figures"]}
    assert values["statistics.一/(一)"] == 2475
    assert values["statistics.九/(三)"] == 45
    assert values["statistics.八/(四)"] is None
    assert (done.json["form"], done.json["year"]) == ("pre2019", 2018)
    piped = nianbao("parse", "-", "--json", home=nowhere, stdin=REPORT)
    assert piped.octets == done.octets
    assert not nowhere.exists()


def test_a_report_for_people(page: Path, nowhere: Path) -> None:
    done = nianbao_here("parse", str(page), home=nowhere, NIANBAO_LANG="zh")
    assert done.code == 0
    assert "2475" in done.out
    assert "统计表" in done.out
    assert "\x1b" not in done.out


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (b"", "empty"),
        (b"A page about something else altogether.", "not_a_report"),
        (b"\x7fELF\x02\x01\x01\x00", "unsupported"),
    ],
)
def test_no_report_is_a_line_and_code_5_and_still_json(
    tmp_path: Path, nowhere: Path, content: bytes, state: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    told = nianbao_here("parse", str(path), home=nowhere)
    assert (told.code, told.octets) == (5, b"")
    assert is_one_line(told.complaint)
    done = nianbao_here("parse", str(path), "--json", home=nowhere, NIANBAO_LANG="zh")
    assert done.code == 5
    assert done.json["state"] == state
    assert done.json["reason"]
    assert is_one_line(done.complaint)


def test_a_file_of_200_mb_is_refused_without_being_loaded(tmp_path: Path, nowhere: Path) -> None:
    path = tmp_path / "huge.html"
    with path.open("wb") as file:
        file.write(b"<html>")
        file.truncate(200 * 2**20)
    done = nianbao_here("parse", str(path), "--json", home=nowhere)
    assert (done.code, done.json["state"]) == (5, "too_large")
    assert is_one_line(done.complaint)


def test_a_file_that_needs_more_memory_than_is_given_says_so(tmp_path: Path, nowhere: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("公开信息\n" * 300_000, encoding="utf-8")
    most = 190 << 20
    done = subprocess.run(
        [*PROGRAM, "parse", str(path), "--json"], env=environment(nowhere), capture_output=True, timeout=60,
        check=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most)),
    )  # fmt: skip
    assert (done.returncode, json.loads(done.stdout)["state"]) == (5, "quarantined")
    assert "needed more than 190 MiB" in done.stderr.decode()
    assert is_one_line(done.stderr.decode())
