"""PDF payloads that are no reports or are hostile: states, limits, fonts, anything at all."""

from __future__ import annotations

import io
import random
import time

import pypdfium2  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from parser import Paragraph, State, Unreadable
from parser.readers.pdf import MOST_PAGES, read
from parser.readers.pdf_font import bar_font
from tests.parser import samples
from tests.parser.readers.drawn.pdf_canvas import FONT, canvas, finished, grids, paragraphs, texts
from tests.parser.readers.drawn.pdf_file import pdf
from tests.parser.readers.drawn.pdf_style import Style
from tests.parser.readers.drawn.raw_pdf import file_of
from tests.parser.readers.drawn.reports import report

SLACK = 3
"""The machine of the suite may be busy with other things."""


# States


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        (b"", State.EMPTY),
        (b"   \n", State.EMPTY),
        (b"%PDF-1.7\n", State.DAMAGED),
        (b"%PDF-1.4 garbage \x00\xff" * 100, State.DAMAGED),
        (file_of(b""), State.EMPTY),
        (file_of(b"", pages=MOST_PAGES + 1), State.TOO_LARGE),
        (file_of(b"", pages=100_000), State.TOO_LARGE),
    ],
)
def test_states(payload: bytes, state: State) -> None:
    with pytest.raises(Unreadable) as raised:
        read(payload)
    assert raised.value.state is state
    assert raised.value.reason.endswith(".")


def locked(user: str) -> bytes:
    buffer = io.BytesIO()
    page = Canvas(buffer, encrypt=StandardEncryption(user, "owner", strength=128))
    page.drawString(100, 700, "secret 42")
    return finished(page, buffer)


def test_a_password_is_a_state_and_an_empty_one_none() -> None:
    with pytest.raises(Unreadable) as raised:
        read(locked("user"))
    assert raised.value.state is State.ENCRYPTED
    assert paragraphs(read(locked(""))) == ["secret 42"]


def test_without_the_extra_a_scan_is_image_only_even_with_a_page_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("parser.readers.pdf.can_read", lambda: False)
    page, buffer = canvas()
    pixels = b"\xcc" * 300
    page.drawInlineImage(_image(pixels), 0, 0, 595, 842)
    page.drawString(290, 30, "- 1 -")
    with pytest.raises(Unreadable) as raised:
        read(finished(page, buffer))
    assert raised.value.state is State.IMAGE_ONLY
    assert "nianbao[ocr]" in raised.value.reason


def _image(pixels: bytes) -> object:
    from PIL import Image

    return Image.frombytes("RGB", (10, 10), pixels)


def test_a_scanned_page_among_others_is_said() -> None:
    page, buffer = canvas()
    page.drawString(100, 700, "正文")
    page.showPage()
    page.drawInlineImage(_image(b"\xcc" * 300), 0, 0, 595, 842)
    document = read(finished(page, buffer))
    assert document.notes == ("Page 2 is a picture without a text layer; what it shows was not read.",)


# Hostile


def made_once() -> bytes:
    return pdf(report("2021", 3).blocks, Style(), 3)


def test_a_file_that_is_cut_off_is_damaged() -> None:
    payload = made_once()
    for share in (0.02, 0.2, 0.5, 0.8, 0.97, 0.995):
        with pytest.raises(Unreadable) as raised:
            read(payload[: int(len(payload) * share)])
        assert raised.value.state is State.DAMAGED


def test_flipped_bits_never_raise_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    # Broken pages are not recognised from their pictures here, which would take seconds each.
    monkeypatch.setattr("parser.readers.pdf.can_read", lambda: False)
    payload = made_once()
    dice = random.Random(5)
    for _ in range(60):
        spoiled = bytearray(payload)
        for _ in range(dice.choice((1, 3, 30, 300))):
            spoiled[dice.randrange(len(spoiled))] ^= 1 << dice.randrange(8)
        try:
            read(bytes(spoiled))
        except Unreadable as error:
            assert error.reason


@pytest.mark.parametrize(
    "content",
    [
        b"1e38 1e38 m 1e38 -1e38 l S 0 0 1e38 1e38 re f",
        b"99999999999999999999 0 0 99999999999999999999 0 0 cm BT /F1 12 Tf (12) Tj ET 0 0 1 1 re S",
        b"BT /F1 0 Tf 100 700 Td (12) Tj ET",
        b"BT /F1 1e30 Tf 100 700 Td (12) Tj ET",
        b"BT 0 0 0 0 0 0 Tm /F1 12 Tf (12) Tj ET",
        b"BT /F1 12 Tf nan inf Td (12) Tj ET",
        b"q " * 5000 + b"BT /F1 12 Tf 100 700 Td (12) Tj ET",
        b"/X1 Do " * 50,
        b"(" * 3000,
        b"[" * 3000,
    ],
)
def test_absurd_pages(content: bytes) -> None:
    try:
        document = read(file_of(content + b" BT /F1 12 Tf 100 600 Td (here) Tj ET"))
    except Unreadable:
        return
    assert all(block.locator.page == 1 for block in document.blocks)


