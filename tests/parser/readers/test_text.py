"""Text exports as documents."""

from parser.document import Grid, Heading, Paragraph
from parser.readers.text import read


def test_tabs_make_cells_with_line_and_column() -> None:
    (grid,) = read("甲\t1\t2\n\t乙\t\n".encode()).blocks
    assert isinstance(grid, Grid)
    assert [(cell.row, cell.column, cell.text) for cell in grid.cells] == [
        (0, 0, "甲"), (0, 1, "1"), (0, 2, "2"), (1, 0, ""), (1, 1, "乙"), (1, 2, ""),
    ]  # fmt: skip
    assert grid.cells[1].locator.as_dict() == {"line": 1, "column": 3}


def test_markdown_tables_and_headings() -> None:
    heading, grid, paragraph = read(
        "# 题目\n\n| 甲 | **1** |\n|---|:-:|\n| 乙 | 2 |\n\n文字\n".encode()
    ).blocks
    assert isinstance(heading, Heading) and (heading.text, heading.level) == ("题目", 1)
    assert isinstance(grid, Grid) and [cell.text for cell in grid.cells] == ["甲", "1", "乙", "2"]
    assert isinstance(paragraph, Paragraph)


def test_a_row_of_blanks_is_a_row_and_no_ruler() -> None:
    (grid,) = read("| 甲 | 1 |\n|---|---|\n|  | 　 |\n| 乙 | 2 |\n".encode()).blocks
    assert isinstance(grid, Grid)
    assert [(cell.row, cell.text) for cell in grid.cells] == [
        (0, "甲"), (0, "1"), (1, ""), (1, ""), (2, "乙"), (2, "2"),
    ]  # fmt: skip


def test_a_row_of_dashes_below_the_ruler_is_a_row_of_values() -> None:
    (grid,) = read("| 维持 | 纠正 |\n|---|:--|\n| - | - |\n| — | 2 |\n".encode()).blocks
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.cells] == ["维持", "纠正", "-", "-", "—", "2"]
    # The shortest ruler of Markdown is one dash a cell; nothing stands above it that rules the table.
    (grid,) = read("| 维持 | 纠正 |\n|-|-|\n| 1 | 2 |\n".encode()).blocks
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.cells] == ["维持", "纠正", "1", "2"]


def test_rows_of_one_bar_count_where_they_stand_together() -> None:
    (grid,) = read("行政许可 | 12\n行政处罚 | 3\n".encode()).blocks
    assert isinstance(grid, Grid) and len(grid.cells) == 4
    (paragraph,) = read("读作甲|乙的一句话。".encode()).blocks
    assert isinstance(paragraph, Paragraph)


def test_numbers_behind_a_label_are_a_row_without_tabs() -> None:
    (grid,) = read("一、本年新收政府信息公开申请数量 95 0 0 0 0 0 95\n".encode()).blocks
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.cells] == [
        "一、本年新收政府信息公开申请数量",
        *["95", "0", "0", "0", "0", "0", "95"],
    ]


def test_a_paragraph_cut_by_a_page_break_is_one() -> None:
    first = "本机关严格按照要求规范政策制定，提升解读质量，全年没有发生任何变化，各项制度继续执行，并由市" * 2
    (paragraph,) = read(f"{first}\n\n公安局负责落实，各科室配合。\n".encode()).blocks
    assert isinstance(paragraph, Paragraph)
    assert paragraph.text.endswith("并由市公安局负责落实，各科室配合。")


def test_wrapped_lines_are_joined_and_headings_are_not() -> None:
    line = "这一行写满了整个行宽，因此下一行是它的续行，共四十个汉字左右不多也不少哦"
    text = "\n".join(["一、总体情况", *[line] * 8, "尾。", "二、主动公开政府信息情况"])
    blocks = read(text.encode()).blocks
    assert [block.text[:4] for block in blocks if isinstance(block, Paragraph)] == [
        "一、总体",
        "这一行写",
        "二、主动",
    ]


def test_rows_with_an_empty_line_between_them_are_one_table_where_they_are_as_wide() -> None:
    one, other = read("甲\t乙\t丙\n\n丁\t1\t2\n\n\n戊\t3\n".encode()).blocks
    assert isinstance(one, Grid) and isinstance(other, Grid)
    assert [cell.text for cell in one.cells] == ["甲", "乙", "丙", "丁", "1", "2"]
    assert [cell.text for cell in other.cells] == ["戊", "3"]


def test_a_markdown_table_behind_an_empty_line_is_another_one() -> None:
    blocks = read("| 甲 | 1 |\n|---|---|\n\n| 乙 | 2 |\n|---|---|\n| 丙 | 3 |\n".encode()).blocks
    assert [len(block.cells) for block in blocks if isinstance(block, Grid)] == [2, 4]


def test_a_table_drawn_with_characters_is_one() -> None:
    for drawn in (
        "+----+---+\n| 甲 | 1 |\n+----+---+\n| 乙 | 2 |\n+----+---+\n",
        "│甲│1│\n├──┼──┤\n│乙│2│\n└──┴──┘\n",
    ):
        (grid,) = read(drawn.encode()).blocks
        assert isinstance(grid, Grid)
        assert [cell.text for cell in grid.cells] == ["甲", "1", "乙", "2"]


