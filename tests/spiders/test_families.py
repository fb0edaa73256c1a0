"""How listings go on."""

from __future__ import annotations

import pytest

from spiders.families import generic, trs
from spiders.page import Page


def pages(family: object, url: str, html: str) -> list[str]:
    more = vars(family)["more_pages"]
    return [address for address, _ in more(Page(url, html.encode()))]


@pytest.mark.parametrize(
    ("script", "names"),
    [
        ('createPageHTML(3, 0, "index", "html");', ["index_1.html", "index_2.html"]),
        ("createPageHTML(3,1,'index','htm')", ["index_2.htm"]),
        ('createPageHTML("4", "0", "list", "shtml")', ["list_1.shtml", "list_2.shtml", "list_3.shtml"]),
        ('createPageHTML(1, 0, "index", "html")', []),
        ('createPageHTML(0, 0, "index", "html")', []),
        ("createPageHTML(countPage, nPageIndex);", []),
    ],
)
def test_trs_counts_its_pages_in_a_script(script: str, names: list[str]) -> None:
    html = f"<script>\n<!--\n{script}\n//-->\n</script>"
    found = pages(trs, "http://a.example/zwgk/nb/", html)
    assert found == [f"http://a.example/zwgk/nb/{name}" for name in names]


def test_trs_says_which_page_of_how_many() -> None:
    page = Page("http://a.example/nb/", b'<script>createPageHTML(2, 0, "index", "html");</script>')
    assert [*trs.more_pages(page)] == [("http://a.example/nb/index_1.html", "page 2 of 2 by createPageHTML")]


def test_a_count_without_bounds_is_bounded() -> None:
    assert len(pages(trs, "http://a.example/nb/", 'createPageHTML(99999999, 0, "index", "html")')) == 499


def test_trs_without_its_script_goes_by_links() -> None:
    html = '<a href="index_1.html">下一页</a>'
    assert pages(trs, "http://a.example/nb/", html) == ["http://a.example/nb/index_1.html"]


@pytest.mark.parametrize(
    ("url", "html", "names"),
    [
        # UCAP
        ("/nb/index.html", "<a href='index_2.html'>2</a><a href='index_2.html'>下一页</a>",
         ["/nb/index_2.html"]),
        # jcms
        ("/col/col12/index.html", "<a href='/col/col12/index.html?pageNum=2'>下页</a>",
         ["/col/col12/index.html?pageNum=2"]),
        # VSB counts backwards in a folder named after the listing
        ("/zfxxgk/nb.htm", "<a href='nb/3.htm'>2</a><a href='nb/3.htm'>下页</a><a href='nb/1.htm'>尾页</a>",
         ["/zfxxgk/nb/3.htm", "/zfxxgk/nb/1.htm"]),
        ("/zfxxgk/nb/3.htm", "<a href='2.htm'>下页</a><a href='../nb.htm'>上页</a>", ["/zfxxgk/nb/2.htm"]),
        ("/nb/list.jsp?p=1", "<a href='?p=2'>[2]</a><a href='?p=3'>第3页</a>",
         ["/nb/list.jsp?p=2", "/nb/list.jsp?p=3"]),
        ("/nb/", "<a href='index_2.html'>&gt;</a><a href='index_9.html'>»</a>",
         ["/nb/index_2.html", "/nb/index_9.html"]),
        ("/nb/", "<a href='p2.html'>Next</a>", ["/nb/p2.html"]),
    ],
)  # fmt: skip
def test_generic_listings_go_on_by_their_links(url: str, html: str, names: list[str]) -> None:
    found = pages(generic, f"http://a.example{url}", html)
    assert found == [f"http://a.example{name}" for name in names]


@pytest.mark.parametrize(
    "html",
    [
        "<a href='/news/12.html'>12</a>",
        "<a href='http://b.example/nb/2.html'>下一页</a>",
        "<a href='/nb/'>下一页</a>",
        "<a href='index_1.html'>上一页</a>",
        "<a href='1.html'>2023</a>",
        "<a href='1.html'>下一页面说明</a>",
    ],
)
def test_other_links_are_no_further_pages(html: str) -> None:
    assert pages(generic, "http://a.example/nb/", html) == []
