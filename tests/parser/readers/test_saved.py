"""Files that are something else than their name says: web archives, values parted by signs, office XML."""

from __future__ import annotations

import io
import zipfile

import pytest

from bench.truthset.documents import document
from parser import parse
from parser.document import Document, Grid, State, Unreadable
from parser.readers import detect, read

EXCEL = "urn:schemas-microsoft-com:office:"
WORDML = "http://schemas.microsoft.com/office/word/2003/wordml"
AML = "http://schemas.microsoft.com/aml/2001/core"
HINT = "http://schemas.microsoft.com/office/word/2003/auxHint"
FLAT = "http://schemas.microsoft.com/office/2006/xmlPackage"


def _cells(found: Document) -> list[str]:
    return [cell.text for block in found.blocks if isinstance(block, Grid) for cell in block.cells]


def _words(found: Document) -> list[str]:
    return [block.text for block in found.blocks if not isinstance(block, Grid)]


def _mhtml(*parts: tuple[str, str]) -> bytes:
    pieces = ["MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=X\r\n\r\n"]
    pieces += [
        f"--X\r\nContent-Location: {name}\r\nContent-Type: text/html; charset=gb2312\r\n"
        f"Content-Transfer-Encoding: quoted-printable\r\n\r\n{text.replace('=', '=3D')}\r\n"
        for name, text in parts
    ]
    return "".join([*pieces, "--X--\r\n"]).encode("gb18030")


def _worksheet(name: str, source: str, visible: str = "") -> str:
    shown = f"<x:WorksheetOptions>{visible}</x:WorksheetOptions>"
    return (
        f"<x:ExcelWorksheet><x:Name>{name}</x:Name><x:WorksheetSource HRef='a.files/{source}'/>{shown}"
        "</x:ExcelWorksheet>"
    )


def test_the_sheets_of_a_workbook_saved_as_a_web_archive() -> None:
    sheets = _worksheet("申请", "sheet001.htm") + _worksheet("复议", "sheet002.htm")
    sheets += _worksheet("底稿", "sheet003.htm", "<x:Visible>SheetHidden</x:Visible>")
    rows = [f"<table><tr><td>甲{n}<td align='right'>{n}</tr><tr><td>乙<td>0</tr></table>" for n in (1, 2, 3)]
    payload = _mhtml(
        ("file:///C:/a.htm", f"<html><!--[if gte mso 9]><xml>{sheets}</xml><![endif]--><frameset></html>"),
        *((f"file:///C:/a.files/sheet00{number}.htm", row) for number, row in enumerate(rows, 1)),
    )
    assert detect(payload) == "mhtml"
    found = read(payload, "mhtml")
    assert _cells(found) == ["甲1", "1", "乙", "0", "甲2", "2", "乙", "0"]
    assert [block.locator.sheet for block in found.blocks] == ["申请", "复议"]
    assert len(found.notes) == 1 and "底稿" in found.notes[0]


@pytest.mark.parametrize(
    "sheets",
    [
        '<link id="shLink" href="a.files/sheet001.htm"><frameset><frame src="a.files/sheet001.htm">',
        "<frameset><frame src='a.files/sheet001.htm'><frame src='a.files/tabstrip.htm'>",
    ],
)
def test_a_frame_that_only_shows_its_sheets_is_read_by_what_it_shows(sheets: str) -> None:
    payload = _mhtml(
        ("file:///C:/a.htm", f"<html>{sheets}<noframes>不支持框架</noframes></frameset></html>"),
        ("file:///C:/a.files/tabstrip.htm", "<table><tr><td>申请</table>"),
        ("file:///C:/a.files/sheet001.htm", "<table><tr><td>甲<td>1</tr><tr><td>乙<td>0</tr></table>"),
    )
    assert _cells(read(payload, "mhtml")) == ["甲", "1", "乙", "0"]


def test_comments_of_the_margin_are_no_text() -> None:
    anchor = "<span class=MsoCommentReference style='mso-special-character:comment'><a>[a1]</a></span>"
    notes = "<div style='mso-element:comment-list'><p>[a1]应为15件</p></div>"
    page = f"<table><tr><td>甲<td>12{anchor}</tr><tr><td>乙<td>0</tr></table>{notes}"
    found = read(_mhtml(("file:///C:/a.htm", page)), "mhtml")
    assert (_cells(found), _words(found)) == (["甲", "12", "乙", "0"], [])


def test_values_parted_by_commas_are_a_sheet_and_commas_of_prose_are_not() -> None:
    payload = '标题,,\r\n项目,数量,"备\r\n注"\r\n甲,"1,234",="007"\r\n乙,0,\r\n丙, 3,/\r\n'.encode("gb18030")
    assert detect(payload) == "csv"
    found = read(payload, "csv")
    assert _words(found) == ["标题"]
    assert _cells(found) == ["项目", "数量", "备\n注", "甲", "1,234", "007", "乙", "0", "", "丙", "3", "/"]
    (grid,) = [block for block in found.blocks if isinstance(block, Grid)]
    assert grid.at(1, 1).locator.as_dict() == {"cell": "B3"}  # type: ignore[union-attr]
    prose = "根据条例,我局编制本报告,现予公布\n全年收到申请3件,办结3件,结转0件\n" * 5
    thousands = "指标    单位    数量\n" + "".join(f"主动公开数{n}    条    {n},123\n" for n in range(1, 10))
    barred = "| 指标 | 数 |\n" + "| 公开 | 1,234,567 |\n" * 9
    for text in (prose, thousands, barred):
        assert detect(text.encode()) == "text", text


