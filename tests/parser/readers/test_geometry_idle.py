"""Rows that a page cut only seems to part."""

from parser.document import Cell
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
