"""Section 三 with more rows and columns than the form has, and less of its shape."""

from __future__ import annotations

import pytest

from parser.report import Report
from tests.parser.forms.drawn import doubts, full_requests, full_review, read, table
from tests.parser.made.content import COLUMN_LABELS, make
from tests.parser.made.tables import Rows

CONTENT = make(11, "2021")
TRUTH = {key: value for key, value in CONTENT.figures().items() if key.startswith("requests.")}
GROUPS = {
    "（三）不予公开": ("1.属于国家秘密", "8.属于行政查询事项", "refused"),
    "（四）无法提供": ("1.本机关不掌握", "3.补正后", "unable"),
    "（六）其他处理": ("1.申请人无正当理由", "3.其他", "other_"),
}


def _figures(report: Report) -> dict[str, object]:
    return {one.key: one.value for one in report.figures if one.key.startswith("requests.")}


def _flat() -> list[list[str]]:
    """The data rows, each with its innermost label and its seven numbers."""
    return [[text for text, _, _ in row[-8:]] for row in full_requests()[3:]]


def _sum(start: str, *, more: int = 0) -> list[str]:
    rows = [row for key, row in CONTENT.requests.items() if key.startswith(start)]
    sums = [sum(row[place] or 0 for row in rows) for place in range(7)]
    return [str(sums[0] + more), *map(str, sums[1:])]


def _drawn(rows: list[list[str]]) -> Rows:
    return [[(text, 1, 1) for text in row] for row in [["项目", *COLUMN_LABELS], *rows]]


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_that_prints_the_sum_of_its_rows_is_no_row_of_the_form(group: str) -> None:
    first, _, start = GROUPS[group]
    rows = _flat()
    at = next(place for place, row in enumerate(rows) if row[0].startswith(first))
    rows.insert(at, [group, *_sum(start)])
    report = read(table(_drawn(rows)))
    assert _figures(report) == TRUTH
    assert doubts(report) == set()


def test_a_group_that_prints_another_number_is_a_doubt() -> None:
    rows = _flat()
    rows.insert(4, ["（三）不予公开", *_sum("refused", more=1)])
    report = read(table(_drawn(rows)))
    assert _figures(report) == TRUTH
    assert doubts(report) == {"unknown_row"}


@pytest.mark.parametrize("name", ["小计", "合计", "总计"])
def test_a_sum_below_the_rows_of_a_group_is_not_the_total_of_all(name: str) -> None:
    rows = _flat()
    last = next(place for place, row in enumerate(rows) if row[0].startswith("8.属于"))
    rows.insert(last + 1, [name, *_sum("refused")])
    assert _figures(read(table(_drawn(rows)))) == TRUTH


def test_of_two_rows_that_nothing_tells_apart_neither_is_read() -> None:
    rows = _flat()
    at = next(place for place, row in enumerate(rows) if row[0] == "2.重复申请")
    rows.insert(at + 1, ["2.重复申请", *["77"] * 7])
    report = read(table(_drawn(rows)))
    assert not [key for key in _figures(report) if "duplicate" in key]
    assert "repeated_row" in doubts(report)


@pytest.mark.parametrize("name", ["行次", "单位"])
def test_a_column_that_counts_the_rows_or_names_the_unit(name: str) -> None:
    rows = [
        [row[0], "件" if name == "单位" else str(number), *row[1:]] for number, row in enumerate(_flat(), 1)
    ]
    drawn = _drawn(rows)
    drawn[0].insert(1, (name, 1, 1))
    report = read(table(drawn))
    assert _figures(report) == TRUTH
    assert doubts(report) == set()


def test_a_table_turned_on_its_side_leads_to_its_own_cells() -> None:
    upright = [["项目", *COLUMN_LABELS], *_flat()]
    report = read(table([list(column) for column in zip(*upright, strict=True)]))
    assert _figures(report) == TRUTH
    assert doubts(report) == set()
    place = next(one.locator.xpath for one in report.figures if one.key == "requests.carried_over.business")
    assert place is not None and place.endswith("/tr[3]/td[3]")


def test_a_turned_table_with_wrong_spans_is_read_in_its_order_or_not_at_all() -> None:
    upright = [["项目", *COLUMN_LABELS], *_flat()]
    lines: Rows = [[(text, 1, 1) for text in line] for line in zip(*upright, strict=True)]
    wide = [
        lines[0],
        *[[(text, 1, 2 if place == 3 else 1) for place, (text, _, _) in enumerate(row)] for row in lines[1:]],
    ]
    report = read(table(wide))
    assert _figures(report) == TRUTH
    merged = [lines[0], [*wide[1][:4], *wide[1][5:]], *lines[2:]]
    report = read(table(merged), table(full_review()))
    assert _figures(report) == {}


def test_a_number_that_reaches_down_into_other_rows_is_none_of_one() -> None:
    rows = full_requests()
    rows[3] = [*rows[3][:-2], ("0", len(rows) - 3, 1), rows[3][-1]]
    rows[4:] = [[*row[:-2], row[-1]] for row in rows[4:]]
    report = read(table(rows))
    assert "requests.new_received.other" not in _figures(report)
    assert "column_alignment" in doubts(report)


def test_a_table_of_years_in_front_takes_neither_rows_nor_columns_of_the_forms() -> None:
    years = [["项目", "2021年", "2022年", "2023年"], *[[row[0], "1", "2", "3"] for row in _flat()[:4]]]
    assert _figures(read(table(years), table(full_requests()))) == TRUTH


@pytest.mark.parametrize("last", [False, True])
def test_of_rows_of_several_organs_beside_a_label_their_total_is_read(*, last: bool) -> None:
    rows: Rows = [[(text, 1, 1) for text in ("项目", "单位", *COLUMN_LABELS)]]
    for label, *numbers in _flat():
        organs = [["合计", *numbers], ["公安局", *["1"] * 7], ["民政局", *["2"] * 7]]
        drawn = [[(text, 1, 1) for text in row] for row in ([*organs[1:], organs[0]] if last else organs)]
        rows += [[(label, 3, 1), *drawn[0]], *drawn[1:]]
    assert _figures(read(table(rows))) == TRUTH
