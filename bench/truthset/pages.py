"""The pages round a report: templates of the systems that government sites run on, with navigation, tables
that hold the layout, links to other years, footers."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from random import Random

from bench.truthset.content import Content

SHELLS = ("trs", "trs", "jcms", "vsb", "nested", "word", "fragment")


def wrap(shell: str, body: str, content: Content, charset: str, rng: Random, *, title_shown: bool) -> str:
    """The page with `body` in it. `title_shown` puts the title of the report above the text."""
    if shell == "fragment":
        return body
    title = escape(content.title.text)
    above = f'<div class="article_title"><h1>{title}</h1></div>' if title_shown else ""
    declared = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">' if charset else ""
    head = f"{declared}\n{_tags(content, rng)}\n<title>{_page_title(content, rng)}</title>"
    return _TEMPLATES[shell](head, above + body, content, rng)


def _tags(content: Content, rng: Random) -> str:
    """Page tags as the national rules ask for them; sometimes misspelt, empty, or in another order."""
    year = content.year + 1
    tags = {
        "SiteName": f"{content.name.place}人民政府网",
        "SiteDomain": "www.example.gov.cn",
        "SiteIDCode": f"{rng.randint(1000000000, 6599999999)}",
        "ColumnName": rng.choice(("政府信息公开年报", "信息公开年报", "年度报告")),
        "ColumnType": "政府信息公开年报",
        "ArticleTitle": content.title.text.strip(),
        "PubDate": f"{year}-01-{rng.randint(10, 31)} {rng.randint(8, 18):02}:{rng.randint(0, 59):02}",
        "ContentSource": rng.choice((content.name.agency, content.name.agency, "")),
        rng.choice(("Keywords", "KeyWords")): "",
        rng.choice(("Description", "Desctiption")): "",
    }
    written = []
    for name, value in tags.items():
        if rng.random() < 0.1 and name not in {"ArticleTitle", "ContentSource"}:
            continue
        first, second = f'name="{name}"', f'content="{escape(value)}"'
        written.append(f"<meta {second} {first}>" if rng.random() < 0.3 else f"<meta {first} {second}/>")
    return "\n".join(written)


def _page_title(content: Content, rng: Random) -> str:
    title = escape(content.title.text)
    return rng.choice((f"{title}_政府信息公开年报_{content.name.place}人民政府网", title, "政府信息公开年报"))


def _links(content: Content) -> str:
    """Links to the reports of other years: titles of reports that this page is not."""
    years = [year for year in range(content.year - 3, content.year + 2) if year != content.year]
    items = "".join(
        f'<li><a href="./{year}.html" title="{content.name.place}{year}年政府信息公开工作年度报告">'
        f"{content.name.place}{year}年政府信息公开工作年度报告</a><span>{year + 1}-01-20</span></li>"
        for year in years
    )
    return f'<div class="related"><h4>相关链接</h4><ul>{items}</ul></div>'


def _navigation() -> str:
    names = ("首页", "政务公开", "政务服务", "互动交流", "数据开放")
    return "".join(f'<li><a href="/{number}/">{name}</a></li>' for number, name in enumerate(names))


def _trs(head: str, body: str, content: Content, rng: Random) -> str:
    links = _links(content) if rng.random() < 0.4 else ""
    above = f"<span>来源：{content.name.agency}</span><span>浏览次数：{rng.randint(1, 9999)}</span>"
    below = f"<p>网站标识码：{rng.randint(1000000000, 6599999999)}</p><p>主办单位：{content.name.agency}</p>"
    return f"""<!DOCTYPE html>
<html>
<head>
{head}
<link rel="stylesheet" href="/images/ui.css">
</head>
<body>
<div class="header"><ul class="nav">{_navigation()}</ul></div>
<div class="breadcrumb">当前位置：<a href="../../">首页</a> &gt; <a href="../">政府信息公开年报</a></div>
<div class="article_extend">{above}</div>
<div class="article_content"><div class=TRS_Editor>{body}</div></div>
{links}
<script>var total = {rng.randint(1, 999)}; createPageHTML(3, 0, "index", "html");</script>
<div class="footer">{below}</div>
</body>
</html>
"""


def _jcms(head: str, body: str, content: Content, rng: Random) -> str:
    index = f"{rng.randint(100000, 999999)}/{content.year + 1}-00{rng.randint(10, 99)}"
    return f"""<html><head>
{head}
</head><body bgcolor="#FFFFFF">
<table width="1000" align="center" class="top"><tr><td>{_navigation()}</td></tr></table>
<div id="zoom" class="bt_content"><!--<$[信息内容]>begin-->{body}<!--<$[信息内容]>end--></div>
<table class="info" border="0"><tr><td>索引号</td><td>{index}</td>
<td>发布日期</td><td>{content.year + 1}-01-{rng.randint(10, 30)}</td></tr></table>
</body></html>
"""


def _vsb(head: str, body: str, content: Content, rng: Random) -> str:
    return f"""<!DOCTYPE HTML><HTML><HEAD>
{head}
</HEAD><BODY>
<form name="_newscontent_fromname"><div class="v_news_content" id="vsb_content_2">{body}</div></form>
<p>上一条：<a href="1001.htm">{content.name.place}{content.year - 1}年政府信息公开工作年度报告</a></p>
<p>点击量：<span id="dynclicks">{rng.randint(10, 9999)}</span></p>
</BODY></HTML>
"""


def _nested(head: str, body: str, content: Content, rng: Random) -> str:
    return f"""<html><head>{head}</head><body>
<table width="960" border="0" cellpadding="0" cellspacing="0" align="center"><tr><td colspan="2">
<table><tr><td><img src="/logo.gif" alt="{content.name.place}"></td><td>{_navigation()}</td></tr></table>
</td></tr><tr><td width="200" valign="top">
<table><tr><td><a href="/a">机构职能</a></td></tr><tr><td><a href="/b">政策文件</a></td></tr></table>
</td><td valign="top"><table width="100%"><tr><td>
<table width="100%"><tr><td class="content">{body}</td></tr></table>
</td></tr><tr><td align="right">【打印】【关闭】 阅读：{rng.randint(10, 999)}次</td></tr></table></td></tr>
<tr><td colspan="2" align="center">版权所有：{content.name.agency}</td></tr></table></body></html>
"""


def _word(head: str, body: str, _content: Content, _rng: Random) -> str:
    return f"""<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:w="urn:schemas-microsoft-com:office:word">
<head>{head}
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Print</w:View></w:WordDocument></xml><![endif]-->
<style><!-- @font-face {{font-family:仿宋;}} p.MsoNormal {{margin:0cm;}} --></style>
</head>
<body lang=ZH-CN style='tab-interval:21.0pt'><!--StartFragment--><div class=Section1>
{body}
</div><!--EndFragment--></body></html>
"""


_TEMPLATES: dict[str, Callable[[str, str, Content, Random], str]] = {
    "trs": _trs,
    "jcms": _jcms,
    "vsb": _vsb,
    "nested": _nested,
    "word": _word,
}
