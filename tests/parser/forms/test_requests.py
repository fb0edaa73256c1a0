"""Section 三: what real tables do to the form."""

from __future__ import annotations

import random

import pytest

from parser import parse
from parser.report import Report
from tests.parser.forms.drawn import TITLE, doubts, full_requests, page, read, table, values
from tests.parser.made.content import COLUMN_LABELS, COLUMNS, make
from tests.parser.made.tables import Rows

CONTENT = make(11, "2021")
TRUTH = {key: value for key, value in CONTENT.figures().items() if key.startswith("requests.")}


def _truth(report: Report) -> None:
    """Every figure of the table is the content's, and no other."""
    found = {figure.key: figure.value for figure in report.figures if figure.key.startswith("requests.")}
    assert found == TRUTH


def _row(rows: Rows, start: str) -> int:
    return next(place for place, row in enumerate(rows) if any(text.startswith(start) for text, _, _ in row))


def test_the_form_as_it_is_drawn() -> None:
    report = read(table(full_requests()))
    _truth(report)
    assert doubts(report) == set()
    assert report.form == "2021"


def test_a_label_nobody_has_seen_is_named_and_moves_no_figure() -> None:
    rows = full_requests()
    at = _row(rows, "8.属于行政查询事项")
    rows[at] = [("9.属于天外来客事项", 1, 1), *rows[at][1:]]
    report = read(table(rows))
    (doubt,) = [one for one in report.doubts if one.kind == "unknown_row"]
    assert "属于天外来客事项" in doubt.message
    assert doubt.locator.xpath
    kept = {key: value for key, value in TRUTH.items() if "refused_administrative_query" not in key}
    assert {figure.key: figure.value for figure in report.figures} == kept
    assert "outcome_sum" not in {finding.rule for finding in report.findings}


def test_slips_of_the_pen_find_their_row_without_doubt() -> None:
    rows = full_requests()
    for right, wrong in (
        ("2.其他法律行政法规禁止公开", "2.其他法律行政止公开"),
        ("1.信访举报投诉类申请", "1.信仿举报投拆类申请"),
        ("4.保护第三方合法权益", "4、保护 第三方合法权力"),
        ("（七）总计", "㈦总 计"),
    ):
        at = _row(rows, right)
        rows[at] = [(wrong if text == right else text, down, wide) for text, down, wide in rows[at]]
    report = read(table(rows))
    _truth(report)
    assert doubts(report) == set()


def test_a_missing_column_is_a_doubt_and_shifts_nothing() -> None:
    rows = full_requests()
    rows[0] = [rows[0][0], ("申请人情况", 1, 6)]
    rows[1] = [("自然人", 2, 1), ("法人或其他组织", 1, 4), ("总计", 2, 1)]
    del rows[2][1]
    rows[3:] = [[*row[:-5], *row[-4:]] for row in rows[3:]]
    report = read(table(rows))
    column = CONTENT.requests["granted"]
    assert "missing_column" in doubts(report)
    assert not any(figure.key.endswith(".research") for figure in report.figures)
    assert values(report, "requests.granted") == {
        name: float(value or 0) for name, value in zip(COLUMNS, column, strict=True) if name != "research"
    }
    assert "row_total" not in {finding.rule for finding in report.findings}


def test_columns_in_another_order_are_read_by_their_labels() -> None:
    rows = full_requests()
    moved: Rows = [[rows[0][0], ("总计", 3, 1), ("申请人情况", 1, 6)], rows[1][:2], rows[2]]
    moved += [[*row[:-7], row[-1], *row[-7:-1]] for row in rows[3:]]
    _truth(read(table(moved)))


def test_a_column_nobody_has_seen_is_left_out_with_a_doubt() -> None:
    rows = full_requests()
    rows[0] = [rows[0][0], ("申请人情况", 1, 8)]
    rows[1] = [*rows[1][:2], ("小计", 2, 1), rows[1][2]]
    rows[3:] = [[*row[:-1], ("4321", 1, 1), row[-1]] for row in rows[3:]]
    report = read(table(rows))
    _truth(report)
    assert "小计" in next(one.message for one in report.doubts if one.kind == "unknown_column")


