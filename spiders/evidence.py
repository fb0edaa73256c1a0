"""What the words of a page or a link are evidence of.

Nothing here knows a site: reports are called by a handful of names everywhere, and the columns that lead to
them too (domain names of 国办公开办函〔2019〕61号 and what sites call them in practice).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from spiders.files import is_attachment
from spiders.page import Link, Page

_OPENNESS = r"(?:政府信息公开|政务信息公开|政务公开|信息公开)"
_ZERO = "〇○零O0"
_YEAR = rf"(?:20\d\d|二[{_ZERO}][{_ZERO}一二][{_ZERO}一二三四五六七八九])"

REPORT_WORDS = re.compile(
    rf"{_OPENNESS}(?:工作)?(?:情况)?(?:的)?(?:{_YEAR})?(?:年度?)?(?:的)?(?:工作)?(?:情况)?(?:的)?(?:年度?)?"
    r"(?:工作)?(?:总结)?(?:[及和与暨]年度)?(?:报告|年报)"
)
"""A title of a report: 政府信息公开工作年度报告, 政务公开年度报告, 信息公开年报 …"""

_SORTS = (
    "历年|往年|各|本级|市级|区级|县级|市直|区直|县直|部门|单位|机关|政府|市政府|区政府|县政府|区县|市县|"
    "街道|乡镇|镇街"
)
_BARE_COLUMN = re.compile(
    rf"^(?:{_SORTS})*(?:{_OPENNESS})?(?:工作)?(?:公开)?(?:信息)?(?:年度?报告?|年报|年度工作报告)"
    r"(?:专栏|栏目|列表|专区|汇总)?$"
)
COLUMN_WORDS = re.compile(rf"{_BARE_COLUMN.pattern}|^.{{0,12}}{_OPENNESS}.{{0,4}}(?:年报|年度报告)$")
"""A name of the column: 政府信息公开年报, 信息公开年报, 公开年报, 年度报告, 年报 …"""

WAY_WORDS = re.compile(
    r"政务公开|政府信息公开|政务信息公开|信息公开|法定主动公开|主动公开|公开目录|公开平台|公开专栏|部门公开|部门信息|市直部门|政府部门|"
    r"公开内容|^公开$"
)
"""Names of what stands above the column."""

OTHER_TOPICS = re.compile(
    r"法治政府|法治建设|依法行政|预算|决算|财政(?:收支|工作|运行)|统计年报|统计公报|工会工作|党建|社会责任|绩效评价|内部控制|"
    r"政府工作报告|政府网站|网站(?:工作|监管)|(?:企业|市场主体|法人)(?:信息|年报|年度)|(?:高校|学校|医院)信息|环境(?:质量|状况)|质量(?:状况|分析|报告)|审计(?:工作|结果|整改|报告)|"
    r"建议|提案"
)
"""Subjects of yearly reports of other kinds. Names of organs (审计局, 生态环境局 …) are none."""

ABOUT_REPORTS = re.compile(
    r"解读|一图|图解|读懂|图说|召开|举办|印发|转发|培训(?!中心|学院|学校)|通知|通报|模板|模版|范本|格式|样式|填报|填写|编制(?!委员会|办)|编写|指南|制度|办法|"
    r"工作要点|方案|会议|说明|评估|考核|点评|关于(?:进一步|认真|切实|全面)?(?:做好|报送|开展|公布|发布|组织|征求|规范|加强)"
)
"""Words of what is written about these reports and is none: calls to write one, explanations, forms."""

_NOT_OF_GOVERNMENT = re.compile(
    r"(?:环境|企业|高校|院校|学校|医院|公司|事业单位|财务|预决算|预算|决算|党务|村务|厂务|校务|信用|征地|土地)$"
)
"""What makes 信息公开 something else when it stands directly before it."""

_TITLE_ENDS = re.compile(
    rf"$|[（(〔【\[《》」”\"'_|｜.．·・:：,，;；\-–—－/\d]|{_YEAR}|全文|正文|文本|附件|附表|统计表|电子版|网络版|下载|公示|第|[及和暨]|pdf|doc|word",
    re.I,
)
"""How a title may go on behind its last word. 的通知, 编制 or 获奖 is no title of a report."""

_SITE_PART = re.compile(r"[_|｜]|-{1,2}(?!\d)|—{2}")
"""Sets off the column's or the site's name in a `<title>`."""

STRONG_SIGNS = (
    "本年制发件数", "本年新制作数量", "统计指标", "指标名称", "收到和处理政府信息公开申请", "存在的主要问题",
)  # fmt: skip
BODY_SIGNS = (
    *STRONG_SIGNS, "主动公开政府信息", "依申请公开", "行政复议", "总体情况", "概述", "收费",
)  # fmt: skip

MAX_NAME = 24
"""A column's name is short; a headline that mentions openness is not a way to the column."""

