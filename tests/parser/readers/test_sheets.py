"""Workbooks, XML and binary, as documents."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest

from parser import parse
from parser.document import Document, Grid, Paragraph, State, Unreadable
from parser.readers import biff, detect
from parser.readers.cell_numbers import show, shown_as
from parser.readers.sheets import read
from tests.parser.readers.drawn import reports, xlsx_file

DATA = Path(__file__).parent / "data"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def _sheet(rows: str, rest: str = "", before: str = "") -> str:
    return f"<worksheet {MAIN}>{before}<sheetData>{rows}</sheetData>{rest}</worksheet>"


def _read(rows: str, rest: str = "", before: str = "", styles: str = "") -> Document:
    return read(xlsx_file.package([("表", _sheet(rows, rest, before))], styles))


def _string(place: str, text: str) -> str:
    return f'<c r="{place}" t="str"><v>{text}</v></c>'


def _texts(document: Document) -> list[str]:
    return [cell.text for block in document.blocks if isinstance(block, Grid) for cell in block.cells]


@pytest.mark.parametrize("form", reports.FORMS)
def test_every_printed_figure_of_an_xml_workbook(form: str) -> None:
    for seed in range(2000, 2020):
        made = reports.report(form, seed)
        reading = parse(xlsx_file.workbook(made, seed))
        assert reports.errors(made, reading) == {}, seed
        assert reading.format == "xlsx" and reading.report is not None
        assert (reading.report.form, reading.report.year) == (form, made.year)


ROWS = (
    {"A": "项目", "D": "自然人", "J": "总计"},
    {"A": "一、新收", "D": "3"},
    {"A": "二、结转"},
    {"A": "三、结果", "B": "（一）公开"},
    {"A": "四、余下", "J": "1"},
    {"A": "五、存在的问题"},
    {"A": "没有。"},
)
MERGED = "A1:C1 A2:C2 A3:C3 B4:C4 A5:C5 A6:H6 A7:H7"


def test_a_row_without_figures_is_no_line_of_text_and_a_line_below_is_no_row() -> None:
    rows = "".join(
        f"<row>{''.join(_string(f'{column}{number}', text) for column, text in row.items())}</row>"
        for number, row in enumerate(ROWS, 1)
    )
    areas = "".join(f'<mergeCell ref="{area}"/>' for area in MERGED.split())
    grid, *texts = _read(rows, f"<mergeCells>{areas}</mergeCells>").blocks
    assert isinstance(grid, Grid)
    labels = {cell.row: cell.text for cell in grid.cells if cell.column == 0}
    assert labels == {0: "项目", 1: "一、新收", 2: "二、结转", 3: "三、结果", 4: "四、余下"}
    assert [block.text for block in texts if isinstance(block, Paragraph)] == ["五、存在的问题", "没有。"]


def _rows(*texts: str) -> str:
    """Rows of strings, parted by `|` from A on; an empty text is an empty row."""
    lines = (
        "".join(
            _string(f"{chr(65 + place)}{number}", text) for place, text in enumerate(row.split("|")) if text
        )
        for number, row in enumerate(texts, 1)
    )
    return "".join(f'<row r="{number}">{line}</row>' for number, line in enumerate(lines, 1))


@pytest.mark.parametrize("between", [("",), ()], ids=["an empty row", "none"])
def test_running_text_below_a_table_is_none_of_its_rows(between: tuple[str, ...]) -> None:
    lines = (
        "五、存在的问题",
        "公开不够，解读不多。",
        "填报人：王某  填报日期：2024年1月8日",
        "云溪市教育局",
        "2024年1月5日",
    )
    grid, *texts = _read(_rows("类型|件数", "甲|1", "乙|", *between, *lines)).blocks
    assert isinstance(grid, Grid) and [cell.text for cell in grid.cells] == [
        "类型",
        "件数",
        "甲",
        "1",
        "乙",
        "",
    ]
    assert [block.text for block in texts if isinstance(block, Paragraph)] == list(lines)


def test_a_note_beside_a_table_is_none_of_its_cells() -> None:
    table = ["类型|件数|||", *(f"类别{number}|{number}||" for number in range(8))]
    table[3] += "|由办公室填报"
    grid, note = _read(_rows(*table)).blocks
    assert isinstance(grid, Grid) and not any("办公室" in cell.text for cell in grid.cells)
    assert isinstance(note, Paragraph) and note.text == "由办公室填报"
    # The wider table below the next heading has columns there.
    wider = ["二、其他", "类型|件数|其中|复议|诉讼", *(f"类别{number}|1|2|3|4" for number in range(8))]
    first, heading, second, note = _read(_rows(*table, *wider)).blocks
    assert isinstance(first, Grid) and isinstance(second, Grid)
    assert isinstance(heading, Paragraph) and heading.text == "二、其他"
    assert isinstance(note, Paragraph) and note.text == "由办公室填报"
    # A figure stands under a head of its own, however few there are.
    table[0] = "类型|件数|其中|备注|说明"
    (grid,) = _read(_rows(*table)).blocks
    assert isinstance(grid, Grid) and any("办公室" in cell.text for cell in grid.cells)


def test_text_boxes_and_open_results_of_a_binary_workbook() -> None:
    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    def box(row: int, text: str, kind: int = 6) -> bytes:
        anchor = bytes.fromhex("000010f012000000") + struct.pack("<9H", 0, 1, 0, row, 0, 4, 0, row + 3, 0)
        made = record(0x00EC, anchor) + record(0x005D, struct.pack("<4H", 0x15, 18, kind, 1))
        made += record(0x01B6, struct.pack("<9H", 0, 0, 0, 0, 0, len(text), 16, 0, 0))
        return made + record(0x003C, b"\x01" + text.encode("utf-16-le")) + record(0x003C, bytes(16))

    begin, end = record(0x0809, struct.pack("<2H", 0x0600, 5) + bytes(12)), record(0x000A, b"")
    number = record(0x0203, struct.pack("<3Hd", 4, 0, 0, 12.0))
    formula = record(0x0006, struct.pack("<3HdH", 4, 1, 0, 0.0, 2) + bytes(4))
    sheet = (
        box(9, "云溪市\n（盖章）") + box(0, "云溪市年报") + box(0, "应为15件", kind=0x19) + number + formula
    )
    stream = begin + record(0x0085, struct.pack("<I4B", 0, 0, 0, 1, 1) + "表".encode("utf-16-le")) + end
    stream = stream.replace(struct.pack("<I4B", 0, 0, 0, 1, 1), struct.pack("<I4B", len(stream), 0, 0, 1, 1))
    (content,) = biff.sheets(stream + begin + sheet + end)
    texts = [block.text for block in content.blocks() if isinstance(block, Paragraph)]
    assert texts == ["云溪市年报", "云溪市", "（盖章）"]
    assert content.texts == {(4, 0): "12"} and "B5" in content.notes["formula"]


def test_text_boxes_and_the_name_of_a_sheet_are_read() -> None:
    def box(row: int, *lines: str, look: str = "") -> str:
        text = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines)
        shape = f'<x:sp><x:nvSpPr><x:cNvPr id="1" {look}/></x:nvSpPr><x:txBody>{text}</x:txBody></x:sp>'
        return (
            f"<x:twoCellAnchor><x:from><x:col>0</x:col><x:row>{row}</x:row></x:from>{shape}</x:twoCellAnchor>"
        )

    drawing = (
        box(9, "二〇二四年一月", "（盖章）") + box(0, "云溪市年度报告") + box(1, "草稿", look='hidden="1"')
    )
    rows = '<row r="3">' + _string("A3", "甲") + '<c r="B3"><v>1</v></c></row>'
    document = read(
        xlsx_file.package(
            [("云溪市2023年年报", _sheet(rows))],
            drawing=f'<x:wsDr xmlns:x="urn:x" xmlns:a="urn:a">{drawing}</x:wsDr>',
        )
    )
    title, grid, *ends = document.blocks
    assert isinstance(title, Paragraph) and title.text == "云溪市年度报告"
    assert isinstance(grid, Grid) and _texts(document) == ["甲", "1"]
    assert [end.text for end in ends if isinstance(end, Paragraph)] == ["二〇二四年一月", "（盖章）"]
    assert ends[0].locator.cell == "A10" and document.meta == {"title": "云溪市2023年年报"}


@pytest.mark.parametrize("path", sorted(DATA.glob("*.xls")), ids=lambda path: path.name)
def test_every_printed_figure_of_a_binary_workbook(path: Path) -> None:
    form, _, seed = path.stem.partition("-")
    reading = parse(path.read_bytes())
    assert reading.format == "xls"
    assert reports.errors(reports.report(form, int(seed)), reading) == {}


def test_a_figure_leads_back_to_its_sheet_and_cell() -> None:
    made = reports.report("2021", 1001)
    reading = parse(xlsx_file.package([("申请", xlsx_file.sheet_xml(made.tables[-2], random.Random(1)))]))
    assert reading.state is State.REPORT  # one table without a title
    grid = read(xlsx_file.package([("申请", xlsx_file.sheet_xml(made.tables[-2], random.Random(1)))])).blocks[
        0
    ]
    assert isinstance(grid, Grid)
    corner = grid.at(3, 3)
    assert corner is not None
    assert corner.locator.as_dict() == {"sheet": "申请", "cell": "D4"}


def test_merged_areas_are_spans_and_empty_cells_are_cells() -> None:
    grid, = _read(
        '<row r="1"><c r="A1" t="str"><v>甲</v></c><c r="B1" t="str"><v>乙</v></c></row>'
        '<row r="2"><c r="C2"><v>7</v></c></row>',
        '<mergeCells><mergeCell ref="A1:A2"/></mergeCells>',
    ).blocks  # fmt: skip
    assert isinstance(grid, Grid)
    assert [(c.row, c.column, c.text, c.rowspan) for c in grid.cells] == [
        (0, 0, "甲", 2), (0, 1, "乙", 1), (0, 2, "", 1), (1, 1, "", 1), (1, 2, "7", 1),
    ]  # fmt: skip


def test_lines_above_and_across_the_table_are_text() -> None:
    document = _read(
        '<row r="1"><c r="A1" t="str"><v>云溪市年度报告</v></c></row>'
        '<row r="2"><c r="A2" t="str"><v>甲</v></c><c r="B2"><v>1</v></c></row>'
        '<row r="3"><c r="A3" t="str"><v>乙</v></c></row>'
        '<row r="4"><c r="A4" t="str"><v>注：无</v></c></row>'
        '<row r="5"><c r="A5" t="str"><v>丙</v></c><c r="B5"><v>1</v></c></row>',
        '<mergeCells><mergeCell ref="A4:B4"/></mergeCells>',
    )
    title, first, note, second = document.blocks
    assert isinstance(title, Paragraph) and title.text == "云溪市年度报告"
    assert isinstance(first, Grid) and [c.text for c in first.cells] == ["甲", "1", "乙", ""]
    assert isinstance(note, Paragraph) and note.text == "注：无"
    assert isinstance(second, Grid) and second.cells[0].row == 0


@pytest.mark.parametrize(
    ("number", "code", "text"),
    [
        (3.0, "General", "3"),
        (-18.0, "General", "-18"),
        (0.0, "General", "0"),
        (-0.0, "0", "0"),
        (314.4765, "General", "314.4765"),
        (314.47649999999999, "General", "314.4765"),
        (0.1 + 0.2, "General", "0.3"),
        (5949.088667, "General", "5949.088667"),
        (1234567.0, "#,##0", "1,234,567"),
        (1234.5, "#,##0.00", "1,234.50"),
        (1234.5, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "1,234.50"),
        (0.0, '_ * #,##0_ ;_ * \\-#,##0_ ;_ * "-"_ ;_ @_ ', "0"),
        (-7.5, "0.00_);(0.00)", "-7.50"),
        (12.0, '0"件"', "12件"),
        (0.256, "0.0%", "25.6%"),
        (3.5, "0.0##", "3.5"),
        (44562.0, "yyyy/m/d", "2022-01-01"),
        (1e20, "General", "100000000000000000000"),
        (float("inf"), "General", "#NUM!"),
    ],
)
def test_numbers_as_the_sheet_shows_them(number: float, code: str, text: str) -> None:
    shown = show(number, code)
    assert (shown.text, shown.faithful) == (text, True)


def test_a_rounded_number_and_an_unknown_format_are_doubts() -> None:
    assert show(314.4765, "0.00").rounded and show(314.4765, "0.00").text == "314.48"
    assert not show(123456.0, "0!.0,").faithful
    styles = (
        f'<styleSheet {MAIN}><numFmts><numFmt numFmtId="170" formatCode="0!.0,&quot;万&quot;"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="2"/><xf numFmtId="170"/></cellXfs></styleSheet>'
    )
    document = _read(
        '<row r="1"><c r="A1" s="1"><v>314.4765</v></c><c r="B1" s="2"><v>12345</v></c></row>', styles=styles
    )
    assert _texts(document) == ["314.48", "12345"]
    assert len(document.notes) == 2 and "A1" in document.notes[0] and "B1" in document.notes[1]


@pytest.mark.parametrize(
    ("text", "number", "shown", "doubtful"),
    [
        ("1,234.50", 1234.5, "1,234.50", False),
        ("3件", 3.0, "3件", False),
        (" -  ", 0.0, "0", False),
        ("", 7.0, "7", False),
        ("281", 280.68, "281", True),
        ("三十八", 38.0, "38", True),
        ("2.11E+03", 2108.0, "2108", True),
        ("1900-01-14", 15.0, "15", True),
    ],
)
def test_numbers_by_the_text_that_a_program_saved(
    text: str, number: float, shown: str, doubtful: bool
) -> None:
    found = shown_as(text, number)
    assert found.text == shown
    assert (found.rounded or not found.faithful) is doubtful


def test_what_the_sheet_hides_is_left_out_and_said() -> None:
    document = _read(
        '<row r="1"><c r="A1" t="str"><v>甲</v></c><c r="B1"><v>9</v></c><c r="C1"><v>1</v></c></row>'
        '<row r="2" hidden="1"><c r="A2" t="str"><v>乙</v></c><c r="C2"><v>2</v></c></row>'
        '<row r="3"><c r="A3" t="str"><v>丙</v></c><c r="C3"><v>3</v></c><c r="D3"><v>9</v></c></row>'
        '<row r="4" ht="0" customHeight="1"><c r="A4" t="str"><v>丁</v></c></row>',
        before='<cols><col min="2" max="2" hidden="1"/><col min="4" max="4" width="0"/></cols>',
    )
    assert _texts(document) == ["甲", "1", "丙", "3"]
    assert len(document.notes) == 1 and "hides" in document.notes[0]


def test_struck_out_text_is_gone_and_raised_digits_are_the_marks_of_notes() -> None:
    struck, raised = "<rPr><strike/></rPr>", '<rPr><vertAlign val="superscript"/></rPr>'
    rich = f"<r>{struck}<t>7</t></r><r><t>12</t></r><r>{raised}<t>1</t></r>"
    styles = (
        f"<styleSheet {MAIN}><fonts><font/><font><strike/></font></fonts>"
        '<cellXfs><xf fontId="0"/><xf fontId="1"/></cellXfs></styleSheet>'
    )
    document = _read(
        f'<row r="1"><c r="A1" t="inlineStr"><is>{rich}</is></c><c r="B1" s="1"><v>9</v></c>'
        f'<c r="C1" s="1" t="inlineStr"><is>{rich}</is></c>{_string("D1", "&apos;3")}</row>',
        styles=styles,
    )
    # A run without properties of its own is as its cell is.
    assert _texts(document) == ["12¹", "", "¹", "3"]
    assert len(document.notes) == 1 and "B1" in document.notes[0]
    binary = read((DATA / "struck.et").read_bytes())
    assert _texts(binary) == ["12", "12¹", "405", "", "8"]
    assert len(binary.notes) == 1 and "D1" in binary.notes[0]


@pytest.mark.parametrize(
    ("formula", "result"),
    [
        ("SUM(A1:B1)", "5.5"),
        ("=SUM($A$1, C1:D1,2)-B1+10", "12.5"),
        ("A1 + B1", "5.5"),
        ("-A1", "-3"),
        ("F1+1", "6.5"),
        ("A1+C1", None),
        ("A1*2", None),
        ("SUM(A1:B1", None),
        ("SUM(表2!A1:B1)", None),
        ("E1+1", None),
        ("SUM(A1:ZZ9999)", None),
    ],
)
def test_a_sum_without_a_result_is_worked_out(formula: str, result: str | None) -> None:
    rows = (
        f'<row r="1"><c r="A1"><v>3</v></c><c r="B1"><v>2.5</v></c>{_string("C1", "7")}'
        f'<c r="E1"><f>{formula}</f></c><c r="F1"><f>SUM(A1:D1)</f></c></row>'
    )
    document = _read(rows)
    assert _texts(document) == ["3", "2.5", "7", "", result or "", "5.5"]
    assert bool(document.notes) is (result is None)


def test_a_formula_without_a_result_is_blank_and_said() -> None:
    document = _read('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1*2</f></c><c r="C1"><v>2</v></c></row>')
    assert _texts(document) == ["1", "", "2"]
    assert "B1" in document.notes[0]
    assert "A1" in _read('<row r="1"><c r="A1"><f>PI()</f><v/></c><c r="B1"><v>2</v></c></row>').notes[0]


@pytest.mark.parametrize(
    ("rows", "state"),
    [
        (
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
            None,
        ),
        ('<row r="9999999999"><c><v>1</v></c></row>', State.DAMAGED),
        ("<row>" + "<c/>" * 400_000 + "</row>", State.TOO_LARGE),
        ("<row><c><v>1</v></c></row>" * 160_000, State.TOO_LARGE),
    ],
)
def test_absurd_sheets_cost_nothing(rows: str, state: State | None) -> None:
    if state is None:
        assert _texts(_read(rows)) == ["1"]
        return
    with pytest.raises(Unreadable) as raised:
        _read(rows)
    assert raised.value.state is state


def test_a_workbook_with_a_password_is_encrypted() -> None:
    payload = bytearray((DATA / "2021-1000.xls").read_bytes())
    # The record after the first one of the workbook becomes the one that announces a cipher.
    start = payload.index(b"\x09\x08\x10\x00\x00\x06\x05\x00") + 20
    payload[start : start + 2] = b"\x2f\x00"
    assert detect(bytes(payload)) == "xls"
    with pytest.raises(Unreadable) as raised:
        read(bytes(payload))
    assert raised.value.state is State.ENCRYPTED