def test_a_header_without_spans_is_unfolded() -> None:
    rows = [[(text, 1, 1) for text, _, _ in row] for row in full_requests()]
    report = read(table(rows))
    _truth(report)
    assert doubts(report) == set()


def test_a_table_without_header_is_read_in_the_forms_order_with_a_doubt() -> None:
    report = read(table(full_requests()[3:]))
    _truth(report)
    assert "missing_header" in doubts(report)


def test_a_table_without_header_has_its_totals_in_front_where_the_sums_say_so() -> None:
    rows = [[*row[:-7], row[-1], *row[-7:-1]] for row in full_requests()[3:]]
    report = read(table(rows))
    _truth(report)
    assert "in front" in next(one.message for one in report.doubts if one.kind == "missing_header")


def test_a_table_without_header_whose_sums_hold_in_no_order_gives_no_number() -> None:
    rows = [[*row[:-3], row[-1], *row[-3:-1]] for row in full_requests()[3:]]
    report = read(table(rows))
    assert not [figure for figure in report.figures if figure.key.startswith("requests.")]
    assert "left out" in next(one.message for one in report.doubts if one.kind == "missing_header")


def test_a_spare_header_column_and_a_wide_data_cell() -> None:
    rows = full_requests()
    rows[0] = [rows[0][0], ("申请人情况", 1, 8)]
    rows[1] = [("自然人", 2, 2), *rows[1][1:]]
    rows[3:] = [[*row[:-7], (row[-7][0], 1, 2), *row[-6:]] for row in rows[3:]]
    report = read(table(rows))
    _truth(report)
    assert doubts(report) == set()


def test_a_spare_blank_cell_in_front_of_the_numbers() -> None:
    rows = full_requests()
    rows[3:] = [[*row[:-7], ("", 1, 1), *row[-7:]] for row in rows[3:]]
    _truth(read(table(rows)))


def test_remarks_marks_and_words_in_cells() -> None:
    rows = full_requests()
    at = _row(rows, "一、本年新收")
    number = str(CONTENT.requests["new_received"][0])
    rows[at][1] = (f"{number}（其中2件为转办）", 1, 1)
    rows[at][2] = ("若干", 1, 1)
    rows[at][3] = ("—", 1, 1)
    report = read(table(rows))
    figures = {figure.key: figure for figure in report.figures}
    first = figures["requests.new_received.natural_person"]
    assert (first.value, first.remark) == (CONTENT.requests["new_received"][0], "其中2件为转办")
    second = figures["requests.new_received.business"]
    assert (second.value, second.printed) == (None, "若干")
    assert figures["requests.new_received.research"].printed == "—"
    assert figures["requests.new_received.research"].value is None
    (doubt,) = [one for one in report.doubts if one.kind == "not_understood"]
    assert doubt.where == "requests.new_received.business"
    assert "requests.new_received" not in {one.where for one in report.findings if one.rule == "row_total"}


def test_a_letter_for_a_zero_is_read_with_a_doubt_and_the_mark_of_a_note_is_no_digit() -> None:
    rows = full_requests()
    at = _row(rows, "1.本机关不掌握")
    marked = ["O", "12<sup>1</sup>", "3①", "4（含上年1件", "5，其中网上2件", "〇", "24"]
    rows[at] = [*rows[at][:-7], *[(text, 1, 1) for text in marked]]
    report = read(table(rows))
    assert values(report, "requests.unable_not_held") == dict(
        zip(COLUMNS, (0, 12, 3, 4, 5, 0, 24), strict=True)
    )
    assert [one.where for one in report.doubts if one.kind == "letter_for_zero"] == [
        "requests.unable_not_held.natural_person"
    ]
    assert "row_total" not in {finding.rule for finding in report.findings}


