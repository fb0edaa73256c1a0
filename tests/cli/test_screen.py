"""Terminals of all kinds: narrow encodings, real terminals, languages by locale."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from cli.commands import MODULES
from tests.cli.conftest import ID_2022
from tests.cli.console import PROGRAM, environment, nianbao


def test_help_is_in_both_languages_for_every_command(nowhere: Path) -> None:
    english = nianbao("--help", home=nowhere)
    chinese = nianbao("--help", home=nowhere, NIANBAO_LANG="zh")
    assert (english.code, chinese.code, english.complaint, chinese.complaint) == (0, 0, "", "")
    for name in MODULES:
        assert f"\n  {name} " in english.out
        assert f"\n  {name} " in chinese.out
    assert "用法：nianbao" in chinese.out
    assert english.out.isascii()
    assert nianbao(home=nowhere).out == english.out
    one = nianbao("raw", "--help", home=nowhere, NIANBAO_LANG="zh").out
    assert "用法：nianbao raw" in one
    assert "--at TIME" in one


@pytest.mark.parametrize(
    ("locale", "chinese"),
    [({"LANG": "zh_CN.UTF-8"}, True), ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, False), ({}, False)],
)
def test_the_language_follows_the_locale(nowhere: Path, locale: dict[str, str], chinese: bool) -> None:
    assert ("还没有数据" in nianbao("reports", home=nowhere, **locale).complaint) == chinese


@pytest.mark.parametrize("encoding", ["ascii", "gbk"])
def test_chinese_goes_to_a_terminal_that_does_not_speak_it(home: Path, encoding: str) -> None:
    settings = {"PYTHONIOENCODING": encoding, "NIANBAO_LANG": "zh", "LANG": "C", "PYTHONUTF8": "0"}
    for arguments in (["report", ID_2022], ["--help"]):
        done = subprocess.run(
            [PROGRAM, *arguments],
            capture_output=True,
            env=environment(home, **settings),
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        done.stdout.decode(encoding)
    assert "石嘴山市公安局" in nianbao("reports", "--json", home=home, **settings).out


def test_on_a_terminal_columns_are_aligned_and_chinese_counts_double(home: Path) -> None:
    out = _on_a_terminal(["reports"], environment(home, TERM="xterm", NO_COLOR="1", COLUMNS="160"))
    assert "\t" not in out
    head, *rows = out.replace("\r", "").splitlines()
    assert head.startswith("\x1b[1mid") or head.startswith("id")
    assert len(rows) == 2
    column = rows[0].index("石")
    assert all(row.index("石") == column for row in rows)


def test_something_long_shows_bars_on_a_terminal(home: Path, tmp_path: Path) -> None:
    export = ["export", str(tmp_path / "out")]
    shown = _on_a_terminal(export, environment(home, TERM="xterm"))
    assert "captures" in shown
    assert "━" in shown
    assert "Traceback" not in shown


def _on_a_terminal(arguments: list[str], env: dict[str, str]) -> str:
    """What the program writes when its stdout and stderr are a terminal."""
    leader, follower = pty.openpty()
    with subprocess.Popen([PROGRAM, *arguments], stdout=follower, stderr=follower, env=env) as process:
        os.close(follower)
        pieces = []
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:  # Linux says EIO when the last writer has closed its end
                break
            if not piece:
                break
            pieces.append(piece)
        os.close(leader)
        assert process.wait(timeout=60) == 0
    return b"".join(pieces).decode("utf-8")
