"""Span expansion, right spans and wrong ones."""

import lxml.html  # type: ignore[import-untyped]

from parser.document import Grid
from parser.readers.html_table import build_grid, has_layout_parts
from parser.readers.html_text import hidden_in


def _grid(markup: str) -> Grid:
    return build_grid(lxml.html.document_fromstring(markup).find(".//table"), frozenset())


def _places(grid: Grid) -> list[tuple[int, int, str]]:
    return [(cell.row, cell.column, cell.text) for cell in grid.cells]


def test_spans_push_cells_aside() -> None:
    grid = _grid("<table><tr><td rowspan=2>甲<td colspan=2>乙<tr><td>丙<td>丁</table>")
    assert _places(grid) == [(0, 0, "甲"), (0, 1, "乙"), (1, 1, "丙"), (1, 2, "丁")]
    assert grid.at(1, 0) is grid.cells[0]


def test_bad_spans_count_as_far_as_they_make_sense() -> None:
    grid = _grid(
        '<table><tr><td colspan="5px">甲<td colspan=auto>乙<tr><td rowspan="0">丙<td colspan="-2">丁</table>'
    )
    assert [(cell.rowspan, cell.colspan) for cell in grid.cells] == [(1, 5), (1, 1), (1, 1), (1, 1)]


def test_a_rowspan_past_the_end_stops_at_the_end() -> None:
    grid = _grid("<table><tr><td rowspan=30>甲<td>1<tr><td>2</table>")
    assert grid.rows == 2
    assert grid.cells[0].rowspan == 2


def test_a_huge_colspan_is_as_wide_as_the_table() -> None:
    grid = _grid("<table><tr><td colspan=1000000000>甲<tr><td>1<td>2<td>3</table>")
    assert grid.columns == 3


def test_blocks_and_breaks_in_a_cell_are_lines() -> None:
    grid = _grid("<table><tr><td><p>商业</p><p>企业</p></td><td>结果<br/>维持</td><td>&nbsp; 0 </td></table>")
    assert [cell.text for cell in grid.cells] == ["商业\n企业", "结果\n维持", "0"]


def test_sections_of_a_table_are_one_grid() -> None:
    grid = _grid("<table><thead><tr><th>甲</thead><tbody><tr><td>1</tbody><tfoot><tr><td>2</tfoot></table>")
    assert [(cell.text, cell.header) for cell in grid.cells] == [("甲", True), ("1", False), ("2", False)]


def test_what_is_struck_out_is_gone_and_raised_digits_are_the_marks_of_notes() -> None:
    grid = _grid(
        "<table><tr><td><s>3</s>5<td>12<sup>1</sup><td><sup>7</sup><td>8<sup>注1</sup><td>m<sup>n</sup></table>"
    )
    assert [cell.text for cell in grid.cells] == ["5", "12¹", "7", "8注1", "mn"]


def test_a_number_in_a_field_of_a_form_is_what_the_page_shows() -> None:
    grid = _grid('<table><tr><td><input value="12"><td><input type="hidden" value="9">3</table>')
    assert [cell.text for cell in grid.cells] == ["12", "3"]


def test_a_small_table_in_one_of_many_cells_lays_out_nothing() -> None:
    inner = "<table><tr><td>甲</table>"
    for rows, lays_out in ((10, False), (3, True)):
        markup = f"<table><tr><td>{inner}<td>1{'<tr><td>乙<td>2' * (rows - 1)}</table>"
        assert has_layout_parts(lxml.html.document_fromstring(markup).find(".//table")) is lays_out
    assert _places(_grid(f"<table><tr><td>{inner}<td>1</table>")) == [(0, 0, "甲"), (0, 1, "1")]


def test_white_text_beside_the_text_of_a_cell_is_unseen_and_a_white_header_is_not() -> None:
    white = '<font color="#FFFFFF">5</font><span style="color: white">6</span>'
    page = lxml.html.document_fromstring(
        f'<table><tr bgcolor="#036"><th>数{white}<th><span style="color:#fff">量</span>'
        f"<tr><td>12{white}<td>{white}</table>"
    )
    grid = build_grid(page.find(".//table"), hidden_in(page))
    assert [cell.text for cell in grid.cells] == ["数56", "量", "12", "56"]
