"""Findings across years in the database: whose, against which version, and what becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from parser.series import across_years
from storage.models import FindingRow, Version
from storage.series import relate_changed
from tests.storage.exchanges import SITE
from tests.storage.reports_seen import Nights, figure, record

STOCK = "proactive.normative_documents"
OVER, FORWARD = "requests.carried_over", "requests.carried_forward"


def url(year: int, page: str = "") -> str:
    return f"http://{SITE}/{year}{page}.html"


def said(year: int, values: Mapping[str, int | None], agency: str = "某市公安局") -> dict[str, Any]:
    """A report on a year that prints these figures."""
    figures = [figure(key, value, "" if value is None else str(value)) for key, value in values.items()]
    return record(year=year, agency=agency, figures=figures, title=f"{agency}{year}年年度报告")


def night(nights: Nights, *reports: dict[str, Any], page: str = "") -> int:
    """A night on which these reports are read and held against the years beside them: findings made."""
    nights.begin()
    for one in reports:
        nights.see(one, url(one["year"], page))
    nights.record()
    with nights.database.write() as session:
        return relate_changed(session, nights.run_id, across_years)


def across(nights: Nights) -> list[tuple[Any, ...]]:
    """Findings across years of the present versions."""
    with nights.database.read() as session:
        rows = session.execute(
            select(FindingRow, Version)
            .join(Version, FindingRow.version_id == Version.id)
            .where(FindingRow.against_version_id.is_not(None))
            .order_by(Version.report_id, FindingRow.place)
        ).all()
        newest = {version.report_id: version.number for version in nights.versions()}
        return [
            (
                one.rule,
                version.record["year"],
                one.place,
                Decimal(one.expected),
                Decimal(one.found),
                one.severity,
                one.against_version_id or 0,
            )
            for one, version in rows
            if newest[version.report_id] == version.number
        ]


def version_id(nights: Nights, year: int) -> int:
    return max(version.id for version in nights.versions() if version.record["year"] == year)


def test_all_relations_in_one_series(nights: Nights) -> None:
    licences, fujian = "proactive.administrative_licensing", "statistics.1"
    night(
        nights,
        said(2017, {fujian: 5, f"{fujian}.cumulative": 90}),
        said(2018, {fujian: 6, f"{fujian}.cumulative": 95}),
        said(2019, {f"{licences}.previous_items": 50, f"{licences}.change": -18}),
        said(2020, {f"{licences}.previous_items": 40, f"{FORWARD}.total": 2, f"{FORWARD}.business": 1}),
        said(2021, {f"{OVER}.total": 2, f"{OVER}.business": 0, f"{STOCK}.in_force": 10}),
        said(2022, {f"{STOCK}.issued": 3, f"{STOCK}.repealed": 1, f"{STOCK}.in_force": 13}),
    )
    found: list[tuple[Any, ...]] = sorted(
        (year, rule, place, expected, is_, hard)
        for rule, year, place, expected, is_, hard, _ in across(nights)
    )
    assert found == [
        (2018, "cumulative", f"{fujian}.cumulative", 96, 95, "soft"),
        (2020, "items_cross_year", f"{licences}.previous_items", 32, 40, "soft"),
        (2021, "carry_cross_year", f"{OVER}.business", 1, 0, "hard"),
        (2022, "proactive_stock_cross_year", f"{STOCK}.in_force", 12, 13, "soft"),
    ]


def test_a_year_that_is_missing_in_between_relates_nothing(nights: Nights) -> None:
    assert night(nights, said(2020, {f"{FORWARD}.total": 2}), said(2022, {f"{OVER}.total": 9})) == 0
    assert across(nights) == []
    # The year between comes late, and both its neighbours are held against it.
    night(nights, said(2021, {f"{OVER}.total": 3, f"{FORWARD}.total": 9}))
    assert [(rule, year, expected, found) for rule, year, _, expected, found, *_ in across(nights)] == [
        ("carry_cross_year", 2021, 2, 3)
    ]


def test_a_changed_older_year_updates_the_finding_of_the_newer_one(nights: Nights) -> None:
    night(nights, said(2021, {f"{FORWARD}.total": 3}), said(2022, {f"{OVER}.total": 5}))
    first = version_id(nights, 2021)
    assert across(nights) == [("carry_cross_year", 2022, f"{OVER}.total", 3, 5, "hard", first)]
    night(nights, said(2021, {f"{FORWARD}.total": 4}))
    second = version_id(nights, 2021)
    assert second != first
    assert across(nights) == [("carry_cross_year", 2022, f"{OVER}.total", 4, 5, "hard", second)]
    night(nights, said(2021, {f"{FORWARD}.total": 5}))
    assert across(nights) == []


def test_a_finding_names_the_cells_of_both_reports(nights: Nights) -> None:
    night(
        nights,
        said(2021, {f"{STOCK}.in_force": 10}),
        said(2022, {f"{STOCK}.issued": 3, f"{STOCK}.repealed": 1, f"{STOCK}.in_force": 13}),
    )
    with nights.database.read() as session:
        (finding,) = session.scalars(select(FindingRow).where(FindingRow.against_version_id.is_not(None)))
    cells = {(place["version"], place["key"]) for place in finding.locators}
    assert cells == {
        (version_id(nights, 2021), f"{STOCK}.in_force"),
        *((version_id(nights, 2022), f"{STOCK}.{field}") for field in ("issued", "repealed", "in_force")),
    }
    assert all(place["xpath"] for place in finding.locators)


def test_organs_are_not_mixed_up(nights: Nights) -> None:
    night(nights, said(2021, {f"{FORWARD}.total": 3}))
    assert night(nights, said(2022, {f"{OVER}.total": 5}, agency="某市财政局")) == 0


@pytest.mark.parametrize("other", [{"agency": "某市财政局"}, {"year": 2019}, {"agency": None}])
def test_a_report_that_turns_out_to_be_another_ones_takes_its_findings_along(
    nights: Nights, other: dict[str, Any]
) -> None:
    night(nights, said(2021, {f"{FORWARD}.total": 3}), said(2022, {f"{OVER}.total": 5}))
    assert len(across(nights)) == 1
    nights.begin()
    nights.see(said(2021, {f"{FORWARD}.total": 3}) | other, url(2021))
    nights.record()
    with nights.database.write() as session:
        relate_changed(session, nights.run_id, across_years)
    assert across(nights) == []


def test_of_two_reports_on_a_year_the_fuller_one_speaks(nights: Nights) -> None:
    night(nights, said(2021, {f"{FORWARD}.total": 3}), said(2022, {f"{OVER}.total": 5}))
    fuller = {f"{OVER}.total": 3, f"{OVER}.other": 0}
    night(nights, said(2022, fuller), page="-full")
    assert across(nights) == []
