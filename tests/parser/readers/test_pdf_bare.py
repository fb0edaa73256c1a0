"""Tables without borders: where numbers stand tells the columns, labels of several lines stay whole."""

from __future__ import annotations

from collections.abc import Iterable

from parser.readers.pdf import read
from tests.parser.readers.drawn.pdf_canvas import FONT, canvas, finished, grids, paragraphs, texts
from tests.parser.readers.drawn.raw_pdf import file_of

Words = Iterable[tuple[float, float, str]]
COUNTS = (("一、收到", "3", "14", "159"), ("二、办结", "26", "5", "35"), ("三、结转", "89", "7", "93"))
PLACES = (300.0, 360.0, 420.0)


def page_of(*pages: Words, size: float = 10) -> bytes:
    """Pages with words at places (from the left and from the bottom)."""
    canvas_, buffer = canvas()
    for number, words in enumerate(pages):
        if number:
            canvas_.showPage()
        canvas_.setFont(FONT, size)
        for left, bottom, text in words:
            canvas_.drawString(left, bottom, text)
    return finished(canvas_, buffer)


def rows(top: float, lines: Iterable[Iterable[str]], places: Iterable[float] = PLACES) -> Words:
    """Labels at the left, values at `places`, a line every 20 points."""
    for number, (label, *values) in enumerate(lines):
        yield 60, top - 20 * number, label
        yield from ((place, top - 20 * number, value) for place, value in zip(places, values, strict=False))


def test_the_last_line_of_a_label_heads_no_other_table() -> None:
    words = [
        *((60, 700, "信息内容"), (300, 700, "上年项目"), (360, 700, "本年增减")),
        *((60, 686.5, "其他对外管理"), (300, 680, "393"), (360, 680, "-2"), (60, 673.5, "服务事项")),
        *((60, 640, "信息内容"), (300, 640, "处理决定数量"), (60, 620, "行政处罚"), (300, 620, "810")),
    ]
    one, two = grids(read(page_of(words)))
    assert texts(one) == [["信息内容", "上年项目", "本年增减"], ["其他对外管理服务事项", "393", "-2"]]
    assert texts(two) == [["信息内容", "处理决定数量"], ["行政处罚", "810"]]


def test_a_header_that_ends_a_page_without_numbers_is_a_table() -> None:
    prose = [(60, 780 - 20 * line, "本机关依照条例编制本年度报告，向社会公布。") for line in range(30)]
    words = [
        (60.0, 90.0, "信息内容"),
        (300.0, 90.0, "本年制发件数"),
        (420.0, 96.0, "现行有效件"),
        (420.0, 84.0, "数"),
    ]
    document = read(page_of([*prose, *words], [(60, 780, "规章"), (300, 780, "2"), (420, 780, "7")]))
    head, body = grids(document)
    assert texts(head) == [["信息内容", "本年制发件数", "现行有效件数"]]
    assert texts(body) == [["规章", "2", "7"]]


def test_a_number_set_aside_stays_in_its_column() -> None:
    words = [*rows(700, COUNTS), *rows(640, [("四、撤回", "1", "12", "8")], (300, 374, 420))]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid) == [[*line] for line in (*COUNTS, ("四、撤回", "1", "12", "8"))]


def test_numbers_that_reach_under_their_neighbours_stay_in_their_columns() -> None:
    words = [
        *rows(700, [("一、收到", "1234567", "5")], (322, 367)),
        *rows(680, [("二、办结", "4", "6")], (337, 367)),
        *((60, 660, "三、结转"), (344, 660, "98765432109")),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid) == [
        ["一、收到", "1234567", "5"],
        ["二、办结", "4", "6"],
        ["三、结转", "", "98765432109"],
    ]


def test_rows_that_begin_further_left_are_read_in_their_order() -> None:
    words = [
        *rows(700, [("一、收到", "10", "11", "12")], (300, 360, 420)),
        *rows(680, [("二、办结", "20", "21", "22")], (240, 300, 360)),
        *rows(660, [("三、结转", "30", "31", "32")], (180, 240, 300)),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid) == [
        ["一、收到", "10", "11", "12"],
        ["二、办结", "20", "21", "22"],
        ["三、结转", "30", "31", "32"],
    ]


