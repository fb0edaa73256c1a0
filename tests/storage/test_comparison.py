"""Two records side by side: what counts as a difference, and what does not."""

from __future__ import annotations

from typing import Any

from storage.comparison import compare
from tests.storage.reports_seen import figure, record

LICENCES = "proactive.administrative_licensing.decisions"
FINDING = {"rule": "row_total", "where": "a", "expected": 3, "found": 4, "severity": "hard", "locators": []}
DOUBT = {"kind": "unknown_row", "where": "requests", "message": "unknown row 其它", "locator": {}}


def test_equal_records_differ_in_nothing_and_a_new_place_is_no_difference() -> None:
    moved = [figure(LICENCES, 301842, "301842", locator={"xpath": "/elsewhere"}), *record()["figures"][1:]]
    assert not compare(record(), record())
    assert not compare(record(), record(figures=moved))


def test_a_figure_that_changed_has_both_sides_with_their_cells() -> None:
    found = compare(record(301842), record(301843))
    assert found
    (pair,) = found.figures
    assert pair.key == LICENCES
    assert pair.old is not None
    assert pair.new is not None
    assert (pair.old["printed"], pair.new["printed"]) == ("301842", "301843")
    assert pair.old["locator"] == pair.new["locator"] == {"xpath": "/html/body/table/tr[2]/td[3]"}
    assert not found.head
    assert not found.narrative


def test_figures_that_came_and_went_have_one_side() -> None:
    one, other = figure("a", 1, "1"), figure("b", None, "")
    found = compare(record(figures=[one]), record(figures=[other]))
    assert [(pair.key, pair.old, pair.new) for pair in found.figures] == [
        ("a", one, None), ("b", None, other),
    ]  # fmt: skip


def test_unit_remark_and_override_are_differences_of_a_figure() -> None:
    base: dict[str, Any] = {"figures": [figure("a", 1, "1")]}
    for differing in ({"unit": "万元"}, {"remark": "含上年"}, {"override": {"read": 2}}, {"value": 2}):
        assert len(compare(base, {"figures": [figure("a", 1, "1") | differing]}).figures) == 1, differing


def test_the_head_is_compared_name_by_name_with_the_contact() -> None:
    new = record(title="另一题", contact={"telephone": "0952-1", "email": "a@b"}, fee="无")
    assert compare(record(), new).head == [
        ("title", record()["title"], "另一题"),
        ("fee", None, "无"),
        ("contact.telephone", "0952-2013110", "0952-1"),
        ("contact.email", None, "a@b"),
    ]


def test_findings_and_doubts_come_and_go_one_by_one() -> None:
    other = FINDING | {"where": "b"}
    old = record(findings=[FINDING, FINDING], doubts=[DOUBT])
    new = record(findings=[FINDING | {"expected": "3", "locators": [{"xpath": "/x"}]}, other])
    found = compare(old, new)
    assert (found.findings.went, found.findings.came) == ([FINDING], [other])
    assert (found.doubts.went, found.doubts.came) == ([DOUBT], [])


def test_the_narrative_is_compared_by_chapter() -> None:
    new = record(sections=[{"heading": "一、总体情况", "text": "2022年，受理3件。"}])
    (chapter,) = compare(record(), new).narrative
    assert chapter.heading == "一、总体情况"
