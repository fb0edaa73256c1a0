"""What the spider sees of a page."""

from __future__ import annotations

import pytest
from scrapy import Request

from spiders.page import Page, style_requisites

URL = "http://gaj.example.invalid/zwgk/nb/index.html"


def page(html: str, url: str = URL) -> Page:
    return Page(url, html.encode())


def test_tags_are_found_however_they_are_spelt() -> None:
    tags = page(
        """<head><META CONTENT="政府信息公开年报" NAME="columnName">
        <meta name = ' ArticleTitle ' content='标题　一 &nbsp;二'>
        <meta name=PubDate content="2024-01-22 10:00"><meta name="KeyWords" content="">
        <meta name="Desctiption" content="x"/><meta property="og:title" content="y">
        <meta name="ColumnName" content="第二个">"""
    ).tags
    assert tags == {
        "columnname": "政府信息公开年报",
        "articletitle": "标题 一 二",
        "pubdate": "2024-01-22 10:00",
        "desctiption": "x",
    }


def test_titles_come_best_first() -> None:
    seen = page(
        "<head><title>报告_某某局</title><meta name='ArticleTitle' content='甲'></head>"
        "<h1><img src=logo.png></h1><h1>乙</h1><svg><title>icon</title></svg><h2>丙</h2>"
    )
    assert seen.titles == ("甲", "乙", "丙", "报告_某某局")
    assert seen.title == "甲"
    assert page("<p>nothing").title == ""


@pytest.mark.parametrize(
    ("base", "href", "url"),
    [
        ("", "./202401/t20240122_1.html", "http://gaj.example.invalid/zwgk/nb/202401/t20240122_1.html"),
        ("", "../", "http://gaj.example.invalid/zwgk/"),
        ("", "//www.example.invalid/a", "http://www.example.invalid/a"),
        ("", "?page=2", "http://gaj.example.invalid/zwgk/nb/index.html?page=2"),
        ("", " \n/a b.html\t", "http://gaj.example.invalid/a%20b.html"),
        ("", "/a.html#top", "http://gaj.example.invalid/a.html"),
        ("<base href='/other/'>", "a.html", "http://gaj.example.invalid/other/a.html"),
        ("<base href='https://www.example.invalid/x/'>", "a.html", "https://www.example.invalid/x/a.html"),
        ("<base target=_blank>", "a.html", "http://gaj.example.invalid/zwgk/nb/a.html"),
    ],
)
def test_links_are_absolute(base: str, href: str, url: str) -> None:
    (link,) = page(f'{base}<a href="{href}">x</a>').links
    assert link.url == url


