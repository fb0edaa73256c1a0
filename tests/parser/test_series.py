"""Relations between two years of one organ."""

from __future__ import annotations

from decimal import Decimal

from parser.series import across_years


def test_a_stock_that_does_not_follow_from_last_year() -> None:
    block = "proactive.normative_documents"
    earlier = {f"{block}.in_force": Decimal(698)}
    later = {
        f"{block}.issued": Decimal(77),
        f"{block}.repealed": Decimal(132),
        f"{block}.in_force": Decimal(470),
    }
    [found] = across_years(earlier, later)
    assert (found.rule, found.where, found.expected, found.found, found.severity) == (
        "proactive_stock_cross_year",
        f"{block}.in_force",
        Decimal(643),
        Decimal(470),
        "soft",
    )
    assert found.earlier == (f"{block}.in_force",)
    assert found.later == (f"{block}.issued", f"{block}.repealed")


def test_what_is_carried_over_is_what_was_carried_forward() -> None:
    earlier = {"requests.carried_forward.total": Decimal(3), "requests.carried_forward.other": Decimal(1)}
    later = {"requests.carried_over.total": Decimal(2), "requests.carried_over.other": Decimal(1)}
    [found] = across_years(earlier, later)
    assert (found.rule, found.where, found.expected, found.found, found.severity) == (
        "carry_cross_year", "requests.carried_over.total", Decimal(3), Decimal(2), "hard"
    )  # fmt: skip


def test_items_and_running_totals() -> None:
    licences = "proactive.administrative_licensing"
    earlier = {
        f"{licences}.previous_items": Decimal(50),
        f"{licences}.change": Decimal(-18),
        "statistics.1.cumulative": Decimal(90),
    }
    later = {
        f"{licences}.previous_items": Decimal(40),
        "statistics.1": Decimal(5),
        "statistics.1.cumulative": Decimal(95),
    }
    [found] = across_years(earlier, later)
    assert (found.rule, found.expected, found.found) == ("items_cross_year", Decimal(32), Decimal(40))


def test_a_blank_on_either_side_is_not_judged() -> None:
    block = "proactive.regulations"
    later = {f"{block}.issued": None, f"{block}.repealed": Decimal(0), f"{block}.in_force": Decimal(9)}
    assert list(across_years({f"{block}.in_force": Decimal(1)}, later)) == []
    assert list(across_years({}, {"requests.carried_over.total": Decimal(2)})) == []