def test_numbers_that_do_not_add_up_are_kept_and_found() -> None:
    rows = full_requests()
    at = _row(rows, "（一）予以公开")
    rows[at][-1] = ("987", 1, 1)
    report = read(table(rows))
    assert values(report, "requests.granted")["total"] == 987
    found = {(one.rule, one.where): one for one in report.findings}
    finding = found["row_total", "requests.granted"]
    assert finding.found == 987
    assert finding.expected == CONTENT.requests["granted"][6]
    assert len(finding.locators) == 7
    assert doubts(report) == set()


def test_two_tables_with_different_numbers_are_a_doubt() -> None:
    this, other = full_requests(), full_requests(12)
    report = read(table(this), table(other))
    # Nothing tells which of them is the report's: only what both print is read.
    there = values(read(table(other)), "requests")
    alike = {
        key: value for key, value in values(read(table(this)), "requests").items() if there[key] == value
    }
    assert 0 < len(alike) < len(there)
    assert values(report, "requests") == alike
    assert "second_table" in doubts(report)
    assert not [one for one in report.findings if one.where.startswith("requests")]


def test_the_same_table_twice_is_one() -> None:
    report = read(table(full_requests()), table(full_requests()))
    _truth(report)
    assert doubts(report) == set()


def test_numbers_that_add_up_to_nothing_are_a_doubt() -> None:
    dice = random.Random(4)
    rows = full_requests()
    rows[3:] = [[*row[:-7], *((str(dice.randint(1, 900)), 1, 1) for _ in range(7))] for row in rows[3:]]
    report = read(table(rows))
    assert "sums_fail" in doubts(report)


def test_a_table_cut_by_a_page_with_a_label_cut_in_two() -> None:
    rows = full_requests()
    at = _row(rows, "5.要求行政机关确认")
    blank = [("", 1, 1)] * 7
    upper = [[(text, 1, wide) for text, _, wide in row] for row in rows[:at]]
    lower = [[(text, 1, wide) for text, _, wide in row] for row in rows[at + 1 :]]
    cut = [("5.要求行政机关确认或重", 1, 1), *blank]
    rest = [("新出具已获取信息", 1, 1), *rows[at][1:]]
    report = read(table([*upper, cut]), table([rest, *lower]))
    _truth(report)


def test_a_label_whose_numbers_stand_in_the_next_row() -> None:
    rows = [[(text, 1, wide) for text, _, wide in row] for row in full_requests()]
    at = _row(rows, "2.重复申请")
    rows[at : at + 1] = [[("2.重复申请", 1, 1)], [("", 1, 1), *rows[at][1:]]]
    report = read(table(rows))
    _truth(report)


def test_one_row_under_other_processing_is_read_as_it_is() -> None:
    content = make(7, "2019")
    rows = [row for row in full_requests() if not row[0][0].startswith(("2.申请人逾期", "3.其他"))]
    at = _row(rows, "（六）其他处理")
    rows[at] = [("（六）其他处理", 1, 2), *rows[at][-7:]]
    report = read(table(rows))
    assert content.form == "2019"
    assert "requests.other_processing.total" in {figure.key for figure in report.figures}
    assert not any("other_misc" in figure.key for figure in report.figures)


def test_a_table_of_another_kind_gives_nothing() -> None:
    rows = [["项目", "自然人", "其他", "合计"], ["补贴发放", "12", "3", "15"], ["其他", "1", "2", "3"]]
    reading = page(table(rows))
    assert reading.report is None


def test_every_column_label_of_the_form_is_known() -> None:
    report = read(table(full_requests()))
    assert len(COLUMN_LABELS) == len(COLUMNS) == 7
    assert sum(figure.key.startswith("requests.granted.") for figure in report.figures) == 7


def test_a_group_whose_span_reaches_too_far_down_is_no_value_of_the_row_below() -> None:
    rows = full_requests()
    at = _row(rows, "1.信访举报投诉类申请")
    rows[at] = [
        (text, down + 4 if text.startswith("（五）") else down, wide) for text, down, wide in rows[at]
    ]
    report = read(table(rows))
    total = CONTENT.requests["outcome_total"]
    assert values(report, "requests.outcome_total") == {
        name: float(value or 0) for name, value in zip(COLUMNS, total, strict=True)
    }


