"""`nianbao replay`: the nights as they looked, by pywb, in a real Chromium; and how it begins and ends."""

from __future__ import annotations

import hashlib
import re
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from PIL import Image

import storage.replay
from storage.database import Database
from storage.models import Capture
from storage.store import Store
from storage.stowing import Stowed, send
from tests.chromium import Chromium, Page
from tests.cli.console import is_one_line, nianbao_here
from tests.databases import copy_home, url_of
from tests.nights import PROGRAM, SECONDS, Nights, captures, environment, nianbao
from tests.peers import peer
from tests.storage.s3_server import KEY, SECRET, S3Server
from tests.storage.s3_server import URL as STORE_URL

# A browser, pywb and three nights begin before the first of them, on a machine that may have other work.
pytestmark = pytest.mark.timeout(400)
FRAME = "document.getElementById('replay_iframe')"
GROUND = "rgb(243, 245, 248)"
"""of every page of the replica, by its style sheet"""


class Served:
    """A replay under way, and the addresses in it."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self.process = process
        self.url = url

    def at(self, capture: Capture, mode: str = "") -> str:
        return f"{self.url}archive/{capture.captured_at:%Y%m%d%H%M%S}{mode}/{capture.url}"

    def octets(self, capture: Capture) -> bytes:
        """The payload of a capture, as it came."""
        # pywb would tell a browser that knows of it something else than what is archived.
        with _opener().open(
            Request(self.at(capture, "id_"), headers={"Accept-Encoding": "gzip, deflate"})
        ) as reply:
            return bytes(reply.read())


def _opener() -> Any:
    return build_opener(ProxyHandler({}))


@contextmanager
def replaying(home: Path, folder: Path, *arguments: str, **more: str) -> Iterator[Served]:
    """The command on a home, with `folder` for what it makes in passing."""
    process = subprocess.Popen(
        [*PROGRAM, "replay", "--port", "0", *arguments],
        env=environment(home, NIANBAO_PYWB=str(peer("wayback")), TMPDIR=str(folder), **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], SECONDS)
        line = process.stdout.readline().decode() if ready else ""
        if not line:
            process.kill()
        assert line, process.communicate()[1].decode()
        yield Served(process, line.split()[0])
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)


@pytest.fixture(scope="module")
def replay(nights: Nights, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with replaying(nights.home, tmp_path_factory.mktemp("replay")) as served:
        yield served


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    with Chromium(tmp_path_factory.mktemp("chromium") / "profile") as browser:
        yield browser


def shown(chromium: Chromium, replay: Served, capture: Capture) -> str:
    """The text of a page, once it was seen to be there with style and images, and to ask nobody else."""
    page = chromium.page().open(replay.at(capture))
    inside = f"{FRAME}.contentDocument"
    page.wait_for(f"{FRAME} && {inside}.readyState == 'complete' && {inside}.images.length > 0")
    page.settle()
    assert page.ask(f"{FRAME}.contentWindow.wbinfo.timestamp") == f"{capture.captured_at:%Y%m%d%H%M%S}"
    assert page.ask(f"getComputedStyle({inside}.body).backgroundColor") == GROUND
    widths = page.ask(f"[...{inside}.images].map(image => image.naturalWidth)")
    assert min(widths) > 16
    asked = {
        urlsplit(url).netloc for url in page.requests if not url.startswith(("data:", "blob:", "about:"))
    }
    assert asked == {urlsplit(replay.url).netloc}
    assert not is_blank(page.picture())
    return text_of(page)


def text_of(page: Page) -> str:
    text = page.ask(f"{FRAME}.contentDocument.body.innerText")
    assert isinstance(text, str)
    return text


def is_blank(picture: bytes) -> bool:
    """Whether hardly anything is drawn: what is below pywb's own bar has next to no colours."""
    with Image.open(BytesIO(picture)) as image:
        below = image.convert("RGB").crop((0, 100, image.width, image.height))
        colours = below.getcolors(below.width * below.height)
        return colours is not None and len(colours) < 50


def of_night(nights: Nights, day: int, holds: Callable[[Capture], bool]) -> list[Capture]:
    run = nights.summaries[day]["run"]
    return [one for one in captures(nights.home) if one.run_id == run and holds(one)]


def test_both_days_look_as_they_did(nights: Nights, replay: Served, chromium: Chromium) -> None:
    url = next(change["url"] for change in nights.changes_of(2) if change["kind"] == "changed")
    (first,) = of_night(nights, 1, lambda one: one.url == url)
    (second,) = of_night(nights, 2, lambda one: one.url == url)
    before = shown(chromium, replay, first)
    after = shown(chromium, replay, second)
    assert ("3386" in before, "3836" in before) == (True, False)
    assert ("3386" in after, "3836" in after) == (False, True)
    assert "政府信息公开工作年度报告" in before


@pytest.mark.parametrize("status", [200, 304])
def test_what_refers_to_another_capture_looks_like_it(
    nights: Nights, replay: Served, chromium: Chromium, status: int
) -> None:
    refers = next(
        one for day in (2, 3)
        for one in of_night(nights, day, lambda one: one.status == status and one.role in ("entry", "report"))
        if one.original_offset is not None and "html" in (one.content_type or "")
    )  # fmt: skip
    place = (refers.original_segment_id, refers.original_offset)
    (original,) = [one for one in captures(nights.home) if (one.segment_id, one.record_offset) == place]
    assert original.captured_at < refers.captured_at
    assert shown(chromium, replay, refers) == shown(chromium, replay, original)


