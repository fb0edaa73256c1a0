"""Rows of a table typed as lines of one row."""

from __future__ import annotations

import pytest

from parser.document import Cell, Grid
from parser.readers.stacked import unstacked


def _rows(*rows: tuple[str, ...]) -> Grid:
    """A table of these texts, under a group label that reaches over all but the first row."""
    cells = [Cell(0, column, text) for column, text in enumerate(("类型", "事项", "自然人", "总计"))]
    cells.append(Cell(1, 0, "结果", rowspan=len(rows)))
    cells += [
        Cell(row, column, text) for row, texts in enumerate(rows, 1) for column, text in enumerate(texts, 1)
    ]
    return Grid(tuple(cells))


def test_lines_of_one_row_are_rows() -> None:
    table = _rows(("（一）公开", "7", "8"), ("1.秘密\n事项\n2.禁止", "3\n0", "5\n/"), ("四、结转", "1", "1"))
    (grid,) = unstacked([table])
    assert isinstance(grid, Grid)
    assert [(cell.row, cell.column, cell.rowspan, cell.text) for cell in grid.cells if cell.row] == [
        (1, 0, 4, "结果"),
        *((1, 1, 1, "（一）公开"), (1, 2, 1, "7"), (1, 3, 1, "8")),
        *((2, 1, 1, "1.秘密事项"), (2, 2, 1, "3"), (2, 3, 1, "5")),
        *((3, 1, 1, "2.禁止"), (3, 2, 1, "0"), (3, 3, 1, "/")),
        *((4, 1, 1, "四、结转"), (4, 2, 1, "1"), (4, 3, 1, "1")),
    ]


@pytest.mark.parametrize(
    "row",
    [
        ("1.国家\n秘密", "12\n34", "1\n2"),
        ("1.秘密\n2.禁止", "3\n0", "5"),
        ("1.秘密\n3.禁止", "3\n0", "5\n0"),
        ("秘密\n禁止", "3\n0", "5\n0"),
        ("1.秘密\n2.禁止", "其中\n网上", "含\n上年"),
    ],
)
def test_what_may_be_one_row_stays_one(row: tuple[str, ...]) -> None:
    table = _rows(row)
    assert unstacked([table]) == (table,)