def test_a_second_part_has_its_own_header_to_place_its_cells_by() -> None:
    rows = full_requests()
    moved: Rows = [[rows[0][0], ("总计", 3, 1), ("申请人情况", 1, 6)], rows[1][:2], rows[2]]
    moved += [[*row[:-7], ("", 1, 1), *row[-7:-1]] for row in rows[3:]]
    cut = _row(moved, "5.要求行政机关确认")
    # Nothing but the place tells the blank total in front from the spare blank behind.
    zeros: Rows = [[("", len(moved) - cut - 1, 1), ("", 1, 1), moved[cut][0], ("", 1, 1)]]
    zeros[0] += [*[("0", 1, 1)] * 6, ("", 1, 1)]
    report = read(table(moved[:cut]) + table([*moved[:3], *zeros, *moved[cut + 1 :]]))
    assert values(report, "requests.not_processed_confirm_reissue") == {
        name: None if name == "total" else 0 for name in COLUMNS
    }


def test_shares_instead_of_counts_are_kept_with_a_doubt_each() -> None:
    rows = full_requests()
    at = _row(rows, "（一）予以公开")
    rows[at] = [*rows[at][:-7], *[(f"{text}%", 1, 1) for text, _, _ in rows[at][-7:]]]
    report = read(table(rows))
    asked = {doubt.where for doubt in report.doubts if doubt.kind == "unit"}
    assert asked == {f"requests.granted.{name}" for name in COLUMNS}
    assert {figure.unit for figure in report.figures if figure.key.startswith("requests.granted.")} == {"%"}


def test_one_number_a_row_goes_under_no_applicant() -> None:
    rows: Rows = [[("项目", 1, 3), ("数量", 1, 1)]]
    rows += [[*row[:-7], row[-1]] for row in full_requests()[3:]]
    reading = page(table(rows))
    assert reading.report is not None
    assert not any(figure.value is not None for figure in reading.report.figures)
    assert "missing_header" in doubts(reading.report)


def test_a_table_of_last_year_beside_or_below_moves_nothing() -> None:
    this, last = full_requests(), full_requests(12)
    below = read(table(this), "<p>2022年数据如下：</p>", table(last))
    _truth(below)
    assert doubts(below) == {"other_table"}
    above = read("<p>2022年数据如下：</p>", table(last), "<p>（2023年）</p>", table(this))
    _truth(above)
    assert doubts(above) == {"other_table"}
    for said in ("上年度同期情况如下：", "附：所属单位汇总情况"):
        below = read(table(this), f"<p>{said}</p>", table(last))
        _truth(below)
        assert doubts(below) == {"other_table"}
    beside: Rows = [
        [(this[0][0][0], 3, 3), ("2023年申请人情况", 1, 7), ("2022年申请人情况", 1, 7)],
        [("自然人", 2, 1), ("法人或其他组织", 1, 5), ("总计", 2, 1)] * 2,
        [*this[2], *this[2]],
        *[[*row, *old[-7:]] for row, old in zip(this[3:], last[3:], strict=True)],
    ]
    left: Rows = [
        [beside[0][0], beside[0][2], beside[0][1]],
        *beside[1:3],
        *[[*old, *row[-7:]] for row, old in zip(this[3:], last[3:], strict=True)],
    ]
    for report in (read(table(beside)), read(table(left))):
        _truth(report)
        assert doubts(report) == set()
    for name in ("2022年申请人情况", "申请人情况"):
        left[0] = [beside[0][0], (name, 1, 7), (name.replace("2022", "2021"), 1, 7)]
        report = read(table(left))
        assert values(report, "requests") == {}
        assert {one.where for one in report.doubts if one.kind == "repeated_column"} == {
            f"requests.*.{name}" for name in COLUMNS
        }


