"""The hard relations, one by one."""

from __future__ import annotations

from decimal import Decimal

from parser.checks import check
from parser.report import Doubt, Figure, Finding
from tests.parser.made.content import COLUMNS, make


def _figures(**changes: str | None) -> dict[str, Figure]:
    content = make(2, "2021")
    figures = {
        key: Figure(key, value, "件", "" if value is None else str(value))
        for key, value in content.figures().items()
    }
    for name, printed in changes.items():
        key = name.replace("__", ".")
        value = Decimal(printed) if printed and printed.isdigit() else None
        figures[key] = Figure(key, value, "件", printed or "")
    return figures


def _found(figures: dict[str, Figure]) -> dict[tuple[str, str], Finding]:
    return {(finding.rule, finding.where): finding for finding in check(figures)}


def test_numbers_that_add_up_give_nothing() -> None:
    assert make(2, "2021").violations() == set()
    assert _found(_figures()) == {}


def test_one_wrong_number_breaks_every_relation_it_is_in() -> None:
    figures = _figures(requests__granted__business="9999")
    assert set(_found(figures)) == {
        ("row_total", "requests.granted"),
        ("outcome_sum", "requests.outcome_total.business"),
    }


def test_a_blank_total_is_not_evaluable_and_a_blank_part_is_nothing() -> None:
    blanks = {f"requests__granted__{column}": None for column in COLUMNS}
    figures = _figures(**blanks)
    assert "row_total" not in {rule for rule, _ in _found(figures)}


def test_a_cell_that_is_no_number_makes_its_sums_not_evaluable() -> None:
    figures = _figures(requests__granted__business="若干")
    assert _found(figures) == {}


def test_a_row_that_the_report_leaves_out_is_nothing_unless_it_may_have_been_lost() -> None:
    figures = _figures(requests__outcome_total__business="9999")
    for column in COLUMNS:
        del figures[f"requests.not_processed_publication.{column}"]
    lost = Doubt("unknown_row", "requests", "A row was not understood.")
    assert "outcome_sum" in {finding.rule for finding in check(figures)}
    assert "outcome_sum" not in {finding.rule for finding in check(figures, [lost])}


def test_the_balance_names_both_sides() -> None:
    finding = _found(_figures(requests__carried_forward__other="9999"))[
        "balance_1_2_eq_3_4", "requests.*.other"
    ]
    assert finding.found - finding.expected > 9000  # type: ignore[operator]
    assert len(finding.locators) == 4
    assert finding.severity == "hard"


def test_totals_of_reviews_and_of_statistics() -> None:
    assert ("review_litigation_total", "review_litigation.review_total") in _found(
        _figures(review_litigation__review_total="9999")
    )
    parts = {f"statistics.四/({step})": "1" for step in "一二三"}
    figures = {key: Figure(key, Decimal(value), "件", value) for key, value in parts.items()}
    figures["statistics.四"] = Figure("statistics.四", Decimal(4), "件", "4")
    (finding,) = check(figures)
    assert (finding.rule, finding.where) == ("stat_sum", "statistics.四")
    assert (finding.expected, finding.found) == (Decimal(3), Decimal(4))
