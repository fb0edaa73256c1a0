"""OFD files as documents."""

from __future__ import annotations

import io
import zipfile

import pytest

from bench.truthset.archives import zipped
from parser import parse
from parser.document import Document, Grid, Paragraph, State, Unreadable
from parser.readers.ofd import read
from tests.parser.readers.drawn import ofd_file, reports

WORD = (
    '<ofd:TextObject ID="9" Boundary="{at} 20 5" Font="3" Size="4"{more}>'
    '<ofd:TextCode X="0" Y="3.5"{steps}>{text}</ofd:TextCode></ofd:TextObject>'
)


def _word(text: str, *, at: str = "30 30", steps: str = "", more: str = "") -> str:
    steps = steps or f' DeltaX="g {len(text) - 1} 4"'
    return WORD.format(text=text, at=at, steps=steps, more=more)


def _texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if not isinstance(block, Grid)]


@pytest.mark.parametrize("form", reports.FORMS)
def test_every_printed_figure(form: str) -> None:
    for seed in range(2000, 2008):
        made = reports.report(form, seed)
        reading = parse(ofd_file.file(made, seed))
        assert reports.errors(made, reading) == {}, seed
        assert reading.format == "ofd" and reading.report is not None
        assert (reading.report.form, reading.report.year) == (form, made.year)
        assert {doubt.kind for doubt in reading.report.doubts} <= {"broken_number"}, seed


def test_places_are_points_on_the_page() -> None:
    (paragraph,) = read(ofd_file.package(["", _word("公开")])).blocks
    assert isinstance(paragraph, Paragraph) and paragraph.text == "公开"
    assert paragraph.locator.page == 2 and paragraph.locator.box is not None
    left, top, right, bottom = paragraph.locator.box
    assert left == pytest.approx(30 * 72 / 25.4, abs=0.1)
    assert right - left == pytest.approx(8 * 72 / 25.4, abs=0.5)
    assert 28 * 72 / 25.4 < top < bottom < 36 * 72 / 25.4


@pytest.mark.parametrize(
    ("drawn", "texts"),
    [
        (_word("公开"), ["公开"]),
        (_word("公开", more=' Visible="false"'), []),
        (_word("公开", steps=' DeltaX="4"'), ["公开"]),
        (_word("公开", steps=" "), ["公开"]),
        (_word("2024年", steps=' DeltaX="g 3 2 2"'), ["2024年"]),
        (_word("\n  2024年\n  ", steps=' DeltaX="2 2 2 4"'), ["2024年"]),
        (_word("公开", at="0 0", more=' CTM="2 0 0 2 30 30"'), ["公开"]),
        (f"<ofd:PageBlock>{_word('公开')}</ofd:PageBlock>", ["公开"]),
        (f"<ofd:Annotations>{_word('批注')}</ofd:Annotations>{_word('公开')}", ["公开"]),
        ('<ofd:CompositeObject ID="5" ResourceID="77" Boundary="10 10 90 90"/>', ["公开"]),
    ],
)
def test_ways_to_place_characters(drawn: str, texts: list[str]) -> None:
    unit = (
        '<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="77" Width="90" Height="90"><ofd:Content>'
        f"{_word('公开')}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>"
    )
    payload = ofd_file.package([drawn + _word("末", at="30 90", steps=" ")], resources=unit)
    assert _texts(read(payload)) == [*texts, "末"]


def test_attachments_are_named() -> None:
    whole = io.BytesIO(ofd_file.package([_word("公开")]))
    parts = zipfile.ZipFile(whole)
    listed = '<ofd:Attachment ID="1" Name="附表.xlsx"><ofd:FileLoc>附表.xlsx</ofd:FileLoc></ofd:Attachment>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in parts.namelist():
            text = parts.read(name).decode()
            where = "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments></ofd:Document>"
            archive.writestr(name, text.replace("</ofd:Document>", where))
        space = "http://www.ofdspec.org/2016"
        archive.writestr(
            "Doc_0/Attachs/Attachments.xml",
            f'<ofd:Attachments xmlns:ofd="{space}">{listed}</ofd:Attachments>',
        )
    document = read(made.getvalue())
    assert _texts(document) == ["公开"]
    assert len(document.notes) == 1 and "附表.xlsx" in document.notes[0]


def test_what_is_printed_twice_to_look_bold_is_said_once() -> None:
    document = read(ofd_file.package([_word("公开", at="30 30") + _word("公开", at="30.1 30")]))
    assert (_texts(document), document.notes) == (["公开"], ())


def test_a_mark_without_width_parts_no_number_and_a_watermark_is_no_text() -> None:
    number = _word("19\u200b26", steps=' DeltaX="2 2 4 2"')
    stamp = _word("仅供查阅", at="60 60", more=' CTM="0.8 -0.6 0.6 0.8 0 0"')
    document = read(ofd_file.package([number + stamp]))
    assert (_texts(document), document.notes) == (["1926"], ())


