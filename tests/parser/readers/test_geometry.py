"""Tables from characters and rules alone, as every format that places text hands them over."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from parser.readers.geometry import Glyph, Rule, Sheet
from parser.readers.geometry_bare import bare_grids
from parser.readers.geometry_grid import ruled_grids
from parser.readers.geometry_lines import lines

Texts = list[list[str]]


def written(rows: Sequence[Sequence[str]], width: float, size: float) -> list[Glyph]:
    """The texts in cells of that width and 20 points height, from the left edge on."""
    glyphs: list[Glyph] = []
    for row, texts in enumerate(rows):
        for column, text in enumerate(texts):
            for place, letter in enumerate(text):
                left, top = 50 + column * width + 0.5 + place * size, 55 + row * 20
                glyphs.append(Glyph(letter, left, top, left + size, top + size, size, 0, len(glyphs)))
    return glyphs


def read(sheet: Sheet) -> Texts:
    ((_, grid),) = ruled_grids(sheet)[0]
    return [[cell.text for cell in cells] for _, cells in grid.by_row()]


def test_full_width_numbers_that_touch_over_a_rule_stay_in_their_cells() -> None:
    rows = [["甲", "乙", "丙"], ["３５０", "１０", "５４"]]
    sheet = Sheet(1, 600, 800, glyphs=written(rows, 31, 10))
    sheet.across = [Rule(50 + 20 * level, 50, 143) for level in range(3)]
    sheet.down = [Rule(50 + 31 * place, 50, 90) for place in range(4)]
    assert read(sheet) == rows


@pytest.mark.parametrize("frame", [True, False])
def test_columns_where_strokes_of_shared_lines_end(frame: bool) -> None:
    rows = [["指标", "本年", "上年"], ["收到", "12", "3"], ["办结", "7", ""], ["总计", "19", "3"]]
    sheet = Sheet(1, 600, 800, glyphs=written(rows, 80, 10))
    levels = range(1, 5) if frame else range(5)
    sheet.across = [Rule(50 + 20 * level, 50 + 80 * n, 130 + 80 * n) for level in levels for n in range(3)]
    sheet.across += [Rule(50, 50, 290)] if frame else []
    assert read(sheet) == rows


def test_lines_in_one_stroke_tell_no_columns() -> None:
    sheet = Sheet(1, 600, 800, glyphs=written([["指标", "本年"], ["收到", "12"]], 80, 10))
    sheet.across = [Rule(50 + 20 * level, 50, 210) for level in range(3)]
    assert ruled_grids(sheet)[0] == []


def test_a_value_whose_label_is_of_another_region_makes_no_table() -> None:
    # A strip of paper with shreds of letters: the row of the 3 is a region, the Q before it is not in it.
    boxes = [("Q", 39, 2, 44, 8, 7.0), ("2", 0, 4, 9, 11, 8.3), ("4", 9, 4, 14, 11, 8.3)]
    boxes += [("张", 138, 4, 152, 17, 14.5), ("2", 266, 4, 276, 12, 10.0), ("4", 276, 4, 281, 12, 10.0)]
    boxes += [("3", 134, 12, 142, 17, 7.0), ("4", 142, 12, 148, 17, 7.0), ("T", 266, 12, 270, 17, 7.0)]
    boxes += [("1", 4, 13, 9, 17, 4.7), ("う", 9, 13, 13, 17, 4.7)]
    glyphs = [
        Glyph(text, left, top, right, bottom, size, 0, order)
        for order, (text, left, top, right, bottom, size) in enumerate(boxes)
    ]
    assert bare_grids(Sheet(1, 400, 17.3, glyphs=glyphs), glyphs) == ([], glyphs)


def test_what_is_not_sure_in_a_scan_stays_so_where_no_rules_are() -> None:
    rows = [["收到申请", "12", "3"], ["办结申请", "7", "5"], ["不予公开", "19", "8"]]
    sheet = Sheet(1, 600, 800, glyphs=written(rows, 80, 10))
    for glyph in sheet.glyphs:
        glyph.confidence = 0.55 if glyph.text == "7" else 0.97
    (table,), left = bare_grids(sheet, sheet.glyphs)
    assert [[cell.text for cell in cells] for _, cells in table.grid.by_row()] == rows
    assert {cell.text for cell in table.grid.cells if cell.confidence == 0.55} == {"7"}
    assert {cell.confidence for cell in table.grid.cells} == {0.55, 0.97}
    assert not left


def test_a_page_of_very_many_lines_with_blanks_takes_no_minutes() -> None:
    glyphs = [
        Glyph(
            " " if column else "7",
            10.0 + 9 * column,
            9.0 * row,
            18.0 + 9 * column,
            9.0 * row + 8,
            10.0,
            0,
            row,
        )
        for row in range(20_000)
        for column in (0, 1)
    ]
    started = time.process_time()
    assert [one.text for one in lines(glyphs)] == ["7"] * 20_000
    assert time.process_time() - started < 10