@pytest.mark.parametrize(
    "href",
    [
        "javascript:void(0)", " JavaScript:;", "mailto:a@example.invalid", "tel:110", "#", "#top", "",
        "data:x,y", "about:blank", "http://[", "ftp://x/", "file:///etc/passwd", "weixin://dl",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_no_link(href: str) -> None:
    assert page(f'<a href="{href}">x</a><a name="y">y</a>').links == ()


def test_an_address_is_escaped_as_it_is_asked_for() -> None:
    # The archive knows what was captured by the address that went over the wire.
    seen = page(
        '<a href="/附件/2022 年报.doc#top">x</a><img src="图.png?v=%E5"><iframe src="/框.pdf"></iframe>'
    )
    asked = [Request(url).url for url in (seen.links[0].url, seen.requisites[0], seen.frames[0])]
    assert asked == [
        "http://gaj.example.invalid/%E9%99%84%E4%BB%B6/2022%20%E5%B9%B4%E6%8A%A5.doc",
        "http://gaj.example.invalid/zwgk/nb/%E5%9B%BE.png?v=%E5",
        "http://gaj.example.invalid/%E6%A1%86.pdf",
    ]
    assert asked == [seen.links[0].url, seen.requisites[0], seen.frames[0]]


def test_a_link_has_the_longest_of_its_words() -> None:
    links = page(
        """<a href="/1"
        title="某某市公安局2023年政府信息公开工作年度报告">某某市公安局2023年政府信息公开工作…</a>
        <a href="/2" title="短">  完整的 <b>标题</b>\u3000在此 </a>
        <a href="/3"><img src="p.png" alt="图"></a><a href="/3">政府信息公开年报</a>
        <map><area href="/4" alt="公开年报"></map>"""
    ).links
    assert {link.url[-2:]: link.text for link in links} == {
        "/1": "某某市公安局2023年政府信息公开工作年度报告",
        "/2": "完整的 标题 在此",
        "/3": "政府信息公开年报",
        "/4": "公开年报",
    }


def test_the_way_from_the_home_page() -> None:
    html = '<p class="dqwz">当前位置：<a href="/">首页</a>&gt;<a href="../">政务公开</a>&gt;<a>年报</a></p>'
    assert page(html).crumbs == ("首页", "政务公开", "年报")
    assert page("<div class=location>没有链接</div>").crumbs == ()


def test_frames() -> None:
    html = (
        "<iframe src='list.html'></iframe><frame src='/f.html'><embed src='a.pdf'><iframe src='about:blank'>"
    )
    assert page(html).frames == (
        "http://gaj.example.invalid/zwgk/nb/list.html",
        "http://gaj.example.invalid/zwgk/nb/a.pdf",
    )
    framed = page("<frameset><frame src='/f.html'></frameset>")
    assert framed.frames == ("http://gaj.example.invalid/f.html",)


def test_what_a_page_needs_to_look_as_it_did() -> None:
    html = """<head><link rel="StyleSheet" href="/css/a.css"><link rel="shortcut icon" href="/favicon.ico">
    <link rel="canonical" href="/c"><link rel="alternate" href="/rss">
    <style>@import "b.css"; body{background:url( 'ground.png' )} /* url(old.png) */</style></head>
    <body background="wall.gif"><img src="p.png"><img src="data:x,AA"><img data-src="lazy.png">
    <p style="background-image:url(&quot;cell.png&quot;)"><input type=image src=go.gif>
    <script src=x.js></script>"""
    names = [url.removeprefix("http://gaj.example.invalid") for url in page(html).requisites]
    assert sorted(names) == sorted(
        ["/css/a.css", "/favicon.ico"]
        + [f"/zwgk/nb/{name}.png" for name in ("p", "lazy", "ground", "cell")]
        + [f"/zwgk/nb/{name}" for name in ("b.css", "wall.gif", "go.gif")]
    )


def test_what_a_style_sheet_needs() -> None:
    sheet = b"""@charset "utf-8"; @import url("base.css"); @import 'print.css' print;
    a{background:url(../images/a.png)} b{background:url("b c.png")} c{background:url(data:x,AA)}
    /* d{background:url(old.png)} */ e{filter:url(#shadow)} f{background:url(http://[)}
    g{background:url(a.png)}
    h{background:url(//img.example.invalid/h.png)}"""
    assert style_requisites("http://gaj.example.invalid/css/site.css", sheet) == (
        "http://gaj.example.invalid/css/base.css",
        "http://gaj.example.invalid/css/print.css",
        "http://gaj.example.invalid/images/a.png",
        "http://gaj.example.invalid/css/b%20c.png",
        "http://gaj.example.invalid/css/a.png",
        "http://img.example.invalid/h.png",
    )


def test_text_is_what_a_reader_sees() -> None:
    html = "<style>a{}</style><script>var 收费;</script><p>总体<b>情况</b></p>"
    assert page(html).text.replace(" ", "") == "总体情况"


@pytest.mark.parametrize("octets", [b"", b"\x00\xff\xfe", b"<", "<a href='/a'>年报".encode("gb18030")])
def test_no_octets_are_too_broken(octets: bytes) -> None:
    seen = Page(URL, octets)
    assert isinstance((seen.tags, seen.title, seen.links, seen.text, seen.crumbs, seen.requisites), tuple)
