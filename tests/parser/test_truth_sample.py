"""The fixed sample of the truth set: every form in every file format, read and compared with its truth."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from parser import parse
from parser.evaluation import judge, pairs

FOLDER = Path(__file__).parent / "truth"
SAMPLE = pairs(FOLDER)


@pytest.mark.parametrize(("document", "truth_file"), SAMPLE, ids=[path.stem for path, _ in SAMPLE])
def test_everything_is_as_printed(document: Path, truth_file: Path) -> None:
    truth = json.loads(truth_file.read_text(encoding="utf-8"), parse_float=Decimal)
    verdict = judge(document.name, parse(document.read_bytes()), truth)
    assert verdict.score.silent == 0
    if truth.get("layout") == "bare":
        # Without rules, a figure may be given up, but then with a doubt.
        assert verdict.score.unnoticed == 0
    else:
        assert verdict.problems == ()


def test_the_sample_is_whole() -> None:
    assert len(SAMPLE) == 40
    assert {path.suffix for path, _ in SAMPLE} == {".html", ".txt", ".md", ".docx", ".pdf"}
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1_500_000
