"""OpenDocument texts and sheets as documents."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from parser import parse
from parser.document import Block, Grid, Heading, Paragraph, State, Unreadable
from parser.readers.odt import read
from parser.readers.odt_lists import written
from tests.parser.readers.drawn import odt_file, reports

DATA = Path(__file__).parent / "data"


def _blocks(body: str, styles: str = "") -> list[Block]:
    return list(read(odt_file.package(body, styles)).blocks)


def _texts(body: str, styles: str = "") -> list[str]:
    return [block.text for block in _blocks(body, styles) if not isinstance(block, Grid)]


@pytest.mark.parametrize("form", reports.FORMS)
def test_every_printed_figure_of_a_text(form: str) -> None:
    for seed in range(2000, 2020):
        made = reports.report(form, seed)
        reading = parse(odt_file.text(made, seed))
        assert reports.errors(made, reading) == {}, seed
        assert reading.format == "odt" and reading.report is not None
        assert (reading.report.form, reading.report.year) == (form, made.year)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.od[ts]")), ids=lambda path: path.name)
def test_every_printed_figure_of_what_an_office_program_wrote(path: Path) -> None:
    form, _, seed = path.stem.partition("-")
    reading = parse(path.read_bytes())
    assert reading.format == path.suffix[1:]
    assert reports.errors(reports.report(form, int(seed)), reading) == {}


def test_spans_repeated_and_covered_cells() -> None:
    (grid,) = _blocks(
        "<table:table><table:table-row>"
        '<table:table-cell table:number-rows-spanned="2"><text:p>甲</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="2"><text:p>0</text:p></table:table-cell>'
        "</table:table-row><table:table-row><table:covered-table-cell/>"
        "<table:table-cell/><table:table-cell><text:p>7</text:p><text:p>8</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    assert isinstance(grid, Grid)
    assert [(c.row, c.column, c.text, c.rowspan) for c in grid.cells] == [
        (0, 0, "甲", 2), (0, 1, "0", 1), (0, 2, "0", 1), (1, 1, "", 1), (1, 2, "7\n8", 1),
    ]  # fmt: skip
    assert grid.cells[-1].locator.xpath == (
        "/office:document-content/office:body[1]/office:text[1]/table:table[1]/table:table-row[2]"
        "/table:table-cell[2]"
    )


def test_a_row_that_counts_its_covered_cells_says_where_each_stands() -> None:
    # A span that claims too much: LibreOffice writes it over cells that are there.
    covered, cell = "<table:covered-table-cell/>", "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    wide = cell.replace(
        "<table:table-cell>",
        '<table:table-cell table:number-rows-spanned="2" table:number-columns-spanned="2">',
    )
    rows = (
        cell.format("甲") + wide.format("总计") + covered,
        cell.format("乙") + cell.format(7) + cell.format(8),
    )
    columns = '<table:table-column table:number-columns-repeated="3"/>'
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    (grid,) = _blocks(f"<table:table>{columns}{body}</table:table>")
    assert isinstance(grid, Grid)
    assert {cell.text: cell.column for cell in grid.cells if cell.row == 1} == {"乙": 0, "7": 1, "8": 2}


def test_a_locator_resolves_in_the_part() -> None:
    payload = odt_file.text(reports.report("2021", 5), 5)
    grid = next(block for block in read(payload).blocks if isinstance(block, Grid))
    with zipfile.ZipFile(io.BytesIO(payload)) as archive:
        from lxml import etree  # type: ignore[import-untyped]

        root = etree.fromstring(archive.read("content.xml"))
    for cell in grid.cells:
        assert cell.locator.xpath is not None
        (element,) = root.xpath(cell.locator.xpath, namespaces=root.nsmap)
        assert "".join(element.itertext()).strip() == cell.text


def test_what_is_not_printed_is_left_out() -> None:
    assert _texts(
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>7</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        '<text:p>收到<text:change text:change-id="a"/>8<text:s text:c="2"/>件'
        "<office:annotation><text:p>批注</text:p></office:annotation>"
        "<text:note><text:note-body><text:p>脚注</text:p></text:note-body></text:note></text:p>"
        '<text:p>甲<text:span text:style-name="T1">藏</text:span>乙<text:line-break/>丙</text:p>'
        '<text:section text:display="none"><text:p>藏</text:p></text:section>'
        '<text:p><text:span text:style-name="T2">7</text:span>12<text:span text:style-name="T3">1</text:span>'
        "</text:p>",
        '<style:style style:name="T1"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="T2"><style:text-properties style:text-line-through-style="solid"/>'
        '</style:style><style:style style:name="T3"><style:text-properties style:text-position="super 58%"/>'
        "</style:style>",
    ) == ["收到8  件", "甲乙\n丙", "12¹"]


def test_numbers_of_lists_are_written_out() -> None:
    style = (
        '<text:list-style style:name="L"><text:list-level-style-number text:level="1" '
        'style:num-suffix="、" style:num-format="一, 二, 三, ..."/>'
        '<text:list-level-style-number text:level="2" '
        'style:num-prefix="（" style:num-suffix="）" style:num-format="1"/></text:list-style>'
    )
    assert _texts(
        '<text:list text:style-name="L"><text:list-item><text:p>总体情况</text:p>'
        "<text:list><text:list-item><text:p>甲</text:p></text:list-item></text:list>"
        "</text:list-item></text:list>"
        '<text:list text:style-name="L" text:continue-numbering="true">'
        "<text:list-item><text:h>主动公开</text:h>"
        "<text:p>乙</text:p></text:list-item></text:list>",
        style,
    ) == ["一、总体情况", "（1）甲", "二、主动公开", "乙"]


@pytest.mark.parametrize(
    ("number", "kind", "text"),
    [
        (1, "1", "1"), (12, "一, 二, 三, ...", "十二"), (30, "一, 二", "三十"),
        (3, "①", "③"), (12, "１", "１２"),
        (3, "a", "c"), (14, "I", "XIV"), (9, "i", "ix"), (200, "I", "200"), (5, "壹", "5"),
    ],
)  # fmt: skip
def test_kinds_of_numbers(number: int, kind: str, text: str) -> None:
    assert written(number, kind) == text


def test_headings_sections_frames_and_tables_inside_tables() -> None:
    heading, boxed, inner, grid, end = _blocks(
        '<text:section><text:h text:outline-level="2">一、题</text:h></text:section>'
        "<text:p><draw:frame><draw:text-box><text:p>框</text:p></draw:text-box></draw:frame></text:p>"
        "<table:table><table:table-row><table:table-cell><text:p>外</text:p><table:table><table:table-row>"
        "<table:table-cell><text:p>1</text:p></table:table-cell><table:table-cell/>"
        "</table:table-row></table:table></table:table-cell>"
        "</table:table-row></table:table><text:p>末</text:p>"
    )
    assert isinstance(heading, Heading) and (heading.text, heading.level) == ("一、题", 2)
    assert isinstance(boxed, Paragraph) and boxed.text == "框"
    assert isinstance(inner, Paragraph) and inner.text == "外"
    assert isinstance(grid, Grid) and grid.cells[0].text == "1"
    assert isinstance(end, Paragraph)


def test_a_table_stays_whole_round_the_smaller_ones_in_its_cells() -> None:
    def cell(inner: str) -> str:
        return f"<table:table-cell>{inner}</table:table-cell>"

    def table(*cells: str) -> str:
        return f"<table:table><table:table-row>{''.join(cells)}</table:table-row></table:table>"

    one, two = cell("<text:p>1</text:p>"), cell("<text:p>2</text:p>")
    outer, nested = _blocks(table(cell("<text:p>规章</text:p>"), cell(table(one)), cell(table(one, two))))
    assert isinstance(outer, Grid) and [one.text for one in outer.cells] == ["规章", "1", ""]
    assert isinstance(nested, Grid) and [one.text for one in nested.cells] == ["1", "2"]


def test_a_style_hides_what_rests_on_it_unless_it_says_otherwise() -> None:
    style = (
        '<style:style style:name="A" style:family="text"><style:text-properties text:display="none"/>'
        '</style:style><style:style style:name="B" style:parent-style-name="A"/>'
        '<style:style style:name="C" style:parent-style-name="A"><style:text-properties text:display="true"/>'
        "</style:style>"
    )

    def span(name: str, inner: str) -> str:
        return f'<text:span text:style-name="{name}">{inner}</text:span>'

    body = f"<text:p>{span('A', '1')}{span('B', '2')}{span('C', '3')}{span('A', span('C', '4'))}</text:p>"
    assert _texts(body, style) == ["34"]


def test_a_table_in_a_drawn_shape_as_libreoffice_names_it() -> None:
    space = "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"
    (grid,) = _blocks(
        f'<text:p><draw:custom-shape><loext:table xmlns:loext="{space}"><loext:table-row><loext:table-cell>'
        "<text:p>甲</text:p></loext:table-cell><loext:table-cell><text:p>1</text:p></loext:table-cell>"
        "</loext:table-row></loext:table></draw:custom-shape></text:p>"
    )
    assert isinstance(grid, Grid) and [cell.text for cell in grid.cells] == ["甲", "1"]
    assert (grid.cells[1].locator.xpath or "").endswith(
        "/loext:table[1]/loext:table-row[1]/loext:table-cell[2]"
    )


def _package(**parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), text)
    return stream.getvalue()


BOMB = (
    '<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;">]>'
    f"<office:document-content {odt_file.SPACES}><office:body><office:text>"
    "<text:p>&c;</text:p></office:text></office:body></office:document-content>"
)
FILE = BOMB.replace('<!ENTITY a "lol">', '<!ENTITY a SYSTEM "file:///etc/passwd">')
ROWS = '<table:table><table:table-row table:number-rows-repeated="1000000">{}</table:table-row></table:table>'


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        (_package(META__INF_x="x"), State.DAMAGED),
        (_package(**{"META-INF__manifest_xml": "<m><encryption-data/></m>"}), State.ENCRYPTED),
        (_package(content_xml=BOMB), State.DAMAGED),
        (_package(content_xml=FILE), State.DAMAGED),
        (_package(content_xml="<office:document"), State.DAMAGED),
        (_package(content_xml=f"<a {odt_file.SPACES}><office:body/></a>"), State.UNSUPPORTED),
        (_package(content_xml="<a>" + " " * (30 << 20) + "</a>"), State.TOO_LARGE),
        (odt_file.package(ROWS.format("<table:table-cell/>")), State.TOO_LARGE),
        (odt_file.package("<text:section>" * 400 + "</text:section>" * 400), State.DAMAGED),
        (odt_file.package("<text:p>a</text:p>" * 60_000), State.TOO_LARGE),
        (
            odt_file.package(
                ROWS.format(
                    '<table:table-cell table:number-rows-spanned="99999" '
                    'table:number-columns-spanned="99999"/>'
                )
            ),
            State.TOO_LARGE,
        ),
    ],
)
def test_hostile_packages_have_a_state(payload: bytes, state: State) -> None:
    with pytest.raises(Unreadable) as raised:
        read(payload)
    assert raised.value.state is state


HIDDEN = """<office:document-content {spaces} xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0">
<office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties
 table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>
<table:table table:name="年报"><table:table-row><table:table-cell><text:p>8</text:p></table:table-cell>
</table:table-row></table:table><table:table table:name="底稿" table:style-name="ta1"><table:table-row>
<table:table-cell><text:p>9</text:p></table:table-cell></table:table-row></table:table>
</office:spreadsheet></office:body></office:document-content>"""


def test_a_hidden_sheet_of_a_workbook_is_left_out_and_said() -> None:
    spaces = odt_file.SPACES.replace(' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"', "")
    document = read(_package(content_xml=HIDDEN.format(spaces=spaces)))
    (grid,) = document.blocks
    assert isinstance(grid, Grid) and [cell.text for cell in grid.cells] == ["8"]
    assert document.notes == ("The sheet “底稿” is hidden; it is left out.",)
