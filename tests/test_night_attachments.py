"""A night over report pages with files: which of them is the report; what hostile files cost the night."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest

from bench.truthset.archives import zipped
from tests.cli.console import nianbao_here
from tests.crawler.raw_server import RawServer, Script
from tests.nights import full_night, rows, told
from tests.parser.forms.drawn import table
from tests.parser.readers.drawn import docx_file, odt_file, reports
from tests.test_night_trouble import sites

pytestmark = pytest.mark.usefixtures("databases")

HOST = "files.example.com"
NEIGHBOUR = "http://down.example.com/system/_content/download.jsp?wbfileid=7"
ANNOUNCED, BOTH, SHARED = (reports.report("2021", seed) for seed in (4, 2, 8))
BUNDLE = {
    "关于报送的通知.txt": "关于报送材料的通知\n请各单位按时报送。".encode(),
    "年报/年度报告.docx": docx_file.document(ANNOUNCED, 4),
}
KEY = "review_litigation.review_upheld"
HOSTILE = 4
ROW = f"<table:table-row>{'<table:table-cell/>' * 100}</table:table-row>"
CELLS = f"<table:table>{ROW * 10_000}</table:table>"


def sent(body: bytes, kind: str = "text/html; charset=utf-8", more: str = "") -> Script:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n{more}Content-Length: {len(body)}\r\n\r\n"
    return [head.encode() + body]


def page(title: str, body: str) -> Script:
    return sent(
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}</body></html>".encode()
    )


def link(href: str, words: str) -> str:
    return f'<li><a href="{href}">{words}</a></li>'


def with_tables(made: reports.Made) -> str:
    return "".join(f"<p>{block}</p>" if isinstance(block, str) else table(block) for block in made.blocks)


def with_another_number() -> bytes:
    other = reports.report("2021", 2)
    other.tables[-1][-1][0] = ("77", 1, 1)
    return docx_file.document(other, 2)


def hostile_title(number: int) -> str:
    return f"青禾县人民政府{2011 + number}年政府信息公开工作年度报告"


def scripts() -> dict[str, Script]:
    titles = [ANNOUNCED.title, BOTH.title, *(hostile_title(number) for number in range(HOSTILE))]
    titles += [SHARED.title, f"{SHARED.title}（手机版）", hostile_title(HOSTILE)]
    listing = "".join(link(f"/{number}.html", title) for number, title in enumerate(titles))
    return {
        "/": page("某某县", link("/nb/", "政府信息公开年报")),
        "/nb/": page("政府信息公开年报", listing),
        "/0.html": page(ANNOUNCED.title, link("/0.zip", "年度报告全文")),
        "/0.zip": sent(zipped(BUNDLE), "application/zip"),
        "/1.html": page(BOTH.title, with_tables(BOTH) + link("/1.docx", f"{BOTH.title}.docx")),
        "/1.docx": sent(with_another_number(), "application/msword"),
        "/2.html": page(hostile_title(0), link("/2.odt", "附件")),
        "/2.odt": sent(odt_file.package(CELLS), "application/octet-stream"),
        "/3.html": page(hostile_title(1), link("/3.zip", "附件")),
        "/3.zip": sent(zipped({"年报.txt": bytes(90 << 20)}), "application/zip"),
        "/4.html": page(hostile_title(2), f"<table>{'<tr>' + '<td>' * 1000 + '</tr>'}</table>" * 1100),
        "/5.html": page(hostile_title(3), link("/5.doc", "附件")),
        **{f"/{number}.html": page(SHARED.title, link(NEIGHBOUR, "附件【年报.docx】")) for number in (6, 7)},
        NEIGHBOUR: sent(docx_file.document(SHARED, 8), "text/html"),
        "/8.html": page(hostile_title(HOSTILE), link("http://elsewhere.test/8.docx", "附件")),
        "/5.doc": sent(gzip.compress(bytes(90 << 20), 1), "application/msword", "Content-Encoding: gzip\r\n"),
    }


@dataclass(frozen=True)
class Night:
    home: Path
    summary: dict[str, Any]

    def report(self, url: str) -> dict[str, Any]:
        (identity,) = rows(self.home, f"SELECT id FROM reports WHERE url = '{url}'")
        found: dict[str, Any] = told(self.home, "report", identity[0])
        return found

    def reading(self, url: str) -> tuple[str, str]:
        found: list[tuple[str, str]] = rows(
            self.home,
            f"SELECT state, reason FROM readings JOIN captures USING (payload_sha256) WHERE url = '{url}'",
        )
        return found[0]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("attachments")
    profiles = sites(folder / "sites", f"{HOST}=http://{HOST}/")
    with RawServer(
        {urljoin(f"http://{HOST}/", path): script for path, script in scripts().items()}
    ) as server:
        # So that the crawl drops the bomb before the spider sees it.
        more = {"NIANBAO_SITES_DIR": profiles, "NIANBAO_MAX_PAYLOAD_MB": "80"}
        summary = full_night(folder / "home", f"http://127.0.0.1:{server.port}", **more)
    yield Night(folder / "home", summary)


def figures(report: dict[str, Any]) -> dict[str, Any]:
    return {figure["key"]: figure["value"] for figure in report["figures"]}


def test_a_file_in_an_archive_is_the_report_that_its_page_announces(night: Night) -> None:
    report = night.report(f"http://{HOST}/0.html")
    assert figures(report) == ANNOUNCED.truth
    assert report["provenance"]["url"] == f"http://{HOST}/0.zip"
    assert report["figures"][0]["locator"]["member"] == "年报/年度报告.docx"
    page, file = report["copies"]
    assert (page["state"], page["taken"], file["taken"]) == ("not_a_report", False, True)
    assert [(one["name"], one["taken"]) for one in file["copies"]] == [
        ("年报/年度报告.docx", True),
        ("关于报送的通知.txt", False),
    ]
    assert report["taken_because"] == "No other copy holds a report."
    shown = [
        line.split("\t") for line in nianbao_here("report", report["id"], home=night.home).out.splitlines()
    ]
    assert ["file in it", "年报/年度报告.docx"] in shown
    assert ["other copy", "关于报送的通知.txt  not a report"] in shown


def test_page_and_file_that_differ_are_a_finding_with_both_places(night: Night) -> None:
    report = night.report(f"http://{HOST}/1.html")
    assert report["provenance"]["url"] == f"http://{HOST}/1.html"
    assert figures(report) == BOTH.truth
    (found,) = [one for one in report["findings"] if one["rule"] == "copies_differ"]
    assert (found["where"], found["expected"], found["found"]) == (KEY, 77, BOTH.truth[KEY])
    assert found["severity"] == "hard"
    here, there = found["locators"]
    assert here == next(one["locator"] for one in report["figures"] if one["key"] == KEY)
    assert there["copy"] == f"http://{HOST}/1.docx"
    assert there["xpath"].startswith("/w:document")


@pytest.mark.parametrize("path", ["6.html", "7.html"])
def test_a_file_that_a_program_beside_the_site_gives_out_belongs_to_each_page_that_links_to_it(
    night: Night, path: str
) -> None:
    report = night.report(f"http://{HOST}/{path}")
    assert figures(report) == SHARED.truth
    assert report["provenance"]["url"] == NEIGHBOUR


@pytest.mark.parametrize(
    ("path", "state", "reason"),
    [
        ("2.odt", "too_large", "more than 150000 cells"),
        ("3.zip", "too_large", "unpacks to more than"),
        ("5.doc", "too_large", "once unpacked"),
        ("4.html", "too_large", "more than 300000 tags"),
    ],
)
def test_what_would_exhaust_a_worker_has_its_name_and_costs_itself_only(
    night: Night, path: str, state: str, reason: str
) -> None:
    found, why = night.reading(f"http://{HOST}/{path}")
    assert found == state
    assert reason in why
    assert night.summary["state"] == "done"
    assert night.summary["sites"] == {HOST: "ok"}


def test_status_tells_which_announced_reports_could_not_be_read(night: Night) -> None:
    told_of = {one["url"].rpartition("/")[2]: one for one in told(night.home, "status")["announced"]}
    assert sorted(told_of) == ["2.html", "3.html", "4.html", "5.html", "8.html"]
    assert told_of["2.html"]["title"] == hostile_title(0)
    assert told_of["2.html"]["problem"].startswith(f"http://{HOST}/2.odt: too_large, ")
    assert told_of["8.html"]["problem"] == (
        "http://elsewhere.test/8.docx: not asked for, elsewhere.test is none of the site's `hosts`"
    )