def test_a_drawing_of_very_many_lines_takes_no_time() -> None:
    dice = random.Random(1)
    strokes = b"".join(
        b"%d %d m %d %d l S " % (x, y, x + dice.randint(5, 90), y)
        for x, y in ((dice.randint(0, 500), dice.randint(0, 800)) for _ in range(20_000))
    )
    strokes += b"".join(b"%d 10 m %d 800 l S " % (x % 595, x % 595) for x in range(20_000))
    started = time.perf_counter()
    document = read(file_of(strokes + b"BT /F1 12 Tf 100 700 Td (here) Tj ET"))
    assert time.perf_counter() - started < 20
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["here"]


def test_a_report_of_five_pages_takes_a_tenth_of_a_second() -> None:
    payload = samples.payload("hongze-2024")
    read(payload)
    best = min(_seconds(payload) for _ in range(5))
    assert best < 0.1 * SLACK


def _seconds(payload: bytes) -> float:
    started = time.perf_counter()
    read(payload)
    return time.perf_counter() - started


# Fonts


def test_a_font_that_is_not_in_the_file_gives_every_character_its_place() -> None:
    """Without this, what PDFium reads depends on the fonts of the machine, and lone digits are dropped."""
    page, buffer = canvas()
    page.grid([100, 130, 160], [680, 700])
    page.drawString(110, 685, "0")
    page.drawString(140, 685, "0")
    assert texts(grids(read(finished(page, buffer)))[0]) == [["0", "0"]]


def test_the_font_that_stands_for_others_knows_every_character() -> None:
    from PIL import ImageFont

    font = ImageFont.truetype(io.BytesIO(bar_font()), 1000)
    assert [font.getlength(letter) for letter in "0中\U00020000"] == [1000, 1000, 1000]
    assert font.getmask("0").getbbox() == font.getmask("中").getbbox() == (100, 0, 140, 700)


def test_pages_are_drawn_with_the_fonts_of_the_machine_after_reading() -> None:
    payload = file_of(b"BT /F1 40 Tf 100 700 Td (WWWW) Tj ET")
    drawn = []
    for _ in range(2):
        with pypdfium2.PdfDocument(payload) as document:
            drawn.append(_ink(document))
        read(payload)
    assert drawn[0] == drawn[1] > 0


def _ink(document: pypdfium2.PdfDocument) -> int:
    """How many pixels of the first page are dark."""
    image = document[0].render(scale=0.5).to_pil().convert("L")
    return sum(count for level, count in enumerate(image.histogram()) if level < 128)


# Anything at all


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["0", "12", "1,205", "/", "无", "一、本年", "（三）不予公开", "1.属于", "合计", "1"]
            ),
            st.integers(0, 11),  # further right a long word would run off the paper
            st.integers(0, 30),
            st.sampled_from([8.0, 8.0, 8.0, 10.0, 14.0]),
        ),
        max_size=60,
    ),
    st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=12),
)
def test_whatever_stands_on_a_page_nothing_is_lost(
    words: list[tuple[str, int, int, float]], rules: list[tuple[int, bool]]
) -> None:
    """Any words anywhere, any lines: a character is in a cell or a paragraph, or set aside as page number."""
    page, buffer = canvas()
    page.drawString(60, 700, "这一页有字。")
    taken = set()
    for text, column, row, size in words:
        if (column, row) not in taken:
            taken.add((column, row))
            page.setFont(FONT, size)
            page.drawString(60 + 38 * column, 680 - 19 * row, text)
    for place, across in rules:
        if across:
            page.line(50, 690 - 10 * place, 560, 690 - 10 * place)
        else:
            page.line(50 + 9 * place, 100, 50 + 9 * place, 690)
    document = read(finished(page, buffer))
    assert not any("in no table" in note for note in document.notes)
    for grid in grids(document):
        places = [
            (row, column)
            for cell in grid.cells
            for row in range(cell.row, cell.row + cell.rowspan)
            for column in range(cell.column, cell.column + cell.colspan)
        ]
        assert len(places) == len(set(places))
