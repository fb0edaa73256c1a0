"""The truth set in other file formats: what the writers make is read as it is printed."""

from __future__ import annotations

import ctypes.util
import json
from decimal import Decimal
from pathlib import Path

import pytest

from bench.truthset.documents import ARCHIVES, BOOKS, OFFICE
from bench.truthset.formats import CONVERTED, FORMATS, documents
from parser import parse
from parser.evaluation import judge, pairs
from parser.readers import detect

OURS = [name for name in FORMATS if name not in CONVERTED]
SEED = 515


@pytest.mark.parametrize("name", OURS)
def test_every_format_is_read_as_it_is_printed(name: str, tmp_path: Path) -> None:
    if name == "7z" and ctypes.util.find_library("archive") is None:
        pytest.skip("7z is written and opened where the system has libarchive")
    for made in documents(name, 8, SEED, "open"):
        # Lines without a table are a text, whatever would part their values.
        assert detect(made.payload) in ((name, "text") if name == "csv" else (name,))
        made.write(tmp_path)
    found = pairs(tmp_path)
    assert len(found) == 8
    for document, truth_file in found:
        truth = json.loads(truth_file.read_text(encoding="utf-8"), parse_float=Decimal)
        verdict = judge(document.name, parse(document.read_bytes()), truth)
        assert verdict.problems == (), (document.name, truth["features"])


def test_a_document_is_a_function_of_its_number() -> None:
    for name in OURS:
        if name == "7z" and ctypes.util.find_library("archive") is None:
            continue
        (one,), (same,) = documents(name, 1, SEED, "held"), documents(name, 1, SEED, "held")
        assert (one.payload, one.truth) == (same.payload, same.truth), name
    assert {*BOOKS, *ARCHIVES} < set(OURS) < {*OFFICE, *ARCHIVES}
