"""Born-digital PDF: real and made reports number by number, and what a page can be."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pdfplumber
import pytest

from parser import Document, parse
from parser.readers.pdf import read
from tests.parser import samples
from tests.parser.readers.drawn.pdf_canvas import FONT, canvas, finished, grids, paragraphs, texts
from tests.parser.readers.drawn.pdf_file import pdf
from tests.parser.readers.drawn.pdf_style import LOOSE, RULED, Style, random_style
from tests.parser.readers.drawn.raw_pdf import file_of
from tests.parser.readers.drawn.reports import FORMS, errors, report

Rows = list[list[tuple[str, int, int]]]
SMALL: Rows = [
    [("指标", 2, 1), ("数量", 1, 2)],
    [("本年", 1, 1), ("上年", 1, 1)],
    [("收到", 1, 1), ("12", 1, 1), ("", 1, 1)],
    [("办结", 1, 1), ("7730.28", 1, 1), ("0", 1, 1)],
]


def small(style: Style) -> Document:
    """A page with a heading and one small table."""
    return read(pdf(["某局年度报告", SMALL], style))


# Real


def test_a_real_report_of_wps() -> None:
    document = read(samples.payload("hongze-2024"))
    assert document.format == "pdf"
    assert document.pages == 5
    assert document.notes == ()
    assert document.meta["title"] == "政府信息公开工作年度报告"
    assert [(grid.rows, grid.columns) for grid in grids(document)] == [
        (7, 4),
        (7, 2),
        (16, 10),
        (10, 10),
        (4, 15),
    ]
    assert paragraphs(document)[0] == "淮安市洪泽区人民政府2024年政府信息公开工作年度报告"
    assert [text for text in paragraphs(document) if re.match("[一二三四五六]、", text)] == [
        "一、总体情况",
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ]


def test_vertical_writing_and_spans_of_the_real_report() -> None:
    requests = grids(read(samples.payload("hongze-2024")))[2]
    results = requests.at(5, 0)
    assert results is not None
    assert (results.text, results.rowspan) == ("三、本年度办理结果", 11)
    group = requests.at(9, 1)
    assert group is not None
    assert (group.text, group.row, group.rowspan) == ("（三）不予公开", 7, 8)
    assert texts(requests)[15][1:] == ["（四）无法提供", "1.本机关不掌握相关政府信息", "31", *"00000", "31"]


def test_a_paragraph_goes_on_over_a_page_cut_without_the_page_number() -> None:
    whole = "".join(paragraphs(read(samples.payload("hongze-2024"))))
    assert "使各行政机关答复的" in whole
    assert not re.search(r"-\s*\d\s*-", whole)


def test_the_real_report_says_the_same_as_to_pdfplumber() -> None:
    """Every number that pdfplumber finds in the tables is in our tables, as often."""
    payload = samples.payload("hongze-2024")
    ours = sorted(
        cell.text
        for grid in grids(read(payload))
        for cell in grid.cells
        if re.fullmatch(r"[\d.]+", cell.text)
    )
    with pdfplumber.open(io.BytesIO(payload)) as file:
        cells = [
            cell for page in file.pages for table in page.extract_tables() for row in table for cell in row
        ]
    assert ours == sorted(cell for cell in cells if cell and re.fullmatch(r"[\d.]+", cell))


# Made


@pytest.mark.parametrize("border", [*RULED, *LOOSE])
@pytest.mark.parametrize("form", FORMS)
def test_no_number_is_wrong_lost_or_invented(form: str, border: str) -> None:
    for seed in (3, 34) if border == "dotted" else range(40, 44):
        made = report(form, seed)
        payload = pdf(made.blocks, random_style(seed * 7 + len(form), border), seed)
        assert errors(made, parse(payload)) == {}, (seed, border)


@pytest.mark.parametrize("border", RULED)
def test_cells_spans_and_blanks(border: str) -> None:
    (grid,) = grids(small(Style(border=border)))
    assert texts(grid) == [
        ["指标", "数量", "数量"],
        ["指标", "本年", "上年"],
        ["收到", "12", ""],
        ["办结", "7730.28", "0"],
    ]
    corner = grid.at(1, 0)
    assert corner is not None
    assert (corner.row, corner.rowspan, corner.colspan) == (0, 2, 1)


@pytest.mark.parametrize("border", LOOSE)
def test_columns_from_numbers_where_no_rule_runs_down(border: str) -> None:
    (grid,) = grids(small(Style(border=border)))
    assert texts(grid)[-2:] == [["收到", "12", ""], ["办结", "7730.28", "0"]]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_turned_page_is_read_upright_and_located_as_it_was_drawn(turn: int) -> None:
    (grid,) = grids(small(Style(turn=turn)))
    assert texts(grid)[3] == ["办结", "7730.28", "0"]
    cell = grid.at(3, 1)
    assert cell is not None
    assert cell.locator.page == 1
    assert cell.locator.box is not None
    left, top, right, bottom = cell.locator.box
    upright = grids(small(Style()))[0].at(3, 1)
    assert upright is not None
    assert upright.locator.box is not None
    x, y, x2, y2 = upright.locator.box
    expected = {
        0: (x, y, x2, y2),
        90: (y, 595 - x2, y2, 595 - x),
        180: (595 - x2, 842 - y2, 595 - x, 842 - y),
        270: (842 - y2, x, 842 - y, x2),
    }[turn]
    assert (left, top, right, bottom) == pytest.approx(expected, abs=0.5)


def test_content_on_its_side_without_rotate() -> None:
    (grid,) = grids(small(Style(sideways=True)))
    assert texts(grid)[3] == ["办结", "7730.28", "0"]


@pytest.mark.parametrize("group", ["stacked", "vertical", "rotated", "two_columns", "wrapped"])
def test_a_label_that_runs_down(group: str) -> None:
    rows: Rows = [[("三、本年度办理结果", 14, 1), ("项目", 1, 1), ("数", 1, 1)]]
    rows += [[(f"第{number}类", 1, 1), (str(number), 1, 1)] for number in range(13)]
    wide = [[*row, *([("0", 1, 1)] * 7)] for row in rows]
    (grid,) = grids(read(pdf(["某局报告", wide], Style(group=group, row_height=14))))
    label = grid.at(9, 0)
    assert label is not None
    assert (label.text, label.rowspan) == ("三、本年度办理结果", 14)


def test_tables_are_cut_into_a_grid_a_page() -> None:
    rows: Rows = [[(f"第{number}行", 1, 1), (str(number), 1, 1), ("0", 1, 1)] for number in range(60)]
    for cut in ("closed", "open_below", "open_sides"):
        found = grids(read(pdf(["某局报告", rows], Style(cut=cut))))
        assert [grid.locator.page for grid in found] == [1, 2]
        assert [row[:2] for grid in found for row in texts(grid)] == [
            [f"第{number}行", str(number)] for number in range(60)
        ]


def test_every_other_row_shaded_makes_no_cells_of_the_rows_between() -> None:
    page, buffer = canvas()
    page.setFillGray(0.9)
    for left, top, right, bottom in (
        *((100, 700, 200, 660), (200, 700, 320, 680)),
        *((100, 660, 200, 640), (200, 660, 260, 640), (260, 660, 320, 640)),
    ):
        page.rect(left, bottom, right - left, top - bottom, stroke=0, fill=1)
    page.setFillGray(0)
    for left, bottom, word in (
        *((110, 675, "指标"), (230, 685, "数量"), (205, 665, "本年"), (270, 665, "上年")),
        *((105, 645, "收到"), (210, 645, "12"), (275, 645, "3")),
        *((105, 625, "办结"), (210, 625, "7"), (275, 625, "0")),
    ):
        page.drawString(left, bottom, word)
    (grid,) = grids(read(finished(page, buffer)))
    assert texts(grid)[-3:] == [["指标", "本年", "上年"], ["收到", "12", "3"], ["办结", "7", "0"]]


# Text


def test_paragraphs_and_headings() -> None:
    long = (
        "这一年，本机关按照要求推进公开工作，全年发布信息1234条，收到申请56件，"
        "均在期限内答复，未发生复议和诉讼案件。"
    )
    document = read(
        pdf(["某市某局2023年政府信息公开工作年度报告", "一、总体情况", long * 2, "二、其他"], Style())
    )
    assert paragraphs(document) == [
        "某市某局2023年政府信息公开工作年度报告",
        "一、总体情况",
        long * 2,
        "二、其他",
    ]


@pytest.mark.parametrize("shown", ["- {} -", "— {} —", "第 {} 页", "{}"])
def test_page_numbers_and_running_heads_are_not_text(shown: str) -> None:
    body = ["某局报告", *["公开工作按计划进行，各项制度继续执行，没有发生大的变化。" * 3] * 30]
    document = read(pdf(body, Style(page_number=shown, running_head=True)))
    assert document.pages > 2
    assert paragraphs(document) == ["政府信息公开年报", *body]
    assert document.notes == ()


def test_a_number_wider_than_its_cell_is_whole_and_in_its_cell() -> None:
    page, buffer = canvas()
    for left, top, right, bottom in ((100, 700, 130, 720), (130, 700, 160, 720), (160, 700, 190, 720)):
        page.rect(left, top, right - left, bottom - top)
    page.drawString(105, 704, "5")
    page.drawCentredString(145, 704, "73028443")
    page.drawString(180, 704, "6")
    (grid,) = grids(read(finished(page, buffer)))
    assert texts(grid) == [["5", "73028443", "6"]]


def test_a_number_that_wraps_is_one_and_two_numbers_are_two() -> None:
    page, buffer = canvas()
    page.grid([100, 130, 200], [650, 700])
    page.drawString(102, 682, "1234")
    page.drawString(102, 666, "56")
    page.drawRightString(198, 682, "12")
    page.drawRightString(198, 666, "34")
    (grid,) = grids(read(finished(page, buffer)))
    assert texts(grid) == [["123456", "12\n34"]]


def test_bold_by_printing_twice_is_printed_once() -> None:
    page, buffer = canvas()
    page.grid([100, 160, 220], [680, 700])
    for shift in (0, 0.3):
        page.drawString(110 + shift, 685, "11")
        page.drawString(170 + shift, 685, "公开")
    document = read(finished(page, buffer))
    assert texts(grids(document)[0]) == [["11", "公开"]]
    assert document.notes == ()


def test_a_watermark_is_in_no_cell() -> None:
    page, buffer = canvas()
    page.grid([100, 160, 220], [680, 700])
    page.drawString(110, 685, "11")
    page.drawString(170, 685, "22")
    page.translate(120, 660)
    page.rotate(40)
    page.drawString(0, 0, "仅供查阅99")
    document = read(finished(page, buffer))
    assert texts(grids(document)[0]) == [["11", "22"]]
    assert document.notes == ()


def test_a_watermark_that_lies_flat_is_in_no_cell_and_a_title_is_text() -> None:
    page, buffer = canvas()
    page.grid([100, 160, 220], [660, 680, 700])
    page.setFont(FONT, 40)
    page.setFillGray(0.85)
    page.drawString(90, 664, "公开2024")
    page.setFillGray(0)
    page.drawString(90, 740, "某局年报")
    page.setFont(FONT, 10)
    for row, words in enumerate((("11", "22"), ("33", "44"))):
        for column, word in enumerate(words):
            page.drawString(105 + 60 * column, 685 - 20 * row, word)
    document = read(finished(page, buffer))
    assert texts(grids(document)[0]) == [["11", "22"], ["33", "44"]]
    assert paragraphs(document) == ["某局年报"]
    assert document.notes == ()


def test_struck_text_is_left_out_and_said_and_underlined_text_is_not() -> None:
    page, buffer = canvas()
    page.grid([100, 160, 220], [680, 700])
    page.drawString(110, 685, "380")
    page.line(110, 689, 110 + 2 * page.stringWidth("0", FONT, 12), 689)
    page.drawString(170, 685, "22")
    page.drawString(100, 740, "某市某局政府信息公开工作年度报告")
    page.line(170, 683.5, 170 + 2 * page.stringWidth("0", FONT, 12), 683.5)
    document = read(finished(page, buffer))
    assert texts(grids(document)[0]) == [["0", "22"]]
    assert document.notes == ("Page 1: 2 characters have a line through them and were left out.",)


@pytest.mark.parametrize("gap", [0, 2, 4])
def test_rules_that_stop_before_they_meet_make_cells(gap: int) -> None:
    page, buffer = canvas()
    for column in range(3):
        for row in range(2):
            left, bottom = 100 + 50 * column, 660 + 25 * row
            for y in (bottom, bottom + 25):
                page.line(left + gap, y, left + 50 - gap, y)
            for x in (left, left + 50):
                page.line(x, bottom + gap, x, bottom + 25 - gap)
            page.drawString(left + 10, bottom + 8, f"{row}{column}")
    (grid,) = grids(read(finished(page, buffer)))
    assert texts(grid) == [["10", "11", "12"], ["00", "01", "02"]]


def test_text_over_a_picture_that_is_drawn_invisibly_is_kept_and_said() -> None:
    document = small(Style(invisible=True))
    assert texts(grids(document)[0])[3] == ["办结", "7730.28", "0"]
    assert grids(document)[0].cells[0].confidence < 0.9
    assert any("invisible" in note for note in document.notes)


def test_invisible_text_under_visible_text_is_left_out() -> None:
    page, buffer = canvas()
    page.drawString(100, 700, "看得见")
    page.drawString(100, 600, "看不见", mode=3)
    assert paragraphs(read(finished(page, buffer))) == ["看得见"]


def test_characters_without_meaning_are_counted() -> None:
    text = b"BT /F1 12 Tf 100 700 Td (ABC) Tj 0 -30 Td (\\001\\002) Tj ET"
    document = read(file_of(text))
    assert paragraphs(document) == ["ABC"]
    assert document.notes == ("Page 1: 2 characters have no Unicode meaning and were not read.",)


def test_figures_of_the_real_report() -> None:
    truth = samples.figures(samples.truth("hongze-2024"))
    found = parse(samples.payload("hongze-2024")).report
    assert found is not None
    read_figures: dict[str, Decimal | None] = {figure.key: figure.value for figure in found.figures}
    assert read_figures == truth
