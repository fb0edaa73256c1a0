"""Pages as documents."""

import time

from parser.document import Grid, Heading, Paragraph
from parser.readers.html import read, tree_of

LONG = "本段文字足够长，使正文提取器相信这里有一篇文章，而不是导航栏里的几个链接。" * 6


def _texts(payload: str) -> list[str]:
    return [block.text for block in read(payload.encode()).blocks if isinstance(block, Heading | Paragraph)]


def test_hidden_parts_scripts_and_styles_are_left_out() -> None:
    page = (
        "<html><body><style>p{}</style><script>var a='看不见'</script><p>看得见</p>"
        '<div style="display: none">藏起来</div><p hidden>也藏</p>'
        '<span style="VISIBILITY:HIDDEN">再藏</span></body>'
    )
    assert _texts(page) == ["看得见"]


def test_a_table_that_only_stands_in_a_hidden_part_is_read_with_a_note() -> None:
    table = "<table><tr><td>甲</td><td>1</td></tr></table>"
    page = f'<body><p>说明</p><div style="display:none">{table}</div></body>'
    document = read(page.encode())
    assert any(isinstance(block, Grid) for block in document.blocks)
    assert document.notes


def test_layout_tables_are_walked_through_and_data_tables_kept() -> None:
    page = (
        f"<body><table><tr><td><h1>标题在此</h1><p>{LONG}</p>"
        "<table><tr><td>甲</td><td>1</td></tr></table></td></tr></table></body>"
    )
    blocks = read(page.encode()).blocks
    grids = [block for block in blocks if isinstance(block, Grid)]
    assert [[cell.text for cell in grid.cells] for grid in grids] == [["甲", "1"]]
    assert any(isinstance(block, Heading) and block.text == "标题在此" for block in blocks)


def test_page_tags_are_found_under_any_spelling() -> None:
    page = (
        '<html><head><META NAME="sitename" CONTENT="云溪市公安局">'
        '<meta content="2024-01-02 08:00" name="PubDate">'
        '<meta name="Desctiption" content="说明"><meta name="KeyWords" content="甲;乙">'
        '<meta name="Author" content="">'
        "<title>题目\n_站点</title></head><body><p>文</p></body></html>"
    )
    meta = read(page.encode()).meta
    assert meta["SiteName"] == "云溪市公安局"
    assert meta["PubDate"] == "2024-01-02 08:00"
    assert meta["Description"] == "说明"
    assert meta["Keywords"] == "甲;乙"
    assert meta["title"] == "题目 _站点"
    assert "Author" not in meta


def test_the_site_code_is_read_from_the_foot_where_no_tag_has_it() -> None:
    page = f"<body><p>{LONG}</p><div><span>网站标识码：1234567890</span></div></body>"
    assert read(page.encode()).meta["SiteIDCode"] == "1234567890"


def test_the_page_foot_is_no_part_of_the_article() -> None:
    page = f"<body><p>{LONG}</p><p>{LONG}乙</p><div>网站标识码：1234567890</div><div>电话：12345</div></body>"
    assert not any("标识码" in text or "12345" in text for text in _texts(page))


def test_locators_resolve_on_the_same_bytes() -> None:
    payload = "<div><p>一<p>二<table><tr><td>甲<td>1<tr><td>乙<td>2</table>".encode("gb18030")
    tree = tree_of(payload).getroottree()
    for block in read(payload).blocks:
        if isinstance(block, Grid):
            for cell in block.cells:
                (element,) = tree.xpath(cell.locator.xpath)
                assert "".join(element.itertext()).strip() == cell.text


def test_wide_deep_and_broken_markup_is_read_in_bounded_time() -> None:
    start = time.perf_counter()
    for page in (
        "<div>" * 5000 + "底" + "</div>" * 5000,
        "<table>" + "<tr><td rowspan=65000 colspan=65000>1" * 300,
        "<td>" * 2000,
        "<table><tr><td colspan='99999999999999999999' rowspan='-3'>甲</td></tr></table>",
    ):
        read(page.encode())
    assert time.perf_counter() - start < 20


def test_an_article_that_a_script_shows_is_read_and_a_hidden_table_of_a_page_that_speaks_is_doubtful() -> (
    None
):
    table = "<table><tr><td>规章</td><td>7</td></tr></table>"
    article = f"<p>{'本机关全年主动公开政府信息。' * 20}</p>"
    whole = read(f'<h1>题目</h1><div style="visibility: hidden; opacity: 0;">{article}{table}</div>'.encode())
    part = read(f'<h1>题目</h1>{article}<div style="display: none">{table}</div>'.encode())
    assert [sum(isinstance(block, Grid) for block in one.blocks) for one in (whole, part)] == [1, 1]
    assert whole.notes == ()
    assert part.notes == ("The tables stand in a part of the page that its style hides.",)
