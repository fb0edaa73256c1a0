"""Tables that a page draws with boxes or with lines of text."""

import pytest

from parser.document import Grid
from parser.readers.html import read, tree_of

_HEAD = "<div>信息内容</div><div>本年制发件数</div><div>本年废止件数</div>"
_ROWS = "<div>规章</div><div>7</div><div></div>", "<div>行政规范性文件</div><div>26</div><div>1203</div>"


def _grid(body: str, head: str = "") -> tuple[Grid, bytes]:
    page = f"<html><head>{head}</head><body><h1>题目</h1>{body}<p>后文。</p></body></html>".encode()
    (grid,) = (block for block in read(page).blocks if isinstance(block, Grid))
    return grid, page


def _cells(grid: Grid) -> list[tuple[int, int, int, int, str]]:
    return [(cell.row, cell.column, cell.rowspan, cell.colspan, cell.text) for cell in grid.cells]


_PLAIN = [
    *((0, column, 1, 1, text) for column, text in enumerate(("信息内容", "本年制发件数", "本年废止件数"))),
    *((1, column, 1, 1, text) for column, text in enumerate(("规章", "7", ""))),
    *((2, column, 1, 1, text) for column, text in enumerate(("行政规范性文件", "26", "1203"))),
]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        # The classes of a style sheet say what is a row.
        (
            "<style>.t{display:table} .t .r, .x{color:red;display: table-row}</style>",
            f'<div class="t">{"".join(f"<div class=r>{row}</div>" for row in (_HEAD, *_ROWS))}</div>',
        ),
        # A sheet that is not here says it; what the rows hold tells.
        ("", "".join(f'<div class="row">{row}</div>' for row in (_HEAD, *_ROWS))),
        # One box behind the other, three in a row.
        ("", f'<b style="display:grid;grid-template-columns:2fr repeat(2,1fr)">{_HEAD}{"".join(_ROWS)}</b>'),
    ],
)  # fmt: skip
def test_boxes_are_the_cells_of_a_table(head: str, body: str) -> None:
    grid, page = _grid(body, head)
    assert _cells(grid) == _PLAIN
    (printed,) = tree_of(page).xpath(grid.cells[-1].locator.xpath)
    assert printed.text == "1203"


def test_spans_of_roles_and_of_a_grid_are_spans() -> None:
    cell = '<b role="cell" aria-colspan="{}" aria-rowspan="{}">{}</b>'.format
    rows = (cell(1, 2, "组") + cell(2, 1, "头"), cell(1, 1, "1") + cell(1, 1, "2"))
    body = "".join(f"<p role=row>{row}</p>" for row in rows)
    expected = [(0, 0, 2, 1, "组"), (0, 1, 1, 2, "头"), (1, 1, 1, 1, "1"), (1, 2, 1, 1, "2")]
    assert _cells(_grid(f"<div role=table>{body}</div>")[0]) == expected
    boxes = (("grid-row:span 2", "组"), ("grid-column: 2 / 4", "头"), ("", "1"), ("", "2"))
    body = "".join(f'<i style="{style}">{text}</i>' for style, text in boxes)
    grid, _ = _grid(f'<div style="display:grid;grid-template-columns:1fr 1fr 1fr">{body}</div>')
    assert _cells(grid) == expected


def test_blocks_of_words_are_no_table() -> None:
    lists = "".join(
        f"<li><div>标题{day}</div><div>来源</div><div>2024-01-0{day}</div></li>" for day in "1234"
    )
    page = f"<html><body><ul>{lists}</ul><div><p>一</p><p>二</p></div></body></html>"
    assert not any(isinstance(block, Grid) for block in read(page.encode()).blocks)


_LINES = (
    "信息内容        本年制发件数  本年废止件数",
    "规章                       7",
    "行政规范性文件            26          1203",
    "其他                       9             8",
)


@pytest.mark.parametrize(
    "body",
    [
        "<pre>" + "\n".join(_LINES) + "</pre>",
        "".join(f"<p>{line.replace(' ', '&nbsp;')}</p>" for line in _LINES),
        # A table of one column is a stack of lines.
        f"<table>{''.join(f'<tr><td>{line.replace(chr(32), chr(160))}' for line in _LINES)}</table>",
    ],
)
def test_lines_whose_blanks_a_browser_keeps_draw_a_table(body: str) -> None:
    grid, page = _grid(body)
    assert _cells(grid)[:9] == _PLAIN
    (drawn,) = tree_of(page).xpath(grid.cells[8].locator.xpath)
    assert "1203" in drawn.text


def test_a_frame_round_each_cell_lays_out_nothing() -> None:
    framed = "<table><tr><td>{}</td></tr></table>".format
    rows = (("信息内容", "本年制发件数", "本年废止件数"), ("规章", "7", ""), ("行政规范性文件", "26", "1203"))
    body = "".join(f"<tr>{''.join(f'<td>{framed(text)}</td>' for text in row)}</tr>" for row in rows)
    assert _cells(_grid(f"<table>{body}</table>")[0]) == _PLAIN