Kind = Literal["report", "attachment", "listing", "way", "none"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What something is taken for, how sure (0 to 100), and the evidence in words."""

    kind: Kind
    score: int
    evidence: tuple[str, ...] = ()


def is_report_title(text: str) -> bool:
    """Whether these words are the title of an annual report on openness."""
    compact = _compact(text)
    if _is_title(compact):
        return True
    # 政府信息公开工作(2016年度)报告: what stands in brackets may part the words of the title.
    bare = re.sub(r"[(〔\[][^()〔〕\[\]]{0,12}[)〕\]]", "", compact)
    return bare != compact and _is_title(bare) and not ABOUT_REPORTS.search(compact)


def judge_link(link: Link, *, in_column: bool, extra: tuple[str, ...]) -> Judgement:
    """What a link leads to, by its words. `extra`: further words of this site that lead to the column.

    `in_column`: the link stands on a page that is known to be the column, where a title may be short.
    """
    text = _compact(link.text)
    dated = re.search(_YEAR, text) is not None
    file_or_page: Kind = "attachment" if is_attachment(link.url) else "report"
    # In the column, 政府信息公开年报 alone leads back to its first page.
    told_apart = dated or len(text) > MAX_NAME or (in_column and not _BARE_COLUMN.match(text))
    if is_report_title(text) and (told_apart or is_attachment(link.url)):
        return Judgement(file_or_page, 90, (f"link «{link.text}» is a report's title",))
    if in_column and dated and not REPORT_WORDS.search(text) and _is_short_title(text):
        return Judgement(file_or_page, 70, (f"link «{link.text}» in the column of annual reports",))
    if len(text) > MAX_NAME or is_attachment(link.url):
        return Judgement("none", 0)
    if _names_column(text):
        sure = 80 if re.search(_OPENNESS, text) else 55
        return Judgement("listing", sure, (f"link «{link.text}» names the column",))
    if in_column and re.fullmatch(rf"{_YEAR}年?度?", text):
        return Judgement("listing", 60, (f"link «{link.text}» is a year of the column",))
    if WAY_WORDS.search(text) and not dated:
        return Judgement("way", 40, (f"link «{link.text}» leads towards the column",))
    word = next((word for word in extra if word in text), None)
    if word is not None and not dated:
        return Judgement("way", 20, (f"link «{link.text}» has the site's word {word}",))
    return Judgement("none", 0)


def judge_page(page: Page) -> Judgement:
    """What a page is, by its tags, its breadcrumb, its titles and its text."""
    evidence: list[str] = []
    column = next(
        (name for name in (page.tags.get("columnname", ""), *page.crumbs) if _names_column(name)), None
    )
    if column is not None:
        evidence.append(f"its column is «{column}»")
    title = report_title(page)
    if title is not None:
        evidence.append(f"its title is «{title}»")
    signs = [sign for sign in BODY_SIGNS if sign in page.text]
    strong = sum(sign in STRONG_SIGNS for sign in signs)
    if len(signs) >= 3:
        evidence.append(f"its text speaks of {'、'.join(signs[:4])}")
    article = "articletitle" in page.tags
    titles = sum(is_report_title(link.text) for link in page.links)
    if title is not None and (len(signs) >= 3 or article):
        return Judgement("report", 95 if len(signs) >= 3 else 75, tuple(evidence))
    # A page of the column whose heading is the site's name, or that has no heading: its tables tell.
    if column is not None and strong >= 2 and titles < 3:
        return Judgement("report", 60, tuple(evidence))
    if column is not None and not article:
        return Judgement("listing", 80, tuple(evidence))
    if titles >= 3:
        return Judgement("listing", 60, (*evidence, f"{titles} of its links are titles of reports"))
    return Judgement("none", 0, tuple(evidence))


def report_title(page: Page) -> str | None:
    """Which of a page's titles is the title of a report, if one is."""
    return next((title for title in page.titles if is_report_title(title)), None)


def _is_title(compact: str) -> bool:
    match = REPORT_WORDS.search(compact)
    if match is None:
        return False
    before, after = compact[: match.start()], compact[match.end() :]
    if match[0].startswith("信息公开") and _NOT_OF_GOVERNMENT.search(before):
        return False
    rest = _SITE_PART.split(after)[0]
    return (
        bool(_TITLE_ENDS.match(after)) and not ABOUT_REPORTS.search(before) and not ABOUT_REPORTS.search(rest)
    )


def _is_short_title(text: str) -> bool:
    """Whether a dated link of the column is a report's: 2021年年报, or a title that the listing has cut."""
    if OTHER_TOPICS.search(text) or ABOUT_REPORTS.search(text):
        return False
    cut = text.endswith(("…", "...", ".."))
    return bool(re.search(r"年报|年度报告|工作报告", text) or (cut and re.search(_OPENNESS, text)))


def _names_column(text: str) -> bool:
    compact = _compact(text)
    match = COLUMN_WORDS.search(compact)
    openness = re.search(r"(?<!政府)(?<!政务)信息公开", compact)
    foreign = openness is not None and _NOT_OF_GOVERNMENT.search(compact[: openness.start()])
    return bool(match) and not (foreign or OTHER_TOPICS.search(compact) or ABOUT_REPORTS.search(compact))


def _compact(text: str) -> str:
    """Without blanks, and with full-width letters, digits and brackets as their plain forms."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
