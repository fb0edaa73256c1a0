"""Which links of a report page lead to its files, by every way in which systems give files out."""

from __future__ import annotations

import pytest

from spiders.files import files_of, is_attachment
from spiders.page import Page

HERE = "http://a.example/xxgk/nb/1.html"


def files(body: str, *, charset: str = "utf-8") -> list[tuple[str, bool]]:
    page = f"<html><head><title>某局2021年政府信息公开工作年度报告</title></head><body>{body}</body></html>"
    found = files_of(Page(HERE, page.encode(charset)))
    return [(file.url.removeprefix("http://a.example"), file.certain) for file in found]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a.example/P020240130385512034877.pdf", True),
        ("http://a.example/W020240130385512034877.DOCX", True),
        ("http://a.example/a.wps?x=1", True),
        ("http://a.example/t20240130_1.html", False),
        ("http://a.example/pdf/", False),
        ("http://a.example/view?file=a.pdf", False),
    ],
)
def test_files_are_known_by_their_path(url: str, expected: bool) -> None:
    assert is_attachment(url) is expected


@pytest.mark.parametrize(
    ("body", "url", "certain"),
    [
        ('<a href="a.pdf">附件</a>', "/xxgk/nb/a.pdf", True),
        ('<a href="%C4%EA%B1%A8.docx">附件</a>', "/xxgk/nb/%C4%EA%B1%A8.docx", True),
        (
            '<a href="/system/_content/download.jsp?owner=1&amp;wbfileid=7">2021年年报.docx</a>',
            "/system/_content/download.jsp?owner=1&wbfileid=7",
            True,
        ),
        (
            '<a href="/module/download/downfile.jsp?classid=0&amp;filename=8f.doc">年度报告</a>',
            "/module/download/downfile.jsp?classid=0&filename=8f.doc",
            True,
        ),
        ('<a href="/getfile?id=5">报告（见附件）</a>', "/getfile?id=5", False),
        ('<a href="/f/5">点击下载</a>', "/f/5", False),
        ('<a href="/f/5">附件1：统计表</a>', "/f/5", False),
        ('<iframe src="/pdfjs/web/viewer.html?file=/f/a.pdf"></iframe>', "/f/a.pdf", True),
        (
            '<iframe src="/pdfjs/web/viewer.html?file=../../f/%E5%B9%B4.pdf"></iframe>',
            "/f/%E5%B9%B4.pdf",
            True,
        ),
        ('<a href="/viewer.html?file=%2Ff%2Fa.pdf">在线阅读</a>', "/f/a.pdf", True),
        ('<object data="a.ofd"></object>', "/xxgk/nb/a.ofd", True),
        (
            '<script>showVsbpdfIframe("/__local/A/B/a.pdf","100%","600","0","","");</script>',
            "/__local/A/B/a.pdf",
            True,
        ),
        ('<script>var f = {"url": "\\/f\\/a.pdf"}</script>', "/f/a.pdf", True),
        ("<a href=\"javascript:void(window.open('/f/a.doc'))\">附件</a>", "/f/a.doc", True),
    ],
)
def test_a_file_is_found_whatever_its_address_looks_like(body: str, url: str, certain: bool) -> None:
    assert files(body) == [(url, certain)]


@pytest.mark.parametrize(
    "body",
    [
        '<a href="/nb/2.html">某局2020年政府信息公开工作年度报告</a>',
        '<a href="/download/app.apk">客户端下载</a>',
        '<a href="/download/">下载中心</a>',
        '<a href="/xzzx/download.html">资料</a>',
        '<a href="/reader.exe">PDF阅读器下载</a>',
        '<script src="/js/a.pdf"></script><script>var c = "theme.css"</script>',
    ],
)
def test_what_is_for_other_readers_is_no_file(body: str) -> None:
    assert files(body) == []


def test_a_query_is_asked_for_in_the_encoding_of_its_page() -> None:
    body = '<a href="年报/down.asp?f=年报.doc">附件</a>'
    path = "/xxgk/nb/%E5%B9%B4%E6%8A%A5/down.asp"
    assert files(body) == [(f"{path}?f=%E5%B9%B4%E6%8A%A5.doc", True)]
    assert files(body, charset="gbk") == [(f"{path}?f=%C4%EA%B1%A8.doc", True)]
