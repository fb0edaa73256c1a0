"""One crawl over small sites of other makes than the replica, and over sites that are traps."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.database import Database
from storage.models import Capture, Sighting
from tests.crawler.raw_server import RawServer, Script
from tests.crawler.visits import captures_in, clean_environment
from tests.databases import url_of

BODY = "一、总体情况 二、主动公开政府信息情况 三、收到和处理政府信息公开申请情况 五、存在的主要问题及改进情况"


def title(year: int) -> str:
    return f"某某市财政局{year}年政府信息公开工作年度报告"


def link(href: str, words: str) -> str:
    return f'<li><a href="{href}">{words}</a></li>'


def report(year: int, more: str = "") -> str:
    return f"<title>{title(year)}_某某网</title><h1>某某网</h1><h2>{title(year)}</h2><p>{BODY}</p>{more}"


HOME = link("/news/1.html", "我市召开会议") + link("/zwgk/", "政务公开")
HUB = link("/col/nb/", "政府信息公开年报") + link("/zn.html", "政府信息公开指南")

SITES: dict[str, dict[str, str]] = {
    # jcms: the first rows are inlined as XML, the listing is a frame
    "jcms.example.invalid": {
        "/": HOME,
        "/zwgk/": "<iframe src='/col/col12/index.html'></iframe>" + link("/col/col12/index.html", "年报"),
        "/col/col12/index.html": "<meta name=ColumnName content=信息公开年报>"
        "<script type=text/xml><datastore><recordset>"
        f"<record><![CDATA[{link('/art/2018/2/28/art_12_1.html', title(2017))}]]></record></script>"
        + link("/art/2024/art_01234567.html", title(2023)),
        "/art/2018/2/28/art_12_1.html": report(2017),
        "/art/2024/art_01234567.html": report(2023),
    },
    # UCAP: index_2 is page 2, titles are cut
    "ucap.example.invalid": {
        "/": HOME,
        "/zwgk/": HUB,
        "/col/nb/": link("/content/post_1.html", "某某市财政局2022年政府信息公开工作…")
        + link("index_2.html", "2")
        + link("index_2.html", "下一页"),
        "/col/nb/index_2.html": link("/content/post_2.html", title(2021)) + link("./", "上一页"),
        "/content/post_1.html": report(2022, link("/attachment/1.docx", "附件.docx")),
        "/content/post_2.html": report(2021),
    },
    # VSB: the pages count backwards, in a folder named after the listing
    "vsb.example.invalid": {
        "/": HOME,
        "/zwgk/": link("/zfxxgk/nb.htm", "年度报告"),
        "/zfxxgk/nb.htm": link("../info/1/3.htm", title(2020)) + link("nb/1.htm", "下页"),
        "/zfxxgk/nb/1.htm": link("../../info/1/2.htm", title(2019)),
        "/info/1/3.htm": report(2020),
        "/info/1/2.htm": report(2019),
    },
    # a column that the profile knows and no page leads to
    "known.example.invalid": {
        "/": link("/news/1.html", "新闻"),
        "/hidden/nb/": link("t20240122_1.html", title(2023)),
        "/hidden/nb/t20240122_1.html": report(2023),
    },
    # ways that go on for ever: a calendar, a listing without end, a page that sends to itself
    "trap.example.invalid": {
        "/": link("/cal/0.html", "信息公开日历") + link("/col/nb/1.html", "政府信息公开年报"),
        **{f"/cal/{n}.html": link(f"/cal/{n + 1}.html", "信息公开日历") for n in range(40)},
        **{f"/col/nb/{n}.html": link(f"{n + 1}.html", "下页") + link("/self", "2023年报") for n in range(90)},
    },
}  # fmt: skip
PROFILE = {
    "known.example.invalid": 'columns = ["http://known.example.invalid/hidden/nb/"]',
    "trap.example.invalid": "max_pages = 40\ndepth = 4",
}


def reply(html: str) -> Script:
    body = f"<html><body>{html}</body></html>".encode()
    return [b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body]


@dataclass(frozen=True, slots=True)
class World:
    home: Path
    stderr: str
    captures: list[Capture]
    sightings: list[Sighting] = field(default_factory=list)

    def asked(self, host: str) -> list[str]:
        here = f"http://{host}"
        return [
            c.url.removeprefix(here) for c in self.captures if c.url.startswith(here) and c.role != "robots"
        ]

    def found(self, host: str) -> dict[str, str]:
        here = f"http://{host}"
        return {s.source_url.removeprefix(here): s.title for s in self.sightings if s.site == host}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, databases: None) -> Iterator[World]:
    home = tmp_path_factory.mktemp("discovery")
    scripts: dict[str, Script] = {
        f"http://{host}{path}": reply(html) for host, pages in SITES.items() for path, html in pages.items()
    }
    itself = b"HTTP/1.1 302 Found\r\nLocation: /self\r\nSet-Cookie: a=1\r\nContent-Length: 0\r\n\r\n"
    scripts["http://trap.example.invalid/self"] = [itself]
    scripts["http://ucap.example.invalid/attachment/1.docx"] = reply("a file")
    profiles = home / "sites"
    profiles.mkdir()
    for host in SITES:
        text = f'domain = "{host}"\nname = "某某市"\nentry = ["http://{host}/"]\n{PROFILE.get(host, "")}\n'
        (profiles / f"{host}.toml").write_text(f'{text}[[publishers]]\nagency = "某某市财政局"\n', "utf-8")
    with RawServer(scripts) as server:
        done = subprocess.run(
            [sys.executable, "-m", "cli.app", "crawl", "--json"],
            env=clean_environment(
                home,
                {"http_proxy": f"http://127.0.0.1:{server.port}", "NIANBAO_SITES_DIR": str(profiles)},
            ),
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    database = Database(url_of(home), create=False)
    with database.read() as session:
        sightings = list(session.scalars(select(Sighting).order_by(Sighting.id)))
    database.close()
    yield World(home, done.stderr, captures_in(home), sightings)


@pytest.mark.parametrize(
    ("host", "found"),
    [
        (
            "jcms.example.invalid",
            {
                "/art/2018/2/28/art_12_1.html": title(2017),
                "/art/2024/art_01234567.html": title(2023),
            },
        ),
        (
            "ucap.example.invalid",
            {
                "/content/post_1.html": title(2022),
                "/attachment/1.docx": title(2022),
                "/content/post_2.html": title(2021),
            },
        ),
        ("vsb.example.invalid", {"/info/1/3.htm": title(2020), "/info/1/2.htm": title(2019)}),
        ("known.example.invalid", {"/hidden/nb/t20240122_1.html": title(2023)}),
        ("trap.example.invalid", {}),
    ],
)
def test_reports_are_found_on_sites_of_any_make(world: World, host: str, found: dict[str, str]) -> None:
    assert world.found(host) == found


def test_an_attachment_belongs_to_its_page(world: World) -> None:
    (sighting,) = [item for item in world.sightings if item.part == "attachment"]
    assert sighting.report_url == "http://ucap.example.invalid/content/post_1.html"


def test_known_columns_are_tried_first(world: World) -> None:
    assert world.asked("known.example.invalid")[0] == "/hidden/nb/"


def test_news_is_not_followed(world: World) -> None:
    assert not [capture.url for capture in world.captures if "/news/" in capture.url]


def test_traps_end(world: World) -> None:
    asked = world.asked("trap.example.invalid")
    assert len([path for path in asked if path.startswith("/cal/")]) == 4
    assert asked.count("/self") == 1
    assert len(asked) <= 42
    assert "trap.example.invalid: the walk ended at the profile's `max_pages`" in world.stderr


def test_each_request_says_why(world: World) -> None:
    reasons = {capture.url.removeprefix("http://"): capture for capture in world.captures}
    second = reasons["ucap.example.invalid/col/nb/index_2.html"]
    assert (second.role, second.referrer) == ("listing", "http://ucap.example.invalid/col/nb/")
    assert second.followed in ("«下一页» of the listing", "«2» of the listing")
    cut = reasons["ucap.example.invalid/content/post_1.html"].followed
    assert cut.startswith("link «某某市财政局2022年政府信息公开工作…» in the column of annual reports")
    assert reasons["known.example.invalid/hidden/nb/"].followed == "a known column of the profile"
    assert reasons["ucap.example.invalid/"].followed == "an entry page of the profile"
