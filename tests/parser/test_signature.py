"""The signature block under a statistics table."""

from __future__ import annotations

from parser import Report
from parser.signature import find_signature


def test_a_line_an_entry() -> None:
    lines = [
        "填报单位（盖章）：某市演示局",
        "单位负责人：甲一",
        "审核人：乙二",
        "填报人：丙三",
        "联系电话：0000000",
        "填报日期：2019年2月3日",
    ]
    assert find_signature(lines) == {
        "reporting_unit": "某市演示局",
        "head": "甲一",
        "reviewer": "乙二",
        "filled_by": "丙三",
        "telephone": "0000000",
        "filled_on": "2019-02-03",
    }


def test_all_on_one_line_with_some_left_blank() -> None:
    line = (
        "单位负责人: 甲一　　审核人：　　填报人：丙三　　联系电话：0953-0000000　填报日期：二〇一九年一月三日"
    )
    assert find_signature([line]) == {
        "head": "甲一",
        "filled_by": "丙三",
        "telephone": "0953-0000000",
        "filled_on": "2019-01-03",
    }


def test_one_label_alone_is_prose() -> None:
    assert find_signature(["如有疑问，请与本局联系（联系电话：0000000）。", "负责人：甲一"]) == {}


def test_the_division_is_read_off_the_site_id() -> None:
    assert Report("2021", "", None, None, site_id="6402000012").division_code == "640200"
    assert Report("2021", "", None, None, site_id="bm29000002").division_code is None
    assert Report("2021", "", None, None).division_code is None
