"""The pages of the replica: findable by link text, readable, and carrying the figures that the data hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

import pypdfium2  # type: ignore[import-untyped]
import pytest
from lxml import html  # type: ignore[import-untyped]

import demo
from demo.days import DAYS, EVENTS
from demo.forms import COLUMNS, REQUEST_ROWS, REVIEW_GROUPS, REVIEW_RESULTS, STATISTICS_ROWS
from demo.report import INVENTED, Report
from demo.resource import Resource
from demo.sites import Site, all_sites
from demo.world import world
from parser.readers.pdf_font import bars

SITES = list(all_sites().values())
TRAIL = ("政务公开", "政府信息公开", "法定主动公开内容")
HTML_REPORTS = [
    (day, id_)
    for day in DAYS[:2]
    for id_, report in demo.reports(day).items()
    if not report.dress.attachment and (day, id_) != (2, EVENTS.blocked)
]


def tree(resource: Resource) -> html.HtmlElement:
    return html.fromstring(resource.body.decode("gb18030" if b"charset=gb2312" in resource.body else "utf-8"))


def links(url: str, resource: Resource) -> Iterator[tuple[str, str]]:
    """(link text or title, absolute address) of every link of a page."""
    for link in tree(resource).iter("a"):
        yield link.get("title") or link.text_content().strip(), urljoin(url, link.get("href"))


def pages(site: Site, day: int = 1) -> Iterator[tuple[str, Resource]]:
    for url, resource in world(day).items():
        if urlsplit(url).hostname == site.host and resource.content_type.startswith("text/html"):
            yield url, resource


def text(cell: html.HtmlElement) -> str:
    return "".join(cell.text_content().split())


def expanded(table: html.HtmlElement) -> list[list[str]]:
    """A table as a full grid: every spanning cell stands in every place that it covers."""
    grid: dict[tuple[int, int], str] = {}
    rows = table.findall(".//tr")
    for top, row in enumerate(rows):
        left = 0
        for cell in row.findall("td"):
            while (top, left) in grid:
                left += 1
            for down in range(int(cell.get("rowspan", "1"))):
                for right in range(int(cell.get("colspan", "1"))):
                    grid[top + down, left + right] = text(cell)
            left += int(cell.get("colspan", "1"))
    width = 1 + max(column for _, column in grid)
    return [[grid[row, column] for column in range(width)] for row in range(len(rows))]


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.host)
def test_the_annual_reports_are_found_by_link_text(site: Site) -> None:
    url = site.url("/")
    for label in (*TRAIL, site.annual.name):
        url = dict(links(url, world(1)[url]))[label]
    assert url == site.url(site.annual.path)
    assert f'name="ColumnName" content="{site.annual.name}"' in world(1)[url].body.decode()


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.host)
def test_reports_are_listed_below_their_column_only(site: Site) -> None:
    ours = {demo.report_url(report) for report in demo.reports().values() if report.site == site.host}
    ours |= {site.url(path) for path in moved_paths(site)}
    for url, resource in pages(site):
        if not url.startswith(site.url(site.annual.path)) and resource.status == 200:
            assert not ours & {target for _, target in links(url, resource)}, url


def moved_paths(site: Site) -> set[str]:
    reports = [report for report in demo.reports().values() if report.site == site.host]
    return {report.dress.moved_from for report in reports if report.dress.moved_from}


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("site", SITES, ids=lambda site: site.host)
def test_the_listing_leads_to_every_report(site: Site, day: int) -> None:
    found: list[str] = []
    count = None
    index = 0
    while count is None or index < count:
        url = site.url(site.annual.path + (f"index_{index}.html" if index else ""))
        document = world(day)[url].body.decode()
        paging = re.search(r'createPageHTML\((\d+), (\d+), "index", "html"\)', document)
        assert paging
        count = int(paging[1])
        assert int(paging[2]) == index
        for item in tree(world(day)[url]).findall(".//ul[@class='list']/li"):
            link = item.find("a")
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", item.findtext("span"))
            assert link.get("title").startswith(link.text.removesuffix("…"))
            target = urljoin(url, link.get("href"))
            found.append(followed(target, day))
        index += 1
    dead = [site.url(site.annual.path + entry.file) for entry in site.annual.dead]
    expected = [demo.report_url(report) for report in demo.reports(day).values() if report.site == site.host]
    assert sorted(found) == sorted(expected + dead)
    assert site.url(f"{site.annual.path}index_{count}.html") not in world(day)
    if site.host == "www.wuzhong.gov.cn":
        assert count == 2


def followed(url: str, day: int) -> str:
    resource = world(day).get(url)
    return resource.location if resource and resource.location else url


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.host)
def test_links_within_a_site_lead_somewhere_but_for_the_dead_ones(site: Site) -> None:
    dead = set()
    for url, resource in pages(site):
        for _, target in links(url, resource):
            if urlsplit(target).hostname == site.host and target not in world(1):
                dead.add(urlsplit(target).path)
    expected = {
        "gaj.shizuishan.gov.cn": {"/zwgk/zfxxgk/zd/", "/zwgk/zfxxgk/fdzdgknr/rsxx/"},
        "www.wuzhong.gov.cn": {
            "/xxgk/ysqgk/",
            "/xxgk/zfxxgkml/zdxm/",
            "/xxgk/zfxxgkml/bmgkbg_x3/201902/t20190228_941776.html",
        },
    }
    assert dead == expected[site.host]


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.host)
def test_every_page_has_its_requisites_and_says_that_it_is_a_replica(site: Site) -> None:
    missing = set()
    for url, resource in pages(site):
        if resource.status != 200:
            continue
        page = tree(resource)
        assert "演示副本" in page.find_class("replica")[0].text
        assert f"网站标识码：{site.code}" in page.find_class("footer")[0].text_content()
        sources = [item.get("src") for item in page.iter("img", "script") if item.get("src")]
        for source in [*sources, page.find(".//link").get("href")]:
            if urljoin(url, source) not in world(1):
                missing.add(source)
    assert missing == ({"./W020230117366190221457.jpg"} if site.host == "www.wuzhong.gov.cn" else set())


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.host)
def test_robots_txt_forbids_what_is_linked_and_there(site: Site) -> None:
    robots = RobotFileParser()
    robots.parse(world(1)[site.url("/robots.txt")].body.decode().splitlines())
    linked = {target for url, resource in pages(site) for _, target in links(url, resource)}
    forbidden = {url for url in linked & world(1).keys() if not robots.can_fetch("nianbao", url)}
    assert len(forbidden) == 2
    assert robots.can_fetch("nianbao", site.url(site.annual.path))


@pytest.mark.parametrize(("day", "id_"), HTML_REPORTS)
def test_a_report_page_prints_its_figures(day: int, id_: str) -> None:
    report = demo.reports(day)[id_]
    page = tree(world(day)[demo.report_url(report)])
    assert page.find_class("article_title")[0].text == report.title
    assert [meta.get("content") for meta in page.iter("meta") if meta.get("name") == "ArticleTitle"] == [
        report.title
    ]
    assert (INVENTED in page.find_class("notice")[0].text) is report.invented
    tables = list(page.find_class("TRS_Editor")[0].iter("table"))
    if report.form == "2021":
        prints_2021(report, *tables)
    else:
        prints_pre2019(report, *tables)


def prints_2021(
    report: Report, proactive: html.HtmlElement, requests: html.HtmlElement, review: html.HtmlElement
) -> None:
    rows = [[text(cell) for cell in row.findall("td")] for row in proactive.findall(".//tr")]
    numbers = [cell for row in rows for cell in row[1:] if row[0] != "信息内容"]
    assert numbers == [report.cell(key) for key in report.figures if key.startswith("proactive.")]
    body = expanded(requests)[3:]
    for line, row in zip(body, REQUEST_ROWS, strict=True):
        assert line[3:] == [report.cell(f"requests.{row.key}.{column}") for column in COLUMNS]
        assert (line[0] == "三、本年度办理结果") is row.outcome
    keys = [
        f"review_litigation.{group}_{result}" for group, _ in REVIEW_GROUPS for result, _ in REVIEW_RESULTS
    ]
    assert expanded(review)[-1] == [report.cell(key) for key in keys]


def prints_pre2019(report: Report, table: html.HtmlElement) -> None:
    grid = expanded(table)
    rows = [row for row in grid if row[0] != "统计指标"]
    assert len(grid) - len(rows) == (3 if report.dress.repeat_header else 1)
    for line, row in zip(rows, STATISTICS_ROWS, strict=True):
        assert line[1] == (row.unit or "")
        assert line[2] == (report.cell(f"statistics.{row.code}") if row.unit else "")


def test_one_report_is_a_pdf_whose_request_table_breaks_over_two_pages() -> None:
    (report,) = [report for report in demo.reports().values() if report.dress.attachment]
    url = demo.report_url(report)
    attachment = demo.attachment_url(report)
    assert attachment in {target for _, target in links(url, world(1)[url])}
    assert attachment
    assert re.search(r"/P0\d{18,}\.pdf$", attachment)
    assert not tree(world(1)[url]).findall(".//table")
    # The font is not in the file, and the machine may have none: PDFium is given one that stands for it.
    with bars(), pypdfium2.PdfDocument(world(1)[attachment].body) as document:
        texts = ["".join(page.get_textpage().get_text_range().split()) for page in document]
    holding = [number for number, said in enumerate(texts) if "三、本年度办理结果" in said]
    assert len(holding) == 2
    assert report.title in texts[0]
    assert INVENTED in texts[0]
    assert "一、本年新收政府信息公开申请数量" + joined(report, "new_received") in texts[holding[0]]
    assert "（七）总计" + joined(report, "outcome_total") in texts[holding[1]]


def joined(report: Report, row: str) -> str:
    return "".join(report.cell(f"requests.{row}.{column}") for column in COLUMNS)


def test_one_page_says_gb2312_and_needs_gb18030() -> None:
    legacy = [resource for resource in world(1).values() if b"charset=gb2312" in resource.body]
    assert len(legacy) == 1
    assert "镕" in legacy[0].body.decode("gb18030")
    assert "charset" not in legacy[0].content_type
    with pytest.raises(UnicodeDecodeError):
        legacy[0].body.decode("gb2312")
    with pytest.raises(UnicodeDecodeError):
        legacy[0].body.decode("utf-8")


def test_agencies_are_more_than_the_site() -> None:
    agencies = {report.agency for report in demo.reports().values() if report.site == "www.wuzhong.gov.cn"}
    assert len(agencies) == 3
    assert "吴忠市人民政府" not in agencies
