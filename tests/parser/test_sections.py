"""Chapters of a report."""

from __future__ import annotations

from parser.sections import read_sections


def _headings(*lines: str) -> list[str]:
    return [section.heading for section in read_sections(lines).sections]


def test_chapters_and_what_stands_before_them() -> None:
    story = read_sections(
        ["导语。", "一、总体情况", "甲。", "（一）主动公开。乙。", "二、主动公开政府信息情况", "丙。"]
    )
    assert story.preamble == "导语。"
    assert [(one.heading, one.text) for one in story.sections] == [
        ("一、总体情况", "甲。\n（一）主动公开。乙。"),
        ("二、主动公开政府信息情况", "丙。"),
    ]


def test_a_list_inside_a_chapter_opens_none() -> None:
    lines = (
        "一、总体情况",
        "一、加强领导，压实责任。",
        "二、主动公开政府信息情况",
        "一、建章立制。",
        "三、收到和处理情况",
    )
    assert _headings(*lines) == ["一、总体情况", "二、主动公开政府信息情况", "三、收到和处理情况"]


def test_a_heading_and_its_text_in_one_paragraph_are_parted() -> None:
    (section,) = read_sections(
        ["一、总体情况。2023年，本机关的公开工作按计划进行，没有发生大的变化，各项制度继续执行。"]
    ).sections
    assert section.heading == "一、总体情况"
    assert section.text.startswith("2023年")


def test_numbers_that_the_agency_miscounted_still_open_chapters() -> None:
    headings = [
        "一、总体情况",
        "三、收到和处理政府信息公开申请情况",
        "四、行政复议、行政诉讼情况",
        "四、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ]
    assert _headings(*headings) == headings


def test_the_annex_is_no_chapter() -> None:
    (section,) = read_sections(["一、概述", "甲。", "附件：统计表", "填报人：乙"]).sections
    assert section.text == "甲。"