@pytest.mark.parametrize(
    ("own", "other", "first"),
    [
        ("本年", "上年", True),
        ("本年", "上年", False),
        ("2023年", "2022年", False),
        ("本年数", "去年同期", False),
    ],
)
def test_of_pairs_of_years_under_each_applicant_the_reports_own_is_read(
    own: str, other: str, *, first: bool
) -> None:
    this, last = full_requests(), full_requests(12)
    rows: Rows = [[(this[0][0][0], 4, 3), ("申请人情况", 1, 14)]]
    rows += [[("自然人", 2, 2), ("法人或其他组织", 1, 10), ("总计", 2, 2)]]
    rows += [
        [(text, 1, 2) for text, _, _ in this[2]],
        [(name, 1, 1) for name in ((own, other) if first else (other, own))] * 7,
    ]
    for row, old in zip(this[3:], last[3:], strict=True):
        both = zip(row[-7:], old[-7:], strict=True) if first else zip(old[-7:], row[-7:], strict=True)
        rows.append([*row[:-7], *[cell for pair in both for cell in pair]])
    report = read(table(rows))
    _truth(report)
    assert doubts(report) == set()


@pytest.mark.parametrize("name", ["备注", "累计", "同比增长（%）"])
def test_a_further_column_at_the_end_is_left_out(name: str) -> None:
    rows = full_requests()
    rows[0] = [*rows[0], (name, 3, 1)]
    rows[3:] = [[*row, (str(place % 9), 1, 1)] for place, row in enumerate(rows[3:])]
    report = read(table(rows))
    _truth(report)
    assert doubts(report) == {"unknown_column"}


@pytest.mark.parametrize("label", ["栏次", "甲", ""])
def test_a_row_that_numbers_the_columns_is_no_row_of_figures(label: str) -> None:
    rows = full_requests()
    rows.insert(3, [(label, 1, 3), *[(str(place), 1, 1) for place in range(1, 8)]])
    report = read(table(rows))
    _truth(report)
    assert doubts(report) == {"unknown_row"}


def test_a_label_pulled_to_the_left_leaves_its_numbers_where_all_rows_have_theirs() -> None:
    rows = full_requests()
    # The header is written without its spans, so that its places say nothing.
    plain: Rows = [[("项目", 1, 1), *[(text, 1, 1) for text in COLUMN_LABELS]]]
    for row in rows[3:]:
        label = row[-8][0]
        if label.startswith("8."):
            plain.append([("", 1, 1), (label, 1, 1), ("", 1, 1), *[("0", 1, 1)] * 6, ("", 1, 1)])
        else:
            plain.append([("", 1, 1), ("", 1, 1), (label, 1, 1), *row[-7:]])
    assert values(read(table(plain)), "requests.refused_administrative_query") == {
        name: None if name == "total" else 0 for name in COLUMNS
    }


def test_a_row_that_a_long_span_pushed_aside_is_read_from_its_label_on() -> None:
    rows = full_requests()
    at = _row(rows, "三、本年度办理结果")
    rows[at] = [(text, down + (text.startswith("三、")), wide) for text, down, wide in rows[at]]
    zeros: Rows = [
        [("四、结转下年度继续办理", 1, 3), ("0", 1, 1), ("/", 1, 1), *[("0", 1, 1)] * 4, ("", 1, 1)]
    ]
    report = read(table([*rows[:-1], [*zeros[0], ("", 1, 1)]]))
    assert values(report, "requests.carried_forward") == {
        name: None if name in {"business", "total"} else 0 for name in COLUMNS
    }


def test_a_row_that_a_short_label_let_slip_under_its_neighbours_is_read_in_its_order() -> None:
    rows: Rows = [[("项目", 1, 3), *[(text, 1, 1) for text in COLUMN_LABELS]], *full_requests()[3:]]
    shorter = {"三、本年度办理结果": 2, "（六）其他处理": 1}
    rows = [[(text, down - shorter.get(text, 0), wide) for text, down, wide in row] for row in rows]
    rows[_row(rows, "3.其他")] = [
        ("三、本年度办理结果", 1, 1),
        ("（六）其他处理", 2, 1),
        ("3.其他", 1, 1),
        *[("0", 1, 1)] * 7,
    ]
    numbers = ["", "", "", "", "0", "", ""]
    rows[_row(rows, "（七）总计")] = [("（七）总计", 1, 2), *[(text, 1, 1) for text in numbers]]
    for row in rows[2:-3]:
        row[-7:] = [("", 1, 1)] * 7
    found = values(read(table(rows)), "requests.outcome_total")
    assert [name for name, value in found.items() if value is not None] == ["legal_service"]


