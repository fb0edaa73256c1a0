"""Agencies under their full names."""

from __future__ import annotations

import pytest

from parser.agencies import complete, find_agency
from parser.titles import Title, take_apart


@pytest.mark.parametrize(
    ("name", "witnesses", "full"),
    [
        ("云溪市", "", "云溪市人民政府"),
        ("云溪市南岭区", "", "云溪市南岭区人民政府"),
        ("白石镇", "", "白石镇人民政府"),
        ("长安街道", "", "长安街道办事处"),
        ("云溪经济开发区", "", "云溪经济开发区管委会"),
        ("云溪经济开发区", "由云溪经济开发区管理委员会办公室编制", "云溪经济开发区管理委员会"),
        ("云溪新区", "云溪新区人民政府办公室", "云溪新区人民政府"),
        ("市公安局", "请与云溪市公安局办公室联系。云溪市公安局", "云溪市公安局"),
        ("市公安局", "", "市公安局"),
        ("云溪市公安局", "另一市公安局", "云溪市公安局"),
    ],
)
def test_a_short_name_is_completed_by_witnesses_only(name: str, witnesses: str, full: str) -> None:
    assert complete(name, witnesses) == full


def test_without_a_title_the_text_and_the_tags_are_asked() -> None:
    bare = Title("2022年政府信息公开工作年度报告", None, 2022)
    quoted = "现发布《云溪市公安局2022年政府信息公开工作年度报告》，请监督。"
    assert find_agency(bare, {}, quoted) == "云溪市公安局"
    assert find_agency(None, {}, "填报单位(盖章):云溪市公安局\n统计") == "云溪市公安局"
    assert find_agency(bare, {}, "本报告由云溪市财政局根据条例编制") == "云溪市财政局"
    assert find_agency(bare, {"SiteName": "云溪市公安局门户网站"}, "") == "云溪市公安局"
    assert find_agency(bare, {"SiteName": "中国云溪"}, "") is None


def test_the_title_wins_over_the_tags() -> None:
    title = take_apart("云溪市公安局2022年政府信息公开工作年度报告")
    assert find_agency(title, {"ContentSource": "云溪市人民政府办公室"}, "") == "云溪市公安局"


def test_words_in_front_of_the_name_go_where_the_source_names_the_agency_without_them() -> None:
    title = take_apart("阳光警务云溪市公安局2022年政府信息公开工作年度报告")
    assert find_agency(title, {"ContentSource": "云溪市公安局"}, "") == "云溪市公安局"
    assert find_agency(title, {}, "本报告由云溪市公安局根据条例编制") == "云溪市公安局"
    assert find_agency(title, {}, "") == "阳光警务云溪市公安局"
    for over in ("云溪市南岭区公安局", "云溪市公安局南岭区公安局"):
        title = take_apart(f"{over}2022年政府信息公开工作年度报告")
        assert find_agency(title, {"ContentSource": "南岭区公安局"}, "") == over
