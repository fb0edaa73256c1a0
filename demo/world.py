"""Everything that the two sites answer on one day: URL → resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib.resources import files

from demo.annual import listing, report_page
from demo.columns import article_page, column_page, home
from demo.days import EVENT_DAY, EVENT_TIME, EVENTS, reports_on
from demo.pdf import report_pdf
from demo.picture import skyline
from demo.report import BEIJING, Report
from demo.resource import Framing, Resource
from demo.sites import Site, all_sites

BUILT = datetime(2025, 1, 17, 12, 0, tzinfo=BEIJING)
HTML = "text/html"
ASSETS = {
    "/images/site.css": ("site.css", "text/css"),
    "/images/createpage.js": ("createpage.js", "application/javascript"),
    "/images/ground.png": ("ground.png", "image/png"),
    "/images/scene.png": ("scene.png", "image/png"),
}
CHALLENGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><meta id="9DhefwqGPrzGxEp9" content="replica">
<script type="text/javascript" r="m">
/* A challenge page of the replica: it looks like one and does nothing. */
$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=00000;$_ts.cd="cmVwbGljYQ";if($_ts.lcd)$_ts.lcd();
</script><script type="text/javascript" src="/4QbVtADbnLVIc/d.FxJzG50F.0000000.js" r="m"></script>
</head><body><noscript>Please enable JavaScript</noscript></body></html>
"""
MISSING = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>404</title></head>
<body><h1>404</h1><p>您访问的页面不存在或者已被删除。</p><p><a href="/">返回首页</a></p></body></html>
"""


def missing(modified: datetime = BUILT) -> Resource:
    """What a site says of an address that it does not have."""
    return Resource(MISSING.encode(), f"{HTML}; charset=utf-8", modified, status=404)


def moved(location: str) -> Resource:
    """A permanent redirect."""
    body = f'<html><body><a href="{location}">301 Moved Permanently</a></body></html>\n'
    return Resource(body.encode(), HTML, BUILT, status=301, location=location)


@cache
def world(day: int) -> Mapping[str, Resource]:
    """Every address of both sites on `day`; what is not here is a 404."""
    resources: dict[str, Resource] = {}
    reports = reports_on(day).values()
    for site in all_sites().values():
        ours = [report for report in reports if report.site == site.host]
        for path, resource in _site(site, ours, day):
            resources[site.url(path)] = resource
            if path.endswith("/"):
                resources[site.url(f"{path}index.html")] = resource
                if path != "/":
                    resources[site.url(path[:-1])] = moved(site.url(path))
    return resources


def _site(site: Site, reports: list[Report], day: int) -> Iterator[tuple[str, Resource]]:
    yield "/robots.txt", _robots(site)
    yield from _assets(site)
    yield "/", replace(_page(home(site), BUILT), dynamic=True)
    for column in site.columns.values():
        if column.kind != "annual":
            yield column.path, _page(column_page(site, column), BUILT)
    for column, article in site.articles():
        yield column.path + article.file, _page(article_page(site, column, article), article.published)
    for path, document in listing(site, reports):
        yield path, _page(document, BUILT if day < EVENT_DAY else EVENT_TIME, framing="chunked")
    for report in reports:
        yield from _report(site, report, day)


def _report(site: Site, report: Report, day: int) -> Iterator[tuple[str, Resource]]:
    path = site.report_path(report)
    if report.dress.moved_from:
        yield report.dress.moved_from, moved(site.url(path))
    attachment = site.attachment_path(report)
    if attachment:
        yield (
            attachment,
            Resource(report_pdf(report, f"{site.name}网站"), "application/pdf", report.published),
        )
    if day >= EVENT_DAY and report.id == EVENTS.blocked:
        yield (
            path,
            Resource(
                CHALLENGE.encode(),
                HTML,
                EVENT_TIME,
                status=412,
                cookie="replica_challenge=none; Path=/; HttpOnly",
            ),
        )
        return
    edited = day >= EVENT_DAY and report.id == EVENTS.edited
    document = report_page(site, report)
    # Declared as gb2312, written as its superset: what real sites with this declaration do.
    legacy = report.dress.charset != "utf-8"
    yield (
        path,
        Resource(
            document.encode("gb18030" if legacy else "utf-8"),
            HTML if legacy or site.tags == "wild" else f"{HTML}; charset=utf-8",
            EVENT_TIME if edited else report.published,
            gzip=report.dress.gzip,
        ),
    )


def _page(document: str, modified: datetime, framing: Framing = "length") -> Resource:
    return Resource(document.encode(), f"{HTML}; charset=utf-8", modified, framing=framing)


def _robots(site: Site) -> Resource:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in site.robots), ""]
    return Resource("\n".join(lines).encode(), "text/plain", BUILT)


def _assets(site: Site) -> Iterator[tuple[str, Resource]]:
    folder = files("demo") / "assets"
    named = {**ASSETS, "/images/banner.png": (f"banner-{site.theme}.png", "image/png")}
    for path, (name, kind) in named.items():
        yield path, Resource((folder / name).read_bytes(), kind, BUILT)
    yield "/images/skyline.png", Resource(skyline(site.host), "image/png", BUILT)
