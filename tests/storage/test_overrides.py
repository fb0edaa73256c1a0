"""Values that a person set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from errors import BadOverride
from storage.overrides import Overrides

ENTRY = """
[[override]]
report = "a.gov.cn-00000001"
key = "proactive.regulations.issued"
printed = "4O"
value = "40"
reason = "the letter O stands for a zero"
who = "A. Reader"
date = 2026-11-01
"""


def record(printed: str) -> dict[str, Any]:
    return {"figures": [{"key": "proactive.regulations.issued", "printed": printed, "value": None}]}


def test_a_value_applies_and_shows_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(ENTRY, encoding="utf-8")
    read = record("4O")
    changed, lapsed = Overrides.load(tmp_path).apply("a.gov.cn-00000001", read)
    figure = changed["figures"][0]
    assert (figure["value"], figure["printed"], lapsed) == ("40", "4O", [])
    assert figure["override"] == {
        "read": None,
        "reason": "the letter O stands for a zero",
        "who": "A. Reader",
        "date": "2026-11-01",
    }
    assert read == record("4O")


def test_it_lapses_with_a_notice_when_the_page_prints_something_else(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(ENTRY, encoding="utf-8")
    changed, [notice] = Overrides.load(tmp_path).apply("a.gov.cn-00000001", record("41"))
    assert changed == record("41")
    assert "A. Reader" in notice
    assert "«41»" in notice


def test_other_reports_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(ENTRY, encoding="utf-8")
    assert Overrides.load(tmp_path).apply("a.gov.cn-00000002", record("4O")) == (record("4O"), [])


def test_no_folder_means_no_overrides(tmp_path: Path) -> None:
    assert Overrides.load(tmp_path / "none").by_place == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (ENTRY.replace('value = "40"', 'value = "forty"'), "is not a number"),
        (ENTRY.replace("reason", "raeson"), "override.0.reason"),
        (ENTRY + ENTRY, "set twice"),
        ("[[override", "mine.toml"),
    ],
)
def test_a_slip_names_file_and_key(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadOverride) as caught:
        Overrides.load(tmp_path)
    assert problem in caught.value.message()
    assert "mine.toml" in caught.value.message()
