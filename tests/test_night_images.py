"""Nights over a report page that shows its report as scanned images only."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from parser.readers.scan_pages import can_read
from tests.crawler.raw_server import RawServer, Script
from tests.nights import full_night, rows, told
from tests.test_night_attachments import link, sent
from tests.test_night_trouble import sites

pytestmark = [
    pytest.mark.skipif(not can_read(), reason="scans are read where the extra `ocr` is installed"),
    pytest.mark.usefixtures("databases"),
]

HOST = "scans.example.invalid"
PAGE, FIRST, SECOND = (f"http://{HOST}/{path}" for path in ("nb/1.html", "nb/scan/1.jpg", "nb/scan/2.jpg"))
FAILURE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
KEY = "review_litigation.review_upheld"


def page(title: str, body: str) -> Script:
    logo, code = '<div class="header"><img src="/logo.jpg"></div>', '<img src="/wx.jpg" alt="二维码">'
    return sent(
        f"<html><head><title>{title}</title></head><body>{logo}<h1>{title}</h1>{body}{code}</body>".encode()
    )


def scripts(title: str, images: tuple[bytes, ...]) -> dict[str, Script]:
    shown = '<img src="/wait.gif" data-original="scan/1.jpg"><p><img src="scan/2.jpg"></p>'
    return {
        f"http://{HOST}/": page("某某县", link("/nb/", "政府信息公开年报")),
        f"http://{HOST}/nb/": page("政府信息公开年报", link("/nb/1.html", title)),
        PAGE: page(title, f'<div class="TRS_Editor">{shown}</div>'),
        **{url: sent(image, "image/jpeg") for url, image in zip((FIRST, SECOND), images, strict=True)},
    }


@dataclass(frozen=True)
class Seen:
    home: Path
    truth: dict[str, Any]
    images: tuple[bytes, ...]
    first: dict[str, Any]
    second: dict[str, Any]

    @property
    def report(self) -> str:
        (row,) = rows(self.home, f"SELECT id FROM reports WHERE url = '{PAGE}'")
        return str(row[0])


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """Two nights: in the second, one image is not to be had."""
    from tests.parser.readers.drawn import scanned

    folder = tmp_path_factory.mktemp("images")
    profiles = sites(folder / "sites", f"{HOST}=http://{HOST}/")
    title, images, truth = scanned.report()
    with RawServer(scripts(title, images)) as server:
        proxy, home = f"http://127.0.0.1:{server.port}", folder / "home"
        first = full_night(home, proxy, NIANBAO_SITES_DIR=profiles)
        server.scripts[SECOND] = [FAILURE]
        second = full_night(home, proxy, NIANBAO_SITES_DIR=profiles)
    yield Seen(folder / "home", truth, images, first, second)


def test_the_images_of_a_page_are_its_report(seen: Seen) -> None:
    report = told(seen.home, "report", seen.report)
    assert {figure["key"]: figure["value"] for figure in report["figures"]} == seen.truth
    assert report["provenance"]["url"] == PAGE
    assert [(one["part"], one["name"], one["format"], one["taken"]) for one in report["copies"]] == [
        ("page", PAGE, "html", False),
        ("images", PAGE, "image", True),
    ]
    members = {figure["key"].partition(".")[0]: figure["locator"]["member"] for figure in report["figures"]}
    assert members == {"proactive": FIRST, "review_litigation": SECOND}


def test_a_number_leads_to_the_image_that_prints_it(seen: Seen, tmp_path: Path) -> None:
    from PIL import Image, ImageChops

    picture = tmp_path / "cell.png"
    shown = told(seen.home, "report", seen.report, "--cell", KEY, "--image", str(picture))
    assert shown["url"] == shown["capture"]["url"] == SECOND
    left, top, right, bottom = (float(edge) for edge in shown["cell"]["box"])
    source = Image.open(io.BytesIO(seen.images[1])).convert("RGB")
    changed = ImageChops.difference(source, Image.open(picture).convert("RGB")).getbbox()
    # Nothing but the outline around the cell differs from the image as it came.
    assert changed is not None
    near = zip(changed, (left, top, right, bottom), strict=True)
    assert all(abs(found - edge) <= 8 for found, edge in near)


def test_an_image_that_does_not_answer_takes_nothing_away(seen: Seen) -> None:
    assert seen.first["changes"]["new"] == 1
    assert set(seen.second["changes"].values()) == {0}
    assert rows(seen.home, "SELECT presence FROM reports") == [("published",)]
    assert rows(seen.home, "SELECT count(*) FROM versions") == [(1,)]


def test_octets_that_were_read_are_not_read_again(seen: Seen) -> None:
    again = told(seen.home, "reparse")
    assert (again["documents"], again["reports"]) == (0, [])
    assert rows(seen.home, "SELECT state, count(*) FROM readings GROUP BY state ORDER BY state") == [
        ("not_a_report", 1),
        ("report", 1),
    ]
