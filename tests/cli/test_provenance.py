"""`nianbao report ID --cell KEY [--image FILE]`: from a number to its cell, and the picture of the place."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from PIL import Image

from config import Settings
from parser.pictures import OUTLINE, SCALE, WIDTH
from storage.database import Database
from tests.cli.console import is_one_line, nianbao, nianbao_here
from tests.crawler.seen import SITE, a_run
from tests.databases import copy_home, url_of
from tests.parser.forms.drawn import full_requests, full_review, table
from tests.parser.readers.drawn import ofd_file, reports

TRUTH = Path(__file__).parents[1] / "parser" / "truth"
ROW = "requests.new_received"
PRINTED = ("1253", "227", "", "1230", "1239", "7", "3956")
Box = tuple[int, int, int, int]


def page() -> bytes:
    """A page with a known row, one cell of it blank."""
    rows = full_requests()
    rows[3] = [rows[3][0], *[(text, 1, 1) for text in PRINTED]]
    title = "云溪市公安局2023年政府信息公开工作年度报告"
    return f"<html><body><h1>{title}</h1>{table(rows)}{table(full_review())}</body></html>".encode()


PAYLOADS = {
    "html": page(),
    "docx": (TRUTH / "2021-docx.docx").read_bytes(),
    "pdf": (TRUTH / "statistics-pdf.pdf").read_bytes(),
    "ofd": ofd_file.file(reports.report("2021", 3), 3),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, databases: None) -> Path:
    folder = tmp_path_factory.mktemp("provenance")
    settings = Settings(home=folder, database_url=url_of(folder))
    database = Database(settings.database)
    a_run(settings, database, list(PAYLOADS.values()))
    database.close()
    done = nianbao_here("reparse", "--json", home=folder, NIANBAO_WORKERS="1")
    assert len(done.json["reports"]) == len(PAYLOADS)
    return folder


def address(name: str) -> str:
    return f"http://{SITE}/{list(PAYLOADS).index(name)}.html"


def outlined(home: Path, name: str, key: str, file: Path) -> tuple[Image.Image, Box, dict[str, Any]]:
    """The picture of a figure, the box drawn in it, and the chain that was told with it."""
    done = nianbao_here("report", address(name), "--cell", key, "--image", str(file), "--json", home=home)
    assert (done.code, done.complaint) == (0, "")
    image = Image.open(io.BytesIO(file.read_bytes())).convert("RGB")
    marked = Image.new("1", image.size)
    marked.putdata([point == OUTLINE for point in image.get_flattened_data()])
    box = marked.getbbox()
    assert box is not None
    # One frame of that width and nothing else in its colour.
    inside = (box[0] + WIDTH, box[1] + WIDTH, box[2] - WIDTH, box[3] - WIDTH)
    assert marked.crop(inside).getbbox() is None
    frame = (box[2] - box[0]) * (box[3] - box[1]) - (inside[2] - inside[0]) * (inside[3] - inside[1])
    assert sum(map(bool, marked.get_flattened_data())) == frame
    return image, inside, done.json


def dark(image: Image.Image, box: Box) -> int:
    """Points of a box that are neither paper nor rule."""
    return sum(image.crop(box).convert("L").histogram()[:100])


def test_the_chain_reaches_from_the_figure_to_the_address(home: Path) -> None:
    chain = nianbao("report", address("html"), "--cell", f"{ROW}.total", "--json", home=home).json
    assert (chain["figure"]["value"], chain["figure"]["printed"]) == (3956, "3956")
    assert chain["cell"]["xpath"].endswith("/tr[4]/td[8]")
    assert chain["url"] == address("html")
    assert chain["capture"]["record_id"].startswith("urn:uuid:")
    told = nianbao_here("report", address("html"), "--cell", f"{ROW}.total", home=home)
    assert {("printed", "3956"), ("address", address("html"))} <= {tuple(row) for row in told.rows}


def test_the_outlined_cell_of_a_page_is_the_figures(home: Path, tmp_path: Path) -> None:
    columns = ("natural_person", "research", "total")
    first, blank, last = (
        outlined(home, "html", f"{ROW}.{column}", tmp_path / f"{column}.png") for column in columns
    )
    below = outlined(home, "html", "requests.carried_over.total", tmp_path / "below.png")
    assert first[0].size == last[0].size == below[0].size
    assert (first[1][1], first[1][3]) == (blank[1][1], blank[1][3]) == (last[1][1], last[1][3])
    assert first[1][2] < blank[1][0] < blank[1][2] < last[1][0]
    assert (last[1][0], last[1][2]) == (below[1][0], below[1][2])
    assert last[1][3] < below[1][1]
    assert (dark(blank[0], blank[1]), dark(last[0], last[1]) > 20) == (0, True)


@pytest.mark.parametrize("name", ["docx", "ofd"])
def test_a_table_of_another_format_is_drawn_with_its_cell(name: str, home: Path, tmp_path: Path) -> None:
    over = outlined(home, name, "requests.new_received.natural_person", tmp_path / "a.png")
    under = outlined(home, name, "requests.carried_over.natural_person", tmp_path / "b.png")
    assert (over[1][0], over[1][2]) == (under[1][0], under[1][2])
    assert over[1][3] < under[1][1]
    for image, box, chain in (over, under):
        assert (dark(image, box) > 0) == bool(chain["figure"]["printed"])


@pytest.mark.parametrize("key", ["statistics.一/(一)", "statistics.二/(一)"])
def test_the_outlined_place_of_a_pdf_holds_the_number(key: str, home: Path, tmp_path: Path) -> None:
    image, box, chain = outlined(home, "pdf", key, tmp_path / "page.png")
    with pdfplumber.open(io.BytesIO(PAYLOADS["pdf"])) as document:
        sheet = document.pages[chain["cell"]["page"] - 1]
        assert image.size == (math.ceil(sheet.width * SCALE), math.ceil(sheet.height * SCALE))
        edges = [edge / SCALE for edge in box]
        assert sheet.crop([*edges]).extract_text().strip() == chain["figure"]["printed"] != ""
    assert dark(image, box) > 20


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("requests.granted.moon", "requests.granted.moon"),
        ("statistics.一/(一)", "statistics.一/(一)"),
        ("\x1b[31m", "figure"),
    ],
    ids=["unknown", "not of this form", "hostile"],
)
def test_a_key_that_the_report_does_not_have(key: str, words: str, home: Path, tmp_path: Path) -> None:
    picture = tmp_path / "no.png"
    done = nianbao_here("report", address("html"), "--cell", key, "--image", str(picture), home=home)
    assert (done.code, done.octets) == (3, b"")
    assert is_one_line(done.complaint)
    assert words in done.complaint
    assert "\x1b" not in done.complaint
    assert not picture.exists()


@pytest.mark.parametrize("place", ["missing/a.png", "."])
def test_a_file_that_cannot_be_written(place: str, home: Path, tmp_path: Path) -> None:
    file = tmp_path / place
    done = nianbao_here("report", address("html"), "--cell", f"{ROW}.total", "--image", str(file), home=home)
    assert (done.code, done.octets) == (4, b"")
    assert is_one_line(done.complaint)
    assert str(file) in done.complaint


def test_a_picture_of_nothing_in_particular(home: Path, tmp_path: Path) -> None:
    done = nianbao_here("report", address("html"), "--image", str(tmp_path / "a.png"), home=home)
    assert (done.code, done.octets) == (2, b"")
    assert "--cell" in done.complaint


def test_an_archive_that_lost_its_octets(home: Path, tmp_path: Path) -> None:
    other = copy_home(home, tmp_path / "other")
    for segment in (other / "archive").rglob("*.warc.gz"):
        segment.unlink()
    done = nianbao_here(
        "report", address("html"), "--cell", f"{ROW}.total", "--image", str(tmp_path / "a.png"), home=other
    )
    assert (done.code, done.octets) == (4, b"")
    assert is_one_line(done.complaint)
    assert json.loads(
        nianbao_here("report", address("html"), "--cell", f"{ROW}.total", "--json", home=other).octets
    )
