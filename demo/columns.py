"""Home page, columns and everyday articles."""

from __future__ import annotations

from dataclasses import dataclass

from demo.layout import Frame, article_tags, column_tags, page
from demo.markup import anchor, cut, href, joined, paragraph, table, text
from demo.sites import Article, Column, Site
from demo.tables import Cell

TITLE_WIDTH = 22


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a listing."""

    title: str
    target: str
    date: str


def home(site: Site) -> str:
    """The home page: the latest articles, nothing about annual reports."""
    frame = Frame(site, "/", site.name, [])
    lists = [item for item in site.columns.values() if item.kind == "list" and item.parent == "/"]
    blocks = (
        f'<div class="block"><h2>{anchor("/", column.path, column.name)}</h2>'
        f"{entries('/', [entry(column, article) for article in column.articles])}</div>"
        for column in lists
    )
    return page(frame, joined(blocks))


def column_page(site: Site, column: Column) -> str:
    """A column that is not the annual reports."""
    frame = Frame(
        site,
        column.path,
        f"{column.name}_{site.name}",
        column_tags(column.name, "政务公开" if "gk" in column.path else "要闻动态"),
        site.trail(column),
    )
    if column.kind == "hub":
        content = _hub(site, column)
    elif column.kind == "list":
        content = entries(column.path, [entry(column, article) for article in column.articles]) + pager(1, 0)
    else:
        content = _plain(column)
    return page(frame, f'<div class="column"><h1>{text(column.name)}</h1>\n{content}\n</div>')


def article_page(site: Site, column: Column, article: Article) -> str:
    """One everyday article."""
    path = column.path + article.file
    published = f"{article.published:%Y-%m-%d %H:%M}"
    frame = Frame(
        site,
        path,
        f"{article.title}_{column.name}_{site.name}",
        [
            *column_tags(column.name, column.name),
            *article_tags(site.url(path), article.title, published, site.name),
        ],
        site.trail(column),
    )
    parts = [paragraph(line, "plain") for line in article.body]
    if article.picture:
        parts.append(
            '<p align="center"><img src="/images/scene.png" width="320" height="180" alt="示意图" /></p>'
        )
    if article.table:
        parts.append(table([[Cell(value) for value in row] for row in article.table], "plain"))
    return page(frame, article_content(article.title, published, site.name, joined(parts)))


def article_content(title: str, published: str, source: str, body: str, notice: str = "") -> str:
    """Title, date and source above a body, as TRS templates lay them out."""
    return f"""<div class="article">
<h1 class="article_title">{text(title)}</h1>
<div class="article_extend"><span>发布时间：{published}</span><span>来源：{text(source)}</span></div>
{notice}<div class="article_content">{body}</div>
</div>"""


def entry(column: Column, article: Article) -> Entry:
    return Entry(article.title, column.path + article.file, f"{article.published:%Y-%m-%d}")


def entries(path: str, lines: list[Entry]) -> str:
    """A listing: the date beside a link whose text is cut and whose title is whole."""
    items = (
        f'  <li><span>{line.date}</span><a href="{text(href(path, line.target))}" target="_blank" '
        f'title="{text(line.title)}">{text(cut(line.title, TITLE_WIDTH))}</a></li>'
        for line in lines
    )
    return f'<ul class="list">\n{joined(items)}\n</ul>\n'


def pager(count: int, index: int) -> str:
    """Paging as TRS WCM does it: the number of pages stands in a script only."""
    return f"""<div class="page"><script type="text/javascript">
<!--
createPageHTML({count}, {index}, "index", "html");
//-->
</script></div>"""


def _hub(site: Site, column: Column) -> str:
    links = [(site.columns[path].name, path) for path in column.children] + list(column.links)
    items = (f"  <li>{anchor(column.path, target, label)}</li>" for label, target in links)
    return f'<ul class="menu">\n{joined(items)}\n</ul>'


def _plain(column: Column) -> str:
    body = joined(paragraph(line, "plain") for line in column.body)
    return f'<div class="TRS_Editor">{body}</div>'
