"""What becomes of payloads: reports, and every kind of thing that is none."""

from decimal import Decimal

import pytest

from parser import MAX_PAYLOAD, State, parse
from tests.parser.forms.drawn import table
from tests.parser.made.content import make
from tests.parser.made.drawing import Habits
from tests.parser.made.pages import text_page
from tests.parser.made.tables import requests_table

ARTICLE = "<p>" + "这是一篇与年报无关的新闻稿件，讲的是道路施工的进展。" * 20 + "</p>"


@pytest.mark.parametrize("payload", [b"", b" \r\n\t", b"\x00\x00"])
def test_nothing_is_empty(payload: bytes) -> None:
    assert parse(payload).state is State.EMPTY


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, State.UNSUPPORTED),
        (b"\x1f\x8b\x08\x00" + bytes(range(256)), State.UNSUPPORTED),
        (bytes(range(256)) * 40, State.UNSUPPORTED),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 64, State.DAMAGED),
    ],
)
def test_what_is_no_text_is_named(payload: bytes, state: State) -> None:
    reading = parse(payload)
    assert reading.state is state
    assert reading.report is None
    assert reading.reason.endswith(".")


def test_a_payload_above_the_limit_is_not_looked_into() -> None:
    assert parse(b"x" * (MAX_PAYLOAD + 1)).state is State.TOO_LARGE


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><h1>云溪市2024年部门预算公开</h1><table><tr><td>项目</td><td>合计</td></tr>"
        "<tr><td>行政许可</td><td>12</td></tr><tr><td>其他</td><td>3</td></tr></table></body></html>",
        "<html><head><title>Annual report</title></head><body><p>We had a good year.</p></body></html>",
        f"<html><head><title>道路施工</title></head><body><h1>道路施工</h1>{ARTICLE}</body></html>",
    ],
    ids=["budget", "english", "news"],
)
def test_pages_of_another_kind_are_no_reports(page: str) -> None:
    reading = parse(page.encode())
    assert reading.state is State.NOT_A_REPORT
    assert reading.report is None


def test_a_list_of_reports_is_no_report() -> None:
    rows = "".join(
        f'<li><span>{year + 1}-01-20</span><a href="./t{year}.html">'
        f"云溪市公安局{year}年政府信息公开工作年度报告</a></li>"
        for year in range(2016, 2025)
    )
    reading = parse(
        f"<html><head><title>政府信息公开年报</title></head><body><ul>{rows}</ul></body></html>".encode()
    )
    assert reading.state is State.NOT_A_REPORT
    assert "lists" in reading.reason


@pytest.mark.parametrize(
    ("markup", "href"),
    [
        ('<p>附件：<a href="./P020240120.pdf">云溪市公安局2023年年度报告.pdf</a></p>', "./P020240120.pdf"),
        ('<iframe src="/viewer.html?file=/files/r.pdf"></iframe>', "/viewer.html?file=/files/r.pdf"),
        ('<p><a href="/module/download/downfile.jsp?filename=8f.doc">点击下载.doc</a></p>',
         "/module/download/downfile.jsp?filename=8f.doc"),
    ],
)  # fmt: skip
def test_a_page_that_only_links_to_its_document_says_so(markup: str, href: str) -> None:
    title = "云溪市公安局2023年政府信息公开工作年度报告"
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{markup}</body></html>"
    reading = parse(page.encode())
    assert reading.state is State.NOT_A_REPORT
    assert reading.attachments == (href,)
    assert "links to a document" in reading.reason


def test_json_of_a_report_has_its_fields_and_plain_numbers() -> None:
    content = make(3, "2021")
    content.proactive["administrative_fees.amount_wanyuan"] = Decimal("5949.088667")
    record = parse(text_page(content, Habits(), 3)).as_dict()
    assert record["state"] == "report"
    assert {"form", "title", "agency", "year", "sections", "figures", "findings", "doubts"} <= record.keys()
    values = {figure["key"]: figure["value"] for figure in record["figures"]}
    assert values["proactive.administrative_fees.amount_wanyuan"] == 5949.088667
    assert isinstance(values["requests.new_received.total"], int)
    assert {"key", "value", "unit", "printed", "remark", "locator"} == record["figures"][0].keys()


def test_the_same_bytes_give_the_same_reading() -> None:
    payload = text_page(make(5, "2019"), Habits(), 5)
    assert parse(payload) == parse(payload)


@pytest.mark.parametrize(("year", "form"), [(2020, "2019"), (2023, "2021")])
def test_the_period_tells_the_form_where_nothing_else_does(year: int, form: str) -> None:
    rows = requests_table(
        make(4, "2019"), Habits()
    )  # （六）其他处理 in one row, as both forms are seen to have it
    page = (
        "<html><body><p>云溪市公安局政府信息公开工作年度报告</p>"
        f"<p>本报告统计期限为{year}年1月1日至12月31日。</p><p>二、主动公开政府信息情况</p><p>无。</p>{table(rows)}</body></html>"
    )
    report = parse(page.encode()).report
    assert report is not None
    assert (report.form, report.year, len(report.figures)) == (form, year, 161)
