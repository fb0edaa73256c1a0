"""Archives: which file is the report, under which name, and what an archive cannot do."""

from __future__ import annotations

import ctypes.util
import io
import warnings
import zipfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from bench.truthset.archives import rar, zipped
from parser import parse
from parser.copies import RULE, UNLIKE
from parser.document import Document, State
from parser.readers import bundle, detect
from tests.parser.readers.drawn import odt_file, reports, rtf_file, xlsx_file

LIBARCHIVE = pytest.mark.skipif(
    ctypes.util.find_library("archive") is None, reason="7z and RAR are read where the system has libarchive"
)

DATA = Path(__file__).parent / "data"
NOTICE = "关于报送材料的通知\n请各单位按时报送。".encode()
MADE = reports.report("2021", 4)
REPORT = odt_file.text(MADE, 4)
NAME = "公开/云溪市2024年年报.odt"


@pytest.mark.parametrize(
    "payload",
    [
        zipped({"通知.txt": NOTICE, NAME: REPORT}),
        zipped({"通知.txt": NOTICE, NAME: REPORT}, "gb18030"),
        zipped({"通知.txt": NOTICE, NAME: REPORT, "__MACOSX/._a": b"x", ".DS_Store": b"y"}),
        zipped({"": NOTICE, NAME: REPORT}),
        pytest.param(rar({"通知.txt": NOTICE, NAME: REPORT}), marks=LIBARCHIVE),
    ],
    ids=["utf-8", "gbk", "junk", "nameless", "rar"],
)
def test_the_report_is_found_and_named(payload: bytes) -> None:
    reading = parse(payload)
    assert reports.errors(MADE, reading) == {}
    assert reading.format == detect(payload) and reading.report is not None
    assert reading.report.meta["member"] == NAME
    assert {figure.locator.as_dict()["member"] for figure in reading.report.figures} == {NAME}
    assert "xpath" in reading.report.figures[0].locator.as_dict()
    assert not [doubt for doubt in reading.report.doubts if doubt.kind == "reader"]
    assert bundle.member(payload, NAME) == REPORT


def test_a_number_of_an_archive_can_be_shown() -> None:
    pytest.importorskip("PIL")
    from parser.pictures import outline

    payload = zipped({NAME: REPORT})
    report = parse(payload).report
    assert report is not None
    assert outline(payload, report.figures[0].locator.as_dict()).startswith(b"\x89PNG")


@LIBARCHIVE
def test_a_7z_archive() -> None:
    reading = parse((DATA / "2021-1009.7z").read_bytes())
    assert reports.errors(reports.report("2021", 1009), reading) == {}
    assert reading.report is not None and reading.report.meta["member"] == "云溪年报.odt"


def test_the_file_with_more_numbers_wins() -> None:
    words = "<p>".join(block for block in MADE.blocks if isinstance(block, str))
    page = f"<html><body>{words}{'这一年的工作很多。' * 60}</body></html>".encode()
    payload = zipped({"年度报告.html": page, "b.rtf": rtf_file.text(MADE, 1)})
    reading = parse(payload)
    assert reading.report is not None and reading.report.meta["member"] == "b.rtf"


def test_text_and_tables_in_two_files_are_one_report() -> None:
    words = "<p>".join(block for block in MADE.blocks if isinstance(block, str))
    page = f"<html><body>{words}{'这一年的工作很多。' * 60}</body></html>".encode()
    tables = odt_file.text(replace(MADE, blocks=["附件：统计表", *MADE.tables]), 1)
    reading = parse(zipped({"附件/统计表.odt": tables, "正文.html": page}))
    report = reading.report
    assert report is not None and reports.errors(MADE, reading) == {}
    assert report.meta["member"] == "附件/统计表.odt"
    assert (report.title, report.year) == (MADE.title, MADE.year)
    assert report.sections[0].heading == "一、总体情况"
    assert (report.fee is not None, report.period) == (True, (f"{MADE.year}-01-01", f"{MADE.year}-12-31"))
    assert report.taken_because.endswith("The text is that of “正文.html”.")
    assert {doubt.where for doubt in report.doubts} == {"title", "agency", "year"}


def test_the_same_report_twice_is_one_and_another_number_in_it_is_a_finding() -> None:
    same = zipped({"a.odt": REPORT, "a.xlsx": xlsx_file.workbook(MADE, 4)})
    report = parse(same).report
    assert report is not None
    assert [one["taken"] for one in report.copies] == [True, False]
    assert [found for found in report.findings if found.rule == RULE] == []
    report = parse(zipped({"a.odt": REPORT, "b.odt": REPORT_WITH_ANOTHER_NUMBER})).report
    assert report is not None
    (found,) = [found for found in report.findings if found.rule == RULE]
    here = next(figure for figure in report.figures if figure.key == "review_litigation.review_upheld")
    assert (found.where, found.expected, found.found) == (here.key, Decimal(77), here.value)
    assert found.severity == "hard"
    assert [place.member for place in found.locators] == ["a.odt", "b.odt"]
    assert found.locators[0] == here.locator
    assert report.copies[1]["differing"] == 1
    assert report.taken_because.startswith("The copies read alike")


def _with_another_number() -> bytes:
    other = reports.report("2021", 4)
    rows = other.tables[-1]
    rows[-1][0] = ("77", 1, 1)
    return odt_file.text(other, 4)


REPORT_WITH_ANOTHER_NUMBER = _with_another_number()


