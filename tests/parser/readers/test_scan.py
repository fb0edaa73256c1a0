"""Scans and images as documents: one small page, treated as scanners and clerks treat pages."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bench.truthset.archives import zipped
from bench.truthset.scan_paper import Paper
from parser import parse, pictures
from parser.document import Document, Grid, Paragraph, State, Unreadable
from parser.readers import detect, image, ofd, page_images, pdf
from parser.readers.scan_ink import printed
from parser.readers.scan_straight import bend_of
from parser.reading import parse_with_document
from tests.parser.readers.drawn import docx_file, ofd_file

SIZE = (420.0, 220.0)
ROWS = (("信息内容", "本年制发件数", "现行有效件数"), ("规章", "1", "0"), ("规范性文件", "12", ""))
LEFTS, TOPS = (20, 120, 200, 280), (60, 85, 110, 135)


@pytest.fixture(scope="module")
def page() -> Image.Image:
    paper = Paper(SIZE, 200)
    paper.setFont("", 12)
    paper.drawString(20, SIZE[1] - 40, "二、主动公开政府信息情况")
    paper.setLineWidth(0.5)
    for top in TOPS:
        paper.line(LEFTS[0], SIZE[1] - top, LEFTS[-1], SIZE[1] - top)
    for left in LEFTS:
        paper.line(left, SIZE[1] - TOPS[0], left, SIZE[1] - TOPS[-1])
    paper.setFont("", 10.5)
    for row, top in zip(ROWS, TOPS, strict=False):
        for text, left in zip(row, LEFTS, strict=False):
            paper.drawString(left + 6, SIZE[1] - top - 17, text)
    paper.showPage()
    return paper.pages[0]


def _texts(document: Document) -> tuple[list[str], list[list[str]]]:
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    prose = [block.text for block in document.blocks if isinstance(block, Paragraph)]
    return prose, [[cell.text for cell in row] for _, row in grid.by_row()]


def _octets(frames: Sequence[Image.Image], kind: str) -> bytes:
    stream = io.BytesIO()
    frames[0].save(stream, kind, save_all=True, append_images=frames[1:], resolution=200, dpi=(200, 200))
    return stream.getvalue()


def _sealed_and_skewed(page: Image.Image) -> Image.Image:
    colour = np.repeat(np.asarray(page)[:, :, None], 3, axis=2)
    ink: NDArray[np.uint8] = np.zeros(colour.shape[:2], np.uint8)
    cv2.circle(ink, (470, 280), 110, 255, 9)
    colour[ink > 0] = (colour[ink > 0] * np.array([0.86, 0.2, 0.2])).astype(np.uint8)
    matrix = cv2.getRotationMatrix2D((400, 300), 2.0, 1.0)
    size = (colour.shape[1], colour.shape[0])
    return Image.fromarray(
        np.asarray(cv2.warpAffine(colour, matrix, size, borderValue=(255, 255, 255)), np.uint8)
    )


def test_two_pages_side_by_side_on_a_pale_copy_with_the_dark_bed_of_the_scanner(page: Image.Image) -> None:
    sheets = np.asarray(page)
    sheet = (140 + np.hstack([sheets, sheets]) * (75 / 255)).astype(np.uint8)
    # The bed lies aslant to what is printed.
    cv2.fillPoly(sheet, [np.array([(0, 0), (0, len(sheet)), (40, len(sheet)), (8, 0)])], 25)
    level = printed(sheet)
    assert level[:, :45].min() > 200, "the bed"
    assert level[:, 45:].min() < 60, "the ink"
    document = image.read(_octets([Image.fromarray(sheet)], "PNG"))
    assert [type(block) for block in document.blocks] == 2 * [Paragraph, Grid]
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    assert [[[cell.text for cell in row] for _, row in grid.by_row()] for grid in grids] == 2 * [
        [list(row) for row in ROWS]
    ]
    boxes = [next(cell.locator.box for cell in grid.cells if cell.text == "12") for grid in grids]
    assert all(box is not None for box in boxes)
    (first, *_), (second, *_) = (box for box in boxes if box is not None)
    assert abs(second - first - sheets.shape[1]) < 6


def test_a_skewed_page_on_its_side_under_a_seal(page: Image.Image) -> None:
    turned = _sealed_and_skewed(page).rotate(90, expand=True)
    document = image.read(_octets([turned], "PNG"))
    prose, rows = _texts(document)
    assert [text.replace(" ", "") for text in prose] == ["二、主动公开政府信息情况"]
    assert rows == [list(row) for row in ROWS]
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    first = next(cell for cell in grid.cells if cell.text == "12")
    assert first.locator.box is not None
    left, top, right, bottom = first.locator.box
    assert pictures.outline(_octets([turned], "PNG"), first.locator.as_dict()).startswith(b"\x89PNG")
    # The number stands in its box in the image as it came.
    dark = np.asarray(turned.convert("L"))[round(top) : round(bottom), round(left) : round(right)] < 100
    assert 20 < dark.sum() < 3000
    assert right - left < bottom - top


def test_pages_of_text_and_pages_of_pictures_are_one_document(page: Image.Image) -> None:
    from pypdfium2 import PdfDocument  # type: ignore[import-untyped]

    from tests.parser.readers.drawn.pdf_canvas import canvas, finished

    written, buffer = canvas()
    written.drawString(100, 700, "The first page is text.")
    whole = PdfDocument(finished(written, buffer))
    whole.import_pages(PdfDocument(_octets([page], "PDF")))
    stream = io.BytesIO()
    whole.save(stream)
    document = pdf.read(stream.getvalue())
    prose, rows = _texts(document)
    assert "".join(prose) == "The first page is text.二、主动公开政府信息情况"
    assert rows == [list(row) for row in ROWS]
    assert document.blocks[-1].locator.page == 2
    assert not document.notes


def test_stripes_of_a_scan_in_an_ofd_are_one_page(page: Image.Image) -> None:
    wide, high = (edge / 72 * 25.4 for edge in SIZE)
    cut = page.height // 3
    stripes = (page.crop((0, 0, page.width, cut)), page.crop((0, cut, page.width, page.height)))
    boxes = (f"0 0 {wide} {high / 3}", f"0 {high / 3} {wide} {high * 2 / 3}")
    media, drawn = "", f"<ofd:Area><ofd:PhysicalBox>0 0 {wide} {high}</ofd:PhysicalBox></ofd:Area>"
    for number, box in enumerate(boxes):
        media += (
            f'<ofd:MultiMedia ID="{number + 8}" Type="Image"><ofd:MediaFile>Res/{number}.png</ofd:MediaFile>'
            "</ofd:MultiMedia>"
        )
        drawn += f'<ofd:ImageObject ID="{number + 90}" ResourceID="{number + 8}" Boundary="{box}"/>'
    stream = io.BytesIO(ofd_file.package([drawn], resources=media))
    with zipfile.ZipFile(stream, "a") as package:
        for number, stripe in enumerate(stripes):
            package.writestr(f"Doc_0/Res/{number}.png", _octets([stripe], "PNG"))
    document = ofd.read(stream.getvalue())
    prose, rows = _texts(document)
    assert [text.replace(" ", "") for text in prose] == ["二、主动公开政府信息情况"]
    assert rows == [list(row) for row in ROWS]
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    place = next(cell for cell in grid.cells if cell.text == "12").locator
    assert place.page == 1 and place.box is not None
    # In points of the page.
    assert LEFTS[1] - 2 < place.box[0] < place.box[2] < LEFTS[2] + 2
    assert TOPS[2] - 2 < place.box[1] < place.box[3] < TOPS[3] + 2


def test_several_images_are_the_pages_of_one_document(page: Image.Image) -> None:
    blank = Image.new("L", page.size, 255)
    files = [("1.png", _octets([blank], "PNG")), ("2.tif", _octets([page.convert("1")], "TIFF"))]
    document = page_images.read_in_order(files)
    assert document.pages == 2
    assert {(block.locator.member, block.locator.page) for block in document.blocks} == {("2.tif", 1)}
    assert _texts(document)[1] == [list(row) for row in ROWS]


def test_a_scan_that_stands_in_the_page_itself_is_read(page: Image.Image) -> None:
    octets = base64.b64encode(_octets([page], "PNG")).decode()
    icon = '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'
    title = "某某市公安局2023年政府信息公开工作年度报告"
    body = f'<h1>{title}</h1>{icon}<p><img src="data:image/png;base64,{octets}"></p>'
    payload = f"<html><head><title>{title}</title></head><body>{body}</body></html>".encode()
    reading = parse(payload)
    assert reading.report is not None and reading.images == ()
    figures = {figure.key: figure for figure in reading.report.figures}
    issued = figures["proactive.normative_documents.issued"]
    assert (str(issued.value), issued.locator.member) == ("12", "data:2")
    assert pictures.outline(payload, issued.locator.as_dict()).startswith(b"\x89PNG")


def _word_with(title: str, picture: bytes) -> bytes:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = '<Relationship Id="{}" Type="image" Target="{}"{}/>'
    relations = "".join(
        (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">',
            relation.format("r1", "http://a.example/1.png", ' TargetMode="External"'),
            relation.format("r2", "media/sheet.png", ""),
            "</Relationships>",
        )
    )
    blips = "".join(f'<a:blip xmlns:a="urn:a" xmlns:r="{space}" r:embed="{one}"/>' for one in ("r1", "r2"))
    stream = io.BytesIO(
        docx_file.package(f"<w:p>{docx_file.run(title)}<w:r><w:drawing>{blips}</w:drawing></w:r></w:p>")
    )
    with zipfile.ZipFile(stream, "a") as package:
        package.writestr("word/_rels/document.xml.rels", relations)
        package.writestr("word/media/sheet.png", picture)
    return stream.getvalue()


def test_a_sheet_that_is_pasted_into_word_is_read(page: Image.Image) -> None:
    picture = _octets([page], "PNG")
    payload = _word_with("某某市公安局2023年政府信息公开工作年度报告", picture)
    reading = parse(payload)
    assert reading.report is not None
    assert (reading.format, reading.report.year, reading.report.agency) == ("docx", 2023, "某某市公安局")
    figures = {figure.key: figure for figure in reading.report.figures}
    issued = figures["proactive.normative_documents.issued"]
    assert (str(issued.value), issued.locator.member) == ("12", "part:word/media/sheet.png")
    assert pictures.outline(payload, issued.locator.as_dict()).startswith(b"\x89PNG")
    assert parse(_word_with("关于开展检查的通知", picture)).state is State.NOT_A_REPORT


def test_numbered_images_in_an_archive_are_one_document(page: Image.Image) -> None:
    blank = Image.new("L", page.size, 255)
    payload = zipped({"年报/10.png": _octets([page], "PNG"), "年报/9.png": _octets([blank], "PNG")})
    document = parse_with_document(payload)[1]
    assert document is not None
    assert (document.format, document.pages) == ("zip", 2)
    assert {(block.locator.member, block.locator.page) for block in document.blocks} == {("年报/10.png", 1)}
    assert _texts(document)[1] == [list(row) for row in ROWS]
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    assert pictures.outline(payload, grid.cells[0].locator.as_dict()).startswith(b"\x89PNG")


def _with_scans(count: int) -> bytes:
    """A JPEG that begins so many scans."""
    stream = io.BytesIO()
    Image.new("L", (600, 600), 255).save(stream, "JPEG")
    return stream.getvalue() + b"\xff\xda" * count


def _bomb() -> bytes:
    """The head of an image of 900 million dots, which nobody has to paint for that."""
    octets = _octets([Image.new("1", (600, 600))], "PNG")
    head = octets[12:16] + struct.pack(">II", 30_000, 30_000) + octets[24:29]
    return octets[:12] + head + struct.pack(">I", zlib.crc32(head)) + octets[33:]


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, State.DAMAGED),
        (_octets([Image.new("L", (600, 600), 255)], "PNG")[:-40], State.DAMAGED),
        (_octets([Image.new("L", (30, 30), 255)], "PNG"), State.EMPTY),
        (_bomb(), State.TOO_LARGE),
        (_octets([Image.effect_noise((30_000, 9), 90)], "PNG"), State.EMPTY),
        (_octets([Image.effect_noise((8, 12_000), 90)], "GIF"), State.EMPTY),
        (_with_scans(300), State.TOO_LARGE),
    ],
    ids=["no image", "cut off", "a pixel", "a bomb", "a thread", "a hair", "scans over and over"],
)
def test_images_that_are_no_pages_have_a_state(payload: bytes, state: State) -> None:
    assert detect(payload) == "image"
    assert parse(payload).state is state


@pytest.mark.parametrize(("kind", "pages"), [("TIFF", 3), ("GIF", 1), ("WEBP", 1), ("MPO", 1)])
def test_frames_are_pages_in_a_tiff_only(kind: str, pages: int) -> None:
    frames = [Image.new("L", (600, 840), shade).convert("RGB") for shade in (255, 120, 40)]
    assert len(list(image.pictures(_octets(frames, kind)))) == pages


def test_a_blank_image_is_empty() -> None:
    assert parse(_octets([Image.new("L", (400, 1120), 255)], "PNG")).state is State.EMPTY


def test_without_the_extra_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parser.readers.image.can_read", lambda: False)
    with pytest.raises(Unreadable, match=r"nianbao\[ocr\]") as raised:
        image.read(_octets([Image.new("L", (600, 800), 255)], "PNG"))
    assert raised.value.state is State.IMAGE_ONLY


def test_lines_in_perspective_are_set_straight() -> None:
    # A sheet seen aslant: its left edge leans in, its lines fan out.
    lines = [(200.0, 300.0 + 60 * n, 1500.0, 280.0 + 62 * n) for n in range(30)]
    lines += [(200.0 + 90 * n + 2 * n, 200.0, 215.0 + 88 * n, 2100.0) for n in range(14)]
    bend = bend_of(1654, 2339, lines)
    for n in (0, 29):
        x = np.array([300.0, 1400.0])
        y = np.full(2, 300.0 + 60 * n)
        from_x, from_y = bend.source(x, y)
        slope = (from_y[1] - from_y[0]) / (from_x[1] - from_x[0])
        assert slope == pytest.approx((2 * n - 20) / 1300, abs=0.0015)