def test_a_flat_watermark_and_what_is_struck_out_are_no_text() -> None:
    line = "<ofd:AbbreviatedData>M 0 0 L {0} 0</ofd:AbbreviatedData>"
    rule = f'<ofd:PathObject ID="9" Boundary="30 60.3 6 0.2">{line.format(6)}</ofd:PathObject>'
    large = _word("仅供查阅", at="20 45").replace('Size="4"', 'Size="24"')
    document = read(
        ofd_file.package(
            [_word("主动公开政府信息的情况", at="30 30") + large + _word("34", at="30 58") + rule]
        )
    )
    assert _texts(document) == ["主动公开政府信息的情况"]
    assert [note for note in document.notes if "line through" in note]


def test_white_characters_are_seen_on_coloured_ground_only() -> None:
    def white(text: str, at: str) -> str:
        color = '<ofd:FillColor Value="255 255 255"/><ofd:TextCode'
        return _word(text, at=at).replace("<ofd:TextCode", color)

    ground = (
        '<ofd:PathObject ID="8" Boundary="20 50 60 20" Fill="true"><ofd:FillColor Value="9 9 90"/>'
        "<ofd:AbbreviatedData>M 0 0 L 60 0 L 60 20 L 0 20 C</ofd:AbbreviatedData></ofd:PathObject>"
    )
    payload = ofd_file.package(
        [_word("公开", at="30 30") + white("9", "40 30") + ground + white("件", "30 60")]
    )
    assert _texts(read(payload)) == ["公开", "件"]


def test_a_page_drawn_sideways_is_turned_upright() -> None:
    sideways = ' CTM="0 1 -1 0 0 0"'
    label, figure = (
        _word("合计", at="60 30", more=sideways),
        _word("12", at="60 60", steps=' DeltaX="2"', more=sideways),
    )
    assert _texts(read(ofd_file.package([label + figure]))) == ["合计 12"]


def test_templates_are_drawn_behind_each_page() -> None:
    payload = ofd_file.package([_word("正文")], template=_word("页眉", at="30 100"))
    assert _texts(read(payload)) == ["正文", "页眉"]


def test_pictures_and_nothing() -> None:
    picture = '<ofd:ImageObject ID="7" ResourceID="8" Boundary="0 0 210 297"/>'
    for page, state in ((picture, State.IMAGE_ONLY), ("", State.EMPTY)):
        with pytest.raises(Unreadable) as raised:
            read(ofd_file.package([page]))
        assert raised.value.state is state


def test_characters_without_meaning_and_off_the_page_are_said() -> None:
    document = read(
        ofd_file.package([_word("公\ue000开") + _word("外面", at="500 500") + _word("正文", at="30 90")])
    )
    assert len([note for note in document.notes if "Unicode" in note or "off the page" in note]) == 2


SPACE = ofd_file.SPACE
LOOP = (
    '<ofd:CompositeGraphicUnit ID="77"><ofd:Content>'
    + '<ofd:CompositeObject ResourceID="77" Boundary="0 0 9 9"/>' * 30
    + "</ofd:Content></ofd:CompositeGraphicUnit>"
)


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        (zipped({"OFD.xml": f"<ofd:OFD {SPACE}><ofd:Encryptions/></ofd:OFD>".encode()}), State.ENCRYPTED),
        (zipped({"OFD.xml": f"<ofd:OFD {SPACE}/>".encode()}), State.EMPTY),
        (zipped({"OFD.xml": b"<OFD><DocBody><DocRoot>../../x</DocRoot></DocBody></OFD>"}), State.DAMAGED),
        (zipped({"OFD.xml": b"<OFD><DocBody><DocRoot>OFD.xml</DocRoot></DocBody></OFD>"}), State.EMPTY),
        (ofd_file.package([""] * 600), State.TOO_LARGE),
        (
            ofd_file.package(
                ['<ofd:CompositeObject ResourceID="77" Boundary="0 0 9 9"/>'] * 100, resources=LOOP
            ),
            State.TOO_LARGE,
        ),
        (ofd_file.package([""] * 400, template=_word("长" * 200_000)), State.TOO_LARGE),
    ],
    ids=["cipher", "no body", "outside", "itself", "pages", "loop", "template"],
)
def test_hostile_files_have_a_state(payload: bytes, state: State) -> None:
    with pytest.raises(Unreadable) as raised:
        read(payload)
    assert raised.value.state is state


def test_numbers_that_are_none_place_nothing() -> None:
    word = _word("公开", at="NaN 1e99999", more=' CTM="inf 0 0 1e300 0 0"')
    data = "<ofd:AbbreviatedData>M 1 Z Z L 9e9 C C B 1</ofd:AbbreviatedData>"
    path = f'<ofd:PathObject Boundary="0 0 1 1">{data}</ofd:PathObject>'
    assert _texts(read(ofd_file.package([word + path + _word("末", at="30 90", steps=" ")]))) == ["末"]