def test_rows_of_which_nobody_can_tell_where_they_begin_are_in_no_table() -> None:
    words = [
        *rows(700, [("一、收到", "10", "11", "12", "13")], (300, 360, 420, 480)),
        *rows(680, [("二、办结", "20", "21")], (180, 240)),
        *rows(660, [("三、结转", "30", "31", "32")], (240, 300, 360)),
    ]
    document = read(page_of(words))
    assert grids(document) == []
    assert "二、办结 20 21" in "".join(paragraphs(document))
    assert document.notes == ()


def test_a_remark_below_its_number_is_in_its_cell() -> None:
    words = [
        *rows(700, COUNTS[:2]),
        *((60, 640, "三、结转"), (360, 640, "7"), (420, 640, "93")),
        *((300, 653, "89"), (300, 640, "（其中网"), (300, 627, "上12件）")),
        *rows(600, [("四、撤回", "1", "12", "8")]),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid)[2:] == [["三、结转", "89（其中网上12件）", "7", "93"], ["四、撤回", "1", "12", "8"]]


def test_a_column_in_which_the_next_page_prints_nothing_is_still_there() -> None:
    above = [("一、收到", "3", "14", "159", "9"), ("二、办结", "26", "5", "35", "9")]
    below = [("四、公开", "1", "2", "3"), ("五、不予", "4", "5", "6")]
    _, grid = grids(read(page_of(rows(100, above, (*PLACES, 480)), rows(780, below))))
    assert texts(grid) == [["四、公开", "1", "2", "3", ""], ["五、不予", "4", "5", "6", ""]]


def test_labels_close_behind_each_other_are_two() -> None:
    words = [
        *((60, 713, "三、本"), (60, 700, "年度办"), (93, 700, "（一）予以公开")),
        *((300, 700, "3"), (360, 700, "14"), (420, 700, "159"), (60, 687, "理结果")),
        *(
            (60, 660, "三、本"),
            (93, 660, "（二）部分公开"),
            (300, 660, "2"),
            (360, 660, "6"),
            (420, 660, "5"),
        ),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid) == [
        ["三、本年度办理结果", "（一）予以公开", "3", "14", "159"],
        ["三、本", "（二）部分公开", "2", "6", "5"],
    ]


def test_row_numbers_that_begin_anew_are_no_values() -> None:
    words = [
        *rows(700, [("1", "综合科", "25"), ("2", "法规科", "256"), ("3", "业务科", "45")], (100, 300)),
        *rows(540, [("1", "收到", "12"), ("2", "办结", "7")], (100, 300)),
    ]
    one, two = grids(read(page_of(words)))
    assert texts(one) == [["1", "综合科", "25"], ["2", "法规科", "256"], ["3", "业务科", "45"]]
    assert texts(two) == [["1", "收到", "12"], ["2", "办结", "7"]]


def test_rows_that_lack_their_total_are_read_as_the_header_says() -> None:
    head = [(60, 700, "内容"), (300, 700, "总计"), (360, 700, "自然人"), (420, 700, "其他")]
    lines = [
        ("一、收到", "24", "13", "11"),
        ("二、办结", "20", "4"),
        ("三、结转", "5", "1"),
        ("四、撤回", "7", "8"),
    ]
    words = [
        *head,
        *rows(680, lines[:1]),
        *rows(660, lines[1:3], (240, 300)),
        *rows(620, lines[3:], (180, 240)),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid)[1:] == [
        ["一、收到", "24", "13", "11"],
        ["二、办结", "", "20", "4"],
        ["三、结转", "", "5", "1"],
        ["四、撤回", "", "7", "8"],
    ]


TOTALS_LAST = [
    (60, 100, "内容"),
    (300, 100, "自然人"),
    (360, 100, "企业"),
    (420, 100, "其他"),
    (480, 100, "总计"),
]


def without_totals(*lines: tuple[str, ...]) -> bytes:
    """A table whose rows lack their total; `lines` are those on the second page, further left."""
    above = [
        *TOTALS_LAST,
        *rows(80, [("一、收到", "1", "2", "3", "6")], (300, 360, 420, 480)),
        *rows(60, [("二、公开", "4", "5", "6")]),
        *rows(40, [("三、不予", "7", "8", "9")], (240, 300, 360)),
    ]
    return page_of(above, [*rows(780, lines[:1], (240, 300, 360)), *rows(760, lines[1:], (180, 240, 300))])


