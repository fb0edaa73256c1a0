"""DOCX as Word and WPS write it, part by part."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]

from parser import parse
from parser.document import Document, Grid, Heading, Paragraph, State, Unreadable
from parser.readers import read as read_any
from parser.readers.docx import read
from tests.parser.readers.drawn import xlsx_file
from tests.parser.readers.drawn.docx_file import document
from tests.parser.readers.drawn.reports import FORMS, errors, report

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
RESTART = '<w:vMerge w:val="restart"/>'
WIDE = '<w:gridSpan w:val="2"/>'
ABSURD = '<w:gridSpan w:val="999999"/>'
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.'
    'wordprocessingml.document.main+xml"/></Types>'
)


def package(body: str, *, space: str = W, **parts: str) -> bytes:
    """A DOCX whose body is this; further parts by name (`numbering`, `styles`)."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", _root("document", f"<w:body>{body}</w:body>", space))
        for name, inner in parts.items():
            archive.writestr(f"word/{name}.xml", _root(name, inner, space))
    return buffer.getvalue()


def _root(name: str, inner: str, space: str) -> str:
    return f'<?xml version="1.0"?><w:{name} xmlns:w="{space}" xmlns:mc="{MC}">{inner}</w:{name}>'


def p(inner: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def r(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


def tc(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(r(text) if text else '')}</w:tc>"


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if not isinstance(block, Grid)]


def only_grid(document: Document) -> Grid:
    grids = [block for block in document.blocks if isinstance(block, Grid)]
    assert len(grids) == 1
    return grids[0]


def test_inserted_text_is_there_and_deleted_text_is_not() -> None:
    body = p(
        r("许可")
        + '<w:del w:id="1"><w:r><w:delText>7</w:delText></w:r></w:del>'
        + f'<w:ins w:id="2">{r("8")}</w:ins>'
        + f'<w:moveFrom w:id="3">{r("9")}</w:moveFrom>'
    )
    assert texts(read(package(body))) == ["许可8"]


def test_a_row_deleted_under_tracked_changes_is_gone() -> None:
    gone = f'<w:tr><w:trPr><w:del w:id="1"/></w:trPr>{tc("规章")}{tc("7")}</w:tr>'
    kept = f"<w:tr>{tc('规章')}{tc('8')}</w:tr>"
    grid = only_grid(read(package(f"<w:tbl>{gone}{kept}</w:tbl>")))
    assert [cell.text for cell in grid.cells] == ["规章", "8"]


def test_content_controls_hyperlinks_and_hidden_text() -> None:
    body = p(
        f"<w:sdt><w:sdtContent>{r('联系')}</w:sdtContent></w:sdt>"
        f"<w:hyperlink>{r('电话')}</w:hyperlink>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r>"
        '<w:r><w:instrText>HYPERLINK "x"</w:instrText></w:r>'
        "<w:r><w:t>0953</w:t><w:noBreakHyphen/><w:t>1</w:t></w:r>"
    )
    assert texts(read(package(body))) == ["联系电话0953-1"]


def test_struck_out_text_is_gone_and_raised_digits_are_the_marks_of_notes() -> None:
    def look(text: str, properties: str) -> str:
        return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"

    raised = '<w:vertAlign w:val="superscript"/>'
    body = p(look("3", "<w:strike/>") + look("5", '<w:dstrike w:val="0"/>'))
    body += p(r("12") + look("1", raised)) + p(look("7", raised)) + p(r("8") + look("注1", raised))
    style = '<w:rPr><w:rStyle w:val="B"/></w:rPr>'
    body += p(f"{r('9')}<w:r>{style}<w:t>1</w:t></w:r>")
    styles = (
        f'<w:style w:type="character" w:styleId="A"><w:rPr>{raised}</w:rPr></w:style>'
        '<w:style w:type="character" w:styleId="B"><w:basedOn w:val="A"/></w:style>'
    )
    styles += '<w:style w:type="paragraph" w:styleId="C"><w:rPr><w:vanish/></w:rPr></w:style>'
    shown = '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>6</w:t></w:r>'
    body += p(r("4") + shown, '<w:pStyle w:val="C"/>')
    assert texts(read(package(body, styles=styles))) == ["5", "12¹", "7", "8注1", "9¹", "6"]


def test_a_field_shows_its_result_and_one_in_the_code_of_another_nothing() -> None:
    begin, middle, end = (
        f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
    )

    def code(text: str) -> str:
        return f"<w:r><w:instrText>{text}</w:instrText></w:r>"

    total = f"{begin}{code(' =SUM(LEFT) ')}{middle}{r('12')}{end}"
    chosen = f"{begin}{code(' IF ')}{total}<w:ins>{r('9')}</w:ins>{code('= 0')}{middle}{r('8')}{end}"
    assert texts(read(package(p(total) + p(chosen + r("件")) + p(f"{end}{r('7')}")))) == ["12", "8件", "7"]


def test_what_is_written_otherwise_than_as_text() -> None:
    m = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'

    def maths(inner: str) -> str:
        return p(f"<m:oMath {m}>{inner}</m:oMath>")

    def symbol(font: str, code: str) -> str:
        return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'

    one, two = (f"<m:r><m:t>{digit}</m:t></m:r>" for digit in "12")
    body = maths(one + two) + maths(f"<m:f><m:num>{one}</m:num><m:den>{two}</m:den></m:f>")
    body += maths(f"<m:sSup><m:e>{one}</m:e><m:sup>{two}</m:sup></m:sSup>")
    body += p(symbol("Times New Roman", "F031") + symbol("宋体", "32"))
    body += p(symbol("Wingdings", "F031") + r("3"))
    reading = f"<w:rt>{r('gui')}</w:rt><w:rubyBase>{r('规')}</w:rubyBase>"
    body += p(f"<w:r><w:ruby>{reading}</w:ruby></w:r>{r('章')}")
    body += p(
        '<w:r><w:pict><v:textpath xmlns:v="urn:schemas-microsoft-com:vml" string="年度报告"/></w:pict></w:r>'
    )
    assert texts(read(package(body))) == ["12", "1/2", "1²", "12", "3", "规章", "年度报告"]


def test_documents_inserted_in_the_document_are_read_where_they_stand() -> None:
    names = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    page = "<html><body><p>页</p><table><tr><td>甲</td><td>1</td></tr></table></body></html>"
    sheet = '<row r="1"><c r="A1" t="str"><v>乙</v></c><c r="B1"><v>2</v></c></row>'
    book = xlsx_file.package(
        [("表", f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>')]
    )
    targets = {"a": "afchunk.htm", "b": "/word/embeddings/b.xlsx", "c": "embeddings/gone.xlsx"}
    related = "".join(f'<Relationship Id="{name}" Target="{path}"/>' for name, path in targets.items())
    objects = "".join(
        f'<w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:r="{names}" '
        f'r:id="{name}"/></w:object>'
        for name in "bc"
    )
    body = f'{p(r("前"))}<w:altChunk xmlns:r="{names}" r:id="a"/>{p(f"<w:r>{objects}</w:r>")}{p(r("后"))}'
    buffer = io.BytesIO(package(body))
    with zipfile.ZipFile(buffer, "a") as archive:
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        rels = f'<Relationships xmlns="{space}">{related}</Relationships>'
        archive.writestr("word/_rels/document.xml.rels", rels)
        archive.writestr("word/afchunk.htm", page)
        archive.writestr("word/embeddings/b.xlsx", book)
    document = read(buffer.getvalue())
    shown = [
        [cell.text for cell in block.cells] if isinstance(block, Grid) else block.text
        for block in document.blocks
    ]
    assert shown == ["前", "页", ["甲", "1"], ["乙", "2"], "后"]
    places = {cell.locator for block in document.blocks if isinstance(block, Grid) for cell in block.cells}
    assert len(places) == 4 and all((place.xpath or "").startswith("/w:document/") for place in places)
    assert len(document.notes) == 1 and "b.xlsx" in document.notes[0]


def test_merged_cells_keep_their_spans_and_covered_ones_are_no_cells() -> None:
    rows = (
        f"<w:tr>{tc('三', RESTART)}{tc('合计', WIDE)}</w:tr>"
        f"<w:tr>{tc('', '<w:vMerge/>')}{tc('1')}{tc('')}</w:tr>"
    )
    grid = only_grid(read(package(f"<w:tbl>{rows}</w:tbl>")))
    places = [(cell.row, cell.column, cell.rowspan, cell.colspan, cell.text) for cell in grid.cells]
    assert places == [(0, 0, 2, 1, "三"), (0, 1, 1, 2, "合计"), (1, 1, 1, 1, "1"), (1, 2, 1, 1, "")]
    covered, empty = grid.at(1, 0), grid.at(1, 2)
    assert covered is not None
    assert covered.text == "三"
    assert empty is not None
    assert empty.text == ""


def test_cells_merged_in_the_way_of_old_files() -> None:
    begin, go_on = '<w:hMerge w:val="restart"/>', "<w:hMerge/>"
    rows = f"<w:tr>{tc('合计', begin)}{tc('', go_on)}{tc('3')}</w:tr><w:tr>{tc('1')}{tc('2')}{tc('')}</w:tr>"
    grid = only_grid(read(package(f"<w:tbl>{rows}</w:tbl>")))
    places = [(cell.row, cell.column, cell.colspan, cell.text) for cell in grid.cells]
    assert places == [(0, 0, 2, "合计"), (0, 2, 1, "3"), (1, 0, 1, "1"), (1, 1, 1, "2"), (1, 2, 1, "")]


@pytest.mark.parametrize("form", FORMS)
def test_no_number_is_wrong_lost_or_invented(form: str) -> None:
    for seed in range(20):
        made = report(form, seed)
        assert errors(made, parse(document(made, seed))) == {}, seed


def test_a_table_typed_with_tabs_is_one() -> None:
    tab = "<w:r><w:tab/></w:r>"
    typed = (
        ("类型", "自然人", "总计"),
        ("一、新收", "12", "3"),
        ("二、结转", "0", "4"),
        ("三、结果", "1", "5"),
    )
    body = p(r("云溪市年报")) + "".join(p(tab.join(map(r, row))) for row in typed) + p(r("云溪市"))
    title, grid, end = read_any(package(body), "docx").blocks
    assert isinstance(grid, Grid) and [cell.text for cell in grid.cells] == [
        text for row in typed for text in row
    ]
    assert grid.cells[4].locator.xpath == "/w:document/w:body/w:p[3]"
    assert isinstance(title, Paragraph) and isinstance(end, Paragraph) and end.text == "云溪市"


def test_a_row_that_begins_further_right() -> None:
    rows = (
        f'<w:tr>{tc("甲")}{tc("乙")}</w:tr><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr>{tc("2")}</w:tr>'
    )
    grid = only_grid(read(package(f"<w:tbl>{rows}</w:tbl>")))
    assert grid.at(1, 0) is None
    below = grid.at(1, 1)
    assert below is not None
    assert below.text == "2"


def test_a_frame_round_the_page_is_not_a_table() -> None:
    inner = f"<w:tbl><w:tr>{tc('规章')}{tc('3')}</w:tr></w:tbl>"
    body = f"<w:tbl><w:tr><w:tc>{p(r('标题'))}{inner}{p('')}</w:tc></w:tr></w:tbl>"
    document = read(package(body))
    assert texts(document) == ["标题"]
    assert [cell.text for cell in only_grid(document).cells] == ["规章", "3"]


def test_a_table_of_one_cell_in_a_cell_is_a_frame_round_its_text() -> None:
    framed = f"<w:tc><w:tbl><w:tr>{tc('7')}</w:tr></w:tbl><w:p/></w:tc>"
    grid = only_grid(read(package(f"<w:tbl><w:tr>{tc('规章')}{framed}</w:tr></w:tbl>")))
    assert [cell.text for cell in grid.cells] == ["规章", "7"]


def test_numbers_that_a_list_writes() -> None:
    numbering = (
        '<w:abstractNum w:abstractNumId="0">'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>'
        '<w:lvlText w:val="%1、"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2 "/></w:lvl></w:abstractNum>'
        '<w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num>'
    )

    def item(text: str, depth: int) -> str:
        return p(r(text), f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="5"/></w:numPr>')

    body = item("总体情况", 0) + item("主动公开", 0) + item("规章", 1) + item("其他", 0)
    document = read(package(body, numbering=numbering))
    assert texts(document) == ["一、总体情况", "二、主动公开", "二.1 规章", "三、其他"]


def test_a_style_gives_outline_and_number() -> None:
    styles = (
        '<w:style w:styleId="base"><w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
        '<w:style w:styleId="mine"><w:basedOn w:val="base"/></w:style>'
    )
    document = read(package(p(r("总体情况"), '<w:pStyle w:val="mine"/>') + p(r("正文")), styles=styles))
    assert [(type(block), block.text) for block in document.blocks if not isinstance(block, Grid)] == [
        (Heading, "总体情况"),
        (Paragraph, "正文"),
    ]


def test_of_alternative_contents_one_counts_and_text_boxes_are_read_once() -> None:
    box = f"<w:txbxContent>{p(r('附注'))}</w:txbxContent>"
    body = p(
        r("正文")
        + f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'>{box}</mc:Choice>"
        + f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert texts(read(package(body))) == ["正文", "附注"]


def test_the_strict_form_reads_the_same() -> None:
    grid = only_grid(read(package(f"<w:tbl><w:tr>{tc('规章')}{tc('3')}</w:tr></w:tbl>", space=STRICT)))
    assert [cell.text for cell in grid.cells] == ["规章", "3"]


def test_locators_lead_back_to_their_cells() -> None:
    payload = package(
        p(r("前言")) + f"<w:tbl><w:tr>{tc('规章')}{tc('3')}</w:tr><w:tr>{tc('甲')}{tc('4')}</w:tr></w:tbl>"
    )
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(payload)).read("word/document.xml"))
    for cell in only_grid(read(payload)).cells:
        [node] = root.xpath(cell.locator.xpath, namespaces={"w": W})
        assert "".join(node.itertext()) == cell.text


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        (b"PK\x03\x04", State.DAMAGED),
        (package(p(r("正文")))[:-40], State.DAMAGED),
        (package(""), State.EMPTY),
        (package(p(r("x")).replace("<w:t>", "<w:t>&lol;")), State.DAMAGED),
    ],
)
def test_what_cannot_be_read_has_a_state(payload: bytes, state: State) -> None:
    with pytest.raises(Unreadable) as caught:
        read(payload)
    assert caught.value.state is state


def test_a_bomb_is_too_large() -> None:
    with pytest.raises(Unreadable) as caught:
        read(package("<w:p/>" * 6_000_000))
    assert caught.value.state is State.TOO_LARGE


def test_an_absurd_span_is_cut() -> None:
    grid = only_grid(read(package(f"<w:tbl><w:tr>{tc('甲', ABSURD)}{tc('1')}</w:tr></w:tbl>")))
    assert grid.columns <= 501


WHOLE = package(p(r("标题")) + f"<w:tbl><w:tr>{tc('规章')}{tc('3')}</w:tr></w:tbl>")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), st.integers(0, len(WHOLE)))
def test_a_broken_package_is_read_or_named(at: int, octet: int, length: int) -> None:
    broken = bytearray(WHOLE)
    broken[at] = octet
    try:
        read(bytes(broken[:length]))
    except Unreadable as problem:
        assert problem.reason.endswith(".")
