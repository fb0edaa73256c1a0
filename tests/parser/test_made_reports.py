"""Made reports: forms × formats × the mess of real ones, every number known beforehand."""

from __future__ import annotations

import pytest

from parser import parse
from tests.parser.made.content import make
from tests.parser.made.drawing import habits
from tests.parser.made.pages import html_page, text_page

SEEDS = range(1000, 1060)


@pytest.mark.parametrize("draw", [html_page, text_page], ids=["html", "text"])
@pytest.mark.parametrize("form", ["2021", "2019"])
def test_no_number_is_wrong_lost_or_invented(form: str, draw: object) -> None:
    assert callable(draw)
    for seed in SEEDS:
        content = make(seed, form)
        report = parse(draw(content, habits(seed), seed)).report
        assert report is not None, seed
        truth = content.figures()
        read = {figure.key: figure.value for figure in report.figures}
        assert {key: value for key, value in read.items() if truth.get(key, "invented") != value} == {}, seed
        lost = {key for key, value in truth.items() if value is not None and key not in read}
        assert lost == set(), seed
        assert (report.form, report.year, report.agency) == (form, content.year, content.agency), seed
        hard = {(one.rule, one.where) for one in report.findings if one.severity == "hard"}
        assert hard == content.violations(), seed
