"""The kinds of what differs between two payloads of a page, and its source as lines."""

from __future__ import annotations

import gzip

import pytest

from parser.visible import differences, source_lines

PAGE = """<!DOCTYPE html><html><head><title>年度报告</title><script>var token = "a1";</script></head><body>
<div class="top-nav"><span>今日要闻：{news}</span></div>
<p>今天是{today}</p>
<div>浏览次数：<span id="hits">{hits}</span> 次</div>
<p>{count}人次阅读</p>
<p>本机关收到政府信息公开申请{requests}件，2022年1月5日办结。</p>
<table><tr><td>受理</td><td>{cell}</td></tr></table>
<ul><li><a href="/x">{related}</a></li></ul>
<form><input type="hidden" name="token" value="{token}"></form>
</body></html>"""
PLAIN = {
    "news": "开会", "today": "2026年11月22日 星期日", "hits": "1024", "count": "88", "requests": "12",
    "cell": "12", "related": "上级文件", "token": "q",
}  # fmt: skip


def page(**differing: str) -> bytes:
    return PAGE.format(**PLAIN | differing).encode("gb18030")


@pytest.mark.parametrize(
    ("differing", "kinds"),
    [
        ({}, ()),
        ({"hits": "2048"}, ("counter",)),
        ({"count": "1,203"}, ("counter",)),
        ({"today": "2026年11月23日 星期一"}, ("date",)),
        ({"news": "放假"}, ("navigation",)),
        ({"related": "下级文件"}, ("navigation",)),
        ({"token": "z"}, ("markup",)),
        ({"hits": "2", "today": "2026-11-23 08:00", "related": "又一份"}, ("counter", "date", "navigation")),
        ({"requests": "13"}, ("text",)),
        ({"cell": "13"}, ("text",)),
        ({"cell": "13", "hits": "7"}, ("text", "counter")),
    ],
)
def test_what_differs_is_told_by_kind(differing: dict[str, str], kinds: tuple[str, ...]) -> None:
    assert differences(page(), page(**differing)) == kinds
    assert differences(page(**differing), page()) == kinds


def test_another_encoding_is_nothing_that_is_seen() -> None:
    assert differences(page(), PAGE.format(**PLAIN).encode()) == ("markup",)


def test_a_row_that_came_is_text() -> None:
    assert differences(page(), page(cell="12</td></tr><tr><td>驳回</td><td>1")) == ("text",)


def test_files_are_told_apart_as_files() -> None:
    assert differences(b"%PDF-1.4 one", b"%PDF-1.4 two") == ("binary",)
    assert differences(gzip.compress(b"one"), page()) == ("binary",)
    assert differences("一行\n阅读：3".encode(), "一行\n阅读：4".encode()) == ("counter",)
    assert differences(b"<!-- a -->", b"<!-- b -->") == ("markup",)


def test_the_source_has_a_line_an_element() -> None:
    assert source_lines(b"<html><body><p>1</p> <p>2</p></body></html>") == [
        "<html>", "<body>", "<p>1</p>", "<p>2</p>", "</body>", "</html>",
    ]  # fmt: skip
    assert source_lines("一\n二".encode()) == ["一", "二"]
    assert source_lines(b"%PDF-1.4") is None
