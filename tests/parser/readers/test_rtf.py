"""Rich Text Format as documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from parser import parse
from parser.document import Document, Grid, Heading, Paragraph, State, Unreadable
from parser.readers.rtf import read
from tests.parser.readers.drawn import reports, rtf_file

DATA = Path(__file__).parent / "data"
HEAD = (
    r"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 SimSun;}{\f1\fcharset0 Arial;}{\f2\fcharset136 Ming;}}"
)


def _read(body: str) -> Document:
    return read(f"{HEAD}{body}}}".encode("ascii"))


def _texts(body: str) -> list[str]:
    return [block.text for block in _read(body).blocks if not isinstance(block, Grid)]


def _grid(body: str) -> list[tuple[int, int, str, int, int]]:
    (grid,) = _read(body).blocks
    assert isinstance(grid, Grid)
    return [(c.row, c.column, c.text, c.rowspan, c.colspan) for c in grid.cells]


@pytest.mark.parametrize("form", reports.FORMS)
def test_every_printed_figure(form: str) -> None:
    for seed in range(2000, 2020):
        made = reports.report(form, seed)
        reading = parse(rtf_file.text(made, seed))
        assert reports.errors(made, reading) == {}, seed
        assert reading.format == "rtf" and reading.report is not None
        assert (reading.report.form, reading.report.year) == (form, made.year)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.rtf")), ids=lambda path: path.name)
def test_every_printed_figure_of_what_an_office_program_wrote(path: Path) -> None:
    form, _, seed = path.stem.partition("-")
    assert reports.errors(reports.report(form, int(seed)), parse(path.read_bytes())) == {}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"\f0 \'d6\'d0\'ce\'c4", "中文"),
        (r"\f1 \'d6\'d0\'ce\'c4", "中文"),
        (r"\f2 \'a4\'a4\'a4\'e5", "中文"),
        (r"\u20013 ?\u25991?\u-10179 ?\u-8704 ?", "中文😀"),
        (r"\uc2\u20013\'d6\'d0\u25991\'ce\'c4{\uc0\u20013}", "中文中"),
        (r"{\uc0 \u20013\u25991}\'bc\'d7", "中文甲"),
        (r"a\~b\_c\-d\{\}\\", "a b-cd{}\\"),
        (r"a\line b\tab c\ldblquote d\rdblquote", "a\nb\tc“d”"),
        (r"a{\v secret}b{\deleted 7}8{\v x\v0 y}", "ab8y"),
        (r"{\strike 7}8{\striked1 6\striked0 5}\strike 4\plain 3", "853"),
        (r"12{\super 1} {\super 2\nosupersub 3}", "12¹ ²3"),
        (r"{\super 7}", "7"),
        (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt shown}}{\*\unknown hidden}{\footnote n}", "shown"),
        (r"{\listtext\pard\plain \'d2\'bb\'a1\'a2\tab}\'cc\'e2", "一、\t题"),
        (r"{\pict\pngblip\bin4 }}}}00ff}a", "a"),
        (r"{\upr{\'d6}{\*\ud{\u20013 ?}}}", "中"),
        (r"{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt box\par}}}", "box"),
    ],
)
def test_characters(body: str, text: str) -> None:
    assert _texts(body) == [text]


def test_titles_and_headings() -> None:
    document = _read(r"{\info{\title T}{\author A}}\pard\outlinelevel0 one\par\pard two\par")
    assert document.meta == {"title": "T"}
    heading, paragraph = document.blocks
    assert isinstance(heading, Heading) and (heading.text, heading.level) == ("one", 1)
    assert isinstance(paragraph, Paragraph)
    assert paragraph.locator.as_dict() == {"xpath": "/paragraph[2]"}


def test_cells_stand_where_their_edges_are() -> None:
    assert _grid(
        r"\trowd\clvmgf\cellx1000\cellx2000\cellx3000\intbl a\cell b\par c\cell\cell\row"
        r"\trowd\clvmrg\cellx1010\cellx2995\pard\intbl\cell d\cell\row"
    ) == [(0, 0, "a", 2, 1), (0, 1, "b\nc", 1, 1), (0, 2, "", 1, 1), (1, 1, "d", 1, 2)]


def test_a_row_defined_once_or_behind_its_cells() -> None:
    rows = r"\pard\intbl a\cell b\cell{\trowd\cellx1000\cellx2000\row}\pard\intbl c\cell d\cell\row"
    assert [cell[2] for cell in _grid(rows)] == ["a", "b", "c", "d"]


def test_merged_across() -> None:
    assert _grid(
        r"\trowd\clmgf\cellx1000\clmrg\cellx2000\cellx3000\pard\intbl a\cell\cell b\cell\row"
        r"\trowd\cellx1000\cellx2000\cellx3000\pard\intbl c\cell d\cell e\cell\row"
    )[:2] == [(0, 0, "a", 1, 2), (0, 2, "b", 1, 1)]


def test_a_table_inside_a_cell_is_read_for_itself() -> None:
    outer, inner, end = _read(
        r"\trowd\cellx5000\pard\intbl outer\par\pard\intbl\itap2 x\nestcell y\nestcell"
        r"{\*\nesttableprops\trowd\cellx1000\cellx2000\nestrow}{\nonesttables\par}"
        r"\pard\intbl\itap1\cell\row\pard end\par"
    ).blocks
    assert isinstance(outer, Paragraph) and outer.text == "outer"
    assert isinstance(inner, Grid) and [cell.text for cell in inner.cells] == ["x", "y"]
    assert isinstance(end, Paragraph)


def test_a_file_cut_short_is_read_and_said() -> None:
    document = read((HEAD + r"\pard a\par b").encode())
    assert len(document.blocks) == 2 and len(document.notes) == 1


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        (b"{\\rtf1", State.DAMAGED),
        (b"{\\rtf1 }", State.EMPTY),
        (b"{\\rtf1{\\pict\\pngblip 00}}", State.IMAGE_ONLY),
        (b"{\\rtf1" + b"{" * 100_000, State.DAMAGED),
        (b"{\\rtf1" + b"\\trowd\\intbl\\cell\\row" * 200_000 + b"}", State.TOO_LARGE),
        (b"{\\rtf1" + b"a\\par " * 60_000 + b"}", State.TOO_LARGE),
        (b"{\\rtf1" + b"\\b" * 2_100_000 + b"}", State.TOO_LARGE),
    ],
)
def test_hostile_files_have_a_state(payload: bytes, state: State) -> None:
    with pytest.raises(Unreadable) as raised:
        read(payload)
    assert raised.value.state is state


def test_absurd_numbers_are_bounded() -> None:
    wide = r"\trowd" + r"\cellx1" * 5000 + r"\cellx99999999" + r"\pard\intbl a\cell b\cell\row"
    assert [cell[:3] for cell in _grid(wide)] == [(0, 0, "a"), (0, 1, "b")]
    assert _read(r"\uc9999999999 \itap99999 a\cell\row\bin999999999 b").blocks
