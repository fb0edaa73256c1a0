"""Broken office files: a document or a named state, in bounded time, and never another exception."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parser import parse
from parser.document import Document, State, Unreadable
from parser.readers import READERS, detect, read
from tests.parser.readers.drawn import odt_file, ofd_file, reports, rtf_file, xlsx_file
from tests.parser.readers.drawn.archive_files import rar, zipped
from tests.parser.readers.mutations import broken, broken_parts

DATA = Path(__file__).parent / "data"
MADE = reports.report("2021", 7)
SMALL = reports.report("pre2019", 7)
SECONDS = 10
"""Nobody's laptop under load is that slow; a loop without end is slower."""

GOOD: dict[str, bytes] = {
    "doc": (DATA / "habits-0.doc").read_bytes(),
    "xls": (DATA / "2021-1000.xls").read_bytes(),
    "rtf": rtf_file.text(MADE, 7),
    "odt": odt_file.text(MADE, 7),
    "ods": (DATA / "2019-1004.ods").read_bytes(),
    "xlsx": xlsx_file.workbook(MADE, 7),
    "ofd": ofd_file.file(SMALL, 7),
    "zip": zipped({"a.txt": b"a", "b.odt": odt_file.text(SMALL, 7)}),
    "rar": rar({"a.txt": b"a", "b.odt": odt_file.text(SMALL, 7)}),
    "7z": (DATA / "2021-1009.7z").read_bytes(),
}
PACKAGES = ("odt", "ods", "xlsx", "ofd")


def test_every_reader_of_office_formats_is_here() -> None:
    assert {kind for kind in READERS if kind not in ("html", "text", "pdf", "docx", "ole")} == set(GOOD)
    assert {name: detect(payload) for name, payload in GOOD.items()} == {name: name for name in GOOD}


def _survives(payload: bytes, kind: str) -> None:
    started = time.monotonic()
    try:
        document = read(payload, kind)
    except Unreadable as unreadable:
        assert unreadable.state is not State.REPORT and unreadable.reason
    else:
        assert isinstance(document, Document)
        # What the forms make of it takes most of the time: one in four is enough.
        if len(payload) % 4 == 0:
            parse(payload)
    assert time.monotonic() - started < SECONDS


@pytest.mark.parametrize("kind", GOOD)
def test_broken_files(kind: str) -> None:
    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(broken(GOOD[kind]))
    def check(payload: bytes) -> None:
        _survives(payload, kind)

    check()


@pytest.mark.parametrize("kind", PACKAGES)
def test_packages_with_a_broken_part(kind: str) -> None:
    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(broken_parts(GOOD[kind]))
    def check(payload: bytes) -> None:
        _survives(payload, kind)

    check()


@pytest.mark.parametrize("kind", [kind for kind in GOOD if kind != "zip"])
def test_one_format_given_for_another(kind: str) -> None:
    for payload in GOOD.values():
        _survives(payload, kind)


@settings(max_examples=200, deadline=None, database=None)
@given(st.sampled_from(sorted(GOOD)), st.binary(max_size=300))
def test_noise_behind_the_first_octets(kind: str, noise: bytes) -> None:
    _survives(GOOD[kind][:40] + noise, kind)
    parse(GOOD[kind][:12] + noise)
