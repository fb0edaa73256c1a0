"""The statistics tables of reports before 2019."""

from __future__ import annotations

from decimal import Decimal

import pytest

from parser import parse
from parser.forms.vocabulary import vocabulary
from parser.report import Report
from tests.parser.forms.drawn import Rows, doubts, table, values

TITLE = "云溪市公安局2017年政府信息公开年度报告"
HEADER = ["统计指标", "单位", "统计数"]


def _printed(code: str) -> str:
    """The form's label with its number."""
    term = next(one for one in vocabulary().statistics if one.key == code)
    step = code.rpartition("/")[2]
    if step.startswith("其中"):
        return f"其中：{term.label.removeprefix('其中：')}" if step == "其中1" else term.label
    return (
        f"{step}、{term.label}"
        if "(" not in step and not step.isdigit()
        else (f"{step}.{term.label}" if step.isdigit() else f"（{step[1:-1]}）{term.label}")
    )


def whole_rows() -> Rows:
    """The national table, each row with its place as its number."""
    rows: Rows = [[*HEADER]]
    for place, term in enumerate(vocabulary().statistics):
        rows.append([_printed(term.key), term.unit or "", str(place) if term.unit else ""])
    return rows


def _read(rows: Rows) -> Report:
    page = f"<html><body><h1>{TITLE}</h1><p>数据截至年底。</p>{table(rows)}</body></html>"
    report = parse(page.encode()).report
    assert report is not None
    return report


def _truth() -> dict[str, object]:
    return {
        term.key: float(place) if term.unit else None for place, term in enumerate(vocabulary().statistics)
    }


def test_the_national_table_row_by_row() -> None:
    report = _read(whole_rows())
    assert report.form == "pre2019"
    assert values(report, "statistics") == _truth()
    assert doubts(report) == set()
    units = {figure.key: figure.unit for figure in report.figures}
    assert units["statistics.九/(三)"] == "人次"
    assert units["statistics.一"] is None


def test_repeated_headers_and_shifted_labels_change_nothing() -> None:
    rows = whole_rows()
    rows[40:40] = [[*HEADER]]
    rows[20:20] = [[*HEADER]]
    rows[23] = ["", *rows[23][:2], rows[23][2]]
    report = _read(rows)
    assert values(report, "statistics") == _truth()


def test_equal_labels_are_told_apart_by_their_place() -> None:
    found = values(_read(whole_rows()), "statistics")
    assert found["四/(二)"] != found["五/(二)"]
    assert found["四/(三)"] != found["五/(三)"]


def test_a_label_cut_into_two_rows() -> None:
    rows = whole_rows()
    at = next(place for place, row in enumerate(rows) if "危及国家安全" in str(row[0]))
    whole = rows[at]
    rows[at : at + 1] = [["危及国家安全、公共安全、", "", ""], ["经济安全和社会稳定", *whole[1:]]]
    assert values(_read(rows), "statistics") == _truth()


def test_an_unknown_row_and_further_columns_are_doubts() -> None:
    rows: Rows = [[*row, "9"] for row in whole_rows()]
    rows[0] = [*HEADER, "乡镇"]
    rows.append(["十、从未见过的指标", "件", "4", "9"])
    report = _read(rows)
    assert values(report, "statistics") == _truth()
    assert {"unknown_row", "unknown_column"} <= doubts(report)


def test_totals_that_miss_their_parts_are_found() -> None:
    report = _read(whole_rows())
    assert {finding.where for finding in report.findings if finding.rule == "stat_sum"} == {
        f"statistics.{code}" for code in ("三/(一)", "三/(二)", "三/(三)", "三/(三)/4", "四", "五", "八/(三)")
    }


def test_blank_numbers_are_null_and_units_in_cells_are_read() -> None:
    rows = whole_rows()
    rows[1:] = [[row[0], "", f"{row[2]}{row[1]}" if row[2] else ""] for row in rows[1:]]
    rows[-1] = [rows[-1][0], "", ""]
    report = _read(rows)
    assert values(report, "statistics") == _truth() | {"九/(三)": None}


