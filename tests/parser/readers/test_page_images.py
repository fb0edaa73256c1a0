"""Images of a page that may show its report, and images that are numbered pages."""

from __future__ import annotations

import pytest

from parser import parse
from parser.readers.page_images import in_one_folder

TITLE = "某某市公安局2023年政府信息公开工作年度报告"


def images(body: str, head: str = "") -> tuple[str, ...]:
    return parse(f"<html><head>{head}</head><body><h1>{TITLE}</h1>{body}</body></html>".encode()).images


def test_scans_in_the_article_are_named_in_their_order() -> None:
    body = """<div class="TRS_Editor"><img src="W0201.jpg"><p><a href="W0202_big.jpg"><img
    src="loading.gif" data-original="W0202.jpg"></a></p><img src="data:image/gif;base64,R0"
    data-src="./3.png?v=2"><img src="W0201.jpg"></div><p><img src="/notice.jpg"></p>"""
    assert images(body) == ("W0201.jpg", "W0202_big.jpg", "./3.png?v=2")
    assert images('<img src="1.jpg">', '<base href="http://img.example.invalid/a/">') == (
        "http://img.example.invalid/a/1.jpg",
    )


def test_a_small_image_stands_for_the_picture_that_it_leads_to() -> None:
    small = '<a href="{0}.jpg"><img src="s{0}.jpg" width="120"></a>'
    assert images(small.format(1) + small.format(2) + '<a href="/zt/"><img src="3.jpg"></a>') == (
        "1.jpg",
        "2.jpg",
    )
    links = '<a href="1.jpg">第1页</a><a href="2.PNG?v=1">第2页</a>'
    assert images(links + '<a href="logo.png">标识</a><p class="footer"><a href="3.jpg">x</a></p>') == (
        "1.jpg",
        "2.PNG?v=1",
    )
    assert images(links + '<img src="0.jpg">') == ("0.jpg",)


@pytest.mark.parametrize(
    "furniture",
    [
        '<img src="/images/logo.png">',
        '<img src="a.png" width="120">',
        '<img src="a.png" style="height:30px;width: 88px">',
        '<img src="a.png" alt="扫一扫二维码">',
        '<img src="ewm.jpg">',
        '<a href="/zt/"><img src="a.jpg"></a>',
        '<header><img src="a.jpg"></header>',
        '<div class="footer"><p><img src="a.jpg"></p></div>',
        '<div id="top_banner"><img src="a.jpg"></div>',
        '<p style="display:none"><img src="a.jpg"></p>',
        '<img src="data:image/png;base64,AA">',
        "<img>",
    ],
)
def test_furniture_is_no_page_of_a_report(furniture: str) -> None:
    assert images(furniture) == ()


def test_a_page_of_another_kind_names_no_images() -> None:
    assert parse("<html><h1>关于开展检查的通知</h1><img src=1.jpg></html>".encode()).images == ()


def test_numbered_images_of_a_folder_are_pages_in_the_order_of_their_numbers() -> None:
    names = [
        "年报/10.jpg",
        "年报/2.jpg",
        "年报/1.JPG",
        "照片.jpg",
        "附/第1页.png",
        "附/第2页.png",
        "年报/a3.jpg",
    ]
    assert sorted(in_one_folder(names)) == [
        ("年报/1.JPG", "年报/2.jpg", "年报/10.jpg"),
        ("附/第1页.png", "附/第2页.png"),
    ]
    assert in_one_folder(["a/1.jpg", "b/2.jpg", "封面.jpg"]) == ()
