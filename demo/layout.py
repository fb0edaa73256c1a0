"""The frame of every page: page tags, banner, navigation, breadcrumb, footer.

The tags are misspelled the way real sites misspell them: `tidy` closes its tags and writes names as the
standard does, `wild` has content before name, unclosed tags, `KeyWords` and `Desctiption`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from demo.markup import anchor, href, joined, text
from demo.sites import Link, Site

Tags = list[tuple[str, str]]
REPLICA = "本页面由 Nianbao 演示副本生成，并非该机关的官方网站。"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page says about itself besides its content."""

    site: Site
    path: str
    title: str
    tags: Tags
    trail: list[Link] = field(default_factory=list)
    charset: str = "utf-8"


def column_tags(name: str, kind: str) -> Tags:
    return [("ColumnName", name), ("ColumnDescription", f"{name}栏目"), ("ColumnType", kind)]


def article_tags(frame_url: str, title: str, published: str, source: str) -> Tags:
    return [
        ("ArticleTitle", title),
        ("PubDate", published),
        ("ContentSource", source),
        ("Keywords", ""),
        ("Author", ""),
        ("Description", ""),
        ("Image", ""),
        ("Url", frame_url),
    ]


def page(frame: Frame, content: str) -> str:
    """The whole document."""
    site = frame.site
    tags: Tags = [("SiteName", site.name), ("SiteDomain", site.host), ("SiteIDCode", site.code), *frame.tags]
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
{_charset(site, frame.charset)}
<meta http-equiv="X-UA-Compatible" content="IE=Edge" />
{joined(_tag(site, name, value) for name, value in tags)}
<title>{text(frame.title)}</title>
<link rel="stylesheet" type="text/css" href="/images/site.css" />
<script type="text/javascript" src="/images/createpage.js"></script>
</head>
<body class="{site.theme}">
<div class="header"><img src="/images/banner.png" width="96" height="96" alt="{text(site.name)}" />
<div class="name"><strong>{text(site.name)}</strong><em>演示副本 · 非官方网站</em></div></div>
<div class="nav"><ul>{_navigation(frame)}</ul></div>
<div class="main">
{_breadcrumb(frame)}
{content}
</div>
<div class="footer">
<p>友情链接：{_links(frame.path, site.friends)}</p>
<p>主办：{text(site.name)}　网站标识码：{site.code}　宁公网安备 00000000000000号　宁ICP备00000000号</p>
<p class="replica">{REPLICA}</p>
</div>
</body>
</html>
"""


def _charset(site: Site, charset: str) -> str:
    if charset != "utf-8":
        return f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    if site.tags == "wild":
        return '<meta charset="utf-8" name="viewport" content="width=device-width, initial-scale=1.0" />'
    return '<meta charset="utf-8" />'


def _tag(site: Site, name: str, value: str) -> str:
    if site.tags == "tidy":
        return f'<meta name="{name}" content="{text(value)}" />'
    wild = {"Keywords": "KeyWords", "Description": "Desctiption"}.get(name, name)
    if name in {"SiteIDCode", "ColumnType", "PubDate"}:
        return f'<meta content="{text(value)}" name="{wild}">'
    return f'<meta name="{wild}" content="{text(value)}">'


def _navigation(frame: Frame) -> str:
    site = frame.site
    columns = [("首页", "/"), *((site.columns[path].name, path) for path in site.nav), *site.nav_links]
    return "".join(f"<li>{anchor(frame.path, target, label)}</li>" for label, target in columns)


def _breadcrumb(frame: Frame) -> str:
    if not frame.trail:
        return ""
    steps = (anchor(frame.path, target, label, css="CurrChnlCls") for label, target in frame.trail)
    return f'<div class="location">当前位置：{"&gt;".join(steps)}</div>'


def _links(path: str, links: Iterable[Link]) -> str:
    return " ".join(
        f'<a href="{text(href(path, target))}" target="_blank">{text(label)}</a>' for label, target in links
    )
