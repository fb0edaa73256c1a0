"""`nianbao crawl`: what it says of a site that answers, of one that does not, and of one that is unknown."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from demo.replica import Replica
from tests.cli.conftest import SITE
from tests.cli.console import is_one_line, nianbao

pytestmark = pytest.mark.usefixtures("databases")

NOBODY = "http://127.0.0.1:9"


def test_a_site_that_answers(tmp_path: Path) -> None:
    with Replica(day=1) as replica:
        way = {"http_proxy": replica.proxy_url, "https_proxy": replica.proxy_url, "NIANBAO_DELAY": "0"}
        done = nianbao("crawl", SITE, "--json", home=tmp_path, **way)
        sent = {hit.url: hit.sha256 for hit in replica.hits if hit.status == 200}
    assert (done.code, done.complaint) == (0, "")
    assert done.json["state"] == "done"
    assert done.json["sites"] == {SITE: "ok"}
    assert done.json["changes"]["new"] == done.json["reports_read"] > 0
    reports = {report["year"]: report for report in nianbao("reports", "--json", home=tmp_path).json}
    decisions = "proactive.administrative_licensing.decisions"
    assert reports[2022]["figures"][decisions] == 301843
    octets = nianbao("raw", reports[2022]["url"], home=tmp_path).octets
    assert sha256(octets).hexdigest() == sent[reports[2022]["url"]]


def test_a_site_that_does_not_answer(tmp_path: Path) -> None:
    way = {"http_proxy": NOBODY, "https_proxy": NOBODY, "NIANBAO_DELAY": "0", "NIANBAO_RETRIES": "0"}
    done = nianbao("crawl", SITE, home=tmp_path / "home", NIANBAO_LANG="zh", **way)
    assert (done.code, done.octets) == (6, b"")
    assert is_one_line(done.complaint)
    assert SITE in done.complaint
    trouble = nianbao("status", "--json", home=tmp_path / "home").json["trouble"]
    assert {one["site"] for one in trouble} == {SITE}


def test_a_site_that_is_unknown_and_a_home_that_cannot_be(tmp_path: Path) -> None:
    unknown = nianbao("crawl", "example.org", home=tmp_path / "home")
    assert (unknown.code, unknown.octets) == (2, b"")
    assert is_one_line(unknown.complaint)
    assert not (tmp_path / "home").exists()
    (tmp_path / "file").touch()
    nowhere = nianbao("nightly", home=tmp_path / "file" / "home")
    assert (nowhere.code, nowhere.octets) == (2, b"")
    assert is_one_line(nowhere.complaint)