FUJIAN = [
    ("1、主动公开文件数", "1"), ("其中：1.政府网站公开数", "1/1"), ("2.政府公报公开数", "1/2"),
    ("2、受理政府信息依申请公开总数", "2"), ("其中：1.当面申请数", "2/1"), ("2.网上申请数", "2/2"),
    ("3.信函、传真申请数", "2/3"), ("3、对申请的答复总数", "3"), ("其中：1.同意公开答复数", "3/1"),
    ("2.同意部分公开答复数", "3/2"), ("3.不予公开答复数", "3/3"), ("4.其他类型答复数", "3/4"),
    ("5、接受行政诉讼、举报数", "5"), ("6、行政复议数", "6"), ("7、行政诉讼数", "7"),
]  # fmt: skip


def test_the_fujian_table_with_its_cumulative_column() -> None:
    rows: Rows = [["指标名称", "单位", "本年度", "历年累计"]]
    rows += [[label, "件", str(place), str(place + 100)] for place, (label, _) in enumerate(FUJIAN)]
    report = _read(rows)
    assert report.form == "pre2019"
    assert values(report, "statistics") == {
        **{code: float(place) for place, (_, code) in enumerate(FUJIAN)},
        **{f"{code}.cumulative": float(place + 100) for place, (_, code) in enumerate(FUJIAN)},
    }


def test_a_medium_nobody_has_seen_takes_no_other_ones_place() -> None:
    rows: Rows = [["统计指标", "单位", "统计数"], ["一、主动公开情况", "——", ""]]
    rows += [["（一）主动公开政府信息数", "条", "9"], ["1.政府公报公开政府信息数", "条", "1"]]
    rows += [["2.政府网站公开政府信息数", "条", "2"], ["3.政务抖音公开政府信息数", "条", "77"]]
    rows += [["4.政务微信公开政府信息数", "条", "4"]]
    report = _read(rows)
    found = values(report, "statistics")
    assert 77 not in found.values()
    assert (found["一/(二)/4"], "一/(二)/3" in found) == (4, False)
    (doubt,) = [one for one in report.doubts if one.kind == "unknown_row"]
    assert "政务抖音" in doubt.message


def test_columns_of_two_years_are_left_out_where_nothing_tells_which_is_ours() -> None:
    rows: Rows = [["统计指标", "单位", "2014年", "2015年"]]
    rows += [[label, "件", "1", "2"] for label, _ in FUJIAN[:1]]
    rows += [["（一）收到申请数", "件", "10", "20"], ["1.当面申请数", "件", "10", "20"]]
    rows += [["2.传真申请数", "件", "0", "0"], ["（二）申请办结数", "件", "10", "20"]]
    report = _read(rows)
    assert values(report, "statistics") == {}
    assert "unknown_column" in doubts(report)


@pytest.mark.parametrize(
    "heads",
    [
        [["统计指标", "单位", "2016年", "2017年"]],
        [["统计指标", "单位", "上年", "本年"]],
        [["统计指标", "单位", "去年同期", "本年数", "增减%"]],
        [["统计指标", "单位", "上年数", "统计数"]],
        [[("统计指标", 2, 1), ("单位", 2, 1), ("统计数", 1, 2)], ["2016年度", "2017年度"]],
    ],
)
def test_last_years_column_left_of_ours_is_not_read(heads: Rows) -> None:
    more = ["5%"] if len(heads[0]) > 4 else []
    rows = [[*row[:2], "777" if row[2] else "", *row[2:], *more] for row in whole_rows()[1:]]
    report = _read([*heads, *rows])
    assert values(report, "statistics") == _truth()
    assert doubts(report) == set()


