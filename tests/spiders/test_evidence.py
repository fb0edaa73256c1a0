"""What words are evidence of, on titles and names as government sites write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from spiders.evidence import is_report_title, judge_link, judge_page
from spiders.page import Link, Page

TEMPLATES = Path(__file__).parents[3] / "shared" / "templates"

REPORTS = """
2019年政务公开工作年度报告
信息公开年报(2013年)
二〇一五年度政府信息公开工作报告
2008年政府信息公开工作情况报告
石嘴山市公安局政府信息公开年度报告（2012年度）
吴忠市公安局2018年度政务公开年度报告
石嘴山市公安局 2022 年政府信息公开工作年度报告
石嘴山市财政局2021年政府信息公开工作年度报告
吴忠市审计局2020年政府信息公开工作年度报告
吴忠市生态环境局2022年政府信息公开工作年度报告
环境保护局2016年度政府信息公开工作年度报告
石嘴山市市场监督管理局2023年政府信息公开年度报告
XX质量技术监督局2015年政府信息公开工作年度报告
石嘴山市总工会2020年政府信息公开工作年度报告
宁夏回族自治区审计厅2009年度政府信息公开年度报告
吴忠市预算绩效管理中心2021年政府信息公开工作年度报告
中共某某市委机构编制委员会办公室2022年政府信息公开工作年度报告
某某市干部培训中心2019年政府信息公开工作年度报告
2016年度政府信息公开年报
政府信息公开年度报告2014
二○一○年政府信息公开工作年度报告
二零一七年政府信息公开工作年度报告
二〇〇八年政府信息公开工作年度报告
２０１４年政府信息公开工作年度报告
关于2011年政府信息公开工作情况的报告
关于政府信息公开2012年度报告
××市公安局关于2013年政府信息公开工作的年度报告
大武口区人民政府2019年度政府信息公开工作报告
中卫市教育局2015年信息公开工作总结及年度报告
2017年政府信息公开工作总结报告
2012年政府信息公开工作年度总结报告
XX局2012年度政府信息公开工作年报
XX县2021年法治政府建设和政府信息公开工作年度报告
2022年度XX市政府信息公开工作年度报告（全文）
政府信息公开工作2016年年度报告
政府信息公开工作2016年度报告
政府信息公开工作（2016年度）报告
2014年度政府信息公开年度工作报告
信息公开年度报告（2023年）
2009年政务信息公开工作年度报告
吴忠市机关事务管理局政府信息公开工作2022年度报告
石嘴山市公安局2020年政府信息公开工作年度报告.pdf
石嘴山市公安局2020年政府信息公开工作年度报告（附件）
[部门年报] 某某市体育局2021年政府信息公开工作报告 2022-01-21
XX街道办事处2023年度政府信息公开年报
某某市2022年政府信息公开工作年度报告_政府信息公开年报_某某市公安局
石嘴山市人民政府办公室2021年政务公开工作年度报告
""".strip().splitlines()

OTHERS = """
2023年法治政府建设年度报告
石嘴山市公安局2023年度法治政府建设工作情况报告
石嘴山市公安局2022年部门决算
石嘴山市公安局2024年部门预算
2022年预算绩效评价报告
2022年度财政决算报告
2022年统计年报
吴忠市2023年国民经济和社会发展统计公报
2023年政府工作报告
2020年度环境质量公报
环境信息公开年度报告
2022年度高校信息公开年度报告
2020年度医院信息公开年度报告
企业信息公开年报
企业年报公示
市场主体年报
事业单位法人年度报告书
依法行政年度报告
重大行政决策年度报告
政府网站工作年度报表（2022年度）
2021年政府网站工作年度报表
关于做好2024年政府信息公开工作年度报告编制工作的通知
关于开展2022年政府信息公开年度报告编制发布工作的通知
关于报送2020年度政府信息公开工作年度报告的函
关于公布2022年政府信息公开工作年度报告的公告
关于2021年政府信息公开工作年度报告发布情况的通报
关于印发《政府信息公开工作年度报告格式》的通知
政府信息公开工作年度报告填报说明
2023年度政府信息公开工作年度报告格式
2019年政府信息公开工作年度报告（模板）
《2022年政府信息公开工作年度报告》解读
2023年政府信息公开工作年度报告解读
一图读懂2023年政府信息公开工作年度报告
2018年吴忠市政府信息公开工作年度报告图解
我市召开政府信息公开工作年度报告编制培训会
我局2022年政府信息公开工作年度报告获评优秀
政务公开工作年度考核报告
2023年政务公开第三方评估报告
2023年政务公开工作要点
关于印发2023年政务公开工作要点的通知
政府信息公开指南
政府信息公开制度
政府信息公开申请表
信息公开保密审查制度
市公安局政务公开工作推进会召开
关于政务公开工作情况的汇报
政府开放日活动报告
""".strip().splitlines()


def link(text: str, url: str = "http://gaj.example.invalid/x/202401/t20240122_1.html") -> Link:
    return Link(url, text)


@pytest.mark.parametrize("title", REPORTS)
def test_titles_of_reports(title: str) -> None:
    assert is_report_title(title)
    judgement = judge_link(link(title), in_column=True, extra=())
    assert (judgement.kind, judgement.score) == ("report", 90)
    assert title in judgement.evidence[0]
    assert judge_link(link(title, "http://a.example/P0.PDF"), in_column=True, extra=()).kind == "attachment"


@pytest.mark.parametrize("title", OTHERS)
@pytest.mark.parametrize("in_column", [False, True])
def test_titles_of_everything_else(title: str, in_column: bool) -> None:
    assert not is_report_title(title)
    judgement = judge_link(link(title), in_column=in_column, extra=("公安局",))
    assert judgement.kind in ("way", "none"), judgement


@pytest.mark.parametrize(
    "name",
    [
        "政府信息公开年报", "信息公开年报", "公开年报", "年度报告", "年报", "政府信息公开工作年度报告",
        "政务公开年度报告", "政府信息公开年度报告", "部门年报", "历年年报", "市政府年报",
        "政府信息公开年报专栏", "部门政府信息公开年报", " 信息公开 年报 ", "年度工作报告",
    ],
)  # fmt: skip
def test_names_of_the_column(name: str) -> None:
    assert judge_link(link(name, "http://a.example/nb/"), in_column=False, extra=()).kind == "listing"


@pytest.mark.parametrize(
    "name",
    [
        "政务公开", "政府信息公开", "信息公开", "公开", "法定主动公开内容", "政府信息公开目录",
        "信息公开平台", "市直部门", "主动公开", "部门信息公开",
    ],
)  # fmt: skip
def test_names_of_the_way(name: str) -> None:
    assert judge_link(link(name, "http://a.example/nb/"), in_column=False, extra=()).kind == "way"


@pytest.mark.parametrize(
    "name",
    [
        "统计年报",
        "企业年报",
        "法治政府年报",
        "警务资讯",
        "首页",
        "联系我们",
        "领导信箱",
        "English",
        "",
        "2023",
    ],
)
def test_names_of_other_columns(name: str) -> None:
    assert judge_link(link(name, "http://a.example/nb/"), in_column=False, extra=()).kind == "none"


def test_a_headline_is_no_way() -> None:
    headline = "我市全面推进基层政务公开标准化规范化建设取得明显成效受到表彰"
    assert judge_link(link(headline), in_column=False, extra=()).kind == "none"
    assert judge_link(link("二十届三中全会与政务公开"), in_column=False, extra=()).kind == "way"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2022年年报", "report"),
        ("市财政局2021年度报告", "report"),
        ("某某市公安局2022年政府信息公开工作…", "report"),
        ("某某市审计局2022年政府信息公开...", "report"),
        ("2021年", "listing"),
        ("二〇二一年度", "listing"),
        ("2022年度预算", "none"),
        ("2022年法治政府年度报告", "none"),
    ],
)
def test_short_words_count_in_the_column_only(text: str, kind: str) -> None:
    assert judge_link(link(text), in_column=True, extra=()).kind == kind
    assert judge_link(link(text), in_column=False, extra=()).kind in ("none", "way")


def test_a_site_may_have_words_of_its_own() -> None:
    assert judge_link(link("阳光警务"), in_column=False, extra=("阳光警务",)).kind == "way"
    assert judge_link(link("阳光警务"), in_column=False, extra=()).kind == "none"


BODY = "一、总体情况 二、主动公开政府信息情况 三、收到和处理政府信息公开申请情况 本年制发件数 存在的主要问题"
CRUMB = '<div class="location"><a href="/">首页</a>&gt;<a href="/nb/">政府信息公开年报</a></div>'
COLUMN = '<meta name="ColumnName" content="政府信息公开年报">'
TITLE = "某某市公安局2023年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        (f'<meta name="ArticleTitle" content="{TITLE}">{COLUMN}<p>{BODY}', "report"),
        (f'<meta name="ArticleTitle" content="{TITLE}"><p>附件', "report"),
        (f"<title>{TITLE}_某某网</title><h1>某某市公安局</h1>{CRUMB}<p>{BODY}", "report"),
        (f"<title>某某网</title><h1>某某市公安局</h1>{CRUMB}<p>{BODY}", "report"),
        (f"<h1>{TITLE}</h1><p>{BODY}", "report"),
        (f"{COLUMN}<ul><li><a href=1>{TITLE}</a></ul>", "listing"),
        (f"{CRUMB}<ul><li><a href=1>{TITLE}</a></ul>", "listing"),
        ("".join(f"<a href={year}>{year}年政务公开年度报告</a>" for year in range(2021, 2024)), "listing"),
        (f'<meta name="ArticleTitle" content="关于节假日值班的通知">{COLUMN}<p>值班', "none"),
        ('<meta name="ArticleTitle" content="某某局2022年部门决算"><p>收费 行政复议 总体情况 概述', "none"),
        ('<meta name="ColumnName" content="统计年报"><ul><li><a href=1>2022年统计年报</a></ul>', "none"),
        ("", "none"),
    ],
)  # fmt: skip
def test_pages(html: str, kind: str) -> None:
    judgement = judge_page(Page("http://gaj.example.invalid/nb/x.html", html.encode()))
    assert judgement.kind == kind, judgement
    assert kind == "none" or judgement.evidence


@pytest.mark.skipif(not TEMPLATES.is_dir(), reason="the hand-written templates are not beside this checkout")
def test_the_templates_of_real_structure() -> None:
    first = Page(
        "http://gaj.example.invalid/zwgk/nb/index.html", (TEMPLATES / "trs_list_page1.html").read_bytes()
    )
    assert judge_page(first).kind == "listing"
    kinds = [judge_link(item, in_column=True, extra=()).kind for item in first.links]
    assert kinds == ["none", "way", "listing", "report", "report", "attachment", "report"]
    fujian = Page("http://www.example.invalid/nb/", (TEMPLATES / "trs_list_dl.html").read_bytes())
    assert judge_page(fujian).kind == "listing"
    assert [item.url for item in fujian.links] == [
        "http://www.example.invalid/nb/202403/t20240308_87885.htm",
        "http://www.example.invalid/nb/201801/t20180105_80594.htm",
    ]
    proxy = Page("http://www.example.invalid/x.jsp", (TEMPLATES / "jcms_dataproxy.xml").read_bytes())
    reports = [
        item.url for item in proxy.links if judge_link(item, in_column=True, extra=()).kind == "report"
    ]
    assert reports == [
        "http://www.example.invalid/art/2018/2/28/art_1229_1634538.html",
        "http://www.example.invalid/art/2017/3/2/art_1229_1203311.html",
    ]