def test_a_nearly_blank_row_that_lost_the_cells_in_front_of_it_moves_no_number() -> None:
    blank = ["　"] * 7
    text = [
        f"# {TITLE}",
        "| 项目 | 项目 | 项目 | " + " | ".join(COLUMN_LABELS) + " |",
        "| --- " * 10 + "|",
        "| 三、本年度办理结果 | （三）不予公开 | 1.属于国家秘密 | " + " | ".join(blank) + " |",
        "| 2.其他法律行政法规禁止公开 | " + " | ".join(blank) + " |  |  |",
        "| 3.危及“三安全一稳定” | " + " | ".join(blank) + " |  |  |",
        "| 4.保护第三方合法权益 | " + " | ".join([*blank[:5], "10", ""]) + " |  |  |",
        "| 5.属于三类内部事务信息 | " + " | ".join(blank) + " |  |  |",
    ]
    report = parse("\n".join(text).encode()).report
    assert report is not None
    assert not [one.key for one in report.figures if one.value is not None]
    assert "column_alignment" in doubts(report)


def test_a_number_that_may_stand_in_either_of_two_columns_is_not_read() -> None:
    # Nothing tells whether the rows lost the cells in front of their labels: total or natural persons.
    blank = " |" * 7
    text = [
        f"# {TITLE}",
        "|  |  |  | 总计 | " + " | ".join(COLUMN_LABELS[:-1]) + " |",
        "| --- " * 10 + "|",
        f"| 三、本年度办理结果 | （一）予以公开 |  |{blank}",
        f"| （三）不予公开 | 1.属于国家秘密 |  | 2 |{blank[2:]}",
        f"| 2.其他法律行政法规禁止公开 |{blank}  |  |",
        f"| （七）总计 |  |  | 0 |{blank[2:]}",
    ]
    report = parse("\n".join(text).encode()).report
    assert report is not None
    assert not [one.key for one in report.figures if one.value is not None]
    assert "column_alignment" in doubts(report)


def test_a_blank_that_reaches_down_left_of_a_group_is_no_value() -> None:
    rows = full_requests()
    cut = _row(rows, "1.本机关不掌握")
    at = _row(rows, "三、本年度办理结果")
    rows[at] = [("三、本年度办理结果", len(rows) - at - 3, 1), *rows[at][1:]]
    rows[cut] = [("", len(rows) - cut - 2, 1), *rows[cut]]
    _truth(read(table(rows)))


def test_a_blank_that_reaches_down_between_a_label_and_its_whole_row_takes_no_figure_with_it() -> None:
    rows = full_requests()
    last, label = len(rows) - 1, rows[-1][0][0]
    cut = _row(rows, "（七）总计")
    rows[cut] = [rows[cut][0], ("", 2, 1), *rows[cut][1:]]
    rows[last] = [(label, 1, 2), *rows[last][1:]]
    report = read(table(rows))
    assert values(report, "requests.carried_forward") == dict.fromkeys(COLUMNS, 0)
    merged = {doubt.where for doubt in report.doubts if "merged" in doubt.message}
    assert merged == {"requests.carried_forward"}


