"""Tables without rules or with idle ones: rows that a cut only seems to part, words and numbers that wrap."""

from itertools import pairwise

from parser.document import Cell
from parser.readers.geometry import Glyph, Rule, Sheet
from parser.readers.geometry_blanks import blank_columns
from parser.readers.geometry_chunks import chunks, with_remarks
from parser.readers.geometry_cuts import split_at_odd_gaps
from parser.readers.geometry_grid import ruled_grids
from parser.readers.geometry_idle import without_idle_rows


def _drawn(cells: list[Cell]) -> list[tuple[int, int, int, str]]:
    return [(cell.row, cell.column, cell.rowspan, cell.text) for cell in cells]


def test_the_rest_of_a_merged_cell_that_ends_inside_a_row_parts_no_row() -> None:
    # The group's box from the page before ends in the first row; below it is nothing, then the next group.
    row = [Cell(0, column, text, rowspan=2) for column, text in enumerate(("3.补正后", "0", "16", "16"), 1)]
    next_row = [Cell(2, column, text) for column, text in enumerate(("（五）", "1.信访", "3", "5", "8"))]
    cells = [Cell(0, 0, ""), *row, Cell(1, 0, ""), *next_row]
    assert _drawn(without_idle_rows(cells)) == [
        (0, 0, 1, ""), (0, 1, 1, "3.补正后"), (0, 2, 1, "0"), (0, 3, 1, "16"), (0, 4, 1, "16"),
        (1, 0, 1, "（五）"), (1, 1, 1, "1.信访"), (1, 2, 1, "3"), (1, 3, 1, "5"), (1, 4, 1, "8"),
    ]  # fmt: skip


def test_rows_of_blank_cells_stay_rows() -> None:
    groups = [Cell(0, 0, "三、", rowspan=2), Cell(0, 1, "（三）", rowspan=2)]
    cells = [*groups, *(Cell(row, column, "") for row in (0, 1) for column in (2, 3, 4))]
    assert without_idle_rows(cells) == cells


def _set(text: str, left: float, top: float, first: int) -> list[Glyph]:
    return [
        Glyph(letter, left + 9 * place, top, left + 9 * place + 9, top + 9, 9, 0, first + place)
        for place, letter in enumerate(text)
    ]


def test_two_lines_of_digits_around_the_height_of_their_row_are_one_number() -> None:
    wrapped = [*_set("４４", 200, 0, 0), *_set("５９", 200, 12, 2)]
    beside = [*_set("—", 300, 6, 4), *_set("7", 350, 6, 5)]
    assert [part.text for part in with_remarks(chunks([*wrapped, *beside]))] == ["４４５９", "—", "7"]
    # Rows as close as lines: every value has others at its own height.
    rows = [*wrapped, *_set("1", 300, 0, 4), *_set("7", 300, 12, 5)]
    assert len(with_remarks(chunks(rows))) == 4


def test_words_of_a_header_close_to_each_other_are_two_and_one_set_wide_is_one() -> None:
    close = [*_set("社会公益", 0, 0, 0), *_set("法律服务", 36 + 7, 0, 4)]
    (chunk,) = chunks(close)
    assert [part.text for part in split_at_odd_gaps(chunk)] == ["社会公益", "法律服务"]
    (wide,) = chunks([*_set("总", 0, 0, 0), *_set("计", 16, 0, 1)])
    assert split_at_odd_gaps(wide) == [wide]


def test_columns_in_which_nothing_is_printed_are_those_of_the_words_left_over() -> None:
    words = [chunk for place in range(15) for chunk in chunks(_set("计", 33 * place + 6, 0, place))]
    printed = (0, 2, 4, 5, 6, 8, 9, 11, 13, 14)
    columns = [(33.0 * place + 4, 33.0 * place + 11) for place in printed]
    assert [place for place, _ in blank_columns(words, columns)] == [1, 3, 7, 10, 12]
    # Numbers set to the left of words that are four times as wide.
    words = [chunk for place in range(15) for chunk in chunks(_set("尚未审结", 40 * place, 0, 4 * place))]
    columns = [(40.0 * place, 40.0 * place + 5) for place in printed]
    assert [place for place, _ in blank_columns(words, columns)] == [1, 3, 7, 10, 12]
    # Half way between two words nobody knows.
    words = [chunk for place in range(15) for chunk in chunks(_set("计", 33 * place + 6, 0, place))]
    assert blank_columns(words, [(33.0 * place + 24, 33.0 * place + 30) for place in printed[:-1]]) == []


def test_rules_across_that_part_the_columns_of_some_rows_alone_are_no_lattice() -> None:
    """Browsers draw a border below each cell; above that of the first row is nothing."""
    edges = [60.0 * place for place in range(9)]
    stretches = list(pairwise(edges))
    across = [Rule(120, left, right) for left, right in stretches[4:]]
    across += [Rule(at, left, right) for at in (150, 180) for left, right in stretches]
    sheet = Sheet(1, 500, 700, across=across)
    for top, texts in ((125, ["维持", "纠正", "其他", "总计"] * 2), (155, list("12031456"))):
        for place, text in enumerate(texts):
            sheet.glyphs += _set(text, 60 * place + 5, top, len(sheet.glyphs))
    assert ruled_grids(sheet)[0] == []
    sheet.down = [Rule(edge, 120, 180) for edge in edges[5:]]
    assert len(ruled_grids(sheet)[0]) == 1