def test_yuan_where_the_form_has_ten_thousands_is_a_doubt() -> None:
    rows = [[row[0], "元", "1200"] if "收取的费用" in str(row[0]) else row for row in whole_rows()]
    report = _read(rows)
    (fee,) = [one for one in report.figures if one.key == "statistics.七"]
    assert (fee.value, fee.unit) == (Decimal(1200), "元")
    assert "statistics.七" in {one.where for one in report.doubts if one.kind == "unit"}


def test_a_column_of_another_table_takes_no_place_of_a_row() -> None:
    rows: Rows = [["指标名称", "单位", "本年度", "历年累计"]]
    rows += [[label, "件", str(place), str(place + 100)] for place, (label, _) in enumerate(FUJIAN)]
    strange: Rows = [["科室", "收到申请", "不予公开"], ["综合科", "400", "120"]]
    at = next(place for place, row in enumerate(rows) if "不予公开" in str(row[0]))
    report = _read([*rows[: at - 1], *strange, *rows[at - 1 :]])
    code = FUJIAN[at - 1][1]
    assert values(report, "statistics")[code] == float(at - 1)


def test_halves_printed_side_by_side_are_one_table() -> None:
    rows = whole_rows()[1:]
    half = (len(rows) + 1) // 2
    right = [*rows[half:], *[["", "", ""]] * (2 * half - len(rows))]
    drawn: Rows = [
        [*HEADER, *HEADER],
        *[[*one, *other] for one, other in zip(rows[:half], right, strict=True)],
    ]
    report = _read(drawn)
    assert values(report, "statistics") == _truth()
    assert doubts(report) == set()
    place = {figure.key: figure.locator.xpath for figure in report.figures}["statistics.九/(三)"]
    assert place is not None and place.endswith("td[6]")


@pytest.mark.parametrize("name", ["代码", "序号", ""])
def test_numbers_that_only_count_the_rows_are_no_figures(name: str) -> None:
    rows: Rows = [[row[0], f"{place:02}", *row[1:]] for place, row in enumerate(whole_rows())]
    rows[0] = ["统计指标", name, "单位", "统计数"]
    report = _read(rows)
    assert values(report, "statistics") == _truth()
    assert doubts(report) == set()


def test_the_national_table_has_no_cumulative_figures() -> None:
    rows: Rows = [[*row, "9999" if row[2] else ""] for row in whole_rows()]
    rows[0] = ["统计指标", "单位", "本年数", "累计数"]
    report = _read(rows)
    assert values(report, "statistics") == _truth()
    assert doubts(report) == {"unknown_column"}


@pytest.mark.parametrize(
    "name", ["数据", "统计数（2017年）", "2017年度统计数", "2017年", "填报数（条、件、次）"]
)
def test_names_of_the_column_of_numbers(name: str) -> None:
    rows = whole_rows()
    rows[0] = ["指标名称", "计量单位", name]
    report = _read(rows)
    assert values(report, "statistics") == _truth()
    assert doubts(report) == set()


def test_the_only_column_of_another_year_is_not_read() -> None:
    rows = whole_rows()
    rows[0] = ["指标名称", "计量单位", "2016年度统计数"]
    report = _read(rows)
    assert set(values(report, "statistics").values()) <= {None}
    assert "unknown_column" in doubts(report)


def test_the_words_over_two_narrow_columns_may_be_one() -> None:
    rows = whole_rows()
    rows[0] = ["统计指标", "", "单位统计数"]
    report = _read(rows)
    assert values(report, "statistics") == _truth()
    assert doubts(report) == set()


def test_the_table_as_a_list_of_lines() -> None:
    lines = [f"{name}：{number}{unit}" if unit else name for name, unit, number in whole_rows()[1:]]
    page = (
        f"<html><body><h1>{TITLE}</h1><ul>{''.join(f'<li>{line}</li>' for line in lines)}</ul></body></html>"
    )
    report = parse(page.encode()).report
    assert report is not None
    read = values(report, "statistics")
    assert read == {key: value for key, value in _truth().items() if value is not None or key in read}