def test_numbers_that_moved_left_with_their_labels_are_read_where_they_now_stand() -> None:
    # As an export writes the cells that begin in a row: rows below the first of a group begin further left,
    # and end in blanks. One row that prints a number below the header's own label cells tells so for all.
    text = [
        f"# {TITLE}",
        "| 项目 |  |  | " + " | ".join(COLUMN_LABELS) + " |",
        "| --- " * 10 + "|",
        "| 三、本年度办理结果 | （一）予以公开 |  |  |  |  |  |  |  |  |",
        "| （五）不予处理 | 1.信访举报投诉类申请 |  |  |  |  |  | 1 |  |  |",
        "| 2.重复申请 |  |  |  |  |  |  |  |  |  |",
        "| 3.要求提供公开出版物 | 0 |  |  |  |  |  | 10 |  |  |",
        "| （七）总计 |  |  | 0 |  |  |  | 0 | 11 |  |",
    ]
    report = parse("\n".join(text).encode()).report
    assert report is not None
    assert {one.key: one.value for one in report.figures if one.value is not None} == {
        "requests.not_processed_petition.other": 1,
        "requests.not_processed_publication.natural_person": 0,
        "requests.not_processed_publication.total": 10,
        "requests.outcome_total.business": 0,
        "requests.outcome_total.other": 0,
        "requests.outcome_total.total": 11,
    }


def test_totals_in_front_that_only_some_rows_print_stay_in_front() -> None:
    plain: Rows = [[("", 1, 1)] * 3 + [(text, 1, 1) for text in (COLUMN_LABELS[-1], *COLUMN_LABELS[:-1])]]
    for row in full_requests()[3:]:
        label, wide = row[-8][0], row[-8][2] > 1
        numbers = ("5", "3", "", "", "", "", "2") if wide else ("", "1", "", "", "", "", "1")
        front = [label, "", ""] if wide else ["", "", label]
        plain.append([(text, 1, 1) for text in (*front, *numbers)])
    report = read(table(plain))
    assert "unlikely_header" not in doubts(report)
    assert values(report, "requests.new_received") == {
        "total": 5,
        "natural_person": 3,
        "other": 2,
    } | dict.fromkeys(("business", "research", "public_interest", "legal_service"))
    assert values(report, "requests.refused_state_secret")["total"] is None


def test_a_group_and_its_row_in_one_cell() -> None:
    rows = full_requests()
    flat: Rows = [[("项目", 1, 1), *[(text, 1, 1) for text in COLUMN_LABELS]]]
    for row in rows[3:]:
        flat.append([(" ".join(text for text, _, _ in row[:-7]), 1, 1), *row[-7:]])
    report = read(table(flat))
    _truth(report)
    assert doubts(report) == set()


def test_a_row_without_cells_takes_no_number_of_the_next() -> None:
    lines = [f"# {TITLE}", ""]
    for row in full_requests()[3:]:
        texts = [text for text, _, _ in row]
        lines.append("  ".join(texts[:-7] if texts[0].startswith("二、") else texts))
    report = parse("\n".join(lines).encode()).report
    assert report is not None
    found = {figure.key: figure.value for figure in report.figures if figure.key.startswith("requests.")}
    assert all(found[key] is None for key in found if "carried_over" in key)
    assert {key: value for key, value in TRUTH.items() if "carried_over" not in key}.items() <= found.items()
    assert "row_without_cells" in doubts(report)


def test_places_that_one_row_denies_are_none_for_rows_of_another_depth() -> None:
    rows: Rows = [[("项目", 1, 1), ("自然人", 1, 2), *[(text, 1, 1) for text in COLUMN_LABELS[1:]]]]
    for row in full_requests()[3:]:
        label, wide = row[-8][0], row[-8][2] > 1
        numbers = ("5", "3", "", "", "", "", "8") if wide else ("", "", "", "", "", "", "")
        numbers = ("7", "", "2", "", "", "", "9") if label.startswith("2.重复") else numbers
        cells = [(text, 1, 2 if place == 3 else 1) for place, text in enumerate(numbers)]
        rows.append([(label, 1, 1), *cells, ("", 1, 1)])
    report = read(table(rows))
    found = {
        name: value for name, value in values(report, "requests.not_processed_duplicate").items() if value
    }
    assert found == {"natural_person": 7, "research": 2, "total": 9}


def test_seven_printed_numbers_are_the_seven_columns_however_they_are_merged() -> None:
    rows = full_requests()
    rows[0] = [rows[0][0], ("申请人情况", 1, 8)]
    rows[1] = [("自然人", 2, 2), *rows[1][1:]]
    cut = _row(rows, "（六）其他处理")
    for at in range(3, len(rows)):
        label = rows[at][-8]
        zeros: Rows = [[("0", 1, 2), *[("0", 1, 1)] * 6, ("", 1, 1)]]
        rows[at] = [label, *zeros[0]] if at != cut else [*rows[at][:-7], *zeros[0]]
    report = read(table(rows))
    assert values(report, "requests.other_overdue_correction") == dict.fromkeys(COLUMNS, 0)