def test_rows_go_on_to_lack_their_total_on_the_next_page() -> None:
    _, below = grids(read(without_totals(("四、处理", "7", "8", "1"), ("五、其他", "2", "0", "3"))))
    assert texts(below) == [["四、处理", "7", "8", "1", ""], ["五、其他", "2", "0", "3", ""]]


def test_rows_that_print_their_total_lack_another_number() -> None:
    document = read(without_totals(("四、处理", "7", "8", "15"), ("五、其他", "2", "0", "2")))
    assert len(grids(document)) == 1
    assert "四、处理 7 8 15" in "".join(paragraphs(document))


def test_a_header_and_what_a_page_cut_left_of_it_are_one() -> None:
    words = [
        *((60, 730, "内容"), (300, 736, "自然"), (300, 724, "人"), (360, 736, "商业"), (360, 724, "企业")),
        *((420, 730, "其他"), (480, 730, "总计")),
        *((300, 694, "人"), (360, 706, "商业"), (360, 694, "企业"), (420, 700, "其他"), (480, 700, "总计")),
        *rows(
            670, [("一、收到", "1", "2", "3", "6"), ("二、结转", "0", "1", "0", "1")], (300, 360, 420, 480)
        ),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid) == [
        ["内容", "自然人", "商业企业", "其他", "总计"],
        ["一、收到", "1", "2", "3", "6"],
        ["二、结转", "0", "1", "0", "1"],
    ]


def test_a_word_for_nothing_close_behind_a_label_is_a_value() -> None:
    lines = [("一、收到", "无", "14", "159"), ("二、办结", "无", "5", "35"), ("三、结转", "2", "7", "93")]
    words = [*rows(700, lines), *((196, 640, "四、重新出具已有的信"), (300, 640, "无")), (360, 640, "7")]
    (grid,) = grids(
        read(page_of([*words, (420, 640, "8"), (196, 620, "五、撤回"), *rows(620, [("", "4", "5", "6")])]))
    )
    assert ["四、重新出具已有的信", "无", "7", "8"] in texts(grid)


def test_a_word_for_nothing_within_a_label_is_none() -> None:
    words = [
        *rows(700, COUNTS[:2]),
        *((60, 652, "（四）"), (60, 640, "无"), (60, 628, "法提供")),
        *((300, 640, "1"), (360, 640, "2"), (420, 640, "3")),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid)[2] == ["（四）无法提供", "1", "2", "3"]


def test_a_remark_of_many_lines_does_not_part_the_header_from_its_table() -> None:
    remark = ("3463（", "其中", "网上", "547", "件）")
    words = [
        *((60, 740, "内容"), (300, 740, "总计"), (360, 740, "自然人"), (420, 740, "其他")),
        *((60, 676, "一、收到"), (300, 676, "3468"), (420, 676, "5")),
        *((360, 700 - 12 * line, text) for line, text in enumerate(remark)),
        *rows(630, [("二、结转", "2", "1", "1")]),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid)[:2] == [
        ["内容", "总计", "自然人", "其他"],
        ["一、收到", "3468", "3463（其中网上547件）", "5"],
    ]


def test_a_group_close_before_its_only_row_on_the_page_is_a_label_of_its_own() -> None:
    words = [
        *rows(700, COUNTS[:2]),
        *((60, 640, "三、本年度办"), (128, 640, "（一）予以公开"), (60, 627, "理结果")),
        *((300, 640, "1"), (360, 640, "2"), (420, 640, "3")),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid)[2] == ["三、本年度办理结果", "（一）予以公开", "1", "2", "3"]


def test_the_first_row_numbers_of_a_page_are_no_values_under_their_header() -> None:
    head = [(60, 720, "序号"), (120, 720, "统计指标"), (300, 720, "单位"), (360, 720, "统计数")]
    words = [
        *head,
        (66, 700, "1"),
        (120, 700, "一、主动公开情况"),
        (66, 680, "2"),
        (120, 680, "（一）公开信息数"),
    ]
    (grid,) = grids(read(page_of([*words, (300, 680, "条"), (360, 680, "2188")])))
    assert texts(grid)[-1] == ["2", "（一）公开信息数", "条", "2188"]


