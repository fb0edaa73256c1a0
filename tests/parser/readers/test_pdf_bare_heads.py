"""Headers of tables without borders: what they tell of columns that are blank, cut or far aside."""

from __future__ import annotations

from collections.abc import Iterable

from parser.readers.pdf import read
from tests.parser.readers.drawn.pdf_canvas import grids, texts
from tests.parser.readers.test_pdf_bare import page_of, rows

APPLICANTS = ("自然人", "企业", "机构", "其他", "总计")
PLACES = (300.0, 350.0, 400.0, 450.0, 500.0)


def head(
    top: float, words: Iterable[str] = APPLICANTS, *, aside: float = 0
) -> list[tuple[float, float, str]]:
    return [(place + aside, top, word) for place, word in zip(PLACES, words, strict=False)]


def test_totals_that_nobody_worked_out_are_told_by_a_header_that_a_page_cut() -> None:
    first = [*((60.0, 780.0 - 20 * line, "本机关依照条例编制本年度报告。") for line in range(30))]
    first += [(60, 60, "内容"), *(head(60)[0], head(60)[-1]), (350, 66, "法人或其他组织")]
    second = [
        *head(780)[1:4],
        *rows(760, [("一、收到", "1", "2", "3", "4", "10")], PLACES),
        *rows(740, [("二、公开", "5", "6", "7", "8")], PLACES),
        *rows(720, [("三、不予", "9", "1", "2", "3"), ("四、处理", "4", "5", "6", "7")], (240, *PLACES)),
    ]
    grid = grids(read(page_of(first, second)))[-1]
    assert texts(grid)[-3:] == [
        ["二、公开", "5", "6", "7", "8", ""],
        ["三、不予", "9", "1", "2", "3", ""],
        ["四、处理", "4", "5", "6", "7", ""],
    ]


def test_a_column_of_blanks_is_told_from_values_that_stand_aside_from_their_words() -> None:
    lines = [("一、收到", "1", "2", "3", "4"), ("二、办结", "5", "6", "7", "8")]
    places = [place + 18 for place in PLACES]
    (grid,) = grids(read(page_of([(60, 720, "内容"), *head(720), *rows(700, lines, places)])))
    assert texts(grid) == [["内容", *APPLICANTS], [*lines[0], ""], [*lines[1], ""]]


def test_rows_that_all_begin_further_left_have_no_blank_column() -> None:
    words = [
        *((70, 726, "本列数据的勾稽关系为：第一项加"), (90, 714, "第二项之和，等于第三项")),
        *head(720),
        *rows(690, [("一、收到", "1", "2", "3", "4", "10")], (200, *PLACES)),
        *rows(670, [("二、办结", "5", "6", "7", "8", "26")], (200, *PLACES)),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid) == [
        ["本列数据的勾稽关系为：第一项加第二项之和，等于第三项", *APPLICANTS],
        ["一、收到", "1", "2", "3", "4", "10"],
        ["二、办结", "5", "6", "7", "8", "26"],
    ]


def test_a_caption_heads_no_column() -> None:
    words = [
        (255, 740, "（见各行）"),
        *((60, 720, "序号"), (140, 720, "指标名称"), (300, 727, "计量单"), (310, 714, "位")),
        *((350, 720, "本年度"), (440, 720, "历年累计")),
        *rows(690, [("1", "1、主动公开文件数", "条", "94", "1945")], (85, 330, 392, 465)),
        *rows(670, [("2", "2、受理申请总数", "条", "435", "3080")], (85, 330, 392, 465)),
        *rows(650, [("3", "3、答复总数", "条", "501", "2576")], (85, 330, 392, 465)),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid)[1] == ["序号", "指标名称", "计量单位", "本年度", "历年累计"]


def test_the_first_lines_of_a_label_are_no_header() -> None:
    lines = ("1.申请人无", "正当理由逾", "期不补正、", "行政机关不", "再处理其申", "请")
    words = [
        *((100.0, 780.0 - 13 * number, line) for number, line in enumerate(lines)),
        *((60, 754, "（六）"), (60, 741, "其他处"), (60, 728, "理")),
        *((300, 747.5, "22"), (360, 747.5, "0"), (420, 747.5, "48")),
        *rows(690, [("（七）总计", "30", "1", "50"), ("四、结转", "8", "1", "2")], (300, 360, 420)),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid)[0] == ["（六）其他处理", "".join(lines), "22", "0", "48"]


