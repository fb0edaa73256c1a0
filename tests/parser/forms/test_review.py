"""Section 四: fifteen numbers under a header of two or three rows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from parser import parse
from parser.report import Report
from tests.parser.forms.drawn import Rows, doubts, full_requests, full_review, read, table
from tests.parser.made.content import RESULTS, make

CONTENT = make(11, "2021")
LABELS = [label for _, label in RESULTS]
NUMBERS = [str(number) for number in (7, 0, 18, 0, 25, 18, 0, 18, 0, 36, 1, 2, 0, 0, 3)]


def _values(report: Report) -> list[Decimal | None]:
    return [figure.value for figure in report.figures if figure.key.startswith("review_litigation.")]


def _read(rows: Sequence[Sequence[object]]) -> Report:
    return read(table(full_requests()), table(rows))


def test_the_form_as_it_is_drawn() -> None:
    report = _read(full_review())
    assert {f"review_litigation.{key}": value for key, value in CONTENT.review.items()} == {
        figure.key: figure.value for figure in report.figures if figure.key.startswith("review_litigation.")
    }
    assert doubts(report) == set()


def test_a_header_in_two_rows() -> None:
    rows: Rows = [[("行政复议", 1, 5), ("未经复议直接起诉", 1, 5), ("复议后起诉", 1, 5)], LABELS * 3, NUMBERS]
    assert _values(_read(rows)) == [Decimal(number) for number in NUMBERS]


def test_a_header_that_lost_its_spans() -> None:
    rows: Rows = [["行政复议", "行政诉讼"], [*LABELS, "未经复议直接起诉", "复议后起诉"], LABELS * 2, NUMBERS]
    report = _read(rows)
    assert _values(report) == [Decimal(number) for number in NUMBERS]
    assert doubts(report) == set()


def test_suits_in_another_order_follow_their_labels() -> None:
    rows: Rows = [[("行政复议", 1, 5), ("复议后起诉", 1, 5), ("未经复议直接起诉", 1, 5)], LABELS * 3, NUMBERS]
    report = _read(rows)
    direct = next(one for one in report.figures if one.key == "review_litigation.litigation_direct_total")
    assert direct.value == 3


def test_a_total_that_is_wrong_is_a_finding() -> None:
    rows: Rows = [*full_review()[:3], [*NUMBERS[:4], "26", *NUMBERS[5:]]]
    (finding,) = [one for one in _read(rows).findings if one.rule == "review_litigation_total"]
    assert finding.where == "review_litigation.review_total"
    assert (finding.expected, finding.found) == (Decimal(25), Decimal(26))


def test_a_second_row_of_numbers_is_a_doubt() -> None:
    rows: Rows = [*full_review()[:3], NUMBERS, ["1"] * 15]
    report = _read(rows)
    assert _values(report)[:5] == [Decimal(number) for number in NUMBERS[:5]]
    assert "second_table" in doubts(report)


def test_of_rows_of_two_years_the_reports_own_is_read() -> None:
    years: Rows = [[("年度", 3, 1), *full_review()[0]], *full_review()[1:3]]
    report = _read([*years, ["2022年", *["1"] * 15], ["2023年", *NUMBERS]])
    assert _values(report) == [Decimal(number) for number in NUMBERS]


def test_a_group_without_its_columns_is_a_doubt() -> None:
    rows: Rows = [[("行政复议", 1, 5), ("行政诉讼", 1, 5)], LABELS * 2, NUMBERS[:10]]
    report = _read(rows)
    assert _values(report) == [Decimal(number) for number in NUMBERS[:5]]
    assert {"missing_column", "unknown_column"} <= doubts(report)


def test_a_table_turned_on_its_side() -> None:
    rows: Rows = []
    for group in ("行政复议", "未经复议直接起诉", "复议后起诉"):
        for place, label in enumerate(LABELS):
            rows.append([*([(group, 5, 1)] if place == 0 else []), label, NUMBERS[len(rows)]])
    assert _values(_read(rows)) == [Decimal(number) for number in NUMBERS]


def test_blank_results_are_no_zeros() -> None:
    rows: Rows = [*full_review()[:3], ["5", "", "/", "2", "7", *["&nbsp;"] * 10]]
    report = _read(rows)
    assert _values(report) == [Decimal(5), None, None, Decimal(2), Decimal(7), *[None] * 10]
    assert [
        figure.printed for figure in report.figures if figure.key == "review_litigation.review_other"
    ] == ["/"]
    assert not [one for one in report.findings if one.rule == "review_litigation_total"]


def test_a_spare_column_that_the_header_has_too_costs_no_number_of_a_wrong_sum() -> None:
    spare: tuple[object, ...] = ("", 1, 1)
    numbers = ["0", "1", "", "", "8", *[""] * 10]
    report = _read([*[[*row, spare] for row in full_review()[:-1]], [*numbers, spare]])
    assert [value for value in _values(report) if value is not None] == [0, 1, 8]
    assert doubts(report) == set()


def test_a_table_for_each_remedy() -> None:
    direct = table([[("未经复议直接起诉", 1, 5)], LABELS, NUMBERS[5:10]])
    for name, after in (
        ("one below the other", table([[("复议后起诉", 1, 5)], LABELS, NUMBERS[10:]])),
        ("under a caption", "<p>复议后起诉</p>" + table([LABELS, NUMBERS[10:]])),
    ):
        first = table([[("行政复议", 1, 5)], LABELS, NUMBERS[:5]])
        if after.startswith("<p>"):
            first = "<p>行政复议</p>" + table([LABELS, NUMBERS[:5]])
        report = read(table(full_requests()), first + direct + after)
        assert _values(report) == [Decimal(number) for number in NUMBERS], name
        assert doubts(report) == set(), name


def test_a_table_for_each_remedy_in_a_text_that_lost_its_spans() -> None:
    lines = ["云溪市公安局2023年政府信息公开工作年度报告", ""]
    for place, name in enumerate(("行政复议", "未经复议直接起诉", "复议后起诉")):
        rows = [[name, *[""] * 4], LABELS, NUMBERS[place * 5 : place * 5 + 5]]
        lines += ["\t".join(row) for row in rows]
        lines.append("")
    report = parse("\n".join(lines).encode()).report
    assert report is not None
    assert _values(report) == [Decimal(number) for number in NUMBERS]


def test_rows_that_name_the_remedy_or_the_result() -> None:
    groups = ["行政复议", "未经复议直接起诉", "复议后起诉"]
    remedies: Rows = [["类型", *LABELS]]
    remedies += [[name, *NUMBERS[place * 5 : place * 5 + 5]] for place, name in enumerate(groups)]
    results: Rows = [["结果", *groups]]
    results += [[name, *NUMBERS[place::5]] for place, name in enumerate(LABELS)]
    for rows in (remedies, results):
        report = _read(rows)
        found = {figure.key: figure.value for figure in report.figures if "review_lit" in figure.key}
        assert found == dict(zip(_keys(), map(Decimal, NUMBERS), strict=True))
        assert doubts(report) == set()


@pytest.mark.parametrize("nothing", ["", "无"])
def test_rows_of_remedies_without_a_case_are_rows_and_no_headers(nothing: str) -> None:
    rows: Rows = [
        ["类型", *LABELS],
        ["行政复议", *[nothing] * 5],
        ["未经复议直接起诉", *["1"] * 3, "", "3", ""],
    ]
    report = _read([*rows, ["复议后起诉", *[nothing] * 5]])
    found = {
        one.key.rpartition("_")[2]: one.value for one in report.figures if "litigation_direct" in one.key
    }
    assert found == {"upheld": 1, "corrected": 1, "other": 1, "pending": None, "total": 3}
    assert len(_values(report)) == 15
    assert doubts(report) == set()


def _keys() -> list[str]:
    return [figure.key for figure in _read(full_review()).figures if "review_litigation" in figure.key]


def test_of_rows_of_several_organs_their_total_is_read_wherever_it_stands() -> None:
    head: Rows = [[("单位", 3, 1), *full_review()[0]], *full_review()[1:3]]
    organs: Rows = [["公安局", *["3"] * 15], ["民政局", *["1"] * 15]]
    for rows in ([*organs, ["合计", *NUMBERS]], [["合计", *NUMBERS], *organs]):
        report = _read([*head, *rows])
        assert _values(report) == [Decimal(number) for number in NUMBERS]
        assert doubts(report) == set()
    report = _read([*head, *organs])
    assert _values(report) == []
    assert doubts(report) == {"second_table"}


def test_a_row_of_another_table_behind_a_blank_one_gives_no_number() -> None:
    other: Rows = [["序号", "科室", "收到申请", "予以公开", "不予公开"], ["1", "综合科", "34", "143", "164"]]
    report = read(table(full_requests()), table([*full_review()[:-1], [""] * 15]) + table(other))
    assert set(_values(report)) == {None}


def test_a_bare_year_below_that_word_is_a_year() -> None:
    head: Rows = [[("年度", 3, 1), *full_review()[0]], *full_review()[1:3]]
    report = _read([*head, ["2022", *["9"] * 15], ["2023", *NUMBERS]])
    assert _values(report) == [Decimal(number) for number in NUMBERS]
    assert doubts(report) == set()


def test_a_row_that_is_wider_than_its_header_is_not_read_where_no_sum_tells_its_spare_cell() -> None:
    for numbers in (
        ["", *[""] * 5, "2", *[""] * 3, "2", *[""] * 5],
        ["", "0", "", "", "", "0", *[""] * 8, "7", ""],
    ):
        report = _read([*full_review()[:-1], numbers])
        assert not [value for value in _values(report) if value is not None]
        assert doubts(report) == {"column_alignment"}


def test_three_tables_whose_suits_stand_in_brackets() -> None:
    names = ("行政复议", "行政诉讼（未经复议直接起诉）", "行政诉讼（复议后起诉）")
    tables = (
        table([[(name, 1, 5)], LABELS, NUMBERS[5 * place : 5 * place + 5]])
        for place, name in enumerate(names)
    )
    report = read(table(full_requests()), *tables)
    assert _values(report) == [Decimal(number) for number in NUMBERS]
    assert doubts(report) == set()


def test_the_name_of_the_first_remedy_is_lost_and_those_of_suits_have_narrow_spans() -> None:
    blank = [""] * 3
    rows: Rows = [
        [
            *((label, 2, 1) for label in LABELS),
            ("未经复议直接起诉", 1, 2),
            *blank,
            ("复议后起诉", 1, 2),
            *blank,
        ],
        LABELS * 2,
        NUMBERS,
    ]
    report = _read(rows)
    assert _values(report) == [Decimal(number) for number in NUMBERS]
    assert doubts(report) == set()