def test_one_row_under_a_word_that_wraps_beside_another_is_a_table() -> None:
    words = [
        *((240.0, 700.0, "第二十条第（五）项"), (300.0, 680.0, "本年处理决定数"), (100.0, 673.5, "信息内容")),
        *((330.0, 667.0, "量"), (60.0, 646.0, "行政许可"), (480.0, 646.0, "0")),
    ]
    (grid,) = grids(read(page_of(words)))
    assert ["行政许可", "0"] in texts(grid)
    assert sorted(text for row in texts(grid)[:-1] for text in row if text) == [
        "信息内容",
        "本年处理决定数量",
        "第二十条第（五）项",
    ]


def test_a_number_that_wraps_at_its_decimals_is_one() -> None:
    words = [
        *rows(700, [("一、收到", "3.00", "14.00", "159.00")]),
        *((60, 660, "二、办结"), (360, 660, "5.00"), (300, 666.5, "1,312"), (300, 653.5, ".00")),
        *((420, 666.5, "326.0"), (420, 653.5, "0")),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid) == [
        ["一、收到", "3.00", "14.00", "159.00"],
        ["二、办结", "1,312.00", "5.00", "326.00"],
    ]


def test_numbers_close_below_each_other_are_two() -> None:
    words = [
        *((60, 700, "一、收到"), (300, 700, "326.0"), (360, 700, "5.0")),
        *((60, 687, "二、办结"), (300, 687, "0"), (360, 687, "7.0")),
        *((60, 674, "三、结转"), (300, 674, "1.0"), (360, 674, "2")),
    ]
    (grid,) = grids(read(page_of(words)))
    assert [row[1] for row in texts(grid)] == ["326.0", "0", "1.0"]


def test_a_remark_that_ends_in_a_blank_line_stays_in_its_row() -> None:
    words = [
        *rows(700, COUNTS[:2]),
        *((60, 640, "三、结转"), (360, 640, "7"), (420, 640, "93")),
        *((300, 659, "89（其"), (300, 646.5, "中网上"), (300, 633.5, "12件）")),
        *rows(600, [("四、撤回", "1", "12", "8")]),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid)[2:] == [["三、结转", "89（其中网上12件）", "7", "93"], ["四、撤回", "1", "12", "8"]]


def test_a_dash_close_before_a_number_stands_for_none() -> None:
    places = (300.0, 317.0, 334.0)
    words = [
        *rows(700, [("一、收到", "２", "３", "５")], places),
        *rows(680, [("二、办结", "４", "—", "１")], places),
    ]
    (grid,) = grids(read(page_of(words)))
    assert texts(grid)[1] == ["二、办结", "４", "—", "１"]


def test_the_number_of_a_lone_row_on_a_page_is_no_value() -> None:
    head = [(60, 760, "序号"), (120, 760, "统计指标"), (300, 760, "单位"), (360, 760, "统计数")]
    first = [*head, (66, 740, "1"), (120, 740, "6、行政复议数"), (300, 740, "件"), (360, 740, "2470")]
    first += [(66, 100, "2"), (120, 100, "7、行政诉讼数"), (300, 100, "件"), (360, 100, "84")]
    second = [(66, 780, "3"), (120, 780, "8、举报数"), (300, 780, "件"), (360, 780, "2663")]
    grid = grids(read(page_of(first, second)))[-1]
    assert texts(grid)[-1] == ["3", "8、举报数", "件", "2663"]


def test_fonts_of_different_heights_stand_on_one_line() -> None:
    show = "1 0 0 1 {x} {y} Tm /{font} 10 Tf ({text}) Tj"
    lines = [("total", "12", "7"), ("closed", "26", "5"), ("open", "89", "93")]
    words = [
        show.format(x=x, y=700 - 13 * number, font=font, text=text)
        for number, row in enumerate(lines)
        for x, font, text in zip((60, 300, 360), ("F1", "F1", "F2"), row, strict=True)
    ]
    (grid,) = grids(read(file_of(f"BT {' '.join(words)} ET".encode())))
    assert texts(grid) == [list(row) for row in lines]