def test_the_last_row_of_a_table_alone_on_its_page_with_a_label_of_two_lines() -> None:
    first = [(60, 720, "统计指标"), (360, 720, "统计数"), *rows(700, [("一、会议数", "14")], (360,))]
    first += [*rows(60, [("二、培训班数", "5")], (360,))]
    second = [
        (60, 780, "三、接受培"),
        (370, 773.5, "1887"),
        (60, 767, "训人员数"),
        (60, 700, "单位负责人：林某"),
    ]
    grid = grids(read(page_of(first, second)))[-1]
    assert texts(grid) == [["三、接受培训人员数", "1887"]]


def test_a_number_that_wraps_within_a_thousand_is_one() -> None:
    words = [
        *((60, 740, "内容"), (300, 740, "自然人"), (360, 740, "企业"), (420, 740, "总计")),
        *(
            (60, 706.5, "一、收到"),
            (300, 713, "12,7"),
            (300, 700, "89"),
            (360, 706.5, "1"),
            (420, 706.5, "12,790"),
        ),
        *rows(680, [("二、办结", "4", "6", "10")], (300, 360, 420)),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid)[1] == ["一、收到", "12,789", "1", "12,790"]


def test_lines_as_close_as_those_of_a_label_are_rows_all_the_same() -> None:
    """As browsers print tables without padding: a line every 15 points, letters of 10."""
    words = [
        *(
            (255, 745, "第二十条第（一）项"),
            (60, 730, "信息内容"),
            (300, 730, "制发数"),
            (360, 730, "废止数"),
        ),
        *((60, 715, "一、规章"), (60, 700, "（一）新制作"), (300, 700, "3"), (360, 700, "14")),
        *((60, 685, "（二）规范性文件"), (300, 685, "26"), (360, 685, "5")),
    ]
    (grid,) = grids(read(page_of(words)))
    assert [[text for text in row if text] for row in texts(grid)][1:] == [
        ["信息内容", "制发数", "废止数"],
        ["一、规章"],
        ["（一）新制作", "3", "14"],
        ["（二）规范性文件", "26", "5"],
    ]


def test_a_word_over_several_columns_is_not_part_of_the_one_below_it() -> None:
    columns = ("维持", "纠正", "其他", "未审", "总计")
    places = [60 + 40 * number for number in range(10)]
    words = [
        *((120, 745, "未经复议起诉"), (320, 745, "复议后起诉")),
        *((place, 730, word) for place, word in zip(places, columns * 2, strict=True)),
        *((place + 5, 710, str(number)) for number, place in enumerate(places)),
        *((place + 5, 690, str(number)) for number, place in enumerate(places)),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid)[:2] == [["未经复议起诉"] * 5 + ["复议后起诉"] * 5, [*columns, *columns]]


def test_a_header_of_which_the_next_page_prints_the_rest_is_kept() -> None:
    first = [*((60.0, 780.0 - 20 * line, "本机关依照条例编制本年度报告。") for line in range(34))]
    first += [(120.0, 70.0, "行政复议"), (320.0, 70.0, "行政诉讼"), (60.0, 30.0, "https://example.cn/a.html")]
    columns = ("维持", "纠正", "其他", "未审", "总计")
    places = [60.0 + 40 * number for number in range(10)]
    second = [(place, 780.0, word) for place, word in zip(places, columns * 2, strict=True)]
    second += [(place + 5, 760.0, str(number)) for number, place in enumerate(places)]
    one, two = grids(read(page_of([*first, (500.0, 30.0, "1/2")], second)))
    assert texts(one) == [["行政复议", "行政诉讼"]]
    assert texts(two)[0] == [*columns, *columns]


def test_a_short_first_line_and_a_long_second_one_are_one_label() -> None:
    words = [
        *((60, 706.5, "一、本年"), (60, 693.5, "新收政府信息公开申请数量")),
        *((300, 700, "3"), (360, 700, "14"), (60, 660, "三、本年"), (110, 660, "（一）予以公开")),
        *((300, 660, "5"), (360, 660, "6"), (110, 640, "（二）部分公开"), (300, 640, "7"), (360, 640, "8")),
        *((110, 620, "（三）不予公开"), (300, 620, "9"), (360, 620, "1")),
    ]
    (grid,) = grids(read(page_of(words)))
    assert [text for text in texts(grid)[0] if text] == ["一、本年新收政府信息公开申请数量"] * 2 + ["3", "14"]
