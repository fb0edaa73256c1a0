"""The three days differ exactly as `demo.days` says."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

import demo
from demo.days import EVENTS
from demo.sites import all_sites
from demo.world import world

DIGEST = """
import hashlib
from demo.world import world
for day in (1, 2, 3):
    for url, resource in sorted(world(day).items()):
        print(day, url, resource.etag, resource.last_modified, hashlib.sha256(resource.body).hexdigest())
"""


def url_of(id_: str) -> str:
    known = {**demo.reports(1), **demo.reports(2)}
    return demo.report_url(known[id_])


def test_the_third_day_is_the_second() -> None:
    assert world(3) == world(2)


def test_the_second_day_changes_what_it_promises_and_nothing_else() -> None:
    before, after = world(1), world(2)
    columns = [site.url(site.annual.path) for site in all_sites().values()]
    listings = {url for url in before if any(url.startswith(column) for column in columns)}
    listings = {url for url in listings if url.endswith(("/", "index.html", "index_1.html"))}
    assert set(after) - set(before) == {url_of(EVENTS.new)}
    assert set(before) - set(after) == {url_of(EVENTS.gone)}
    changed = {url for url in before.keys() & after.keys() if before[url].body != after[url].body}
    assert changed == {url_of(EVENTS.edited), url_of(EVENTS.blocked)} | listings
    for url in before.keys() & after.keys() - changed:
        assert before[url] == after[url]


def test_the_edit_is_two_numbers_of_the_same_page() -> None:
    url = url_of(EVENTS.edited)
    before, after = world(1)[url].body.decode(), world(2)[url].body.decode()
    assert len(before) == len(after)
    assert len(EVENTS.edits) == 2
    for edit in EVENTS.edits:
        assert before.count(str(edit.old)) == 1
        before = before.replace(str(edit.old), str(edit.new))
    assert before == after


def test_the_figures_follow_the_page() -> None:
    old, new = demo.reports(1)[EVENTS.edited].figures, demo.reports(2)[EVENTS.edited].figures
    differing = {key: (old[key], new[key]) for key in old if old[key] != new[key]}
    assert differing == {edit.key: (edit.old, edit.new) for edit in EVENTS.edits}
    same = demo.reports(1).keys() & demo.reports(2).keys() - {EVENTS.edited}
    assert all(demo.reports(1)[id_] == demo.reports(2)[id_] for id_ in same)


def test_an_edit_changes_what_a_conditional_request_compares() -> None:
    url = url_of(EVENTS.edited)
    before, after = world(1)[url], world(2)[url]
    assert before.etag != after.etag
    assert before.modified < after.modified


def test_the_new_report_stands_on_top_and_the_gone_one_is_no_longer_listed() -> None:
    new, gone = url_of(EVENTS.new), url_of(EVENTS.gone)
    by_site = {site.host: site.url(site.annual.path) for site in all_sites().values()}
    listing = world(2)[by_site["gaj.shizuishan.gov.cn"]].body.decode()
    first = listing.index("<li><span>")
    assert new.rpartition("/")[2] in listing[first : listing.index("</li>", first)]
    assert new.rpartition("/")[2] not in world(1)[by_site["gaj.shizuishan.gov.cn"]].body.decode()
    pages = [by_site["www.wuzhong.gov.cn"] + name for name in ("", "index_1.html")]
    assert [gone.rpartition("/")[2] in world(1)[page].body.decode() for page in pages] == [True, False]
    assert not any(gone.rpartition("/")[2] in world(2)[page].body.decode() for page in pages)


def test_the_challenge_page_looks_like_one() -> None:
    challenge = world(2)[url_of(EVENTS.blocked)]
    assert challenge.status == 412
    assert challenge.cookie
    assert b"$_ts" in challenge.body
    assert b"TRS_Editor" not in challenge.body


def test_there_is_no_fourth_day() -> None:
    with pytest.raises(ValueError, match="not 4"):
        demo.reports(4)


def test_the_same_octets_in_every_run() -> None:
    def digest(seed: str, zone: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        done = subprocess.run(
            [sys.executable, "-c", DIGEST], env=environment, check=True, capture_output=True, timeout=60
        )
        return hashlib.sha256(done.stdout).hexdigest()

    assert digest("1", "UTC") == digest("2", "America/Lima")
