"""The figures of the replica: real where they claim to be, consistent where they are invented."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import demo
from demo.days import DAYS
from demo.forms import COLUMNS, REQUEST_ROWS, STATISTICS_ROWS
from demo.report import Report, Value
from parser.series import across_years

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
REAL = ("shizuishan-police-2022", "wuzhong-police-2018")
OUTCOMES = [row.key for row in REQUEST_ROWS if row.outcome and row.key != "outcome_total"]
EVERY = [(day, id_) for day in DAYS for id_ in demo.reports(day)]


def added(values: Iterable[Value]) -> Decimal:
    """A sum in which a blank counts as nothing."""
    return sum((value for value in values if value is not None), Decimal(0))


def numbered(report: Report, parent: str, names: Iterable[str]) -> bool:
    """Does a row of the statistics table equal the sum of the rows below it?"""
    figures = report.figures
    parts = [figures[f"statistics.{parent}/{name}"] for name in names]
    return (figures[f"statistics.{parent}"] or 0) == added(parts)


def test_figures_asked_for_by_name() -> None:
    shizuishan = demo.reports()["shizuishan-police-2022"].figures
    assert shizuishan["proactive.administrative_licensing.decisions"] == 301843
    assert shizuishan["proactive.administrative_fees.amount_wanyuan"] == Decimal("314.4765")
    assert shizuishan["requests.unable_not_held.natural_person"] == 3
    assert shizuishan["review_litigation.litigation_direct_total"] == 36
    wuzhong = demo.reports()["wuzhong-police-2018"].figures
    assert wuzhong["statistics.一/(一)"] == 2475
    assert wuzhong["statistics.九/(三)"] == 45
    assert wuzhong["statistics.八/(四)"] is None


@pytest.mark.parametrize("id_", REAL)
def test_real_reports_equal_the_truth(id_: str) -> None:
    path = SAMPLES / f"{id_}.truth.json"
    if not path.exists():
        pytest.skip("the shared samples do not lie beside the repository")
    truth = json.loads(path.read_text("utf-8"), parse_float=Decimal)
    report = demo.reports()[id_]
    assert (report.form, report.agency, report.year) == (truth["format"], truth["agency"], truth["year"])
    assert report.title == truth["title"]
    assert not report.invented
    assert dict(report.figures) == truth_figures(truth["tables"])


def truth_figures(tables: dict[str, Any]) -> dict[str, Value]:
    figures: dict[str, Value] = {}
    for name, fields in tables["proactive"].items():
        figures.update({f"proactive.{name}.{field}": value for field, value in fields.items()})
    for name, row in tables["requests"].items():
        pairs = zip(COLUMNS, row, strict=True)
        figures.update({f"requests.{name}.{column}": value for column, value in pairs})
    figures.update(
        {f"review_litigation.{name}": value for name, value in tables["review_litigation"].items()}
    )
    figures.update({f"statistics.{row['code']}": row["value"] for row in tables["statistics"] if row["unit"]})
    return figures


def test_labels_of_the_statistics_table_equal_the_truth() -> None:
    path = SAMPLES / "wuzhong-police-2018.truth.json"
    if not path.exists():
        pytest.skip("the shared samples do not lie beside the repository")
    truth = json.loads(path.read_text("utf-8"))["tables"]["statistics"]
    assert [(row.code, row.unit) for row in STATISTICS_ROWS] == [(row["code"], row["unit"]) for row in truth]
    for row, told in zip(STATISTICS_ROWS, truth, strict=True):
        assert told["label"] in row.label


def test_only_the_two_real_reports_claim_to_be_real() -> None:
    known = {id_: report for day in DAYS for id_, report in demo.reports(day).items()}
    assert {id_ for id_, report in known.items() if not report.invented} == set(REAL)
    assert not {2019, 2020} & {report.year for report in known.values()}


@pytest.mark.parametrize(("day", "id_"), EVERY)
def test_hard_relations_hold(day: int, id_: str) -> None:
    report = demo.reports(day)[id_]
    if report.form == "2021":
        holds_2021(report)
    else:
        holds_pre2019(report)


def holds_2021(report: Report) -> None:
    figures = report.figures
    assert len(figures) == 10 + 25 * 7 + 15
    for row in REQUEST_ROWS:
        *parts, total = report.row(row.key)
        assert total == added(parts), row.key
    for column in COLUMNS:
        received, carried, done, left = (
            figures[f"requests.{name}.{column}"]
            for name in ("new_received", "carried_over", "outcome_total", "carried_forward")
        )
        assert done == added(figures[f"requests.{name}.{column}"] for name in OUTCOMES), column
        assert added((received, carried)) == added((done, left)), column
    for group in ("review", "litigation_direct", "litigation_after_review"):
        parts = [
            figures[f"review_litigation.{group}_{name}"]
            for name in ("upheld", "corrected", "other", "pending")
        ]
        assert figures[f"review_litigation.{group}_total"] == added(parts), group


def holds_pre2019(report: Report) -> None:
    figures = report.figures
    assert len(figures) == sum(1 for row in STATISTICS_ROWS if row.unit)
    assert numbered(report, "三/(一)", "1234")
    assert numbered(report, "三/(二)", "12")
    assert numbered(report, "三/(三)", "12345678")
    assert numbered(report, "三/(三)/4", [f"其中{number}" for number in range(1, 7)])
    assert numbered(report, "四", ["(一)", "(二)", "(三)"])
    assert numbered(report, "五", ["(一)", "(二)", "(三)"])
    assert numbered(report, "八/(三)", "12")
    assert figures["statistics.三/(二)"] == figures["statistics.三/(三)"]
    channels = added(figures[f"statistics.一/(二)/{number}"] for number in range(1, 6))
    assert (figures["statistics.一/(一)"] or 0) <= channels


@pytest.mark.parametrize("day", DAYS)
def test_what_one_year_carries_forward_the_next_carries_over(day: int) -> None:
    pairs = 0
    known = demo.reports(day)
    for report in known.values():
        following = known.get(f"{report.id[:-4]}{report.year + 1}")
        if report.form == "2021" and following:
            assert report.row("carried_forward") == following.row("carried_over"), following.id
            pairs += 1
    assert pairs >= 6


def test_printed_cells_still_begin_with_their_number() -> None:
    odd = [(report, key) for report in demo.reports().values() for key in report.printed]
    assert odd
    for report, key in odd:
        number = report.cell(key).partition("（")[0].replace(",", "")
        assert Decimal(number) == report.figures[key]


@pytest.mark.parametrize("day", DAYS)
def test_one_stock_of_the_replica_does_not_follow_from_the_year_before(day: int) -> None:
    reports = demo.reports(day)
    by_year = {(report.agency, report.year): report.figures for report in reports.values()}
    broken: list[tuple[object, ...]] = [
        (id_, found.rule, found.where, found.expected, found.found)
        for id_, report in reports.items()
        if (earlier := by_year.get((report.agency, report.year - 1))) is not None
        for found in across_years(earlier, report.figures)
    ]
    stock = "proactive.normative_documents.in_force"
    assert broken == [("wuzhong-goji-2023", "proactive_stock_cross_year", stock, 4, 5)]