def test_another_report_in_the_archive_is_said_and_not_compared() -> None:
    other = odt_file.text(reports.report("2019", 5), 5)
    reading = parse(zipped({"a.odt": REPORT, "b.odt": other}))
    assert reading.report is not None
    (doubt,) = [doubt for doubt in reading.report.doubts if doubt.kind == UNLIKE]
    assert "“b.odt” is another report" in doubt.message
    assert not [found for found in reading.report.findings if found.rule == RULE]


def test_archives_in_archives() -> None:
    once = zipped({"年报.odt": REPORT})
    twice = zipped({"inner.zip": once})
    assert parse(zipped({"a/b.zip": once})).report is not None
    reading = parse(zipped({"c.zip": twice}))
    assert reading.report is not None and reading.report.meta["member"] == "c.zip/inner.zip/年报.odt"
    reading = parse(zipped({"d.zip": zipped({"c.zip": twice})}))
    assert reading.state is State.TOO_LARGE


def _members(*given: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # two members of one name
        for name, octets in given:
            archive.writestr(name, octets)
    return stream.getvalue()


def _link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("年报.odt")
    info.create_system, info.external_attr = 3, 0o120777 << 16
    return info


@pytest.mark.parametrize(
    "name", ["../../etc/年报.odt", "/etc/年报.odt", "..\\..\\etc\\年报.odt", "./etc//年报.odt"]
)
def test_a_path_that_leads_out_of_the_archive_leads_nowhere(name: str) -> None:
    payload = _members((_link(), b"/etc/passwd"), (name, REPORT))
    reading = parse(payload)
    assert reading.report is not None and reading.report.meta["member"] == "etc/年报.odt"
    assert reading.report.copies == ()
    assert bundle.member(payload, "etc/年报.odt") == REPORT


def test_of_two_files_with_one_name_both_are_read() -> None:
    payload = _members(("年报.odt", REPORT), ("年报.odt", REPORT_WITH_ANOTHER_NUMBER))
    report = parse(payload).report
    assert report is not None
    (found,) = [found for found in report.findings if found.rule == RULE]
    assert [place.member for place in found.locators] == ["年报.odt", "年报.odt (2)"]
    assert bundle.member(payload, "年报.odt (2)") == REPORT_WITH_ANOTHER_NUMBER


def _partly_secret() -> bytes:
    payload = bytearray(zipped({"a.odt": REPORT, "通知.txt": NOTICE}))
    payload[6] |= 1
    payload[payload.index(b"PK\x01\x02") + 8] |= 1
    return bytes(payload)


def test_what_cannot_be_read_beside_others_is_told() -> None:
    hidden = parse(_partly_secret())
    assert (hidden.state, hidden.report) == (State.ENCRYPTED, None)
    assert hidden.reason.startswith("No report of the archive could be read; a.odt: ")


@LIBARCHIVE
def test_of_an_archive_that_was_cut_what_came_before_is_read() -> None:
    report = parse(rar({"年报.odt": REPORT, "通知.txt": NOTICE * 9})[:-60]).report
    assert report is not None
    assert [(one["name"], one["state"], one["taken"]) for one in report.copies] == [
        ("年报.odt", "report", True),
        ("通知.txt", "damaged", False),
    ]


def _many(count: int, octets: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(count):
            archive.writestr(f"{number}.txt", octets)
    return stream.getvalue()


def _secret() -> bytes:
    payload = bytearray(zipped({"a.odt": REPORT}))
    payload[6] |= 1
    payload[payload.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(payload)


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        (zipped({}), State.EMPTY),
        (zipped({"a.jpg": b"\xff\xd8\xff\xe0" + b"x" * 99, "b.jpg": b"\xff\xd8\xff\xe0"}), State.DAMAGED),
        (zipped({"a.txt": NOTICE}), State.NOT_A_REPORT),
        (zipped({"a.bin": bytes(range(256)) * 9}), State.UNSUPPORTED),
        (_secret(), State.ENCRYPTED),
        (zipped({"a.odt": REPORT})[:-30], State.DAMAGED),
        (_many(3000, b"a"), State.TOO_LARGE),
        (_many(3, bytes(40 << 20)), State.TOO_LARGE),
        pytest.param(rar({"a.txt": NOTICE})[:60], State.DAMAGED, marks=LIBARCHIVE),
        pytest.param(b"7z\xbc\xaf\x27\x1c" + bytes(40), State.EMPTY, marks=LIBARCHIVE),
    ],
    ids=["empty", "scans", "notice", "binary", "secret", "cut", "many", "bomb", "cut rar", "hollow 7z"],
)
def test_archives_without_a_report_have_a_state(payload: bytes, state: State) -> None:
    assert parse(payload).state is state


def test_a_bomb_of_archives_stays_small() -> None:
    inner = zipped({f"{number}.txt": bytes(1 << 20) for number in range(30)})
    outer = zipped({f"{number}.zip": inner for number in range(30)})
    assert parse(outer).state is State.TOO_LARGE


def test_the_file_that_is_taken_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from parser.readers import odt

    times: list[int] = []
    read = odt.read

    def counted(payload: bytes) -> Document:
        times.append(len(payload))
        return read(payload)

    monkeypatch.setattr(odt, "read", counted)
    assert parse(zipped({"通知.txt": NOTICE, NAME: REPORT})).report is not None
    assert times == [len(REPORT)]