def test_every_capture_is_given_out_octet_for_octet(nights: Nights, replay: Served) -> None:
    """Whatever it is: page, file, image, revisit, 304."""
    wanted = [one for one in captures(nights.home) if one.payload_sha256 and one.status in (200, 304)]
    assert sum(one.original_offset is not None for one in wanted) > 40
    assert sum(one.status == 304 for one in wanted) > 5
    wrong = [
        one.url for one in wanted if hashlib.sha256(replay.octets(one)).hexdigest() != one.payload_sha256
    ]
    assert wrong == []


def test_the_first_page_leads_to_every_version(nights: Nights, replay: Served, chromium: Chromium) -> None:
    page = chromium.page().open(replay.url)
    links = page.ask("[...document.querySelectorAll('td a')].map(link => link.href)")
    reports = nights.reports[3]
    assert len(links) == sum(int(report["version"]) for report in reports.values())
    for url, report in reports.items():
        assert sum(link.endswith(url) for link in links) == report["version"]
    assert page.ask("document.querySelectorAll('h3 a')[0].href").endswith("http://gaj.shizuishan.gov.cn/")


def gone(folder: Path, url: str) -> bool:
    """Whether nothing is left: no folder, nobody who serves."""
    with socket.socket() as tried:
        refused = tried.connect_ex(("127.0.0.1", urlsplit(url).port or 0)) != 0
    return refused and list(folder.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_order_and_leaves_nothing(nights: Nights, tmp_path: Path, number: signal.Signals) -> None:
    """On a copy whose last segment is still open, and is sealed meanwhile."""
    folder = tmp_path / "passing"
    folder.mkdir()
    home = copy_home(nights.home_after(3), tmp_path / "home")
    capture = of_night(nights, 3, lambda one: one.status == 304)[-1]
    sealed = home / "archive" / f"{capture.segment.name}.warc.gz"
    before = sealed.rename(sealed.with_name(f"{sealed.name}.open"))
    with replaying(home, folder, "--site", capture.site) as served:
        assert hashlib.sha256(served.octets(capture)).hexdigest() == capture.payload_sha256
        before.rename(sealed)
        assert hashlib.sha256(served.octets(capture)).hexdigest() == capture.payload_sha256
        assert [path.is_dir() for path in folder.iterdir()] == [True]
        served.process.send_signal(number)
        assert served.process.wait(SECONDS) == 0
        assert gone(folder, served.url)


def test_pywb_ends_with_it_whatever_ends_it(nights: Nights, tmp_path: Path) -> None:
    at = f"{nights.changes_of(1)[0]['at']}"
    with replaying(nights.home_after(1), tmp_path, "--at", at) as served:
        served.process.kill()
        deadline = time.monotonic() + SECONDS
        while _answers(served.url):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_segments_of_the_object_store_are_read_from_there(
    nights: Nights, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until it is gone, which is told in a line; what lies here goes on."""
    folder = tmp_path / "passing"
    folder.mkdir()
    home = copy_home(nights.home_after(1), tmp_path / "home")
    for name, value in {"ACCESS_KEY_ID": KEY, "SECRET_ACCESS_KEY": SECRET, "MAX_ATTEMPTS": "1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    there, here = (
        next(one for one in captures(home) if (one.site, one.role, one.status) == (site, "report", 200))
        for site in ("gaj.shizuishan.gov.cn", "www.wuzhong.gov.cn")
    )
    with S3Server(tmp_path / "s3") as server:
        database = Database(url_of(home))
        assert list(send(home / "archive", database, Store(STORE_URL, server.endpoint), Stowed())) == []
        database.close()
        (home / "archive" / f"{there.segment.name}.warc.gz").unlink()
        settings = {"NIANBAO_ARCHIVE_URL": STORE_URL, "NIANBAO_ARCHIVE_ENDPOINT": server.endpoint}
        with replaying(home, folder, **settings) as served:
            for capture in (here, there):
                assert hashlib.sha256(served.octets(capture)).hexdigest() == capture.payload_sha256
            server.kill()
            with pytest.raises(HTTPError):
                served.octets(there)
            assert hashlib.sha256(served.octets(here)).hexdigest() == here.payload_sha256
            said = last_words(served)
    assert is_one_line(said)
    assert f"the object store {STORE_URL} cannot be used" in said


def last_words(served: Served) -> str:
    """End it: what it complained of."""
    served.process.terminate()
    assert served.process.stderr is not None
    return served.process.stderr.read().decode()


def test_segments_that_lie_nowhere_are_told(nights: Nights, tmp_path: Path) -> None:
    folder = tmp_path / "passing"
    folder.mkdir()
    home = copy_home(nights.home_after(1), tmp_path / "home")
    first = min((home / "archive").glob("*.warc.gz"))
    first.unlink()
    with replaying(home, folder) as served:
        said = last_words(served)
    assert is_one_line(said)
    assert first.name.removesuffix(".warc.gz") in said


def _answers(url: str) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", urlsplit(url).port or 0)) == 0


def test_a_port_that_is_taken_is_one_line(nights: Nights, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = nianbao(nights.home, "replay", "--port", port, NIANBAO_PYWB=str(peer("wayback")))
    assert done.returncode == 2
    assert is_one_line(done.stderr.decode())
    assert re.search(rf"port {port}: Address already in use; .*--port 0", done.stderr.decode())


def test_a_program_that_is_not_there_is_one_line(nights: Nights, tmp_path: Path) -> None:
    done = nianbao_here("replay", home=nights.home, NIANBAO_PYWB=str(tmp_path / "wayback"))
    assert done.code == 2
    assert is_one_line(done.complaint)
    assert "NIANBAO_PYWB" in done.complaint


def test_without_pywb_it_is_said_how_to_get_it(nights: Nights, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.replay, "PROGRAM", "wayback-that-is-nowhere")
    done = nianbao_here("replay", home=nights.home)
    assert done.code == 3
    assert is_one_line(done.complaint)
    assert "pipx install pywb" in done.complaint
