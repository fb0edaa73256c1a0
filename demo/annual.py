"""The annual reports on a site: their paged listing, their pages, and the page that announces a PDF."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from demo import tables
from demo.columns import Entry, article_content, entries, pager
from demo.layout import Frame, article_tags, column_tags, page
from demo.markup import href, joined, paragraph, table, text
from demo.prose import passages
from demo.report import INVENTED, Report
from demo.sites import Site

TABLES = {
    "proactive": tables.proactive,
    "review_litigation": tables.review_litigation,
    "statistics": tables.statistics,
}


def listing(site: Site, reports: Iterable[Report]) -> Iterator[tuple[str, str]]:
    """The pages of the listing, newest report first: `(path, document)`."""
    column = site.annual
    lines = [Entry(report.title, _listed(site, report), f"{report.published:%Y-%m-%d}") for report in reports]
    lines += [Entry(dead.title, column.path + dead.file, dead.date) for dead in column.dead]
    lines.sort(key=lambda line: line.date, reverse=True)
    count = -(-len(lines) // site.per_page)
    for index in range(count):
        path = column.path if index == 0 else f"{column.path}index_{index}.html"
        frame = Frame(
            site,
            path,
            f"{column.name}_{site.name}",
            column_tags(column.name, "政府信息公开年报"),
            site.trail(column),
        )
        shown = lines[index * site.per_page : (index + 1) * site.per_page]
        content = f'<div class="column"><h1>{text(column.name)}</h1>\n'
        yield path, page(frame, content + entries(path, shown) + pager(count, index) + "\n</div>")


def report_page(site: Site, report: Report) -> str:
    """The page of a report: the report itself, or the announcement of its attachment."""
    path = site.report_path(report)
    column = site.annual
    published = f"{report.published:%Y-%m-%d %H:%M}"
    frame = Frame(
        site,
        path,
        f"{report.title}_{column.name}_{site.name}",
        [
            *column_tags(column.name, "政府信息公开年报"),
            *article_tags(site.url(path), report.title, published, report.agency),
        ],
        site.trail(column),
        report.dress.charset,
    )
    attachment = site.attachment_path(report)
    body = _announcement(path, report, attachment) if attachment else _body(site, report)
    editor = "class=TRS_Editor" if report.dress.markup in {"paragraph", "word"} else 'class="TRS_Editor"'
    content = article_content(
        report.title, published, report.agency, f"<div {editor}>{body}</div>", notice(report)
    )
    return page(frame, content)


def notice(report: Report) -> str:
    """Says on the page itself what of it is made up."""
    line = (
        f"【{INVENTED}】本页的数字、地址和人名均为演示而编造，与任何机关的实际情况无关。"
        if report.invented
        else "【演示副本】表中数字取自该机关公开发布的报告，文字为演示另行撰写，不是报告原文。"
    )
    return f'<div class="notice">{line}</div>\n'


def _listed(site: Site, report: Report) -> str:
    """Where the listing sends the reader: for a report that has moved, still to the old address."""
    moved = report.dress.moved_from
    return site.url(moved) if moved else site.report_path(report)


def _body(site: Site, report: Report) -> str:
    markup = report.dress.markup
    parts = []
    for passage in passages(report, f"{site.name}网站"):
        if passage.kind == "table":
            rows = (
                [*tables.requests_header(report.dress.labels), *tables.requests_body(report)]
                if passage.text == "requests"
                else TABLES[passage.text](report)
            )
            parts.append(table(rows, markup))
        else:
            parts.append(paragraph(passage.text, markup, strong=passage.kind == "heading"))
    if report.dress.dead_image:
        parts.append(f'<p align="center"><img src="./{report.dress.dead_image}" alt="" /></p>')
    return joined(parts)


def _announcement(path: str, report: Report, attachment: str) -> str:
    link = f'<a href="{text(href(path, attachment))}" target="_blank">{text(report.title)}.pdf</a>'
    return joined(
        [
            paragraph(
                f"{report.agency}{report.year}年度报告已经编制完成，现予公布，全文见附件。", "paragraph"
            ),
            f'<p style="text-indent: 2em;">附件：{link}</p>',
        ]
    )
