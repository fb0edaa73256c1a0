"""The truth set keeps its promises: a number is always the same document, the truth is what is printed."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any
from xml.etree import ElementTree

import pdfplumber
import pytest

from bench.truthset import forms, relations
from bench.truthset.__main__ import SEED as HELD_BACK
from bench.truthset.documents import FOREIGN_KINDS, FORMATS, FORMS, Made, document, half
from bench.truthset.ink import Ink
from bench.truthset.layout import Cell, Table, matrix
from bench.truthset.sample import sample
from cli.language import catalogue
from parser.evaluation import expected_figures

SEED = 99
TRUTHS = Path(__file__).parents[1] / "parser" / "truth"


@pytest.mark.parametrize("ending", sorted(set(FORMATS)))
def test_a_number_is_one_document_for_ever(ending: str) -> None:
    first, again = (document(SEED, 3, form="2021", ending=ending) for _ in range(2))
    assert (first.payload, first.truth) == (again.payload, again.truth)
    assert document(SEED, 4, form="2021", ending=ending).payload != first.payload


def test_halves_share_no_document() -> None:
    names = {name: [made.name for made in half(name, 6, SEED)] for name in ("open", "held")}
    assert names["open"] == ["00000", "00002", "00004", "00006", "00008", "00010"]
    assert names["held"] == ["00001", "00003", "00005", "00007", "00009", "00011"]


def test_the_words_name_the_seed_that_is_held_back() -> None:
    assert all(str(HELD_BACK) in words for words in catalogue()["evaluate.about"].values())


def test_every_form_format_and_kind_comes_up() -> None:
    made = list(half("open", 400, SEED))
    assert {one.truth["kind"] for one in made} >= {*FORMS, *FOREIGN_KINDS}
    layouts = {f"{one.ending}-{one.truth['layout']}" if "layout" in one.truth else one.ending for one in made}
    assert layouts == set(FORMATS)
    broken = [one for one in made if one.truth["violations"]]
    assert {violation["rule"] for one in broken for violation in one.truth["violations"]} == {
        "row_total",
        "outcome_sum",
        "balance_1_2_eq_3_4",
        "review_litigation_total",
        "stat_sum",
    }


@pytest.mark.parametrize("form", ["2021", "2019", "statistics", "fujian"])
@pytest.mark.parametrize("ending", ["txt", "md", "html", "docx", "pdf"])
def test_every_number_of_the_truth_is_printed(form: str, ending: str) -> None:
    for number in range(5):
        made = document(SEED, number, form=form, ending=ending)
        printed = _digits(_text(made))
        for key, value in expected_figures(_read(made.truth)["tables"]).items():
            if value is not None:
                assert f"{abs(value):f}" in printed, (number, key, value)


@pytest.mark.parametrize("form", ["2021", "2019"])
def test_the_truth_has_every_row_and_column(form: str) -> None:
    lines = {"2021": forms.REQUESTS_2021, "2019": forms.REQUESTS_2019}[form]
    assert len(lines) == {"2021": 25, "2019": 23}[form]
    whole = 0
    for number in range(20):
        requests = document(SEED, number, form=form, ending="txt").truth["tables"]["requests"]
        assert all(len(counts) == 7 for counts in requests.values())
        whole += list(requests) == [line.key for line in lines]
    assert whole >= 10


def test_documents_without_broken_sums_break_no_relation() -> None:
    truths = [document(SEED, number, form="2021", ending="txt").truth for number in range(30)]
    assert sum(not truth["violations"] for truth in truths) > 10


def test_relations_tell_what_is_wrong_and_nothing_else() -> None:
    requests: dict[str, list[int | None]] = {line.key: [0] * 7 for line in forms.REQUESTS_2019}
    requests["new_received"] = [3, 0, 0, 0, 0, 0, 4]
    requests["granted"] = [3, None, None, None, None, None, None]
    requests["outcome_total"] = [2, 0, 0, 0, 0, 0, 2]
    tables = {"requests": requests, "review_litigation": {}, "statistics": []}
    assert [(one["rule"], one["where"]) for one in relations.hard_violations(tables)] == [
        ("row_total", "requests.new_received"),
        ("outcome_sum", "requests.outcome_total.natural_person"),
        ("balance_1_2_eq_3_4", "requests.*.natural_person"),
        ("outcome_sum", "requests.outcome_total.total"),
        ("balance_1_2_eq_3_4", "requests.*.total"),
    ]


@pytest.mark.parametrize(
    ("ink", "value", "text", "told"),
    [
        (Ink(), 0, "0", 0),
        (Ink(zero="slash"), 0, "/", None),
        (Ink(zero="ideographic"), 0, "\u3000", None),
        (Ink(zero="nbsp_digit", full_width=True), 0, "\u00a0０", 0),
        (Ink(thousands="，"), 1234567, "1，234，567", 1234567),
        (Ink(minus="\u2212"), -18, "\u221218", -18),
        (Ink(full_width=True), Decimal("5949.088667"), "５９４９.０８８６６７", Decimal("5949.088667")),
    ],
)
def test_how_numbers_are_written(
    ink: Ink, value: Decimal | int, text: str, told: Decimal | int | None
) -> None:
    printed = ink.number(value, Random(1))
    assert (printed.text, printed.value) == (text, told)


def test_a_needed_zero_is_a_digit() -> None:
    assert Ink(zero="blank").number(0, Random(1), written=True).text == "0"


def test_a_remark_stands_behind_the_number() -> None:
    printed = Ink(remarks=1.0).number(22, Random(1), remark="（其中修订{}件）")
    assert re.fullmatch(r"22（其中修订\d+件）", printed.text)
    assert printed.value == 22


def test_matrix_spreads_spans() -> None:
    table = Table([[Cell("a", rowspan=2), Cell("b", colspan=2)], [Cell("c"), Cell("d")]], (1, 1, 1))
    assert matrix(table) == [["a", "b", ""], ["", "c", "d"]]
    assert matrix(table, repeated=True) == [["a", "b", "b"], ["a", "c", "d"]]


def test_the_sample_of_the_suite_is_of_this_set() -> None:
    """Same documents, though the set may have learnt something since: same names, kinds and endings."""
    made = {(one.name, one.ending, one.truth["kind"]) for one in sample()}
    kept = {
        (path.stem, path.suffix[1:], _truth_of(path)["kind"])
        for path in TRUTHS.iterdir()
        if not path.name.endswith(".truth.json")
    }
    assert made == kept


def test_the_command_writes_documents_beside_their_truth(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    command = [sys.executable, "-m", "bench.truthset", str(folder), "--count", "4", "--half", "held"]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2])
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 8
    assert names[0].startswith("00001.")
    assert json.loads((folder / "00001.truth.json").read_text("utf-8"))["id"] == "00001"


def _read(truth: dict[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(json.dumps(truth, default=float), parse_float=Decimal)
    return read


def _truth_of(path: Path) -> dict[str, Any]:
    truth: dict[str, Any] = json.loads(path.with_name(f"{path.stem}.truth.json").read_text("utf-8"))
    return truth


def _text(made: Made) -> str:
    """The text of a document, read without the parser."""
    if made.ending == "pdf":
        with pdfplumber.open(io.BytesIO(made.payload)) as file:
            # Numbers may be broken over the lines of a narrow cell, and drawn twice to look bold.
            if {"wraps", "doubled", "watermark", "shuffled"} & set(made.truth["features"]):
                return "".join(f"{n} " for n in _all_numbers(made.truth))
            return "\n".join(page.extract_text() for page in file.pages)
    if made.ending == "docx":
        with zipfile.ZipFile(io.BytesIO(made.payload)) as package:
            tree = ElementTree.fromstring(package.read("word/document.xml"))
        word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
        return "\n".join(
            "".join(run.text or "" for run in paragraph.iter(f"{word}t"))
            for paragraph in tree.iter(f"{word}p")
        )
    for encoding in ("utf-8", "gb18030"):
        try:
            text = made.payload.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if made.ending == "html":
        text = re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), re.sub(r"<[^>]*>", "", text))
    return text


def _all_numbers(truth: dict[str, Any]) -> list[str]:
    figures = expected_figures(_read(truth)["tables"]).values()
    return [f"{abs(value):f}" for value in figures if value is not None]


def _digits(text: str) -> str:
    """The text with its digits half-width and without separators or characters of no width."""
    halved = text.translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    return re.sub("[,，\u200b\ufeff\u200d]", "", halved)
