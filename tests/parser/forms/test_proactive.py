"""Section 二 in both forms."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parser import parse
from tests.parser.forms.drawn import Rows, doubts, full_requests, read, table, values

REST = table(full_requests())


def test_a_column_for_the_article_on_the_left() -> None:
    rows: Rows = [
        [("第二十条第（一）项", 3, 1), "信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
        ["规章", "1", "2", "3"],
        ["行政规范性文件", "4", "5", "22（其中修订16件）"],
        [("第二十条第（五）项", 2, 1), "信息内容", ("本年处理决定数量", 1, 3)],
        ["行政许可", ("301843件", 1, 3)],
    ]
    report = read(table(rows), REST)
    assert values(report, "proactive") == {
        "regulations.issued": 1,
        "regulations.repealed": 2,
        "regulations.in_force": 3,
        "normative_documents.issued": 4,
        "normative_documents.repealed": 5,
        "normative_documents.in_force": 22,
        "administrative_licensing.decisions": 301843,
    }
    figure = next(one for one in report.figures if one.key == "proactive.normative_documents.in_force")
    assert (figure.remark, figure.printed, figure.unit) == ("其中修订16件", "22（其中修订16件）", "件")


def test_fees_keep_every_digit_and_their_unit() -> None:
    rows: Rows = [
        ["第二十条第（八）项"],
        ["信息内容", "本年收费金额（单位：万元）"],
        ["行政事业性收费", "5949.088667"],
    ]
    report = read(table(rows), REST)
    (fee,) = [one for one in report.figures if one.key.startswith("proactive.")]
    assert (fee.value, fee.unit) == (Decimal("5949.088667"), "万元")


def test_fees_in_yuan_under_a_form_in_ten_thousands_are_a_doubt() -> None:
    rows: Rows = [
        ["第二十条第（八）项"],
        ["信息内容", "本年收费金额（单位：元）"],
        ["行政事业性收费", "5949"],
    ]
    report = read(table(rows), REST)
    (fee,) = [one for one in report.figures if one.key.startswith("proactive.")]
    assert (fee.value, fee.unit) == (Decimal(5949), "元")
    assert "unit" in doubts(report)


def test_last_years_header_under_this_years_rows_gives_the_keys_that_are_printed() -> None:
    rows: Rows = [
        ["第二十条第（五）项"],
        ["信息内容", "上一年项目数量", "本年增/减", "处理决定数量"],
        ["行政许可", "120", "－18", "33"],
        ["其他对外管理服务事项", "5", "+2", "0"],
    ]
    found = values(read(table(rows), REST), "proactive")
    assert found == {
        "administrative_licensing.previous_items": 120,
        "administrative_licensing.change": -18,
        "administrative_licensing.decisions": 33,
        "other_public_services.previous_items": 5,
        "other_public_services.change": 2,
        "other_public_services.decisions": 0,
    }


def test_header_and_rows_with_different_spans_are_matched_by_order() -> None:
    rows: Rows = [
        [("第二十条第（五）项", 1, 5)],
        ["信息内容", "上一年项目数量", ("本年增/减", 1, 2), "处理决定数量"],
        ["行政许可", ("1", 1, 2), "2", "3"],
    ]
    assert values(read(table(rows), REST), "proactive") == {
        "administrative_licensing.previous_items": 1,
        "administrative_licensing.change": 2,
        "administrative_licensing.decisions": 3,
    }


def test_procurement_keeps_the_unit_of_its_cell_or_header() -> None:
    for header, cell, unit in (
        ("采购总金额", "73802895.90元", "元"),
        ("采购总金额（万元）", "12.5", "万元"),
        ("采购总金额", "12.5", None),
    ):
        rows: Rows = [
            ["第二十条第（九）项"],
            ["信息内容", "采购项目数量", header],
            ["政府集中采购", "6", cell],
        ]
        report = read(table(rows), REST)
        (amount,) = [one for one in report.figures if one.key == "proactive.central_procurement.amount"]
        assert amount.unit == unit


def test_an_unknown_row_and_an_unknown_column_are_named() -> None:
    rows: Rows = [
        ["第二十条第（一）项"],
        ["信息内容", "本年制发件数", "奇怪的列", "现行有效件数"],
        ["规章", "1", "2", "3"],
        ["奇怪的行", "4", "5", "6"],
    ]
    report = read(table(rows), REST)
    assert "奇怪的行" in next(one.message for one in report.doubts if one.kind == "unknown_row")
    assert "奇怪的列" in next(one.message for one in report.doubts if one.kind == "unknown_column")
    assert values(report, "proactive") == {"regulations.issued": 1, "regulations.in_force": 3}


def test_a_block_without_header_gives_no_figures_but_a_doubt() -> None:
    rows: Rows = [
        ["第二十条第（一）项"],
        ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
        ["规章", "1", "2", "3"],
        ["第二十条第（五）项"],
        ["行政许可", "77"],
    ]
    report = read(table(rows), REST)
    assert "administrative_licensing.decisions" not in values(report, "proactive")
    assert "77" in next(one.message for one in report.doubts if one.kind == "missing_header")


@pytest.mark.parametrize("spare", [False, True])
def test_spans_at_random_leave_each_number_in_its_order(*, spare: bool) -> None:
    behind = [("", 1, 1)] if spare else []
    rows: Rows = [
        [("第二十条第（五）项", 1, 5), *behind],
        [("信息内容", 1, 1), ("上一年项目数量", 1, 2), ("本年增/减", 1, 1), ("处理决定数量", 1, 1), *behind],
        [("行政许可", 1, 1), ("4", 1, 1), ("-1", 1, 2), ("9", 1, 1), *behind],
        [("第二十条第（八）项", 1, 5), *behind],
        [("信息内容", 1, 2), ("上一年项目数量", 1, 1), ("本年增/减", 1, 2), *behind],
        [("行政事业性收费", 1, 1), ("", 1, 1), ("-2", 1, 3), *behind],
    ]
    found = values(read(table(rows)), "proactive")
    assert found["administrative_fees.change"] == -2
    assert found["administrative_fees.previous_items"] is None
    assert found["administrative_licensing.change"] == -1


def test_figures_of_a_picture_in_words_in_front_take_no_row_from_the_table() -> None:
    front: Rows = [["行政许可", "300件"], ["行政处罚", "45件"]]
    rows: Rows = [
        ["第二十条第（五）项"],
        ["信息内容", "本年处理决定数量"],
        ["行政许可", "301"],
        ["第二十条第（六）项"],
        ["信息内容", "本年处理决定数量"],
        ["行政处罚", "46件，罚款35.2万元"],
    ]
    report = read(table(front), table(rows), REST)
    assert values(report, "proactive") == {
        "administrative_licensing.decisions": 301,
        "administrative_penalty.decisions": 46,
    }
    assert "missing_header" in doubts(report)


def test_counts_in_ten_thousands_and_parts_of_one_are_kept_with_a_doubt() -> None:
    for head, cell, kind in (
        ("本年处理决定数量（万件）", "12", "unit"),
        ("本年处理决定数量", "4.296", "fraction"),
    ):
        report = read(table([["第二十条第（五）项"], ["信息内容", head], ["行政许可", cell]]), REST)
        (figure,) = [one for one in report.figures if one.key.startswith("proactive.")]
        assert (figure.printed, figure.unit) == (cell, "万件" if kind == "unit" else "件")
        assert [one.where for one in report.doubts if one.kind == kind] == [figure.key]


def test_a_blank_beside_a_merged_number_that_markdown_repeats_stays_blank() -> None:
    lines = [
        "# 云溪市公安局2019年政府信息公开工作年度报告",
        "",
        "| 信息内容 | 上一年项目数量 | 本年增/减 | 本年增/减 |",
        "|---|---|---|---|",
        "| 行政事业性收费 |  | 1 | 1 |",
    ]
    report = parse("\n".join(lines).encode()).report
    assert report is not None
    found = {one.key: one.value for one in report.figures if one.value is not None}
    assert found == {"proactive.administrative_fees.change": 1}
