"""Whatever goes wrong is one line on stderr that says what to do, and an exit code that means something."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import URL_2022
from tests.cli.console import PROGRAM, environment, is_one_line, nianbao, nianbao_here
from tests.databases import copy_home


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["crawll"], 2, "crawll"),
        (["raw"], 2, "URL"),
        (["reports", "--year", "abc"], 2, "--year"),
        (["reports", "--foo"], 2, "--foo"),
        (["changes", "--since", "-1"], 2, "--since"),
        (["raw", URL_2022, "--at", "yesterday"], 2, "yesterday"),
        (["report", "shizuishan"], 2, "shizuishan"),
        (["report", "nothing"], 3, "nothing"),
        (["versions", "nothing"], 3, "nothing"),
        (["versions", "http://example.org/"], 3, "http://example.org/"),
        (["raw", "http://example.org/\x1b[31m"], 3, "http://example.org/"),
        (["report", b"\xff"], 3, r"\udcff"),
        (["raw", b"http://example.org/\xff"], 3, "http://example.org/"),
        (["reports", "--year", "9" * 20], 2, "--year"),
        (["export", ""], 2, "an argument is empty"),
        (["verify", "--repair-from", ""], 2, "an argument is empty"),
        (["wacz", "x", "--sign="], 2, "an argument is empty"),
        (["reports", "--site", "nosuch"], 2, "there is no site 'nosuch'"),
        (
            ["raw", URL_2022, "--at", "2024-01-29"],
            3,
            "at 2024-01-29T23:59:59Z; the first capture is of 2024-01-30T18:00:05Z",
        ),
        (
            ["show", "shizuishan-police-2022", "--as-of", "2024-01-29"],
            3,
            "at 2024-01-29T23:59:59Z; its first",
        ),
        (["parse", "no-such-file"], 3, "no-such-file"),
        (["parse", "/"], 3, "/"),
    ],
)
def test_a_wrong_call(home: Path, arguments: list[str | bytes], code: int, said: str) -> None:
    done = nianbao_here(*arguments, home=home)
    assert (done.code, done.octets) == (code, b"")
    assert is_one_line(done.complaint)
    assert said in done.complaint
    assert done.complaint.isascii()


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("raw a b", "多余的参数：b；用法见"),
        ("report nothing", "没有报告 'nothing'；"),
        ("parse /", "无法打开 /："),
        ("verify --sample x", "--sample 有误：必须是数字；"),
        ("serve --port 70000", "--port 有误：不得大于 65535；"),
        ("reports --site", "--site 需要一个值；"),
        ("reports --json=1", "--json 不带值；"),
    ],
)
def test_a_wrong_call_in_chinese(home: Path, call: str, said: str) -> None:
    done = nianbao_here(*call.split(), home=home, NIANBAO_LANG="zh")
    assert done.octets == b""
    assert is_one_line(done.complaint)
    assert said in done.complaint


def test_a_closed_standard_input_is_no_defect(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    done = nianbao_here("parse", "-", home=home)
    assert (done.code, is_one_line(done.complaint)) == (3, True)


def test_ctrl_c_while_the_program_is_being_loaded_is_no_traceback() -> None:
    early = (
        "import runpy, sys\n"
        "class Pressed:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'rich': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Pressed())\n"
        "runpy.run_module('cli', run_name='__main__')\n"
    )
    done = subprocess.run([sys.executable, "-c", early], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize("command", ["reports", "status", "raw http://x/"])
def test_without_a_home_nothing_is_made(nowhere: Path, command: str) -> None:
    done = nianbao_here(*command.split(), home=nowhere)
    assert (done.code, done.octets) == (3, b"")
    assert is_one_line(done.complaint)
    assert str(nowhere) in done.complaint
    assert not nowhere.exists()


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("NIANBAO_LANG", "fr", "'en' or 'zh'"),
        ("NIANBAO_DELAY", "soon", "must be a number"),
        ("NIANBAO_DELAY", "inf", "finite number"),
        ("NIANBAO_TIMEOUT", "inf", "finite number"),
        ("NIANBAO_TIMEOUT", "nan", "finite number"),
        ("NIANBAO_NIGHT_AT", "²:00", "must be a time of day such as 02:00"),
        ("NIANBAO_NIGHT_AT", "24:00", "must be a time of day such as 02:00"),
        ("NIANBAO_ARCHIVE_URL", "http://x", "must be s3://bucket or s3://bucket/prefix"),
        ("NIANBAO_ARCHIVE_URL", "s3://", "must be s3://bucket or s3://bucket/prefix"),
        ("NIANBAO_ARCHIVE_URL", "s3:///prefix", "must be s3://bucket or s3://bucket/prefix"),
        ("NIANBAO_DELY", "3", "there is no such setting; NIANBAO_DELAY is one"),
        ("NIANBAO_QQQQQ", "", "there is no such setting"),
    ],
)
def test_a_wrong_setting_names_its_variable(home: Path, setting: str, value: str, said: str) -> None:
    done = nianbao_here("status", home=home, **{setting: value})
    assert (done.code, done.octets) == (2, b"")
    assert is_one_line(done.complaint)
    assert setting in done.complaint
    assert said in done.complaint


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("NIANBAO_DELAY", "soon", "必须是数字"),
        ("NIANBAO_DELAY", "-1", "不得小于 0"),
        ("NIANBAO_TIMEOUT", "0", "必须大于 0"),
        ("NIANBAO_WORKERS", "1.5", "必须是整数"),
        ("NIANBAO_DEBUG", "maybe", "必须是 true 或 false"),
        ("NIANBAO_TIMEZONE", "Mars/Olympus", "必须是时区，如 Asia/Shanghai"),
        ("NIANBAO_HOME", "/dev/null/home", "/dev/null 不是文件夹"),
        ("NIANBAO_DELY", "3", "没有这一设置；有 NIANBAO_DELAY"),
    ],
)
def test_a_wrong_setting_in_chinese(home: Path, setting: str, value: str, said: str) -> None:
    done = nianbao_here("status", home=home, **{"NIANBAO_LANG": "zh", setting: value})
    assert (done.code, done.octets) == (2, b"")
    assert done.complaint.strip().endswith(f"设置 {setting} 有误（{value!r}）：{said}")


@pytest.mark.parametrize("setting", ["NIANBAO_DATABSE_URL", "NIANBAO_ARCHIVE_URL"])
def test_a_wrong_setting_does_not_show_a_password(home: Path, setting: str) -> None:
    done = nianbao_here("status", home=home, **{setting: "postgresql://me:s3cr/et@host/db"})
    assert (done.code, setting in done.complaint) == (2, True)
    assert "s3cr" not in done.complaint
    assert "postgresql://***@host/db" in done.complaint


def test_an_empty_variable_is_a_setting_that_is_not_set(home: Path) -> None:
    done = nianbao_here("status", home=home, NIANBAO_LANG="", NIANBAO_DELAY="", NIANBAO_TIMEZONE="")
    assert (done.code, done.complaint) == (0, "")


@pytest.mark.parametrize("below", [".", "home/of/data"])
def test_a_home_that_is_a_file(tmp_path: Path, below: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    done = nianbao_here("status", home=tmp_path / "file" / below)
    assert (done.code, done.octets) == (2, b"")
    assert is_one_line(done.complaint)
    assert f"{tmp_path / 'file'} is no folder" in done.complaint


@pytest.mark.parametrize("url", ["s3://bucket", "s3://bucket/", "s3://bucket/a/prefix"])
def test_an_object_store_is_a_bucket_and_a_prefix(home: Path, url: str) -> None:
    done = nianbao_here("status", home=home, NIANBAO_ARCHIVE_URL=url)
    assert (done.code, done.complaint) == (0, "")


def test_a_profile_with_a_typo_names_file_and_key(home: Path, tmp_path: Path) -> None:
    (tmp_path / "example.org.toml").write_text('domain = "example.org"\ndepht = 3\n', encoding="utf-8")
    done = nianbao_here("sites", home=home, NIANBAO_SITES_DIR=str(tmp_path))
    assert (done.code, done.octets) == (2, b"")
    assert is_one_line(done.complaint)
    assert "example.org.toml" in done.complaint
    assert "`depht`" in done.complaint


@pytest.mark.sqlite("its file")
@pytest.mark.usefixtures("databases")
def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "nianbao.sqlite").write_bytes(b"this is no database, whatever its name says" * 50)
    done = nianbao_here("reports", home=tmp_path)
    assert (done.code, done.octets) == (4, b"")
    assert is_one_line(done.complaint)


def test_a_damaged_segment_gives_no_octets(home: Path, tmp_path: Path) -> None:
    copy = copy_home(home, tmp_path / "home")
    for segment in (copy / "archive").iterdir():
        octets = bytearray(segment.read_bytes())
        octets[100:] = bytes(len(octets) - 100)
        segment.write_bytes(octets)
    done = nianbao_here("raw", URL_2022, home=copy)
    assert (done.code, done.octets) == (4, b"")
    assert is_one_line(done.complaint)


def test_a_reader_who_leaves_is_no_error(home: Path) -> None:
    command = f"{PROGRAM} reports | true; {PROGRAM} report {URL_2022} --json | head -c 1"
    done = subprocess.run(
        ["/bin/sh", "-c", command], capture_output=True, env=environment(home), timeout=60, check=True
    )
    assert (done.stdout, done.stderr) == (b"{", b"")


@pytest.mark.parametrize("arguments", [["reports"], ["raw", URL_2022], ["--help"]])
def test_a_full_disk_behind_stdout(home: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [PROGRAM, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(home),
            timeout=60,
            check=False,
        )
    assert done.returncode == 4
    assert is_one_line(done.stderr.decode())


def test_a_defect_of_ours_is_one_line_and_a_traceback_on_demand(home: Path, tmp_path: Path) -> None:
    # The program is broken from outside, by a module that Python loads first.
    (tmp_path / "sitecustomize.py").write_text(
        "import cli.screen\n"
        "def broken(heads, rows):\n    raise ZeroDivisionError('by\\nzero')\n"
        "cli.screen.table = broken\n",
        encoding="utf-8",
    )
    done = nianbao("reports", home=home, PYTHONPATH=str(tmp_path))
    assert (done.code, done.octets) == (70, b"")
    assert is_one_line(done.complaint)
    assert "NIANBAO_DEBUG=1" in done.complaint
    shown = nianbao("reports", home=home, PYTHONPATH=str(tmp_path), NIANBAO_DEBUG="1")
    assert shown.code == 70
    assert "Traceback" in shown.complaint