def test_a_corner_that_is_too_short_lets_no_column_slip_below_another() -> None:
    """The last header row then begins under the corner, and 自然人 is drawn between its columns."""
    rows = full_requests()
    (corner, down, wide), *others = rows[0]
    rows[0] = [(corner, down - 1, wide), *others]
    report = read(table(rows))
    _truth(report)


def test_a_table_that_lies_on_its_side_with_all_its_merged_cells() -> None:
    """Whole spans tell which label stands over which column, however few labels a row has."""
    taken: dict[tuple[int, int], bool] = {}
    columns: dict[int, list[tuple[str, int, int]]] = {}
    for number, row in enumerate(full_requests()):
        place = 0
        for text, down, wide in row:
            while (number, place) in taken:
                place += 1
            covered = ((number + below, place + beside) for below in range(down) for beside in range(wide))
            taken |= dict.fromkeys(covered, True)
            columns.setdefault(place, []).append((text, wide, down))
    report = read(table([columns[place] for place in sorted(columns)]))
    _truth(report)
    assert doubts(report) == set()


def test_a_long_label_in_two_cells_or_around_its_numbers_is_one() -> None:
    rows = full_requests()
    at = _row(rows, "（二）部分公开")
    place = next(place for place, (text, _, _) in enumerate(rows[at]) if text.startswith("（二）"))
    before, (text, _, _), numbers = rows[at][:place], rows[at][place], rows[at][place + 1 :]
    beside = [*before, (text[:15], 1, 1), (text[15:], 1, 1), *numbers]
    _truth(read(table([*rows[:at], beside, *rows[at + 1 :]])))
    blank = [("", 1, 1)] * 7
    lines = [[(text[:15], 1, 2), *blank], [("", 1, 2), *numbers], [(text[15:], 1, 2), *blank]]
    taller = [
        [(name, down + 2 if name.startswith("三、") else down, wide) for name, down, wide in row]
        for row in rows
    ]
    report = read(table([*taller[:at], *lines, *taller[at + 1 :]]))
    _truth(report)
    assert doubts(report) == set()


def test_a_header_whose_rows_a_text_put_one_behind_the_other() -> None:
    rows = full_requests()
    header = [[(text, 1, 1) for row in rows[:3] for text, _, _ in row]]
    plain = [[(text, 1, 1) for text, _, _ in row] for row in rows[3:]]
    report = read(table([*header, *plain]))
    _truth(report)
    assert doubts(report) == set()


def test_two_numbers_of_seven_may_be_of_any_applicant() -> None:
    rows = full_requests()
    at = _row(rows, "（二）部分公开")
    rows[at] = [*rows[at][:-7], ("5", 1, 1), ("5", 1, 1)]
    report = read(table(rows))
    assert not any("partially_granted" in figure.key and figure.value for figure in report.figures)
    assert "column_alignment" in doubts(report)


def test_the_label_of_a_lost_column_that_stands_elsewhere_is_a_doubt_about_all() -> None:
    """Where it stands alone above the others, they may have slipped under its neighbours' labels."""
    rows = full_requests()
    labels = [
        ("自然人", 1, 1),
        *((text, 1, 1) for text, _, _ in rows[2] if text != "社会公益组织"),
        ("总计", 1, 1),
    ]
    head = [[("社会公益组织", 1, 9)], [("（勾稽关系）", 1, 3), *labels]]
    narrow = [[*row[:-7], *row[-7:-4], *row[-3:]] for row in rows[3:]]
    report = read(table([*head, *narrow]))
    assert {"missing_column", "unlikely_header"} <= doubts(report)
    assert "requests" in {doubt.where for doubt in report.doubts if doubt.kind == "unlikely_header"}
