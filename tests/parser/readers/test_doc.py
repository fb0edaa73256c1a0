"""Binary Word and WPS texts, and what compound files hold else."""

from __future__ import annotations

from pathlib import Path

import pytest

from parser import parse
from parser.document import Grid, State, Unreadable
from parser.readers import detect, doc, ole
from tests.parser.readers.drawn import reports

DATA = Path(__file__).parent / "data"
MADE = sorted(DATA.glob("[2p]*.doc"))


@pytest.mark.parametrize("path", MADE, ids=lambda path: path.name)
def test_every_printed_figure(path: Path) -> None:
    form, _, seed = path.stem.partition("-")
    made = reports.report(form, int(seed))
    reading = parse(path.read_bytes())
    assert reports.errors(made, reading) == {}
    assert reading.format == "doc" and reading.report is not None
    assert (reading.report.form, reading.report.year) == (form, made.year)


def test_deleted_and_hidden_text_is_left_out_and_numbers_of_lists_are_written() -> None:
    blocks = doc.read((DATA / "habits-0.doc").read_bytes()).blocks
    texts = [block.text for block in blocks if not isinstance(block, Grid)]
    assert texts == ["收到申请8件", "一、总体情况", "二、主动公开", "甲乙", "注释", "末"]


def test_a_list_of_properties_with_an_octet_to_spare() -> None:
    reading = parse((DATA / "odd-octet.doc").read_bytes())
    assert reading.report is not None and reading.report.form == "pre2019"
    assert sum(figure.value is not None for figure in reading.report.figures) > 20


def test_a_document_with_a_password_is_encrypted() -> None:
    payload = bytearray(MADE[0].read_bytes())
    start = payload.index(b"\xec\xa5\x01\x01")
    payload[start + 11] |= 1
    with pytest.raises(Unreadable) as raised:
        doc.read(bytes(payload))
    assert raised.value.state is State.ENCRYPTED


def test_compound_files_are_told_by_their_streams() -> None:
    payload = MADE[0].read_bytes()
    assert detect(payload) == "doc"
    assert detect((DATA / "2021-1000.xls").read_bytes()) == "xls"
    cut = payload[: len(payload) // 2]
    assert detect(cut) in ("doc", "ole")
    word, cipher = "WordDocument".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
    for octets, state in (
        (payload.replace(word, cipher[: len(word)]), State.UNSUPPORTED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + cipher, State.ENCRYPTED),
    ):
        assert detect(octets) == "ole"
        assert parse(octets).state is state


def test_a_truncated_file_is_damaged() -> None:
    payload = MADE[0].read_bytes()
    for length in (600, 5000, len(payload) - 4000):
        with pytest.raises(Unreadable) as raised:
            doc.read(payload[:length])
        assert raised.value.state is State.DAMAGED
    with pytest.raises(Unreadable):
        ole.stream(payload, "Nothing")