def test_inline_marks_are_what_a_renderer_makes_of_them() -> None:
    text = "| ~~9~~`12` | 21<sup>1</sup> | 3[^2] | [4](#x) | &nbsp;5 | 1\\.甲 | <span>7</span> |\n|---|---|\n"
    (grid,) = read(text.encode()).blocks
    assert isinstance(grid, Grid)
    assert [cell.text for cell in grid.cells] == ["12", "21¹", "3²", "4", "5", "1.甲", "7"]


_SECTION = """第二十条第（一）项
信息内容        本年制发件数  本年废止件数  现行有效件数
规章                       7                           7
行政规范性文件            26             0          1203
第二十条第（五）项
信息内容        本年处理决定数量
行政许可                 1234567
"""


def test_columns_of_blanks_that_stand_below_each_other_keep_their_blank_cells() -> None:
    first, second = (block for block in read(_SECTION.encode()).blocks if isinstance(block, Grid))
    heads = {cell.column: cell.text for cell in first.cells if cell.row == 1}
    rows = {
        cells[0].text: {heads[cell.column]: (cell.text, cell.locator.as_dict()) for cell in cells[1:]}
        for row, cells in first.by_row()
        if row > 1
    }
    assert rows["规章"]["本年制发件数"] == ("7", {"line": 3, "column": 26})
    assert rows["规章"]["本年废止件数"][0] == ""
    assert rows["规章"]["现行有效件数"][0] == "7"
    assert rows["行政规范性文件"]["现行有效件数"] == ("1203", {"line": 4, "column": 46})
    assert [cell.text for cell in second.cells if cell.row == 1] == ["信息内容", "本年处理决定数量"]
    assert [cell.text for cell in second.cells if cell.row == 2] == ["行政许可", "1234567"]


def test_a_label_that_wraps_beside_its_numbers_is_one() -> None:
    lines = (
        "         1. 属于行政执法   31    4    5",
        "         案卷的申请",
        "         2. 没有现成信息    7   12    0",
        "         需要另行制作",
        "         3. 补正后申请仍    0    1  190",
        "         不明确的申请",
    )
    (grid,) = (block for block in read("\n".join(lines).encode()).blocks if isinstance(block, Grid))
    rows = [[cell.text for cell in cells if cell.text] for _, cells in grid.by_row()]
    assert [row[-3:] for row in rows] == [["31", "4", "5"], ["7", "12", "0"], ["0", "1", "190"]]
    assert rows[1][0].replace(" ", "") == "2.没有现成信息需要另行制作"


def test_a_row_parted_by_blanks_that_lost_a_cell_gives_no_column_a_number() -> None:
    text = "信息内容 本年制发件数 本年废止件数 现行有效件数\n规章 1 0 1\n行政规范性文件 3 8\n行政许可 9 9 9\n"
    (grid,) = read(text.encode()).blocks
    assert isinstance(grid, Grid)
    rows = [cell for cell in grid.cells if cell.row in (1, 2)]
    assert [(cell.row, cell.column, cell.colspan, cell.text) for cell in rows] == [
        (1, 0, 1, "规章"), (1, 1, 1, "1"), (1, 2, 1, "0"), (1, 3, 1, "1"),
        (2, 0, 1, "行政规范性文件"), (2, 1, 3, "3 8"),
    ]  # fmt: skip


def test_a_table_with_each_cell_on_a_line_of_its_own() -> None:
    lines = [
        *("二、主动公开政府信息情况", "第二十条第（一）项", "信息内容", "本年制发件数"),
        *("本年废止件数", "规章", "1", "0"),
        *("行政规范性文件", "1,203", "一、本年新收政府信息公开申请数量", "95"),
        *("0", "三、本年度办理结果", "（一）予以公开", "条"),
        *("3", "4", "其他", "5"),
        *("6", "其他", "7", "8"),
    ]
    title, grid = read("\n\n".join(lines).encode()).blocks
    assert isinstance(title, Paragraph) and isinstance(grid, Grid)
    rows = [[(cell.text, cell.colspan) for cell in cells] for _, cells in grid.by_row()]
    assert rows[:6] == [
        [("第二十条第（一）项", 1)],
        [("信息内容", 1), ("本年制发件数", 1), ("本年废止件数", 1)],
        [("规章", 1), ("1", 1), ("0", 1)],
        # A blank left no line behind: nobody knows which.
        [("行政规范性文件", 1), ("1,203", 2)],
        [("一、本年新收政府信息公开申请数量", 1), ("95", 1), ("0", 1)],
        [("三、本年度办理结果", 1)],
    ]
    assert rows[6] == [("（一）予以公开", 1), ("条", 1), ("3", 1), ("4", 1)]
    assert grid.cells[-1].locator.as_dict() == {"line": 2 * len(lines) - 1, "column": 1}


def test_one_blank_between_numbers_parts_columns_and_one_before_a_word_does_not() -> None:
    lines = (
        "信息内容   收到 办结 结转",
        "1. 网上  １３１１ ６５   无",
        "2. 信函       7 １２   —",
        "3. 当面       0 无     3",
    )
    (grid,) = (block for block in read("\n".join(lines).encode()).blocks if isinstance(block, Grid))
    rows = [[cell.text.replace(" ", "") for cell in cells] for _, cells in grid.by_row()]
    assert rows[-3:] == [
        ["1.网上", "１３１１", "６５", "无"],
        ["2.信函", "7", "１２", "—"],
        ["3.当面", "0", "无", "3"],
    ]
