"""Titles as agencies write them."""

from __future__ import annotations

import pytest

from parser.document import Document, Heading, Paragraph
from parser.titles import Title, find_title, take_apart


@pytest.mark.parametrize(
    ("text", "agency", "year"),
    [
        ("云溪市公安局2022年政府信息公开工作年度报告", "云溪市公安局", 2022),
        ("云溪市公安局 2022 年度政府信息公开工作年度报告", "云溪市公安局", 2022),
        ("2019年云溪市人民政府办公厅政府信息公开工作年度报告", "云溪市人民政府办公厅", 2019),
        ("二〇二二年云溪市公安局政府信息公开年度报告", "云溪市公安局", 2022),
        ("云溪市公安局二○二三年度政府信息公开工作年报", "云溪市公安局", 2023),
        ("云溪市２０２２年政府信息公开工作年度报告", "云溪市", 2022),
        ("云溪市公安局2018年度政务公开年度报告", "云溪市公安局", 2018),
        ("云溪市人民政府关于2009年政府信息公开工作的年度报告", "云溪市人民政府", 2009),
        ("云溪市公安局政府信息公开2022年度报告", "云溪市公安局", 2022),
        ("云溪市公安局2010年信息公开年度报告", "云溪市公安局", 2010),
        ("政府信息公开工作年度报告（2022年度）", None, 2022),
        ("云溪市公安局政府信息公开工作年度报告", "云溪市公安局", None),
        ("【年报】云溪市公安局（本级）2022年政府信息公开工作年度报告.pdf", "云溪市公安局", 2022),
        ("《云溪市公安局2022年政府信息公开工作年度报告》", "云溪市公安局", 2022),
        ("2022 2022年政府信息公开工作年度报告", None, 2022),
        ("２００８年政府信息公开工作年度报告２００８年政府信息公开工作年度报告", None, 2008),
        ("长安街道办事处2022年政府信息公开工作年度报告", "长安街道办事处", 2022),
        ("云溪经济技术开发区管委会2022年度政府信息公开年报", "云溪经济技术开发区管委会", 2022),
        ("云溪水务集团2022年信息公开年度报告", "云溪水务集团", 2022),
        (
            "云溪市公安局、云溪市司法局2022年政府信息公开工作年度报告",
            "云溪市公安局、云溪市司法局",
            2022,
        ),
        ("云溪市公安局（市公开办）2022年政府信息公开工作年度报告", "云溪市公安局", 2022),
        ("（云溪市公安局）2022年政府信息公开工作年度报告", "云溪市公安局", 2022),
        ("附件1：云溪市公安局【2022】政府信息公开工作年度报告", "云溪市公安局", 2022),
        ("云溪市公安局2021—2022年政府信息公开工作年度报告", "云溪市公安局", None),
        ("云溪市公安局政府信息公开工作年度报告（2021-2022）", "云溪市公安局", None),
        ("机构职能云溪市人民政府2022年政府信息公开工作年度报告", "云溪市人民政府", 2022),
        ("首页政务公开云溪市公安局2022年政府信息公开工作年度报告", "云溪市公安局", 2022),
    ],
)
def test_agency_and_year_of_a_title(text: str, agency: str | None, year: int | None) -> None:
    title = take_apart(text)
    assert title is not None
    assert (title.agency, title.year) == (agency, year)


@pytest.mark.parametrize(
    "text",
    [
        "云溪市公安局2022年政府信息公开工作年度报告解读",
        "云溪市应急管理局2021年法治政府建设年度报告",
        "云溪市2024年部门预算公开",
        "政府信息公开年度报告如下：",
        "根据条例要求，现发布2022年政府信息公开工作年度报告",
        "政府信息公开",
        "关于印发云溪市公安局2022年政府信息公开工作年度报告的通知",
        "云溪市公安局2022年第一季度政府信息公开工作报告",
        "云溪市公安局2022年上半年政府信息公开工作总结",
        "2022 Annual Report on Government Information Disclosure",
    ],
)
def test_what_is_no_title(text: str) -> None:
    assert take_apart(text) is None


def _document(meta: dict[str, str], *lines: str) -> tuple[Document, list[str]]:
    return Document("html", tuple(Paragraph(line) for line in lines), meta), list(lines)


def test_a_title_on_two_lines_is_joined() -> None:
    document, lines = _document(
        {}, "- 1 -", "云溪市公安局", "2024 年政府信息公开工作年度报告", "本报告由本局编制。"
    )
    assert find_title(document, lines) == Title(
        "云溪市公安局2024 年政府信息公开工作年度报告", "云溪市公安局", 2024
    )


def test_the_printed_title_wins_over_the_tag_unless_it_says_less() -> None:
    tag = {"ArticleTitle": "云溪市公安局2023年政府信息公开工作年度报告"}
    document, lines = _document(tag, "云溪市公安局2022年政府信息公开工作年度报告", "正文。")
    assert find_title(document, lines) == take_apart("云溪市公安局2022年政府信息公开工作年度报告")
    document, lines = _document(tag, "2023年政府信息公开工作年度报告", "正文。")
    assert find_title(document, lines) == take_apart(tag["ArticleTitle"])


@pytest.mark.parametrize("gap", ["", " ", "\n"])
def test_a_title_that_stands_twice_in_a_row_is_one(gap: str) -> None:
    once = "石嘴山市公安局2022年政府信息公开工作年度报告"
    title = take_apart(once + gap + once)
    assert title is not None
    assert (title.text, title.agency, title.year) == (once, "石嘴山市公安局", 2022)


def test_a_line_of_millions_of_characters_is_no_title_and_takes_no_time() -> None:
    assert take_apart("1  " * 700_000) is None  # hours, were each length of a repetition tried


def test_breadcrumbs_are_no_part_of_the_title() -> None:
    document, lines = _document({}, "首页", "政府信息公开", "云溪市公安局2022年政府信息公开工作年度报告")
    title = find_title(document, lines)
    assert title is not None and title.agency == "云溪市公安局"


def test_the_window_title_serves_where_nothing_else_does() -> None:
    document = Document(
        "html", (Heading("年报"),), {"title": "云溪市公安局2022年政府信息公开工作年度报告_云溪市公安局"}
    )
    title = find_title(document, ["年报"])
    assert title is not None and (title.agency, title.year) == ("云溪市公安局", 2022)


def test_a_title_that_runs_over_every_page_is_one_title() -> None:
    line = "２００８年 政府信息公开工作年度报告"
    document, lines = _document({}, line, line, "云溪市公安局编制。", line, "一、概述")
    assert find_title(document, lines) == Title(line, None, 2008)


@pytest.mark.parametrize("tail", [" - 云溪市人民政府门户网站", "_云溪市政府网", "|云溪市公安局"])
def test_the_name_of_the_site_is_no_part_of_the_title(tail: str) -> None:
    own = "云溪市公安局2022年政府信息公开工作年度报告"
    document, lines = _document({}, own + tail, "一、概述")
    assert find_title(document, lines) == Title(own, "云溪市公安局", 2022)
    document, lines = _document({"ArticleTitle": own + tail}, "一、概述")
    assert find_title(document, lines) == Title(own, "云溪市公安局", 2022)
