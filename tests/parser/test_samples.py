"""Six real reports, every printed number of them."""

from decimal import Decimal

import pytest
from lxml import etree  # type: ignore[import-untyped]

from parser import State, parse
from parser.readers.html import tree_of
from parser.readers.html_text import hidden_in, text_of
from tests.parser import samples

KNOWN = samples.NAMES or (
    pytest.param("none", marks=pytest.mark.skip(reason="the real reports are not beside the repository")),
)


@pytest.mark.parametrize("name", KNOWN)
def test_every_printed_number_is_read_and_none_is_invented(name: str) -> None:
    reading = parse(samples.payload(name))
    if reading.state is State.UNSUPPORTED:
        pytest.skip(f"no reader for {reading.format} yet")
    truth = samples.truth(name)
    assert reading.report is not None
    report = reading.report
    assert {figure.key: figure.value for figure in report.figures} == samples.figures(truth)
    assert (report.form, report.year, report.agency) == (truth["format"], truth["year"], truth["agency"])
    assert report.title.replace(" ", "") == truth["title"].replace(" ", "")
    hard = {(one["rule"], one["where"]) for one in truth["violations"] if one["rule"] in samples.HARD}
    assert {(one.rule, one.where) for one in report.findings if one.severity == "hard"} == hard
    assert report.doubts == ()


@pytest.mark.parametrize("name", ["pingtan-2023", "shanghai-office-2019"])
def test_the_locator_of_a_figure_leads_to_its_cell(name: str) -> None:
    payload = samples.payload(name)
    tree = tree_of(payload).getroottree()
    report = parse(payload).report
    assert report is not None
    for figure in report.figures:
        assert figure.locator.xpath is not None
        (cell,) = tree.xpath(figure.locator.xpath)
        assert isinstance(cell, etree._Element)
        assert text_of(cell, hidden_in(tree)) == figure.printed


def test_the_line_and_column_of_a_figure_in_text_lead_to_it() -> None:
    payload = samples.payload("wuzhong-police-2018")
    lines = payload.decode("utf-8").split("\n")
    report = parse(payload).report
    assert report is not None
    for figure in report.figures:
        line, column = figure.locator.line, figure.locator.column
        assert line is not None and column is not None
        if figure.printed:
            assert lines[line - 1][column - 1 :].startswith(figure.printed)


def test_page_tags_and_words_of_a_real_page() -> None:
    report = parse(samples.payload("pingtan-2023")).report
    assert report is not None
    assert report.published == "2024-03-08 15:34"
    assert report.meta["SiteIDCode"] == "3590000001"
    assert report.meta["ColumnName"] == "政府信息公开年报"
    assert report.contact == {
        "address": "平潭综合实验区商务营运中心7号楼14层",
        "postcode": "350400",
        "telephone": "0591-23165385",
    }
    assert [section.heading[:2] for section in report.sections] == [
        "一、",
        "二、",
        "三、",
        "四、",
        "五、",
        "六、",
    ]
    assert "备案" not in report.sections[-1].text and "网站标识码" not in report.sections[-1].text


def test_amount_of_procurement_carries_the_unit_that_its_cell_prints() -> None:
    report = parse(samples.payload("shanghai-office-2019")).report
    assert report is not None
    (amount,) = [one for one in report.figures if one.key == "proactive.central_procurement.amount"]
    assert (amount.value, amount.unit, amount.printed) == (Decimal(251000), "元", "251000元")