def test_a_narrower_table_right_below_another_is_one_of_its_own() -> None:
    wide = "项目,甲类,乙类,丙类,丁类,总计\n" + "".join(f"{name},1,2,3,4,10\n" for name in ("一行", "二行"))
    below = "序号,栏目,更新数量,,,\n1,通知公告,5,,,\n"
    found = read((wide + below).encode(), "csv")
    assert [max(cell.row for cell in block.cells) for block in found.blocks if isinstance(block, Grid)] == [
        2,
        1,
    ]


def test_a_workbook_in_one_xml_file() -> None:
    payload = (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="{EXCEL}spreadsheet" '
        f'xmlns:ss="{EXCEL}spreadsheet" xmlns:x="{EXCEL}excel"><Styles><Style ss:ID="a"><NumberFormat '
        'ss:Format="Standard"/></Style></Styles><Worksheet ss:Name="表"><Table><Column ss:Index="4" '
        'ss:Hidden="1"/><Row><Cell ss:MergeDown="1"><Data ss:Type="String">项目</Data></Cell>'
        '<Cell ss:StyleID="a"><Data ss:Type="Number">1234.5</Data></Cell>'
        '<Cell ss:Index="4"><Data ss:Type="Number">9</Data></Cell></Row>'
        '<Row><Cell ss:Index="2"><ss:Data ss:Type="String" xmlns="http://www.w3.org/TR/REC-html40"><S>7</S>12'
        "<Sup>1</Sup></ss:Data></Cell></Row></Table></Worksheet></Workbook>"
    ).encode()
    assert detect(payload) == "xml"
    found = read(payload, "xml")
    (grid,) = found.blocks
    assert isinstance(grid, Grid)
    assert [(cell.text, cell.rowspan) for cell in grid.cells] == [("项目", 2), ("1,234.50", 1), ("12¹", 1)]
    assert grid.cells[2].locator.as_dict() == {"sheet": "表", "cell": "B2"}


def test_a_word_document_in_one_xml_file() -> None:
    def row(*cells: str) -> str:
        return f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in cells)}</w:tr>"

    def said(text: str, more: str = "") -> str:
        return f"<w:p><w:r>{more}<w:t>{text}</w:t></w:r></w:p>"

    gone = f'<aml:annotation w:type="Word.Deletion"><aml:content>{said("5")}</aml:content></aml:annotation>'
    payload = (
        f'<?xml version="1.0"?><w:wordDocument xmlns:w="{WORDML}" xmlns:aml="{AML}" xmlns:wx="{HINT}">'
        '<w:styles><w:style w:type="character" w:styleId="S"><w:rPr><w:strike/></w:rPr></w:style></w:styles>'
        '<w:body><wx:sect><w:p><w:pPr><w:listPr><wx:t wx:val="一、"/></w:listPr></w:pPr>'
        "<w:r><w:t>总体情况</w:t></w:r></w:p><w:tbl>"
        + row(
            f'<w:tcPr><w:vmerge w:val="restart"/></w:tcPr>{said("甲")}',
            f"<w:p>{gone}<w:r><w:t>6</w:t></w:r></w:p>",
        )
        + row(
            "<w:tcPr><w:vmerge/></w:tcPr><w:p/>",
            said("8", '<w:rPr><w:rStyle w:val="S"/></w:rPr>')[:-6] + said("9")[5:],
        )
        + "</w:tbl></wx:sect></w:body></w:wordDocument>"
    ).encode()
    found = read(payload, detect(payload))
    assert _words(found) == ["一、总体情况"]
    assert _cells(found) == ["甲", "6", "9"]


@pytest.mark.parametrize("ending", ["docx", "xlsx"])
def test_a_package_in_one_xml_file_and_one_of_windows(ending: str) -> None:
    made = document(515, 4, form="statistics", ending=ending)
    flat, windows = [f'<pkg:package xmlns:pkg="{FLAT}">'], io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made.payload)) as parts, zipfile.ZipFile(windows, "w") as other:
        for name in parts.namelist():
            octets = parts.read(name)
            info = zipfile.ZipInfo(name)
            # As programs write it that know no other separator; and names are the same in small letters.
            info.filename = name if name == "[Content_Types].xml" else name.lower().replace("/", "\\")
            other.writestr(info, octets)
            data = octets.decode().partition("?>")[2]
            flat.append(f'<pkg:part pkg:name="/{name}"><pkg:xmlData>{data}</pkg:xmlData></pkg:part>')
    wanted = parse(made.payload).report
    for payload, kind in (("".join([*flat, "</pkg:package>"]).encode(), "xml"), (windows.getvalue(), ending)):
        assert detect(payload) == kind
        found = parse(payload).report
        assert found is not None and wanted is not None and len(found.figures) > 20
        assert [(one.key, one.value) for one in found.figures] == [
            (one.key, one.value) for one in wanted.figures
        ]


@pytest.mark.parametrize(
    ("payload", "kind", "state"),
    [
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=X\r\n\r\n", "mhtml", State.DAMAGED),
        (_mhtml(("a", "<html></html>")), "mhtml", State.EMPTY),
        (f'<w:wordDocument xmlns:w="{WORDML}"><w:body>'.encode(), "xml", State.DAMAGED),
        (b'<uof:UOF xmlns:uof="http://schemas.uof.org/cn/2003/uof"/>', "xml", State.UNSUPPORTED),
        (b",\n" * 10, "csv", State.EMPTY),
        (b"1" + b"," * 200 + b"\n" + b"1\n" * 1000, "csv", State.TOO_LARGE),
    ],
)
def test_what_cannot_be_read_has_a_state(payload: bytes, kind: str, state: State) -> None:
    with pytest.raises(Unreadable) as raised:
        read(payload, kind)
    assert raised.value.state is state
