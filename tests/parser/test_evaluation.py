"""Scores: right, missed, wrong, invented, and whether a doubt points to what is wrong."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from parser.document import State
from parser.evaluation import Verdict, evaluate, judge, pairs
from parser.report import Doubt, Figure, Finding, Reading, Report

LICENSING = "proactive.administrative_licensing.decisions"
AMOUNT = "proactive.central_procurement.amount"


def truth(**more: Any) -> dict[str, Any]:
    """A truth with three figures: one number, one blank, one amount in 万元."""
    tables = {
        "proactive": {
            "administrative_licensing": {"decisions": 12},
            "administrative_penalty": {"decisions": None},
            "central_procurement": {"amount": Decimal("2.5"), "amount_unit": "万元"},
        },
        "requests": {},
        "review_litigation": {},
        "statistics": [{"code": "三/(一)", "value": 7, "value_cumulative": 70}],
    }
    base = {"format": "2019", "agency": "青泽市松岭县人民政府", "year": 2020, "tables": tables}
    return base | {"violations": []} | more


def figure(key: str, value: str | None, unit: str | None = None) -> Figure:
    return Figure(key, None if value is None else Decimal(value), unit, value or "")


GOOD = (
    figure(LICENSING, "12"),
    figure("proactive.administrative_penalty.decisions", None),
    figure(AMOUNT, "2.50", "万元"),
    figure("statistics.三/(一)", "7"),
    figure("statistics.三/(一).cumulative", "70"),
)


def verdict(*figures: Figure, expected: dict[str, Any] | None = None, **more: Any) -> Verdict:
    fields: dict[str, Any] = {"form": "2019", "title": "", "agency": "青泽市松岭县人民政府", "year": 2020}
    report = Report(figures=figures, **(fields | more))
    return judge("a.html", Reading(State.REPORT, "html", report=report), expected or truth())


def doubt(where: str) -> Doubt:
    return Doubt("kind", where, "message")


def test_a_perfect_reading() -> None:
    done = verdict(*GOOD)
    assert done.problems == ()
    score = done.score
    assert (score.printed, score.right, score.missed, score.wrong, score.invented) == (4, 4, 0, 0, 0)
    assert (score.perfect, score.precision, score.recall) == (1, 1.0, 1.0)
    assert (done.form, done.format) == ("2019", "html")


def test_a_missing_figure_is_missed_and_not_silent() -> None:
    score = verdict(*GOOD[1:]).score
    assert (score.missed, score.unnoticed, score.silent, score.recall) == (1, 1, 0, 0.75)
    assert verdict(*GOOD[1:], doubts=(doubt("proactive"),)).score.unnoticed == 0


@pytest.mark.parametrize(
    ("where", "silent"),
    [
        (LICENSING, 0),
        ("proactive.administrative_licensing", 0),
        ("proactive.*.decisions", 0),
        ("proactive", 0),
        ("document", 0),
        ("proactive.administrative_penalty", 1),
        ("proactive.*.amount", 1),
        ("requests", 1),
        ("agency", 1),
    ],
)
def test_a_wrong_figure_is_silent_unless_a_doubt_touches_it(where: str, silent: int) -> None:
    score = verdict(figure(LICENSING, "21"), *GOOD[1:], doubts=(doubt(where),)).score
    assert (score.wrong, score.silent) == (1, silent)


def test_a_number_where_none_is_printed_is_invented() -> None:
    blank = figure("proactive.administrative_penalty.decisions", "0")
    unknown = figure("requests.granted.total", "3")
    score = verdict(GOOD[0], blank, *GOOD[2:], unknown).score
    assert (score.invented, score.silent, score.right) == (2, 2, 4)
    assert score.precision == pytest.approx(4 / 6)


def test_a_figure_given_twice_is_invented_once() -> None:
    assert verdict(*GOOD, figure(LICENSING, "13")).score.invented == 1


def test_an_amount_in_the_wrong_unit_is_wrong() -> None:
    score = verdict(*GOOD[:2], figure(AMOUNT, "2.5", "元"), *GOOD[3:]).score
    assert (score.wrong, score.silent) == (1, 1)


def test_form_year_and_agency() -> None:
    done = verdict(*GOOD, form="2021", year=None, agency="岚川市司法局")
    assert (done.score.form_right, done.score.year_right, done.score.agency_right) == (0, 0, 0)
    assert [line.split(":")[0] for line in done.problems] == ["form", "year", "agency"]


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ("青泽市松岭县人民政府", 1),
        ("松岭县人民政府", 1),
        ("松岭县政府", 1),
        ("县人民政府办公室", 0),
        ("府", 0),
        (None, 0),
    ],
)
def test_names_of_an_agency(given: str | None, right: int) -> None:
    expected = truth(agency_also=["松岭县政府"])
    assert verdict(*GOOD, expected=expected, agency=given).score.agency_right == right


def test_hard_findings_must_be_exactly_those() -> None:
    wrong = {"rule": "stat_sum", "where": "statistics.三/(一)", "expected": 5, "found": 7}
    soft = {"rule": "narrative_vs_table", "where": "requests", "expected": "0", "found": "7"}
    expected = truth(violations=[wrong, soft])
    found = Finding("stat_sum", "statistics.三/(一)", Decimal(5), Decimal(7))
    assert verdict(*GOOD, expected=expected, findings=(found,)).problems == ()
    assert verdict(*GOOD, expected=expected).score.findings_right == 0
    assert verdict(*GOOD, findings=(found,)).score.findings_right == 0
    assert verdict(*GOOD, expected=truth(violations=None), findings=(found,)).problems == ()


def test_a_doubt_that_must_be_there() -> None:
    expected = truth(doubt_expected=True)
    done = verdict(*GOOD, expected=expected)
    assert (done.form, done.score.doubts_right) == ("doubtful", 0)
    assert verdict(*GOOD, expected=expected, doubts=(doubt("requests"),)).problems == ()


def test_figures_that_may_be_left_out() -> None:
    expected = truth(may_miss=True)
    assert verdict(expected=expected).score.missed == 0
    assert verdict(figure(LICENSING, "13"), expected=expected).score.silent == 1


def test_the_alternative_that_fits_best() -> None:
    other = {"administrative_licensing": {"decisions": 99}}
    expected = truth(alternatives={"proactive": [truth()["tables"]["proactive"], other]}, may_miss=True)
    assert verdict(figure(LICENSING, "99"), *GOOD[3:], expected=expected).problems == ()
    assert verdict(*GOOD, expected=expected).problems == ()
    assert verdict(figure(LICENSING, "98"), *GOOD[3:], expected=expected).score.wrong == 1


def test_no_report_where_there_is_none() -> None:
    expected = truth(state="not_a_report", format=None, agency=None, year=None, attachments=["a.pdf"])
    expected["tables"] = {"proactive": {}, "requests": {}, "review_litigation": {}, "statistics": []}
    reading = Reading(State.NOT_A_REPORT, "html", attachments=("./a.pdf",))
    done = judge("a.html", reading, expected)
    assert (done.form, done.problems, done.score.state_right) == ("not_a_report", (), 1)
    silent = judge("a.html", Reading(State.NOT_A_REPORT, "html"), expected)
    assert silent.problems == ("attachment: a.pdf not told",)
    taken = judge("a.html", Reading(State.REPORT, "html", report=Report("2021", "", None, None)), expected)
    assert (taken.score.state_right, taken.score.silent) == (0, 1)


def test_an_unreadable_report_misses_everything() -> None:
    done = judge("a.pdf", Reading(State.DAMAGED, "pdf", "torn"), truth(layout="bare"))
    assert (done.score.missed, done.score.state_right, done.format) == (4, 0, "pdf (bare)")


def test_a_folder_is_read_and_the_worst_come_first(tmp_path: Path) -> None:
    page = "<p>某事通知</p>"
    for name, wanted in (("good", "not_a_report"), ("bad", "report")):
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
        told = (
            json.dumps(truth(state=wanted), default=float)
            if wanted == "report"
            else json.dumps(
                truth(state=wanted, format=None)
                | {"tables": {"proactive": {}, "requests": {}, "review_litigation": {}, "statistics": []}}
            )
        )
        (tmp_path / f"{name}.truth.json").write_text(told, encoding="utf-8")
    (tmp_path / "alone.html").write_text(page, encoding="utf-8")
    seen = []
    evaluation = evaluate(tmp_path, lambda: seen.append(1))
    assert (len(seen), len(pairs(tmp_path)), evaluation.total.documents) == (2, 2, 2)
    assert [one.name for one in evaluation.worst(5)] == ["bad.html"]
    assert [(form, ending) for form, ending, _ in evaluation.groups()] == [
        ("2019", "html"),
        ("not_a_report", "html"),
    ]
    told_all = evaluation.as_dict()
    assert told_all["total"]["missed"] == 4
    assert json.dumps(told_all)


def test_a_truth_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    (tmp_path / "a.truth.json").write_text('{"format": "2021"}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.truth\.json"):
        evaluate(tmp_path)
