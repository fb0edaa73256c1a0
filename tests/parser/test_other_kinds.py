"""Pages of other kinds, as the sites of agencies have them beside their annual reports: none may be read as
one, and nothing may be read out of them."""

from __future__ import annotations

import pytest

from parser import Reading, State, parse
from tests.parser.forms.drawn import full_requests, full_review, table

NAV = "<div>首页</div><div>政务公开</div><div>政府信息公开年报</div>"
PROSE = (
    "围绕群众关切办理主动公开、依申请公开、行政复议、行政诉讼和收费等事项，总结存在的问题，提出改进措施。" * 8
)
LINKS = "<h3>相关链接</h3>" + "".join(
    f"<p>云溪市公安局{year}年政府信息公开工作年度报告</p>" for year in (2019, 2020, 2021)
)


def read(title: str, body: str, heading: str = "h1", tag: bool = False) -> Reading:
    """The reading of a page of that title under a bar of columns; `tag` names it in the head as well."""
    named = f'<meta name="ArticleTitle" content="{title}">' if tag else ""
    head = f"<head>{named}<title>政府信息公开年报</title></head>"
    return parse(f"<html>{head}<body>{NAV}<{heading}>{title}</{heading}>{body}</body></html>".encode())


COUNTS = table([["行政许可", "12"], ["行政处罚", "345"], ["行政强制", "7"], ["行政事业性收费", "3.5"]])
ENFORCEMENT = table(
    [
        [("行政复议", 1, 5), ("行政诉讼", 1, 5)],
        ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 2,
        ["1", "0", "0", "0", "1", "2", "0", "0", "0", "2"],
    ]
)
FEES = table([["第二十条第（八）项"], ["信息内容", "本年收费金额（单位：万元）"], ["行政事业性收费", "3.3"]])
ALL_AGENCIES = table(
    [
        ["序号", "单位", "新收申请", "上年结转", "予以公开", "部分公开", "不予公开", "总计"],
        ["1", "市公安局", "3", "0", "1", "1", "1", "3"],
        ["2", "市财政局", "5", "0", "3", "1", "1", "5"],
    ]
)
BLANK_FORM = table([row if place < 3 else row[:-7] for place, row in enumerate(full_requests())])
PLAN = "".join(
    f"<p>{text}</p>"
    for text in (
        "一、主动公开",
        PROSE,
        "二、依申请公开",
        PROSE,
        "三、行政复议、行政诉讼",
        PROSE,
        "四、存在的问题",
        PROSE,
    )
)
WEBSITE = table(
    [
        ["网站名称", "云溪市公安局"],
        ["信息发布（单位：条）", "总数", "1234"],
        ["解读回应", "解读信息发布", "总数", "12"],
        ["互动交流", "收到留言数量", "45"],
    ]
)


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("云溪市公安局2023年政府网站工作年度报表", WEBSITE),
        ("云溪市公安局2023年法治政府建设年度报告", COUNTS + PLAN),
        ("云溪市公安局2023年度行政执法统计年报", COUNTS + ENFORCEMENT),
        ("云溪市2023年政务公开工作要点", PLAN),
        ("云溪市各部门2023年政府信息公开工作年度报告数据汇总表", ALL_AGENCIES),
        ("云溪市公安局政府信息公开指南", PLAN),
        ("关于印发政府信息公开工作年度报告格式的通知", BLANK_FORM),
        ("关于做好2023年政府信息公开工作年度报告编制和发布工作的通知", f"<p>{PROSE}</p>"),
        ("云溪市公安局2024年部门预算公开", FEES + f"<p>{PROSE}</p>"),
        ("云溪市行政事业性收费目录清单", FEES),
        ("云溪市公安局发布2023年政府信息公开工作年度报告", f"<p>{PROSE}</p>"),
        ("图解：云溪市公安局2023年政府信息公开工作年度报告", f"<p>{PROSE}</p>"),
    ],
)
@pytest.mark.parametrize(("heading", "tag"), [("h1", False), ("p", False), ("p", True)])
@pytest.mark.parametrize("beside", ["", LINKS], ids=["alone", "links"])
def test_a_page_of_another_kind_is_no_report(
    title: str, body: str, heading: str, tag: bool, beside: str
) -> None:
    reading = read(title, body + beside, heading, tag)
    assert (reading.state, reading.report) == (State.NOT_A_REPORT, None)


def test_the_reason_names_the_title() -> None:
    reading = read("云溪市2023年政务公开工作要点", PLAN)
    assert reading.reason == "The page is titled “云溪市2023年政务公开工作要点”, which is no annual report."


def test_a_report_under_an_announcement_is_read() -> None:
    body = "<p>云溪市公安局2023年政府信息公开工作年度报告</p>" + table(full_requests())
    report = read("关于公布云溪市公安局2023年政府信息公开工作年度报告的公告", body).report
    assert report is not None
    assert (report.agency, report.year, len(report.figures)) == ("云溪市公安局", 2023, 175)
    assert "title" not in {doubt.kind for doubt in report.doubts}


def test_whole_tables_under_a_strange_title_are_read_with_a_doubt() -> None:
    body = table(full_requests()) + table(full_review())
    report = read("云溪市公安局2023年法治政府建设年度报告", body).report
    assert report is not None
    assert len(report.figures) == 190
    (doubt,) = [one for one in report.doubts if one.kind == "title"]
    assert (doubt.where, "法治政府建设" in doubt.message) == ("document", True)


def test_a_file_of_tables_alone_is_read_where_they_name_the_subject_themselves() -> None:
    assert len(figures_of(parse(f"<p>附件：统计表</p>{table(full_requests())}".encode()))) == 175
    assert parse(f"<p>附件</p>{table(full_review())}".encode()).state is State.NOT_A_REPORT


def figures_of(reading: Reading) -> list[str]:
    assert reading.report is not None, reading.reason
    return [figure.key for figure in reading.report.figures]


def test_a_report_in_prose_stands_beside_columns_of_other_kinds() -> None:
    columns = "<h2>政府信息公开指南</h2><h2>政府信息公开制度</h2>"
    page = (
        f"<html><body>{NAV}{columns}<p>云溪市公安局2011年政府信息公开工作年度报告</p>{PLAN}"
        "<h3>下一步工作计划</h3><p>继续努力。</p></body></html>"
    )
    report = parse(page.encode()).report
    assert report is not None
    assert (report.agency, report.year, report.figures) == ("云溪市公安局", 2011, ())


def test_names_of_columns_are_no_agency() -> None:
    report = read("2023年报", table(full_requests())).report
    assert report is not None
    assert report.agency is None
    assert report.title == "政府信息公开年报"
